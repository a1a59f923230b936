"""Offences for a field that finds them by typing: words of the title or the beginning of the code."""

from collections.abc import Callable, Sequence

from casedesk.reference.offences import Offences

MOST = 8
"""How many are offered at once."""

_SPOKEN = {
    "abh": "actual bodily harm",
    "gbh": "grievous bodily harm",
    "pwits": "possess intent supply",
    "twoc": "take vehicle without consent",
}
"""What people call offences, in words that the titles have."""

Search = Callable[[str], Sequence[tuple[str, str]]]
"""Given what was typed, the best finds first: the value of each and its words on screen."""


def offence_search(offences: Offences, limit: int = MOST) -> Search:
    """A search that gives the code of each offence with its code and title.

    ``theft shop``, ``TH68`` and ``abh`` all find. The first search of a process prepares the words of
    all titles, which takes a few tenths of a second; :func:`prepare` does that ahead. Every other answers within
    a few milliseconds.
    """

    def search(text: str) -> list[tuple[str, str]]:
        spoken = " ".join(_SPOKEN.get(word.casefold(), word) for word in text.split())
        found = offences.search(spoken, limit)
        if spoken.split() != text.split():
            found += [one for one in offences.search(text, limit) if one not in found]
        return [(one.code, f"{one.code}  {one.title}") for one in found[:limit]]

    return search


def prepare(offences: Offences) -> None:
    """Make the search ready; may run in a thread of its own."""
    offences.search("a", 1)


def offence_words(offences: Offences, code: str) -> str:
    """An offence as it is shown once chosen: its code and title; the code alone where the pack has none such."""
    found = offences.get(code)
    return code if found is None else f"{found.code}  {found.title}"
