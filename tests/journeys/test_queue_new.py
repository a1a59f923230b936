"""A case added by hand: what is asked fits what it is."""

import pytest

from casedesk.desk.desk import Desk
from tests.journeys.conftest import Sit


@pytest.mark.parametrize(
    ("key", "number"), [("1", "Custody number"), ("2", "Attendance number"), ("3", "Incident number")]
)
async def test_the_number_that_is_asked_for_is_of_what_is_added(
    demo: Desk, sit: Sit, key: str, number: str
) -> None:
    async with sit(demo, size=(110, 40)) as officer:
        await officer.press("n", key)
        asked = {
            name for name in ("Custody number", "Attendance number", "Incident number") if officer.sees(name)
        }
        assert asked == {number}


async def test_no_label_runs_into_its_answer(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(110, 40)) as officer:
        await officer.press("n", "1", *["tab"] * 5)
        await officer.type("04:00")
        assert officer.sees("Authorised  ")
