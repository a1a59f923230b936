"""Make the README's pictures from the demo caseload, so that they never lie.

Usage: python scripts/pictures.py [FOLDER]. Writes one SVG for each screen (docs/pictures by default).
"""

import asyncio
import re
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casedesk.desk import bundle_in, bundles, device_cards, team
from casedesk.desk.demo import build_demo, demo_settings
from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.front import FrontApp
from casedesk.model.words import Role
from casedesk.reference.demo import demo_colleagues
from casedesk.screens.session import Session
from casedesk.store import keys
from casedesk.store.places import Places

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
"""The moment the pictures show: an early turn begins."""
SIZES = {"wide": (132, 36), "narrow": (80, 24)}
SHOTS: dict[str, tuple[str, ...]] = {
    "queue": (),
    "filter": ("slash", *"shop"),
    "case": ("enter",),
    "log": ("enter", "l", *"Rang OIC"),
    "finalise": ("9", "enter"),
    "history": ("enter", "9"),
    "help": ("question_mark",),
    "diary": ("d", "tab", "down"),
    "clinic": ("8", *("down",) * 10, "K", "3"),
    "wizard": ("8", *("down",) * 5, "K", "w"),
}
"""Each picture and the keys that lead to it from the queue."""
OF_A_TEAM: dict[str, tuple[str, ...]] = {"sync": ("S",)}
"""The same once there are colleagues: the others show the demo as it opens."""


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self.now


def make_desk(home: Path, settings: Settings, clock: Clock) -> Desk:
    """A new desk with a passphrase that nobody needs again."""
    passphrase = keys.generated_passphrase()
    return set_up(Places(home), passphrase, settings, clock, cost=keys.GENERATED_COST, recovery=None)


def give_bundles(desk: Desk, root: Path, clock: Clock) -> None:
    """Make three of the demo's colleagues members; with one of them bundles were exchanged the evening before."""
    stick = root / "stick"
    stick.mkdir()
    clock.now = NOW - timedelta(hours=14)
    own = device_cards.own_card(desk)
    for one in demo_colleagues()[1:4]:
        person = Person(one.name, one.number, one.role)
        with make_desk(root / one.number, Settings(person), clock) as other:
            card = device_cards.own_card(other)
            theirs = team.enrol(desk, card, card.fingerprint)
            if one.role is Role.OOCR_CASE_WORKER:
                mine = team.enrol(other, own, own.fingerprint)
                bundle_in.take_in(other, bundles.export(desk, [theirs], stick).path)
                bundle_in.take_in(desk, bundles.export(other, [mine], stick).path)
    clock.now = NOW


async def shoot(folder: Path) -> None:
    """Take every picture in every size."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        clock = Clock()
        desk = make_desk(Path(home) / "demo", demo_settings(), clock)
        build_demo(desk, seed=1, size=460)
        await _take(desk, folder, SHOTS)
        give_bundles(desk, Path(home), clock)
        await _take(desk, folder, OF_A_TEAM)
        desk.close()


async def _take(desk: Desk, folder: Path, shots: dict[str, tuple[str, ...]]) -> None:
    for size, (width, height) in SIZES.items():
        for name, presses in shots.items():
            app = FrontApp(Session(desk.store.places, desk.clock, desk))
            async with app.run_test(size=(width, height)) as pilot:
                await app.workers.wait_for_complete()
                await pilot.pause()
                for key in presses:
                    await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause()
                picture = app.export_screenshot(title="casedesk")
            (folder / f"{name}-{size}.svg").write_text(_without_remote_fonts(picture), encoding="utf-8")


def _without_remote_fonts(svg: str) -> str:
    """Drop the web fonts the exporter names: a picture must not fetch anything."""
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL).replace(
        "Fira Code", "DejaVu Sans Mono"
    )


if __name__ == "__main__":
    asyncio.run(shoot(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")))
