"""The app: what is the same on every screen. Themes, keys, help, palette, status, and how it ends.

The framework's own command palette, its screenshot command and its traceback with local variables are not
there: a screen of casedesk shows names, and none of it may reach a file or the terminal's scrollback by
itself.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import time
from typing import Any, ClassVar

from textual import events, on
from textual.driver import Driver
from textual.reactive import var
from textual.screen import Screen

from casedesk import faults
from casedesk.model.errors import CasedeskError
from casedesk.model.text import clean
from casedesk.widgets.command import Command, Commanded, LiveCommand, live_commands, offers, show_key
from casedesk.widgets.dialogs import palette
from casedesk.widgets.keymap import Places, check_keymap, live_keys
from casedesk.widgets.screen import DeskScreen
from casedesk.widgets.services import AppServices, DeskStatus
from casedesk.widgets.themes import DEFAULT_THEME, PALETTES, ThemedApp
from casedesk.widgets.typing import Landed, TypingOrder
from casedesk.widgets.whole_pastes import take_pastes_whole

_TERMINATED = 128 + signal.SIGTERM
_READ = 5.0
"""Seconds after which a passing message may be taken for read."""


class CasedeskApp(Commanded, ThemedApp[int]):
    """The shell around the screens. It opens with the screen that ``first`` makes."""

    TITLE = "casedesk"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    ToastRack { dock: top; align: right top; margin: 1 0 0 0; }
    Toast { width: auto; max-width: 60%; padding: 0 1; margin: 0; }
    """
    """Passing messages stand below the header: they hide neither its warnings, nor the keys, nor what is typed into."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 -- the framework's own shape
    OFFERS: ClassVar[Sequence[Command]] = (
        Command("app.help", "?,f1", "Help", "Show what this screen is for, and every key.", "help", show=85),
        Command(
            "app.palette", "ctrl+p", "Commands", "Find any command by typing part of it.", "palette", show=40
        ),
        Command("app.theme", "f2", "Colours", "Change to the next theme of colours.", "theme", show=5),
        Command(
            "app.quit",
            "ctrl+q",
            "Quit",
            "Leave casedesk. What is done is already saved.",
            "quit",
            show=10,
            priority=True,
        ),
    )

    desk_status: var[DeskStatus] = var(DeskStatus())

    def __init__(
        self, services: AppServices, first: Callable[[], Screen[Any]], *, places: Callable[[], Places] = dict
    ) -> None:
        """``places`` gives the commands of every place, to check the user's keymap; called only for one."""
        self.services = services
        self._first, self._places = first, places
        self._last_words: str | None = None
        self._keys: dict[str, str] = {}
        self._typing = TypingOrder(self, super().on_event)
        super().__init__()

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver, which here never makes keys of what is pasted."""
        driver = super().get_driver_class()
        take_pastes_whole(driver)
        return driver

    def first_theme(self) -> str:
        """The user's theme, or the default where that is not one of ours."""
        return self.services.theme if self.services.theme in PALETTES else DEFAULT_THEME

    def get_default_screen(self) -> Screen[Any]:
        """The screen the app opens with."""
        return self._first()

    def on_mount(self) -> None:
        """Take over the user's keys, and end cleanly when told to."""
        self.refresh_status()
        self._take_keymap()
        with suppress(
            NotImplementedError, RuntimeError, ValueError
        ):  # not on Windows, nor off the main thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit, None, _TERMINATED)

    async def on_event(self, event: events.Event) -> None:
        """Keys that are typed go on one after the other."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._brush_away()
            await self._typing.take(event)
        else:
            await super().on_event(event)

    def _brush_away(self) -> None:
        """Whoever goes on working has read what stood there for some seconds: it gives way."""
        now = time()
        for said in list(self._notifications):
            if now - said.raised_at > _READ:
                self._unnotify(said)

    @on(Landed)
    async def _key_landed(self, event: Landed) -> None:
        event.stop()
        await self._typing.landed(event.turn)

    def refresh_status(self) -> None:
        """Ask again what the header shows: something was written, sealed or set up."""
        self.desk_status = self.services.status()

    def _take_keymap(self) -> None:
        wanted = self.services.keymap
        if not wanted:
            return
        everywhere = offers(type(self))
        places = {name: (*commands, *everywhere) for name, commands in self._places().items()}
        checked = check_keymap(wanted, {"every screen": everywhere, **places})
        self._keys = checked.keys
        self.set_keymap(checked.keys)
        for problem in checked.problems:
            self.notify(problem, title="Your keys", severity="warning", timeout=15, markup=False)

    # Commands

    def action_help(self) -> None:
        """Show the help of the screen."""
        screen = self.screen
        place = screen.PLACE if isinstance(screen, Commanded) else ""
        about = screen.ABOUT if isinstance(screen, DeskScreen) else ""
        from casedesk.screens.help import HelpScreen

        self.push_screen(HelpScreen(place, about, live_commands(screen)))

    def action_palette(self) -> None:
        """Let find a command, then run it."""

        async def run(chosen: LiveCommand | None) -> None:
            if chosen is not None:
                await chosen.run()

        self.push_screen(palette(live_commands(self.screen)), run)

    def action_theme(self) -> None:
        """Go to the next theme, and remember it."""
        names = list(PALETTES)
        self.theme = names[(names.index(self.theme) + 1) % len(names)]
        self.services.keep_theme(self.theme)
        self.notify(self.theme.removeprefix("casedesk-"), title="Colours", timeout=2, markup=False)

    def action_help_quit(self) -> None:
        """Answer Ctrl+C, which copies here and ends nothing."""
        quit_command = next(command for command in self.OFFERS if command.id == "app.quit")
        key = show_key(live_keys(quit_command, self._keys)[0])
        self.notify(f"Ctrl+C copies what is selected. To leave, press {key}.", markup=False)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Never: a picture of the screen is a file with names in it."""

    # How it ends

    def told_of(self, error: BaseException) -> CasedeskError | None:
        """What a person is told of an error that no screen expected; None where it is a fault of casedesk."""
        return None

    def end_with(self, told: CasedeskError) -> None:
        """End in good order, and say why on the terminal."""
        self._last_words = _said(told)
        self.exit(return_code=told.exit_code)

    def _handle_exception(self, error: Exception) -> None:
        """Log a fault without data and end; the framework would print exception texts and local variables.

        What is no fault of casedesk is told and not logged. Errors that follow are its consequence.
        """
        if self._last_words is not None:
            return
        origin = getattr(error, "error", error)  # a worker's own error is inside another
        told = self.told_of(origin) if isinstance(origin, BaseException) else None
        if told is None:
            self._last_words = faults.last_words(faults.record(error, self.services.log_path))
        else:
            self._last_words = _said(told)
        super()._handle_exception(error)
        if told is not None:
            self._return_code = told.exit_code

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """End; what the framework wanted to print is dropped, for it may quote data."""
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        if self._last_words is None:
            super()._print_error_renderables()
        else:
            self._exit_renderables.clear()
            print(self._last_words, file=sys.__stderr__)


def run_shell(
    services: AppServices, first: Callable[[], Screen[Any]], *, places: Callable[[], Places] = dict
) -> int:
    """Open the app on this terminal; give the exit status when it ends: 0, or 1 after a fault."""
    return run(CasedeskApp(services, first, places=places))


def run(app: CasedeskApp) -> int:
    """Open this app on this terminal; give the exit status when it ends."""
    faults.install(lambda: app.services.log_path)
    with _window_title("casedesk"):
        app.run()
    return app.return_code or 0


def _said(told: CasedeskError) -> str:
    """An error in one line, as the command line says it."""
    return f"casedesk: {clean(str(told))}"


@contextmanager
def _window_title(title: str) -> Iterator[None]:
    """Call the terminal's window something that names no case, and give it back its own title after."""
    terminal = sys.__stderr__
    if terminal is None or not terminal.isatty():
        yield
        return
    terminal.write(f"\x1b[22;2t\x1b]2;{title}\x07")
    terminal.flush()
    try:
        yield
    finally:
        terminal.write("\x1b[23;2t")
        terminal.flush()
