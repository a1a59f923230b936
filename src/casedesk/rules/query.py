"""What a person types to find cases, read into a tree. Pure: it knows neither the store nor the clock.

Words are joined by AND; ``OR`` joins its two neighbours; ``-`` or ``NOT`` turns one round; brackets group;
quotation marks keep words together; ``*`` leaves a word unfinished; ``oic:okafor`` asks one field, and
``in:log`` says where the words of its group must stand.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from casedesk.model.errors import BadInputError
from casedesk.model.text import clean
from casedesk.rules.query_fields import WORD_FIELDS, check_field, read_place, read_value, takes
from casedesk.rules.query_nodes import (
    MOST_CHARACTERS,
    MOST_TERMS,
    PLACES,
    SHORTEST_BEGINNING,
    All,
    Begun,
    Context,
    Either,
    Lexeme,
    Node,
    Not,
    Query,
    Sounds,
    Source,
    Words,
    split,
)

_MOST_DEPTH = 8


def parse(text: str, context: Context | None = None, begun: Begun = Begun.NONE) -> Query:
    """Read a query.

    Raises BadInputError, naming the character and the cure, for one that cannot be read. While it is being
    typed (``begun`` is not NONE) what is merely unfinished is left out instead.
    """
    cleaned = clean(text).translate(_QUOTES)
    if len(cleaned) > MOST_CHARACTERS:
        raise BadInputError(
            f"The query has {len(cleaned):,} characters; the most is {MOST_CHARACTERS:,}.",
            "Look for fewer words.",
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


def _word(
    tokens: tuple[str, ...], *, begun: bool, typing: bool, sources: tuple[Source, ...] = ()
) -> Words | None:
    """Words to look for; while typing, a last one too short to stand for others waits for its next letter."""
    if begun and len(tokens[-1]) < SHORTEST_BEGINNING:
        begun = False
        if typing:
            tokens = tokens[:-1]
    return Words(tokens, begun, sources) if tokens else None


# -- signs ------------------------------------------------------------------------------------------------

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_LEXEME = re.compile(
    r"""(?P<open>\() | (?P<close>\)) | (?P<minus>-(?=[^\s)])) | (?P<field>[A-Za-z]+):\s*
      | "(?P<quoted>[^"]*)(?P<shut>"\*?|$) | (?P<bare>[^\s()"]+)""",
    re.VERBOSE,
)
_VALUE = re.compile(r'(?P<open>\()|"(?P<quoted>[^"]*)(?P<shut>"\*?|$)|(?P<bare>[^\s()"]+)')
_SIGNS = {"OR": "or", "AND": "and", "NOT": "minus"}


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
            raise Lexeme("term", "", at).error("this quotation mark is not closed", 'Add " after the phrase.')
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


# -- the tree ---------------------------------------------------------------------------------------------


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
        parts: list[Node] = []
        while self._more:
            if sign := self._peek("and"):
                self._take()
                if not self._typing and (not parts or not self._more):
                    raise sign.error(
                        "AND stands between two terms", "Leave it out: words are joined by it anyway."
                    )
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
                raise sign.error("OR stands between two terms", "Write a term on both sides.")
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
            raise lexeme.error(f"{name}: has no value", takes(name))
        return None

    def _term(self, lexeme: Lexeme, of: str) -> Node | None:
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
        if lexeme.starred and not self._typing and len(tokens[-1]) < SHORTEST_BEGINNING:
            raise lexeme.error(
                "one letter begins too many words", f"Give {SHORTEST_BEGINNING} letters or more before the *."
            )
        unfinished = self._unfinished(lexeme)
        begun = lexeme.starred or (not lexeme.quoted and (unfinished or self._begun is Begun.ALL))
        return _word(tokens, begun=begun, typing=unfinished, sources=WORD_FIELDS.get(of, ()))

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
