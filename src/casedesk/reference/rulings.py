"""What is put to the designated decision maker or the registrar, what it needs and who decides: pack ``rulings``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Row, hint, read_pack

NEEDS = ("code", "to_class", "reason", "information", "evidence_kind", "principal_checked")
"""What an application may be asked to hold: fields of :class:`casedesk.model.finalising.Ruling`."""


class RulingKind(StrEnum):
    """What a ruling is about."""

    CANCELLATION = "cancellation"
    RECLASSIFICATION = "reclassification"
    N100 = "n100"
    """A reported incident of rape that is not, or not yet, a recorded crime."""
    OUTCOME = "outcome"
    """Authority for an outcome."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may decide."""

    id: str
    title: str
    ranks: frozenset[str]
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Application:
    """One kind of question, and what must be in it."""

    id: str
    kind: RulingKind
    codes: tuple[str, ...]
    """The codes it is for; empty for every code of its kind that no other names."""
    title: str
    needs: tuple[str, ...]
    evidence: tuple[str, ...]
    """The kinds of evidence that may be named."""
    authority: str
    decide_in_days: int | None
    text: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Reserved:
    """Classes of crime for which somebody else decides."""

    id: str
    title: str
    kinds: frozenset[RulingKind]
    codes: frozenset[str]
    """Empty for every code."""
    ho_classes: frozenset[str]
    authority: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Rulings:
    """The whole pack."""

    version: str
    applications: Mapping[str, Application]
    authorities: Mapping[str, Authority]
    reserved: tuple[Reserved, ...]
    several: tuple[str, ...]
    """Outcomes in the order in which one is chosen where suspects were dealt with differently."""
    several_rule: str
    several_text: str

    def application(self, kind: str, code: str | None) -> Application | None:
        """What is asked for a question of this kind and code; None where there is no such code."""
        of_kind = [one for one in self.applications.values() if one.kind == kind]
        named = next((one for one in of_kind if code in one.codes), None)
        return named or next((one for one in of_kind if not one.codes), None)

    def codes(self, kind: str) -> tuple[str, ...]:
        """The codes that a kind of question may have; empty where it may be any."""
        return tuple(code for one in self.applications.values() if one.kind == kind for code in one.codes)

    def authority(self, application: Application, code: str | None, ho_class: str | None) -> Authority:
        """Who decides it, for a crime of this class."""
        for one in self.reserved:
            if application.kind in one.kinds and ho_class in one.ho_classes and (
                not one.codes or code in one.codes
            ):  # fmt: skip
                return self.authorities[one.authority]
        return self.authorities[application.authority]

    def chosen(self, disposals: Iterable[str]) -> str | None:
        """Of several disposals the one that gives the crime its outcome; None where the list names none of them."""
        held = set(disposals)
        return next((code for code in self.several if code in held), None)


def load_rulings(overlay: Path | None = None) -> Rulings:
    """Load the pack. Raises PackError when an entry does not hold together or names an authority that is not there."""
    pack = read_pack("rulings", overlay)
    pack.unknown({"authority", "application", "reserved", "several"})
    authorities = pack.build("authority", _authority)
    several = pack.table("several")
    several.unknown({"outcomes", "rule", "text"})
    return Rulings(
        pack.version,
        pack.build("application", lambda row: _application(row, authorities)),
        authorities,
        tuple(pack.build("reserved", lambda row: _reserved(row, authorities)).values()),
        tuple(several.texts("outcomes")),
        several.text("rule"),
        several.text("text"),
    )


def _authority(row: Row) -> Authority:
    row.unknown({"id", "title", "ranks", "status", "source", "severity"})
    ranks = frozenset(row.texts("ranks"))
    if not ranks:
        raise row.error("ranks", "is empty", "Name at least one rank.")
    return Authority(row.id, row.text("title"), ranks, row.choice("status", Confidence), row.text("source"))


def _application(row: Row, authorities: Mapping[str, Authority]) -> Application:
    row.unknown(
        {
            "id", "kind", "codes", "title", "needs", "evidence", "authority", "decide_in_days", "text", "status",
            "source", "severity",
        }
    )  # fmt: skip
    needs = tuple(row.texts("needs"))
    for need in needs:
        if need not in NEEDS:
            raise row.error("needs", f"“{need}” is not something an application holds", hint(need, NEEDS))
    evidence = tuple(row.texts("evidence", ()))
    if "evidence_kind" in needs and not evidence:
        raise row.error("evidence", "is missing", "List the kinds of evidence that may be named.")
    days = row.optional_integer("decide_in_days")
    if days is not None and not 1 <= days <= 365:
        raise row.error("decide_in_days", f"{days} days", "Between 1 and 365.")
    return Application(
        row.id,
        row.choice("kind", RulingKind),
        tuple(row.texts("codes", ())),
        row.text("title"),
        needs,
        evidence,
        _known(row, authorities),
        days,
        row.text("text"),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _reserved(row: Row, authorities: Mapping[str, Authority]) -> Reserved:
    row.unknown({"id", "title", "kinds", "codes", "ho_classes", "authority", "status", "source", "severity"})
    return Reserved(
        row.id,
        row.text("title"),
        frozenset(row.choices("kinds", RulingKind)),
        frozenset(row.texts("codes", ())),
        frozenset(row.texts("ho_classes")),
        _known(row, authorities),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _known(row: Row, authorities: Mapping[str, Authority]) -> str:
    named = row.text("authority")
    if named not in authorities:
        raise row.error("authority", f"there is no authority “{named}”", hint(named, authorities))
    return named
