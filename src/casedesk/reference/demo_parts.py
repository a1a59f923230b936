"""What the made-up caseload is made of: people, events, and cases good and bad, as the ``demo`` pack lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from casedesk.model.entities import Value
from casedesk.model.words import Role
from casedesk.reference.demo_clinic import DemoClinic, Request


class Span(NamedTuple):
    """A range of whole numbers, both ends included."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Force:
    """The made-up force, and the one whose published figures stand beside its records."""

    name: str
    code: str
    mail: str
    published: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of the team; ``number`` is what cases name their owner by."""

    role: Role
    name: str
    number: str
    rank: str
    team: str


@dataclass(frozen=True, slots=True)
class Line:
    """A log entry: its topic and its words."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Happening:
    """A kind of event: its offence, who suffers it, and what is then written about it."""

    id: str
    code: str
    over: int
    """For how many days it went on; 0 for a single event."""
    hours: Span | None
    """At what hours of the day it happens, where that matters."""
    often: int
    victim: str
    flags: tuple[str, ...]
    relationship: str
    pence: Span | None
    circumstances: tuple[str, ...]
    log: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a victim wants to be dealt with, with a warning where needed, and why they have enhanced rights."""

    whose: str
    """Whom it suits: ``anyone``, a victim of domestic abuse (``da``) or a ``child``."""
    years: Span
    channel: str
    preference: str
    enhanced: str
    safe: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of case: how many of 460, whose they are, what happened, and how many days ago."""

    id: str
    cases: int
    owners: tuple[Role, ...]
    unassigned: int
    """How many in a hundred nobody owns."""
    kinds: tuple[str, ...]
    days: Span


@dataclass(frozen=True, slots=True)
class Detention:
    """Somebody in custody: minutes since the relevant time and the authorisation, where recorded."""

    kind: str
    years: Span
    relevant: int | None
    authorised: int | None
    note: Line
    reviews: tuple[int, ...] = ()
    """Minutes since each review was held."""
    hospital: tuple[int, int] | None = None
    """Minutes since leaving for hospital and since the return; 0 while still there."""
    extended: bool = False
    vulnerable: bool = False
    adult: str = ""
    """The appropriate adult."""
    charged: int = 0
    """Minutes since the charge, of somebody kept for court."""
    notice: int = 0
    """Minutes since a domestic abuse protection notice was given, on release."""
    voluntary: int = 0
    """Nobody detained: a voluntary interview in so many minutes."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed in a case. Fields are named with their owner: ``case.rationale``, ``suspect.dob``."""

    drop: tuple[str, ...] = ()
    set: Mapping[str, Value] = field(default_factory=dict)
    days: Mapping[str, str] = field(default_factory=dict)
    """Days as ``today+3``, ``outcome_date-1`` (a field of the case) or a date."""


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to be done: what, why, and what it comes to."""

    what: str
    why: str
    result: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resolution in preparation, with what is next to do and in how many days."""

    kinds: tuple[str, ...]
    years: Span
    change: Change
    log: Line
    what: str
    due: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """An outcome proposed, or a ground for cancellation, with all that it needs."""

    code: str
    often: int
    kinds: tuple[str, ...]
    rank: str
    suspect: str
    """The suspect's status; empty for nobody linked."""
    sub_status: str
    years: Span
    victim: str
    """Who suffers it, where not as the kind of event says."""
    interviewed: bool
    admitted: bool | None
    support: str
    vrr: str
    withdrawn: bool
    """Whether the victim's decision not to go on is recorded."""
    disposals: tuple[str, ...]
    days: Span
    recorded: str
    """The day of recording, where it is a fixed one."""
    rationale: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def is_cancellation(self) -> bool:
        """Whether the record itself is proposed for cancellation."""
        return self.code.startswith("C")


@dataclass(frozen=True, slots=True)
class Flaw:
    """A proposal spoiled so that the check finds the rules it ``breaks``. ``note`` says why it goes back."""

    id: str
    breaks: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Published:
    """A crime as a published extract shows it. ``lines`` are outcomes, so many months after the crime."""

    category: str
    filed: bool
    text: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class DemoPack:
    """Everything in the pack."""

    force: Force
    words: Mapping[str, tuple[str, ...]]
    """Names of people, businesses, streets … by what they are."""
    colleagues: tuple[Colleague, ...]
    scenes: tuple[Scene, ...]
    kinds: Mapping[str, Happening]
    manners: tuple[Manner, ...]
    detentions: tuple[Detention, ...]
    conditions: Mapping[str, tuple[str, ...]]
    """Bail conditions: ``guarding`` a victim, and ``other``."""
    log: Mapping[str, tuple[Line, ...]]
    contact: Mapping[str, tuple[str, ...]]
    todos: tuple[Todo, ...]
    candidates: tuple[Candidate, ...]
    proposals: tuple[Proposal, ...]
    flaws: tuple[Flaw, ...]
    published: tuple[Published, ...]
    requests: tuple[Request, ...]
    clinic: DemoClinic
