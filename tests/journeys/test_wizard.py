"""The needs assessment by keys, in the small terminal: prepared, confirmed, changed, completed; and through a crash."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import assessment
from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.front import FrontApp
from casedesk.model.entities import ASSESSMENT, EVIDENCE_REVIEW, Value
from casedesk.model.ids import new_id
from casedesk.rules.forms import SectionState
from casedesk.screens.case import CaseScreen
from casedesk.screens.clinic.wizard import WizardScreen, open_wizard
from casedesk.screens.clinic.wizard_check import CheckScreen
from casedesk.screens.clinic.wizard_triggers import TriggersScreen
from casedesk.screens.session import Session
from casedesk.store.places import Places
from tests.journeys.conftest import NOW, PASSPHRASE, Officer, Sit, settle
from tests.journeys.dying_wizard import ANSWERS, HALF, NAME
from tests.journeys.wizard_case import SUICIDE, answer_the_rest, begun, now_of, open_it, somebody
from tests.screens.harness import NARROW, toasts

ROOT = Path(__file__).resolve().parents[2]


async def opened(officer: Officer, desk: Desk) -> WizardScreen:
    """Open the wizard."""
    screen = open_it(officer.app, desk)
    await settle(officer.pilot)
    return screen


async def find(officer: Officer, words: str) -> None:
    """Go to the question with these words."""
    await officer.press("f3")
    await officer.type(words)
    await officer.press("enter")


async def test_the_suspects_tab_opens_it_and_comes_back(demo: Desk, sit: Sit) -> None:
    from casedesk.screens.case import open_case
    from casedesk.screens.queue import QueueScreen

    case_id, suspect = somebody(demo)
    async with sit(demo) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        open_case(officer.app, officer.app.session, case_id, queue)
        await settle(officer.pilot)
        await officer.press("5", "N")
        assert isinstance(officer.app.screen, WizardScreen)
        assert officer.sees("Before you begin · 1 of")
        await officer.press("escape")
        assert isinstance(officer.app.screen, CaseScreen)
    assert len(assessment.assessments(demo, case_id, suspect)) == 1


async def test_every_kind_of_question_is_answered_by_keys_and_saved_at_once(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        screen = await opened(officer, demo)

        def kept(question: str) -> str | None:
            return now_of(demo, screen.work.sitting).answers[question].value

        await officer.press("m", "y")
        assert kept("begin.told") == "yes", "saved before Enter"
        assert officer.sees("✓ Saved")
        await officer.press("enter", "2")
        assert officer.sees("● ")
        assert screen.question.id == "begin.understood"
        await officer.press("1", "enter")
        assert kept("begin.understood") == "yes", "another digit is another answer"
        await find(officer, "sets you")
        await officer.press("1", "3", "2", "1")
        assert kept(screen.question.id) == " ".join(one.id for one in screen.question.options[1:3])
        await find(officer, "a month")
        await officer.press("1", "2", "5", "backspace", "enter")
        assert kept("finance-benefits-debt.afford") == "12"
        await find(officer, "be called")
        await officer.type("Sam")
        await officer.press("enter")
        assert kept(NAME) == "Sam"
        await find(officer, "good at")
        await officer.type("Cars")
        await officer.press("ctrl+j")
        await officer.type("and bikes")
        await officer.press("enter")
        assert kept("wishes.proud") == "Cars\nand bikes"


async def test_a_day_is_read_back_and_what_is_none_is_not_saved(demo: Desk, sit: Sit) -> None:
    sitting = assessment.answer(demo, begun(demo), "accommodation.home", "settled")
    question = next((one for one in sitting.form.questions.values() if one.kind == "day"), None)
    assert question is not None
    async with sit(demo) as officer:
        screen = await opened(officer, demo)
        await find(officer, "have to leave")
        await officer.press("y", "enter")
        assert screen.question.id == question.id
        await officer.type("soonish")
        await officer.press("enter")
        assert screen.question.id == question.id
        assert officer.sees("■ ")
        (said,) = toasts(officer.app)
        assert "Give a day: 23/11" in said
        assert "16:00" not in said, "a day is asked for, no time"
        await officer.press(*["backspace"] * 7)
        await officer.type("23/11")
        assert officer.sees("23 Nov 2026")
        await officer.press("enter")
        assert now_of(demo, sitting).answers[question.id].value == "2026-11-23"


async def test_prefer_not_to_say_notes_and_clearing(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        screen = await opened(officer, demo)
        sitting = screen.work.sitting
        await officer.press("p")
        assert any("needs an answer" in one for one in toasts(officer.app)), (
            "what the law of the form requires"
        )
        await find(officer, "armed")
        await officer.press("p")
        assert officer.sees("● Prefers not to say")
        assert now_of(demo, sitting).answers["identity.veteran"].declined
        await officer.press("a")
        await officer.type("asked twice")
        await officer.press("ctrl+s")
        assert officer.sees("Note: asked twice")
        await officer.press("p")
        assert not now_of(demo, sitting).answers["identity.veteran"].stands
        await officer.press("n", "x")
        assert officer.sees("○ Not answered yet")
        assert not now_of(demo, sitting).answers["identity.veteran"].stands


async def test_what_was_prepared_is_marked_and_confirmed_one_by_one_or_by_section(
    demo: Desk, sit: Sit
) -> None:
    sitting = assessment.answer_many(
        demo, begun(demo), {"identity.veteran": "no", "identity.language": "English"}, confirmed=False
    )
    async with sit(demo) as officer:
        screen = await opened(officer, demo)
        assert officer.sees("PREPARING")
        assert officer.sees("2 to confirm")
        await find(officer, "armed")
        assert officer.sees("▲ Saved, from the file only")
        await officer.press("m", "enter")
        assert not now_of(demo, sitting).answers["identity.veteran"].confirmed, "going past confirms nothing"
        await officer.press("b", "c")
        assert now_of(demo, sitting).answers["identity.veteran"].confirmed
        assert officer.sees("said in the clinic")
        await officer.press("C")
        assert now_of(demo, sitting).answers["identity.language"].confirmed
        assert screen.work.draft.with_person


async def test_a_same_day_matter_is_shown_at_once_and_stays_until_it_is_recorded(
    demo: Desk, sit: Sit
) -> None:
    async with sit(demo) as officer:
        screen = await opened(officer, demo)
        await find(officer, "ending")
        await officer.press("3")
        assert officer.sees("■ SAME-DAY ACTION: Suicidal thoughts")
        await find(officer, "be called")
        assert officer.sees("■ SAME-DAY ACTION"), "it goes along"
        await officer.press("escape", "g", "enter")
        await officer.press("r")
        assert officer.sees("Told or referred")
        await officer.press("escape")
        assert officer.sees("■ SAME-DAY ACTION"), "leaving the form records nothing"
        await officer.press("r")
        await officer.press("n", "tab")
        await officer.type("Seen by the nurse")
        await officer.press("ctrl+s")
        assert isinstance(officer.app.screen, WizardScreen)
        assert not officer.sees("SAME-DAY ACTION")
        records = now_of(demo, screen.work.sitting).records
        (record,) = next(iter(records.values()))
        assert record.made_on is None
        assert record.not_made_why.startswith("Seen by the nurse")
        await officer.press("t")
        assert isinstance(officer.app.screen, TriggersScreen)
        assert officer.sees("not done, Seen by the nurse")


async def test_an_answer_is_changed_from_the_check_page_which_comes_back_to_it(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await opened(officer, demo)
        await find(officer, "armed")
        await officer.press("y", "k")
        assert isinstance(officer.app.screen, CheckScreen)
        assert officer.app.screen.entries.key == "identity.veteran"
        await officer.press("enter")
        assert officer.sees("Enter goes back to your answers")
        await officer.press("n", "enter")
        assert isinstance(officer.app.screen, CheckScreen)
        assert officer.app.screen.entries.key == "identity.veteran"
        assert officer.sees("→ No")


async def test_answers_no_longer_asked_are_shown_before_they_are_taken_out(demo: Desk, sit: Sit) -> None:
    sitting = assessment.answer(demo, begun(demo), "drugs.used", "yes")
    sitting = assessment.answer(demo, sitting, "drugs.overdose", "yes")
    async with sit(demo) as officer:
        await opened(officer, demo)
        await find(officer, "any drug")
        await officer.press("n", "k", "home")
        assert officer.sees("No longer asked")
        assert officer.sees("→ Yes")
        assert now_of(demo, sitting).answers["drugs.overdose"].stands, "nothing goes silently"
        await officer.press("o")
        assert officer.sees("Take out 1 answer?")
        assert officer.sees("overdosed")
        await officer.press("n")
        assert now_of(demo, sitting).answers["drugs.overdose"].stands
        await officer.press("o", "y")
        assert now_of(demo, sitting).answers["drugs.overdose"].removed
        assert not officer.sees("No longer asked")


async def test_it_is_completed_once_nothing_is_missing_and_then_only_read(demo: Desk, sit: Sit) -> None:
    sitting = begun(demo)
    async with sit(demo) as officer:
        await opened(officer, demo)
        await officer.press("k", "ctrl+s")
        assert now_of(demo, sitting).is_open, "not while questions are open"
        assert officer.sees("► ■ The person was not told")
        await officer.press("enter")
        assert officer.sees("Was the person told")
        await officer.press("escape")
    sitting = answer_the_rest(demo, now_of(demo, sitting))
    for trigger in sitting.open_triggers():
        sitting = assessment.record_trigger(demo, sitting, trigger.id, not_made_why="Looked into.")
    assert [one for one in assessment.still_needed(sitting) if one.blocks] == []
    async with sit(demo) as officer:
        await opened(officer, demo)
        await officer.press("k")
        assert officer.sees("✓ Ctrl+S completes it")
        await officer.press("ctrl+s", "y")
        assert not isinstance(officer.app.screen, WizardScreen | CheckScreen)
        assert now_of(demo, sitting).assessment.completed_at == NOW
        assert {one.state for one in now_of(demo, sitting).progress()} == {SectionState.COMPLETE}
        case_id, suspect = somebody(demo)
        open_wizard(officer.app, officer.app.session, case_id, suspect)
        await officer.press("r")
        assert isinstance(officer.app.screen, CheckScreen)
        officer.app.clear_notifications()
        await officer.press("down", "up")
        assert officer.sees("✓ completed 21 Nov 2026")
        await officer.press("enter", "o", "ctrl+s")
        assert now_of(demo, sitting).assessment.completed_at == NOW, "it is only read"
        await officer.press("R")
        await officer.type("A slip")
        await officer.press("ctrl+s")
        assert isinstance(officer.app.screen, WizardScreen)
        assert now_of(demo, sitting).is_open
        assert len(assessment.assessments(demo, case_id, suspect)) == 1


async def test_another_assessment_is_begun_only_when_asked_for(demo: Desk, sit: Sit) -> None:
    case_id, suspect = somebody(demo)
    assessment.give_up(demo, begun(demo), "Begun in error")
    async with sit(demo) as officer:
        screen = await opened(officer, demo)
        assert screen.work.sitting.answers == {}
        await officer.press("k", "G")
        await officer.type("Left early")
        await officer.press("ctrl+s")
        assert not isinstance(officer.app.screen, WizardScreen | CheckScreen)
    held = assessment.assessments(demo, case_id, suspect)
    assert sorted(str(one.given_up_why) for _, one in held) == ["Begun in error", "Left early"]


async def test_half_typed_text_is_there_after_locking_and_after_leaving(
    demo_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "store"
    shutil.copytree(demo_home, home)
    app = FrontApp(Session(Places(home), lambda: NOW))
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        officer = Officer(app, pilot)

        async def unlocked() -> Desk:
            await settle(pilot)
            await officer.type(PASSPHRASE)
            await officer.press("enter")
            await pilot.app.workers.wait_for_complete()
            await settle(pilot)
            return app.session.desk

        await opened(officer, await unlocked())
        await find(officer, "be called")
        await pilot.press(*"Zoe", "ctrl+l")
        await settle(pilot)
        assert not app.session.is_open
        await opened(officer, await unlocked())
        assert officer.sees("like to be called")
        assert officer.sees("Zoe")
        assert officer.sees("Typed, not saved yet")
        await officer.press("escape", "b")
        assert officer.sees("legal advice") or not officer.sees("Zoe")
        await officer.press("s")
        assert officer.sees("Zoe")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a way to kill without warning")
async def test_after_a_kill_it_opens_exactly_where_it_was(demo_home: Path, tmp_path: Path, sit: Sit) -> None:
    home = tmp_path / "store"
    shutil.copytree(demo_home, home)
    dying = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.dying_wizard", str(home), PASSPHRASE],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
    )
    assert dying.stdout is not None
    assert dying.stdout.readline() == "kept\n"
    dying.kill()
    assert dying.wait() == -signal.SIGKILL
    dying.stdout.close()
    with unlock(Places(home), PASSPHRASE, lambda: NOW) as desk:
        async with sit(desk) as officer:
            screen = await opened(officer, desk)
            assert screen.question.id == NAME
            assert officer.sees(HALF)
            assert officer.sees("WITH THE PERSON")
            answers = screen.work.sitting.answers
            assert {name: one.value for name, one in answers.items()} == ANSWERS
            assert all(one.confirmed for one in answers.values())
            await officer.type("e")
            await officer.press("enter")
            assert now_of(desk, screen.work.sitting).answers[NAME].value == f"{HALF}e"
    assert SUICIDE not in answers


async def test_what_the_file_suggests_is_shown_with_its_source_before_it_is_taken_over(
    demo: Desk, sit: Sit
) -> None:
    case_id, suspect = somebody(demo)
    with demo.store.unit_of_work("test") as unit:
        review: dict[str, Value] = {"suspect": suspect, "risk_grade": "medium"}
        unit.set(EVIDENCE_REVIEW, new_id(), case_id, review)
    async with sit(demo) as officer:
        screen = await opened(officer, demo)
        grade = "relationships-domestic-abuse.grade"
        await officer.press("d")
        assert officer.sees("The file suggests 1 answer")
        assert officer.sees("DASH or DARA grade")
        await officer.press("n")
        assert grade not in now_of(demo, screen.work.sitting).answers
        await officer.press("d", "y")
        taken = now_of(demo, screen.work.sitting).answers[grade]
        assert (taken.value, taken.confirmed) == ("medium", False)
        assert officer.sees("1 to confirm")
        await officer.press("d")
        assert any("suggests nothing" in one for one in toasts(officer.app))


async def test_what_is_no_whole_number_is_refused_and_never_saved_as_another(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        screen = await opened(officer, demo)
        await find(officer, "a month")
        question = screen.question.id
        for typed, shown in (
            (("1", "2", "full_stop", "5", "0"), "12.50"),
            (("minus", "3"), "-3"),
            (("1", "e", "3"), "1e3"),
            (("1", "2", "space", "5"), "12 5"),
            (("1", "comma", "0", "0", "0"), "1,000"),
            (tuple("1234567890"), "1234567890"),
        ):
            await officer.press(*typed)
            assert officer.sees(f"{shown}_")
            await officer.press("enter")
            assert screen.question.id == question, shown
            assert len(toasts(officer.app)) == 1, "one is enough: more would lie over the question"
            assert f"“{shown}” is not a whole number" in toasts(officer.app)[0]
            assert question not in now_of(demo, screen.work.sitting).answers
            await officer.press(*["backspace"] * len(shown))
        await officer.press("1", "2", "enter")
        assert now_of(demo, screen.work.sitting).answers[question].value == "12"


@pytest.mark.parametrize("words", ["suicid", "self-harm", "prescribed"])
async def test_a_question_is_found_by_its_answers_and_by_what_it_can_raise(
    demo: Desk, sit: Sit, words: str
) -> None:
    async with sit(demo, size=NARROW) as officer:
        screen = await opened(officer, demo)
        first = screen.question.id
        await find(officer, words)
        assert screen.question.id != first
        if words == "suicid":
            assert screen.question.section == "mental-health"


async def test_of_assessments_begun_apart_it_is_asked_which_and_each_shows_what_the_other_raised(
    demo: Desk, sit: Sit
) -> None:
    mine = begun(demo)
    assessment.answer(demo, mine, SUICIDE, "plan")
    case_id, suspect = somebody(demo)
    with demo.store.unit_of_work("assessment.start") as unit:  # as a colleague's bundle brings it
        held = mine.assessment
        unit.set(
            ASSESSMENT, new_id(), case_id,
            {"suspect": suspect, "form": held.form, "version": held.version, "number": held.number,
             "started_at": NOW + timedelta(hours=1), "by": "70402"},
        )  # fmt: skip
    async with sit(demo, size=NARROW) as officer:
        open_wizard(officer.app, officer.app.session, case_id, suspect)
        await settle(officer.pilot)
        assert officer.sees("begun by 70402")
        await officer.press("1")
        screen = officer.app.screen
        assert isinstance(screen, WizardScreen)
        assert screen.work.sitting.assessment.by == "70402"
        assert officer.sees("SAME-DAY ACTION")
