"""Whether two ways of writing somebody down mean the same person: numbers, names and initials, ranks left aside.

Whoever proposes a resolution does not authorise it, however they write their name.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from casedesk.model.text import folded

_RANKS = frozenset(
    {
        "pc", "dc", "pcso", "constable", "ps", "ds", "sgt", "sergeant", "sarge", "insp", "inspector", "di", "ci", "dci",
        "chief", "supt", "superintendent", "det", "detective", "acting", "temporary", "staff", "officer", "mr", "mrs",
        "ms", "miss", "mx", "dr",
    }
)  # fmt: skip
"""What stands before a name and says nothing of whose it is."""
_A_NUMBER = 3
"""From so many digits on a number alone tells who somebody is."""


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody as they were written down."""

    names: tuple[str, ...]
    """The parts of the name, folded, without rank or form of address."""
    numbers: frozenset[str]
    """The numbers, without noughts in front."""

    @property
    def says_who(self) -> bool:
        """Whether it names somebody: a name of two letters or more, or a number."""
        return bool(self.numbers) or any(len(one) > 1 for one in self.names)


def read_name(text: str) -> Written:
    """What a name as it was written down says."""
    parts = list(_parts(folded(text)))
    names = tuple(one for one in parts if one.isalpha() and one not in _RANKS)
    numbers = (one.lstrip("0") for one in parts if one.isdecimal())
    return Written(names, frozenset(one for one in numbers if one))


def same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's: in doubt they are, so that a fuller name or a number settles it."""
    first, second = read_name(one), read_name(other)
    shared = first.numbers & second.numbers
    if any(len(number) >= _A_NUMBER for number in shared):
        return True
    if not first.names or not second.names:
        return bool(shared) and first.names == second.names
    if sorted(first.names) == sorted(second.names) or _run_together(first) & _run_together(second):
        return True
    if first.numbers and second.numbers and not shared:
        return False
    return _within(first.names, second.names) or _within(second.names, first.names)


def foreign_letters(text: str) -> str:
    """The letters and digits of a name that are not Latin: they look like those that are and are not the same."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(
        one
        for one in plain
        if (one.isalpha() and "LATIN" not in unicodedata.name(one, ""))
        or (one.isdecimal() and not one.isascii())
    )


def _parts(text: str) -> Iterator[str]:
    """Runs of letters and runs of digits, in order."""
    run = ""
    for one in f"{text} ":
        if run and (one.isalpha(), one.isdecimal()) != (run[-1].isalpha(), run[-1].isdecimal()):
            yield run
            run = ""
        if one.isalpha() or one.isdecimal():
            run += one


def _run_together(written: Written) -> frozenset[str]:
    return frozenset({"".join(written.names), "".join(reversed(written.names))})


def _within(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    """Whether every part of one name is in the other, in full or as an initial, and at least one in full."""
    left, full = list(many), False
    for one in few:
        match = next((each for each in left if each == one), None)
        full = full or (match is not None and len(one) > 1)
        match = match or next(
            (each for each in left if min(len(each), len(one)) == 1 and each[0] == one[0]), None
        )
        if match is None:
            return False
        left.remove(match)
    return full
