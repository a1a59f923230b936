"""What an open desk says before something falls due, and what it keeps to itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.desk.caseload import SCOPES
from casedesk.desk.reminders import LockedReminders, Reminders
from casedesk.desk.settings import WHOSE, ReminderSettings
from casedesk.model.ids import EntityId
from casedesk.store.due_items import DueItem

AT = datetime(2026, 11, 21, 2, 40, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ENDS = "Detention ends Sat 21 Nov 02:40; a superintendent can extend"
ITEM = DueItem(
    1, 0, EntityId(b"a" * 16), "99260000001", "Theft", "", AT, 1, ENDS, "DET-24", "superintendent", True, "", None
)  # fmt: skip


def before(minutes: float) -> datetime:
    return AT - timedelta(minutes=minutes)


def said(reminders: Reminders, now: datetime, *items: DueItem) -> list[str]:
    return [reminder.text for reminder in reminders.due(items or (ITEM,), now)]


def test_each_interval_speaks_once_and_at_its_very_second() -> None:
    reminders = Reminders(ReminderSettings())
    told = [
        minutes
        for minutes in (61, 60 + 1 / 60, 60, 59, 31, 30, 30, 29, 11, 10, 1, 0, -1)
        if said(reminders, before(minutes))
    ]
    assert told == [60, 30, 10]


def test_it_names_the_case_the_time_left_and_the_sentence() -> None:
    (reminder,) = Reminders(ReminderSettings()).due([ITEM], before(60))
    assert (reminder.title, reminder.text) == ("99260000001: in 1 h 00 m", ENDS)


def test_what_was_missed_meanwhile_is_told_once_not_for_each_interval() -> None:
    reminders = Reminders(ReminderSettings())
    assert said(reminders, before(8)) == [ENDS]
    assert said(reminders, before(7)) == []


def test_what_is_past_is_left_to_the_queue() -> None:
    reminders = Reminders(ReminderSettings())
    assert said(reminders, AT - SECOND) == [ENDS]
    assert said(Reminders(ReminderSettings()), AT) == []


def test_a_time_that_moves_is_told_anew() -> None:
    reminders = Reminders(ReminderSettings())
    assert said(reminders, before(60)) == [ENDS]
    assert said(reminders, before(60), replace(ITEM, at=AT + timedelta(hours=12))) == []
    moved = replace(ITEM, at=AT + timedelta(minutes=5))
    assert said(reminders, AT - timedelta(minutes=25), moved) == [ENDS]


def test_two_clocks_of_one_case_are_two_reminders() -> None:
    review = replace(ITEM, clock="REV-1", sentence="First review due by Sat 21 Nov 02:40")
    assert len(said(Reminders(ReminderSettings()), before(20), ITEM, review)) == 2


def test_what_somebody_typed_is_not_put_on_screen() -> None:
    """An action's words may name anybody, and a reminder comes up over whatever is being shown."""
    typed = replace(ITEM, clock="", sentence="Ring Jane Doe due Sat 21 Nov 02:40")
    (text,) = said(Reminders(ReminderSettings()), before(10), typed)
    assert "Jane" not in text
    assert "Sat 21 Nov 02:40" in text


def test_many_at_once_are_counted() -> None:
    items = [replace(ITEM, case_id=EntityId(bytes([n]) * 16), ref=str(n)) for n in range(6)]
    told = Reminders(ReminderSettings()).due(items, before(60))
    assert [reminder.title for reminder in told] == ["0: in 1 h 00 m", "1: in 1 h 00 m", "Reminders"]
    assert told[-1].text == "4 more clocks need attention"


@pytest.mark.parametrize("settings", [ReminderSettings(minutes=()), ReminderSettings(bands=())])
def test_they_can_be_turned_off(settings: ReminderSettings) -> None:
    assert Reminders(settings).horizon == timedelta()


def test_locked_it_says_how_many_and_nothing_else() -> None:
    locked = LockedReminders(ReminderSettings(), [AT, AT + timedelta(minutes=5)])
    assert locked.due(before(60) - SECOND) == ""
    assert locked.due(before(60)) == "1 clock needs attention"
    assert locked.due(before(59)) == ""
    assert locked.due(before(30)) == "2 clocks need attention"


def test_the_settings_and_the_queue_mean_the_same_cases() -> None:
    assert set(WHOSE) == set(SCOPES)


@given(
    minutes=st.sets(st.integers(1, 1440), min_size=1, max_size=5),
    looks=st.lists(st.integers(-60, 1500 * 60), max_size=60),
)
def test_however_often_one_looks_no_interval_is_told_twice(minutes: set[int], looks: list[int]) -> None:
    reminders = Reminders(ReminderSettings(tuple(minutes)))
    told = sum(len(reminders.due([ITEM], AT - SECOND * look)) for look in sorted(looks, reverse=True))
    reached = [minute for minute in minutes if any(0 < look <= minute * 60 for look in looks)]
    assert told <= len(reached)
    assert bool(told) == bool(reached)


def test_what_was_held_back_is_told_afterwards_what_is_past_by_then_as_well() -> None:
    reminders = Reminders(ReminderSettings())
    reminders.hold([ITEM], before(30))
    assert said(reminders, before(20)) == [ENDS]
    reminders.hold([ITEM], before(9))
    (missed,) = reminders.due([], AT + timedelta(minutes=5))
    assert (missed.title, missed.text) == ("99260000001: 5 m ago", ENDS)
    assert reminders.due([], AT + timedelta(minutes=6)) == []
