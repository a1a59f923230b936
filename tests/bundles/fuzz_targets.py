"""What is thrown at the parsers of bundles and cards: any bytes give a record, or one refusal.

Each target takes bytes and returns nothing; whatever else it raises is a defect. They read the plain parts, as they are
within the encryption: age itself is not ours to try.
"""

import zlib
from collections.abc import Callable
from contextlib import suppress

from casedesk.bundles.body import Attachment, Records, Signed, attachment_bytes, operation_bytes
from casedesk.bundles.cards import read_card
from casedesk.bundles.container import MAGIC, Record, _Reader, _Taker
from casedesk.bundles.manifest import read_manifest
from casedesk.bundles.refused import RefusedError
from casedesk.bundles.strict import DEEPEST, read_object
from casedesk.desk.bundle_in import read_operation

_MOST = 4 * 1024 * 1024


def json_object(data: bytes) -> None:
    """What is read is an object that can be written again, and no deeper than allowed."""
    import orjson

    found = read_object(data, "It")
    assert isinstance(found, dict)
    assert _depth(found) <= DEEPEST
    orjson.dumps(found, option=orjson.OPT_PASSTHROUGH_SUBCLASS)


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def manifest(data: bytes) -> None:
    """A manifest that is read is written and read again as the same."""
    found = read_manifest(data)
    assert read_manifest(found.dump()) == found


def card(data: bytes) -> None:
    """A card that is read has a fingerprint of eight words."""
    assert len(read_card(data).fingerprint.split()) == 8


def records(data: bytes) -> None:
    """However the bytes come in pieces, they give the same records, and the records give the same bytes."""
    whole = _read(data, len(data) or 1)
    assert _read(data, 1 + len(data) // 3) == whole
    if isinstance(whole, list):
        assert b"".join(map(_written, whole)) == data


def _read(data: bytes, piece: int) -> list[Record] | str:
    reader, found = Records(), []
    try:
        for at in range(0, len(data), piece):
            found += list(reader.feed(data[at : at + piece]))
        reader.finish()
    except RefusedError as refused:
        return refused.why
    return found


def _written(record: Record) -> bytes:
    return operation_bytes(record) if isinstance(record, Signed) else attachment_bytes(record)


def operation(data: bytes) -> None:
    """A header and a content, parted by a zero byte, are one operation or none."""
    header, _, payload = data.partition(b"\0")
    op = read_operation(Signed(header, bytes(64), payload or None))
    assert op.header == header
    assert isinstance(op.body(), dict)


def body(data: bytes) -> None:
    """What swells is let go, and nothing follows the end."""
    taken = 0

    def take(record: Record) -> None:
        nonlocal taken
        taken += len(record.content if isinstance(record, Attachment) else record.header)

    taker = _Taker(_MOST, take)
    taker.write(data)
    assert taken <= _MOST
    taker.finish()


def squeezed_body(data: bytes) -> None:
    """The same, of what is compressed as it should be."""
    body(zlib.compress(data, 1))


def plain(data: bytes) -> None:
    """However the decryptor gives its pieces, the parts are the same."""
    assert _parts(MAGIC + data, 7) == _parts(MAGIC + data, len(data) + 64)


def _parts(data: bytes, piece: int) -> tuple[bytes, ...] | str:
    reader = _Reader()
    try:
        for at in range(0, len(data), piece):
            reader.write(data[at : at + piece])
        return reader.finish()
    except RefusedError as refused:
        return refused.why


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (json_object, manifest, card, records, operation, body, squeezed_body, plain)
}


def try_one(name: str, data: bytes) -> None:
    """Throw bytes at a target; a refusal is as it should be."""
    with suppress(RefusedError):
        TARGETS[name](data)
