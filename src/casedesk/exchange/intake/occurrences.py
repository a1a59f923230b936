"""Which occurrences an extract has told of already: several lines may speak of one, if they agree."""

from array import array
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from casedesk.model.entities import Value

WINDOW = 2_000
"""How many occurrences back a second line of one may stand. Bounded, so that memory stays flat."""

Key = tuple[str, ...]


class SeenTexts:
    """A set of texts that can only grow and takes about twelve to thirty bytes for each.

    It keeps 64-bit hashes in one open-addressed table. Two different texts are taken for one with a
    probability of about one in forty million at a million texts.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * 1024))
        self._mask = 1023
        self._count = 0

    def add(self, text: str) -> bool:
        """Put a text in; say whether it was there already."""
        table, mask = self._table, self._mask
        value = (hash(text) & 0xFFFF_FFFF_FFFF_FFFF) or 1
        at = value & mask
        while table[at]:
            if table[at] == value:
                return True
            at = (at + 1) & mask
        table[at] = value
        self._count += 1
        if self._count * 3 > mask * 2:
            self._grow()
        return False

    def _grow(self) -> None:
        old = self._table
        self._mask = mask = self._mask * 2 + 1
        table = self._table = array("Q", bytes(8 * (mask + 1)))
        for value in old:
            if value:
                at = value & mask
                while table[at]:
                    at = (at + 1) & mask
                table[at] = value


class Repeats:
    """Counts how often each text has come before."""

    def __init__(self) -> None:
        self._seen = SeenTexts()
        self._again: dict[int, int] = {}

    def count(self, text: str) -> int:
        """How often this text came before: 0 the first time."""
        if not self._seen.add(text):
            return 0
        key = hash(text)
        self._again[key] = before = self._again.get(key, 0) + 1
        return before


@dataclass(slots=True)
class Told:
    """What the lines of one occurrence have said so far."""

    line: int
    entities: dict[Key, Mapping[str, Value]] = field(default_factory=dict)


class Occurrences:
    """Remembers the recent occurrences in full and all others by their hashes."""

    def __init__(self) -> None:
        self._seen = SeenTexts()
        self._recent: OrderedDict[str, Told] = OrderedDict()

    def known(self, reference: str) -> bool:
        """Whether an earlier line told of this occurrence; from now on one did."""
        return self._seen.add(reference)

    def recall(self, reference: str) -> Told | None:
        """What was told of an occurrence; None when it was too long ago."""
        return self._recent.get(reference)

    def remember(self, reference: str, told: Told) -> None:
        """Keep what the first line of an occurrence told."""
        self._recent[reference] = told
        if len(self._recent) > WINDOW:
            self._recent.popitem(last=False)
