"""Reminders while the desk is open: which due items to speak of now, each at each interval once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from casedesk.desk.caseload import scope_view
from casedesk.desk.desk import Desk
from casedesk.desk.settings import ReminderSettings
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_span
from casedesk.model.text import clip
from casedesk.rules.reasons.factor import STEP, when
from casedesk.store.due_items import DueItem
from casedesk.store.queue import QueueReader

AT_ONCE = 3
"""The most reminders that are told one by one; of more their number is told."""
LOCKED_FOR = timedelta(hours=16)
"""How far ahead is looked when the desk is locked: to the end of any shift."""
_MOST = 500
"""The most items that are looked at."""
_LONGEST = 160
"""The characters of a sentence that a reminder shows."""


_Key = tuple[EntityId, datetime, str, EntityId | None]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to say: about which case, and what."""

    title: str
    text: str


class Reminders:
    """Decides what to say, and remembers what was said as long as the desk is open."""

    def __init__(self, settings: ReminderSettings) -> None:
        self.settings = settings
        self._intervals = [timedelta(minutes=minutes) for minutes in sorted(settings.minutes)]
        self._said: dict[_Key, timedelta] = {}
        """The shortest interval at which each was spoken of."""
        self._held: dict[_Key, DueItem] = {}
        """What was to be spoken of while somebody read along."""

    @property
    def horizon(self) -> timedelta:
        """How far ahead the longest interval looks; zero where there are to be no reminders."""
        return self._intervals[-1] if self._intervals and self.settings.bands else timedelta()

    def due(self, items: Iterable[DueItem], now: datetime) -> list[Reminder]:
        """What to say at this moment, the soonest first.

        An item is spoken of when the time left falls to an interval or below; of several intervals passed
        meanwhile only the shortest counts. What is past is not spoken of: the queue has it on top.
        """
        reached = [(item, interval) for item in items if (interval := self._interval(item.at - now))]
        new = [(item, interval) for item, interval in reached if self._is_new(item, interval)]
        self._said.update((_key(item), interval) for item, interval in new)
        self._said = {key: said for key, said in self._said.items() if key[1] > now}
        new.sort(key=lambda pair: pair[0].at)
        missed = sorted((item for item in self._held.values() if item.at <= now), key=lambda item: item.at)
        self._held.clear()
        told = [*(_missed(item, now) for item in missed), *(_reminder(item, now) for item, _ in new)]
        if len(told) <= AT_ONCE:
            return told
        more = len(told) - AT_ONCE + 1
        return [*told[: AT_ONCE - 1], Reminder("Reminders", attention(more, "more "))]

    def hold(self, items: Iterable[DueItem], now: datetime) -> None:
        """Keep what would be said at this moment until :meth:`due` is asked again: what is past by then as well."""
        for item in items:
            interval = self._interval(item.at - now)
            if interval and self._is_new(item, interval):
                self._held[_key(item)] = item

    def _interval(self, left: timedelta) -> timedelta | None:
        """The shortest interval that is reached with so much time left."""
        if left <= timedelta():
            return None
        return next((interval for interval in self._intervals if left <= interval), None)

    def _is_new(self, item: DueItem, interval: timedelta) -> bool:
        said = self._said.get(_key(item))
        return said is None or interval < said


class LockedReminders:
    """While the desk is locked: how many clocks need attention, and nothing of which.

    It holds instants alone, taken down before the desk was locked.
    """

    def __init__(self, settings: ReminderSettings, instants: Iterable[datetime]) -> None:
        self._first = timedelta(minutes=max(settings.minutes, default=0))
        self._ahead = sorted(instants)
        self._told = 0

    def due(self, now: datetime) -> str:
        """What to say at this moment; empty unless there are more than were told of before."""
        count = sum(at - self._first <= now for at in self._ahead)
        new = count > self._told
        self._told = count
        return attention(count) if new else ""


def ahead(desk: Desk, reader: QueueReader, span: timedelta) -> list[DueItem]:
    """What falls due within a span, of those bands and those cases that the settings name; earliest first."""
    wanted = desk.settings.reminders
    if not span or not wanted.bands:
        return []
    numbers = [desk.packs.priority.number(band) for band in wanted.bands]
    view = scope_view(desk, wanted.whose)
    return reader.due(desk.now, desk.now + span + STEP, view, limit=_MOST, bands=numbers)


def attention(count: int, more: str = "") -> str:
    """How many clocks need attention: ``3 clocks need attention``."""
    return f"{count} {more}clock needs attention" if count == 1 else f"{count} {more}clocks need attention"


def _key(item: DueItem) -> _Key:
    return item.case_id, item.at, item.clock, item.subject


def _reminder(item: DueItem, now: datetime) -> Reminder:
    return Reminder(f"{item.ref}: in {show_span(item.at - now)}", _words(item))


def _missed(item: DueItem, now: datetime) -> Reminder:
    """What fell due while nothing was said."""
    return Reminder(f"{item.ref}: {show_span(now - item.at)} ago", _words(item))


def _words(item: DueItem) -> str:
    """What is due. What no clock stands behind was typed by somebody, and may name anybody."""
    if item.clock:
        return clip(item.sentence, _LONGEST)
    return f"An action or a promise is due {when(item.at)}."
