"""The catalogue of conditions and services: what each is for, what it asks of a case (pack ``conditions``).

The shipped services are examples: which there are, and who provides them, is local. A force lays its own over them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence, Flag
from casedesk.reference.loading import Row, hint, read_pack


class ConditionKind(StrEnum):
    """What a condition is for."""

    REHABILITATIVE = "rehabilitative"
    REPARATIVE = "reparative"
    PUNITIVE = "punitive"
    RESTRICTIVE = "restrictive"


class Use(StrEnum):
    """How a service is usually used."""

    CONDITION = "condition"
    SIGNPOST = "signpost"
    """Offered beside the outcome and taken up freely: normally no condition of it."""


@dataclass(frozen=True, slots=True)
class KindMeaning:
    """What is to be said of one kind of condition."""

    id: str
    title: str
    meaning: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Pathway:
    """One pathway of needs that a condition may answer."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class CatalogueService:
    """One entry of the catalogue."""

    id: str
    title: str
    kind: ConditionKind
    use: Use
    text: str
    """The condition in plain English, to be edited."""
    needs: tuple[str, ...]
    """The pathways it answers; empty where it answers no need but puts harm right."""
    flags: frozenset[str]
    """Only for cases with one of these flags; empty where it is for any."""
    area: str
    """Where it is offered; empty where it is not local."""
    provider: str
    provided: bool
    """Whether somebody outside the force provides it, so that provider and first appointment are recorded."""
    evidence: str
    """What shows that it was done."""
    hours: int | None
    victim_agrees: bool
    """Whether the victim must agree to it."""
    names_victim: bool
    """Whether it says which victim it concerns: who is paid, written to, or kept away from."""
    paid: bool
    """Whether an amount belongs to it."""
    penalty: bool
    """Whether that amount is a financial penalty, which is capped."""
    note: str
    status: Confidence
    source: str


@dataclass(frozen=True)
class Catalogue:
    """The whole pack."""

    version: str
    kinds: Mapping[str, KindMeaning]
    pathways: Mapping[str, Pathway]
    services: Mapping[str, CatalogueService]
    cara: tuple[str, ...]
    """Services that follow the CARA principles."""

    def for_need(self, need: str) -> tuple[CatalogueService, ...]:
        """The services that answer a pathway, in pack order."""
        return tuple(one for one in self.services.values() if need in one.needs)


_MOST_HOURS = 1000


def load_conditions(overlay: Path | None = None) -> Catalogue:
    """Load the catalogue. Raises PackError for a service that names a pathway that is not there."""
    pack = read_pack("conditions", overlay)
    pack.unknown({"kind", "pathway", "service", "cara"})
    kinds = pack.build("kind", _kind)
    for word in ConditionKind:
        if word.value not in kinds:
            raise pack.error("[[kind]]", f"no entry “{word.value}”", "Every kind of condition has its entry.")
    pathways = pack.build("pathway", _pathway)
    services = pack.build("service", lambda row: _service(row, pathways))
    cara = pack.table("cara")
    cara.unknown({"services"})
    for one in cara.texts("services", ()):
        if one not in services:
            raise cara.error("services", f"there is no service “{one}”", hint(one, services))
    return Catalogue(pack.version, kinds, pathways, services, tuple(cara.texts("services", ())))


def _kind(row: Row) -> KindMeaning:
    row.unknown({"id", "title", "meaning", "status", "source", "severity"})
    if row.id not in set(ConditionKind):
        raise row.error(
            "id", f"“{row.id}” is no kind of condition", hint(row.id, [str(k) for k in ConditionKind])
        )
    return KindMeaning(
        row.id, row.text("title"), row.text("meaning"), row.choice("status", Confidence), row.text("source")
    )


def _pathway(row: Row) -> Pathway:
    row.unknown({"id", "title"})
    return Pathway(row.id, row.text("title"))


def _service(row: Row, pathways: Mapping[str, Pathway]) -> CatalogueService:
    row.unknown(
        {
            "id", "title", "kind", "use", "text", "needs", "flags", "area", "provider", "provided", "evidence",
            "hours", "victim_agrees", "names_victim", "paid", "penalty", "note", "status", "source", "severity",
        }
    )  # fmt: skip
    needs = tuple(row.texts("needs", ()))
    for one in needs:
        if one not in pathways:
            raise row.error("needs", f"there is no pathway “{one}”", hint(one, pathways))
    hours = row.optional_integer("hours")
    if hours is not None and not 0 < hours <= _MOST_HOURS:
        raise row.error("hours", f"{hours} is out of range", f"Write a number from 1 to {_MOST_HOURS}.")
    return CatalogueService(
        id=row.id,
        title=row.text("title"),
        kind=row.choice("kind", ConditionKind),
        use=row.choice("use", Use, Use.CONDITION),
        text=row.text("text"),
        needs=needs,
        flags=frozenset(one.value for one in row.choices("flags", Flag, ())),
        area=row.text("area", ""),
        provider=row.text("provider", ""),
        provided=row.flag("provided", False),
        evidence=row.text("evidence", ""),
        hours=hours,
        victim_agrees=row.flag("victim_agrees", False),
        names_victim=row.flag("names_victim", False),
        paid=row.flag("paid", False),
        penalty=row.flag("penalty", False),
        note=row.text("note", ""),
        status=row.choice("status", Confidence),
        source=row.text("source"),
    )
