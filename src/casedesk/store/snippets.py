"""What in a case answered a query: its best part, cut to a line, with the words that were found.

The index keeps no text, so the parts of a case are read from the tables and compared word by word, by the same
folding as the index.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.model.entities import ACTION, CASE, CONTACT, LOG_ENTRY, Entity
from casedesk.model.ids import EntityId
from casedesk.model.moments import from_micros
from casedesk.model.text import folded
from casedesk.rules.query_nodes import Sounds, Source, Words, split
from casedesk.store.connection import Connection
from casedesk.store.schema import table_name
from casedesk.store.words import COMPOUND, TEXTS, sound

WIDTH = 160
"""Characters of a snippet."""
_MOST_ENTRIES = 1000
"""Entries of one case that are looked through, the newest first."""
_TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_ORDER = (
    Source.REF, Source.SUSPECTS, Source.VICTIMS, Source.OIC, Source.FACTS,
    Source.LOG, Source.CONTACT, Source.ACTION, Source.RATIONALE,
)  # fmt: skip
"""Of parts that answer a query equally well the earlier is shown."""
_TITLES = {LOG_ENTRY.name: "Log", CONTACT.name: "Victim contact"}
_WHEN = {LOG_ENTRY.name: "at", CONTACT.name: "at", ACTION.name: "coalesce(done_at, due_at)"}

Term = Words | Sounds
Span = tuple[int, int]
"""Where a found word begins and ends, in characters of the snippet's text."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A part of a case that answered a query. ``source`` is None where nothing of the text was asked for."""

    source: Source | None
    title: str
    """What it is, in words: ``Circumstances``, ``Suspect``, ``Log``."""
    text: str
    spans: tuple[Span, ...]
    entry: EntityId | None = None
    at: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """One text of a case."""

    source: Source
    title: str
    text: str
    entry: EntityId | None = None
    at: datetime | None = None
    who: str = ""


def best_snippet(connection: Connection, case_id: EntityId, terms: Sequence[Term]) -> Snippet | None:
    """The part of a case in which most of the terms stand; None where none of them does."""
    best: tuple[int, _Part, list[Span]] | None = None
    for part in _parts(connection, case_id):
        count, spans = find_terms(part.text, [t for t in terms if not t.sources or part.source in t.sources])
        if count and (best is None or count > best[0]):
            best = (count, part, spans)
            if count == len(terms):
                break
    if best is None:
        return None
    _, part, spans = best
    text, kept = cut(part.text, spans)
    return Snippet(part.source, part.title, text, kept, part.entry, part.at, part.who)


def find_terms(text: str, terms: Sequence[Term]) -> tuple[int, list[Span]]:
    """How many of the terms stand in a text, and where; places that touch are one."""
    plain = folded(text)
    plain += "".join(split(plain)) if COMPOUND.search(plain) else ""
    likely = [t for t in terms if isinstance(t, Sounds) or all(token in plain for token in t.tokens)]
    if not likely:
        return 0, []
    tokens = [(*match.span(), folded(match.group())) for match in _TOKEN.finditer(text)]
    compounds = [(*match.span(), "".join(split(match.group()))) for match in COMPOUND.finditer(text)]
    count, spans = 0, []
    for term in likely:
        found = [*_found(term, tokens), *(_found(term, compounds) if len(term.tokens) == 1 else ())]
        count += bool(found)
        spans += found
    return count, _merged(spans)


def cut(text: str, spans: Sequence[Span], width: int = WIDTH) -> tuple[str, tuple[Span, ...]]:
    """Cut a text to about a width round the most of its found words; line breaks become spaces."""
    line = text.replace("\n", " ")
    if len(line) <= width:
        return line, tuple(spans)
    reach = width * 3 // 4
    first = max(
        spans, key=lambda one: sum(one[0] <= s and e <= one[0] + reach for s, e in spans), default=(0, 0)
    )[0]
    start = max(0, min(first - width // 4, len(line) - width))
    if start:
        start = min(line.find(" ", start, first) + 1 or start, first)
    end = start + width
    if end < len(line):
        space = line.rfind(" ", start + reach, end)
        end = space if space > 0 else end
    before, after = ("…" if start else ""), ("…" if end < len(line) else "")
    move = len(before) - start
    kept = tuple((s + move, min(e, end) + move) for s, e in spans if start <= s < end)
    return f"{before}{line[start:end]}{after}", kept


def _found(term: Term, tokens: Sequence[tuple[int, int, str]]) -> Iterator[Span]:
    return _sounding(term, tokens) if isinstance(term, Sounds) else _worded(term, tokens)


def _worded(term: Words, tokens: Sequence[tuple[int, int, str]]) -> Iterator[Span]:
    """Every place where a term's words stand next to each other."""
    *earlier, last = term.tokens
    for at in range(len(tokens) - len(earlier)):
        end = tokens[at + len(earlier)]
        if (end[2].startswith(last) if term.begun else end[2] == last) and all(
            tokens[at + offset][2] == word for offset, word in enumerate(earlier)
        ):
            yield tokens[at][0], end[1]


def _sounding(term: Sounds, tokens: Sequence[tuple[int, int, str]]) -> Iterator[Span]:
    keys = {sound(token) or token for token in term.tokens}
    for start, end, token in tokens:
        if (sound(token) or token) in keys:
            yield start, end


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _parts(connection: Connection, case_id: EntityId) -> Iterator[_Part]:
    """The texts of a case, in the order in which they are shown; entries newest first."""
    facts = _case_texts(connection, case_id)
    for source in _ORDER:
        for entity, names in TEXTS[source]:
            if entity is CASE:
                for name in names:
                    if facts.get(name):
                        yield _Part(source, CASE.by_name[name].title, facts[name])
            else:
                yield from _entity_parts(connection, case_id, source, entity, names)


def _case_texts(connection: Connection, case_id: EntityId) -> dict[str, str]:
    row = connection.execute(_CASE_SQL, (case_id,)).fetchone()
    return dict(zip(_CASE_FIELDS, row, strict=True)) if row else {}


def _entity_parts(
    connection: Connection, case_id: EntityId, source: Source, entity: Entity, names: Sequence[str]
) -> Iterator[_Part]:
    title = _TITLES.get(entity.name, entity.name.capitalize())
    for entry_id, who, at, *texts in connection.execute(_SQL[source, entity.name], (case_id, _MOST_ENTRIES)):
        text = ", ".join(part for part in texts if part)
        if text:
            entry = EntityId(entry_id) if entity.name in _WHEN else None
            yield _Part(source, title, text, entry, from_micros(at) if at else None, who)


_CASE_FIELDS = [
    name for parts in TEXTS.values() for entity, names in parts if entity is CASE for name in names
]
_CASE_SQL = f"SELECT {', '.join(_CASE_FIELDS)} FROM cases WHERE id = ?"  # noqa: S608 - fields of ours
_SQL = {
    (source, entity.name): (
        f"SELECT id, actor, {_WHEN.get(entity.name, 'NULL')}, {', '.join(names)} "  # noqa: S608 - fields of ours
        f"FROM {table_name(entity)} WHERE case_id = ? ORDER BY hlc DESC, n DESC LIMIT ?"
    )
    for source, parts in TEXTS.items()
    for entity, names in parts
    if entity is not CASE
}
