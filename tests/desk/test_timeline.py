"""The one timeline of a case: everything with a time, in order, as precisely as it is known."""

from datetime import UTC, date, datetime, timedelta

from casedesk.desk.timeline import Event, timeline
from casedesk.model.facts import Action, Case, CaseFile, Contact, Custody, LogEntry, OutcomeRecord, Victim
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment

CASE = EntityId(b"c" * 16)
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def an_id(number: int) -> EntityId:
    return EntityId(bytes([number]) * 16)


def told(file: CaseFile) -> list[tuple[str, str, str]]:
    return [(event.shown_at, event.kind, event.text) for event in timeline(file)]


def of_kind(file: CaseFile, kind: str) -> list[Event]:
    return [event for event in timeline(file) if event.kind == kind]


def test_everything_with_a_time_is_in_it_latest_first() -> None:
    file = CaseFile(
        id=CASE,
        case=Case(
            offence_from=Moment("2026-03-12"), reported_at=Moment("2026-03-13"), recorded_at=Moment("2026-03-14"),
            outcome="16", outcome_date=Moment("2026-04-01"), decided_by="PS 9",
        ),
        custody=(
            (
                an_id(1),
                Custody(
                    suite="Market St", offence="Theft", arrested_at=NOON, arrived_at=NOON + timedelta(minutes=30),
                    authorised_at=NOON + timedelta(minutes=40), released_at=NOON + timedelta(hours=5),
                    bail_return_at=NOON + timedelta(days=28),
                ),
            ),
        ),
        outcome_records=((an_id(2), OutcomeRecord(at=Moment("2026-04"), text="Local resolution")),),
        actions=(
            (an_id(3), Action(what="Get the CCTV", done_at=NOON + timedelta(days=1), result="Wiped")),
            (an_id(4), Action(what="Not done yet", due_at=NOON)),
        ),
    )  # fmt: skip
    assert told(file) == [
        ("Apr 2026", "outcome", "Local resolution"),
        ("1 Apr 2026", "outcome", "Outcome 16 given by PS 9"),
        ("15 Mar 2026 12:00", "action", "Done: Get the CCTV: Wiped"),
        ("14 Mar 2026 17:00", "custody", "Released on bail"),
        ("14 Mar 2026 12:40", "custody", "Detention authorised"),
        ("14 Mar 2026 12:30", "custody", "Arrived at Market St"),
        ("14 Mar 2026 12:00", "custody", "Arrested for Theft"),
        ("14 Mar 2026", "record", "Recorded"),
        ("13 Mar 2026", "record", "Reported"),
        ("12 Mar 2026", "record", "Offence"),
    ]


def test_times_are_shown_on_a_clock_in_london() -> None:
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    file = CaseFile(id=CASE, case=Case(), log=((an_id(1), LogEntry(at=summer, text="Late")),))
    assert told(file) == [("1 Jul 2026 00:30", "log", "Late")]


def test_an_empty_case_has_an_empty_timeline() -> None:
    events = timeline(CaseFile(id=CASE, case=Case()))
    assert list(events) == []
    assert events.counts == {}
    assert events.index_at(date(2026, 3, 14)) is None
    assert events.find("anything") is None


def test_a_contact_says_whom_how_why_and_what_is_next() -> None:
    ann = an_id(7)
    file = CaseFile(
        id=CASE,
        case=Case(),
        victims=((ann, Victim(name="Ann Other")),),
        contacts=(
            (
                an_id(1),
                Contact(
                    victim=ann, at=NOON, channel="phone", made=True, purposes=("update", "vrr"), text="All said",
                    next_at=NOON + timedelta(days=28),
                ),
            ),
            (an_id(2), Contact(victim=ann, at=NOON - timedelta(days=1), channel="email", made=False, text="No reply")),
            (an_id(3), Contact(victim=an_id(9), at=NOON - timedelta(days=2), made=False, text="Gone")),
        ),
    )  # fmt: skip
    assert [text for _, _, text in told(file)] == [
        "Reached Ann Other by phone (update, vrr): All said Next: 11 Apr 2026 13:00.",
        "Tried to reach Ann Other by email: No reply",
        "Tried to reach the victim: Gone",
    ]


def test_what_was_corrected_or_withdrawn_is_marked_and_its_withdrawal_is_no_line() -> None:
    log = (
        (an_id(1), LogEntry(at=NOON, text="Wrong", topic="decision")),
        (an_id(2), LogEntry(at=NOON + timedelta(minutes=1), text="Right", topic="note", about=an_id(1))),
        (an_id(3), LogEntry(at=NOON + timedelta(minutes=2), text="Slip")),
        (an_id(4), LogEntry(at=NOON + timedelta(minutes=3), about=an_id(3), withdrawn=True)),
    )
    events = timeline(CaseFile(id=CASE, case=Case(), log=log))
    assert [(event.text, str(event.end or ""), event.gone, event.corrects) for event in events] == [
        ("Slip", "withdrawn 14 Mar 2026 12:03", True, None),
        ("Right", "", False, an_id(1)),
        ("Decision: Wrong", "corrected 14 Mar 2026 12:01", True, None),
    ]
    assert [event.entry for event in events] == [an_id(3), an_id(2), an_id(1)]


def test_a_withdrawal_that_was_withdrawn_itself_marks_nothing() -> None:
    log = (
        (an_id(1), LogEntry(at=NOON, text="Said")),
        (an_id(2), LogEntry(at=NOON, about=an_id(1), withdrawn=True)),
        (an_id(3), LogEntry(at=NOON, about=an_id(2), withdrawn=True)),
    )
    (event,) = timeline(CaseFile(id=CASE, case=Case(), log=log))
    assert not event.gone


def test_identical_outcome_lines_are_told_apart() -> None:
    records = tuple(
        (an_id(number), OutcomeRecord(at=Moment("2026-04"), text="Suspect charged", ordinal=number))
        for number in (0, 1)
    )
    file = CaseFile(id=CASE, case=Case(), outcome_records=records)
    assert [event.text for event in of_kind(file, "outcome")] == [
        "Suspect charged (line 2 of the same)", "Suspect charged",
    ]  # fmt: skip


def test_what_is_known_only_to_the_month_stands_after_all_that_may_come_before_it() -> None:
    file = CaseFile(
        id=CASE,
        case=Case(offence_from=Moment("2026-03")),
        outcome_records=((an_id(1), OutcomeRecord(at=Moment("2026-03"), text="Local resolution")),),
        log=((an_id(2), LogEntry(at=NOON, text="Rang")),),
    )
    assert [kind for _, kind, _ in told(file)] == ["outcome", "log", "record"]
