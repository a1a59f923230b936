"""Points to prove by offence (pack ``points``): what the evidence must show, and what usually shows it.

A worksheet, not a statement of the law: every entry names its statute and stays ``unverified`` until the force has
had it confirmed and lays its own over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Row, read_pack
from casedesk.reference.offence_groups import KINDS, OffenceGroup, Recorded, offence_group


@dataclass(frozen=True, slots=True)
class PointToProve:
    """One thing that must be proved."""

    what: str
    evidence: str
    """What usually shows it."""


@dataclass(frozen=True, slots=True)
class OffencePoints:
    """The points to prove of one offence, or of several that differ in nothing that matters here."""

    id: str
    title: str
    statute: str
    offences: OffenceGroup
    points: tuple[PointToProve, ...]
    defences: tuple[str, ...]
    """What is usually said against it, and must be met."""
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Points:
    """The whole pack."""

    version: str
    offences: Mapping[str, OffencePoints]
    by_suffix: Mapping[str, PointToProve]
    """What else must be proved where a code ends so: ``A`` is an attempt, ``B`` aiding, ``C`` conspiracy."""

    def for_offence(
        self, code: str | None, ho_class: str | None = None, title: str | None = None
    ) -> OffencePoints | None:
        """The points to prove of an offence: the most exact match; None where the pack has none.

        An attempt, aiding or a conspiracy (by the last letter of the code) has its own point first.
        """
        recorded = Recorded(code, ho_class, title)
        ranked = [(one.offences.match(recorded), at) for at, one in enumerate(self.offences.values())]
        best = max(ranked, default=((0, 0), 0), key=lambda pair: (pair[0], -pair[1]))
        if best[0] == (0, 0):
            return None
        found = list(self.offences.values())[best[1]]
        extra = self.by_suffix.get(_suffix(code))
        return replace(found, points=(extra, *found.points)) if extra else found


_FULL_CODE = 7
"""Two letters and five digits; a letter after them says attempt, aiding or conspiracy."""


def load_points(overlay: Path | None = None) -> Points:
    """Load the pack. Raises PackError when an entry names no offences or has no points."""
    pack = read_pack("points", overlay)
    pack.unknown({"offence", "suffix"})
    return Points(pack.version, pack.build("offence", _offence), pack.build("suffix", _by_suffix))


def _offence(row: Row) -> OffencePoints:
    row.unknown({"id", "title", "statute", "point", "defences", "status", "source", "severity", *KINDS})
    offences = offence_group(row)
    if offences is None:
        raise row.error("", "names no offences", f"Give it any of: {', '.join(KINDS)}.")
    points = tuple(_point(one) for one in row.rows("point"))
    if not points:
        raise row.error("point", "has no points", f"Add [[offence.point]] under {row.id}.")
    return OffencePoints(
        row.id,
        row.text("title"),
        row.text("statute"),
        offences,
        points,
        tuple(row.texts("defences", ())),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _by_suffix(row: Row) -> PointToProve:
    if len(row.id) != 1 or not row.id.isupper():
        raise row.error("id", f"“{row.id}” is not the last letter of a code", "Write A, B or C.")
    row.unknown({"id", "what", "evidence", "status", "source", "severity"})
    row.choice("status", Confidence)
    row.text("source")
    return PointToProve(row.text("what"), row.text("evidence"))


def _point(row: Row) -> PointToProve:
    row.unknown({"what", "evidence"})
    return PointToProve(row.text("what"), row.text("evidence"))


def _suffix(code: str | None) -> str:
    plain = (code or "").strip().upper()
    return plain[-1] if len(plain) == _FULL_CODE + 1 and plain[-1].isalpha() else ""
