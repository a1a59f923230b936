"""Finding cases by what is said in them: a query as SQL, its results, and the words that answered it.

Everything that asks for words becomes one full-text expression; what asks for owner, stage, band or due time
becomes a condition on the queue, whose columns are indexed. Results come newest first straight from the index;
only few enough (:data:`MOST_RANKED`) are ranked, because ranking reads every one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from casedesk.model.ids import EntityId
from casedesk.model.moments import to_micros
from casedesk.rules.query_nodes import (
    All,
    Banded,
    Due,
    Either,
    Node,
    Not,
    Owned,
    Sounds,
    Source,
    Staged,
    Tagged,
    Words,
)
from casedesk.store import words
from casedesk.store.connection import Connection
from casedesk.store.schema import FAR

MOST_RANKED = 5000
"""The most cases a search counts and ranks; of more it shows the newest."""
_WEIGHTS = {Source.REF: 10.0, Source.SUSPECTS: 8.0, Source.VICTIMS: 8.0, Source.OIC: 3.0, Source.FACTS: 2.0}
"""How much more a word says in one part of a case than in what was written about it."""
_MATCH = "queue.n IN (SELECT rowid FROM words WHERE words MATCH ?)"
_RANK = f"bm25(words, {', '.join(str(_WEIGHTS.get(source, 1.0)) for source in Source)})"


class Order(StrEnum):
    """How results are ordered."""

    BEST = "best"
    """The best match first where they are few enough to rank, otherwise the newest."""
    NEWEST = "newest"
    """The case that came into the store last comes first."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A query as SQL: what the index must match (empty for nothing), and conditions on ``queue``."""

    match: str
    where: tuple[str, ...]
    values: tuple[str | int, ...]

    def on_queue(self) -> tuple[str, tuple[str | int, ...]]:
        """The whole as one condition on ``queue``, with its values; empty where nothing is asked."""
        parts = ((_MATCH, (self.match,)), *zip(self.where, ((),) * len(self.where), strict=True))
        if not self.match:
            parts = parts[1:]
        return " AND ".join(f"({sql})" for sql, _ in parts), ((self.match,) if self.match else ()) + self.values
