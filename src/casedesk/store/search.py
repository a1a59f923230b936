"""Finding cases by what is said in them: a query as SQL, and the numbers of the cases that answer it.

Everything that asks for words becomes one full-text expression; what asks for owner, stage, band or due time
becomes a condition on the queue, whose columns are indexed. Results come newest first straight from the index;
only few enough (:data:`MOST_RANKED`) are ranked, because ranking reads every one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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
from casedesk.store.connection import Connection
from casedesk.store.schema import FAR
from casedesk.store.words import sound, tag

MOST_RANKED = 5000
"""The most cases a search counts and ranks; of more it gives the newest."""
_WEIGHTS = {Source.REF: 10.0, Source.SUSPECTS: 8.0, Source.VICTIMS: 8.0, Source.OIC: 3.0, Source.FACTS: 2.0}
"""How much more a word says in one part of a case than in what was written about it."""
_RANK = f"bm25(words, {', '.join(str(_WEIGHTS.get(source, 1.0)) for source in Source)})"
_MATCH = "queue.n IN (SELECT rowid FROM words WHERE words MATCH ?)"

Value = str | int


class Order(StrEnum):
    """How results are ordered."""

    BEST = "best"
    """The best match first where they are few enough to rank, otherwise the newest."""
    NEWEST = "newest"
    """The case that came into the store last comes first."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A query as SQL: what the index must match, and what must hold of ``queue``. Either may be empty."""

    match: str
    where: str
    values: tuple[Value, ...]

    def on_queue(self) -> tuple[str, tuple[Value, ...]]:
        """The whole as a condition on ``queue`` alone, with its values."""
        if not self.match:
            return self.where, self.values
        return f"{_MATCH} AND {self.where}" if self.where else _MATCH, (self.match, *self.values)


@dataclass(frozen=True, slots=True)
class Matches:
    """The numbers of the cases that answer a query, in order; ``more`` when there are more than are counted."""

    numbers: tuple[int, ...]
    more: bool
    ranked: bool


def compiled(node: Node, look_in: Sequence[Source] = ()) -> Condition:
    """Turn a query into SQL. Words that name no source are looked for in ``look_in``; everywhere when empty."""
    parts = node.parts if isinstance(node, All) else (node,)
    text = [part for part in parts if _is_text(part) or _is_denied_text(part)]
    if not any(_is_text(part) for part in text):
        text = []
    values: list[Value] = []
    where = [_sql(part, look_in, values) for part in parts if part not in text]
    return Condition(
        _expression(All(tuple(text)), look_in) if text else "",
        " AND ".join(f"({sql})" for sql in where),
        tuple(values),
    )


def matching(connection: Connection, condition: Condition, order: Order = Order.BEST) -> Matches:
    """Find the cases, at most :data:`MOST_RANKED`."""
    if not condition.match:
        sql, values = f"SELECT n FROM queue WHERE {condition.where} ORDER BY n DESC", condition.values  # noqa: S608
    else:
        joined = (
            f"JOIN queue ON queue.n = words.rowid WHERE {condition.where} AND" if condition.where else "WHERE"
        )
        sql = f"SELECT words.rowid FROM words {joined} words MATCH ? ORDER BY words.rowid DESC"  # noqa: S608
        values = (*condition.values, condition.match)
    found = [n for (n,) in connection.execute(f"{sql} LIMIT {MOST_RANKED + 1}", values)]
    if len(found) > MOST_RANKED:
        return Matches(tuple(found[:MOST_RANKED]), more=True, ranked=False)
    if order is Order.BEST and condition.match and len(found) > 1:
        sql = sql.replace("ORDER BY", f"ORDER BY {_RANK},")
        found = [n for (n,) in connection.execute(sql, values)]
        return Matches(tuple(found), more=False, ranked=True)
    return Matches(tuple(found), more=False, ranked=False)


def _is_text(node: Node) -> bool:
    """Whether the index alone can answer this."""
    if isinstance(node, Either):
        return all(_is_text(part) for part in node.parts)
    if isinstance(node, All):
        return any(_is_text(part) for part in node.parts) and all(
            _is_text(part) or _is_denied_text(part) for part in node.parts
        )
    return isinstance(node, Words | Sounds | Tagged)


def _is_denied_text(node: Node) -> bool:
    return isinstance(node, Not) and _is_text(node.of)


def _expression(node: Node, look_in: Sequence[Source]) -> str:
    """A text node in the index's own language. Its tokens are letters and figures, so nothing needs escaping."""
    if isinstance(node, Words):
        return _phrase(" ".join(node.tokens), node.sources or look_in) + ("*" if node.begun else "")
    if isinstance(node, Sounds):
        return " AND ".join(_phrase(sound(token) or token, node.sources) for token in node.tokens)
    if isinstance(node, Tagged):
        return _phrase(tag(node.name, node.value), ())
    if isinstance(node, Either):
        return " OR ".join(f"({_expression(part, look_in)})" for part in node.parts)
    if not isinstance(node, All):
        raise TypeError("not a text node")
    wanted = [_expression(part, look_in) for part in node.parts if not isinstance(part, Not)]
    denied = [_expression(part.of, look_in) for part in node.parts if isinstance(part, Not)]
    asked = " AND ".join(f"({one})" for one in wanted)
    return f"({asked}) NOT ({' OR '.join(f'({one})' for one in denied)})" if denied else asked


def _phrase(text: str, sources: Sequence[Source]) -> str:
    columns = f"{{{' '.join(sources)}}} : " if sources else ""
    return f'{columns}"{text}"'


def _sql(node: Node, look_in: Sequence[Source], values: list[Value]) -> str:
    """A node as a condition on ``queue``; its values are added to ``values``."""
    if _is_text(node):
        values.append(_expression(node, look_in))
        return _MATCH
    if isinstance(node, Not):
        return f"NOT ({_sql(node.of, look_in, values)})"
    if isinstance(node, All | Either):
        word = " AND " if isinstance(node, All) else " OR "
        return word.join(f"({_sql(part, look_in, values)})" for part in node.parts)
    if isinstance(node, Due):
        return _due(node, values)
    if isinstance(
        node, Owned
    ):  # collar numbers may be typed in either case; the index knows them as they are
        spellings = list(dict.fromkeys((node.owner, node.owner.upper(), node.owner.lower())))
        values += spellings
        return f"queue.owner IN ({', '.join('?' * len(spellings))})"
    if isinstance(node, Staged):
        values.append(node.stage)
        return "queue.stage = ?"
    if isinstance(node, Banded):
        values.append(node.band)
        return "queue.band = ?"
    raise TypeError("not a part of a query")


def _due(node: Due, values: list[Value]) -> str:
    if node.never:
        values.append(FAR)
        return "queue.due_at = ?"
    values.append(to_micros(node.before) if node.before else FAR)
    if node.since is None:
        return "queue.due_at < ?"
    values.append(to_micros(node.since))
    return "queue.due_at < ? AND queue.due_at >= ?"
