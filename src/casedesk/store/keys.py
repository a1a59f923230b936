"""The store's key: made once, kept only wrapped, opened by the passphrase.

The key file holds the 32-byte store key sealed with AES-256-GCM under a key that Argon2id makes from the
passphrase. Changing the passphrase rewraps the same store key; the database is not rewritten.
"""

import contextlib
import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path

from casedesk.model.errors import BadInputError, StoreError, WrongPassphraseError

KEY_BYTES = 32
FORMAT = 1
MIN_PASSPHRASE = 12
"""Characters. A passphrase is the only thing between a finder of the laptop and the casework."""


@dataclass(frozen=True)
class Cost:
    """What one guess at the passphrase costs: Argon2id memory in KiB, passes and lanes."""

    memory_kib: int
    passes: int
    lanes: int


DEFAULT_COST = Cost(memory_kib=128 * 1024, passes=3, lanes=4)
"""Above RFC 9106's second recommendation (64 MiB, 3 passes, 4 lanes)."""
GENERATED_COST = Cost(memory_kib=8 * 1024, passes=1, lanes=1)
"""For passphrases made by :func:`generated_passphrase`, which have 128 random bits and need no slowing down."""


@dataclass(frozen=True)
class KeyFile:
    """The wrapped key as it stands on disk."""

    store_id: str
    cost: Cost
    salt: bytes
    nonce: bytes
    sealed: bytes

    def dump(self) -> str:
        """Write the key file's text."""
        return (
            json.dumps(
                {
                    "casedesk-key": FORMAT,
                    "store": self.store_id,
                    "passphrase": {
                        "kdf": "argon2id",
                        **asdict(self.cost),
                        "salt": b64encode(self.salt).decode(),
                        "nonce": b64encode(self.nonce).decode(),
                        "sealed": b64encode(self.sealed).decode(),
                    },
                },
                indent=2,
            )
            + "\n"
        )


def parse_key_file(text: str) -> KeyFile:
    """Read a key file's text. Raises StoreError when it is damaged or of a newer format."""
    try:
        raw = json.loads(text)
        if raw["casedesk-key"] != FORMAT:
            raise StoreError(
                f"The key file has format {raw['casedesk-key']}, which this casedesk does not know.",
                "Open the store with the casedesk that made it, or a newer one.",
            )
        wrap = raw["passphrase"]
        cost = Cost(int(wrap["memory_kib"]), int(wrap["passes"]), int(wrap["lanes"]))
        if not (8 <= cost.memory_kib <= 4 * 1024 * 1024 and 1 <= cost.passes <= 100 and 1 <= cost.lanes <= 64):
            raise ValueError("cost out of range")
        return KeyFile(
            str(raw["store"]),
            cost,
            b64decode(wrap["salt"], validate=True),
            b64decode(wrap["nonce"], validate=True),
            b64decode(wrap["sealed"], validate=True),
        )
    except (ValueError, KeyError, TypeError):
        raise StoreError(
            "The key file is damaged: it does not read as a casedesk key.",
            "Put back the key file from a backup; without it or the recovery key the store cannot be opened.",
        ) from None


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(passphrase.encode())


def _label(store_id: str) -> bytes:
    return f"casedesk key v{FORMAT}\0{store_id}".encode()


def wrap(key: bytes, passphrase: str, store_id: str, cost: Cost = DEFAULT_COST) -> KeyFile:
    """Seal the store key under the passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_stretched(passphrase, salt, cost)).encrypt(nonce, key, _label(store_id))
    return KeyFile(store_id, cost, salt, nonce, sealed)


def unwrap(key_file: KeyFile, passphrase: str) -> bytes:
    """Open the store key. Raises WrongPassphraseError; the message holds nothing of what was typed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(_stretched(passphrase, key_file.salt, key_file.cost)).decrypt(
            key_file.nonce, key_file.sealed, _label(key_file.store_id)
        )
    except InvalidTag:
        raise WrongPassphraseError(
            "That passphrase does not open this store.", "Try again; check Caps Lock and the keyboard layout."
        ) from None


def new_key() -> bytes:
    """Make a new store key."""
    return secrets.token_bytes(KEY_BYTES)


def generated_passphrase() -> str:
    """Make a passphrase of 128 random bits, for stores that no person unlocks (the demo)."""
    return secrets.token_urlsafe(16)


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that is too short to protect a laptop. Raises BadInputError."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise BadInputError(
            f"The passphrase has {len(passphrase)} characters; it needs at least {MIN_PASSPHRASE}.",
            "Use four or more unrelated words.",
        )
    if len(set(passphrase)) < 5:
        raise BadInputError(
            "The passphrase repeats the same few characters.", "Use four or more unrelated words."
        )


def write_file(path: Path, text: str) -> None:
    """Write a small file whole or not at all: beside it, synced, then renamed over it."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    with contextlib.suppress(OSError):  # folders cannot be synced on every system
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read_key_file(path: Path) -> KeyFile:
    """Read the key file. Raises StoreError when there is none or it is damaged."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StoreError(
            f"There is no key file at {path}.", "Run “casedesk init” first, or give the right --home."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"The key file at {path} cannot be read ({type(error).__name__}).",
            "Check the folder's permissions, or put the key file back from a backup.",
        ) from None
    return parse_key_file(text)
