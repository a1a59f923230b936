"""What the made-up clinic and the made-up requests to other teams are made of, as the ``demo`` pack lists them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from casedesk.model.words import AppointmentState, ResolutionState
from casedesk.reference.loading import Pack, Row, hint

CPS = "cps"
"""Stands among the teams for the Crown Prosecution Service."""
TABLES = frozenset(
    {"request", "clinic", "clinic-day", "clinic-words", "undertaking", "clinic-answers", "matter"}
)
"""The tables of the pack that are read here."""
WORDS = (
    "admitted_where", "identification", "witnesses", "disclosure", "evidential_why", "interest_a", "interest_b",
    "interest_c", "interest_d", "interest_e", "interest_f", "interest_why", "point", "gravity", "views", "rationale",
    "considered", "deviation", "note", "breach", "missed", "told",
)  # fmt: skip
_CONDITION = re.compile(r"([a-z-]+): (due|done|failed) (-?\d+)")
_REVIEWS = ("", "begun", "complete")
_ASSESSMENTS = ("", "prepared", "begun", "complete")


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked of an enabling team, or of the prosecutor, that a case waits for."""

    team: str
    """Its id in the pack ``actions``, or :data:`CPS`."""
    kinds: tuple[str, ...]
    what: str
    why: str
    asked: int
    """How many days ago."""
    due: int
    """In how many days."""
    chases: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """One clinic day."""

    id: str
    working_days: int
    """Away from the next clinic day."""
    place: str
    room: str
    note: str


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """What every clinic day has: the hours, the length of a slot in minutes, how to get there."""

    opens: int
    closes: int
    minutes: int
    travel: str


@dataclass(frozen=True, slots=True)
class Undertaking:
    """A condition that is agreed, with its provider."""

    service: str
    kind: str
    need: str
    what: str
    why: str
    evidence: str
    provider: str


@dataclass(frozen=True, slots=True)
class Term:
    """A condition in a matter: due, done or failed in so many days."""

    undertaking: str
    state: str
    days: int


@dataclass(frozen=True, slots=True)
class ClinicMatter:
    """A matter of the clinic at one step of the way."""

    id: str
    kinds: tuple[str, ...]
    clinic: str
    slot: int
    seen: AppointmentState
    again: str
    """The clinic at which the person is seen a second time; empty where not."""
    again_slot: int
    interpreter: str
    review: str
    gravity: int
    """The base score; 0 where it is not scored."""
    assessment: str
    upto: str
    """The last section that was answered, where the assessment is not complete."""
    disposal: str
    state: str
    """Word of ``ResolutionState``; empty where nothing is chosen."""
    terms: tuple[Term, ...]
    log: str
    """A log entry, with its topic before the colon."""


@dataclass(frozen=True, slots=True)
class DemoClinic:
    """Everything that the pack says of the clinic."""

    day: ClinicDay
    sittings: Mapping[str, Sitting]
    words: Mapping[str, str]
    undertakings: Mapping[str, Undertaking]
    answers: Mapping[str, str]
    """Answers of the needs assessment, by question."""
    matters: tuple[ClinicMatter, ...]


def read_requests(pack: Pack, kinds: Collection[str]) -> tuple[Request, ...]:
    """Read the requests to other teams. Raises PackError."""
    return tuple(pack.build("request", lambda row: _request(row, kinds)).values())


def read_clinic(pack: Pack, kinds: Collection[str]) -> DemoClinic:
    """Read the clinic. Raises PackError."""
    words, answers = pack.table("clinic-words"), pack.table("clinic-answers")
    sittings, undertakings = pack.build("clinic", _sitting), pack.build("undertaking", _undertaking)
    words.unknown(set(WORDS))
    return DemoClinic(
        day=_day(pack.table("clinic-day")),
        sittings=sittings,
        words={name: words.text(name) for name in WORDS},
        undertakings=undertakings,
        answers={name: answers.text(name) for name in answers.keys},
        matters=tuple(pack.build("matter", lambda row: _matter(row, kinds, sittings, undertakings)).values()),
    )


def _request(row: Row, kinds: Collection[str]) -> Request:
    row.unknown({"id", "team", "kinds", "what", "why", "asked", "due", "chases"})
    return Request(
        row.text("team"),
        _all_known(row, "kinds", kinds),
        row.text("what"),
        row.text("why"),
        row.integer("asked"),
        row.integer("due"),
        row.integer("chases", 0),
    )


def _sitting(row: Row) -> Sitting:
    row.unknown({"id", "working_days", "place", "room", "note"})
    return Sitting(
        row.id, row.integer("working_days"), row.text("place"), row.text("room"), row.text("note", "")
    )


def _day(row: Row) -> ClinicDay:
    row.unknown({"opens", "closes", "minutes", "travel"})
    return ClinicDay(
        row.integer("opens"), row.integer("closes"), row.integer("minutes"), row.text("travel", "")
    )


def _undertaking(row: Row) -> Undertaking:
    row.unknown({"id", "service", "kind", "need", "what", "why", "evidence", "provider"})
    return Undertaking(
        service=row.text("service"),
        kind=row.text("kind"),
        need=row.text("need", ""),
        what=row.text("what"),
        why=row.text("why"),
        evidence=row.text("evidence"),
        provider=row.text("provider", ""),
    )


def _matter(
    row: Row,
    kinds: Collection[str],
    sittings: Collection[str],
    undertakings: Collection[str],
) -> ClinicMatter:
    row.unknown({
        "id", "kinds", "clinic", "slot", "seen", "again", "again_slot", "interpreter", "review", "gravity",
        "assessment", "upto", "disposal", "state", "conditions", "log",
    })  # fmt: skip
    state = row.optional_choice("state", ResolutionState)
    return ClinicMatter(
        id=row.id,
        kinds=_all_known(row, "kinds", kinds),
        clinic=_known(row, "clinic", sittings),
        slot=row.integer("slot"),
        seen=row.choice("seen", AppointmentState),
        again=_known(row, "again", ("", *sittings), ""),
        again_slot=row.integer("again_slot", 0),
        interpreter=row.text("interpreter", ""),
        review=_known(row, "review", _REVIEWS, ""),
        gravity=row.integer("gravity", 0),
        assessment=_known(row, "assessment", _ASSESSMENTS, ""),
        upto=row.text("upto", ""),
        disposal=row.text("disposal", ""),
        state=state.value if state else "",
        terms=tuple(_term(row, text, undertakings) for text in row.texts("conditions", ())),
        log=row.text("log"),
    )


def _term(row: Row, text: str, undertakings: Collection[str]) -> Term:
    found = _CONDITION.fullmatch(text)
    if not found:
        raise row.error("conditions", f"“{text}” is no condition", "Write it as alcohol: due 40.")
    if found[1] not in undertakings:
        raise row.error("conditions", f"there is no undertaking “{found[1]}”", hint(found[1], undertakings))
    return Term(found[1], found[2], int(found[3]))


def _known(row: Row, key: str, known: Collection[str], default: str | None = None) -> str:
    word = row.text(key) if default is None else row.text(key, default)
    if word not in known:
        raise row.error(key, f"there is no “{word}”", hint(word, known))
    return word


def _all_known(row: Row, key: str, known: Collection[str]) -> tuple[str, ...]:
    words = row.texts(key)
    for word in words:
        if word not in known:
            raise row.error(key, f"there is no “{word}”", hint(word, known))
    if not words:
        raise row.error(key, "must not be empty")
    return tuple(words)
