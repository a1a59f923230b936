"""Two thousand published crimes cleared by keys: filters, the clean accepted, returned in groups, undo, resume."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from casedesk.desk.check import check_store
from casedesk.desk.demo import demo_settings
from casedesk.desk.desk import Desk
from casedesk.desk.setup import set_up
from casedesk.desk.take_in import profile_for, take_in
from casedesk.model.entities import CASE
from casedesk.model.ids import EntityId
from casedesk.model.words import Stage
from casedesk.screens.review import ReviewScreen, open_review_screen
from casedesk.store import keys
from casedesk.store.places import Places
from tests.journeys.conftest import NOW, PASSPHRASE, Officer, Sit, settle

ROWS = 2_000
MONTHS = range(1, 7)


@pytest.fixture
def published(shared_data: Path, tmp_path: Path) -> Iterator[Desk]:
    """The City of London's first months of 2016, two thousand of their crimes put up for finalising."""
    with set_up(
        Places(tmp_path / "store"),
        PASSPHRASE,
        demo_settings(),
        lambda: NOW,
        cost=keys.GENERATED_COST,
        recovery=None,
    ) as desk:
        for kind in ("street", "outcomes"):
            for month in MONTHS:
                path = shared_data / "police_uk" / f"2016-{month:02}-city-of-london-{kind}.csv"
                take_in(desk, path, profile_for(desk.packs, path), rejects=tmp_path / f"{kind}-{month}.csv")
        ids = [
            EntityId(case_id)
            for (case_id,) in desk.store.connection.execute(
                "SELECT id FROM cases WHERE ref IS NOT NULL ORDER BY n LIMIT ?", (ROWS,)
            )
        ]
        with desk.store.unit_of_work("test") as unit:
            for case_id in ids:
                unit.set(CASE, case_id, case_id, {"stage": Stage.SUBMITTED, "record_status": "open"})
        yield desk


def stages(desk: Desk) -> Counter[str]:
    return Counter(
        dict(
            desk.store.connection.execute(
                "SELECT stage, count(*) FROM cases WHERE stage IS NOT NULL GROUP BY stage"
            )
        )
    )


async def sit_down_to(officer: Officer) -> ReviewScreen:
    open_review_screen(officer.app, officer.app.session)
    await settle(officer.pilot)
    screen = officer.app.screen
    assert isinstance(screen, ReviewScreen)
    assert screen.is_checked
    return screen


async def test_two_thousand_rows_from_the_keyboard(published: Desk, sit: Sit) -> None:
    desk = published
    submitted = {
        ref for (ref,) in desk.store.connection.execute("SELECT ref FROM cases WHERE stage = 'submitted'")
    }
    verdicts = [verdict for verdict in check_store(desk) if verdict.reference in submitted]
    clean = sum(1 for one in verdicts if one.verdict == "clean" and one.outcome)
    no_finding_18 = sum(1 for one in verdicts if one.outcome == "18" and not one.findings)
    found = sum(1 for one in verdicts if one.findings)
    async with sit(desk, size=(120, 40)) as officer:
        screen = await sit_down_to(officer)
        counts = screen.review.counts()
        assert len(screen.review) == screen.review.remaining == ROWS
        assert counts["clean"] == clean
        assert counts["warn"] + counts["block"] == found > 100

        await officer.press("slash")
        await officer.type("outcome:18 rule:none")
        await officer.press("enter")
        assert len(screen.order.numbers) == no_finding_18 > 500
        await officer.press("A")
        assert officer.sees(f"Finalise: {no_finding_18:,} crimes?")
        await officer.press("y")
        await _done(officer)
        assert stages(desk)["finalised"] == no_finding_18
        assert screen.review.remaining == ROWS - no_finding_18

        await officer.press("escape", "asterisk", "ctrl+u")
        await officer.type("verdict:warn,block")
        await officer.press("enter")
        assert len(screen.table.marks) == found
        await officer.press("r")
        await _done(officer)
        await officer.press("1", "ctrl+s")
        await _done(officer)
        assert officer.sees(f"Return for rework: {found:,} crimes?")
        await officer.press("y")
        await _done(officer)
        assert stages(desk)["returned"] == found
        reasons = dict(
            desk.store.connection.execute(
                "SELECT cases.ref, reasons FROM return JOIN cases ON cases.id = return.case_id"
            )
        )
        by_rules = {tuple(one.rule for one in verdict.findings) for verdict in verdicts if verdict.findings}
        assert 1 < len(set(reasons.values())) <= len(by_rules), "in groups, each for its own findings"

        await officer.press("u", "y")
        await _done(officer)
        assert (stages(desk)["returned"], stages(desk)["finalised"]) == (0, no_finding_18)
        await officer.press("ctrl+y")
        await _done(officer)
        assert stages(desk)["returned"] == found

        await officer.press("slash")
        await officer.type("state:todo")
        await officer.press("enter", "home", "n", "n", "h")
        await officer.type("Waits for the court")
        await officer.press("ctrl+s", "n", "s", "space")
        left, at, marks = screen.review.remaining, screen.table.cursor_id, screen.table.marks
        assert left == ROWS - no_finding_18 - found - 1
        await officer.pilot.pause(0.6)
        kept = desk.store.load_preference("review")
    desk.store.save_preference("review", kept)
    async with sit(desk, size=(80, 24)) as officer:
        screen = await sit_down_to(officer)
        assert (screen.review.remaining, screen.table.cursor_id, screen.table.marks) == (left, at, marks)
        assert officer.sees(f"{left:,} to do")


async def _done(officer: Officer) -> None:
    """Wait until a long job has ended and what it changed was judged."""
    while any(worker.group == "job" and not worker.is_finished for worker in officer.app.workers):
        await officer.pilot.pause(0.05)
    await settle(officer.pilot)
