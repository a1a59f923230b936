"""A pile of files, of whatever kind and in whatever order: each gets a line, and bundles are taken in as they fit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casedesk.bundles import cards
from casedesk.bundles.refused import FOR_OTHERS, RefusedError
from casedesk.desk import bundle_in, device_cards, team
from casedesk.desk.bundle_in import Imported, Verified
from casedesk.desk.bundles import SUFFIX
from casedesk.desk.desk import Desk
from casedesk.desk.device_cards import CARD_SUFFIX
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.facts import TEAM
from casedesk.model.text import clean, counted

MOST_FILES = 1000
_PART = ".part"


class Sort(StrEnum):
    """What a file is."""

    BUNDLE = "bundle"
    """One for this installation, that can be taken in."""
    HELD = "held"
    """One that was taken in before."""
    OWN = "own"
    """One that was made here."""
    CARD = "card"
    STRANGER = "stranger"
    """One that cannot be opened or taken in here: the message says why."""
    UNFINISHED = "unfinished"
    """One that is still being written."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One file of the pile, as it was found. Nothing of it was taken in."""

    path: Path
    sort: Sort
    message: str
    """What it is, in a line."""
    bundle: Verified | None = None
    card: cards.Card | None = None
    why: str = ""
    """For a stranger, in a word: the code of :class:`casedesk.bundles.refused.RefusedError`."""

    @property
    def can_take_in(self) -> bool:
        """Whether there is something to take in."""
        return self.sort is Sort.BUNDLE

    @property
    def is_for_others(self) -> bool:
        """Whether it is a bundle that is no business of this installation's: usual in a shared folder."""
        return self.sort is Sort.STRANGER and self.why in FOR_OTHERS


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one file."""

    looked: Looked
    message: str
    imported: Imported | None = None
    refused: CasedeskError | None = None


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files meant: those named, and of a folder the cards and bundles in it (not in folders below).

    Raises BadInputError for a path that is not there, a folder that cannot be read, or far too many files.
    """
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_of_folder(path) if path.is_dir() else [_there(path)]))
    if len(found) > MOST_FILES:
        raise BadInputError(
            f"These are {len(found):,} files; at most {MOST_FILES:,} are looked at.", "Give fewer."
        )
    return list(found)


def _there(path: Path) -> Path:
    if not path.exists():
        raise BadInputError(f"There is no file {clean(str(path))}.", "Check the path; plug the stick in.")
    return path


def _of_folder(folder: Path) -> list[Path]:
    try:
        return sorted(
            one for one in folder.iterdir() if one.suffix in (SUFFIX, CARD_SUFFIX) and one.is_file()
        )
    except OSError as error:
        raise BadInputError(
            f"The folder {clean(str(folder))} cannot be read ({type(error).__name__}).", "Check the drive."
        ) from None


def look(desk: Desk, paths: Iterable[Path]) -> list[Looked]:
    """Say of each file what it is: in the order in which they are to be taken in, the others after."""
    order = list(Sort)
    found = [look_at(desk, path) for path in files_in(paths)]
    return sorted(found, key=lambda one: (order.index(one.sort), _turn(one), one.path.name))


def look_at(desk: Desk, path: Path) -> Looked:
    """Say what one file is. Never raises for what is in it."""
    if path.suffix == _PART:
        return Looked(path, Sort.UNFINISHED, "is still being written: left alone")
    card = _card(path)
    if card is not None:
        return _of_card(desk, path, card)
    try:
        bundle = bundle_in.verify(desk, path)
    except RefusedError as error:
        if error.why == "own":
            return Looked(
                path, Sort.OWN, "a bundle of your own: give it to those whom it is for", why=error.why
            )
        return Looked(path, Sort.STRANGER, str(error), why=error.code)
    if bundle.taken_at is not None:
        return Looked(path, Sort.HELD, f"{described(bundle)}, taken in before", bundle)
    return Looked(path, Sort.BUNDLE, described(bundle), bundle)


def described(bundle: Verified) -> str:
    """A bundle in a line: ``bundle 12 from Bob, incremental, 14 operations``."""
    said = bundle.manifest
    return f"bundle {said.number} from {bundle.sender}, {said.kind.value}, {counted(said.operations, 'operation')}"


def _card(path: Path) -> cards.Card | None:
    if path.suffix != CARD_SUFFIX:
        return None
    try:
        return device_cards.read_card_file(path)
    except CasedeskError:
        return None


def _of_card(desk: Desk, path: Path, card: cards.Card) -> Looked:
    if card.device == desk.store.identity.device:
        return Looked(path, Sort.OWN, "your own card: give it to your colleagues", card=card)
    known = next((one for one in team.members(desk) if one.id == card.device), None)
    if known is not None and known.is_active:
        return Looked(path, Sort.HELD, f"card of {card.name}, a member already", card=card)
    return Looked(
        path,
        Sort.CARD,
        f"card of {card.name} ({card.actor}): enrol it with the eight words they read out",
        card=card,
    )


def _turn(one: Looked) -> tuple[int, bytes, int]:
    """When it is its turn: bundles by the time they were made, each sender's by number."""
    if one.bundle is None:
        return (0, b"", 0)
    said = one.bundle.manifest
    return (int(said.made_at.timestamp()), said.sender, said.number)


def take_in_all(
    desk: Desk, pile: Sequence[Looked], progress: Callable[[Looked, int, int], None] | None = None
) -> Iterator[Result]:
    """Take the bundles of a pile in, each by itself: what one refuses does not keep the others from being taken in.

    A bundle whose sender is made known by another one of the pile is looked at again after it. ``progress`` is called
    with the file and how much of it is done, of how much.
    """
    ahead, later = list(pile), list[Looked]()
    while ahead:
        one = ahead.pop(0)
        if one.sort is Sort.STRANGER and one.why == "signature":
            later.append(one)
        elif one.can_take_in:
            yield _take(desk, one, progress)
        else:
            yield Result(one, one.message)
    for one in later:
        again = look_at(desk, one.path)
        yield _take(desk, again, progress) if again.can_take_in else Result(again, again.message)


def _take(desk: Desk, one: Looked, progress: Callable[[Looked, int, int], None] | None) -> Result:
    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(one, done, total)

    try:
        imported = bundle_in.take_in(desk, one.path, told)
    except CasedeskError as error:
        return Result(one, str(error), refused=error)
    return Result(one, came_of(imported), imported)


def came_of(imported: Imported) -> str:
    """What came of a bundle, in a line: how much is new, what it changed, what waits, what is in conflict."""
    taken = imported.taken
    parts = [f"{counted(taken.new, 'new operation')} in {counted(len(taken.cases - {TEAM}), 'case')}"]
    if taken.held:
        parts.append(f"{taken.held:,} held already")
    if taken.freed:
        parts.append(f"{taken.freed:,} that had waited")
    if taken.conflicts > 0:
        parts.append(f"{counted(taken.conflicts, 'conflict')} to decide")
    if taken.attachments:
        parts.append(counted(taken.attachments, "document"))
    if taken.without_content:
        parts.append(f"{taken.without_content:,} restricted to others")
    if taken.not_allowed:
        parts.append(f"{taken.not_allowed:,} that the author may not do: not applied")
    if taken.not_shown:
        parts.append(f"{taken.not_shown:,} need a newer casedesk")
    if waiting := sum(taken.parked.values()):
        parts.append(f"{waiting:,} wait")
    said = "; ".join((", ".join(parts), *imported.gaps))
    return (
        f"{said}. This store was copied: it has a new name, give your new card" if imported.renewed else said
    )
