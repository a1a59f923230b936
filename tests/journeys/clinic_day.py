"""Clinics of a made-up team for the journeys: one today, one on Monday that a colleague holds, one later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk import clinics
from casedesk.desk.demo import demo_settings
from casedesk.desk.desk import Desk
from casedesk.desk.intake import Arrest, Person, add_case
from casedesk.desk.setup import set_up
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.store import keys
from casedesk.store.places import Places
from tests.journeys.conftest import NOW, PASSPHRASE

SLOT = timedelta(minutes=45)
TODAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
"""A Saturday: the journeys begin at seven that day."""
MONDAY, NEXT_WEEK = TODAY + timedelta(days=2), TODAY + timedelta(days=10)


@pytest.fixture(name="demo")
def bare(tmp_path: Path) -> Iterator[Desk]:
    """A desk with no case and no clinic, in place of the demo caseload: it has clinics of its own."""
    places = Places(tmp_path / "store")
    with set_up(
        places, PASSPHRASE, demo_settings(), lambda: NOW, cost=keys.GENERATED_COST, recovery=None
    ) as desk:
        yield desk


def clinic_case(
    desk: Desk,
    ref: str,
    name: str,
    offence: str,
    *flags: str,
    victim: str = "",
    vulnerable: bool | None = None,
) -> EntityId:
    """A case with one adult suspect who came to a voluntary interview."""
    return add_case(
        desk, intake="voluntary", ref=ref, offence_title=offence, flags=flags, victim=victim, mine=True,
        person=Person(name=name, dob=Moment("1991-04-05")),
        arrest=Arrest(number=f"V/{ref}", arrived_at=desk.now - timedelta(days=20), vulnerable=vulnerable),
    )  # fmt: skip


def make_clinics(desk: Desk) -> list[EntityId]:
    """Three clinics with five people in them, and one case more; returns the cases."""
    today = clinics.open_clinic(
        desk,
        place="Northgate",
        room="Room 2",
        opens_at=TODAY,
        closes_at=TODAY + 5 * SLOT,
        travel="Park at the back",
    )
    monday = clinics.open_clinic(
        desk, place="Southgate", opens_at=MONDAY, closes_at=MONDAY + 4 * SLOT, worker="7050"
    )
    clinics.open_clinic(
        desk, place="Northgate", room="Room 2", opens_at=NEXT_WEEK, closes_at=NEXT_WEEK + 8 * SLOT
    )
    theft = clinic_case(desk, "42/7001/26", "Jordan Pike", "Theft from shop", victim="Bright Stores")
    assault = clinic_case(
        desk, "42/7002/26", "Alex Trent", "Common assault", "da", victim="Sam Trent", vulnerable=True
    )
    damage = clinic_case(desk, "42/7003/26", "Morgan Vale", "Criminal damage", victim="Pat Lowe")
    drunk = clinic_case(desk, "42/7004/26", "Robin Ash", "Drunk and disorderly")
    more = clinic_case(desk, "42/7005/26", "Casey Ford", "Theft from shop", victim="Corner Shop")
    first = clinics.book(
        desk, theft, None, today, TODAY, arrangements={"solicitor": "Field & Co", "travel": "Bus 9"}
    )
    clinics.invite(desk, theft, first, "letter", at=desk.now - timedelta(days=9))
    clinics.confirm(desk, theft, first)
    clinics.prepare(desk, theft, first, ["evidence", "history", "views", "interpreter", "needs", "papers"])
    second = clinics.book(
        desk, assault, None, today, TODAY + SLOT,
        arrangements={
            "appropriate_adult": "June Marsh, 07700 900123", "interpreter": "BSL, Ana Roe",
            "adjustments": "Sits facing the speaker", "safe_contact": "Ring the mother only", "avoid": ("letter",),
        },
    )  # fmt: skip
    clinics.invite(desk, assault, second, "phone", at=desk.now - timedelta(days=3))
    third = clinics.book(desk, damage, None, today, TODAY + 3 * SLOT)
    clinics.move(desk, damage, third, monday, MONDAY + SLOT, "Works on Saturdays")
    clinics.book(desk, drunk, None, today, TODAY + 4 * SLOT)
    return [theft, assault, damage, drunk, more]
