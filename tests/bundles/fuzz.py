"""Coverage-guided fuzzing of the parsers, on every platform and with nothing to install.

    python -m tests.bundles.fuzz [--seconds 60] [--seed N] [--keep] [TARGET ...]

An input is kept when it reaches a line, coming from a line, that none before did; kept ones are changed, cut, doubled
and mixed. The corpus lies beside this file, a folder a target; ``--keep`` adds what was found to it, made small first.
A failure is written beside it as ``crash-…`` and ends the run with exit status 1.
"""

import argparse
import hashlib
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from tests.bundles.fuzz_targets import TARGETS, try_one

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
_WATCHED = (
    "casedesk/bundles/",
    "casedesk/desk/bundle_in.py",
    "casedesk/store/operations.py",
    "casedesk/model/ids.py",
)
_ODD = (
    b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\x10\0\x01", b'"', b"{", b"[", b"}", b"]", b",", b":",
    b"\\u0000", b"\\ud800", b"null", b"true", b"1e999", b"-1", b"NaN", b"18446744073709551615", b"\xed\xa0\x80",
    b"\xef\xbb\xbf", b'"over":{', b'"schema":9', b"\x01\0\0\0", b"\x02", b"\x03",
)  # fmt: skip
_MOST_BYTES = 8 * 1024

Edges = frozenset[tuple[int, int, int]]


def traced(act: Callable[[], None]) -> Edges:
    """Which lines of the parsers an act goes through, each with the one it came from."""
    found: set[tuple[int, int, int]] = set()
    last = 0

    def on_line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal last
        if event == "line":
            found.add((id(frame.f_code), last, frame.f_lineno))
            last = frame.f_lineno
        return on_line

    def on_call(frame: FrameType, _event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        return on_line if any(part in name for part in _WATCHED) else None

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        act()
    finally:
        sys.settrace(before)
    return frozenset(found)


class Fuzzer:
    """One target, what was kept for it, and what of the code that has reached."""

    def __init__(self, name: str, seeds: Iterable[bytes], dice: random.Random) -> None:
        self.name = name
        self.tries = 0
        self.new: list[bytes] = []
        self._dice = dice
        self._reached: set[tuple[int, int, int]] = set()
        self._kept: list[bytes] = []
        for seed in seeds:
            self._try(seed)
            self._kept.append(seed)
        self._kept = self._kept or [b""]

    def step(self) -> None:
        """Try one more input. Raises what the target does."""
        data = self._changed(self._dice.choice(self._kept))
        if self._try(data):
            self._kept.append(data)
            self.new.append(data)

    @property
    def reached(self) -> int:
        """How many steps from line to line were seen."""
        return len(self._reached)

    def smaller(self, data: bytes) -> bytes:
        """The same, cut down as long as it reaches what it reaches."""
        wanted = traced(lambda: try_one(self.name, data))
        size = len(data) // 2
        while size:
            at = 0
            while at < len(data):
                less = data[:at] + data[at + size :]
                if traced(lambda less=less: try_one(self.name, less)) >= wanted:  # type: ignore[misc]
                    data = less
                else:
                    at += size
            size //= 2
        return data

    def _try(self, data: bytes) -> bool:
        self.tries += 1
        self.last = data
        found = traced(lambda: try_one(self.name, data))
        if found <= self._reached:
            return False
        self._reached |= found
        return True

    def _changed(self, data: bytes) -> bytes:
        made = bytearray(data)
        for _ in range(self._dice.choice((1, 1, 1, 2, 4))):
            self._change(made)
        return bytes(made[:_MOST_BYTES])

    def _change(self, made: bytearray) -> None:
        dice = self._dice
        at = dice.randrange(len(made) + 1)
        until = min(len(made), at + dice.choice((1, 1, 2, 4, 16, 64)))
        match dice.randrange(7):
            case 0 if at < len(made):
                made[at] ^= 1 << dice.randrange(8)
            case 1:
                made[at:at] = dice.choice(_ODD)
            case 2:
                made[at:until] = dice.choice(_ODD)
            case 3:
                del made[at:until]
            case 4:
                made[at:at] = made[at:until]
            case 5:
                other = dice.choice(self._kept)
                made[at:] = other[dice.randrange(len(other) + 1) :]
            case _:
                made[at:until] = dice.randbytes(until - at)


def seeds(name: str) -> list[bytes]:
    """The corpus of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


def run(names: Iterable[str], seconds: float, seed: int) -> list[Fuzzer]:
    """Fuzz these targets in turn, so long altogether. Raises what a target raises, after writing the input down."""
    dice = random.Random(seed)
    made = []
    chosen = list(names)
    for name in chosen:
        fuzzer = Fuzzer(name, seeds(name), dice)
        until = time.monotonic() + seconds / len(chosen)
        try:
            while time.monotonic() < until:
                fuzzer.step()
        except Exception:
            path = HERE / f"crash-{name}-{hashlib.sha256(fuzzer.last).hexdigest()[:12]}"
            path.write_bytes(fuzzer.last)
            print(f"{name}: failed on {path} (seed {seed})", file=sys.stderr)
            raise
        made.append(fuzzer)
    return made


def keep(fuzzer: Fuzzer) -> int:
    """Add what was found to the corpus, small, and only what reaches more than all the rest."""
    folder = CORPUS / fuzzer.name
    folder.mkdir(parents=True, exist_ok=True)
    reached: set[tuple[int, int, int]] = set()
    count = 0
    for data in seeds(fuzzer.name):
        reached |= traced(lambda data=data: try_one(fuzzer.name, data))  # type: ignore[misc]
    for data in sorted(fuzzer.new, key=len):
        small = fuzzer.smaller(data)
        found = traced(lambda small=small: try_one(fuzzer.name, small))  # type: ignore[misc]
        if not found <= reached:
            reached |= found
            (folder / hashlib.sha256(small).hexdigest()[:16]).write_bytes(small)
            count += 1
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], metavar="TARGET")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--keep", action="store_true")
    told = parser.parse_args()
    print(f"seed {told.seed}", flush=True)
    try:
        done = run(told.targets or TARGETS, told.seconds, told.seed)
    except Exception:  # noqa: BLE001 - whatever a parser raised is what was looked for
        traceback.print_exc()
        return 1
    for one in done:
        kept = f", {keep(one)} added to the corpus" if told.keep else ""
        print(f"{one.name}: {one.tries:,} tries, {one.reached} steps reached, {len(one.new)} new{kept}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
