"""The fields of a query: what each takes for a value, and what it says when it is given another."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from casedesk.model.errors import BadInputError
from casedesk.model.moments import day_of, earliest, latest
from casedesk.model.text import clip, folded
from casedesk.model.typed_moments import parse_typed_moment
from casedesk.model.words import FLAG_TITLES, Flag, Stage
from casedesk.reference.rows import hint
from casedesk.rules.query_nodes import (
    FIELDS,
    MOST_TERMS,
    PLACES,
    Banded,
    Context,
    Due,
    Either,
    Lexeme,
    Node,
    Owned,
    Source,
    Staged,
    Tagged,
)

WORD_FIELDS: dict[str, tuple[Source, ...]] = {
    "oic": (Source.OIC,),
    "ref": (Source.REF,),
    "suspect": (Source.SUSPECTS,),
    "victim": (Source.VICTIMS,),
    "sounds": PLACES["people"],
}
"""The fields whose values are words, and where those stand."""
_NONE = frozenset(("none", "nobody", "never"))
_CLOSED = "closed"
_STAGES = (*(stage.value for stage in Stage), _CLOSED)
_OUTCOME = re.compile(r"\d{1,2}[a-c]?|c[1-5]")
_SPAN = re.compile(r"(\d{1,3})([hdw])")
_COMPARED = re.compile(r"(<=|>=|<|>|=)?(.*)")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def check_field(lexeme: Lexeme) -> str:
    """The field's name. Raises BadInputError when there is no such field."""
    name = lexeme.text.casefold()
    if name not in FIELDS:
        raise lexeme.error(
            f"there is no field {name}:",
            f"{hint(name, FIELDS)} To look for the text itself, put it in quotation marks.".strip(),
        )
    return name


def read_place(lexeme: Lexeme, unfinished: bool) -> tuple[Source, ...]:
    """Read what follows ``in:``. Raises BadInputError when it is not a place."""
    found: list[Source] = []
    for word in _listed(lexeme):
        places = _meant(word, PLACES, unfinished)
        if not places:
            raise lexeme.error(f"{_shown(word)} is not a place to look in", hint(folded(word), PLACES))
        for place in places:
            found.extend(PLACES[place])
    return tuple(found)


def read_value(name: str, lexeme: Lexeme, context: Context, *, unfinished: bool) -> Node | None:
    """Read the value of a field that does not take words; several, between commas, mean any of them.

    An unfinished value is taken for everything it may become; one that cannot be read yet is left out.
    Raises BadInputError for a value that the field does not know.
    """
    read = _READERS[name]
    try:
        nodes = [node for word in _listed(lexeme) for node in read(word, lexeme, context, unfinished)]
    except BadInputError:
        if unfinished:
            return None
        raise
    if not nodes:
        return None
    return Either(tuple(nodes)) if len(nodes) > 1 else nodes[0]


def takes(name: str) -> str:
    """What a field takes for a value, as a cure."""
    return f"It takes {FIELDS[name]}."


def _listed(lexeme: Lexeme) -> list[str]:
    words = [word for part in lexeme.text.split(",") if (word := part.strip())]
    if len(words) > MOST_TERMS:
        raise lexeme.error(f"there are more than {MOST_TERMS} values", "Ask for fewer.")
    return words


def _shown(word: str) -> str:
    return f"“{clip(word, 40)}”"


def _meant(word: str, known: Iterable[str], unfinished: bool) -> list[str]:
    """The words of a closed list that are meant: the one that is given, or those that it may become."""
    listed, asked = list(known), folded(word)
    if asked in listed:
        return [asked]
    return [one for one in listed if unfinished and one.startswith(asked)]


def _owner(word: str, lexeme: Lexeme, context: Context, unfinished: bool) -> list[Node]:
    if folded(word) == "me":
        if not context.me:
            raise lexeme.error("it is not known who asks", "Give the collar number of the owner.")
        return [Owned(context.me)]
    if folded(word) in _NONE:
        return [Owned("")]
    return [Owned(word)]


def _outcome(word: str, lexeme: Lexeme, context: Context, unfinished: bool) -> list[Node]:
    code = folded(word)
    if code in _NONE:
        return [Tagged("outcome", "none")]
    if not _OUTCOME.fullmatch(code):
        raise lexeme.error(f"{_shown(word)} is not an outcome code", "Give a code such as 16 or 2A, or none.")
    return [Tagged("outcome", code)]


def _flag(word: str, lexeme: Lexeme, context: Context, unfinished: bool) -> list[Node]:
    titles = {folded(title): flag.value for flag, title in FLAG_TITLES.items()}
    known = [flag.value for flag in Flag]
    meant = _meant(titles.get(folded(word), word), known, unfinished)
    if not meant:
        raise lexeme.error(f"{_shown(word)} is not a flag", hint(folded(word), known))
    return [Tagged("flag", flag) for flag in meant]


def _stage(word: str, lexeme: Lexeme, context: Context, unfinished: bool) -> list[Node]:
    meant = _meant(word, _STAGES, unfinished)
    if not meant:
        raise lexeme.error(f"{_shown(word)} is not a stage", hint(folded(word), _STAGES))
    return [Staged(_CLOSED if stage == Stage.FINALISED else stage) for stage in meant]


def _band(word: str, lexeme: Lexeme, context: Context, unfinished: bool) -> list[Node]:
    if word.isdecimal() and len(word) < 3:
        return [Banded(int(word))]
    meant = _meant(word, context.bands, unfinished)
    if not meant:
        raise lexeme.error(
            f"{_shown(word)} is not a band", hint(folded(word), context.bands) or "Give its number."
        )
    return [Banded(context.bands[band]) for band in meant]


def _due(word: str, lexeme: Lexeme, context: Context, unfinished: bool) -> list[Node]:
    asked = folded(word)
    if asked in _NONE:
        return [Due(never=True)]
    if context.now is None:
        raise lexeme.error("it is not known what time it is", "Leave out due:.")
    if asked == "overdue":
        return [Due(before=context.now)]
    compared = _COMPARED.fullmatch(asked)
    sign, value = (compared[1] or "", compared[2].strip()) if compared else ("", asked)
    span = _SPAN.fullmatch(value)
    if span:
        then = context.now + timedelta(**{_UNITS[span[2]]: int(span[1])})
        return [Due(since=then) if sign.startswith(">") else Due(before=then)]
    try:
        since, before = _bounds(value, context.now)
    except BadInputError:
        raise lexeme.error(f"{_shown(word)} is not a time when something is due", takes("due")) from None
    return [
        {
            "<": Due(before=since),
            "<=": Due(before=before),
            ">": Due(since=before),
            ">=": Due(since=since),
        }.get(sign, Due(since, before))
    ]


def _bounds(value: str, now: datetime) -> tuple[datetime, datetime]:
    """The first instant that a typed day or time means, and the first after it."""
    typed = parse_typed_moment(value, now)
    day = day_of(typed)
    if len(typed) == 10 and day is not None:
        return earliest(typed), latest(typed) + timedelta(microseconds=1)
    return earliest(typed), earliest(typed) + timedelta(minutes=1)


_READERS: dict[str, Callable[[str, Lexeme, Context, bool], list[Node]]] = {
    "owner": _owner,
    "outcome": _outcome,
    "flag": _flag,
    "stage": _stage,
    "band": _band,
    "due": _due,
}
