"""Build the offence pack: ``data/offences.csv`` and ``data/offences.toml``.

    python scripts/build_offences.py SOURCE.csv [FOLDER]

SOURCE.csv is the joined table of the two MIT-licensed Ministry of Justice publications named in ``UPSTREAM``,
one row a CJS offence code, with the columns in ``COLUMNS``. The same source always builds the same bytes.
"""

import csv
import hashlib
import io
import sys
from collections.abc import Iterable
from pathlib import Path

COLUMNS = (
    "cjs_code", "title", "ho_class", "ho_group", "notifiable", "recordable", "category_code",
    "max_is_life", "max_years", "max_months",
)  # fmt: skip
UPSTREAM = "ministryofjustice/bichard7-next-data and ministryofjustice/hmpps-manage-offences-api"
VERSION = "2026-08-21"
MODES = {"CE": "E", "CI": "I", "CS": "S", "CM": "M"}
GROUPS = {
    "Violence against the person": "VP",
    "Sexual offences": "SX",
    "Robbery": "RO",
    "Burglary": "BU",
    "Theft and handling": "TH",
    "Fraud forgery": "FF",
    "Criminal damage": "CD",
    "Drug offences": "DR",
    "Other indictable": "OI",
    "Other summary offences": "OS",
    "Summary motoring offences": "SM",
    "Indictable motoring offences": "IM",
}
NO_CLASS = "000/00"
TITLE_LIMIT = 120

META = """\
# Offence codes of the criminal justice system (England and Wales). Built by a script, not by hand.
# The rows are in offences.csv; add or correct one with [[offence]] in an overlay.
#
# The rows come from software published under the MIT licence, whose notice goes with them:
#
#   Crown Copyright (Ministry of Justice)
#
#   Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
#   associated documentation files (the "Software"), to deal in the Software without restriction,
#   including without limitation the rights to use, copy, modify, merge, publish, distribute,
#   sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
#   furnished to do so, subject to the following conditions: The above copyright notice and this
#   permission notice shall be included in all copies or substantial portions of the Software.
#
#   THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
#   NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
#   NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
#   OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
#   CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

[pack]
title = "Offences"
version = "{version}"
source = "{upstream}"
licence = "MIT, Crown Copyright (Ministry of Justice)"
status = "confirmed"
cautions = [
    "A blank maximum means that the source does not give one, not that there is no custody.",
    "Expired codes are in the list, and no code carries its first or last day.",
    "Statutory time limits are not in the list: summary only does not by itself mean six months.",
    "A blank class means that the source gives none ({no_class}).",
    "{truncated} titles are cut at {limit} characters in the source.",
]

[file]
rows = {rows}
sha256 = "{sha256}"

[mode]
E = "either-way"
I = "indictable"
S = "summary"
M = "summary-motoring"

[group]
{groups}
"""


def maximum(row: dict[str, str]) -> str:
    """Write the longest custodial sentence as ``life``, ``7y`` or ``6m``; empty if the source gives none."""
    if row["max_is_life"] == "true":
        return "life"
    if row["max_years"]:
        return f"{int(row['max_years'])}y"
    return f"{int(row['max_months'])}m" if row["max_months"] else ""


def compact(row: dict[str, str]) -> list[str]:
    """Turn one source row into one row of the pack. Raises ValueError for a row that cannot be understood."""
    code, title = row["cjs_code"].strip(), " ".join(row["title"].split())
    if not code.isalnum() or not title or row["notifiable"] not in "YN" or row["recordable"] not in "YN":
        raise ValueError(f"row {code!r}: code, title or flags are not as expected")
    if row["category_code"] not in MODES or (row["ho_group"] and row["ho_group"] not in GROUPS):
        raise ValueError(f"row {code}: unknown mode of trial or group")
    ho_class = "" if row["ho_class"] == NO_CLASS else row["ho_class"]
    group = GROUPS[row["ho_group"]] if ho_class and row["ho_group"] else ""
    flags = ["1" if row[flag] == "Y" else "" for flag in ("notifiable", "recordable")]
    return [code, title, ho_class, group, MODES[row["category_code"]], maximum(row), *flags]


def build(source: Iterable[str]) -> tuple[str, str]:
    """Make the texts of ``offences.csv`` and ``offences.toml`` from the lines of the source."""
    reader = csv.DictReader(source)
    missing = set(COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise ValueError(f"the source lacks the columns {', '.join(sorted(missing))}")
    rows = sorted(compact(row) for row in reader)
    if len({row[0] for row in rows}) != len(rows):
        raise ValueError("a code stands twice in the source")
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["code", "title", "class", "group", "mode", "max", "notifiable", "recordable"])
    writer.writerows(rows)
    text = table.getvalue()
    meta = META.format(
        version=VERSION,
        upstream=UPSTREAM,
        no_class=NO_CLASS,
        truncated=sum(len(row[1]) >= TITLE_LIMIT for row in rows),
        limit=TITLE_LIMIT,
        rows=len(rows),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        groups="\n".join(f'{short} = "{name}"' for name, short in GROUPS.items()),
    )
    return text, meta


def main(source: Path, folder: Path) -> None:
    """Read the source and write both files into the folder."""
    with source.open(encoding="utf-8-sig", newline="") as lines:
        table, meta = build(lines)
    (folder / "offences.csv").write_text(table, encoding="utf-8", newline="\n")
    (folder / "offences.toml").write_text(meta, encoding="utf-8", newline="\n")
    print(f"{table.count(chr(10)) - 1:,} offences, {len(table.encode()):,} bytes")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    default = Path(__file__).resolve().parent.parent / "data"
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else default)
