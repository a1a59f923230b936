"""The parts of a query: what may be asked of a case, and the words for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto

from casedesk.model.errors import BadInputError
from casedesk.model.text import folded

MOST_TERMS = 32
MOST_CHARACTERS = 1000
SHORTEST_BEGINNING = 2
"""Letters a word must have before it may stand for all that begin so: one letter names half of the store."""


class Source(StrEnum):
    """Where in a case a word stands."""

    FACTS = "facts"
    REF = "ref"
    OIC = "oic"
    SUSPECTS = "suspects"
    VICTIMS = "victims"
    RATIONALE = "rationale"
    LOG = "log"
    CONTACT = "contact"
    ACTION = "action"


FACTS_AND_PEOPLE = (Source.FACTS, Source.REF, Source.OIC, Source.SUSPECTS, Source.VICTIMS)
"""Where the queue's filter looks unless ``in:`` says otherwise: what a case is, not what was written in it."""
PLACES: dict[str, tuple[Source, ...]] = {
    "facts": (Source.FACTS, Source.REF, Source.OIC),
    "people": (Source.SUSPECTS, Source.VICTIMS),
    "log": (Source.LOG,),
    "contact": (Source.CONTACT,),
    "action": (Source.ACTION,),
    "rationale": (Source.RATIONALE,),
}
"""What may follow ``in:``."""
FIELDS: dict[str, str] = {
    "oic": "the name or collar number of the OIC: oic:okafor",
    "owner": "who owns the case: owner:me, owner:7042, owner:none",
    "outcome": "an outcome code: outcome:16, outcome:15,16, outcome:none",
    "flag": "a flag: flag:da",
    "stage": "where it stands: stage:submitted",
    "band": "a band of the queue: band:liberty, band:1",
    "ref": "the reference or a part of it: ref:43260000123",
    "suspect": "the name of a suspect, by sound when nobody is called so: suspect:smyth",
    "victim": "the name of a victim, by sound when nobody is called so: victim:okafor",
    "sounds": "the name of a suspect or victim, by sound: sounds:smyth",
    "due": "what is due: due:overdue, due:today, due:<3d, due:>2w, due:fri, due:21/11, due:none",
    "in": f"where the words stand: {', '.join(f'in:{place}' for place in PLACES)}",
}
"""The fields that a query may ask, with what they mean."""


class Begun(Enum):
    """Which words may be only begun, without a ``*``."""

    NONE = auto()
    """None: the query was sent off as it stands."""
    LAST = auto()
    """The last, because it is still being typed."""
    ALL = auto()
    """All: a filter that is being typed."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a query is read against: who asks and when. ``bands`` gives the number of each band by its id."""

    now: datetime | None = None
    me: str = ""
    bands: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words next to each other; with ``begun`` the last may go on. No sources: wherever is looked."""

    tokens: tuple[str, ...]
    begun: bool = False
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Sounds:
    """Names that sound like these folded words."""

    tokens: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """An outcome or a flag of exactly this value; for an outcome "none" means that there is none."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Owned:
    """The case belongs to this person; to nobody where it is empty."""

    owner: str


@dataclass(frozen=True, slots=True)
class Staged:
    """The case stands at this stage of the queue."""

    stage: str


@dataclass(frozen=True, slots=True)
class Banded:
    """The case is in the band of this number."""

    band: int


@dataclass(frozen=True, slots=True)
class Due:
    """What is due lies in this half-open span of time; nothing is due where ``never``."""

    since: datetime | None = None
    before: datetime | None = None
    never: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these."""

    parts: tuple["Node", ...]


Node = Words | Sounds | Tagged | Owned | Staged | Banded | Due | Not | All | Either


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One sign or term of a query. ``at`` counts characters from 1."""

    kind: str
    """``open``, ``close``, ``minus``, ``or``, ``and``, ``field`` or ``term``."""
    text: str
    at: int
    quoted: bool = False
    starred: bool = False

    def error(self, message: str, cure: str) -> BadInputError:
        """What is wrong here."""
        return BadInputError(f"At character {self.at}: {message}.", cure)


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood; without a node it asks for nothing."""

    node: Node | None = None
    fields: tuple[str, ...] = ()
    """The fields it asks, in the order they were typed."""


_WORD = re.compile(r"[^\W_]+")


def split(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: folded, letters and figures only."""
    return tuple(_WORD.findall(folded(text)))
