"""A few whole screens as they look; each was looked at by a person before it was kept."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot

from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Confirm
from casedesk.widgets.form import Form
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import DeskScreen
from casedesk.widgets.services import DeskStatus
from casedesk.widgets.table import VirtualTable
from tests.screens.harness import NARROW, WIDE, DeskServices, desk_app
from tests.widgets.test_form import FIELDS

Compare = Callable[..., bool]

BANDS: list[Cell] = [
    ("■ Custody", "block"),
    ("▲ Victim due", "warn"),
    ("○ Action", "info"),
    ("  Open", "muted"),
]
REASONS = [
    "Detention ends 02:40 (in 1 h 12 m)",
    "Tell Zoë O’Hara of the arrest by 17:00",
    "CCTV chase due Friday",
    "Waiting for the lab",
]


class Desk(DeskScreen[None]):
    """A list of sixty made-up cases."""

    PLACE = "Queue"
    OFFERS = (
        Command("look.filter", "/", "Filter", "Filter.", "filter", show=50),
        Command(
            "look.assign",
            "a",
            "Assign",
            "Assign.",
            "filter",
            show=45,
            allowed=lambda _desk: "No case is marked.",
        ),
    )

    def compose_body(self) -> ComposeResult:
        yield VirtualTable(
            [
                Column[int]("band", "Band", lambda row: BANDS[row // 15], 13, keep=90),
                Column[int](
                    "number", "Occurrence", lambda row: (f"42/{1000 + row}/26", "strong"), 12, keep=99
                ),
                Column[int]("why", "Why it is here", lambda row: REASONS[row // 15], 30, flex=1, keep=80),
                Column[int](
                    "who", "Suspect", lambda row: "李 Wei" if row % 7 == 0 else "[b]Smith[/b]", 24, keep=10
                ),
                Column[int]("days", "Days", lambda row: str(row * 3), 5, align="right", keep=30),
            ],
            ListSource[int](range(60), lambda row: row),
        )

    def action_filter(self) -> None:
        """Nothing."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("theme", ["casedesk-dark", "casedesk-high-contrast"])
def test_the_list(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    services = DeskServices(
        theme=theme, shown=DeskStatus("Sam Okafor", unbundled=3, warnings=("NO RECOVERY KEY",))
    )
    assert snap_compare(desk_app(Desk, services), press=["down", "space", "down"], terminal_size=size)


def test_the_form(snap_compare: Compare) -> None:
    async def fill(pilot: Pilot[Any]) -> None:
        services = DeskServices()
        form = Form(
            "Log a contact · 42/1016/26", FIELDS, clock=services.clock, drafts=services.drafts, draft_key="x"
        )
        pilot.app.push_screen(form)
        await pilot.pause()
        form._rows["at"].editor.set_text("fri 10:00")
        form._rows["note"].editor.set_text("Left a message.")
        await pilot.press("f10")

    assert snap_compare(desk_app(Desk), run_before=fill, terminal_size=NARROW)


def test_the_question(snap_compare: Compare) -> None:
    async def ask(pilot: Pilot[Any]) -> None:
        text = "They go back to their officers with the reasons.\nOne undo takes all of them back."
        question = Confirm("Return 12 cases?", text, yes="Return 12 cases", no="Go back", dangerous=True)
        pilot.app.push_screen(question)
        await pilot.pause()

    assert snap_compare(desk_app(Desk), run_before=ask, terminal_size=NARROW)
