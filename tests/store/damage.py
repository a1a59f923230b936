"""Damage to one part of a store's file, as a failing disk does it: the file opens, and a read comes upon it."""

from casedesk.store.connection import connect
from casedesk.store.places import Places

PAGE = 4096


def spoil(places: Places, key: bytes, name: str) -> None:
    """Flip a bit in the first page of a table or an index. The write-ahead log must be empty."""
    connection = connect(places.store, key, read_only=True)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    connection.close()
    with places.store.open("r+b") as file:
        file.seek((page - 1) * PAGE + 1000)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))
