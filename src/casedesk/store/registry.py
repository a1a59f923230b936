"""Who writes: devices and spaces by their small local numbers, and what is held of each; and who writes here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casedesk.store.connection import Connection
from casedesk.store.operations import GENESIS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Registry:
    """Devices and spaces by their small local numbers, which the tables use in place of ids."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self.devices: dict[bytes, int] = {}
        self.device_ids: dict[int, bytes] = {}
        self.spaces: dict[bytes, int] = {}
        self.vv: dict[tuple[int, int], tuple[int, bytes]] = {}
        self.home: dict[int, int] = {}
        """The space that each device writes in: there is only one."""
        self.loose: set[tuple[int, int]] = set()
        """Operations (device, number) held beyond a gap."""
        self.aside: set[tuple[int, int]] = set()
        """Operations (device, number) held and not applied: to those that replace them they have not come yet."""
        self.reload()

    def reload(self) -> None:
        """Read everything again, as after a rolled-back unit."""
        self.devices = {bytes(i): ix for ix, i in self._db.execute("SELECT ix, id FROM device")}
        self.device_ids = {ix: i for i, ix in self.devices.items()}
        self.spaces = {bytes(i): ix for ix, i in self._db.execute("SELECT ix, id FROM space")}
        self.vv = {
            (s, d): (seq, h) for s, d, seq, h in self._db.execute("SELECT space, device, seq, hash FROM vv")
        }
        self.home = {device: space for space, device in self.vv}
        self.loose = set(self._db.execute("SELECT device, seq FROM loose"))
        self.aside = set(self._db.execute("SELECT device, seq FROM aside"))

    def space(self, space_id: bytes, name: str = "") -> int:
        """The number of a space; one never met gets the next."""
        found = self.spaces.get(space_id)
        if found is None:
            found = len(self.spaces) + 1
            self._db.execute("INSERT INTO space VALUES (?, ?, ?)", (found, space_id, name))
            self.spaces[space_id] = found
        return found

    def device(self, device_id: bytes) -> int:
        """The number of a device; one never met gets the next, with nothing else known of it."""
        found = self.devices.get(device_id)
        if found is None:
            found = len(self.devices) + 1
            self._db.execute(
                "INSERT INTO device VALUES (?, ?, '', '', x'', 'unknown', 0)",
                (found, device_id),
            )
            self.devices[device_id] = found
            self.device_ids[found] = device_id
        return found

    def have(self, space: int, device: int) -> tuple[int, bytes]:
        """The highest contiguous operation held of a device: (sequence number, hash); (0, genesis) for none."""
        return self.vv.get((space, device), (0, GENESIS))

    def is_held(self, space: bytes, device: bytes, seq: int) -> bool:
        """Whether an operation has been applied here. ``space`` is where the asking one was written."""
        ix = self.devices.get(device)
        if ix is None or (ix, seq) in self.aside:
            return False
        home = self.home.get(ix) or self.spaces[space]
        return self.have(home, ix)[0] >= seq or (ix, seq) in self.loose


@dataclass(frozen=True)
class Identity:
    """Who writes here: this installation's id and signing key, the space it writes in, and the person."""

    device: bytes
    space: bytes
    signing_key: "Ed25519PrivateKey"
    actor: str


FORMER = "former:"
"""Before the number of a device under which this installation no longer writes, in ``meta``."""


@dataclass(frozen=True, slots=True)
class Former:
    """A name that this installation had before it was restored, or met a copy of itself."""

    ix: int
    device: bytes
    space: bytes
    public: bytes
    last: int
    """The last operation that was written here under it."""


def formers(connection: Connection) -> list[Former]:
    """The names that this installation had, the first one first."""
    made = []
    for key, said in connection.execute(
        "SELECT key, value FROM meta WHERE substr(key, 1, ?) = ?", (len(FORMER), FORMER)
    ).fetchall():
        ix, (last, home) = int(key.removeprefix(FORMER)), map(int, said.split())
        device, space, public = connection.execute(
            "SELECT device.id, space.id, device.sign_pub FROM device JOIN space ON space.ix = ? WHERE device.ix = ?",
            (home, ix),
        ).fetchone()
        made.append(Former(ix, device, space, public, last))
    return sorted(made, key=lambda one: one.ix)
