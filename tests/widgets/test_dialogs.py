from collections.abc import Callable
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input

from casedesk.model.errors import BadInputError
from casedesk.widgets.dialogs import Choice, Choose, Confirm, Message, Prompt, error_message
from casedesk.widgets.screen import DeskScreen
from tests.screens.harness import desk_app, seen, shown, toasts

NOTHING = object()
"""What a dialog has answered before it has."""


async def answer(dialog: Screen[Any], *keys: str, look: Callable[[str], None] = lambda _text: None) -> Any:
    """Open a dialog, look at it, press keys, and give what came back."""
    app = desk_app(DeskScreen)
    answers: list[Any] = [NOTHING]
    async with app.run_test(notifications=True) as pilot:
        app.push_screen(dialog, answers.append)
        await pilot.pause()
        look("\n".join(shown(app)))
        await pilot.press(*keys)
        await pilot.pause()
        answers.insert(0, toasts(app)) if answers[-1] is NOTHING else None
    return answers[-1]


@pytest.mark.parametrize(("key", "says"), [("y", True), ("enter", True), ("n", False), ("escape", False)])
async def test_a_question_is_answered_by_its_keys(key: str, says: bool) -> None:
    assert await answer(Confirm("Assign?"), key) is says


async def test_a_question_names_what_it_would_touch() -> None:
    def look(text: str) -> None:
        assert "Return 12 cases?" in text
        assert "y Return 12 cases" in text
        assert "n Go back" in text

    await answer(Confirm("Return 12 cases?", "To PC Ward.", yes="Return 12 cases", no="Go back"), look=look)


async def test_enter_does_not_confirm_what_is_dangerous() -> None:
    assert await answer(Confirm("Delete?", dangerous=True), "enter") is NOTHING
    assert await answer(Confirm("Delete?", dangerous=True), "enter", "y") is True


async def test_an_error_says_what_happened_what_was_kept_and_what_to_do() -> None:
    error = BadInputError("Row 17 has no [number].", "Fill it in.")

    def look(text: str) -> None:
        for part in ("Row 17 has no [number].", "The other rows are in.", "Fill it in."):
            assert part in text

    assert await answer(error_message(error, kept="The other rows are in."), "enter", look=look) is None


@pytest.mark.parametrize("key", ["enter", "escape", "space"])
async def test_a_message_goes_away_by_any_likely_key(key: str) -> None:
    assert await answer(Message("Done", "It was done."), key) is None


async def test_a_line_is_taken_only_when_nothing_is_wrong_with_it() -> None:
    def check(text: str) -> str | None:
        return None if len(text) > 2 else "Three letters at least."

    assert await answer(Prompt("Find", check=check), "a", "b", "enter") is NOTHING
    assert await answer(Prompt("Find", check=check), "a", "b", "c", "enter") == "abc"
    assert await answer(Prompt("Find", value="x"), "escape") is None


async def test_what_is_wrong_with_a_line_is_said_while_it_is_typed() -> None:
    app = desk_app(DeskScreen)
    async with app.run_test() as pilot:
        app.push_screen(
            Prompt("Find", check=lambda text: None if len(text) > 2 else "Three letters at least.")
        )
        await pilot.pause()
        assert not seen(app, "Three letters")
        await pilot.press("a")
        assert seen(app, "Three letters")
        await pilot.press("b", "c")
        assert not seen(app, "Three letters")


async def test_a_secret_line_is_not_shown() -> None:
    app = desk_app(DeskScreen)
    async with app.run_test() as pilot:
        app.push_screen(Prompt("Passphrase", secret=True))
        await pilot.pause()
        await pilot.press(*"hunter")
        assert not seen(app, "hunter")
        assert app.screen.query_one(Input).value == "hunter"


FEW = [
    Choice("d", "Detained", key="d"),
    Choice("b", "Bailed"),
    Choice("c", "Charged", reason="No charge yet."),
]


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [(["2"], "b"), (["d"], "d"), (["down", "enter"], "b"), (["j", "enter"], "b"), (["escape"], None)],
)
async def test_of_a_few_one_is_chosen_by_number_letter_or_arrows(keys: list[str], chosen: str | None) -> None:
    assert await answer(Choose("State", FEW), *keys) == chosen


async def test_what_cannot_be_chosen_says_why() -> None:
    app = desk_app(DeskScreen)
    async with app.run_test(notifications=True) as pilot:
        app.push_screen(Choose("State", FEW))
        await pilot.press("3")
        assert toasts(app) == ["No charge yet."]
        assert isinstance(app.screen, Choose)


MANY = [
    Choice(number, f"Offence {number}", hint="Théft" if number == 17 else "Assault") for number in range(40)
]


async def test_of_many_one_is_found_by_typing_part_of_it() -> None:
    assert await answer(Choose("Offence", MANY), *"theft", "enter") == 17
    assert await answer(Choose("Offence", MANY), *"ass", "down", "down", "enter") == 2
    assert await answer(Choose("Offence", MANY), *"zzz", "enter") is NOTHING


async def test_a_list_too_long_for_the_screen_still_shows_its_keys() -> None:
    def look(text: str) -> None:
        assert "Enter Choose" in text
        assert "Esc Cancel" in text

    await answer(Choose("Offence", MANY, text="Which one?"), look=look)
