"""Groups of offences as packs name them: by code, Home Office class, words of the title, or category."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from casedesk.model.text import folded
from casedesk.reference.rows import Row

KINDS = ("codes", "classes", "titles", "categories")
"""The keys of a pack entry that name offences."""
_CLASS = re.compile(r"[0-9]{3}(/[0-9]{1,2})?")
_WORD = re.compile(r"[^\W_]+")


class Recorded(NamedTuple):
    """The offence of a case as far as it is recorded."""

    code: str | None = None
    ho_class: str | None = None
    title: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class OffenceGroup:
    """Some offences, by any of: how their code or class begins, words of the title, the category."""

    codes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def match(self, offence: Recorded) -> tuple[int, int]:
        """How exactly an offence is among these: higher is more exact, ``(0, 0)`` where it is not.

        A code is more exact than a class, a class than the title, the title than the category; within one
        of them the longer match is.
        """
        code, title = (offence.code or "").strip().upper(), words_of(offence.title or "")
        category = (offence.category or "").strip().casefold()
        exact = (
            [one for one in self.codes if code.startswith(one)],
            [one for one in self.classes if (offence.ho_class or "").startswith(one)],
            [one for one in self.titles if one in title],
            [one for one in self.categories if one.casefold() == category],
        )
        return next(((len(exact) - at, max(map(len, hits))) for at, hits in enumerate(exact) if hits), (0, 0))

    def has(self, offence: Recorded) -> bool:
        """Whether an offence is among these."""
        return self.match(offence) != (0, 0)


def offence_group(row: Row) -> OffenceGroup | None:
    """The offences that an entry of a pack names; None when it names none. Raises PackEntryError for a misprint."""
    codes, classes, titles, categories = (tuple(row.texts(kind, ())) for kind in KINDS)
    if not (codes or classes or titles or categories):
        return None
    for one in classes:
        if not _CLASS.fullmatch(one):
            raise row.error("classes", f"“{one}” is not a class", "Write 008 or 008/06.")
    for kind, ones in zip(KINDS, (codes, classes, titles, categories), strict=True):
        if not all(one.strip() for one in ones):
            raise row.error(kind, "an empty text would match every offence", "Take it out.")
    return OffenceGroup(
        tuple(one.upper() for one in codes), classes, tuple(words_of(one) for one in titles), categories
    )


def words_of(text: str) -> str:
    """The words of a text, folded, each between spaces, so that whole words are found."""
    return f" {' '.join(_WORD.findall(folded(text)))} "
