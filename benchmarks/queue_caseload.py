"""A caseload for measuring the queue, written straight into the tables: taking in a million cases takes too long here.

One case in twenty is open and has what makes the rules work: people, an action, some arrests, bail and promises. Of
these the queue rows, due items and words are those that the program makes. The closed ones get the row that the rules
give the first of them, and no words.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.model.entities import ACTION, CASE, CONTACT, CUSTODY, SUSPECT, VICTIM, Entity, Value
from casedesk.model.ids import EntityId
from casedesk.model.moments import moment_of_day
from casedesk.store import keys, queue_upkeep
from casedesk.store.places import Places
from casedesk.store.schema import derived_schema, table_name

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
OPEN_EVERY = 20
OFFICERS = [str(7000 + number) for number in range(60)]
ME = OFFICERS[42]
TEAMS = ("North", "South", "East", "West", "Central")
_AS_AT = 1_760_000_000_000
_OFFENCES = ("Theft from a shop", "Common assault", "Criminal damage", "Burglary dwelling", "Harassment")
_BATCH = 20_000


@dataclass
class Frozen:
    """A clock that is set by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def made(folder: Path, size: int, clock: Frozen) -> Desk:
    """A desk with so many cases."""
    person = Person(name="Alex Doe", number=ME, team=TEAMS[0])
    desk = set_up(Places(folder / str(size)), "a passphrase for a benchmark", Settings(person), clock,
                  cost=keys.GENERATED_COST, recovery=None)  # fmt: skip
    db = desk.store.connection
    db.execute("PRAGMA cache_size = -524288")
    db.execute("PRAGMA synchronous = OFF")
    indexes = [one for one in derived_schema().split(";\n") if "CREATE INDEX" in one]
    for statement in indexes:
        db.execute(f"DROP INDEX {statement.split()[2]}")
    dice = random.Random(1)
    for first in range(1, size + 1, _BATCH):
        with desk.store.transaction():
            _write(desk, range(first, min(first + _BATCH, size + 1)), dice)
    for statement in indexes:
        db.execute(statement)
    _place(desk, size)
    db.execute("PRAGMA cache_size = -32768")
    db.execute("PRAGMA synchronous = FULL")
    desk.store.truncate_log()
    return desk


def own_id(*parts: object) -> EntityId:
    return EntityId(hashlib.blake2b(repr(parts).encode(), digest_size=16).digest())


def _write(desk: Desk, numbers: range, dice: random.Random) -> None:
    rows: dict[tuple[str, ...], list[list[Any]]] = {}
    for n in numbers:
        for entity, own, fields in _parts(n, dice):
            said = {name: entity.by_name[name].to_column(value) for name, value in fields.items()}
            rows.setdefault((entity.name, table_name(entity), *said), []).append(
                [
                    n if entity is CASE else None,
                    own,
                    own_id(n),
                    n,
                    "",
                    f"[[1,1,4095,{_AS_AT}]]",
                    *said.values(),
                ]
            )
    for (_, name, *columns), values in rows.items():
        named = "".join(f', "{column}"' for column in columns)
        desk.store.connection.executemany(
            f"INSERT INTO {name} (n, id, case_id, hlc, actor, heads{named}) "  # noqa: S608 - names of ours
            f"VALUES ({', '.join('?' * (6 + len(columns)))})",
            values,
        )


def _parts(n: int, dice: random.Random) -> Iterator[tuple[Entity, EntityId, dict[str, Value]]]:
    day = moment_of_day((NOW - timedelta(days=1 + n % 700)).date())
    facts: dict[str, Value] = {
        "ref": f"42/{n}/26", "source": "rms-occurrences", "force": "Exampleshire", "offence_code": "TH68010",
        "offence_title": _OFFENCES[n % 5], "ho_class": "046/00", "recorded_at": day, "offence_from": day,
        "location": f"{n % 140} High Street, Luton", "area": "Luton Neighbourhood",
        "oic": f"PC {dice.choice(OFFICERS)}", "supervisor": "PS 4001",
    }  # fmt: skip
    if n % OPEN_EVERY:
        yield CASE, own_id(n), {
            **facts, "record_status": "filed", "outcome": "18", "outcome_date": day, "decided_rank": "sgt",
            "rationale": "All lines of enquiry are complete and no suspect was identified.",
        }  # fmt: skip
        return
    owner = dice.choice(OFFICERS)
    facts["record_status"] = "open"
    if dice.random() < 0.9:
        facts |= {"owner": owner, "team": TEAMS[int(owner) % 5]}
    if dice.random() < 0.1:
        facts |= {"stage": dice.choice(("clinic", "submitted", "returned"))}
    if dice.random() < 0.2:
        facts |= {"flags": ("da",)}
    yield CASE, own_id(n), facts
    suspect, victim = own_id("suspect", n), own_id("victim", n)
    yield SUSPECT, suspect, {"name": f"Sam Person{n}", "status": "named"}
    yield VICTIM, victim, {"name": f"Kim Person{n}", "kind": "person", "support": "yes"}
    due = NOW + timedelta(minutes=dice.randrange(-5 * 1440, 40 * 1440))
    who = dice.choice((owner, owner, "Laboratory"))
    set_at = NOW - timedelta(days=dice.randrange(1, 60))
    yield (
        ACTION,
        own_id("action", n),
        {"what": "Chase the CCTV", "owner": who, "due_at": due, "set_at": set_at},
    )
    chance = dice.random()
    arrest = NOW - timedelta(minutes=dice.randrange(1, 1380))
    custody: dict[str, Value] = {"suspect": suspect, "suite": "Luton", "number": f"C{n}"}
    if chance < 0.004:
        held = {"arrested_at": arrest, "arrived_at": arrest, "relevant_at": arrest, "authorised_at": arrest}
        yield CUSTODY, own_id("custody", n), {**custody, **held, "state": "detained"}
    elif chance < 0.15:
        bailed = NOW - timedelta(days=dice.randrange(1, 80))
        ends = moment_of_day((bailed + timedelta(days=89)).date())
        yield CUSTODY, own_id("custody", n), {
            **custody, "arrested_at": bailed, "released_at": bailed, "state": "bailed", "bail_ends_on": ends,
            "conditions": "No contact",
        }  # fmt: skip
    if chance > 0.5:
        at = NOW - timedelta(minutes=dice.randrange(60, 20 * 1440))
        yield CONTACT, own_id("contact", n), {
            "victim": victim, "at": at, "made": True, "channel": "phone", "purposes": ("update",), "text": "Rang.",
            "next_at": at + timedelta(days=28),
        }  # fmt: skip


def open_ids(size: int) -> list[EntityId]:
    return [own_id(n) for n in range(OPEN_EVERY, size + 1, OPEN_EVERY)]


def _place(desk: Desk, size: int) -> None:
    """Give every case its row in the queue."""
    db = desk.store.connection
    with desk.store.transaction():
        queue_upkeep.refresh(db, [own_id(1)], NOW, desk.packs)
        columns = [name for _, name, *_ in db.execute("PRAGMA table_info(queue)") if name != "n"]
        named = ", ".join(columns)
        db.execute(
            f"INSERT INTO queue (n, {named}) SELECT cases.n, {', '.join(f'queue.{name}' for name in columns)} "  # noqa: S608
            "FROM cases JOIN queue ON queue.n = 1 WHERE cases.n > 1 AND cases.record_status = 'filed'"
        )
    ids = open_ids(size)
    for start in range(0, len(ids), 5000):
        with desk.store.transaction():
            queue_upkeep.refresh(db, ids[start : start + 5000], NOW, desk.packs)
