"""The store's key: made once, kept only wrapped, opened by the passphrase.

The key file holds the 32-byte store key sealed with AES-256-GCM under a key that Argon2id makes from the
passphrase. Changing the passphrase rewraps the same store key; the database is not rewritten. Further wraps
of the same key may stand beside it: one for each recovery key, and one for the operating system's keyring.
"""

import contextlib
import hashlib
import json
import os
import secrets
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casedesk.model.errors import BadInputError, StoreError, WrongPassphraseError
from casedesk.model.text import clean

KEY_BYTES = 32
FORMAT = 1
MIN_PASSPHRASE = 12
"""Characters. A passphrase is the only thing between a finder of the laptop and the casework."""

_COSTS = {"memory_kib": (8, 4 * 1024 * 1024), "passes": (1, 100), "lanes": (1, 64)}
"""The least and most of each cost that a key file may ask for: a damaged one must not hang the desk."""


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
class RecoveryWrap:
    """The store key sealed with age to one recovery key."""

    recipient: str
    sealed: bytes


@dataclass(frozen=True)
class Sealed:
    """A secret under AES-256-GCM."""

    nonce: bytes
    sealed: bytes


@dataclass(frozen=True)
class KeyFile:
    """The wrapped key as it stands on disk."""

    store_id: str
    cost: Cost
    salt: bytes
    nonce: bytes
    sealed: bytes
    recovery: tuple[RecoveryWrap, ...] = ()
    recovery_proof: bytes = b""
    """Made with the store key over the recovery wraps: tells whether somebody else changed them."""
    keyring: Sealed | None = None
    """The store key under a secret that the operating system's keyring keeps."""

    def dump(self) -> str:
        """Write the key file's text."""
        said: dict[str, Any] = {
            "casedesk-key": FORMAT,
            "store": self.store_id,
            "passphrase": {
                "kdf": "argon2id",
                **asdict(self.cost),
                "salt": b64encode(self.salt).decode(),
                "nonce": b64encode(self.nonce).decode(),
                "sealed": b64encode(self.sealed).decode(),
            },
        }
        if self.recovery:
            said["recovery"] = {
                "wraps": [
                    {"recipient": to.recipient, "sealed": b64encode(to.sealed).decode()}
                    for to in self.recovery
                ],
                "proof": b64encode(self.recovery_proof).decode(),
            }
        if self.keyring is not None:
            said["keyring"] = {
                "nonce": b64encode(self.keyring.nonce).decode(),
                "sealed": b64encode(self.keyring.sealed).decode(),
            }
        return json.dumps({**said, "check": _check(said)}, indent=2) + "\n"


def _check(said: dict[str, Any]) -> str:
    """A sum over the whole file, so that damage is not taken for a wrong passphrase."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def parse_key_file(text: str) -> KeyFile:
    """Read a key file's text. Raises StoreError when it is damaged or of a newer format."""
    try:
        raw = json.loads(text)
        version = raw["casedesk-key"]
        if version == FORMAT:
            return _parsed(raw)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError(
            "The key file is damaged: it does not read as a casedesk key.",
            "Put back the key file from a backup; without it or the recovery key the store cannot be opened.",
        ) from None
    raise StoreError(
        f"The key file has format {clean(str(version))[:20]}, which this casedesk does not know.",
        "Open the store with the casedesk that made it, or a newer one.",
    )


def _parsed(raw: dict[str, Any]) -> KeyFile:
    if raw.pop("check", None) not in (None, _check(raw)):
        raise ValueError("changed since it was written")
    store_id, wrap = raw["store"], raw["passphrase"]
    recovery, keyring = raw.get("recovery"), raw.get("keyring")
    cost = Cost(*(_whole(wrap[name], *_COSTS[name]) for name in ("memory_kib", "passes", "lanes")))
    if not isinstance(store_id, str) or wrap["kdf"] != "argon2id" or cost.memory_kib < 8 * cost.lanes:
        raise ValueError("not a wrapping that this program makes")
    store_id.encode()
    return KeyFile(
        store_id,
        cost,
        _bytes(wrap["salt"], 16),
        _bytes(wrap["nonce"], 12),
        _bytes(wrap["sealed"], KEY_BYTES + 16),
        tuple(_recovery_wrap(to) for to in recovery["wraps"]) if recovery else (),
        _bytes(recovery["proof"], 32) if recovery else b"",
        Sealed(_bytes(keyring["nonce"], 12), _bytes(keyring["sealed"], KEY_BYTES + 16)) if keyring else None,
    )


def _recovery_wrap(raw: Any) -> RecoveryWrap:
    if not isinstance(raw["recipient"], str):
        raise ValueError("not a recipient")  # noqa: TRY004 - damage, not a mistake of the program
    return RecoveryWrap(raw["recipient"], b64decode(raw["sealed"], validate=True))


def _whole(raw: Any, least: int, most: int) -> int:
    if type(raw) is not int or not least <= raw <= most:
        raise ValueError("out of range")
    return raw


def _bytes(raw: Any, size: int) -> bytes:
    found = b64decode(raw, validate=True)
    if len(found) != size:
        raise ValueError("of another length")
    return found


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(_passphrase_bytes(passphrase))


def _passphrase_bytes(passphrase: str) -> bytes:
    """One passphrase, one key: keyboards differ in how they compose é. What a terminal could not read still counts."""
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def _label(store_id: str) -> bytes:
    return f"casedesk key v{FORMAT}\0{store_id}".encode()


def wrap(key: bytes, passphrase: str, store_id: str, cost: Cost = DEFAULT_COST) -> KeyFile:
    """Seal the store key under the passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_stretched(passphrase, salt, cost)).encrypt(nonce, key, _label(store_id))
    return KeyFile(store_id, cost, salt, nonce, sealed)


def unwrap(key_file: KeyFile, passphrase: str) -> bytes:
    """Open the store key. Raises WrongPassphraseError, or StoreError when this computer has too little memory.

    No message holds anything of what was typed.
    """
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
    except MemoryError:
        raise StoreError(
            f"Unlocking needs {key_file.cost.memory_kib // 1024:,} MiB of free memory.",
            "Close other programs and try again.",
        ) from None


def subkey(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, made from the store key; the database alone uses the store key itself."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, None, f"casedesk {purpose} v1".encode()).derive(key)


def seal(key: bytes, secret: bytes, label: str) -> Sealed:
    """Put a small secret under a key. The label says what it is for and must be the same to open it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    return Sealed(nonce, AESGCM(key).encrypt(nonce, secret, label.encode()))


def unseal(key: bytes, held: Sealed, label: str) -> bytes | None:
    """Open what :func:`seal` closed; None when the key or the label is another, or it was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(held.nonce, held.sealed, label.encode())
    except InvalidTag:
        return None


def new_key() -> bytes:
    """Make a new store key."""
    return secrets.token_bytes(KEY_BYTES)


def generated_passphrase() -> str:
    """Make a passphrase of 128 random bits, for stores that no person unlocks (the demo)."""
    return secrets.token_urlsafe(16)


def check_passphrase(passphrase: str, least: int = MIN_PASSPHRASE) -> None:
    """Refuse a passphrase that is too short to protect a laptop. Raises BadInputError."""
    if len(passphrase) < least:
        raise BadInputError(
            f"The passphrase has {len(passphrase)} characters; it needs at least {least}.",
            "Use four or more unrelated words.",
        )
    if len(set(passphrase)) < 5:
        raise BadInputError(
            "The passphrase repeats the same few characters.", "Use four or more unrelated words."
        )


def write_file(path: Path, text: str) -> None:
    """Write a small file whole or not at all: beside it, synced, then renamed over it. Only its owner may read it.

    Raises StoreError when it cannot be written; what was there stays as it was.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(
            f"The file {path} cannot be written ({type(error).__name__}).",
            "Check the folder's permissions and the free space.",
        ) from None
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
