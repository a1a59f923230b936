"""The bank holidays of England and Wales, and the years the list is complete for (pack ``bank-holidays``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from casedesk.reference.loading import read_pack


@dataclass(frozen=True)
class BankHolidays:
    """A calendar of bank holidays, complete from ``first`` to ``last``; outside them nothing is known."""

    titles: Mapping[date, str]
    first: date
    last: date

    @cached_property
    def days(self) -> frozenset[date]:
        """The bank holidays."""
        return frozenset(self.titles)

    def title(self, day: date) -> str | None:
        """What the bank holiday is called; None for any other day."""
        return self.titles.get(day)

    def covers(self, day: date) -> bool:
        """Whether the list is complete for that day."""
        return self.first <= day <= self.last

    def ends_within(self, today: date, days: int) -> bool:
        """Whether the list ends within so many days of today, or has ended: time to bring in a new one."""
        return self.last < today + timedelta(days=days)


def load_bank_holidays(overlay: Path | None = None) -> BankHolidays:
    """Read the bank holidays. Raises :class:`casedesk.model.errors.PackError`."""
    pack = read_pack("bank-holidays", overlay)
    pack.unknown({"calendar", "days"})
    span, listed = pack.table("calendar"), pack.table("days")
    span.unknown({"first", "last"})
    first, last = span.day("first"), span.day("last")
    titles: dict[date, str] = {}
    for key in listed.keys:
        try:
            day = date.fromisoformat(key)
        except ValueError:
            raise listed.error(key, "is not a day", "Write it as 2026-12-25.") from None
        if not first <= day <= last:
            raise listed.error(
                key, f"lies outside {first} to {last}", "Widen first or last under [calendar]."
            )
        title = listed.text(key, "")
        if title:
            titles[day] = title
    return BankHolidays(titles, first, last)
