"""The force's recovery key: an age key pair whose private half opens every store that knows its public half.

The public half (``age1…``) is on every desk; the private half (``AGE-SECRET-KEY-1…``) stays in the force's
safe. The store key is sealed to each public half in the key file. A proof made with the store key covers that
list: who can write the file but not open the store can spoil the list, not change it unseen.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.text import clean
from casedesk.store.keys import KEY_BYTES, KeyFile, RecoveryWrap, subkey

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

MOST_KEYS = 8
"""The most recovery keys one store knows."""
_LARGEST_FILE = 64 * 1024
_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how a private key begins, not one


@dataclass(frozen=True)
class KeyPair:
    """A new recovery key: the text of the private file, which is never printed, and the public half."""

    private: str
    public: str

    def __repr__(self) -> str:
        return f"KeyPair({self.public})"


def new_pair(now: datetime) -> KeyPair:
    """Make a recovery key, in the file format of age's own key generator."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    made = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    notes = (
        f"# casedesk recovery key: keep this file in the safe\n# created: {made}\n# public key: {public}\n"
    )
    return KeyPair(f"{notes}{identity}\n", public)


def checked(recipients: Iterable[str]) -> tuple[str, ...]:
    """Check public recovery keys and drop repeats. Raises BadInputError naming the one at fault."""
    found = tuple(dict.fromkeys(text.strip() for text in recipients))
    for text in found:
        _recipient(text)
    if len(found) > MOST_KEYS:
        raise BadInputError(
            f"{len(found)} recovery keys are too many; the most is {MOST_KEYS}.", "Give fewer."
        )
    return found


def _recipient(text: str) -> "Recipient":
    from pyrage import RecipientError, x25519

    if text.upper().startswith(_SECRET):
        raise BadInputError(
            "That is the private half of a recovery key. It belongs in the safe, not here.",
            "Give the public half, which begins with age1, and treat the private half as seen.",
        )
    try:
        return x25519.Recipient.from_str(text)
    except RecipientError:
        raise BadInputError(
            f"{clean(text)[:80]!r} is not a public recovery key.",
            "It begins with age1 and has 62 characters; copy it whole.",
        ) from None


def read_recipients(path: Path) -> tuple[str, ...]:
    """Read a file of public recovery keys, one a line, ``#`` for comments; none when there is no file.

    Raises BadInputError when it cannot be read or a line is no key.
    """
    if not path.exists():
        return ()
    try:
        return checked(_lines(path))
    except BadInputError as error:
        raise BadInputError(f"{path.name}: {error.message}", error.cure) from None


def read_identity(path: Path) -> "Identity":
    """Read the private half from its file. Raises BadInputError, with nothing of the file in the message."""
    from pyrage import IdentityError, x25519

    try:
        (line,) = _lines(path)
        return x25519.Identity.from_str(line)
    except (ValueError, IdentityError):
        raise BadInputError(
            f"{path.name} is not the private half of a recovery key.",
            f"It holds one line that begins with {_SECRET}; if it is under a password, decrypt it first.",
        ) from None


def _lines(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LARGEST_FILE + 1)
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise BadInputError(f"{path} cannot be read ({type(error).__name__}).", "Check the path.") from None
    if len(text) > _LARGEST_FILE:
        text = ""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def with_keys(key_file: KeyFile, key: bytes, recipients: Iterable[str]) -> KeyFile:
    """The key file with the store key sealed to exactly these recovery keys. Raises BadInputError."""
    import pyrage

    wraps = tuple(
        RecoveryWrap(text, pyrage.encrypt(_label(key_file.store_id) + key, [_recipient(text)]))
        for text in checked(recipients)
    )
    return replace(
        key_file, recovery=wraps, recovery_proof=_proof(key_file.store_id, wraps, key) if wraps else b""
    )


def untouched(key_file: KeyFile, key: bytes) -> bool:
    """Whether the recovery part of the key file is as the store's owner left it."""
    made = _proof(key_file.store_id, key_file.recovery, key) if key_file.recovery else b""
    return hmac.compare_digest(made, key_file.recovery_proof)


def unwrap(key_file: KeyFile, identity: "Identity") -> bytes:
    """Open the store key with the private half of a recovery key.

    Raises StoreError when the store has no recovery key, another one, or the wrap is damaged.
    """
    import pyrage

    if not key_file.recovery:
        raise StoreError(
            "This store has no recovery key.",
            "It opens with its passphrase alone; restore a backup that has one.",
        )
    label = _label(key_file.store_id)
    for wrap in key_file.recovery:
        try:
            opened: bytes = pyrage.decrypt(wrap.sealed, [identity])
        except pyrage.DecryptError:
            continue
        if opened.startswith(label) and len(opened) == len(label) + KEY_BYTES:
            return opened[len(label) :]
    known = ", ".join(clean(wrap.recipient)[:80] for wrap in key_file.recovery)
    raise StoreError("That recovery key does not open this store.", f"Use the private half of {known}.")


def _label(store_id: str) -> bytes:
    return f"casedesk recovery v1\0{store_id}\0".encode()


def _proof(store_id: str, wraps: tuple[RecoveryWrap, ...], key: bytes) -> bytes:
    said = json.dumps([store_id, *([wrap.recipient, b64encode(wrap.sealed).decode()] for wrap in wraps)])
    return hmac.digest(subkey(key, "recovery list"), said.encode(), "sha256")
