"""Watching a folder: what is new in it for this installation is taken in, everything else is left where it is."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path

from casedesk.desk import bundle_pile, team
from casedesk.desk.bundle_pile import Result, Sort
from casedesk.desk.bundles import SUFFIX
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.text import clean

_Stamp = tuple[int, int]
"""A file's size and time of change: another one is another file, or one that has been finished."""


@dataclass(slots=True)
class Seen:
    """What a watch has looked at already, so that a folder of a thousand bundles is not read at every pass."""

    files: dict[str, _Stamp] = field(default_factory=dict)

    def fresh(self, folder: Path) -> list[Path]:
        """The bundles of a folder that are new, or have changed, since the last time. Raises BadInputError."""
        found = []
        now: dict[str, _Stamp] = {}
        for path in bundle_pile.files_in([folder]):
            if path.suffix != SUFFIX:
                continue
            with suppress(OSError):  # it went meanwhile
                said = path.stat()
                now[path.name] = (said.st_size, said.st_mtime_ns)
                if self.files.get(path.name) != now[path.name]:
                    found.append(path)
        self.files = now
        return found


def one_pass(desk: Desk, folder: Path, seen: Seen, move_to: Path | None = None) -> Sequence[Result]:
    """Take in what is new in a folder for this installation; what came of each, others' bundles left out.

    With ``move_to`` those that were taken in, now or before, and are for nobody else are moved there; of the others it
    is said for whom they stay. One that cannot be moved is named with the reason, and tried again at the next pass.
    Raises BadInputError for a folder that is not there, or that is both.
    """
    for place in filter(None, (folder, move_to)):
        if not place.is_dir():
            raise BadInputError(
                f"There is no folder {clean(str(place))}.", "Plug the stick in, or make the folder."
            )
    if move_to is not None and move_to.samefile(folder):
        raise BadInputError("Both are the same folder.", "Name another folder to move to.")
    pile = bundle_pile.look(desk, seen.fresh(folder))
    told = []
    for came in bundle_pile.take_in_all(desk, pile):
        one = came if move_to is None else _put_away(desk, came, move_to)
        if (
            one is not came
            or one.imported
            or one.refused
            or (one.looked.sort is Sort.STRANGER and not one.looked.is_for_others)
        ):
            told.append(one)
        # Whoever made it may be made known by a later bundle; a folder that is full may be emptied.
        if one.looked.why == "signature" or (one is not came and one.refused):
            seen.files.pop(one.looked.path.name, None)
    return told


def _put_away(desk: Desk, one: Result, folder: Path) -> Result:
    """Move a bundle that was taken in and is for nobody else; the same with what is to be said where it stays."""
    bundle = one.looked.bundle
    if bundle is None or not (one.imported or one.looked.sort is Sort.HELD):
        return one
    others = [
        team.desk_name(desk, device) for device in bundle.manifest.to if device != desk.store.identity.device
    ]
    if others:
        return replace(one, message=f"{one.message}; left there: it is also for {', '.join(others)}")
    try:
        _move(one.looked.path, folder)
    except StoreError as error:
        return replace(one, message=f"{one.message}; {error}", refused=error)
    return one


def _move(path: Path, folder: Path) -> None:
    target = _free_name(folder, path)
    try:
        shutil.move(path, target)
    except OSError as error:
        with suppress(OSError):
            if path.exists():
                target.unlink(missing_ok=True)
        raise StoreError(
            f"{path.name} cannot be moved to {clean(str(folder))} ({error.strerror or type(error).__name__}).",
            "Give a folder that can be written, and a stick from which it can be taken.",
        ) from None


def _free_name(folder: Path, path: Path) -> Path:
    """Where a file can go in a folder without replacing another: under its name, or one with a number."""
    names = chain([path.name], (f"{path.stem}-{number}{path.suffix}" for number in count(2)))
    return next(place for name in names if not (place := folder / name).exists())
