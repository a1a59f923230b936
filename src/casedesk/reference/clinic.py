"""The clinic's diary: what is prepared before somebody is seen, and what follows a missed appointment."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Pack, Row, hint, read_pack


class Applies(StrEnum):
    """What makes a check of the preparation apply to a case."""

    VICTIM = "victim"
    """Somebody other than the state is the victim."""
    VULNERABLE = "vulnerable"
    """The person to be seen is recorded as vulnerable."""
    DOMESTIC_ABUSE = "domestic-abuse"


class Sees(StrEnum):
    """What casedesk looks for in a case to tick a check itself."""

    EVIDENCE_REVIEWED = "evidence-reviewed"
    HISTORY_CHECKED = "history-checked"
    VIEWS_ASKED = "views-asked"
    ADULT_ARRANGED = "adult-arranged"
    INTERPRETER_BOOKED = "interpreter-booked"
    CONTACT_KNOWN = "contact-known"
    INVITED = "invited"
    NEEDS_PREPARED = "needs-prepared"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is ready before the person is seen."""

    id: str
    title: str
    needs: str
    """What must be there for the tick."""
    when: frozenset[str]
    """Words of :class:`Applies`, any of which is enough; empty where it is for every case."""
    sees: str
    """Word of :class:`Sees`; empty where only a person can tell."""


@dataclass(frozen=True, slots=True)
class ClinicPack:
    """The whole pack."""

    version: str
    status: Confidence
    slot_minutes: int
    invite_days: int
    """The invitation is out by the end of the day so many days before."""
    prepare_days: int
    """So many days before, preparation that is not finished is pointed out."""
    missed_working_days: int
    """Within so many working days of a missed appointment the next step is set."""
    missed_most: int
    """With which missed appointment the decision maker is told."""
    missed: Mapping[str, str]
    """Why somebody was not there: the title of each reason, by id."""
    checks: Mapping[str, Check]
    """By id, in the order of the list."""


_TABLES = ("times", "missed", "check")


def load_clinic(overlay: Path | None = None) -> ClinicPack:
    """Load the pack. Raises PackError when a number makes no sense or a word is unknown."""
    pack = read_pack("clinic", overlay)
    pack.unknown(_TABLES)
    times = pack.table("times")
    checks = pack.build("check", _check)
    if not checks:
        raise pack.error("[[check]]", "there is no check", "Keep at least one.")
    return ClinicPack(
        pack.version,
        Confidence(pack.meta.get("status", Confidence.UNVERIFIED)),
        _within(times, "slot_minutes", 10, 240),
        _within(times, "invite_days", 0, 60),
        _within(times, "prepare_days", 1, 30),
        _within(times, "missed_working_days", 0, 30),
        _within(times, "missed_most", 1, 9),
        _reasons(pack),
        checks,
    )


def _within(row: Row, key: str, least: int, most: int) -> int:
    number = row.integer(key)
    if not least <= number <= most:
        raise row.error(key, f"{number} is out of range", f"A whole number from {least} to {most}.")
    return number


def _reasons(pack: Pack) -> dict[str, str]:
    return pack.build("missed", lambda row: row.text("title"))


def _check(row: Row) -> Check:
    when = frozenset(row.texts("when", ()))
    for word in when:
        if word not in set(Applies):
            raise row.error(
                "when", f"“{word}” is not a case that a check can be for", hint(word, list(Applies))
            )
    sees = row.text("sees", "")
    if sees and sees not in set(Sees):
        raise row.error("sees", f"“{sees}” is nothing that casedesk looks for", hint(sees, list(Sees)))
    return Check(row.id, row.text("title"), row.text("needs"), when, sees)
