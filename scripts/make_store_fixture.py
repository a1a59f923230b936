"""Makes the small store that stands for the released schema: tests/fixtures/stores/v<version>.

A released schema's fixture is never remade: it is what stores in the field look like. Run this once, when a new
version of the schema is about to be released; until then, whenever the schema changes.
"""

import hashlib
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from casedesk.desk import record
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.model.entities import CASE, CUSTODY, DOCUMENT, LOG_ENTRY, SUSPECT, VICTIM, Entity, Value
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment
from casedesk.store import blobs, keys
from casedesk.store.places import Places
from casedesk.store.schema import STORE_SCHEMA

PASSPHRASE = "a store for the tests to open"  # noqa: S105 - it protects nothing
MADE_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FOLDER = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "stores"


def main() -> int:
    """Make the fixture of the present schema; with ``--again`` in place of the one that is there."""
    home = FOLDER / f"v{STORE_SCHEMA}"
    if home.exists():
        if sys.argv[1:] != ["--again"]:
            print(f"{home} is there already: “--again” remakes it, which only an unreleased schema may.")
            return 1
        shutil.rmtree(home)
    make(Places(home))
    print(f"{home}: {sum(file.stat().st_size for file in home.iterdir()):,} bytes")
    return 0


def make(places: Places) -> None:
    """Make a store with something of everything."""
    person = Person(name="Alex Doe", number="7042")
    with set_up(
        places, PASSPHRASE, Settings(person), lambda: MADE_AT, cost=keys.GENERATED_COST, recovery=None
    ) as desk:
        case_id = derived_id("fixture", "case")
        with desk.store.unit_of_work("take-in") as unit:
            unit.extract(
                CASE, case_id, case_id,
                {"ref": "42/1/26", "offence_title": "Theft", "recorded_at": Moment("2026-11-01"), "flags": ("da",)},
                MADE_AT,
            )  # fmt: skip
            people: tuple[tuple[Entity, dict[str, Value]], ...] = (
                (SUSPECT, {"name": "Sam Okafor"}),
                (VICTIM, {"name": "Zoë O’Hara"}),
                (CUSTODY, {"state": "detained", "relevant_at": MADE_AT}),
            )
            for entity, fields in people:
                unit.extract(entity, derived_id("fixture", entity.name), case_id, fields, MADE_AT)
        with desk.store.unit_of_work("case.edit", "It was found out later.") as unit:
            unit.set(
                CASE, case_id, case_id, {"offence_title": "Theft from a shop", "location": "9 High Street"}
            )
        with desk.store.unit_of_work("log.add") as unit:
            said: dict[str, Value] = {"text": "Asked for the footage.", "topic": "chase", "at": MADE_AT}
            unit.entry(LOG_ENTRY, derived_id("fixture", "entry"), case_id, said)
        record.add_log_entry(desk, case_id, "The footage came.", topic="note")
        with desk.store.unit_of_work("document.attach") as unit:
            content = b"Seen at 14:10 by the north door."
            sha = hashlib.sha256(content).digest()
            blobs.write(desk.store.connection, sha, len(content), [content])
            unit.set(
                DOCUMENT, derived_id("fixture", "document"), case_id,
                {
                    "name": "note.txt", "title": "Note", "media_type": "text/plain", "size": len(content),
                    "sha256": sha.hex(), "added_at": MADE_AT,
                },
            )  # fmt: skip
        desk.store.save_draft("log.add", {"text": "half a sen"})
    for leftover in (places.lock, places.settings):
        leftover.unlink()


if __name__ == "__main__":
    sys.exit(main())
