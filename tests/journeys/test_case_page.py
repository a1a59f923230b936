"""The case page by keys: tabs, timeline, reading, menus, and what a tired hand may do wrong."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from textual import events

from casedesk.desk import record
from casedesk.desk.colleagues import known
from casedesk.desk.desk import Desk
from casedesk.model.moments import LONDON
from casedesk.screens.case import TABS, CaseScreen, open_case
from casedesk.screens.casepage.timeline import TimelineTab
from casedesk.screens.explain import ExplainScreen
from casedesk.screens.queue import QueueScreen
from casedesk.widgets.form import Form, FormRow
from tests.conftest import FrozenClock
from tests.journeys.conftest import NOW, Officer, Sit, settle
from tests.journeys.full_case import THEN, fill, fullest
from tests.screens.harness import WIDE, toasts

Opened = Callable[..., AbstractAsyncContextManager[Officer]]


@pytest.fixture
def at_case(demo: Desk, sit: Sit, tmp_path: Path) -> Opened:
    """Sit down at the case in which something of everything is recorded."""

    @asynccontextmanager
    async def opened(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Officer]:
        case_id = fullest(demo)
        fill(demo, case_id, tmp_path)
        async with sit(demo, size=size) as officer:
            queue = officer.app.screen
            assert isinstance(queue, QueueScreen)
            open_case(officer.app, officer.app.session, case_id, queue)
            await settle(officer.pilot)
            yield officer

    return opened


def page(officer: Officer) -> CaseScreen:
    """The case page."""
    screen = officer.app.screen
    assert isinstance(screen, CaseScreen), screen
    return screen


async def test_ten_seconds_say_what_who_why_and_what_runs_out(at_case: Opened) -> None:
    async with at_case() as officer:
        top = officer.screen().splitlines()[1:8]
        file = page(officer).page.file
        assert file.case.ref
        assert file.case.ref in top[0]
        assert "▲ DA" in top[0]
        assert f"OIC {file.case.oic} ({file.case.oic_contact})" in top[1]
        assert any("LAW" in line for line in top), "a legal limit has its word"
        assert any("○" in line for line in top), "a target has another sign"
        assert any("SAFE CONTACT" in line for line in top)
        assert officer.sees("Next")
        assert officer.sees("Suspect")
        assert officer.sees("Victim")


async def test_every_tab_opens_by_its_digit_and_is_built_only_then(at_case: Opened) -> None:
    async with at_case() as officer:
        for number, (name, tab) in enumerate(TABS, 1):
            assert bool(officer.app.screen.query(tab)) == (number == 1)
            await officer.press(str(number))
            assert name.id == page(officer).tab.TAB
            assert page(officer).tab.table.has_focus, name
            assert len(page(officer).tab.table.source) > 0, name


async def test_brackets_and_arrows_go_round_the_tabs(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("right_square_bracket", "right")
        assert page(officer).tab.TAB == "actions"
        await officer.press("left_square_bracket", "left", "left")
        assert page(officer).tab.TAB == "history"


async def test_what_is_recorded_shows_on_the_tab_and_on_those_built_before(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("2", "1", "l")
        await officer.type("Seen from the overview")
        await officer.press("ctrl+s", "2")
        assert officer.sees("Seen from the overview")
        await officer.press("ctrl+z", "y")
        assert officer.sees("× Seen from the overview"), officer.screen()


async def test_the_timeline_shows_one_kind_with_words_and_all_again(at_case: Opened) -> None:
    async with at_case() as officer:
        tab = page(officer).tab
        await officer.press("2")
        tab = page(officer).tab
        whole = len(tab.table.source)
        await officer.press("f")
        await officer.type("contacts")
        await officer.press("enter")
        contacts = len(tab.table.source)
        assert 0 < contacts < whole
        assert officer.sees("only contacts")
        await officer.press("slash")
        await officer.type("no answer")
        assert len(tab.table.source) == 1
        await officer.press("enter", "escape")
        assert len(tab.table.source) == whole
        await officer.press("escape")
        assert isinstance(officer.app.screen, QueueScreen)


async def test_the_timeline_jumps_to_a_day(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("2", "end")
        tab = page(officer).tab
        assert isinstance(tab, TimelineTab)
        assert tab.event is not None
        day = tab.event.sort_at.astimezone(LONDON).date()
        await officer.press("home", "d")
        assert tab.event.sort_at.astimezone(LONDON).date() > day
        await officer.type(f"{day:%d/%m/%Y}")
        await officer.press("enter")
        assert tab.event.sort_at.astimezone(LONDON).date() == day


async def test_a_correction_is_a_new_entry_and_both_are_read_together(demo: Desk, at_case: Opened) -> None:
    async with at_case(WIDE) as officer:
        wrong = record.add_log_entry(demo, page(officer).case_id, "Spoke to the mohter", at=demo.now)
        page(officer).reread()
        await officer.press("2", "slash")
        await officer.type("mohter")
        await officer.press("enter", "C")
        assert officer.sees("Correct a log entry")
        await officer.press("ctrl+k")
        await officer.type("Spoke to the mother")
        await officer.press("ctrl+s")
        assert any("both entries stay" in said for said in toasts(officer.app))
        assert officer.sees("→ Spoke to the mother")
        assert officer.sees("× Spoke to the mohter")
        stands = [one.text for _, one in demo.case(page(officer).case_id).file.log if one.about == wrong]
        assert stands == ["Spoke to the mother"]


async def test_what_cannot_be_corrected_says_so(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("2", "end", "C")
        assert any("Only log entries, contacts" in said for said in toasts(officer.app))
        assert not isinstance(officer.app.screen, Form)


async def test_a_row_is_read_in_full_and_escape_goes_back_step_by_step(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("4", "enter")
        assert not page(officer).tab.table.display
        assert officer.sees("Enhanced rights: yes")
        await officer.press("escape")
        assert page(officer).tab.table.has_focus
        await officer.press("escape")
        assert isinstance(officer.app.screen, QueueScreen)


async def test_the_menu_lists_what_the_tab_can_do_and_says_why_not(at_case: Opened) -> None:
    async with at_case(WIDE) as officer:
        await officer.press("8", "m")
        assert officer.sees("What can be done here? Documents")
        assert officer.sees("Attach a file")
        await officer.press("escape", "5", "m")
        await officer.type("hospital")
        assert officer.sees("Not now:")


async def test_anything_is_found_by_its_name_from_any_tab(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("M")
        await officer.type("exhibit")
        await officer.press("enter")
        assert officer.sees("Add an exhibit")


async def test_a_safe_contact_warning_stands_above_the_form(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("c")
        lines = officer.screen().splitlines()
        warned = next(place for place, line in enumerate(lines) if "READ FIRST" in line)
        asked = next(place for place, line in enumerate(lines) if "Reached" in line)
        assert warned < asked


async def test_a_contact_says_which_duties_it_met(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("c", "y", "tab")
        await officer.type("Told her how it stands")
        await officer.press("tab", "tab", "i", "ctrl+s")
        assert any("It met:" in said for said in toasts(officer.app)), toasts(officer.app)


async def test_an_answer_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    demo: Desk, at_case: Opened
) -> None:
    async with at_case() as officer:
        case_id = page(officer).case_id
        before = len(demo.case(case_id).file.actions)
        await officer.press("3", "a")
        await officer.type("Ring the shop")
        await officer.press("tab", "home", "ctrl+k")
        await officer.type("-2d 10:00")
        await officer.press("ctrl+s")
        assert isinstance(officer.app.screen, Form)
        assert officer.sees("Ring the shop")
        await officer.press("escape", "a")
        assert officer.sees("Ring the shop")
        assert len(demo.case(case_id).file.actions) == before


async def test_enter_on_something_missing_opens_what_mends_it(at_case: Opened) -> None:
    async with at_case(WIDE) as officer:
        await officer.press("slash")
        await officer.type("THOR grading")
        await officer.press("enter", "enter")
        assert isinstance(officer.app.screen, Form)
        assert officer.sees("Grade by THOR")


async def test_text_from_a_record_is_never_markup(at_case: Opened) -> None:
    async with at_case(WIDE) as officer:
        await officer.press("2", "slash")
        await officer.type("wants")
        assert officer.sees("[b]Wants[/b] no text messages.")


async def test_explain_copy_and_calculator_work_from_every_tab(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("6", "e")
        assert isinstance(officer.app.screen, ExplainScreen)
        await officer.press("escape", "y")
        assert any("Copied" in said for said in toasts(officer.app))
        await officer.press("equals_sign")
        assert officer.app.screen.name == "calculator" or not isinstance(officer.app.screen, CaseScreen)


async def test_the_next_case_is_shown_on_the_same_tab(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("enter", "2")
        first = page(officer).case_id
        await officer.press("n")
        assert page(officer).case_id != first
        assert page(officer).tab.TAB == "timeline"
        assert page(officer).tab.view.file.id == page(officer).case_id
        await officer.press("1")
        assert page(officer).tab.view.file.id == page(officer).case_id, (
            "a tab built before shows the case too"
        )


async def test_an_empty_tab_says_what_to_press(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("enter", "3")
        assert officer.sees("Press T for a template that fits, or a to add one.")
        await officer.press("8")
        assert officer.sees("Press a to take one into the encrypted store.")
        await officer.press("6")
        assert officer.sees("No exhibit and no point to prove is listed.")
        assert officer.sees("points to prove."), "on one more line, where one is too narrow"


async def test_a_case_goes_to_somebody_found_by_typing(demo: Desk, at_case: Opened) -> None:
    async with at_case() as officer:
        case_id, owner = page(officer).case_id, page(officer).page.file.case.owner
        others = [number for number, _words in known(demo) if number not in (owner, demo.store.actor)]
        part = others[0][:-1]
        to = next(number for number, words in known(demo) if part in words and number != owner)
        await officer.press("H")
        await officer.type(part)
        await officer.press("down")
        assert officer.sees(f"► {to}")
        await officer.press("enter", *"Ring", "ctrl+s")
        assert demo.case(case_id).file.case.owner == to, "one who is known is not asked about"


async def test_what_was_typed_before_a_crash_is_told_when_the_app_and_the_case_open(
    demo: Desk, at_case: Opened, sit: Sit
) -> None:
    async with at_case() as officer:
        assert not any("wait" in said for said in toasts(officer.app))
        case_id, ref = page(officer).case_id, page(officer).page.file.case.ref
        await officer.press("l", *"Half a note", "escape")
        assert demo.store.drafts()
    async with sit(demo) as officer:
        assert f"A draft waits: {ref}. What was typed is there when the form is opened." in toasts(
            officer.app
        )
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        open_case(officer.app, officer.app.session, case_id, queue)
        await settle(officer.pilot)
        assert any(said.startswith("A draft waits: Log") for said in toasts(officer.app))
        await officer.press("l", "ctrl+s")
        assert not demo.store.drafts()


async def test_the_keys_of_every_editor_go_to_the_ends_of_a_text(at_case: Opened) -> None:
    async with at_case() as officer:
        await officer.press("l", *"one", "enter", *"two", "ctrl+home", *"A", "ctrl+end", *"Z")
        (note,) = [
            row.editor.get_text()
            for row in officer.app.screen.query(FormRow)
            if "two" in row.editor.get_text()
        ]
        assert note == "Aone\ntwoZ"


async def test_a_long_timeline_reads_to_its_end(demo: Desk, sit: Sit) -> None:
    case_id = fullest(demo)
    for number in range(300):
        record.add_log_entry(demo, case_id, f"Entry {number}", at=THEN)
    async with sit(demo) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        open_case(officer.app, officer.app.session, case_id, queue)
        await settle(officer.pilot)
        await officer.press("2", "end", "home")
        assert len(page(officer).tab.table.source) > 300


async def test_countdowns_go_on_while_nobody_presses_a_key(demo: Desk, sit: Sit, tmp_path: Path) -> None:
    case_id = fullest(demo)
    fill(demo, case_id, tmp_path)
    clock = FrozenClock(NOW)
    demo.clock = clock
    async with sit(demo, clock=clock) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        open_case(officer.app, officer.app.session, case_id, queue)
        await settle(officer.pilot)
        assert officer.sees("4 d 16 h")
        clock.advance(timedelta(hours=2))
        page(officer).tick()
        await settle(officer.pilot)
        assert officer.sees("4 d 14 h")
        assert not officer.sees("4 d 16 h")


async def burst(officer: Officer, keys: str) -> None:
    """Type as a paste or a macro does: every key is there before the first has done anything."""
    for key in keys:
        name = "space" if key == " " else key
        officer.app.post_message(events.Key(name, key))
    for _ in range(40):
        await officer.pilot.pause(0.05)
    await settle(officer.pilot)


async def test_what_is_typed_right_behind_the_key_of_a_form_goes_into_the_form(at_case: Opened) -> None:
    async with at_case() as officer:
        await burst(officer, "lRang the shop, no answer")
        assert isinstance(officer.app.screen, Form)
        assert officer.sees("Rang the shop, no answer"), officer.screen()
        await officer.press("ctrl+s")
        assert page(officer).view.file.log[-1][1].text == "Rang the shop, no answer"


async def test_what_is_typed_right_behind_the_menu_narrows_it(at_case: Opened) -> None:
    async with at_case() as officer:
        await burst(officer, "Mfeedback")
        assert officer.sees("feedback"), officer.screen()
        await officer.press("escape")
        await burst(officer, "3A")
        assert page(officer).tab.TAB == "actions" or isinstance(officer.app.screen, Form)


async def test_undone_is_done_again_by_ctrl_y(at_case: Opened) -> None:
    async with at_case() as officer:
        before = len(page(officer).view.file.log)
        await officer.press("l")
        await officer.type("Rang the shop")
        await officer.press("ctrl+s", "ctrl+z", "y", "2")
        assert officer.sees("× Rang the shop"), officer.screen()
        await officer.press("ctrl+y")
        assert not officer.sees("× Rang the shop"), officer.screen()
        assert officer.sees("Rang the shop")
        assert len(page(officer).view.file.log) > before


async def test_sixty_columns_show_which_tab_is_open(at_case: Opened) -> None:
    async with at_case(size=(60, 20)) as officer:
        for number, (name, _tab) in enumerate(TABS, 1):
            await officer.press(str(number))
            assert officer.sees(f"►{number}{name.short}"), officer.screen()
            assert officer.sees(" 9" if number < 9 else "►9"), "every digit is in sight"


async def test_a_message_hides_neither_the_keys_nor_for_long_what_is_worked_on(
    at_case: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_case() as officer:
        foot = officer.screen().splitlines()[-1]
        officer.app.notify(
            "Review 2 of detention is due at 14:30, and nobody has it", title="In 15 m", timeout=30
        )
        await officer.press("down")
        assert officer.sees("In 15 m")
        assert officer.screen().splitlines()[-1] == foot
        assert all(toast.region.bottom < 12 for toast in officer.app.screen.query("Toast"))
        monkeypatch.setattr("casedesk.app._READ", -1.0)
        await officer.press("down")
        assert not officer.sees("In 15 m")
