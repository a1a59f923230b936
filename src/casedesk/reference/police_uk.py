"""The words of data.police.uk and the Home Office outcomes they may stand for (pack ``police-uk``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from casedesk.model.text import folded
from casedesk.model.words import Confidence
from casedesk.reference.loading import Pack, Row, read_pack


@dataclass(frozen=True, slots=True)
class PoliceUkOutcome:
    """One published outcome."""

    slug: str
    """The short name the API uses."""
    text: str
    """The words in the published files."""
    also: tuple[str, ...]
    """Other wordings of the same outcome."""
    codes: tuple[str, ...]
    """The Home Office outcomes it may stand for; empty when unknown. Inferred: see ``codes_status``."""
    court: bool
    """Whether it is a result of, or a step in, proceedings at court."""
    final: bool
    """Whether the police have reached an outcome."""
    note: str
    codes_status: Confidence


@dataclass(frozen=True, slots=True)
class PoliceUkCategory:
    """One published crime category."""

    slug: str
    text: str
    also: tuple[str, ...]
    crime: bool
    """False for incidents that are no recorded crime and never have an outcome."""
    note: str


@dataclass(frozen=True, slots=True)
class PoliceUk:
    """All published words, found by text or short name without regard to case."""

    outcomes: tuple[PoliceUkOutcome, ...]
    categories: tuple[PoliceUkCategory, ...]
    _outcomes: Mapping[str, PoliceUkOutcome]
    _categories: Mapping[str, PoliceUkCategory]

    def outcome(self, text: str) -> PoliceUkOutcome | None:
        """The outcome that a cell names, in any known wording; None when it is none of them."""
        return self._outcomes.get(_key(text))

    def category(self, text: str) -> PoliceUkCategory | None:
        """The category that a cell names; None when it is none of them."""
        return self._categories.get(_key(text))


N = TypeVar("N", PoliceUkOutcome, PoliceUkCategory)


def load_police_uk(overlay: Path | None = None) -> PoliceUk:
    """Read the words of data.police.uk. Raises :class:`casedesk.model.errors.PackError`."""
    pack = read_pack("police-uk", overlay)
    pack.unknown({"outcome", "category"})
    default = pack.table("pack").choice("codes_status", Confidence)
    outcomes = pack.build("outcome", lambda row: _outcome(row, default))
    categories = pack.build("category", _category)
    return PoliceUk(
        tuple(outcomes.values()),
        tuple(categories.values()),
        _by_text(pack, "outcome", outcomes),
        _by_text(pack, "category", categories),
    )


def _outcome(row: Row, default: Confidence) -> PoliceUkOutcome:
    row.unknown({"id", "text", "also", "codes", "court", "final", "note", "codes_status", "severity"})
    return PoliceUkOutcome(
        slug=row.id,
        text=row.text("text"),
        also=tuple(row.texts("also", [])),
        codes=tuple(row.texts("codes")),
        court=row.flag("court"),
        final=row.flag("final"),
        note=row.text("note", ""),
        codes_status=row.choice("codes_status", Confidence, default),
    )


def _category(row: Row) -> PoliceUkCategory:
    row.unknown({"id", "text", "also", "crime", "note", "severity"})
    return PoliceUkCategory(
        slug=row.id,
        text=row.text("text"),
        also=tuple(row.texts("also", [])),
        crime=row.flag("crime", True),
        note=row.text("note", ""),
    )


def _by_text(pack: Pack, table: str, named: Mapping[str, N]) -> dict[str, N]:
    found: dict[str, N] = {}
    for row in pack.rows(table):
        one: N = named[row.id]
        for text in (one.text, one.slug, *one.also):
            if found.setdefault(_key(text), one) is not one:
                raise row.error("text", f"“{text}” also stands for {found[_key(text)].slug}")
    return found


def _key(text: str) -> str:
    return " ".join(folded(text).split())
