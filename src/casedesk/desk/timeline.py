"""One timeline of everything that happened in a case, latest first, with what to find in it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, overload

from casedesk.model.clinic import ClinicFile
from casedesk.model.dossier import Dossier
from casedesk.model.facts import CaseFile
from casedesk.model.finalising import Finalising
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, latest, london, show_instant, show_moment
from casedesk.model.text import folded

if TYPE_CHECKING:
    from casedesk.desk.timeline_trace import Trace
    from casedesk.reference.packs import Packs

KINDS: Mapping[str, str] = {
    "log": "Log",
    "contact": "Contacts",
    "action": "Actions",
    "decision": "Decisions",
    "custody": "Custody",
    "event": "Events",
    "interview": "Interviews",
    "referral": "Referrals",
    "clinic": "Clinic",
    "condition": "Conditions",
    "handover": "Handovers",
    "document": "Documents",
    "exhibit": "Exhibits",
    "letter": "Letters",
    "feedback": "Feedback",
    "grading": "Gradings",
    "excuse": "Excuses",
    "flag": "Flags",
    "outcome": "Outcomes",
    "finalise": "Finalising",
    "record": "Record",
    "import": "Extracts",
    "bundle": "Bundles",
    "undo": "Undone",
}
"""Every kind of event with its title, in the order in which a filter offers them."""

At = datetime | Moment
"""When something happened, as precisely as it is known."""
Text = str | Callable[[], str]
"""Words, or what makes them when they are asked for: few of a long timeline are ever shown."""


@dataclass(frozen=True, slots=True)
class End:
    """Why an entry no longer stands."""

    word: str
    """``corrected``, ``withdrawn`` or ``taken off``."""
    by: EntityId | None = None
    """The entry that did it, where one did."""
    at: datetime | None = None
    why: str = ""
    who: Text = ""

    def __str__(self) -> str:
        """In words: ``withdrawn 14 Mar 2026 12:03 by 9001: wrong case``."""
        when = f" {show_instant(self.at)}" if self.at else ""
        who = _made(self.who)
        return f"{self.word}{when}{f' by {who}' if who else ''}{f': {self.why}' if self.why else ''}"


class Event:
    """One line of the timeline. What is said in it, and who said it, is made when it is asked for."""

    __slots__ = (
        "_at", "_folded", "_text", "_who", "also", "corrects", "end", "entity", "entry", "kind", "sort_at",
    )  # fmt: skip

    def __init__(
        self,
        at: At,
        kind: str,
        text: Text,
        who: Text = "",
        *,
        entity: str = "",
        entry: EntityId | None = None,
        corrects: EntityId | None = None,
        end: End | None = None,
        late: bool = False,
        also: str = "",
    ) -> None:
        self.sort_at = at if isinstance(at, datetime) else latest(at) if late else earliest(at)
        """Where it stands: the earliest that ``at`` may mean, or with ``late`` the latest."""
        self.kind = kind
        """A key of :data:`KINDS`."""
        self.also = also
        """Another kind by which a filter finds it: a log entry about a chase is found among the actions."""
        self.entity = entity
        """The name of the entity that it is from (``log_entry``, ``contact`` …); empty for an act of the journal."""
        self.entry = entry
        """The entity's id."""
        self.corrects = corrects
        """The entry that it takes the place of, which stays in sight."""
        self.end = end
        """Why it no longer stands; None while it does."""
        self._at = at
        self._text = text
        self._who = who
        self._folded = ""

    @property
    def gone(self) -> bool:
        """Whether a later entry corrected or withdrew this one; it stays in sight."""
        return self.end is not None

    @property
    def at(self) -> At:
        """When it happened: an instant, or a moment known to the day or the month."""
        return self._at

    @property
    def shown_at(self) -> str:
        """When it happened, for a person, as precisely as it is known."""
        return show_instant(self._at) if isinstance(self._at, datetime) else show_moment(self._at)

    @property
    def text(self) -> str:
        """What happened, in one or several lines."""
        self._text = _made(self._text)
        return self._text

    @property
    def who(self) -> str:
        """Who recorded it, and for whom where they acted under cover: ``7042 for 9001``; empty where nobody did."""
        self._who = _made(self._who)
        return self._who

    @property
    def searched(self) -> str:
        """The text as searching compares it."""
        self._folded = self._folded or folded(self.text)
        return self._folded

    def may_lie_in(self, since: datetime | None, until: datetime | None) -> bool:
        """Whether it may have happened from ``since`` to ``until``, both included; None is no limit."""
        first, last = (
            (self._at, self._at) if isinstance(self._at, datetime) else (earliest(self._at), latest(self._at))
        )
        return (until is None or first <= until) and (since is None or last >= since)


class Timeline(Sequence[Event]):
    """The events of a case, latest first; of two at one time, the one written later first."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, at: int) -> Event: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Event]: ...
    def __getitem__(self, at: int | slice) -> Event | Sequence[Event]:
        return self._events[at]

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many events there are of each kind that occurs, in the order of :data:`KINDS`."""
        found: dict[str, int] = {}
        for event in self._events:
            found[event.kind] = found.get(event.kind, 0) + 1
        return {kind: found[kind] for kind in KINDS if kind in found}

    def filtered(
        self,
        *,
        kinds: Collection[str] = (),
        words: str = "",
        who: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> "Timeline":
        """The events that meet every condition given, each correction together with what it corrects.

        ``words`` must all occur in the text, ``who`` in who recorded it, without regard to case and accents; the
        times are included. Nothing given is no condition.
        """
        wanted, person = folded(words).split(), folded(who)
        kept = {
            id(event)
            for event in self._events
            if (not kinds or event.kind in kinds or event.also in kinds)
            and event.may_lie_in(since, until)
            and all(word in event.searched for word in wanted)
            and (not person or person in folded(event.who))
        }
        if len(kept) == len(self._events):
            return self
        kept |= {id(other) for event in self._events if id(event) in kept for other in self.family(event)}
        return Timeline([event for event in self._events if id(event) in kept])

    def index_at(self, day: date) -> int | None:
        """Where to jump for a day: the first event on it or before; None when all are later."""
        end = london(day + timedelta(days=1), time()) if day < date.max else None
        return next((at for at, event in enumerate(self._events) if end is None or event.sort_at < end), None)

    def find(self, words: str, start: int = 0, step: int = 1) -> int | None:
        """The next event from ``start`` on that has all these words, going round; None when there is none.

        With ``step`` -1 the next one upwards.
        """
        wanted = folded(words).split()
        if not wanted:
            return None
        for far in range(len(self._events)):
            at = (start + far * step) % len(self._events)
            if all(word in self._events[at].searched for word in wanted):
                return at
        return None

    def original(self, event: Event) -> Event | None:
        """What an event corrects, where that is in the timeline."""
        return self._by_entry.get(event.corrects) if event.corrects is not None else None

    def corrections(self, event: Event) -> Sequence[Event]:
        """What corrects an event, latest first."""
        return self._correcting.get(event.entry, ()) if event.entry is not None else ()

    def family(self, event: Event) -> Iterator[Event]:
        """What an event corrects and what corrects it, and so on; not itself."""
        if event.corrects is None and event.entry not in self._correcting:
            return
        seen, ahead = {id(event)}, [event]
        while ahead:
            one = ahead.pop()
            original = self.original(one)
            for other in (*self.corrections(one), *((original,) if original else ())):
                if id(other) not in seen:
                    seen.add(id(other))
                    ahead.append(other)
                    yield other

    @cached_property
    def _by_entry(self) -> dict[EntityId, Event]:
        return {event.entry: event for event in self._events if event.entry is not None}

    @cached_property
    def _correcting(self) -> dict[EntityId, list[Event]]:
        found: dict[EntityId, list[Event]] = {}
        for event in self._events:
            if event.corrects is not None:
                found.setdefault(event.corrects, []).append(event)
        return found


def timeline(
    file: CaseFile,
    dossier: Dossier | None = None,
    trace: "Trace | None" = None,
    packs: "Packs | None" = None,
    clinic: ClinicFile | None = None,
    left: Finalising | None = None,
) -> Timeline:
    """Everything with a time, latest first.

    ``trace`` is what the journal says of the case: who recorded what, which extracts and undo acts touched it.
    ``packs`` name the clocks of excused duties, the disposals and the reasons of returns. ``left`` is what finalising
    left behind. Without any of these, and without what the clinic holds, the timeline does without.
    """
    from casedesk.desk import timeline_clinic, timeline_finalising, timeline_record, timeline_work
    from casedesk.desk.timeline_sources import Sources

    of = Sources(file, dossier or Dossier(), trace, packs, clinic or ClinicFile(), left or Finalising())
    parts = (
        *timeline_record.FIRST, *timeline_work.PARTS, *timeline_clinic.PARTS, *timeline_record.LAST,
        *timeline_finalising.PARTS,
    )  # fmt: skip
    events = [event for tells in parts for event in tells(of)]
    events.sort(key=attrgetter("sort_at"))
    events.reverse()
    return Timeline(events)


def _made(text: Text) -> str:
    return text if isinstance(text, str) else text()
