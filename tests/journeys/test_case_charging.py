"""Charging, remand, finalising, papers and corrections on the case page, by keys."""

from pathlib import Path

from casedesk.desk import access, record
from casedesk.desk.desk import Desk
from casedesk.desk.feedback import give_feedback
from casedesk.model.ids import EntityId
from casedesk.screens.case import CaseScreen, open_case
from casedesk.screens.explain import ExplainScreen
from casedesk.screens.queue import QueueScreen
from casedesk.store.access_log import Filters
from casedesk.store.records import read_dossier
from tests.journeys.conftest import Officer, Sit, settle
from tests.journeys.full_case import fill, fullest
from tests.screens.harness import toasts


async def _open(officer: Officer, case_id: EntityId) -> CaseScreen:
    queue = officer.app.screen
    assert isinstance(queue, QueueScreen)
    open_case(officer.app, officer.app.session, case_id, queue)
    await settle(officer.pilot)
    screen = officer.app.screen
    assert isinstance(screen, CaseScreen)
    return screen


def _full(desk: Desk, folder: Path) -> EntityId:
    case_id = fullest(desk)
    fill(desk, case_id, folder)
    return case_id


def _given_out(desk: Desk) -> list[str]:
    return [entry.detail for entry in access.page(desk, Filters(kinds=("disclosure",))).entries]


async def test_who_charges_is_on_top_and_keeps_what_was_answered(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    async with sit(demo) as officer:
        page = await _open(officer, _full(demo, tmp_path))
        await officer.press("7")
        assert officer.sees("The CPS decides: Domestic abuse")
        assert officer.sees("✓ confirmed")
        assert officer.sees("Before charge, full")
        await officer.press("q", "tab", "tab", "b", "b", "b", "ctrl+s")
        assert any("The CPS decides: Domestic abuse (confirmed)" in said for said in toasts(officer.app))
        await officer.press("down", "down")
        assert officer.sees("threshold test (chosen)")
        await officer.press("l")
        await officer.type("Seen")
        await officer.press("ctrl+s")
        kept = [row.words for row in page.tab.rows()]
        assert any("Before charge, threshold test" in words for words in kept), "it is recorded"


async def test_the_threshold_test_is_filled_in_by_keys(demo: Desk, sit: Sit, tmp_path: Path) -> None:
    case_id = _full(demo, tmp_path)
    async with sit(demo) as officer:
        await _open(officer, case_id)
        await officer.press("7", "D")
        for number in range(6):
            await officer.type(f"Answer {number}")
            await officer.press("tab")
        await officer.press("c", "tab")
        await officer.type("Charge")
        await officer.press("tab")
        await officer.type("Cannot wait")
        await officer.press("ctrl+s")
        assert isinstance(officer.app.screen, CaseScreen), officer.screen()
    decision = read_dossier(demo.store.connection, case_id).decisions[-1][1]
    assert (decision.kind, decision.test) == ("charge", "threshold")
    assert "Answer 4" in (decision.public_interest or "")


async def test_the_remand_summary_is_shown_copied_and_accounted_for(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    async with sit(demo) as officer:
        await _open(officer, _full(demo, tmp_path))
        await officer.press("5", "A")
        assert officer.sees("REMAND APPLICATION")
        assert "GROUNDS RELIED ON" in officer.app.clipboard
    assert any("remand summary" in detail for detail in _given_out(demo))


async def test_the_note_and_the_explanation_that_are_copied_are_accounted_for(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    async with sit(demo) as officer:
        await _open(officer, _full(demo, tmp_path))
        await officer.press("N", "escape", "e")
        assert isinstance(officer.app.screen, ExplainScreen)
        await officer.press("y")
    told = " ".join(_given_out(demo))
    assert "handover note" in told
    assert "explanation" in told


async def test_a_crime_is_held_and_released_from_the_overview(demo: Desk, sit: Sit, tmp_path: Path) -> None:
    async with sit(demo) as officer:
        await _open(officer, _full(demo, tmp_path))
        await officer.press("W")
        await officer.type("Waits for the lab")
        await officer.press("ctrl+s", "w")
        assert toasts(officer.app)[-2:] == ["Held", "Released"]
        await officer.press("D")
        assert any("No ruling is awaited" in said for said in toasts(officer.app))


async def test_a_text_is_read_on_screen(demo: Desk, sit: Sit, tmp_path: Path) -> None:
    async with sit(demo) as officer:
        await _open(officer, _full(demo, tmp_path))
        await officer.press("8", "enter")
        assert officer.sees("I saw both of them leave the shop.")
        await officer.press("escape", "r")
        assert officer.sees("I saw both of them leave the shop.")


async def test_the_timeline_shown_is_written_and_never_over_a_file(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    case_id = _full(demo, tmp_path)
    record.add_log_entry(demo, case_id, "The heron was seen")
    async with sit(demo) as officer:
        await _open(officer, case_id)
        await officer.press("2", "slash")
        await officer.type("heron")
        await officer.press("enter", "x")
        await officer.type(str(tmp_path / "t.txt"))
        await officer.press("enter")
        text = (tmp_path / "t.txt").read_text(encoding="utf-8")
        assert "The heron was seen" in text
        assert "with “heron”" in text
        await officer.press("x")
        await officer.type(str(tmp_path / "t.txt"))
        await officer.press("enter")
        assert officer.sees("nothing is overwritten")
        await officer.press("escape", "x")
        await officer.type(str(tmp_path / "t.pdf"))
        await officer.press("enter")
        assert officer.sees("text, CSV or JSON")
    assert any("timeline" in detail for detail in _given_out(demo))


async def test_a_decision_is_corrected_and_both_are_in_sight(demo: Desk, sit: Sit, tmp_path: Path) -> None:
    case_id = _full(demo, tmp_path)
    async with sit(demo) as officer:
        await _open(officer, case_id)
        await officer.press("7", "C")
        assert any("no entry that is corrected" in said for said in toasts(officer.app))
        await officer.press("down", "down", "down", "C", "tab", "end")
        await officer.type(" now")
        await officer.press("ctrl+s", "home", "down", "down", "down", "enter")
        assert officer.sees("Result: Keep under investigation now")
        assert officer.sees("It corrects")
        assert sum("Result: Keep under investigation" in line for line in officer.screen().splitlines()) == 2
    _, corrected = read_dossier(demo.store.connection, case_id).decisions
    assert corrected[1].about is not None


async def test_an_interview_and_feedback_are_corrected(demo: Desk, sit: Sit, tmp_path: Path) -> None:
    case_id = _full(demo, tmp_path)
    theme = next(iter(demo.packs.actions.themes))
    give_feedback(demo, case_id, theme=theme, praise=False, text="Write the times down", officer="PC 1")
    async with sit(demo) as officer:
        page = await _open(officer, case_id)
        (first, _), *_ = page.view.dossier.interviews
        await officer.press("5")
        assert page.tab.go_to(first)
        await officer.press("C", "tab", "tab")
        await officer.press("end")
        await officer.type(" She fell.")
        await officer.press("ctrl+s")
        assert any("Corrected" in said for said in toasts(officer.app)), officer.screen()
        (note, _), *_ = page.view.dossier.feedback
        await officer.press("7")
        assert page.tab.go_to(note)
        await officer.press("C", "tab", "tab", "p", "ctrl+s")
    dossier = read_dossier(demo.store.connection, case_id)
    assert dossier.interviews[-1][1].about == first
    assert (dossier.interviews[-1][1].text or "").endswith("She fell.")
    assert dossier.feedback[-1][1].about == note
    assert dossier.feedback[-1][1].praise is True
