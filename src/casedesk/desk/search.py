"""Searching the whole store: what was typed, which cases answer it, and where in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casedesk.desk import access
from casedesk.desk.caseload import context
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.rules.query import by_sound, leaves, parse, plain
from casedesk.rules.query_nodes import Begun, Query, Sounds, Words
from casedesk.store.connection import Connection
from casedesk.store.queue import QueueReader, QueueRow
from casedesk.store.search import Matches, Order, compiled, matching
from casedesk.store.snippets import Snippet, best_snippet

PAGE = 50
WHY = "Why it is here"
"""The title of the snippet of a case that was not found by its words: the queue's sentence."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One case that was found, as the queue shows it, and what in it answered."""

    row: QueueRow
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. ``matches`` holds every number that was counted, ``hits`` the first of them."""

    query: Query
    matches: Matches
    hits: list[Hit]
    by_sound: bool
    """Nobody is called so; these names sound alike."""
    only_words: bool
    """What was typed is no query yet and was taken for words."""

    @property
    def count(self) -> int:
        """How many cases were found; at least so many where ``matches.more``."""
        return len(self.matches.numbers)

    @property
    def count_shown(self) -> str:
        """The count as a person reads it."""
        return f"more than {self.count:,}" if self.matches.more else f"{self.count:,}"


def search(desk: Desk, typed: str, *, order: Order = Order.BEST, limit: int = PAGE) -> Found:
    """Answer a query that was sent off, and account for it in the access log.

    Raises BadInputError, naming the place and the cure, when it cannot be read.
    """
    query = parse(typed, context(desk))
    if query.node is None:
        raise BadInputError("There is nothing to look for.", "Type words, or a field such as oic:okafor.")
    found = _found(desk.store.connection, query, order, limit)
    access.searched(desk, query, found.count)
    return found


def as_typed(
    desk: Desk, connection: Connection, typed: str, *, order: Order = Order.BEST, limit: int = PAGE
) -> Found:
    """Answer a query that is still being typed, on a reading thread's connection; never an error.

    Nothing is accounted for: call :func:`casedesk.desk.access.searched` with its query and count once, when a
    result is opened or the search is left.
    """
    only_words = False
    try:
        query = parse(typed, context(desk), Begun.LAST)
    except BadInputError:
        query, only_words = plain(typed), True
    return replace(_found(connection, query, order, limit), only_words=only_words)


def more_hits(connection: Connection, found: Found, offset: int, limit: int = PAGE) -> list[Hit]:
    """Further cases of a search that was answered: scrolling asks for no new search."""
    return _hits(connection, found.matches.numbers[offset : offset + limit], found.query)


def _found(connection: Connection, query: Query, order: Order, limit: int) -> Found:
    if query.node is None:
        return Found(query, Matches((), more=False, ranked=False), [], by_sound=False, only_words=False)
    matches = matching(connection, compiled(query.node), order)
    sounding = False
    if not matches.numbers:
        node = by_sound(query.node)
        if node != query.node:
            query = replace(query, node=node)
            matches = matching(connection, compiled(node), order)
            sounding = bool(matches.numbers)
    hits = _hits(connection, matches.numbers[:limit], query)
    return Found(query, matches, hits, sounding, only_words=False)


def _hits(connection: Connection, numbers: Sequence[int], query: Query) -> list[Hit]:
    terms = [leaf for leaf in leaves(query.node, denied=False) if isinstance(leaf, Words | Sounds)]
    return [
        Hit(row, _snippet(connection, row.id, terms) or Snippet(None, WHY, row.sentence, ()))
        for row in QueueReader(connection).rows(numbers)
    ]


def _snippet(connection: Connection, case_id: EntityId, terms: Sequence[Words | Sounds]) -> Snippet | None:
    return best_snippet(connection, case_id, terms) if terms else None
