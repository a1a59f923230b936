"""A case in which something of everything is recorded, written by the verbs that the page offers."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from casedesk.desk import actions, decisions, documents, exhibits, people, record, suspects
from casedesk.desk.desk import Desk
from casedesk.desk.newcomers import Newcomer, add_person
from casedesk.model.ids import EntityId
from casedesk.model.moments import moment_of_day
from tests.journeys.conftest import NOW

THEN = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""The afternoon before the journeys begin."""


def fullest(desk: Desk) -> EntityId:
    """A case of the demo with an arrest, a suspect and a victim who must be contacted safely."""
    (case_id,) = desk.store.connection.execute(
        "SELECT custody.case_id FROM custody JOIN victim ON victim.case_id = custody.case_id "
        "JOIN suspect ON suspect.case_id = custody.case_id JOIN cases ON cases.id = custody.case_id "
        "WHERE victim.safe_contact IS NOT NULL AND victim.name IS NOT NULL ORDER BY cases.ref LIMIT 1"
    ).fetchone()
    return EntityId(case_id)


def fill(desk: Desk, case_id: EntityId, folder: Path) -> None:
    """Record something of everything in a case, each a little after the one before."""
    real, ticks = desk.clock, count()
    desk.clock = lambda: NOW - timedelta(minutes=90) + timedelta(seconds=20 * next(ticks))
    _fill(desk, case_id, folder)
    desk.clock = real


def _fill(desk: Desk, case_id: EntityId, folder: Path) -> None:
    file = desk.case(case_id).file
    (victim, _), (suspect, _) = file.victims[0], file.suspects[0]
    record.add_log_entry(desk, case_id, "Rang the OIC: CCTV of the shop is asked for", at=THEN)
    wrong = record.add_log_entry(desk, case_id, "Victim's brother rang from 01632 960111", at=THEN)
    record.add_log_entry(desk, case_id, "Victim's sister rang from 01632 960112", at=THEN, about=wrong)
    people.contact(
        desk, case_id, person=victim, channel="phone", made=False, text="No answer, no message left",
        at=THEN + timedelta(hours=1),
    )  # fmt: skip
    people.contact(
        desk, case_id, person=victim, channel="phone", made=True, purposes=("update",),
        text="Told of the arrest. [b]Wants[/b] no text messages.", at=THEN + timedelta(hours=2),
        next_at=THEN + timedelta(days=6),
    )  # fmt: skip
    people.refer(desk, case_id, victim, "idva", made=True, why="High risk on the assessment")
    people.refer(
        desk, case_id, victim, "marac", made=False, not_made_why="Below the threshold; asked the sergeant"
    )
    add_person(desk, case_id, "witness", Newcomer(name="Wendy Onlooker", phone="01632 960113"))
    suspects.interview(
        desk, case_id, suspect, account="part-admission", at=THEN, offence="Common assault",
        legal_advice="had", text="Says he pushed her once and left.",
    )  # fmt: skip
    suspects.previous_disposal(
        desk, case_id, suspect, disposal="Caution", offence="Criminal damage",
        on=moment_of_day(date(2024, 5, 3)),
    )  # fmt: skip
    first = actions.add(
        desk, case_id, "CCTV of the front of the shop", why="Shows who struck first", owner="oic",
        due=NOW + timedelta(days=2), evidence="Footage from 19:00 to 20:00",
    )  # fmt: skip
    actions.add(
        desk, case_id, "Stills from the footage for the interview", owner="desk", after=first,
        due=NOW + timedelta(days=4),
    )  # fmt: skip
    done = actions.add(desk, case_id, "Statement of the neighbour", owner="oic", due=NOW + timedelta(days=1))
    actions.done(desk, case_id, done, "Taken; she saw both leave", by="6170")
    actions.chase(desk, case_id, first)
    decisions.add_points(desk, case_id, "CJ88116")
    decisions.decide(
        desk, case_id, "other", result="Keep under investigation", rationale="CCTV is outstanding and may decide it.",
        by="PS Demo", rank="sgt", at=THEN,
    )  # fmt: skip
    exhibits.add(
        desk, case_id, "JS/1", "Broken telephone", where="Property store, bin 12", found_by="PC Sample"
    )
    exhibits.add(desk, case_id, "JS/2", "Photographs of the injury")
    note = folder / "neighbour-statement.txt"
    note.write_text("I saw both of them leave the shop.\n", encoding="utf-8")
    documents.attach(desk, case_id, note, title="Statement of the neighbour", belongs=None)
