"""What is typed to narrow a review: ``outcome:18 verdict:clean -oic:lane``, and words of the crime.

Clauses about the check and the review are read here; everything else is left to the filter of the queue.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from casedesk.desk.review_state import ReviewState
from casedesk.model.errors import BadInputError
from casedesk.model.text import clean, folded
from casedesk.reference.rows import hint
from casedesk.rules.query import parse

NONE, NOBODY = "none", "nobody"
"""What stands for an empty value."""
FIELDS = {
    "verdict": "clean, warn, block, none (no outcome)",
    "rule": "the number of a rule that found something, or none",
    "outcome": "a code, or none",
    "oic": "part of the officer's name, or nobody",
    "supervisor": "part of the supervisor's name, or nobody",
    "state": "todo, accepted, changed, two, returned, resubmitted, held, referred",
    "is": "marked",
}
"""What a clause may be about, and what it takes."""
HINT = "outcome:18 verdict:clean · rule:V05 · oic:lane · state:todo · is:marked · or words"
_VALUES = {
    "verdict": {"clean": "clean", "warn": "warn", "block": "block", NONE: NONE},
    "state": {state.value.replace(" ", ""): state.value for state in ReviewState},
    "is": {"marked": "marked"},
}
_PART = re.compile(r'(?P<not>-?)(?P<field>[A-Za-z]+):(?P<value>"[^"]*"?|\S*)|(?P<word>"[^"]*"?|\S+)')


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that is asked of a crime: any of the values."""

    field: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the crimes: every clause, and a query of the queue."""

    clauses: tuple[Clause, ...] = ()
    words: str = ""

    @property
    def asks_check(self) -> bool:
        """Whether the answer depends on what the check says, or on what was decided."""
        return any(clause.field in ("verdict", "rule", "state") for clause in self.clauses)


def parse_filter(typed: str, *, rules: Collection[str] = (), unfinished: bool = False) -> Wanted:
    """Read what was typed. Raises BadInputError for a field that there is not, or a value that it does not know.

    ``rules`` are those there are, where that is to be known. While it is ``unfinished`` such a clause is left out.
    """
    clauses, words = [], []
    for part in _PART.finditer(clean(typed)):
        field = (part["field"] or "").casefold()
        if field not in FIELDS:
            words.append(part[0])
            continue
        try:
            values = _values(field, part["value"].strip('"'), rules)
        except BadInputError:
            if unfinished:
                continue
            raise
        if values:
            clauses.append(Clause(field, values, bool(part["not"])))
    left = " ".join(words)
    if not unfinished:
        _read(left)
    return Wanted(tuple(clauses), left)


def _read(words: str) -> None:
    """What cannot be read is said, and not taken for plain words; of what the review itself asks, too."""
    try:
        parse(words)
    except BadInputError as wrong:
        unknown = [part["field"] for part in _PART.finditer(words) if part["field"]]
        if not unknown:
            raise
        own = f"In a review also {', '.join(f'{name}:' for name in FIELDS)}."
        near = next((said for name in unknown if (said := hint(name, FIELDS))), "")
        raise BadInputError(wrong.message, " ".join(filter(None, (near, own, wrong.cure)))) from None


def _values(field: str, said: str, rules: Collection[str]) -> tuple[str, ...]:
    words = [word.strip() for word in said.split(",") if word.strip()]
    known = _VALUES.get(field)
    if field == "rule" and rules:
        for word in words:
            if folded(word) not in {NONE, *map(folded, rules)}:
                raise BadInputError(
                    f"There is no rule {clean(word)!r}.", hint(word, rules) or "“g” looks rules up."
                )
    return tuple(words if known is None else (_meant(field, word, known) for word in words))


def _meant(field: str, word: str, known: dict[str, str]) -> str:
    """The value that a word means: the one that it is, or begins."""
    asked = folded(word).replace("-", "").replace(" ", "")
    begun = [value for name, value in known.items() if name.startswith(asked)]
    if asked in known:
        return known[asked]
    if len(begun) != 1:
        raise BadInputError(
            f"{clean(word)!r} is not a value of {field}:.", hint(asked, known) or f"It takes {FIELDS[field]}."
        )
    return begun[0]
