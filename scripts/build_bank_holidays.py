"""Build the bank holiday pack ``data/bank-holidays.toml`` from GOV.UK's ``bank-holidays.json``.

    python scripts/build_bank_holidays.py SOURCE.json [FOLDER]

GOV.UK publishes whole years ahead; the pack covers the calendar years of the first and the last day it lists.
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

DIVISION = "england-and-wales"

PACK = """\
# Bank holidays in England and Wales. Built by scripts/build_bank_holidays.py from GOV.UK.
# Add a proclaimed day in an overlay under [days]; take one away by giving it an empty title.

[pack]
title = "Bank holidays, England and Wales"
version = "to {last}"
source = "GOV.UK, https://www.gov.uk/bank-holidays.json"
licence = "Contains public sector information licensed under the Open Government Licence v3.0."
status = "confirmed"

[calendar]
first = {first}
last = {last}

[days]
{days}
"""


def build(published: dict[str, Any]) -> str:
    """Make the text of the pack. Raises KeyError or ValueError for a document of another shape."""
    titles = {}
    for event in published[DIVISION]["events"]:
        day = date.fromisoformat(event["date"])
        note = f" ({event['notes'].lower()})" if event["notes"] else ""
        titles[day] = event["title"].strip() + note
    days = sorted(titles)
    return PACK.format(
        first=date(days[0].year, 1, 1),
        last=date(days[-1].year, 12, 31),
        days="\n".join(f"{day} = {json.dumps(titles[day], ensure_ascii=False)}" for day in days),
    )


def main(source: Path, folder: Path) -> None:
    """Read the source and write the pack into the folder."""
    text = build(json.loads(source.read_text(encoding="utf-8")))
    (folder / "bank-holidays.toml").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    default = Path(__file__).resolve().parent.parent / "data"
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else default)
