"""What tests of widgets and screens share: a clock that stands, services that hold nothing, a look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from casedesk.app import CasedeskApp
from casedesk.widgets.services import DeskStatus

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
"""A Friday afternoon in winter, when London keeps UTC."""

NARROW = (80, 24)
WIDE = (160, 48)


class MemoryDrafts:
    """Drafts in a dictionary; counts how often each was written."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str]] = {}
        self.writes = 0

    def load(self, key: str) -> dict[str, str] | None:
        return self.kept.get(key)

    def save(self, key: str, draft: dict[str, str]) -> None:
        self.kept[key] = dict(draft)
        self.writes += 1

    def drop(self, key: str) -> None:
        self.kept.pop(key, None)


@dataclass
class DeskServices:
    """Services with nothing behind them."""

    theme: str = "casedesk-dark"
    keymap: Mapping[str, str] = field(default_factory=dict)
    log_path: Path = field(default_factory=lambda: Path(mkdtemp()) / "faults.log")
    drafts: MemoryDrafts = field(default_factory=MemoryDrafts)
    shown: DeskStatus = field(default_factory=lambda: DeskStatus("Sam Okafor", unbundled=14))

    def clock(self) -> datetime:
        return NOW

    def status(self) -> DeskStatus:
        return self.shown

    def keep_theme(self, name: str) -> None:
        self.theme = name


def desk_app(
    first: Callable[[], Screen[Any]], services: DeskServices | None = None, **options: Any
) -> CasedeskApp:
    """The app's shell around one screen."""
    return CasedeskApp(services or DeskServices(), first, **options)


def shown(app: App[Any]) -> list[str]:
    """What the terminal shows, line by line."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def seen(app: App[Any], text: str) -> bool:
    """Whether a text can be read somewhere on one line of the terminal."""
    return any(text in line for line in shown(app))


def toasts(app: App[Any]) -> list[str]:
    """What passing messages say."""
    return [notification.message for notification in app._notifications]


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until no worker is at work and what they said is on screen: for work, never for time."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.fixture(autouse=True)
def _steady_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep text cursors from blinking, so that a screen looks the same whenever it is looked at."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _self: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda _self: None)
