"""The bulk review by keys: filters, the clean accepted, others corrected, returned, referred or held, undo, resume."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from casedesk.desk.check import check_store
from casedesk.desk.desk import Desk
from casedesk.model.ids import EntityId
from casedesk.screens.case import CaseScreen
from casedesk.screens.review import ReviewScreen
from casedesk.screens.review_guidance import GuidanceScreen
from casedesk.store.finalised import read_finalising
from casedesk.widgets.editors import LinesEditor
from tests.journeys.conftest import Officer, Sit, settle
from tests.screens.harness import NARROW, WIDE, toasts

LARGE = (120, 40)


async def review(officer: Officer) -> ReviewScreen:
    """Open the review, and wait until everything is judged."""
    await officer.press("F")
    await settle(officer.pilot)
    screen = officer.app.screen
    assert isinstance(screen, ReviewScreen)
    assert screen.is_checked
    return screen


async def narrow(officer: Officer, typed: str) -> None:
    """Type a filter."""
    await officer.press("slash", "ctrl+u")
    await officer.type(typed)
    await officer.press("enter")


def count(desk: Desk, sql: str) -> int:
    (number,) = desk.store.connection.execute(sql).fetchone()
    return int(number)


def here(screen: ReviewScreen) -> EntityId:
    assert screen.crime is not None
    return screen.crime.id


def stage(desk: Desk, case_id: EntityId) -> str | None:
    return desk.case(case_id).file.case.stage


FINALISED = "SELECT count(*) FROM cases WHERE stage = 'finalised'"


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
async def test_position_what_is_left_and_pace_are_always_shown(
    demo: Desk, sit: Sit, size: tuple[int, int]
) -> None:
    submitted = count(demo, "SELECT count(*) FROM queue WHERE stage = 'submitted'")
    async with sit(demo, size=size) as officer:
        screen = await review(officer)
        assert officer.sees(f"1 of {submitted} · {submitted} to do · –/h")
        await officer.press("n", "j", "down")
        assert officer.sees(f"4 of {submitted} · {submitted} to do")
        await officer.press("p", "k", "up")
        assert screen.table.cursor_index == 0


async def test_a_clean_crime_is_accepted_by_one_key_and_the_next_to_do_comes_up(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "verdict:clean outcome:18 state:todo")
        left = screen.review.remaining
        case_id = here(screen)
        await officer.press("a")
        assert stage(demo, case_id) == "finalised"
        assert officer.sees(f"{left - 1} to do")
        assert here(screen) != case_id
        await officer.press("ctrl+z", "y")
        assert stage(demo, case_id) != "finalised"
        assert officer.sees(f"{left} to do"), "what was undone is to do again"


async def test_warnings_are_asked_about_by_name_and_what_blocks_is_refused_with_the_cure(
    demo: Desk, sit: Sit
) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "rule:V21d")
        case_id = here(screen)
        await officer.press("a")
        assert officer.sees("V21d: ")
        await officer.press("n")
        assert stage(demo, case_id) != "finalised"
        await officer.press("a", "y")
        approval = read_finalising(demo.store.connection, case_id).approvals[-1][1]
        assert approval.rules == ("V21d",)
        await narrow(officer, "verdict:block rule:V17a")
        blocked = here(screen)
        await officer.press("a")
        assert officer.sees("was not finalised")
        await officer.press("escape")
        assert stage(demo, blocked) != "finalised"


async def test_a_correction_is_judged_as_corrected_and_accepted(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "rule:V21d")
        case_id = here(screen)
        await officer.press("c", "tab")
        await officer.type("18/11/2026")
        await officer.press("ctrl+s")
        case = demo.case(case_id).file.case
        assert (case.stage, case.outcome_date) == ("finalised", "2026-11-18")
        assert read_finalising(demo.store.connection, case_id).approvals[-1][1].corrected == ("outcome_date",)


async def test_all_clean_in_view_are_accepted_after_a_preview_and_one_undo_takes_them_back(
    demo: Desk, sit: Sit
) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "outcome:18")
        clean = len(screen.review.clean_to_do(screen.order.numbers))
        assert clean > 3
        before = count(demo, FINALISED)
        await officer.press("A")
        assert officer.sees(f"Finalise: {clean} crimes?")
        assert count(demo, FINALISED) == before, "a preview changes nothing"
        await officer.press("y")
        assert count(demo, FINALISED) == before + clean
        assert screen.review.clean_to_do(screen.order.numbers) == []
        await officer.press("u", "y")
        assert count(demo, FINALISED) == before
        assert len(screen.review.clean_to_do(screen.order.numbers)) == clean


async def test_what_is_marked_goes_back_in_groups_each_for_its_own_findings(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await officer.press("asterisk")
        await officer.type("verdict:block")
        await officer.press("enter")
        marked = len(screen.table.marks)
        assert marked == screen.review.counts()["block"]
        assert officer.sees(f"{marked} marked")
        await officer.press("r", "1", "ctrl+s")
        assert officer.sees(f"Return for rework: {marked} crimes?")
        await officer.press("y")
        assert count(demo, "SELECT count(*) FROM return") == marked
        assert count(demo, "SELECT count(DISTINCT reasons) FROM return") > 5, "each for its own"
        assert not screen.table.marks
        await officer.press("u", "y")
        assert count(demo, "SELECT count(*) FROM cases WHERE stage = 'returned'") < marked


async def test_one_is_returned_for_what_its_findings_propose(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "rule:V17a")
        case_id = here(screen)
        await officer.press("r", "ctrl+s")
        returned = read_finalising(demo.store.connection, case_id).returns[-1][1]
        assert returned.reasons
        assert returned.number == 1
        assert stage(demo, case_id) == "returned"


async def test_hold_refer_and_skip(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        left = screen.review.remaining
        held = here(screen)
        await officer.press("h")
        await officer.type("Waits for the clip")
        await officer.press("ctrl+s")
        assert read_finalising(demo.store.connection, held).holds[0][1].why == "Waits for the clip"
        referred = here(screen)
        await officer.press("f", "c", "right", "ctrl+s")
        assert officer.sees("lacks"), "an application below standard is refused with what is missing"
        await officer.press("escape")
        assert here(screen) == referred
        skipped = here(screen)
        await officer.press("s")
        assert here(screen) not in (held, skipped)
        assert officer.sees(f"{left - 1} to do")


async def test_a_digit_opens_the_case_at_the_fact(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "rule:V02")
        assert screen.crime is not None
        places = [
            place for place, fact in enumerate(screen.crime.keyed, 1) if fact.field.startswith("suspect.")
        ]
        fact = screen.crime.keyed[places[0] - 1]
        await officer.press(str(places[0]))
        page = officer.app.screen
        assert isinstance(page, CaseScreen)
        assert page.tab.TAB == "custody"
        assert page.tab.subject == fact.entity
        await officer.press("escape")
        assert officer.app.screen is screen


async def test_what_changes_elsewhere_is_judged_again(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "rule:V21d")
        case_id = here(screen)
        with demo.store.unit_of_work("test") as unit:
            from casedesk.model.entities import CASE

            unit.set(CASE, case_id, case_id, {"outcome_date": "2026-11-18"})
        await officer.press("o", "escape")
        assert officer.sees("No crime matches"), "the finding is gone, and the list follows"


async def test_place_marks_and_filter_outlive_a_crash(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "verdict:warn")
        await officer.press("space", "space", "down", "G", "3")
        at, marks = screen.table.cursor_id, screen.table.marks
        await officer.pilot.pause(0.6)
        kept = demo.store.load_preference("review")  # what a crash would leave
    demo.store.save_preference("review", kept)
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        assert (screen.table.cursor_id, screen.table.marks) == (at, marks)
        assert officer.sees("with “verdict:warn”")
        assert screen.order.groups


async def test_what_would_be_right_and_guidance_are_a_key_away(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        await review(officer)
        await narrow(officer, "outcome:18")
        await officer.press("w")
        assert officer.sees("These facts allow")
        assert officer.sees("to turn it:"), "the decision paths with the way of this crime"
        await officer.press("escape", "g")
        assert isinstance(officer.app.screen, GuidanceScreen)
        assert officer.sees("►  18"), "what is about this outcome comes first"
        await officer.type("v05")
        assert officer.sees("►  V05")
        assert officer.sees("Source: ")
        await officer.press("escape")
        assert isinstance(officer.app.screen, ReviewScreen)


async def test_another_list_can_be_reviewed_and_an_empty_one_says_what_to_press(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await officer.press("v", "3")
        assert len(screen.review) == count(demo, FINALISED)
        assert screen.is_checked
        await narrow(officer, "oic:nobody-of-that-name")
        assert officer.sees("No crime matches")
        await officer.press("a")
        assert any("No crime is under the cursor." in said for said in toasts(officer.app))


async def test_the_list_says_what_the_check_of_the_store_says(demo: Desk, sit: Sit) -> None:
    wanted = {verdict.reference: verdict.verdict for verdict in check_store(demo)}
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        rows: Sequence[object] = screen.review.rows(demo.store.connection, list(screen.order.numbers))
        assert rows
        assert all(row.verdict == wanted[row.ref] for row in rows if row)  # type: ignore[attr-defined]


async def test_a_message_that_was_edited_is_there_again_after_esc_until_it_is_written(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    async with sit(demo, size=LARGE) as officer:
        await review(officer)
        await narrow(officer, "verdict:block")
        await officer.press("space", "x")
        assert officer.sees("Message to "), officer.screen()
        await officer.type("Ring me. ")
        await officer.press("escape", "x")
        assert officer.app.screen.query_one(LinesEditor).text.startswith("Ring me. ")
        await officer.press("ctrl+s", "ctrl+u")
        await officer.type(str(tmp_path / "one.txt"))
        await officer.press("enter")
        assert "Ring me." in " ".join((tmp_path / "one.txt").read_text(encoding="utf-8").split())
        await officer.press("x")
        assert not officer.app.screen.query_one(LinesEditor).text.startswith("Ring me. ")


async def test_a_filter_that_is_not_understood_is_said_beside_it_and_leaves_the_line_in_sight(
    demo: Desk, sit: Sit
) -> None:
    async with sit(demo, size=NARROW) as officer:
        screen = await review(officer)
        total = len(screen.order.numbers)
        await narrow(officer, "verdict:purple")
        assert officer.sees("is not understood"), officer.screen()
        assert officer.sees(f"1 of {total}")
        assert officer.sees("'purple' is not a value of verdict:")
        assert not officer.sees("with “verdict:purple”"), "it narrows nothing"
        assert toasts(officer.app) == []
        await officer.press("ctrl+u")
        await officer.type("rule:V99")
        await officer.press("enter")
        assert officer.sees("There is no rule 'V99'"), officer.screen()
        await officer.press("ctrl+u")
        await officer.type("verdict:clean")
        await officer.press("enter")
        assert not officer.sees("is not understood")
        assert screen.table.has_focus
        assert 0 < len(screen.order.numbers) < total


async def test_what_is_said_for_a_moment_does_not_cover_the_line_about_the_list(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=NARROW) as officer:
        screen = await review(officer)
        total = len(screen.order.numbers)
        officer.app.notify("Something was done. " * 12)
        await settle(officer.pilot)
        assert officer.sees("Something was done."), officer.screen()
        assert officer.sees(f"1 of {total} · {screen.review.remaining} to do · –/h"), officer.screen()


async def test_another_list_begins_at_its_top(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await officer.press("end")
        assert screen.table.cursor_index > 0
        await officer.press("v", "3")
        assert len(screen.order.numbers) > 1
        assert screen.table.cursor_index == 0


async def test_a_reopened_crime_is_to_do_again(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "verdict:clean outcome:18 state:todo")
        case_id, left = here(screen), screen.review.remaining
        await officer.press("a")
        await narrow(officer, "state:accepted")
        assert here(screen) == case_id
        await officer.press("R")
        await officer.type("Named")
        await officer.press("ctrl+s")
        assert stage(demo, case_id) == "submitted", officer.screen()
        assert screen.review.remaining == left


async def test_a_cancellation_is_given_as_the_outcome_of_a_correction(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=LARGE) as officer:
        screen = await review(officer)
        await narrow(officer, "verdict:clean outcome:18 state:todo")
        case_id = here(screen)
        await officer.press("c")
        await officer.press("ctrl+u")
        await officer.press("ctrl+s")
        assert officer.sees("Outcome"), "an emptied code is asked for"
        assert stage(demo, case_id) != "finalised"
        await officer.type("C4")
        await officer.press("ctrl+s")
        assert officer.sees("No ruling approves cancellation C4"), officer.screen()
        await officer.press("y")
        case = demo.case(case_id).file.case
        assert (case.stage, case.outcome, case.cancel_code) == ("finalised", None, "C4")
