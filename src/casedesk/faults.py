"""What happens when casedesk itself is at fault: one line on the terminal, and a log without personal data.

Python's own tracebacks, and the terminal framework's, print exception texts and local variables: names,
numbers, notes. casedesk prints neither. The log holds the kinds of the exceptions and where they passed
(file, line, function, and the source line where it is casedesk's own), which is what a maintainer needs and
all that may leave the desk. Imports nothing heavy: both doors use it.
"""

import contextlib
import logging
import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType

from casedesk import __version__

EXIT_CODE = 1
"""The exit status of a fault."""

_PACKAGE = Path(__file__).resolve().parent
_LARGEST_LOG = 256 * 1024
_MOST_FRAMES = 60
_MOST_LINKS = 8


def default_log_path() -> Path:
    """Where faults are logged unless a door says so: ``$CASEDESK_HOME/logs``, or the platform's place."""
    home = os.environ.get("CASEDESK_HOME")
    if home:
        return Path(home) / "logs" / "faults.log"
    import platformdirs

    return platformdirs.user_log_path("casedesk", appauthor=False) / "faults.log"


_log_path: Callable[[], Path] = default_log_path


def install(log_path: Callable[[], Path] | None = None) -> None:
    """Take over every way Python has of printing an exception that nobody caught.

    ``log_path`` says where faults are logged; it is called only when there is one. May be called again once
    the store's place is known.
    """
    global _log_path
    if log_path is not None:
        _log_path = log_path
    sys.excepthook = _on_uncaught
    threading.excepthook = _on_thread
    sys.unraisablehook = _on_unraisable
    root = logging.getLogger()
    if not any(isinstance(handler, _FaultHandler) for handler in root.handlers):
        root.addHandler(_FaultHandler(logging.ERROR))
    logging.captureWarnings(True)  # a library's warning may quote the data it was given


def record(error: BaseException, log_path: Path | None = None) -> Path | None:
    """Write a fault into the log; say where the log is, or None where none could be written. Never raises."""
    try:
        path = log_path or _log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            path.replace(path.with_suffix(".old.log"))
        with open(path, "a", encoding="utf-8", opener=_private) as log:
            log.write("\n".join(describe(error)) + "\n\n")
    except Exception:  # noqa: BLE001 -- a fault while recording a fault must not hide the first
        return None
    return path


def last_words(log: Path | None) -> str:
    """The one line a person sees after a fault."""
    where = f"Details without personal data: {_short(log)}" if log else "No log could be written."
    return f"casedesk stopped because of a fault. Nothing that was saved is lost. {where}"


def describe(error: BaseException) -> Iterator[str]:
    """Write what may be known of a fault, line by line: kinds and places, never texts or values."""
    yield f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} casedesk {__version__}"
    yield f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    yield from _describe_chain(error)


def _describe_chain(error: BaseException, depth: int = 0) -> Iterator[str]:
    """Describe an exception and what it came from."""
    kind = type(error)
    yield f"{'  ' * depth}{'came from ' if depth else ''}{kind.__module__}.{kind.__qualname__}"
    frames = list(_frames(error.__traceback__))
    if len(frames) > _MOST_FRAMES:
        frames = [*frames[: _MOST_FRAMES // 2], None, *frames[-_MOST_FRAMES // 2 :]]
    for frame in frames:
        yield f"{'  ' * depth}  {_place(*frame) if frame else '…'}"
    if depth == _MOST_LINKS:
        return
    for origin in _origins(error):
        yield from _describe_chain(origin, depth + 1)


def _origins(error: BaseException) -> Iterator[BaseException]:
    """The exceptions that an exception came from or holds."""
    if isinstance(error, BaseExceptionGroup):
        yield from error.exceptions
    held = getattr(error, "error", None)  # the framework's WorkerFailed keeps what failed here
    if isinstance(held, BaseException):
        yield held
    if error.__cause__ is not None:
        yield error.__cause__
    elif error.__context__ is not None and not error.__suppress_context__:
        yield error.__context__


def _frames(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int] | None]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def _place(frame: FrameType, line: int) -> str:
    """Name a place in the code; quote the line where it is casedesk's own."""
    path = Path(frame.f_code.co_filename)
    place = f"{_anonymous(path)}:{line} in {frame.f_code.co_qualname}"
    if _PACKAGE not in path.parents:
        return place
    import linecache

    return f"{place}: {linecache.getline(str(path), line).strip()}"


def _anonymous(path: Path) -> str:
    """A path without what lies above the library it belongs to: home folders carry people's names."""
    if _PACKAGE in path.parents:
        return str(path.relative_to(_PACKAGE.parent))
    for root in ("site-packages", "dist-packages", f"python3.{sys.version_info.minor}"):
        if root in path.parts:
            return str(Path(*path.parts[path.parts.index(root) + 1 :]))
    return path.name


def _short(path: Path) -> str:
    with contextlib.suppress(RuntimeError, ValueError):
        return str(Path("~") / path.relative_to(Path.home()))
    return str(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _on_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        print("Stopped.", file=sys.stderr)
        return
    print(last_words(record(error.with_traceback(traceback))), file=sys.stderr)


def _on_thread(fault: threading.ExceptHookArgs) -> None:
    if fault.exc_value is not None and not isinstance(fault.exc_value, SystemExit):
        record(fault.exc_value)


def _on_unraisable(fault: "sys.UnraisableHookArgs") -> None:
    if fault.exc_value is not None:
        record(fault.exc_value)


class _FaultHandler(logging.Handler):
    """Takes what libraries report through ``logging``, which would otherwise print exception texts."""

    def emit(self, entry: logging.LogRecord) -> None:
        """Record the exception of an entry; its words are dropped, for they may quote data."""
        if entry.exc_info and entry.exc_info[1] is not None:
            record(entry.exc_info[1])
