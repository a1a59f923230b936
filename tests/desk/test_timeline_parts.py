"""The timeline tells every part of a case: what the desk did, what the journal says of it, and who did it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk import actions, record, timeline_record, timeline_work, undo
from casedesk.desk.casepage import read_page
from casedesk.desk.desk import Desk
from casedesk.desk.timeline import KINDS, Event, timeline
from casedesk.model.dossier import (
    Decision,
    Document,
    Dossier,
    Exhibit,
    Feedback,
    Handover,
    Interview,
    Referral,
)
from casedesk.model.entities import CASE_EVENT, REFERRAL
from casedesk.model.facts import (
    Action,
    Case,
    CaseEvent,
    CaseFile,
    Condition,
    Custody,
    Excuse,
    Grading,
    LogEntry,
    Suspect,
    Victim,
    Witness,
)
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from tests.conftest import FrozenClock
from tests.desk.extracts import extract, taken

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def an_id(number: int) -> EntityId:
    return EntityId(bytes([number]) * 16)


BOB, ANN, EVE, ARREST = an_id(101), an_id(102), an_id(103), an_id(104)
PEOPLE = CaseFile(
    id=an_id(100),
    case=Case(),
    suspects=((BOB, Suspect(name="Bob")),),
    victims=((ANN, Victim(name="Ann")),),
    witnesses=((EVE, Witness(name="Eve")),),
    custody=((ARREST, Custody(suspect=BOB)),),
)


def told(dossier: Dossier) -> list[tuple[str, str]]:
    return [(event.kind, event.text) for event in timeline(PEOPLE, dossier)]


def told_file(**parts: object) -> list[tuple[str, str]]:
    held = {name: getattr(PEOPLE, name) for name in ("suspects", "victims", "witnesses", "custody")}
    return [
        (event.kind, event.text)
        for event in timeline(CaseFile(**{"id": PEOPLE.id, "case": Case(), **held, **parts}))  # type: ignore[arg-type] # parts by name
    ]


def test_what_is_written_about_a_case_is_told_with_whom_it_is_about() -> None:
    dossier = Dossier(
        interviews=(
            (
                an_id(1),
                Interview(
                    suspect=BOB, at=NOON, offence="Theft", account="no-comment", legal_advice="had",
                    voluntary=True, text="Read a statement",
                ),
            ),
        ),
        referrals=((an_id(2), Referral(subject=ANN, to="marac", why="High risk", made_on=Moment("2026-03-13"))),),
        decisions=(
            (
                an_id(3),
                Decision(
                    kind="charge", test="full-code", result="Charge with theft", by="PS Reed", rank="sgt",
                    at=NOON - timedelta(days=3), subject=BOB, text="CCTV shows it",
                ),
            ),
        ),
        feedback=(
            (an_id(4), Feedback(officer="PC 1", theme="file", praise=True, text="Good", at=NOON - timedelta(days=4))),
        ),
        documents=(
            (an_id(5), Document(name="a.pdf", title="Statement", added_at=NOON - timedelta(days=5))),
            (an_id(6), Document(name="b.pdf", added_at=NOON - timedelta(days=6), removed=True)),
        ),
        exhibits=(
            (
                an_id(7),
                Exhibit(reference="AB/1", what="Disc", found_by="PC 1", where="Store 4", on=Moment("2026-03-07")),
            ),
        ),
        handovers=(
            (
                an_id(8),
                Handover(
                    kind="lend", giver="1", receiver="2", at=NOON - timedelta(days=8), until=NOON,
                    text="Leave", first="Ring Ann",
                ),
            ),
            (an_id(9), Handover(kind="take-back", giver="2", receiver="1", at=NOON - timedelta(days=9))),
        ),
    )  # fmt: skip
    assert told(dossier) == [
        ("interview", "Bob interviewed voluntarily: No comment (Theft); legal advice had. Read a statement"),
        ("referral", "Referred Ann to MARAC: High risk"),
        (
            "decision",
            "Charge, full code test (Bob): Charge with theft, decided by PS Reed (sergeant). CCTV shows it",
        ),
        ("feedback", "Feedback to PC 1 (praise, file): Good"),
        ("document", "Attached: Statement (a.pdf)"),
        ("document", "Attached: b.pdf"),
        ("exhibit", "AB/1 produced by PC 1: Disc. It is at Store 4"),
        ("handover", "Lent from 1 to 2 until 14 Mar 2026 12:00: Leave. To do first: Ring Ann"),
        ("handover", "Taken back from 2 to 1"),
    ]


def test_a_document_that_was_taken_off_stays_in_sight() -> None:
    held = ((an_id(6), Document(name="b.pdf", added_at=NOON, removed=True)),)
    (event,) = timeline(PEOPLE, Dossier(documents=held))
    assert event.gone
    assert str(event.end) == "taken off"


def test_events_say_whom_they_are_about_until_when_and_by_whom() -> None:
    events = (
        (
            an_id(1),
            CaseEvent(
                kind="extension", at=NOON, until=NOON + timedelta(hours=12), subject=ARREST, by="Supt Hale",
                rank="supt",
            ),
        ),
        (an_id(2), CaseEvent(kind="cps-decision", at=NOON - timedelta(days=1), text="Charge")),
        (an_id(3), CaseEvent(kind="something-newer", at=NOON - timedelta(days=2))),
    )  # fmt: skip
    assert told_file(events=events) == [
        ("custody", "Bob: Detention extended until 15 Mar 2026 00:00 by Supt Hale (superintendent)"),
        ("event", "CPS decision: Charge"),
        ("event", "Something newer"),
    ]


def test_gradings_excuses_and_conditions_are_told() -> None:
    parts = {
        "gradings": ((an_id(1), Grading(threat=2, harm=1, opportunity=0, risk=3, why="Threats", at=NOON)),),
        "excuses": (
            (
                an_id(2),
                Excuse(duty=f"VC-R6-BAIL/{ANN.hex()}/-", why="In hospital", at=NOON - timedelta(days=1)),
            ),
        ),
        "conditions": (
            (an_id(3), Condition(what="Say sorry", starts_on=Moment("2026-03-01"), done_on=Moment("2026-03-05"))),
        ),
    }  # fmt: skip
    assert told_file(**parts) == [
        ("grading", "THOR: threat 2, harm 1, opportunity 0, risk 3: Threats"),
        ("excuse", "Duty excused: VC-R6-BAIL (Ann): In hospital"),
        ("condition", "Condition completed: Say sorry"),
        ("condition", "Condition set: Say sorry"),
    ]


def test_an_action_is_told_when_set_chased_done_and_cancelled() -> None:
    def days(number: int) -> datetime:
        return NOON + timedelta(days=number)

    held = (
        (
            an_id(1),
            Action(
                what="CCTV", owner="PC 1", set_at=NOON, due_at=days(5), chased_at=days(6), chases=2, done_at=days(7),
                result="Wiped", done_by="PC 2",
            ),
        ),
        (an_id(2), Action(what="Phone", set_at=days(1), chased_at=days(2), cancelled_at=days(3), cancelled_why="Lost")),
    )  # fmt: skip
    log = ((an_id(3), LogEntry(at=days(2) + timedelta(milliseconds=3), topic="chase", text="Chased: Phone")),)
    assert told_file(actions=held, log=log) == [
        ("action", "Done: CCTV (by PC 2): Wiped"),
        ("action", "Chased (2 times): CCTV"),
        ("action", "Cancelled: Phone: Lost"),
        ("log", "Chase: Chased: Phone"),  # the chase is logged: it is told once
        ("action", "Set: Phone"),
        ("action", "Set: CCTV (PC 1, due 19 Mar 2026 12:00)"),
    ]


def test_every_kind_that_can_be_told_has_a_title() -> None:
    for module in (timeline_record, timeline_work):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        told = set(re.findall(r'Event\(\s*[\w.]+, "([a-z]+)"', source))
        told |= set(re.findall(r'entry_event\(of, [A-Z_]+, key, one, "([a-z]+)"', source))
        assert told
        assert told <= set(KINDS)
    assert {"bundle", "letter"} <= set(KINDS)


# -- what the journal says -----------------------------------------------------------------------------------------


@pytest.fixture
def case_id(desk: Desk, tmp_path: Path) -> EntityId:
    taken(desk, extract(tmp_path, ("A1", "Theft", "1/11/2026", "PC 1")))
    return desk.find("A1")


def events(desk: Desk, case_id: EntityId, kind: str) -> list[Event]:
    return [event for event in read_page(desk, case_id).events if event.kind == kind]


def test_extracts_that_touched_the_case_are_told_once_each(
    desk: Desk, case_id: EntityId, tmp_path: Path, clock: FrozenClock
) -> None:
    clock.advance(timedelta(days=1))
    taken(desk, extract(tmp_path, ("A1", "Robbery", "1/11/2026", "PC 2"), ("A2", "Arson"), name="two.csv"))
    taken(desk, extract(tmp_path, ("A3", "Arson"), name="three.csv"))
    told = events(desk, case_id, "import")
    assert [(event.shown_at, event.who) for event in told] == [
        ("21 Nov 2026 15:00", "7042"), ("20 Nov 2026 15:00", "7042"),
    ]  # fmt: skip
    assert all(event.text.startswith("Extract taken in: ") for event in told)


def test_undo_and_redo_are_told_and_what_they_took_back_stays(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    record.add_log_entry(desk, case_id, "Wrong case")
    clock.advance(timedelta(minutes=1))
    undo.undo(desk)
    (entry,) = events(desk, case_id, "log")
    assert str(entry.end) == "withdrawn 20 Nov 2026 15:01 by 7042"
    (undone,) = events(desk, case_id, "undo")
    assert undone.text == "Undone: a log entry, 20 Nov 2026 15:00"
    clock.advance(timedelta(minutes=1))
    undo.redo(desk)
    assert [event.text.split(":")[0] for event in events(desk, case_id, "undo")] == ["Done again", "Undone"]
    (entry,) = events(desk, case_id, "log")
    assert not entry.gone


def test_who_recorded_it_is_told_of_entries_and_of_actions_but_not_of_extracts(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    action = actions.add(desk, case_id, "Get the CCTV")
    clock.advance(timedelta(days=1))
    actions.done(desk, case_id, action, "Had")
    record.raise_flag(desk, case_id, "knife", raised=True, why="Seen on CCTV")
    assert [(event.shown_at, event.who) for event in events(desk, case_id, "action")] == [
        ("21 Nov 2026 15:00", "7042"), ("20 Nov 2026 15:00", "7042"),
    ]  # fmt: skip
    (flag,) = events(desk, case_id, "flag")
    assert (flag.text, flag.who) == ("Flag raised: Knife or blade: Seen on CCTV", "7042")
    assert {event.who for event in events(desk, case_id, "record")} == {""}


def test_an_undone_action_is_no_longer_told_but_its_undoing_is(desk: Desk, case_id: EntityId) -> None:
    actions.add(desk, case_id, "Get the CCTV")
    undo.undo(desk)
    assert events(desk, case_id, "action") == []
    (undone,) = events(desk, case_id, "undo")
    assert undone.text.startswith("Undone: ")


def test_a_referral_that_was_not_made_is_told_when_that_was_recorded(desk: Desk, case_id: EntityId) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(REFERRAL, an_id(1), case_id, {"to": "nrm", "not_made_why": "Not exploited"})
    (event,) = events(desk, case_id, "referral")
    assert event.shown_at == "20 Nov 2026 15:00"
    assert event.text == "No referral of anybody to NRM (modern slavery): Not exploited"


def test_an_event_withdrawn_with_a_reason_says_why(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.entry(CASE_EVENT, an_id(1), case_id, {"kind": "cps-decision", "at": unit.now, "text": "Charge"})
        unit.entry(
            CASE_EVENT, an_id(2), case_id,
            {"about": an_id(1), "withdrawn": True, "at": unit.now + timedelta(minutes=2), "text": "Another case"},
        )  # fmt: skip
    (event,) = events(desk, case_id, "event")
    assert str(event.end) == "withdrawn 20 Nov 2026 15:02 by 7042: Another case"
