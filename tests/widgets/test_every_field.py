"""A form with a field of every kind: worked by keys, on a small terminal, and looked at."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.events import Key, Paste
from textual.geometry import Region
from textual.pilot import Pilot

from casedesk.app import CasedeskApp
from casedesk.model.errors import StoreError
from casedesk.model.text import MAX_TEXT, clean
from casedesk.widgets.fields import Values
from casedesk.widgets.form import Form
from casedesk.widgets.many import ManyEditor
from casedesk.widgets.picker import PickEditor
from casedesk.widgets.screen import DeskScreen
from tests.screens.harness import NARROW, WIDE, DeskServices, desk_app, seen, settle, shown
from tests.widgets.every_field import FIELDS, check

Compare = Callable[..., bool]
NAMES = [field.name for field in FIELDS]


class Filling:
    """The form on an app, and what was saved."""

    def __init__(self, app: CasedeskApp, pilot: Pilot[int], services: DeskServices) -> None:
        self.app, self.pilot, self.services = app, pilot, services
        self.saved: list[Values] = []

    async def open(self, **options: Any) -> Form:
        self.form = every_form(self.services, **{"save": self.saved.append, **options})
        self.app.push_screen(self.form)
        await settle(self.pilot)
        return self.form

    async def press(self, *keys: str) -> None:
        """Press keys; characters in a row are typed without a wait after each, as quick fingers do."""
        for key in keys:
            if len(key) == 1:
                self.app.post_message(Key(key, key))
            else:
                await self.pilot.pause()
                await self.pilot.press(key)
        await self.pilot.pause()

    async def go(self, name: str) -> None:
        self.form._rows[name].editor.focus()
        await self.pilot.pause()

    def text(self, name: str) -> str:
        return self.form._rows[name].editor.get_text()

    def many(self, name: str) -> ManyEditor:
        editor = self.form._rows[name].editor
        assert isinstance(editor, ManyEditor)
        return editor

    def pick(self, name: str) -> PickEditor:
        editor = self.form._rows[name].editor
        assert isinstance(editor, PickEditor)
        return editor


def every_form(services: DeskServices, **options: Any) -> Form:
    return Form(
        "A field of every kind", FIELDS, clock=services.clock, check=check, drafts=services.drafts,
        draft_key="every", **options,
    )  # fmt: skip


@asynccontextmanager
async def filling(size: tuple[int, int] = NARROW) -> AsyncIterator[Filling]:
    services = DeskServices()
    app = desk_app(DeskScreen, services)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Filling(app, pilot, services)


async def test_every_field_is_filled_by_keys_and_saved_with_its_value() -> None:
    async with filling() as form:
        await form.open()
        await form.press("p", "tab", "y", "tab", *"zoe", "enter", *"th68010", "enter", *"shelf 9", "tab")
        await form.press("*", "tab", *"6", "tab", *"-2h", "tab", *"+20wd", "tab", *"+5wd", "tab")
        await form.press(*"ok", "tab", *"A/1", "ctrl+s")
        assert form.saved == [
            {
                "how": "phone",
                "met": True,
                "person": "0a1b",
                "offence": "TH68010",
                "place": "shelf 9",
                "for": ("arrest", "bail"),
                "months": 6,
                "at": "2026-11-20T12:30:00Z",
                "due": "2026-12-18T14:30:00Z",
                "day": "2026-11-27",
                "note": "ok",
                "ref": "A/1",
            }
        ]


async def test_every_row_is_in_sight_with_its_editor_when_it_is_reached_on_a_small_terminal() -> None:
    async with filling() as form:
        await form.open()
        for name in [*NAMES, NAMES[0]]:
            row = form.form._rows[name]
            assert row.editor.has_focus, name
            rows = form.form.query_one("#rows").region
            assert rows.contains_region(row.editor.region), name
            assert seen(form.app, f"► {row.field.label}"), name
            await form.press("tab")


async def test_saving_works_from_any_field_and_a_refusal_loses_nothing() -> None:
    tried: list[Values] = []

    def save(values: Values) -> None:
        tried.append(values)
        raise StoreError("The disk is full.", "Make room and save again.")

    async with filling() as form:
        await form.open(initial={"how": "post", "note": "ok"}, save=save)
        for count, name in enumerate(NAMES, 1):
            form.form._rows[name].editor.focus()
            await form.press("ctrl+s")
            assert len(tried) == count, name
        assert seen(form.app, "Not saved: The disk is full.")
        assert tried[-1]["how"] == "post"


# What is wrong, while typing


async def test_what_is_wrong_between_fields_is_said_as_it_is_typed_though_others_are_still_empty() -> None:
    async with filling() as form:
        await form.open()
        await form.go("at")
        await form.press(*"-2h", "tab", *"-1d")
        assert seen(form.app, "■ This lies before the contact itself.")
        assert not seen(form.app, "How is needed")
        await form.press("backspace", "backspace", "backspace", *"+1d")
        assert not seen(form.app, "This lies before")


async def test_after_a_save_in_vain_each_field_put_right_is_counted_down() -> None:
    async with filling() as form:
        await form.open(initial={"months": "13"})
        await form.go("ref")
        await form.press("ctrl+s")
        assert seen(form.app, "Not saved: 2 fields to put right.")
        assert form.form._rows["how"].editor.has_focus
        await form.press("p")
        assert seen(form.app, "Not saved: 1 field to put right.")
        await form.go("months")
        assert seen(form.app, "■ Months in all cannot be 13. Type a whole number")
        await form.press("7")
        assert not seen(form.app, "Not saved")
        await form.press("ctrl+s")
        assert form.saved[0]["months"] == 7


async def test_working_days_without_a_calendar_say_so_below_the_field() -> None:
    async with filling() as form:
        await form.open()
        await form.go("day")
        await form.press(*"+5wd")
        assert seen(form.app, "Fri 27 Nov 2026")
        assert seen(form.app, "bank")
        await form.go("due")
        await form.press(*"+5wd")
        assert not seen(form.app, "Fri 27 Nov 2026 14:30   Mon to Fri")


# Any of several words


async def test_many_are_marked_in_a_list_that_typing_narrows() -> None:
    async with filling() as form:
        await form.open()
        await form.go("for")
        assert seen(form.app, "none of 10 chosen")
        await form.press("space", "down", "space")
        assert form.text("for") == "bail"
        assert seen(form.app, "● Told of bail and conditions")
        await form.press(*"ASKED")
        assert seen(form.app, "○ Views on the outcome asked")
        assert not seen(form.app, "○ Told of the arrest")
        await form.press("space")
        assert form.text("for") == "bail,views"
        assert seen(form.app, "► ● Views on the outcome asked"), (
            "the whole list is back, the cursor where it was"
        )
        await form.press(*"bai", "backspace", "space")
        assert form.text("for") == "views"
        await form.press("escape")
        assert not form.many("for").open
        assert form.app.screen is form.form, "Esc puts the list away, not the form"


async def test_many_are_counted_where_they_do_not_fit_and_taken_back_one_by_one() -> None:
    async with filling() as form:
        await form.open(initial={"for": "needs,charge,nfa,leaflet"})
        await form.go("for")
        line = next(line for line in shown(form.app) if "What for" in line)
        assert "Told of the charge  and 3 more" in line
        await form.press("backspace")
        assert form.text("for") == "charge,nfa,needs"
        await form.press("delete")
        assert form.text("for") == ""


async def test_one_key_marks_what_is_suggested_and_enter_goes_on() -> None:
    async with filling() as form:
        await form.open(initial={"for": "vps"})
        await form.go("for")
        await form.press("*")
        assert form.text("for") == "arrest,bail,vps"
        await form.press("enter", "enter")
        assert form.form._rows["months"].editor.has_focus


async def test_a_list_that_finds_nothing_says_so_and_marks_nothing() -> None:
    async with filling() as form:
        await form.open()
        await form.go("for")
        await form.press(*"zz", "space")
        assert seen(form.app, "“zz” · nothing like that")
        assert form.text("for") == ""


async def test_the_whole_list_is_brought_into_sight_when_it_opens() -> None:
    async with filling() as form:
        await form.open()
        await form.go("for")
        await form.press("enter")
        await form.pilot.pause()
        rows: Region = form.form.query_one("#rows").region
        assert rows.contains_region(form.many("for").below.region)
        assert seen(form.app, "2 more ↓")


async def test_the_mouse_marks_and_picks() -> None:
    async with filling(WIDE) as form:
        await form.open()
        await form.go("for")
        await form.press("space")
        line = next(line for line in shown(form.app) if "Needs assessed" in line)
        await form.pilot.click(offset=(line.index("Needs"), shown(form.app).index(line)))
        assert form.text("for") == "needs"
        await form.go("offence")
        await form.press(*"robbery")
        line = next(line for line in shown(form.app) if "TH68023" in line)
        await form.pilot.click(offset=(line.index("TH68023"), shown(form.app).index(line)))
        assert form.text("offence") == "TH68023"


# One of many, found by typing


async def test_an_offence_is_found_by_words_and_picked_by_arrow() -> None:
    async with filling() as form:
        await form.open()
        await form.go("offence")
        await form.press(*"theft shop")
        assert seen(form.app, "► TH68010  Theft from a shop")
        assert not seen(form.app, "■"), "an answer on its way is not scolded"
        await form.press("down", "up", "down", "enter")
        assert form.text("offence") == "TH68005"
        assert seen(form.app, "TH68005  Theft from shop")
        assert form.form._rows["place"].editor.has_focus


async def test_what_could_be_several_is_asked_for_and_what_can_be_one_thing_is_shown() -> None:
    async with filling() as form:
        await form.open()
        await form.go("person")
        await form.press(*"smith", "tab")
        assert seen(form.app, "■ That could be more than one.")
        await form.go("person")
        await form.press(*"smith 2004", "tab")
        assert form.text("person") == "0a1d"
        assert seen(form.app, "Sam Smith · suspect, born 2004")


async def test_typing_over_what_was_picked_looks_for_something_else() -> None:
    async with filling() as form:
        await form.open(initial={"person": "0a1b"})
        assert seen(form.app, "Zoë O’Hara · victim")
        await form.go("person")
        assert not form.pick("person").open
        await form.press(*"imran", "enter")
        assert form.text("person") == "0a1e"


async def test_an_enter_in_passing_picks_nobody_and_esc_only_puts_the_list_away() -> None:
    async with filling() as form:
        await form.open()
        await form.go("person")
        assert seen(form.app, "Imran Begum · witness")
        await form.press("enter")
        assert form.text("person") == ""
        assert form.form._rows["offence"].editor.has_focus
        await form.press(*"arson", "escape")
        assert form.app.screen is form.form
        assert not form.pick("offence").open
        await form.press("up")
        assert form.form._rows["person"].editor.has_focus


async def test_where_free_words_will_do_enter_takes_them_and_arrows_take_a_find() -> None:
    async with filling() as form:
        await form.open()
        await form.go("place")
        await form.press(*"lock", "enter")
        assert form.text("place") == "lock"
        await form.go("place")
        await form.press("backspace", *"lock", "down", "enter")
        assert form.text("place") == "Locker 4"


async def test_a_find_never_draws_its_words_as_markup() -> None:
    async with filling() as form:
        await form.open()
        await form.go("offence")
        await form.press(*"[b]zz[/b]")
        assert seen(form.app, "Nothing like that.")


# Nothing is lost


async def test_a_huge_paste_is_cleaned_answered_and_kept() -> None:
    pasted = "\x1b[31mThe quick brown fox\x1b[0m said \x07“no”.\n" * 3_000
    async with filling() as form:
        await form.open()
        await form.go("note")
        form.app.post_message(Paste(pasted))
        await form.pilot.pause()
        kept = clean(pasted, lines=True)
        assert len(pasted) > MAX_TEXT > len(kept)
        assert form.text("note") == kept
        assert seen(form.app, "characters of control codes left out")
        form.app.post_message(Paste(pasted))
        await form.pilot.pause()
        assert seen(form.app, "What was said is too long:")
        await form.press("ctrl+s")
        assert form.saved == []
        await form.press("escape")
        assert form.services.drafts.kept["every"]["note"] == kept + kept


async def test_a_paste_that_no_field_may_hold_is_refused_and_takes_nothing_away() -> None:
    async with filling() as form:
        await form.open()
        await form.go("note")
        await form.press(*"kept")
        for pasted in ("ten chars\n" * 100_000, "\x1b[31m" + "x" * (MAX_TEXT + 1)):
            form.app.post_message(Paste(pasted))
            await form.pilot.pause()
            assert form.text("note") == "kept"
        said = [note.message for note in form.app._notifications]
        assert said[0].startswith("999,999 characters were not pasted")
        assert said[1].startswith("100,001 characters were not pasted")
        form.app.post_message(Paste("x" * MAX_TEXT))
        await form.pilot.pause()
        assert len(form.text("note")) == MAX_TEXT + len("kept")


async def test_a_draft_of_every_field_comes_back() -> None:
    async with filling() as form:
        await form.open()
        await form.press("p", "tab", "tab", *"zoe", "enter", *"th68010", "enter", *"shelf", "tab", "*", "tab")
        await form.press(*"6", "tab", "tab", *"+5wd", "escape")
        assert form.services.drafts.kept["every"]["offence"] == "TH68010"
        await form.open()
        for text in (
            "Zoë O’Hara · victim",
            "TH68010  Theft from a shop",
            "Told of the arrest · Told of bail",
        ):
            assert seen(form.app, text), text
        await form.press("ctrl+s")
        assert form.saved[0]["for"] == ("arrest", "bail")
        assert form.saved[0]["due"] == "2026-11-27T14:30:00Z"


# Looked at by a person before they were kept


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("state", ["new", "many", "offence", "filled"])
def test_looks(snap_compare: Compare, size: tuple[int, int], state: str) -> None:
    services = DeskServices()
    app = desk_app(DeskScreen, services)
    initial = {
        "how": "phone", "met": "yes", "person": "0a1d", "offence": "TH68010", "for": "arrest,bail,vps",
        "months": "13", "at": "-2h", "due": "-1d", "day": "+5wd", "note": "Zoë was told.\nShe is content.",
    }  # fmt: skip
    place = {"new": "how", "many": "for", "offence": "offence", "filled": "months"}[state]
    keys = {
        "new": "",
        "many": [*"told", "down", "space"],
        "offence": [*"assault police"],
        "filled": ["ctrl+s"],
    }

    async def before(pilot: Pilot[int]) -> None:
        form = every_form(services, initial=initial if state == "filled" else {})
        pilot.app.push_screen(form)
        await settle(pilot)
        form._rows[place].editor.focus()
        await pilot.pause()
        await pilot.press(*keys[state])
        await settle(pilot)

    assert snap_compare(app, run_before=before, terminal_size=size)
