"""Where a bundle stopped that had no room for more: the next one for the same members goes on from there.

A caseload of some hundred thousand cases does not go into one bundle. Of a member who has spoken since, what they say
they hold tells better where to begin.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson

from casedesk.bundles.manifest import BundleKind, Manifest
from casedesk.desk.desk import Desk
from casedesk.model.ids import decode, encode
from casedesk.store.connection import Connection

_KEY = "bundle.rest"
_MOST = 500
"""So many are kept: the latest."""


class Rest(NamedTuple):
    """Where a bundle stopped short."""

    spoke: dict[bytes, int]
    """The number of the last bundle from each of the members when it was made; 0 for none."""
    reached: dict[bytes, int]


def rest_of(desk: Desk, kind: BundleKind, devices: Sequence[bytes]) -> Rest | None:
    """Where the last bundle of this kind for these members stopped short; None where it did not."""
    said = _noted(desk).get(_for(kind, devices))
    return None if said is None else Rest(*({decode(one): seq for one, seq in part.items()} for part in said))


def last_from(reading: Connection, device: bytes) -> int:
    """The number of the last bundle that came from a member; 0 for none. No clock is asked."""
    row = reading.execute("SELECT number FROM peer WHERE device = ?", (device,)).fetchone()
    return int(row[0]) if row else 0


def note(desk: Desk, said: Manifest, reached: Mapping[bytes, int] | None) -> None:
    """Keep how far a bundle went that stopped short; nothing of one that did not. In the caller's transaction."""
    kept = _noted(desk)
    kept.pop(_for(said.kind, said.to), None)
    if reached is not None:
        spoke = {one: last_from(desk.store.connection, one) for one in said.to}
        kept[_for(said.kind, said.to)] = [
            {encode(one): seq for one, seq in part.items()} for part in (spoke, reached)
        ]
    desk.store.set_meta(_KEY, orjson.dumps(dict(list(kept.items())[-_MOST:])).decode())


def _noted(desk: Desk) -> dict[str, list[dict[str, int]]]:
    """What was noted of each kind and members, the latest last."""
    found: dict[str, list[dict[str, int]]] = orjson.loads(desk.store.meta(_KEY) or "{}")
    return found


def _for(kind: BundleKind, devices: Sequence[bytes]) -> str:
    return " ".join((kind.value, *sorted(map(encode, devices))))
