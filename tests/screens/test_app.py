from collections.abc import Sequence
from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.widgets import Static

from casedesk.screens.help import HelpScreen
from casedesk.widgets.command import Command, offers
from casedesk.widgets.dialogs import Choose
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.services import DeskStatus
from tests.screens.harness import NARROW, WIDE, DeskServices, desk_app, seen, shown, toasts
from tests.widgets.test_command import Bench


class About(Bench):
    PLACE = "About"
    ABOUT = "What this screen is for, in a sentence that is long enough to be wrapped on a narrow terminal."
    OFFERS: ClassVar[Sequence[Command]] = (BACK,)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_screen_has_its_header_and_footer(size: tuple[int, int]) -> None:
    app = desk_app(Bench)
    async with app.run_test(size=size):
        assert shown(app)[0].startswith(" OFFICIAL-SENSITIVE  casedesk · Sam Okafor · Bench")
        assert "14 changes not in any bundle" in shown(app)[0]
        assert "? Help" in shown(app)[-1]


async def test_the_header_follows_what_the_desk_says() -> None:
    services = DeskServices()
    app = desk_app(Bench, services)
    async with app.run_test() as pilot:
        services.shown = DeskStatus(
            "Sam Okafor", marking="OFFICIAL", unbundled=15, warnings=("NO RECOVERY KEY",)
        )
        app.refresh_status()
        await pilot.pause()
        assert shown(app)[0].startswith(" OFFICIAL ")
        assert "15 not in a bundle" in shown(app)[0]
        assert "■ NO RECOVERY KEY" in shown(app)[0]


async def test_help_says_what_the_screen_is_for_and_every_key_and_goes_back() -> None:
    app = desk_app(About)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.press("?")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        text = "\n".join(shown(app))
        assert "Help: About" in text
        assert "What this screen is for" in text
        assert "r F6            Rest. Have a rest." in text
        assert "Not now: Nothing was done yet." in text
        for command in offers(type(app)):
            assert command.help[:30] in text
        await pilot.press("escape")
        assert isinstance(app.screen, About)


async def test_the_palette_finds_any_command_and_runs_it() -> None:
    app = desk_app(Bench)
    async with app.run_test() as pilot:
        bench = app.screen
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert isinstance(app.screen, Choose)
        assert seen(app, "Not now: Nothing was done yet.")
        await pilot.press(*"some work", "enter")
        await pilot.pause()
        assert app.screen is bench
        assert bench.worked == 1  # type: ignore[attr-defined]  # it is a Bench


async def test_the_palette_offers_no_picture_of_the_screen() -> None:
    app = desk_app(Bench)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p", *"screen")
        await pilot.pause()
        assert not seen(app, "creenshot")
        assert not seen(app, "SVG")


async def test_f2_goes_through_the_colours_and_they_are_remembered() -> None:
    services = DeskServices()
    app = desk_app(Bench, services)
    async with app.run_test() as pilot:
        chosen = []
        for _ in range(4):
            await pilot.press("f2")
            chosen.append(services.theme)
        assert chosen == [
            "casedesk-light",
            "casedesk-high-contrast",
            "casedesk-colour-blind-safe",
            "casedesk-dark",
        ]
        assert app.theme == "casedesk-dark"


async def test_ctrl_c_ends_nothing_and_says_how_to_leave() -> None:
    app = desk_app(Bench)
    async with app.run_test(notifications=True) as pilot:
        await pilot.press("ctrl+c")
        assert toasts(app) == ["Ctrl+C copies what is selected. To leave, press Ctrl+Q."]
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app.return_code == 0


async def test_the_users_keys_are_used_and_shown() -> None:
    services = DeskServices(keymap={"bench.work": "f9", "app.help": "f12"})
    app = desk_app(Bench, services, places=lambda: {"Bench": offers(Bench)})
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "F9 Work" in shown(app)[-1]
        assert "F12 Help" in shown(app)[-1]
        await pilot.press("w", "f9")
        assert app.screen.worked == 1  # type: ignore[attr-defined]  # it is a Bench


async def test_keys_that_cannot_be_used_are_reported_once_and_the_app_opens() -> None:
    services = DeskServices(keymap={"bench.wrok": "f9", "bench.work": "r"})
    app = desk_app(Bench, services, places=lambda: {"Bench": offers(Bench)})
    async with app.run_test(notifications=True) as pilot:
        assert len(toasts(app)) == 2
        assert "Did you mean 'bench.work'?" in toasts(app)[0]
        await pilot.press("w", "w")
        assert len(toasts(app)) == 2


async def test_a_reason_that_looks_like_markup_is_shown_as_it_is() -> None:
    class Strict(Bench):
        def reason_against(self, command: object) -> str | None:
            return "Held by [b]Smith[/b]."

    app = desk_app(Strict)
    async with app.run_test(notifications=True, size=WIDE) as pilot:
        await pilot.press("w")
        await pilot.pause()
        assert seen(app, "Held by [b]Smith[/b].")


async def test_screens_open_over_another_come_back_by_esc() -> None:
    class Over(DeskScreen[None]):
        OFFERS = (BACK,)

        def compose_body(self) -> ComposeResult:
            yield Static("over")

    app = desk_app(Bench)
    async with app.run_test() as pilot:
        app.push_screen(Over())
        await pilot.press("escape")
        assert isinstance(app.screen, Bench)
