from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from textual.events import Paste
from textual.pilot import Pilot

from casedesk.app import CasedeskApp
from casedesk.model.errors import StoreError
from casedesk.model.typed_moments import Lean
from casedesk.widgets.dialogs import Confirm
from casedesk.widgets.editors import ChoiceEditor, LineEditor, LinesEditor
from casedesk.widgets.fields import ChoiceField, LinesField, MomentField, TextField, Values, YesNoField
from casedesk.widgets.form import Form
from casedesk.widgets.screen import DeskScreen
from tests.screens.harness import DeskServices, desk_app, seen, shown

FIELDS = [
    ChoiceField(
        "how", "How", True, choices=[("phone", "Phone"), ("in-person", "In person"), ("post", "Post")]
    ),
    MomentField("at", "When", True, "today 14:30", lean=Lean.PAST),
    YesNoField("met", "Reached"),
    LinesField("note", "Note", True),
    TextField("who", "Who"),
]


class Contact:
    """A form on an app, and what came of it."""

    def __init__(self, app: CasedeskApp, pilot: Pilot[int], services: DeskServices) -> None:
        self.app, self.pilot, self.services = app, pilot, services
        self.saved: list[Values] = []
        self.left: list[Values | None] = []
        self.refuse: StoreError | None = None

    def save(self, values: Values) -> None:
        if self.refuse:
            raise self.refuse
        self.saved.append(values)

    async def open(self, **options: Any) -> Form:
        options = {"save": self.save, "drafts": self.services.drafts, "draft_key": "contact/1", **options}
        self.form = Form("Log a contact", FIELDS, clock=self.services.clock, **options)
        self.app.push_screen(self.form, self.left.append)
        await self.pilot.pause()
        return self.form


@asynccontextmanager
async def desk() -> AsyncIterator[Contact]:
    services = DeskServices()
    app = desk_app(DeskScreen, services)
    async with app.run_test(notifications=True) as pilot:
        yield Contact(app, pilot, services)


async def fill(contact: Contact) -> None:
    """Fill the form in one go; the first test does it key by key."""
    for name, text in {"how": "phone", "at": "9:15", "met": "yes", "note": "ok"}.items():
        contact.form._rows[name].editor.set_text(text)
    await contact.pilot.pause()


async def test_a_form_filled_by_keys_is_saved_with_its_values() -> None:
    async with desk() as contact:
        await contact.open()
        await contact.pilot.press("p", "tab", *"9:15", "tab", "y", "tab", *"ok", "ctrl+s")
        values = {"how": "phone", "at": "2026-11-20T09:15:00Z", "met": True, "note": "ok", "who": None}
        assert contact.saved == [values]
        assert contact.left == [values]


async def test_a_moment_is_echoed_while_it_is_typed() -> None:
    async with desk() as contact:
        await contact.open()
        await contact.pilot.press("tab", *"9:1")
        assert seen(contact.app, "■ '9:1' is not a date or time")
        await contact.pilot.press("5")
        assert seen(contact.app, "Fri 20 Nov 2026 09:15")
        assert not seen(contact.app, "■")


async def test_what_was_never_touched_is_not_scolded_until_saving() -> None:
    async with desk() as contact:
        form = await contact.open()
        await contact.pilot.press("tab", "tab")
        assert not seen(contact.app, "needed")
        await contact.pilot.press("f10")
        for text in (
            "How is needed",
            "When is needed",
            "Note is needed",
            "Not saved: 3 fields to put right.",
        ):
            assert seen(contact.app, text), text
        assert isinstance(form.focused, ChoiceEditor)
        assert contact.saved == []


async def test_arrows_and_enter_go_between_the_rows_and_the_row_is_pointed_out() -> None:
    async with desk() as contact:
        form = await contact.open()
        assert seen(contact.app, "► How *")
        await contact.pilot.press("down")
        assert seen(contact.app, "► When *")
        assert not seen(contact.app, "► How")
        await contact.pilot.press("enter", "up", "enter", "enter")
        assert isinstance(form.focused, LinesEditor)
        await contact.pilot.press("a", "enter", "b")
        assert isinstance(form.focused, LinesEditor)
        await contact.pilot.press("tab")
        assert isinstance(form.focused, LineEditor)


async def test_what_was_typed_is_kept_as_a_draft_and_comes_back() -> None:
    async with desk() as contact:
        await contact.open()
        await fill(contact)
        await contact.pilot.press("escape")
        assert contact.left == [None]
        assert contact.services.drafts.kept["contact/1"] == {
            "how": "phone", "at": "20/11/2026 09:15", "met": "yes", "note": "ok", "who": "",
        }  # fmt: skip
        await contact.open()
        assert seen(contact.app, "What you typed before is back")
        assert seen(contact.app, "● Phone")
        await contact.pilot.press("ctrl+s")
        assert contact.saved[0]["note"] == "ok"
        assert contact.services.drafts.kept == {}


async def test_a_draft_is_written_while_typing_and_not_at_every_key() -> None:
    async with desk() as contact:
        form = await contact.open()
        await fill(contact)
        assert form._timer is not None or contact.services.drafts.writes > 0
        form.keep_draft()
        assert contact.services.drafts.kept["contact/1"]["note"] == "ok"
        assert contact.services.drafts.writes < 9


async def test_a_form_torn_down_with_the_app_leaves_its_draft() -> None:
    async with desk() as contact:
        await contact.open()
        await contact.pilot.press("p")
        drafts = contact.services.drafts
    assert drafts.kept["contact/1"]["how"] == "phone"


async def test_saving_that_fails_says_so_and_keeps_form_and_draft() -> None:
    async with desk() as contact:
        form = await contact.open()
        await fill(contact)
        contact.refuse = StoreError("The disk is full.", "Make room and save again.")
        await contact.pilot.press("ctrl+s")
        assert contact.app.screen is form
        assert seen(contact.app, "Not saved: The disk is full. Make room and save again.")
        contact.refuse = None
        await contact.pilot.press("ctrl+s")
        assert len(contact.saved) == 1


async def test_starting_again_asks_first_and_then_forgets_the_draft() -> None:
    async with desk() as contact:
        form = await contact.open(initial={"who": "Sam"})
        await fill(contact)
        form.keep_draft()
        await contact.pilot.press("f8")
        assert isinstance(contact.app.screen, Confirm)
        await contact.pilot.press("y")
        await contact.pilot.pause()
        assert contact.services.drafts.kept == {}
        assert not seen(contact.app, "● Phone")
        assert seen(contact.app, "Sam")


async def test_what_is_wrong_between_fields_is_shown_at_the_field() -> None:
    def check(values: Values) -> Mapping[str, str]:
        return {"who": "Say who was reached."} if values["met"] and not values["who"] else {}

    async with desk() as contact:
        await contact.open(check=check)
        await fill(contact)
        await contact.pilot.press("ctrl+s")
        assert seen(contact.app, "■ Say who was reached.")
        assert contact.saved == []
        contact.form._rows["who"].editor.set_text("Zoë")
        await contact.pilot.press("ctrl+s")
        assert contact.saved[0]["who"] == "Zoë"


async def test_a_choice_is_made_by_letter_arrow_and_mouse_and_can_be_taken_back() -> None:
    async with desk() as contact:
        form = await contact.open()
        editor = form.query(ChoiceEditor).first()
        for key, value in [
            ("p", "phone"),
            ("p", "post"),
            ("right", "phone"),
            ("left", "post"),
            ("backspace", ""),
        ]:
            await contact.pilot.press(key)
            assert editor.get_text() == value, key
        line = next(line for line in shown(contact.app) if "In person" in line)
        await contact.pilot.click(offset=(line.index("In person"), shown(contact.app).index(line)))
        assert editor.get_text() == "in-person"


async def test_pasted_escapes_are_gone_before_they_are_shown() -> None:
    async with desk() as contact:
        form = await contact.open()
        note = form.query_one(LinesEditor)
        note.focus()
        await contact.pilot.pause()
        contact.app.post_message(Paste("one\x1b[2J\ntwo\x9b31m"))
        await contact.pilot.pause()
        assert note.get_text() == "one\ntwo"
        who = form.query(LineEditor).last()
        who.focus()
        await contact.pilot.pause()
        contact.app.post_message(Paste("Smith\r\n\x1b]0;x\x07Jones"))
        await contact.pilot.pause()
        assert who.get_text() == "Smith Jones"


async def test_a_form_without_a_draft_key_keeps_nothing() -> None:
    async with desk() as contact:
        await contact.open(draft_key="")
        await contact.pilot.press("p", "escape")
        assert contact.services.drafts.kept == {}
        assert contact.left == [None]


async def test_a_draft_that_comes_back_is_gone_on_with_at_its_end() -> None:
    async with desk() as contact:
        contact.services.drafts.kept["contact/1"] = {"note": "Rang her", "who": "Zoë"}
        form = await contact.open()
        for name, more in (("note", " twice"), ("who", " Larkin")):
            form._rows[name].editor.focus()
            await contact.pilot.press(*("space" if key == " " else key for key in more))
        assert form._rows["note"].editor.get_text() == "Rang her twice"
        assert form._rows["who"].editor.get_text() == "Zoë Larkin"
