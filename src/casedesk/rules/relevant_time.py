"""The relevant time, from which detention without charge is counted: PACE 1984 s.41(2)–(5).

Each function is one situation. All instants are aware. Keep arrest, relevant time and authorised detention
apart: bail counts from the first, detention from the second, reviews from the third.
"""

from datetime import datetime

from casedesk.rules.counting import elapsed_hours

_OUTSIDE = 24
"""Hours after which the time runs although the right station has not been reached: s.41(2)–(5)."""


def ordinary_arrest(arrived: datetime) -> datetime:
    """Arrival at the first police station after arrest: s.41(2)(d)."""
    return arrived


def arrested_at_station(arrested: datetime) -> datetime:
    """The time of arrest, of a person who attended voluntarily or with a constable and was arrested there."""
    return arrested


def answering_street_bail(arrived: datetime) -> datetime:
    """Arrival at the station, of a person who answers bail under s.30A."""
    return arrived


def sought_in_another_area(arrested: datetime, arrived_in_area: datetime | None) -> datetime:
    """The earlier of arrival at the first station in the area that sought it and 24 hours after arrest.

    For a person arrested in another area and not questioned there about the offence.
    """
    return _earlier(arrested, arrived_in_area)


def moved_for_another_offence(left: datetime, arrived: datetime | None) -> datetime:
    """The earlier of arrival at the first station in the second area and 24 hours after leaving the first.

    For a person already detained in one area, taken to another for an offence not asked about in the first.
    """
    return _earlier(left, arrived)


def arrested_abroad(entered: datetime, arrived: datetime | None) -> datetime:
    """The earlier of arrival at the first station in the investigating area and 24 hours after entry.

    For a person arrested outside England and Wales; ``entered`` is the entry to England and Wales.
    """
    return _earlier(entered, arrived)


def further_offence(original: datetime) -> datetime:
    """The relevant time of the original offence, for an arrest under s.31 for a further one: s.41(4)."""
    return original


def _earlier(start: datetime, arrived: datetime | None) -> datetime:
    latest = elapsed_hours(start, _OUTSIDE)
    return latest if arrived is None else min(latest, arrived)
