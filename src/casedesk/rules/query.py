"""What a person types to find cases, read into a tree. Pure: it knows neither the store nor the clock.

Words are joined by AND; ``OR`` joins its two neighbours; ``-`` or ``NOT`` turns one round; brackets group; quotation
marks keep words together; ``*`` leaves a word unfinished; ``oic:okafor`` asks one field (:data:`FIELDS`), and
``in:log`` says where the words of its group must stand. How each field reads its value is in
:mod:`casedesk.rules.query_fields`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, StrEnum, auto

from casedesk.model.errors import BadInputError
from casedesk.model.text import clean, folded

MOST_TERMS = 32
MOST_CHARACTERS = 1000
_MOST_DEPTH = 8
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
"""Where the queue's filter looks unless ``in:`` says otherwise: what the case is, not what was written in it."""
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
    "oic": "name or collar number of the OIC: oic:okafor",
    "owner": "who owns the case: owner:me, owner:7042, owner:none",
    "outcome": "outcome code: outcome:16, outcome:15,16, outcome:none",
    "flag": "a flag: flag:da",
    "stage": "where it stands: stage:submitted",
    "band": "band of the queue: band:liberty, band:1",
    "ref": "the reference or a part of it: ref:43260000123",
    "suspect": "name of a suspect, by sound when nobody is called so: suspect:smyth",
    "victim": "name of a victim, by sound when nobody is called so: victim:okafor",
    "sounds": "name of a suspect or victim, by sound: sounds:smyth",
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
class Query:
    """A query as it was understood; without a node it asks for nothing."""

    node: Node | None = None
    fields: tuple[str, ...] = ()
    """The fields it asks, in the order they were typed."""


def split(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: folded, letters and figures only."""
    return tuple(_WORD.findall(folded(text)))


def parse(text: str, context: Context | None = None, begun: Begun = Begun.NONE) -> Query:
    """Read a query.

    Raises BadInputError, naming the character and the cure, for one that cannot be read. While it is being typed
    (``begun`` is not NONE) what is merely unfinished is left out instead.
    """
    cleaned = clean(text).translate(_QUOTES)
    if len(cleaned) > MOST_CHARACTERS:
        raise BadInputError(
            f"The query has {len(cleaned):,} characters; the most is {MOST_CHARACTERS:,}.", "Look for fewer words."
        )
    open_end = text[-1:].isspace()
    return _Parser(list(_lexemes(cleaned, begun)), context or Context(), begun, open_end=open_end).query()


def plain(text: str) -> Query:
    """Read a text that is being typed as begun words and nothing else. Only the first words of many count."""
    tokens = split(clean(text))[:MOST_TERMS]
    last = len(tokens) - 1
    words = (_word((token,), begun=True, typing=number == last) for number, token in enumerate(tokens))
    return Query(_joined([word for word in words if word]))


def leaves(node: Node | None, *, denied: bool = True) -> Iterator[Node]:
    """Everything a query asks for, one by one; without ``denied`` only what must or may be there."""
    if isinstance(node, All | Either):
        for part in node.parts:
            yield from leaves(part, denied=denied)
    elif isinstance(node, Not):
        if denied:
            yield from leaves(node.of)
    elif node is not None:
        yield node


def by_sound(node: Node) -> Node:
    """The same query with the names asked of suspects and victims taken by their sound."""
    if isinstance(node, All | Either):
        return replace(node, parts=tuple(by_sound(part) for part in node.parts))
    if isinstance(node, Words) and node.sources and set(node.sources) <= set(PLACES["people"]):
        return Sounds(node.tokens, node.sources)
    return node


def _joined(parts: list[Node]) -> Node | None:
    if len(parts) <= 1:
        return parts[0] if parts else None
    return All(tuple(parts))


def _word(tokens: tuple[str, ...], *, begun: bool, typing: bool, sources: tuple[Source, ...] = ()) -> Words | None:
    """Words to look for; a last one too short to stand for others waits, while typing, for its next letter."""
    if begun and len(tokens[-1]) < SHORTEST_BEGINNING:
        begun = False
        if typing:
            tokens = tokens[:-1]
    return Words(tokens, begun, sources) if tokens else None


# -- signs ----------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_LEXEME = re.compile(
    r"""(?P<open>\() | (?P<close>\)) | (?P<minus>-(?=[^\s)])) | (?P<field>[A-Za-z]+):\s*
      | "(?P<quoted>[^"]*)(?P<shut>"\*?|$) | (?P<bare>[^\s()"]+)""",
    re.VERBOSE,
)
_VALUE = re.compile(r'(?P<open>\()|"(?P<quoted>[^"]*)(?P<shut>"\*?|$)|(?P<bare>[^\s()"]+)')
_SIGNS = {"OR": "or", "AND": "and", "NOT": "minus"}


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


def _lexemes(text: str, begun: Begun) -> Iterator[Lexeme]:
    at, after_field = 0, False
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = (_VALUE if after_field else _LEXEME).match(text, at)
        if match is None:  # a closing bracket where a field's value should be
            after_field = False
            continue
        yield _lexeme(match, at + 1, begun, value=after_field)
        at, after_field = match.end(), bool(not after_field and match["field"])


def _lexeme(match: re.Match[str], at: int, begun: Begun, *, value: bool) -> Lexeme:
    kind = match.lastgroup or ""
    if kind == "shut":
        if not match["shut"] and begun is Begun.NONE:
            raise Lexeme("term", "", at).error("this quotation mark is not closed", 'Add " where the phrase ends.')
        return Lexeme("term", match["quoted"], at, quoted=True, starred=match["shut"] != '"')
    if kind != "bare":
        return Lexeme(kind, match["field"] if kind == "field" else match.group(), at)
    word = match["bare"]
    if word in _SIGNS and not value:
        return Lexeme(_SIGNS[word], word, at)
    term = Lexeme("term", word.rstrip("*"), at, starred=word.endswith("*"))
    if "*" in term.text:
        raise term.error("* may only end a word", "Leave it out, or begin the word with what you know of it.")
    return term


# -- the tree -------------------------------------------------------------------------------------------------


class _Parser:
    """Reads one query's lexemes from left to right."""

    def __init__(self, lexemes: list[Lexeme], context: Context, begun: Begun, *, open_end: bool) -> None:
        self._lexemes = lexemes
        self._context = context
        self._begun = begun
        self._typing = begun is not Begun.NONE
        self._open_end = open_end
        self._next = 0
        self._fields: list[str] = []
        self._places: list[list[tuple[Lexeme, tuple[Source, ...]]]] = []
        terms = [lexeme for lexeme in lexemes if lexeme.kind == "term"]
        if len(terms) > MOST_TERMS:
            raise terms[MOST_TERMS].error(f"there are more than {MOST_TERMS} terms", "Look for fewer words.")

    def query(self) -> Query:
        node = self._group("")
        stray = self._peek("close")
        if stray:
            raise stray.error("this bracket closes nothing", "Take it out, or open it before.")
        return Query(node, tuple(dict.fromkeys(self._fields)))

    def _peek(self, *kinds: str) -> Lexeme | None:
        """The next lexeme if it is of one of these kinds."""
        if self._next < len(self._lexemes) and self._lexemes[self._next].kind in kinds:
            return self._lexemes[self._next]
        return None

    def _take(self) -> Lexeme:
        self._next += 1
        return self._lexemes[self._next - 1]

    @property
    def _more(self) -> bool:
        return self._next < len(self._lexemes) and not self._peek("close")

    def _group(self, of: str) -> Node | None:
        """Everything up to a closing bracket or the end; ``of`` is the field that it is a value of."""
        self._places.append([])
        parts = []
        while self._more:
            if sign := self._peek("and"):
                self._take()
                if not self._typing and (not parts or not self._more):
                    raise sign.error("AND stands between two terms", "Words are joined by AND anyway: leave it out.")
                continue
            node = self._either(of)
            if node is not None:
                parts.append(node)
        return self._placed(_joined(parts), self._places.pop())

    def _placed(self, node: Node | None, places: list[tuple[Lexeme, tuple[Source, ...]]]) -> Node | None:
        """The node of a group with its plain words looked for where the group's ``in:`` says."""
        if not places:
            return node
        sources = tuple(dict.fromkeys(source for _, some in places for source in some))
        placed, narrowed = _narrowed(node, sources) if node else (node, False)
        if not narrowed and not self._typing:
            at, _ = places[0]
            raise at.error(f"in:{at.text} says where to look, and no word says what for", "Add a word.")
        return placed

    def _either(self, of: str) -> Node | None:
        found = [None if self._peek("or") else self._factor(of)]
        while sign := self._peek("or"):
            self._take()
            found.append(self._factor(of) if self._more and not self._peek("or", "and") else None)
            if None in found[-2:] and not self._typing:
                raise sign.error("OR stands between two terms", 'Write a term on both sides, or "or" if it is a word.')
        parts = tuple(dict.fromkeys(part for part in found if part is not None))
        return Either(parts) if len(parts) > 1 else next(iter(parts), None)

    def _factor(self, of: str) -> Node | None:
        lexeme = self._take()
        if lexeme.kind == "minus":
            return self._denied(lexeme, of)
        if lexeme.kind == "open":
            return self._bracket(lexeme, of)
        if lexeme.kind == "field":
            return self._field(lexeme, of)
        return self._term(lexeme, of)

    def _denied(self, sign: Lexeme, of: str) -> Node | None:
        places = len(self._places[-1])
        node = self._factor(of) if self._more and not self._peek("or", "and") else None
        if len(self._places[-1]) > places:
            raise sign.error("in: cannot be turned round", "Name the places to look in.")
        if node is None:
            if not self._typing:
                raise sign.error("nothing follows that is not wanted", "Write the word right after the -.")
            return None
        return node.of if isinstance(node, Not) else Not(node)

    def _bracket(self, sign: Lexeme, of: str) -> Node | None:
        if len(self._places) > _MOST_DEPTH:
            raise sign.error("there are too many brackets in one another", "Make it simpler.")
        node = self._group(of)
        if self._peek("close"):
            self._take()
        elif not self._typing:
            raise sign.error("this bracket is not closed", "Add ) where the group ends.")
        return node

    def _field(self, lexeme: Lexeme, of: str) -> Node | None:
        from casedesk.rules.query_fields import check_field

        name = check_field(lexeme)
        if of:
            raise lexeme.error(f"{name}: stands among the values of {of}:", "Close the bracket before it.")
        self._fields.append(name)
        if bracket := self._peek("open"):
            if name == "in":
                raise bracket.error("in: takes no brackets", "Write in:log,contact.")
            self._take()
            return self._bracket(bracket, name)
        if self._peek("term"):
            return self._term(self._take(), name)
        if not self._typing:
            raise lexeme.error(f"{name}: has no value", f"{name}: {FIELDS[name]}.")
        return None

    def _term(self, lexeme: Lexeme, of: str) -> Node | None:
        from casedesk.rules.query_fields import WORD_FIELDS, read_place, read_value

        if of == "in":
            sources = read_place(lexeme, self._unfinished(lexeme))
            self._places[-1].append((lexeme, sources))
            return None
        if of and of not in WORD_FIELDS:
            return read_value(of, lexeme, self._context, unfinished=self._unfinished(lexeme))
        tokens = split(lexeme.text)
        if not tokens:
            return None
        if of == "sounds":
            return Sounds(tokens, WORD_FIELDS[of])
        begun = lexeme.starred or (
            not lexeme.quoted and (self._begun is Begun.ALL or (self._begun is Begun.LAST and self._unfinished(lexeme)))
        )
        if lexeme.starred and not self._typing and len(tokens[-1]) < SHORTEST_BEGINNING:
            raise lexeme.error("one letter begins too many words", f"Give {SHORTEST_BEGINNING} letters or more before the *.")
        typing = self._typing and self._unfinished(lexeme)
        return _word(tokens, begun=begun, typing=typing, sources=WORD_FIELDS.get(of, ()))

    def _unfinished(self, lexeme: Lexeme) -> bool:
        """Whether this term is still being typed."""
        return self._typing and not self._open_end and lexeme is self._lexemes[-1]


def _narrowed(node: Node, sources: tuple[Source, ...]) -> tuple[Node, bool]:
    """The node with its plain words looked for in these sources only, and whether there were any."""
    if isinstance(node, Words):
        plain_words = not node.sources
        return (replace(node, sources=sources) if plain_words else node), plain_words
    if isinstance(node, Not):
        of, found = _narrowed(node.of, sources)
        return Not(of), found
    if isinstance(node, All | Either):
        done = [_narrowed(part, sources) for part in node.parts]
        return replace(node, parts=tuple(part for part, _ in done)), any(found for _, found in done)
    return node, False
