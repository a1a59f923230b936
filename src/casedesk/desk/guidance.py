"""Looking up outcomes, rules, time limits, reasons for returns and rulings, each with its source and status."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from casedesk.model.errors import NotFoundError
from casedesk.model.text import folded
from casedesk.reference.clocks import Clock, Unit
from casedesk.reference.finalisation import Rule
from casedesk.reference.outcomes import Outcome, Requirement
from casedesk.reference.packs import Packs
from casedesk.reference.rows import hint
from casedesk.reference.rulings import Application
from casedesk.reference.word_index import WordIndex, best_of

KINDS = ("outcome", "topic", "rule", "clock", "reason", "ruling")
"""What an entry may be about, in the order in which finds of equal worth are shown."""
MOST = 30
"""How many finds are given at once."""
_WORD = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"([a-z]*)0*(\d+)([a-z]?)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing explained."""

    id: str
    """Its kind and own id: ``outcome:16``, ``rule:V05``, ``clock:VRR-REQ``."""
    kind: str
    """A word of :data:`KINDS`."""
    title: str
    lines: tuple[tuple[str, str], ...]
    """The text in parts: a heading, which may be empty, and what is said under it."""
    status: str
    """How well it is sourced: a word of :class:`casedesk.model.words.Confidence`."""
    standing: str
    """How far it can be relied on, in a sentence; empty where there is nothing to add."""
    source: str
    outcomes: tuple[str, ...]
    """The outcome codes it is about; none where it is about all or none."""
    words: tuple[str, ...] = ()
    """What else it is called: only searched."""

    @property
    def short(self) -> str:
        """Its own id: ``16``, ``V05``."""
        return self.id.partition(":")[2]

    @property
    def text(self) -> str:
        """Everything it says, a paragraph for each part."""
        return "\n".join(f"{heading}: {said}" if heading else said for heading, said in self.lines)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """All entries with the indexes of their words."""

    entries: tuple[Entry, ...]
    ids: WordIndex
    titles: WordIndex
    everything: WordIndex


_SHELVES: "WeakKeyDictionary[Packs, _Shelf]" = WeakKeyDictionary()


def search(packs: Packs, words: str, limit: int = MOST) -> list[Entry]:
    """The entries that have a word beginning with each of these words, the best first; all, in order, for none.

    An id that is typed comes first (``16``, ``v05``), then titles, then text.
    """
    shelf = _shelf(packs)
    starts = list(dict.fromkeys(_WORD.findall(folded(words))))
    if not starts:
        return list(shelf.entries[:limit])
    found = shelf.everything.with_all(starts)
    own = frozenset(shelf.ids.having("-".join(starts)))
    better = [own, shelf.titles.with_all(starts), _any(shelf.titles, starts)]
    return [shelf.entries[place] for place in best_of(found | own, better, limit)]


def entry(packs: Packs, entry_id: str) -> Entry:
    """The entry of this id, with or without its kind: ``outcome:16``, ``V05``.

    Raises NotFoundError when there is none.
    """
    wanted = folded(entry_id.strip())
    entries = _shelf(packs).entries
    for one in entries:
        if wanted in (folded(one.id), folded(one.short)):
            return one
    raise NotFoundError(f"There is no guidance {entry_id!r}.", hint(entry_id, [one.short for one in entries]))


def about(packs: Packs, outcome: str) -> list[Entry]:
    """Everything about one outcome: itself, the topics, then its rules."""
    return [one for one in _shelf(packs).entries if outcome in one.outcomes]


def _any(index: WordIndex, starts: Sequence[str]) -> frozenset[int]:
    return frozenset().union(*(index.beginning(start) for start in starts))


def _shelf(packs: Packs) -> _Shelf:
    shelf = _SHELVES.get(packs)
    if shelf is None:
        entries = tuple(_entries(packs))
        ids = [_words(one.short, joined=True) for one in entries]
        titles = [_words(f"{one.short} {one.title}") for one in entries]
        everything = [
            _words(" ".join((one.id, one.title, one.text, one.source, *one.words, *one.outcomes)))
            for one in entries
        ]
        shelf = _Shelf(entries, WordIndex(ids), WordIndex(titles), WordIndex(everything))
        _SHELVES[packs] = shelf
    return shelf


def _words(text: str, *, joined: bool = False) -> list[str]:
    """The words of a text; ``joined`` an id as it may be typed, with zeros before its number or without."""
    words = _WORD.findall(folded(text))
    if not joined:
        return words
    numbered = _NUMBERED.fullmatch("-".join(words))
    return ["-".join(words), "".join(numbered.groups()) if numbered else "-".join(words)]


def _entries(packs: Packs) -> Iterator[Entry]:
    yield from (_outcome(one) for one in packs.outcomes.values())
    for topic in packs.guidance.values():
        status = topic.status.value
        yield Entry(
            f"topic:{topic.id}", "topic", topic.title, (("", topic.text),), status, _STANDING.get(status, ""),
            topic.source, topic.outcomes, topic.words,
        )  # fmt: skip
    yield from (_rule(one) for one in packs.finalisation)
    yield from (_clock(one) for one in packs.clocks.by_id.values())
    for reason in packs.returns.reasons.values():
        lines = (("", reason.text), *((("Rules", ", ".join(reason.rules)),) if reason.rules else ()))
        yield Entry(
            f"reason:{reason.id}", "reason", f"Returned: {reason.title}", lines, reason.status.value,
            _STANDING.get(reason.status.value, ""), reason.source, (), ("return", "rework"),
        )  # fmt: skip
    yield from (_application(packs, one) for one in packs.rulings.applications.values())


_STANDING = {
    "unverified": "Unverified: confirm with your Force Crime Registrar.",
    "convention": "A convention of casedesk, not a Home Office rule.",
}


def _outcome(one: Outcome) -> Entry:
    asked = {Requirement.YES: "must be linked", Requirement.NO: "must not be linked"}
    supports = {Requirement.YES: "must support action", Requirement.NO: "does not support action"}
    said = (
        ("Group", one.group),
        ("Named suspect", asked.get(one.suspect_required, "")),
        (
            "Victim",
            " ".join(part for part in (supports.get(one.victim_support, ""), one.victim_note) if part),
        ),
        ("Decided by", one.decision_maker),
        ("What must be there", one.evidence),
        ("The victim is told", one.notification),
        ("Part of", one.variant_of or ""),
        ("", one.notes),
        ("Since", one.effective_from.isoformat() if one.effective_from else ""),
        ("", "" if one.selectable else "Not an outcome that a force finalises with."),
    )
    status = one.status.value
    return Entry(
        f"outcome:{one.code}", "outcome", f"{one.code} {one.name}", _said(said), status,
        _STANDING.get(status, ""), one.source, (one.code,), ("outcome", "finalisation"),
    )  # fmt: skip


def _rule(one: Rule) -> Entry:
    said = (
        ("", _plain(one.message)),
        ("To put it right", _plain(one.fix)),
        ("Needs", one.need),
        ("Weight", one.severity.value),
        ("From", one.effective_from.isoformat() if one.effective_from else ""),
        ("Until", one.effective_to.isoformat() if one.effective_to else ""),
        ("Outcomes", ", ".join(sorted(one.outcomes, key=_in_order))),
    )
    codes = tuple(sorted((code for code in one.outcomes if code[0].isdigit()), key=_in_order))
    return Entry(
        f"rule:{one.id}", "rule", f"{one.id} {one.title}", _said(said), one.status.value, one.standing,
        one.source, codes, ("rule", "validation"),
    )  # fmt: skip


def _clock(one: Clock) -> Entry:
    amount = f"{one.amount} {_UNITS.get(one.unit, '')}".strip() if one.amount is not None else ""
    said = (
        ("Runs from", one.trigger.replace("-", " ")),
        ("Time", amount),
        (
            "With enhanced rights",
            f"{one.enhanced} {_UNITS.get(one.unit, '')}" if one.enhanced is not None else "",
        ),
        ("Owed by", one.by),
        ("", one.notes),
    )
    status = one.status.value
    return Entry(
        f"clock:{one.id}", "clock", one.title, _said(said), status, _STANDING.get(status, ""), one.source, (),
        ("clock", "time limit", "deadline"),
    )  # fmt: skip


_UNITS: dict[Unit | None, str] = {unit: unit.value.replace("-", " ") for unit in Unit}


def _application(packs: Packs, one: Application) -> Entry:
    authority = packs.rulings.authorities[one.authority]
    said = (
        ("", one.text),
        ("Decided by", authority.title),
        ("Kinds of evidence", ", ".join(kind.replace("-", " ") for kind in one.evidence)),
    )
    status = one.status.value
    return Entry(
        f"ruling:{one.id}", "ruling", f"{one.id}: {one.title}", _said(said), status,
        _STANDING.get(status, ""), one.source, (), ("ruling", "application", one.kind.value),
    )  # fmt: skip


def _said(parts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((heading, said) for heading, said in parts if said)


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    """A message of a rule without its braces."""
    return re.sub(r"\{([a-z_.]+)\}", lambda found: f"‹{found[1].replace('_', ' ').replace('.', ': ')}›", text)


def _in_order(code: str) -> tuple[int, str]:
    number = re.match(r"\d+", code)
    return (int(number[0]) if number else 99, code)
