from collections.abc import Sequence
from itertools import combinations
from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.widgets import Input, Static

from casedesk.app import CasedeskApp
from casedesk.widgets.command import (
    Command,
    Commanded,
    cheatsheet,
    live_commands,
    offers,
    offers_within,
    show_key,
    split_keys,
)
from casedesk.widgets.keymap import normal_key
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable
from scripts.keys_doc import DOCUMENT, document, places
from tests.screens.harness import desk_app, seen, shown, toasts


class Bench(DeskScreen[None]):
    """A screen with an input and a few commands."""

    PLACE = "Bench"
    AUTO_FOCUS = ""
    OFFERS: ClassVar[Sequence[Command]] = (
        Command("bench.work", "w", "Work", "Do some work.", "work", "Bench", show=50),
        Command(
            "bench.rest", "r,f6", "Rest", "Have a rest.", "rest", "Bench", show=40,
            allowed=lambda bench: None if bench.worked else "Nothing was done yet.",
        ),
        Command("bench.hidden", "h", "Hidden", "Not for this bench.", "work", "Bench", show=30),
    )  # fmt: skip

    worked = 0
    rested = 0

    def compose_body(self) -> ComposeResult:
        yield Static("bench")
        yield Input()

    def offered(self, command: Command) -> bool:
        return command.id != "bench.hidden"

    def label_of(self, command: Command) -> str:
        return f"Work {self.worked}" if command.id == "bench.work" and self.worked else command.label

    def action_work(self) -> None:
        self.worked += 1
        self.refresh_bindings()

    async def action_rest(self) -> None:
        self.rested += 1


async def test_a_key_runs_its_command_and_the_footer_follows() -> None:
    app = desk_app(Bench)
    async with app.run_test() as pilot:
        assert "w Work  r Rest" in shown(app)[-1]
        await pilot.press("w", "w")
        await pilot.pause()
        assert "w Work 2  r Rest" in shown(app)[-1]


async def test_a_command_that_cannot_be_used_stays_in_place_and_says_why() -> None:
    app = desk_app(Bench)
    async with app.run_test(notifications=True) as pilot:
        bench = app.screen
        assert isinstance(bench, Bench)
        assert "r Rest" in shown(app)[-1]
        await pilot.press("r")
        assert bench.rested == 0
        assert toasts(app) == ["Nothing was done yet."]
        await pilot.press("w", "f6")
        assert bench.rested == 1


async def test_a_command_that_is_not_offered_here_is_nowhere() -> None:
    app = desk_app(Bench)
    async with app.run_test() as pilot:
        assert not seen(app, "Hidden")
        await pilot.press("h")
        assert app.screen.worked == 0  # type: ignore[attr-defined]  # it is a Bench
        assert "bench.hidden" not in [live.command.id for live in live_commands(app.screen)]


async def test_the_footer_shows_only_keys_that_work_where_the_focus_is() -> None:
    app = desk_app(Bench)
    async with app.run_test() as pilot:
        app.screen.query_one(Input).focus()
        await pilot.pause()
        assert "w Work" not in shown(app)[-1]
        assert "F6 Rest" in shown(app)[-1]
        await pilot.press("w")
        assert app.screen.query_one(Input).value == "w"


async def test_a_click_on_the_footer_runs_the_command() -> None:
    app = desk_app(Bench)
    async with app.run_test() as pilot:
        await pilot.click("DeskFooter", offset=(shown(app)[-1].index("Work"), 0))
        assert app.screen.worked == 1  # type: ignore[attr-defined]  # it is a Bench


def test_a_subclass_offers_what_its_bases_do_and_may_replace_it() -> None:
    class Other(Bench):
        OFFERS: ClassVar[Sequence[Command]] = (
            Command("bench.work", "x", "Toil", "Work harder.", "work", "Bench"),
            BACK,
        )

    assert [(found.id, found.keys) for found in offers(Other)] == [
        ("bench.work", "x"),
        ("bench.rest", "r,f6"),
        ("bench.hidden", "h"),
        ("screen.back", "escape"),
    ]


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("ctrl+s", "Ctrl+S"), ("f10", "F10"), ("question_mark", "?"), ("?", "?"), ("escape", "Esc"),
        ("shift+tab", "Shift+Tab"), ("G", "G"), ("g", "g"), ("pagedown", "PgDn"), ("slash", "/"), ("+", "+"),
        ("ctrl+up", "Ctrl+↑"), ("f", "f"),
    ],
)  # fmt: skip
def test_keys_are_written_as_keyboards_write_them(key: str, written: str) -> None:
    assert show_key(key) == written


# What holds for every place there is


@pytest.mark.parametrize(("place", "commands"), places().items())
def test_no_two_commands_of_a_place_share_a_key(place: str, commands: list[Command]) -> None:
    for one, other in combinations(commands, 2):
        shared = {normal_key(key) for key in split_keys(one.keys)} & {
            normal_key(key) for key in split_keys(other.keys)
        }
        assert not shared, f"{one.id} and {other.id} on {place}"


def test_a_command_means_the_same_wherever_it_is_met() -> None:
    met: dict[str, Command] = {}
    for commands in places().values():
        for command in commands:
            assert met.setdefault(command.id, command) == command


def test_every_command_has_a_method_a_sentence_and_a_short_label() -> None:
    def everywhere(base: type[Commanded]) -> set[type[Commanded]]:
        return {base}.union(
            *(everywhere(sub) for sub in base.__subclasses__() if sub.__module__.startswith("casedesk"))
        )

    for place in everywhere(Commanded):
        for command in offers(place):
            verbs = {
                verb.id for verb in getattr(place, "VERBS", ())
            }  # these are run as verbs, not by a method
            done_by = command.id in verbs or callable(getattr(place, f"action_{command.action}", None))
            assert done_by, (place, command.id)
            assert command.help.endswith("."), command.id
            assert len(command.label) <= 24, command.id


def test_the_list_of_keys_in_the_documents_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run python scripts/keys_doc.py"


def test_the_cheatsheet_names_key_meaning_and_keymap_name() -> None:
    sheet = cheatsheet({"Bench": offers(Bench)})
    assert "| `r` `F6` | **Rest.** Have a rest. | `bench.rest` |" in sheet


def test_what_the_widgets_inside_offer_belongs_to_the_place() -> None:
    class Holder(Bench):
        PARTS = (VirtualTable,)

    assert "table.mark" in [found.id for found in offers_within(Holder)]
    assert "app.quit" in [found.id for found in offers(CasedeskApp)]
