"""Make the README's pictures from the demo caseload, so that they never lie.

Usage: python scripts/pictures.py [FOLDER]. Writes one SVG for each screen (docs/pictures by default).
"""

import asyncio
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from casedesk.desk.demo import build_demo, demo_settings
from casedesk.desk.setup import set_up
from casedesk.front import FrontApp
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
}
"""Each picture and the keys that lead to it from the queue."""


async def shoot(folder: Path) -> None:
    """Take every picture in every size."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        places = Places(Path(home) / "demo")
        passphrase = keys.generated_passphrase()
        desk = set_up(
            places, passphrase, demo_settings(), lambda: NOW, cost=keys.GENERATED_COST, recovery=None
        )
        build_demo(desk, seed=1, size=460)
        for size, (width, height) in SIZES.items():
            for name, presses in SHOTS.items():
                app = FrontApp(Session(places, lambda: NOW, desk))
                async with app.run_test(size=(width, height)) as pilot:
                    await app.workers.wait_for_complete()
                    await pilot.pause()
                    for key in presses:
                        await pilot.press(key)
                    await app.workers.wait_for_complete()
                    await pilot.pause()
                    picture = app.export_screenshot(title="casedesk")
                (folder / f"{name}-{size}.svg").write_text(_without_remote_fonts(picture), encoding="utf-8")
        desk.close()


def _without_remote_fonts(svg: str) -> str:
    """Drop the web fonts the exporter names: a picture must not fetch anything."""
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL).replace(
        "Fira Code", "DejaVu Sans Mono"
    )


if __name__ == "__main__":
    asyncio.run(shoot(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")))
