"""The operating system's keyring, where there is one: opens the store without typing the passphrase.

The keyring keeps a random secret; the key file keeps the store key sealed under it. Neither opens anything
alone, and forgetting takes both away. The library is an optional extra and is imported only here.
"""

import secrets
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from casedesk.desk.desk import Desk
from casedesk.desk.settings import load_settings
from casedesk.desk.setup import check_drive, open_with_key
from casedesk.model.errors import StoreError
from casedesk.model.moments import Clock, system_clock
from casedesk.store import keys
from casedesk.store.places import Places

if TYPE_CHECKING:
    from types import ModuleType

SERVICE = "casedesk"
_GOOD_ENOUGH = 1.0
"""The library's own mark of a keyring that protects what it keeps; plain files have less."""


def remember(desk: Desk) -> None:
    """Let this account of the operating system open the store without a passphrase.

    Raises StoreError when there is no keyring to be trusted, or it refuses.
    """
    keyring = _keyring()
    if keyring is None:
        raise StoreError(
            "This computer offers no keyring that casedesk may use.",
            "Install casedesk with the extra “keyring”, or type the passphrase each time.",
        )
    if desk.store.read_only:
        raise StoreError("This store is open for reading only.", "Close it and open it for writing.")
    places = desk.store.places
    key_file = keys.read_key_file(places.key)
    secret = secrets.token_bytes(keys.KEY_BYTES)
    said = b64encode(secret).decode()
    try:
        keyring.set_password(SERVICE, key_file.store_id, said)
        kept = keyring.get_password(SERVICE, key_file.store_id)
    except (keyring.errors.KeyringError, OSError, RuntimeError):
        kept = None
    if kept != said:
        raise StoreError("The keyring of this computer did not keep the secret.", "Unlock it and try again.")
    sealed = keys.seal(secret, desk.store.key, _label(key_file))
    keys.write_file(places.key, replace(key_file, keyring=sealed).dump())


def forget(places: Places) -> bool:
    """Ask for the passphrase again from now on; whether the keyring had been used. Raises StoreError."""
    key_file = keys.read_key_file(places.key)
    keyring = _keyring()
    if keyring is not None:
        with suppress(keyring.errors.KeyringError, OSError, RuntimeError):
            # Should it stay there after all: without the other half in the key file it opens nothing.
            keyring.delete_password(SERVICE, key_file.store_id)
    if key_file.keyring is None:
        return False
    keys.write_file(places.key, replace(key_file, keyring=None).dump())
    return True


def is_remembered(places: Places) -> bool:
    """Whether the key file has a part for the keyring."""
    try:
        return keys.read_key_file(places.key).keyring is not None
    except StoreError:
        return False


def unlock_remembered(places: Places, clock: Clock = system_clock, *, read_only: bool = False) -> Desk | None:
    """Open the desk with what the keyring keeps; None when it keeps nothing that fits. Raises StoreError."""
    key = _remembered_key(places)
    if key is None:
        return None
    settings = load_settings(places.settings)
    check_drive(places.home, settings)
    return open_with_key(places, key, settings, clock, read_only=read_only)


def _remembered_key(places: Places) -> bytes | None:
    key_file = keys.read_key_file(places.key)
    keyring = _keyring() if key_file.keyring is not None else None
    if key_file.keyring is None or keyring is None:
        return None
    try:
        secret = b64decode(keyring.get_password(SERVICE, key_file.store_id) or "", validate=True)
    except (keyring.errors.KeyringError, OSError, RuntimeError, ValueError):
        return None
    if len(secret) != keys.KEY_BYTES:
        return None
    return keys.unseal(secret, key_file.keyring, _label(key_file))


def _label(key_file: keys.KeyFile) -> str:
    return f"casedesk keyring v1\0{key_file.store_id}"


def _keyring() -> "ModuleType | None":
    """The library, when it is installed and speaks to a keyring that protects what it keeps."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    try:
        good = float(keyring.get_keyring().priority) >= _GOOD_ENOUGH
    except (keyring.errors.KeyringError, RuntimeError, TypeError):
        return None
    return keyring if good else None
