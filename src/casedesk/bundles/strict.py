"""JSON from outside: one way to read it, or none.

What two readers could take for different things is refused: repeated keys, numbers that are none, lone surrogates,
NUL, nesting without end, text without end.
"""

import json
from typing import Any

import orjson

from casedesk.bundles.refused import RefusedError

DEEPEST = 12
"""How many brackets may be open at once: operations use four."""
LONGEST = 1024 * 1024
"""The most bytes of one document: what one operation may have."""


def read_object(raw: bytes, what: str) -> dict[str, Any]:
    """Read one JSON object. Raises RefusedError, naming ``what`` it should have been, when it is not plainly one."""
    if len(raw) > LONGEST:
        raise _refused(what)
    try:
        found = orjson.loads(raw)
    except ValueError:
        raise _refused(what) from None
    # Written as casedesk writes, it holds no key twice, or it would come out shorter; all else is looked at closely.
    if orjson.dumps(found) != raw:
        found = _closely(raw, what)
    if not isinstance(found, dict) or b"\\u0000" in raw or _depth(raw) > DEEPEST:
        raise _refused(what)
    return found


def _closely(raw: bytes, what: str) -> Any:
    try:
        return json.loads(raw, object_pairs_hook=_once, parse_constant=_none, parse_int=_whole)
    except (ValueError, RecursionError):
        raise _refused(what) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key twice")
    return made


def _whole(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**64:
        raise ValueError("a number that other readers take for another")
    return number


def _none(_text: str) -> Any:
    raise ValueError("not a number")


def _depth(raw: bytes) -> int:
    """How deep brackets nest at most, those within strings counted as well when there are that many."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return 0
    deepest = depth = 0
    inside = escaped = False
    for byte in raw:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _refused(what: str) -> RefusedError:
    return RefusedError(
        "json", f"{what} cannot be read as what it should be.", "Ask the sender to export again."
    )
