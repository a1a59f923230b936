"""What an export that was killed left behind: the file that was not yet a bundle, known by the name it was given.

Every such file has a name of its own that is noted before the file is made, so that those of others, who write into
the same folder, are never touched.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson

from casedesk.desk.desk import Desk

PART = ".part"
"""What the name of a bundle ends in until it was read back."""
_NAME = re.compile(r"[0-9a-f]{12}\.casebundle\.part")
_KEY = "bundle.parts"
_MOST = 50
_writing: set[str] = set()
"""What is being written now: nothing is left over of it."""


@contextmanager
def writing(desk: Desk, part: Path) -> Iterator[None]:
    """Keep the name of a file that the block makes, and first remove what earlier ones left in its folder."""
    kept = [one for one in _noted(desk) if not _gone(one, part.parent)]
    desk.store.set_meta(_KEY, orjson.dumps([str(one) for one in (*kept[1 - _MOST :], part)]).decode())
    _writing.add(part.name)
    try:
        yield
    finally:
        _writing.discard(part.name)


def left(desk: Desk) -> list[Path]:
    """The files that are still where an export that was cut short left them, as far as can be seen."""
    return [one for one in _noted(desk) if _is_there(one)]


def _noted(desk: Desk) -> list[Path]:
    """The names that were noted, the latest last."""
    try:
        return [Path(one) for one in orjson.loads(desk.store.meta(_KEY) or "[]") if isinstance(one, str)]
    except (ValueError, TypeError):
        return []


def _gone(noted: Path, folder: Path) -> bool:
    """Remove the file of this name from a folder, wherever that was mounted before; whether it can be forgotten."""
    here = folder / noted.name
    if here.name in _writing:
        return False
    if _is_there(here):
        with suppress(OSError):
            here.unlink()
        return not _is_there(here)
    return noted.parent == folder


def _is_there(path: Path) -> bool:
    """Whether it is an ordinary file, named as an unfinished bundle is, and not being written now."""
    if path.name in _writing or not _NAME.fullmatch(path.name):
        return False
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:
        return False
