"""An index of the words of short titles: which titles have a word that begins with each word that is typed."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import nsmallest

_AFTER_ALL = "\U0010ffff"
_KEPT = 256
"""How many beginnings of words are remembered with what they were found in: more than one person types in a row."""


class WordIndex:
    """Finds places by the words they were given with. Places are counted from 0, the best first.

    Searching costs by the number of places that a beginning is found in, not by the number of all.
    """

    def __init__(self, words_of: Iterable[Sequence[str]]) -> None:
        """Index the words of each place; the words are folded, and compared as they are."""
        places: dict[str, list[int]] = {}
        for place, words in enumerate(words_of):
            for word in set(words):
                places.setdefault(word, []).append(place)
        self._words = sorted(places)
        self._places = places
        self.beginning = lru_cache(_KEPT)(self._beginning)
        """The places with a word that begins so."""

    def having(self, word: str) -> frozenset[int]:
        """The places with this very word."""
        return frozenset(self._places.get(word, ()))

    def _beginning(self, start: str) -> frozenset[int]:
        first = bisect_left(self._words, start)
        last = bisect_left(self._words, start + _AFTER_ALL, first)
        return frozenset().union(*(self._places[word] for word in self._words[first:last]))

    def with_all(self, starts: Sequence[str]) -> frozenset[int]:
        """The places that have, for each of the beginnings, a word that begins so; none where there is none."""
        if not starts:
            return frozenset()
        found = self.beginning(starts[0])
        for start in starts[1:]:
            if not found:
                break
            found &= self.beginning(start)
        return found


def best_of(found: frozenset[int], better: Sequence[frozenset[int]], limit: int) -> list[int]:
    """The first ``limit`` of what was found: those in the first of ``better`` before the rest, and so on.

    Within equals the lower place comes first.
    """
    groups = [found]
    for chosen in better:
        groups = [part for group in groups for part in (group & chosen, group - chosen) if part]
    best: list[int] = []
    for group in groups:
        best += nsmallest(limit - len(best), group)
        if len(best) == limit:
            break
    return best
