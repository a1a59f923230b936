"""Device cards: this installation's own, written for colleagues, and theirs as they are read."""

from contextlib import suppress
from itertools import chain, count
from pathlib import Path

from casedesk.bundles import cards
from casedesk.bundles.cards import Card
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError, CasedeskError, StoreError
from casedesk.model.text import clean, folded

CARD_SUFFIX = ".casecard"


def own_card(desk: Desk) -> Card:
    """This installation's card, as it would be given to a colleague now."""
    me = desk.store.identity
    (name,) = desk.store.connection.execute("SELECT name FROM device WHERE id = ?", (me.device,)).fetchone()
    person = desk.settings.person
    return Card(
        device=me.device,
        space=me.space,
        name=_line(name) or _line(person.name) or "desk",
        actor=_line(me.actor) or "?",
        sign_pub=me.signing_key.public_key().public_bytes_raw(),
        recipient=str(desk.store.bundle_identity().to_public()),
        made_at=desk.now,
    )


def _line(said: str | None) -> str:
    """A name as a card may carry it: cleaned, not too long; empty where nothing of it can be seen."""
    found = clean(clean(said or "")[:100])
    return found if folded(found).strip() else ""


def write_own_card(desk: Desk) -> tuple[Card, bytes]:
    """The card and its file, signed."""
    card = own_card(desk)
    return card, cards.write_card(card, desk.store.sign(cards.signed_bytes(card)))


def write_own_card_to(desk: Desk, to: Path) -> tuple[Card, Path]:
    """Write this installation's card into a file, or into a folder under the desk's name, with a number if need be.

    Raises BadInputError when a file is named that is there and not this desk's card, or whose folder is not there;
    StoreError when it cannot be written.
    """
    card, raw = write_own_card(desk)
    try:
        path = _free_name(to, card) if to.is_dir() else to
        if path.suffix != CARD_SUFFIX:
            path = path.with_name(path.name + CARD_SUFFIX)
        if path.exists() and not _is_card_of(path, card.device):
            raise BadInputError(f"{path} is there, and is not this desk's card.", "Name another file.")
        if not path.parent.is_dir():
            raise BadInputError(
                f"{path} cannot be written: there is no such folder.",
                "Plug the stick in, or name another folder.",
            )
        _write_whole(path, raw)
    except OSError as error:
        raise StoreError(
            f"No card could be written in {path.parent} ({error.strerror or type(error).__name__}).",
            "Check that the folder can be written and has room.",
        ) from None
    return card, path


def _free_name(folder: Path, card: Card) -> Path:
    """Where a card goes in a folder: in place of an older one of the same desk, never of anything else."""
    name = _file_name(card.name)
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    places = (folder / f"{one}{CARD_SUFFIX}" for one in names)
    return next(path for path in places if not path.exists() or _is_card_of(path, card.device))


def _write_whole(path: Path, raw: bytes) -> None:
    """Write beside the final name, then give it the name: a full stick leaves the older card as it was."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(raw)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _is_card_of(path: Path, device: bytes) -> bool:
    try:
        return read_card_file(path).device == device
    except CasedeskError:
        return False


def _file_name(name: str) -> str:
    """A desk's name as a file may be called on every system."""
    return "".join(one if one.isalnum() else "-" for one in folded(name)).strip("-")[:40] or "desk"


def read_card_file(path: Path) -> Card:
    """Read a colleague's card. Raises RefusedError when it is none, BadInputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(cards.MOST_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{path} cannot be read ({type(error).__name__}).", "Check the path.") from None
    return cards.read_card(raw)
