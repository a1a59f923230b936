"""Measuring keys in a running app: a probe that stamps every repaint.

A headless app normally leaves out turning what it drew into what a terminal is sent; the probe does that too. The
framework's test driver is not used, because it waits until the app is idle.
"""

import asyncio
from pathlib import Path
from time import perf_counter
from typing import Any

from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App

SIZE = (160, 48)
"""Columns and lines of the terminal."""
NOTHING = 0.5
"""Seconds without any repaint after which a key has done nothing."""
SETTLED = 0.025
"""Seconds without a repaint after which a key has done all it does."""


def memory() -> float:
    """The megabytes this process holds, where the system tells (Linux); 0 elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    held = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(held.split()[1]) / 1024


class Stamped(App[Any]):
    """Makes an app stamp every repaint, after turning it into what the terminal would get."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.painted: list[float] = []

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate):
            renderable.render_segments(self.console)
            self.painted.append(perf_counter())

    async def settled(self, still: float = SETTLED) -> None:
        """Wait until no repaint has come for a while."""
        waiting = perf_counter()
        while perf_counter() - (self.painted[-1] if self.painted else waiting + NOTHING) < still:
            await asyncio.sleep(still / 3)

    async def press(self, key: str) -> list[float]:
        """Press a key; the milliseconds until each repaint that it caused."""
        self.painted.clear()
        pressed = perf_counter()
        self.post_message(events.Key(key, None))
        await self.settled()
        return [(moment - pressed) * 1000 for moment in self.painted]

    async def press_often(self, key: str, times: int, which: int = -1) -> list[float]:
        """Press a key again and again, as long as it has somewhere to go; the times of its last repaint.

        With ``which`` 0 those of its first: what moved has moved, while something beside it may still follow.
        """
        taken = []
        for _ in range(times):
            repaints = await self.press(key)
            if not repaints:
                break
            taken.append(repaints[which])
        return taken
