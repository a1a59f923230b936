"""Watching a folder: what is new in it for this installation is taken in, everything else is left where it is."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from casedesk.desk import bundle_pile
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

    With ``move_to`` those that were taken in, now or before, are moved there. Raises BadInputError for a folder that is
    not there, StoreError when one cannot be moved.
    """
    for place in filter(None, (folder, move_to)):
        if not place.is_dir():
            raise BadInputError(
                f"There is no folder {clean(str(place))}.", "Plug the stick in, or make the folder."
            )
    pile = bundle_pile.look(desk, seen.fresh(folder))
    results = list(bundle_pile.take_in_all(desk, pile))
    told = []
    for one in results:
        if move_to is not None and (one.imported or one.looked.sort is Sort.HELD):
            _move(one.looked.path, move_to)
        if (
            one.imported
            or one.refused
            or (one.looked.sort is Sort.STRANGER and one.looked.why not in ("key", "addressee"))
        ):
            told.append(one)
        if one.looked.why == "signature":  # whoever made it may be made known by a later bundle
            seen.files.pop(one.looked.path.name, None)
    return told


def _move(path: Path, folder: Path) -> None:
    target = folder / path.name
    if target.exists():
        raise StoreError(f"{clean(str(target))} is there already.", "Move one of the two away.")
    try:
        shutil.move(path, target)
    except OSError as error:
        raise StoreError(
            f"{path.name} cannot be moved to {clean(str(folder))} ({type(error).__name__}).",
            "Give a folder that can be written.",
        ) from None
