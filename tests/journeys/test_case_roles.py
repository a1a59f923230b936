"""A piece of each role's day on the case page, by keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from casedesk.desk.check import check_case
from casedesk.desk.desk import Desk
from casedesk.model.ids import EntityId
from casedesk.screens.case import CaseScreen, open_case
from casedesk.screens.queue import QueueScreen
from casedesk.store.records import read_dossier
from casedesk.widgets.form import Form
from tests.journeys.conftest import Officer, Sit, settle
from tests.journeys.full_case import fill, fullest
from tests.screens.harness import toasts


@asynccontextmanager
async def opened(sit: Sit, desk: Desk, case_id: EntityId) -> AsyncIterator[Officer]:
    """Sit down at a case."""
    async with sit(desk) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        open_case(officer.app, officer.app.session, case_id, queue)
        await settle(officer.pilot)
        yield officer


def said(officer: Officer, words: str) -> bool:
    """Whether a passing message says so."""
    return any(words in text for text in toasts(officer.app))


def first(desk: Desk, where: str) -> EntityId:
    """The first case that meets a condition of ours."""
    (case_id,) = desk.store.connection.execute(
        f"SELECT cases.id FROM cases {where} ORDER BY cases.ref LIMIT 1"  # noqa: S608 - a condition of this file
    ).fetchone()
    return EntityId(case_id)


DETAINED = (
    "JOIN custody ON custody.case_id = cases.id WHERE custody.state = 'detained' "
    "AND custody.relevant_at IS NOT NULL AND custody.authorised_at IS NOT NULL"
)


async def test_early_outcome_records_a_review_an_interview_and_a_charge(demo: Desk, sit: Sit) -> None:
    case_id = first(demo, DETAINED)
    async with opened(sit, demo, case_id) as officer:
        await officer.press("5", "down", "w", "ctrl+s")
        assert said(officer, "review held. Review 3 of detention"), toasts(officer.app)
        await officer.press("i")
        assert officer.sees("Interview")
        await officer.press("escape", "x")
        assert officer.sees("Charged")
        await officer.press("escape", "l")
        await officer.type("Told the custody inspector what is outstanding")
        await officer.press("ctrl+s")
        file = demo.case(case_id).file
        assert [event.kind for _, event in file.events] == ["review"]
        assert file.log[-1][1].text == "Told the custody inspector what is outstanding"


async def test_early_outcome_hands_the_case_to_the_next_shift(demo: Desk, sit: Sit, tmp_path: Path) -> None:
    case_id = fullest(demo)
    fill(demo, case_id, tmp_path)
    async with opened(sit, demo, case_id) as officer:
        await officer.press("N")
        assert officer.sees("WHERE IT STANDS")
        await officer.press("escape", "H")
        await officer.type("79999")
        await officer.press("ctrl+s")
        if not isinstance(officer.app.screen, CaseScreen):
            await officer.press("tab")
            await officer.type("Ring the victim first")
            await officer.press("ctrl+s")
        assert officer.sees("Nobody of the number “79999” is known here: give anyway?")
        await officer.press("n")
        assert isinstance(officer.app.screen, Form), "the form stays, with what was typed"
        assert demo.case(case_id).file.case.owner != "79999"
        await officer.press("ctrl+s", "y")
        assert demo.case(case_id).file.case.owner == "79999"


async def test_an_oocr_case_worker_records_views_and_a_referral(demo: Desk, sit: Sit) -> None:
    case_id = fullest(demo)
    async with opened(sit, demo, case_id) as officer:
        await officer.press("4", "v")
        await officer.type("Wants him to stay away and to pay for the door")
        await officer.press("ctrl+s")
        victim = demo.case(case_id).file.victims[0][1]
        assert victim.views == "Wants him to stay away and to pay for the door"
        assert victim.views_on == "2026-11-21"
        await officer.press("f", "r", "tab", "tab", "y", "tab")
        await officer.type("Would like to meet him")
        await officer.press("ctrl+s")
        (referral,) = [one for _, one in read_dossier(demo.store.connection, case_id).referrals]
        assert referral.why == "Would like to meet him"


async def test_an_oocr_coordinator_chases_and_says_why_it_is_late(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    case_id = fullest(demo)
    fill(demo, case_id, tmp_path)
    async with opened(sit, demo, case_id) as officer:
        await officer.press("3", "r", "r")
        assert said(officer, "Chased, 3 so far"), toasts(officer.app)
        chased = next(one for _, one in demo.case(case_id).file.actions if one.chases == 3)
        assert chased.due_at is not None
        assert chased.due_at > demo.now + timedelta(days=1)
        await officer.press("x")
        await officer.type("Footage seen: he struck first")
        await officer.press("ctrl+s")
        assert said(officer, "Now possible: Stills from the footage"), toasts(officer.app)


async def test_finalisations_reads_what_blocks_and_tells_the_officer(demo: Desk, sit: Sit) -> None:
    proposed = demo.store.connection.execute("SELECT id FROM cases WHERE outcome IS NOT NULL ORDER BY ref")
    case_id = next(EntityId(one) for (one,) in proposed if check_case(demo, EntityId(one)).verdict == "block")
    async with opened(sit, demo, case_id) as officer:
        await officer.press("slash")
        await officer.type("block")
        await officer.press("enter", "enter")
        assert officer.sees("To do:"), officer.screen()
        await officer.press("escape", "escape", "3", "F")
        assert officer.sees("Feedback")


async def test_case_progression_lays_out_points_and_puts_an_exhibit_on_the_list(demo: Desk, sit: Sit) -> None:
    case_id = fullest(demo)
    async with opened(sit, demo, case_id) as officer:
        await officer.press("7", "T", "ctrl+s")
        assert officer.sees("No points to prove are kept for SC15005"), "a plain refusal, not an empty list"
        await officer.press("ctrl+k")
        await officer.type("CJ88116")
        await officer.press("ctrl+s")
        points = read_dossier(demo.store.connection, case_id).points
        assert len(points) > 2, officer.screen()
        await officer.press("6", "a")
        await officer.type("JS/9")
        await officer.press("tab")
        await officer.type("Broken glass")
        await officer.press("ctrl+s")
        assert officer.sees("JS/9  Broken glass")
        await officer.press("end", "w")
        await officer.type("Property store, shelf 4")
        await officer.press("ctrl+s")
        assert officer.sees("Property store")
        exhibits = read_dossier(demo.store.connection, case_id).exhibits
        assert exhibits[0][1].where == "Property store, shelf 4"
