"""Whether two ways of writing somebody down mean the same person: numbers, names and initials, ranks left aside.

Two people are told apart by their numbers where both give one, else by surname and initial. Whoever proposes a
resolution does not authorise it, however they write their name: in doubt two are one, until a number settles it.
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
_LOOKS_LIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})
"""Letters that are taken for digits."""


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody as they were written down."""

    names: tuple[str, ...]
    """The parts of the name, folded, without rank or form of address."""
    numbers: frozenset[str]
    """The numbers, digits only and without noughts in front, as they stand and run together (``70 42``)."""

    @property
    def says_who(self) -> bool:
        """Whether it names somebody: a name of two letters or more, or a number."""
        return bool(self.numbers) or any(len(one) > 1 for one in self.names)

    @property
    def identifies(self) -> bool:
        """Whether it has a number long enough to be somebody's."""
        return any(len(one) >= _A_NUMBER for one in self.numbers)


def read_name(text: str) -> Written:
    """What a name as it was written down says."""
    said = folded(text)
    parts = list(_parts(said))
    names = tuple(one for one in parts if one.isalpha() and one not in _RANKS)
    return Written(names, frozenset(one for one in (one.lstrip("0") for one in _numbers(said, parts)) if one))


def same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's: in doubt they are, so that a number settles it.

    By the numbers where both give one: other numbers are other people, unless the whole name is the same. By surname
    and initial otherwise, in whichever order they stand.
    """
    first, second = read_name(one), read_name(other)
    shared = first.numbers & second.numbers
    if any(len(number) >= _A_NUMBER for number in shared):
        return True
    if not first.names or not second.names:
        return bool(shared) and first.names == second.names
    if sorted(first.names) == sorted(second.names) or _run_together(first) & _run_together(second):
        return True
    if first.identifies and second.identifies:
        return False
    return _alike(first.names, second.names)


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


def _numbers(said: str, parts: list[str]) -> Iterator[str]:
    """The runs of digits, and what they make run together; letters that look like digits count as such."""
    runs = [one for one in parts if one.isdecimal()]
    yield from runs
    yield "".join(runs)
    for word in said.split():
        if any(one.isdecimal() for one in word):
            yield "".join(one for one in word.translate(_LOOKS_LIKE) if one.isdecimal())


def _run_together(written: Written) -> frozenset[str]:
    return frozenset({"".join(written.names), "".join(reversed(written.names))})


def _alike(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two names share a part in full, a surname, and of what is left an initial; or nothing else is said."""
    for part in {one for one in some if len(one) > 1} & set(others):
        left, right = _without(some, part), _without(others, part)
        if not left or not right or {one[0] for one in left} & {one[0] for one in right}:
            return True
    return False


def _without(names: tuple[str, ...], part: str) -> list[str]:
    left = list(names)
    left.remove(part)
    return left
