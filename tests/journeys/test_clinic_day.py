"""A whole clinic day by keys at 80×24, from the booking to a clean finalisation check; and outcome 22, not before."""

from datetime import timedelta

from casedesk.desk import assessment, clinics
from casedesk.desk.after_decision import admin_work
from casedesk.desk.check import check_case
from casedesk.desk.clinic_panes import pane
from casedesk.desk.clinic_said import look
from casedesk.desk.desk import Desk
from casedesk.desk.documents import case_documents
from casedesk.desk.record import add_contact
from casedesk.desk.setup import unlock
from casedesk.model.facts import Case
from casedesk.model.ids import EntityId
from casedesk.model.words import ResolutionState, Severity, Stage
from casedesk.screens.case import CaseScreen
from casedesk.screens.clinic.casefile import CasefileScreen, open_casefile
from casedesk.screens.clinic.diary import DiaryScreen
from casedesk.screens.clinic.wizard import WizardScreen
from casedesk.screens.unlock import UnlockScreen
from casedesk.screens.verbs import VerbForm
from casedesk.widgets.form import FormRow
from tests.desk.clinic_cases import (
    INTEREST,
    LATER_CHECKS,
    RATIONALE,
    a_theft,
    accepted,
    first_suspect,
    matter,
    offered,
)
from tests.journeys.clinic_day import SLOT, TODAY
from tests.journeys.conftest import NOW, PASSPHRASE, Officer, Sit, settle
from tests.journeys.wizard_case import answer_the_rest
from tests.screens.harness import toasts


async def fill(officer: Officer, **answers: str | tuple[str, ...]) -> None:
    """Fill a form in by keys and save it: text is typed, a tuple is pressed."""
    form = officer.app.screen
    assert isinstance(form, VerbForm), officer.screen()
    for name, answer in answers.items():
        for _ in range(30):
            row = next((row for row in form.query(FormRow) if row.editor.has_focus), None)
            if row is not None and row.field.name == name:
                break
            await officer.press("tab")
        else:
            raise AssertionError(f"no field {name}")
        if isinstance(answer, tuple):
            await officer.press(*answer)
        else:
            await officer.type(answer)
    await officer.press("ctrl+s")
    assert not isinstance(officer.app.screen, VerbForm), officer.screen()
    officer.app.clear_notifications()


def the_case(desk: Desk, case_id: EntityId) -> Case:
    return desk.case(case_id).file.case


def state(desk: Desk, case_id: EntityId) -> str | None:
    held = matter(desk, case_id).resolution
    return held.state if held else None


async def test_a_clinic_day(demo: Desk, sit: Sit) -> None:
    case_id = a_theft(demo)
    clinics.open_clinic(demo, place="Northgate", opens_at=TODAY, closes_at=TODAY + 4 * SLOT)
    async with sit(demo) as officer:
        await _prepare(officer, demo, case_id)
        await _weigh_the_evidence(officer, demo, case_id)
        await _score(officer, demo, case_id)
        await _assess(officer, demo, case_id)
        await _decide(officer, demo, case_id)
        await _write(officer, demo, case_id)
        await officer.press("7")
        assert officer.sees("✓ Accepted and signed: it runs"), officer.screen()
        await officer.press("c")
        assert isinstance(officer.app.screen, CaseScreen)
        await officer.press("K")
        assert isinstance(officer.app.screen, CasefileScreen), "back, not another one on top"
    add_contact(
        demo, case_id, channel="phone", made=True, purposes=("out-of-court", "outcome"), text="Told what"
    )
    case = the_case(demo, case_id)
    assert (case.outcome, case.stage, case.decided_by) == ("3", Stage.SUBMITTED, "Sgt Roe")
    assert [one.rule for one in check_case(demo, case_id).findings if one.severity is not Severity.INFO] == []
    assert "Record the outcome" in {row.title for row in admin_work(demo) if row.case_id == case_id}


async def _prepare(officer: Officer, desk: Desk, case_id: EntityId) -> None:
    await officer.press("d", "tab", "b")
    await officer.type("another")
    await officer.press("enter")
    await officer.type("42/7/26")
    await officer.press("enter", "ctrl+s", "enter")
    assert isinstance(officer.app.screen, CasefileScreen), officer.screen()
    assert officer.sees("Next: Prepare."), officer.screen()
    await officer.press("i")
    await officer.type("l")
    await officer.press("ctrl+s")
    await officer.press("p", "space", "ctrl+s", "a")
    officer.app.clear_notifications()
    await settle(officer.pilot)
    assert officer.sees("attended"), officer.screen()
    (appointment,) = (one for _, one in desk.case(case_id).file.appointments)
    assert (appointment.state, appointment.invited_by) == ("attended", "letter")
    assert desk.case(case_id).file.case.stage == Stage.CLINIC


async def _weigh_the_evidence(officer: Officer, desk: Desk, case_id: EntityId) -> None:
    await officer.press("2")
    assert officer.sees("■ Nothing goes on from here"), officer.screen()
    await officer.press("enter")
    await fill(officer)
    points = len(matter(desk, case_id).points)
    assert points
    for number in range(points):
        assert officer.sees("Next: Evidence. Say what proves each point.")
        await officer.press("o" if number else "enter")
        await fill(officer, state="p", evidence="CCTV")
    assert {one.state for _, one in matter(desk, case_id).points} == {"proved"}
    await officer.press("A")
    await fill(
        officer, admission="f", admitted_where="Interview", covers_all="y",
        defences=("space", "space", "enter"), controlling="n", similar_24_months="n", previous_checked="y",
    )  # fmt: skip
    await officer.press("E")
    await fill(
        officer, identification="CCTV", footage="v", witnesses="One", disclosure="None", outstanding="None",
        evidential="m", evidential_why="Admitted.",
    )  # fmt: skip
    await officer.press("I")
    said = {name: "Low" for name in INTEREST if name not in ("interest", "interest_why")}
    await fill(officer, **said, interest="o", interest_why="Conditions do more.")
    assert officer.sees("Complete the review."), officer.screen()
    await officer.press("enter")
    await fill(officer)
    assert matter(desk, case_id).review.reviewed_at is not None
    assert officer.sees("● 2 Evidence"), officer.screen()


async def _score(officer: Officer, desk: Desk, case_id: EntityId) -> None:
    await officer.press("3")
    assert officer.sees("✓ Conditional caution: open"), officer.screen()
    await officer.press("enter")
    await fill(officer, base="3", why="By the placeholder")
    held = matter(desk, case_id).gravity
    assert held is not None
    assert held.final == 3
    assert officer.sees("The gravity matrix points here."), officer.screen()


async def _assess(officer: Officer, desk: Desk, case_id: EntityId) -> None:
    await officer.press("4", "enter")
    assert isinstance(officer.app.screen, WizardScreen)
    await officer.press("m", "y", "escape")
    assert officer.sees("NOT completed"), officer.screen()
    sitting = assessment.read(desk, case_id, matter(desk, case_id).assessment[0])  # type: ignore[index] # just begun
    sitting = assessment.answer(desk, sitting, "mental-health.suicide", "thoughts")
    await officer.press("f5")
    assert officer.sees("■ TODAY, before they leave:"), officer.screen()
    sitting = answer_the_rest(desk, sitting)
    for trigger in sitting.open_triggers():
        sitting = assessment.record_trigger(
            desk, sitting, trigger.id, not_made_why="The custody nurse saw him."
        )
    await officer.press("enter", "k", "ctrl+s", "y")
    officer.app.clear_notifications()
    await settle(officer.pilot)
    assert isinstance(officer.app.screen, CasefileScreen), officer.screen()
    assert matter(desk, case_id).assessment[1].completed_at, officer.screen()
    assert officer.sees("● 4 Needs"), officer.screen()


async def _decide(officer: Officer, desk: Desk, case_id: EntityId) -> None:
    await officer.press("5", "enter")
    await fill(officer, disposal=("c", "c"), considered="A charge: out of proportion.")
    await officer.press("enter")
    await fill(
        officer, what="Attend an alcohol course", kind="r", why="Drink lay behind it; near home.", due_on="+60d",
        evidence="Certificate",
    )  # fmt: skip
    await officer.press("pagedown")
    assert officer.sees("○ Attend an alcohol course"), officer.screen()
    await officer.press("t")
    await fill(officer)
    await officer.press("Q")
    await fill(officer, yes=("space", *(("space", "down") * 11), "enter"))
    await officer.press("r")
    await fill(officer)
    assert state(desk, case_id) == ResolutionState.PROPOSED, officer.screen()
    await officer.press("T")
    await officer.type(desk.store.actor)
    await officer.press("tab", "s", "ctrl+s")
    assert isinstance(officer.app.screen, VerbForm), "nobody authorises their own proposal"
    assert state(desk, case_id) == ResolutionState.PROPOSED
    erased = ("end", *("backspace",) * len(desk.store.actor))
    await fill(officer, by=(*erased, *"Sgt", "space", *"Roe"))
    assert state(desk, case_id) == ResolutionState.AUTHORISED
    await officer.press("enter")
    await fill(officer, legal_advice="d", explained="y", admission_repeated="y")
    assert state(desk, case_id) == ResolutionState.OFFERED
    await officer.press("enter")
    await fill(officer, consent="y")
    assert state(desk, case_id) == ResolutionState.ACTIVE
    assert officer.sees("Next: After."), officer.screen()


async def _write(officer: Officer, desk: Desk, case_id: EntityId) -> None:
    await officer.press("6", "V")
    await officer.type("caution record")
    await officer.press("enter")
    assert officer.sees("Conditional caution record, to Sam Hollis"), officer.screen()
    await officer.press("escape", "enter")
    await fill(officer, letter="r")
    (document,) = case_documents(desk, case_id)
    assert "Conditional caution record" in (document.document.title or "")
    assert officer.sees("1. Conditional caution record"), officer.screen()


async def test_outcome_22_is_recorded_only_when_the_activity_is_complete(demo: Desk, sit: Sit) -> None:
    case_id = a_theft(demo)
    accepted(demo, case_id, "o22")
    async with sit(demo) as officer:
        open_casefile(officer.app, officer.app.session, case_id)
        await settle(officer.pilot)
        await officer.press("7")
        assert officer.sees("Outcome 22 is recorded only when"), officer.screen()
        assert the_case(demo, case_id).outcome is None
        await officer.press("x")
        assert any(
            "Completed: not now" in said or "complete" in said for said in toasts(officer.app)
        ) or isinstance(officer.app.screen, VerbForm)
        if isinstance(officer.app.screen, VerbForm):
            await officer.press("ctrl+s")
            assert isinstance(officer.app.screen, VerbForm), "a condition still runs"
            await officer.press("escape")
        assert the_case(demo, case_id).outcome is None
        await officer.press("Y")
        await fill(officer, evidence="Certificate 114")
        assert the_case(demo, case_id).outcome is None
        await officer.press("enter")
        await fill(officer)
        assert the_case(demo, case_id).outcome == "22"
        assert officer.sees("Outcome        22"), officer.screen()
        await officer.press("u", "y")
        assert the_case(demo, case_id).outcome is None, "undo takes all of it back"


async def test_the_page_is_reached_from_queue_case_and_diary_and_each_suspect_has_one(
    demo: Desk, sit: Sit
) -> None:
    case_id = a_theft(demo, "42/8/26", suspects=2)
    async with sit(demo) as officer:
        await officer.press("K")
        await officer.press("escape")
        open_casefile(officer.app, officer.app.session, case_id)
        await settle(officer.pilot)
        assert officer.sees("Whose clinic page?"), officer.screen()
        await officer.press("2")
        assert officer.sees("Sam Hollis 2 · 42/8/26"), officer.screen()
        assert officer.sees("suspect 2 of 2"), officer.screen()
        await officer.press("s", "1")
        assert officer.sees("suspect 1 of 2"), officer.screen()
        await officer.press("c", "5", "down", "K")
        assert isinstance(officer.app.screen, CasefileScreen)
        await officer.press("d")
        assert isinstance(officer.app.screen, DiaryScreen)
        await officer.press("escape", "escape")
        assert not isinstance(officer.app.screen, CasefileScreen)


async def test_what_cannot_be_done_now_says_why_and_a_finding_is_explained(demo: Desk, sit: Sit) -> None:
    case_id = a_theft(demo)
    offered(demo, case_id)
    async with sit(demo) as officer:
        open_casefile(officer.app, officer.app.session, case_id)
        await settle(officer.pilot)
        await officer.press("5", "T")
        assert any("The resolution is offered: that can be done while it is proposed." in one
                   for one in toasts(officer.app))  # fmt: skip
        await officer.press("e")
        await officer.type("R25")
        await officer.press("enter")
        assert officer.sees("UNVERIFIED: confirm it first"), officer.screen()
        await officer.press("escape", "space")
        assert officer.sees("What can be done? Decision"), officer.screen()
        await officer.press("escape", "f5", "pagedown", "pageup", "J", "K", "1", "down", "up")
        assert officer.sees("▌● 1 Prepare"), officer.screen()


async def test_a_lock_in_the_middle_keeps_what_was_typed(demo: Desk, sit: Sit) -> None:
    case_id = a_theft(demo)
    places = demo.store.places
    demo.close()
    async with sit(places=places) as officer:
        officer.app._opened(unlock(places, PASSPHRASE, lambda: NOW))
        await settle(officer.pilot)
        open_casefile(officer.app, officer.app.session, case_id)
        await settle(officer.pilot)
        await officer.press("2", "E")
        await officer.type("On CCTV")
        await officer.press("escape", "ctrl+l")
        assert isinstance(officer.app.screen, UnlockScreen)
        officer.app._opened(unlock(places, PASSPHRASE, lambda: NOW))
        await settle(officer.pilot)
        open_casefile(officer.app, officer.app.session, case_id)
        await settle(officer.pilot)
        await officer.press("2", "E")
        assert officer.sees("On CCTV"), officer.screen()


async def test_the_last_checks_are_asked_at_the_end(demo: Desk, sit: Sit) -> None:
    case_id = a_theft(demo)
    accepted(demo, case_id)
    later = demo.now + timedelta(days=30)
    demo.clock = lambda: later
    demo.store.clock = lambda: later
    async with sit(demo, clock=lambda: later) as officer:
        open_casefile(officer.app, officer.app.session, case_id)
        await settle(officer.pilot)
        await officer.press("7", "Y")
        await fill(officer, evidence="Certificate")
        await officer.press("enter")
        await fill(officer)
        officer.app.clear_notifications()
        await officer.press("left", "right")
        assert officer.sees("Next: After. Answer the last quality checks."), officer.screen()
        await officer.press("enter")
        await fill(officer, yes=("space", *(("space", "down") * len(LATER_CHECKS)), "enter"))
        assert officer.sees("Nothing is to be done now."), officer.screen()
    assert first_suspect(demo, case_id)
    assert the_case(demo, case_id).rationale == RATIONALE


def test_every_matter_of_the_made_up_clinic_can_be_read_at_every_step(demo: Desk) -> None:
    cases = [one.case_id for day in clinics.clinics(demo, past=True) for one in day.booked]
    assert len(set(cases)) > 9
    stands = set()
    for case_id in set(cases):
        seen = look(demo, case_id)
        assert all(pane(seen, step.id) for step in seen.page.steps)
        stands.add(seen.page.resolution[1].state if seen.page.resolution else None)
    assert {None, "draft", "proposed", "authorised", "active"} <= stands
