"""What the README promises a newcomer, by keys."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.screens.case import CaseScreen
from casedesk.screens.queue import VIEW_KEYS, QueueScreen
from casedesk.screens.unlock import SetUpScreen, UnlockScreen
from casedesk.store.places import Places
from tests.conftest import FrozenClock
from tests.journeys.conftest import NOW, PASSPHRASE, Sit

RMS = "\n".join(
    [
        (
            "Occurrence No,Offence code,Recorded,Outcome,Outcome date,Suspect 1 name,Suspect 1 status,"
            "Victim 1 name,Victim support,Rationale"
        ),
        "99260000001,TH68010,01/10/2026,16,10/10/2026,Sam Sample,named,Vic Specimen,no,Will not support",
        "99260000002,TH68010,01/10/2026,18,10/09/2026,,,Vic Specimen,yes,No lines left",
        "99260000003,TH68010,31/02/2026,18,10/10/2026,,,Vic Specimen,yes,No lines left",
    ]
)
"""Two lines that can be read and one with a day that is none."""


async def test_who_is_detained_stands_on_top_with_the_reason_in_words(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        assert isinstance(officer.app.screen, QueueScreen)
        first = officer.screen().splitlines()[3]
        assert first.startswith("►")
        assert "Liberty" in first
        assert officer.sees("In custody; relevant time missing: treat as due now")


async def test_typing_narrows_the_list_and_escape_widens_it(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        everything = len(queue.table.source)
        await officer.press("slash")
        await officer.type("shop")
        some = len(queue.table.source)
        assert 0 < some < everything
        assert officer.sees("with “shop”")
        await officer.press("escape")
        assert len(queue.table.source) == everything


async def test_a_filter_that_nothing_meets_says_what_to_do(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("slash")
        await officer.type("zzzzzz")
        assert officer.sees("No case matches.")
        assert officer.sees("Esc to drop the filter")


async def test_logging_what_was_done_takes_seconds_and_can_be_taken_back(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("enter", "l")
        await officer.type("Rang the OIC about CCTV")
        await officer.press("ctrl+s")
        assert isinstance(officer.app.screen, CaseScreen)
        assert officer.app.screen.page.events[0].text == "Rang the OIC about CCTV"
        await officer.press("ctrl+z", "y")
        assert officer.app.screen.page.events[0].gone
        await officer.press("escape", "ctrl+y", "enter")
        assert isinstance(officer.app.screen, CaseScreen)
        assert not officer.app.screen.page.events[0].gone


async def test_a_contact_with_the_victim_is_recorded_with_the_next_one_promised(demo: Desk, sit: Sit) -> None:
    case_id = next(
        case_id
        for (case_id,) in demo.store.connection.execute("SELECT case_id FROM victim WHERE name IS NOT NULL")
    )
    ref = demo.case(case_id).file.case.ref or ""
    async with sit(demo) as officer:
        await officer.press("slash")
        await officer.type(ref)
        await officer.press("enter", "enter", "c", "y", "tab")
        await officer.type("Told her about the bail")
        await officer.press("tab", "tab", "tab", "tab")
        await officer.type("tomorrow 10:00")
        await officer.press("ctrl+s")
        contact = demo.case(case_id).file.contacts[-1][1]
        assert (contact.text, contact.made, contact.channel) == ("Told her about the bail", True, "phone")
        assert contact.next_at is not None
        assert contact.next_at.isoformat() == "2026-11-22T10:00:00+00:00"


async def test_what_was_typed_is_back_after_leaving_the_form(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("enter", "l")
        await officer.type("Half a sentence")
        await officer.press("escape", "l")
        assert officer.sees("Half a sentence")
        assert officer.sees("What you typed before is back")


async def test_next_and_previous_walk_the_list_without_going_back(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("enter")
        screen = officer.app.screen
        assert isinstance(screen, CaseScreen)
        first = screen.case_id
        await officer.press("n")
        assert screen.case_id != first
        await officer.press("p")
        assert screen.case_id == first
        await officer.press("p")
        assert "first case" in officer.app._notifications.__iter__().__next__().message


async def test_history_says_who_set_what(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("enter", "9", "slash")
        await officer.type("offence code")
        assert officer.sees("Offence code")
        assert officer.sees("with “offence code”")
        await officer.press("enter", "escape", "escape")
        assert isinstance(officer.app.screen, QueueScreen)


async def test_every_view_opens_and_says_how_many(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        for name, key in VIEW_KEYS.items():
            await officer.press("v", key)
            assert queue.shown.view == name
            assert officer.sees(f"{len(queue.table.source):,} case")
        for key in ("1", "2", "3", "4", "5", "6", "9", "0", "minus"):
            await officer.press(key)
            assert len(queue.table.source) > 0


async def test_the_diary_leads_to_the_clinic_page_and_on_to_the_needs_assessment(
    demo: Desk, sit: Sit
) -> None:
    async with sit(demo) as officer:
        await officer.press("d", "tab", "down")
        assert officer.sees("Clinic diary")
        await officer.press("enter")
        assert officer.sees("Clinic page")
        assert officer.sees("2 Evidence")
        await officer.press("w")
        assert officer.sees("Needs assessment")


async def test_sorting_keeps_the_cursor_on_top_and_the_same_again_turns_it_round(
    demo: Desk, sit: Sit
) -> None:
    async with sit(demo) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        await officer.press("s", "3")
        up = queue.table.cursor_row
        await officer.press("s", "3")
        down = queue.table.cursor_row
        assert up is not None
        assert down is not None
        assert up.ref < down.ref
        assert officer.sees("turned round")


async def test_an_extract_is_previewed_then_taken_in_then_taken_back(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    extract = tmp_path / "rms.csv"
    extract.write_text(RMS)
    async with sit(demo, size=(110, 40)) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        before = len(queue.table.source)
        await officer.press("i")
        await officer.type(str(extract))
        await officer.press("enter")
        await _until(officer, "Take in rms.csv?")
        assert officer.sees("2 new, 0 changed, 0 unchanged, 1 rejected")
        assert len(queue.table.source) == before, "a preview changes nothing"
        await officer.press("y")
        await _until(officer, "taken in")
        await officer.press("enter")
        assert len(queue.table.source) == before + 2
        rejects = (tmp_path / "rms.rejects.csv").read_text(encoding="utf-8-sig")
        assert "31/02/2026" in rejects
        await officer.press("ctrl+z", "y")
        assert len(queue.table.source) == before


async def test_a_file_that_is_not_an_extract_is_refused_with_a_cure(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    wrong = tmp_path / "letter.csv"
    wrong.write_bytes(b"PK\x03\x04 not a csv at all")
    async with sit(demo) as officer:
        await officer.press("i")
        await officer.type(str(wrong))
        await officer.press("enter")
        await _until(officer, "Nothing was taken in.")


async def _until(officer: object, text: str) -> None:
    from tests.journeys.conftest import Officer

    assert isinstance(officer, Officer)
    for _ in range(100):
        if officer.sees(text):
            return
        await officer.pilot.pause(0.05)
    pytest.fail(f"{text!r} never came:\n{officer.screen()}")


async def test_first_run_sets_up_a_store_that_the_passphrase_opens(sit: Sit, tmp_path: Path) -> None:
    places = Places(tmp_path / "mine")
    async with sit(places=places) as officer:
        assert isinstance(officer.app.screen, SetUpScreen)
        await officer.press("ctrl+s")
        assert officer.sees("Type your name or your number")
        await officer.type("Alex Sample")
        await officer.press("enter")
        await officer.type("7042")
        await officer.press("enter")
        await officer.type("too short")
        await officer.press("ctrl+s")
        assert officer.sees("it needs at least 12")
        await officer.type(" no longer now")
        await officer.press("enter")
        await officer.type("too short no longer now")
        await officer.press("enter")
        await officer.type("none")
        await officer.press("enter")
        assert officer.sees("Go without a recovery key?")
        await officer.press("y")
        await _until(officer, "No cases yet.")
        assert officer.sees("NO RECOVERY KEY"), "the warning stays"
        await officer.press("ctrl+l")
        assert isinstance(officer.app.screen, UnlockScreen)
        await officer.type("too short no longer now")
        await officer.press("enter")
        await _until(officer, "No cases yet.")
        officer.app.session.close()
    with unlock(places, "too short no longer now", lambda: NOW) as desk:
        assert desk.store.actor == "7042"


async def test_a_wrong_passphrase_says_so_and_locking_clears_the_screen(
    demo_home: Path, sit: Sit, tmp_path: Path
) -> None:
    home = tmp_path / "copy"
    shutil.copytree(demo_home, home)
    clock = FrozenClock(NOW)
    async with sit(places=Places(home), clock=clock) as officer:
        assert isinstance(officer.app.screen, UnlockScreen)
        await officer.type("not the passphrase")
        await officer.press("enter")
        await _until(officer, "does not open this store")
        clock.advance(timedelta(seconds=5))
        await officer.type(PASSPHRASE)
        await officer.press("enter")
        await _until(officer, "In custody; relevant time missing")
        await officer.press("enter", "l")
        await officer.type("half typed")
        await officer.press("ctrl+l")
        assert isinstance(officer.app.screen, UnlockScreen)
        assert "99" not in officer.screen()
        assert not officer.app.session.is_open
        await officer.type(PASSPHRASE)
        await officer.press("enter")
        await _until(officer, "In custody; relevant time missing")
        await officer.press("enter", "l")
        assert officer.sees("half typed")
        officer.app.session.close()


async def test_search_finds_what_was_said_and_says_where(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("f")
        await officer.type('"custody inspector"')
        assert officer.sees("1 case")
        assert officer.sees("Rang the custody inspector")
        await officer.press("enter", "enter")
        assert isinstance(officer.app.screen, CaseScreen)
        await officer.press("escape", "escape")
        assert isinstance(officer.app.screen, QueueScreen)
        await officer.press("f9")
        assert officer.sees("consulted")
        assert officer.sees("searched")
        assert "inspector" not in officer.screen(), "the words of a search are never kept"


async def test_a_query_that_cannot_be_read_yet_is_taken_for_words(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("f")
        await officer.type('shop "')
        assert officer.sees("case")
        await officer.type("zz")
        assert officer.sees("No case answers that.")
