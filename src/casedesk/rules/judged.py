"""What a rule is given: the case, the outcome it is judged for, the time, and the reference packs."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol

from casedesk.model.facts import Case, CaseFile
from casedesk.model.moments import Moment, earliest, local
from casedesk.reference.calendar import BankHolidays
from casedesk.reference.clocks import Clocks
from casedesk.reference.offences import Offence
from casedesk.reference.outcomes import Outcome
from casedesk.reference.police_uk import PoliceUk

PUBLISHED = "police-uk"
"""Import profiles whose name starts so bring published extracts: no people, no decisions, months only."""


class OffenceList(Protocol):
    """Where offences are looked up by their code."""

    def get(self, code: str, /) -> Offence | None:
        """The offence of this code; None when it is not listed."""

    def __hash__(self) -> int:
        """A list is itself and no other: what was looked up in it is remembered."""


class Reference(Protocol):
    """The packs that rules look things up in; :class:`casedesk.reference.packs.Packs` is one."""

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """The outcome types by code."""

    @property
    def offences(self) -> OffenceList:
        """The offence codes."""

    @property
    def police_uk(self) -> PoliceUk:
        """The words of data.police.uk."""

    @property
    def clocks(self) -> Clocks:
        """The time limits."""

    @property
    def bank_holidays(self) -> BankHolidays:
        """The days that working days leave out."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One case as the rules see it.

    ``outcome`` is the outcome the case is judged for: its own, or one that is being tried on. Rules read it
    here and never from the case.
    """

    file: CaseFile
    case: Case
    outcome: str | None
    now: datetime
    reference: Reference
    outcome_extract_loaded: bool = False
    """Whether the outcomes extract of this force and period was taken in: then a missing line is missing."""

    @property
    def today(self) -> date:
        """The day of ``now`` in Europe/London."""
        return london_day(self.now)

    @property
    def outcome_days(self) -> tuple[date, date]:
        """The first and last day the outcome may be dated; today where no date is given."""
        at = self.case.outcome_date
        return (first_day(at), last_day(at)) if at else (self.today, self.today)


@lru_cache(maxsize=1024)
def london_day(instant: datetime) -> date:
    """The day of an instant in Europe/London."""
    return local(instant).date()


@lru_cache(maxsize=65536)
def first_day(moment: Moment) -> date:
    """The first day in Europe/London that a moment may mean."""
    if len(moment) == 7:
        return date(int(moment[:4]), int(moment[5:]), 1)
    return date.fromisoformat(moment) if len(moment) == 10 else local(earliest(moment)).date()


@lru_cache(maxsize=65536)
def last_day(moment: Moment) -> date:
    """The last day in Europe/London that a moment may mean."""
    first = first_day(moment)
    return first.replace(day=monthrange(first.year, first.month)[1]) if len(moment) == 7 else first


def is_published(case: Case) -> bool:
    """Whether the record came from a published extract, which carries no people and no decisions."""
    return case.source is not None and case.source.startswith(PUBLISHED)
