"""From spawning the program to the first rows of the queue in a pseudo-terminal, at growing caseloads.

    python -m benchmarks.cold_start [CASES ...]

The app opens the demo, whose passphrase it knows, so that nobody types; unlocking it costs a few milliseconds, not
the half second of a real passphrase. It is compared with the least that the framework can do and with the bare
interpreter. ``--version`` stands for the command line's own start.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from functools import partial

from benchmarks.measuring import (
    Spread,
    demo_command,
    environment,
    machine,
    prepare,
    sizes_asked,
    table,
    times,
)

RUNS = 7
SIZES = (1_000, 100_000)
COLUMNS, LINES = 160, 48
PATIENCE = 30.0
TRIVIAL = """
from textual.app import App
from textual.widgets import Static
class Trivial(App):
    def compose(self):
        yield Static("first paint")
Trivial().run()
"""


def until_painted(command: list[str], sign: bytes) -> float:
    """Milliseconds from spawning a command in a pseudo-terminal until it has written something."""
    began = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.execvpe(command[0], command, environment())  # noqa: S606 - our own interpreter
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    try:
        return (_seen(terminal, sign) - began) * 1000
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def _seen(terminal: int, sign: bytes) -> float:
    """The moment when the terminal was sent the sign."""
    written = b""
    deadline = time.perf_counter() + PATIENCE
    while sign not in written:
        ready, _, _ = select.select([terminal], [], [], max(deadline - time.perf_counter(), 0))
        try:
            some = os.read(terminal, 65536) if ready else b""
        except OSError:  # the command has ended, and its side of the terminal with it
            some = b""
        if not some:
            raise RuntimeError(
                f"{sign!r} was not painted; the last was {written[-300:].decode(errors='replace')}"
            )
        written += some
    return time.perf_counter()


def first_reference(size: int) -> bytes:
    """The occurrence number at the top of the queue."""
    shown = subprocess.run(
        demo_command(size, "--plain"), env=environment(), check=True, capture_output=True, text=True
    ).stdout
    return shown.split("Reference: ", 1)[1].split(";", 1)[0].encode()


def started(command: list[str]) -> float:
    """Milliseconds until a command has ended."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment())
    return (time.perf_counter() - began) * 1000


def main() -> None:
    sizes = sizes_asked(SIZES)
    prepare(sizes)
    python = [sys.executable]
    ways: dict[str, Callable[[], float]] = {
        "python -c pass": partial(started, [*python, "-c", "pass"]),
        "casedesk --version": partial(started, [*python, "-m", "casedesk", "--version"]),
        "casedesk --help": partial(started, [*python, "-m", "casedesk", "--help"]),
        "trivial Textual app": partial(until_painted, [*python, "-c", TRIVIAL], b"first paint"),
    }
    for size in sizes:
        ways[f"queue of {size:,}"] = partial(until_painted, demo_command(size), first_reference(size))
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(RUNS + 1):  # turn and turn about, so that a busy moment hits all of them
        for name, way in ways.items():
            found[name].append(way())
    spreads = {name: Spread(tuple(values[1:])) for name, values in found.items()}
    trivial = spreads["trivial Textual app"].median
    table(
        f"Cold start: ms until painted (or ended), median (least–most) of {RUNS}; {COLUMNS}×{LINES}",
        ("what", "ms", "against the trivial app"),
        [(name, spread.shown(".0f"), times(spread.median, trivial)) for name, spread in spreads.items()],
    )
    print(machine())


if __name__ == "__main__":
    main()
