"""An app that shows a name and then falls over, in the way that its first argument says."""

import sys
from pathlib import Path
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from casedesk.__main__ import scrub_environment
from casedesk.app import run_shell
from casedesk.widgets.screen import DeskScreen
from tests.screens.harness import DeskServices

NAME = "JANE DOE"


class Falling(DeskScreen[None]):
    """Shows the name, holds it in an attribute, a local and an exception, and falls."""

    def __init__(self) -> None:
        super().__init__()
        self.victim_name = NAME

    def compose_body(self) -> ComposeResult:
        yield Static(f"Victim: {NAME}", id="victim")

    def on_mount(self) -> None:
        way = getattr(self, f"fall_in_{sys.argv[1]}")
        self.set_timer(0.2, way)

    def fall_in_handler(self) -> None:
        victim = self.victim_name
        raise ValueError(f"no such victim: {victim}")

    @work(thread=True)
    def fall_in_worker(self) -> None:
        victim = self.victim_name
        raise KeyError(victim)

    def fall_in_nothing(self) -> None:
        """Stay up until told to end."""

    def fall_in_drawing(self) -> None:
        def broken() -> Any:
            victim = self.victim_name
            raise RuntimeError(victim)

        widget = self.query_one(Static)
        widget.render = broken  # type: ignore[method-assign]  # to fail while painting
        widget.refresh()


if __name__ == "__main__":
    scrub_environment()
    sys.exit(run_shell(DeskServices(log_path=Path(sys.argv[2])), Falling))
