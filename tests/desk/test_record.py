"""Log entries and victim contacts: what is kept as it was said, and what is refused with a cure."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk import record
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError, NotFoundError, StoreError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.model.text import MAX_TEXT
from casedesk.model.words import Channel, Purpose
from casedesk.store.checks import rebuild
from casedesk.store.queue import QueueReader, View
from tests.conftest import FrozenClock
from tests.desk.crimes import add
from tests.desk.extracts import extract, file_of, operations, taken

HEADING = ("Occurrence No", "Offence", "Victim 1 name", "Victim 2 name", "Recorded")


@pytest.fixture
def case_id(desk: Desk, tmp_path: Path) -> EntityId:
    taken(
        desk,
        extract(
            tmp_path,
            ("A1", "Theft", "Zoë", "", "19/11/2026"),
            ("A2", "Theft", "Ann", "Bob"),
            ("A3", "Theft"),
            heading=HEADING,
        ),
    )
    return desk.find("A1")


def test_an_entry_is_kept_as_it_was_said(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    at = clock.now - timedelta(hours=3)
    entry_id = record.add_log_entry(
        desk, case_id, " Rang the shop.\r\n\r\n\r\n\r\nNo answer. ", topic="chase", at=at
    )
    ((known, entry),) = desk.case(case_id).file.log
    assert known == entry_id
    assert entry.text == "Rang the shop.\n\nNo answer."
    assert (entry.topic, entry.at, entry.about, entry.withdrawn) == ("chase", at, None, None)
    assert rebuild(desk.store).differing == ()


def test_now_is_when_nothing_else_is_said(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    record.add_log_entry(desk, case_id, "Seen")
    ((_, entry),) = desk.case(case_id).file.log
    assert entry.at == clock.now
    assert entry.topic == "note"


def test_terminal_escapes_do_not_get_into_the_record(desk: Desk, case_id: EntityId) -> None:
    record.add_log_entry(desk, case_id, "\x1b]52;c;cm0gLXJm\x07Rang\x1b[2J him\u202e")
    ((_, entry),) = desk.case(case_id).file.log
    assert entry.text == "Rang him"


def test_a_correction_stands_in_place_of_what_it_corrects_and_both_stay(
    desk: Desk, case_id: EntityId
) -> None:
    wrong = record.add_log_entry(desk, case_id, "He said yes")
    right = record.add_log_entry(desk, case_id, "He said no", about=wrong)
    log = desk.case(case_id).file.log
    assert [entry_id for entry_id, _ in log] == [wrong, right]
    assert [entry_id for entry_id, _ in standing(log)] == [right]


def test_a_contact_keeps_everything_that_was_said(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    victim, _ = file_of(desk, "A1").victims[0]
    promised = clock.now + timedelta(days=28)
    record.add_contact(
        desk,
        case_id,
        channel="email",
        made=False,
        text="No reply",
        purposes=["update", "vrr"],
        next_at=promised,
    )
    ((_, contact),) = desk.case(case_id).file.contacts
    assert contact.victim == victim
    assert (contact.channel, contact.made, contact.purposes) == ("email", False, ("update", "vrr"))
    assert (contact.next_at, contact.text, contact.at) == (promised, "No reply", clock.now)


def test_a_promised_contact_shows_in_the_queue(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    promised = clock.now + timedelta(days=2)
    record.add_contact(desk, case_id, channel="phone", made=True, text="Rang her", next_at=promised)
    reader = QueueReader(desk.store.connection)
    rows = {row.ref: row for row in reader.rows(reader.first(View()))}
    assert rows["A1"].due_at == promised
    assert rows["A3"].due_at != promised


def test_which_of_several_victims_must_be_said(desk: Desk, case_id: EntityId) -> None:
    two = desk.find("A2")
    with pytest.raises(BadInputError, match="more than one victim") as refused:
        record.add_contact(desk, two, channel="phone", made=True, text="Rang")
    assert refused.value.cure
    bob = next(victim for victim, said in desk.case(two).file.victims if said.name == "Bob")
    record.add_contact(desk, two, channel="phone", made=True, text="Rang", victim=bob)
    ((_, contact),) = desk.case(two).file.contacts
    assert contact.victim == bob


def test_a_case_without_a_recorded_victim_takes_a_contact_all_the_same(desk: Desk, case_id: EntityId) -> None:
    record.add_contact(desk, desk.find("A3"), channel="letter", made=True, text="Wrote to the owner")
    ((_, contact),) = file_of(desk, "A3").contacts
    assert contact.victim is None


def test_every_word_of_the_field_is_taken(desk: Desk, case_id: EntityId) -> None:
    for channel in Channel:
        record.add_contact(
            desk, case_id, channel=channel.value, made=True, text="Said", purposes=list(Purpose)
        )
    said = [(contact.channel, contact.purposes) for _, contact in desk.case(case_id).file.contacts]
    assert said == [(channel.value, tuple(Purpose)) for channel in Channel]
    for topic in record.TOPICS:
        record.add_log_entry(desk, case_id, "Said", topic=topic)
    assert [entry.topic for _, entry in desk.case(case_id).file.log] == list(record.TOPICS)


def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    def contact(**said: object) -> EntityId:
        given = {"channel": "phone", "made": True, "text": "Rang", **said}
        return record.add_contact(desk, case_id, **given)  # type: ignore[arg-type]  # some of it is wrong on purpose

    tomorrow, yesterday = clock.now + timedelta(days=1), clock.now - timedelta(days=1)
    entry = record.add_log_entry(desk, case_id, "An entry")
    before = operations(desk.store)
    refused_acts: dict[str, Callable[[], object]] = {
        "entry is empty": lambda: record.add_log_entry(desk, case_id, " \x1b[2J \n "),
        "100,001 characters": lambda: record.add_log_entry(desk, case_id, "x" * (MAX_TEXT + 1)),
        "'gossip' is not a topic": lambda: record.add_log_entry(desk, case_id, "x", topic="gossip"),
        "lies in the future": lambda: record.add_log_entry(desk, case_id, "x", at=tomorrow),
        "log entry is not in this case": lambda: record.add_log_entry(desk, case_id, "x", about=new_id()),
        "contact is not in this case": lambda: contact(about=entry),
        "What was said is empty": lambda: contact(text=""),
        "'pigeon' is not a channel": lambda: contact(channel="pigeon"),
        "'chat' is not a purpose": lambda: contact(purposes=["update", "chat"]),
        "promised for before": lambda: contact(next_at=yesterday),
        "promised for before this one": lambda: contact(next_at=clock.now),
        "victim is not in this case": lambda: contact(victim=new_id()),
    }
    for message, act in refused_acts.items():
        with pytest.raises(BadInputError, match=message) as refused:
            act()
        assert refused.value.cure, message
    with pytest.raises(NotFoundError):
        record.add_log_entry(desk, EntityId(b"n" * 16), "x")
    assert operations(desk.store) == before


def test_a_time_a_little_ahead_is_a_clock_that_differs(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    record.add_log_entry(desk, case_id, "Now", at=clock.now + timedelta(minutes=5))
    with pytest.raises(BadInputError, match="future"):
        record.add_log_entry(desk, case_id, "Then", at=clock.now + timedelta(minutes=5, seconds=1))


def test_work_on_many_cases_keeps_apart(desk: Desk, case_id: EntityId) -> None:
    record.add_log_entry(desk, case_id, "For the first")
    record.add_log_entry(desk, desk.find("A2"), "For the second")
    assert [entry.text for _, entry in file_of(desk, "A1").log] == ["For the first"]
    assert [entry.text for _, entry in file_of(desk, "A2").log] == ["For the second"]
    assert file_of(desk, "A3").log == ()


def test_a_write_that_fails_leaves_no_entry(desk: Desk, case_id: EntityId) -> None:
    def fail(step: str) -> None:
        if step == "finished":
            raise StoreError("The disk is full.")

    desk.store.checkpoint = fail
    with pytest.raises(StoreError):
        record.add_log_entry(desk, case_id, "Lost")
    desk.store.checkpoint = lambda _: None
    assert file_of(desk, "A1").log == ()
    record.add_log_entry(desk, case_id, "Kept")
    assert [entry.text for _, entry in file_of(desk, "A1").log] == ["Kept"]


def test_an_instant_in_the_doubled_hour_is_kept_apart(desk: Desk, case_id: EntityId) -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for at in (first, first + timedelta(hours=1)):
        record.add_log_entry(desk, case_id, "Half past one", at=at)
    assert [entry.at for _, entry in file_of(desk, "A1").log] == [first, first + timedelta(hours=1)]


def test_a_contact_before_the_offence_can_have_begun_is_refused(desk: Desk) -> None:
    case_id = add(desk, "42/1/26", offence_from=Moment("2026-11-01"))
    before, after = datetime(2026, 10, 31, 23, 59, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    with pytest.raises(BadInputError, match="lies before the offence") as refused:
        record.add_contact(desk, case_id, channel="phone", made=True, text="Rang", at=before)
    assert "records system" in refused.value.cure
    record.add_contact(desk, case_id, channel="phone", made=True, text="Rang", at=after)
    assert len(desk.case(case_id).file.contacts) == 1


def test_an_offence_known_by_its_month_lets_a_contact_be_of_any_day_in_it(desk: Desk) -> None:
    case_id = add(desk, "42/1/26", offence_from=Moment("2026-11"))
    record.add_contact(
        desk, case_id, channel="phone", made=True, text="Rang", at=datetime(2026, 11, 2, tzinfo=UTC)
    )
    assert len(desk.case(case_id).file.contacts) == 1
