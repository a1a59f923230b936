"""The pages of a store as they lie in the file, decrypted: what a finder with the key could read."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from casedesk.store.store import Store

PAGE, RESERVE, SALT = 4096, 80, 16


def decrypted_pages(store: Store) -> Iterator[bytes]:
    """Every page of the database file and of its write-ahead log, free pages included (SQLCipher 4 layout)."""
    key = store._key
    file = store.places.store.read_bytes()
    for start in range(0, len(file), PAGE):
        yield _decrypted(key, file[start : start + PAGE], SALT if start == 0 else 0)
    log = store.places.store.with_name(store.places.store.name + "-wal")
    frames = log.read_bytes()[32:] if log.exists() else b""
    for start in range(0, len(frames), PAGE + 24):
        frame = frames[start + 24 : start + 24 + PAGE]
        if len(frame) == PAGE:
            yield _decrypted(key, frame, 0)


def _decrypted(key: bytes, page: bytes, skip: int) -> bytes:
    initial = page[PAGE - RESERVE : PAGE - RESERVE + 16]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(initial)).decryptor()
    return decryptor.update(page[skip : PAGE - RESERVE]) + decryptor.finalize()
