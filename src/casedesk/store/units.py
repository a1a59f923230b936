"""Notes which acts the operations that were read belong to: one row for each unit of work."""

from collections.abc import Mapping

from casedesk.store.connection import Connection
from casedesk.store.operations import Operation
from casedesk.store.registry import Registry


class Units:
    """The units of some operations, until they are written down."""

    def __init__(self) -> None:
        self._met: dict[tuple[bytes, bytes], tuple[int, Operation]] = {}

    def add(self, op: Operation) -> None:
        """Note an operation. Mostly they come in the order of their numbers."""
        key = op.unit, op.device
        known = self._met.get(key)
        if known is None:
            self._met[key] = op.seq, op
        else:
            first, last = known
            self._met[key] = min(first, op.seq), op if op.seq > last.seq else last

    def write(self, connection: Connection, registry: Registry) -> None:
        """Write the units down and forget them; part of one may have been written before.

        A unit that a copied store wrote anew under another name is held twice: the row is of the one that was met
        first, whatever came first now.
        """
        connection.executemany(_WRITE, self._rows(registry, self._met))
        self._met.clear()

    def _rows(
        self, registry: Registry, met: Mapping[tuple[bytes, bytes], tuple[int, Operation]]
    ) -> list[tuple[object, ...]]:
        return [
            (
                unit, op.act, op.actor, registry.device(device), op.hlc, op.wall_ms, first, op.seq, op.about,
            )
            for (unit, device), (first, op) in met.items()
        ]  # fmt: skip


_WRITE = (
    "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "(device, hlc, at_ms, first_seq, last_seq) = (excluded.device, "
    "iif(device = excluded.device, max(hlc, excluded.hlc), excluded.hlc), "
    "iif(device = excluded.device, max(at_ms, excluded.at_ms), excluded.at_ms), "
    "iif(device = excluded.device, min(first_seq, excluded.first_seq), excluded.first_seq), "
    "iif(device = excluded.device, max(last_seq, excluded.last_seq), excluded.last_seq)) "
    "WHERE excluded.device <= device"
)
