"""Where a bundle stopped that had no room for more: the next one for the same members goes on from there.

A caseload of some hundred thousand cases does not go into one bundle. Once one of the members has spoken, what they say
they hold tells better where to begin, and what was noted here is passed over.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from casedesk.bundles.manifest import BundleKind, Manifest
from casedesk.desk.desk import Desk
from casedesk.model.ids import decode, encode
from casedesk.model.moments import to_micros
from casedesk.store.connection import Connection

_KEY = "bundle.rest"
_MOST = 20
"""So many are kept: the latest."""


def reached_before(
    desk: Desk, reading: Connection, kind: BundleKind, devices: Sequence[bytes]
) -> dict[bytes, int]:
    """How far the bundle of this kind went that stopped short, if nobody it was for has spoken since; else nothing."""
    said = _noted(desk).get(_for(kind, devices))
    if said is None:
        return {}
    marks = ", ".join("?" * len(devices))
    (spoke,) = reading.execute(
        f"SELECT coalesce(max(came_at), 0) FROM peer WHERE device IN ({marks})",  # noqa: S608 - marks only
        devices,
    ).fetchone()
    return {} if spoke > said["made_at"] else {decode(one): seq for one, seq in said["reached"].items()}


def note(desk: Desk, said: Manifest, reached: Mapping[bytes, int] | None) -> None:
    """Keep how far a bundle went that stopped short; nothing of one that did not. In the caller's transaction."""
    kept = _noted(desk)
    kept.pop(_for(said.kind, said.to), None)
    if reached is not None:
        kept[_for(said.kind, said.to)] = {
            "made_at": to_micros(said.made_at), "reached": {encode(device): seq for device, seq in reached.items()}
        }  # fmt: skip
    desk.store.set_meta(_KEY, orjson.dumps(dict(list(kept.items())[-_MOST:])).decode())


def _noted(desk: Desk) -> dict[str, Any]:
    """What was noted of each kind and members, the latest last."""
    found: dict[str, Any] = orjson.loads(desk.store.meta(_KEY) or "{}")
    return found


def _for(kind: BundleKind, devices: Sequence[bytes]) -> str:
    return " ".join((kind.value, *map(encode, devices)))
