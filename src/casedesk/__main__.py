"""The doorstep: make the surroundings safe, answer ``--version`` at once, then hand over to the commands."""

import os
import sys
from typing import TextIO

from casedesk import __version__, faults

_KEPT = {"TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DISABLE_KITTY_KEY", "TEXTUAL_FPS"}
"""The terminal framework's variables that only say what the terminal can do."""


def scrub_environment() -> None:
    """Drop the terminal framework's debugging variables.

    They write screens and events to files or to a network console, or import a driver by name. The framework
    reads them when it is imported, so this must come first.
    """
    for name in [name for name in os.environ if name.startswith("TEXTUAL")]:
        if name not in _KEPT:
            del os.environ[name]


def speak_utf8() -> bool:
    """Make the standard streams write UTF-8, whatever the locale says; False where one cannot."""
    return all(_speaks_utf8(stream) for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__))


def _speaks_utf8(stream: TextIO | None) -> bool:
    if stream is None or stream.encoding.lower().replace("-", "") == "utf8":
        return True
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return False
    reconfigure(encoding="utf-8", errors="replace")
    return True


def main() -> int:
    """Run casedesk; return its exit status."""
    scrub_environment()
    faults.install()
    if not speak_utf8():
        print(
            "casedesk writes UTF-8 and this terminal cannot. Set PYTHONUTF8=1 and try again.", file=sys.stderr
        )
        return 2
    if sys.argv[1:] == ["--version"]:
        print(f"casedesk {__version__}")
        return 0
    from casedesk.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
