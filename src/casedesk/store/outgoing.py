"""Chooses what a bundle carries: operations as they were signed, and the contents that documents among them name."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

import orjson

from casedesk.model.entities import DOCUMENT, MEMBER, RESTRICTION
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId
from casedesk.store import blobs
from casedesk.store.connection import Connection
from casedesk.store.operations import is_erasable

_BATCH = 2000


class Going(NamedTuple):
    """One operation on its way out."""

    header: bytes
    sig: bytes
    payload: bytes | None
    loose: bool


def have(connection: Connection) -> dict[bytes, int]:
    """For each installation known here, the last of its operations that is held without a gap."""
    return {
        bytes(device): int(seq)
        for device, seq in connection.execute(
            "SELECT device.id, vv.seq FROM vv JOIN device ON device.ix = vv.device WHERE vv.seq > 0"
        )
    }


def not_in_a_bundle(connection: Connection, device: int) -> int:
    """How many acts of an installation (its number here) no bundle took along that carries everything."""
    (count,) = connection.execute(
        "SELECT count(*) FROM unit WHERE device = ? AND last_seq > (SELECT coalesce(max(upto), 0) FROM outgoing "
        "WHERE kind IN ('incremental', 'full'))",
        (device,),
    ).fetchone()
    return int(count)


def above(
    connection: Connection,
    floors: Mapping[bytes, int],
    withheld: Collection[EntityId] = (),
    reached: dict[bytes, int] | None = None,
) -> Iterator[Going]:
    """Every operation above these numbers, chain by chain, one's own first; those beyond a gap come after, marked so.

    ``reached`` is told the number of each operation once the next one is asked for: who stops at one has not taken it.

    The content of what was written in the ``withheld`` cases stays here: their operations go without it, so that the
    chain goes on. That a case is restricted goes to everybody, so that nobody who holds some of it gives it on; what
    erases it goes whole as well, to those too who could read it once.
    """
    hidden = set(withheld)
    chains = connection.execute(
        "SELECT vv.device, device.id, vv.seq FROM vv JOIN device ON device.ix = vv.device "
        "ORDER BY device.status <> 'own', device.id"
    ).fetchall()
    for number, device, last in chains:
        seq = floors.get(bytes(device), 0)
        while rows := connection.execute(
            "SELECT header, sig, payload, case_id, kind, entity, seq FROM op "
            "WHERE device = ? AND seq > ? AND seq <= ? "
            "ORDER BY seq LIMIT ?",
            (number, seq, last, _BATCH),
        ).fetchall():
            for header, sig, payload, case_id, kind, entity, at in rows:
                stays = bool(hidden) and case_id in hidden and is_erasable(kind, entity)
                yield Going(header, sig, None if stays else payload, loose=False)
                seq = at
                if reached is not None:
                    reached[bytes(device)] = at
    for header, sig, payload, case_id, kind, entity in connection.execute(
        "SELECT header, sig, payload, case_id, kind, entity FROM loose CROSS JOIN op "
        "ON op.device = loose.device AND op.seq = loose.seq"  # CROSS: otherwise the whole journal is gone through
    ).fetchall():
        if case_id not in hidden or not is_erasable(kind, entity):
            yield Going(header, sig, payload, loose=True)


def at_once(connection: Connection, reached: Mapping[bytes, int]) -> Iterator[Going]:
    """What must not wait for room, marked as standing beyond gaps: who may read a case, and who is a member.

    Whoever holds a case before they hear that it is restricted would give it on.
    """
    for header, sig, payload, device, seq in connection.execute(
        "SELECT header, sig, payload, device.id, op.seq FROM op JOIN device ON device.ix = op.device "
        "WHERE op.case_id IN (SELECT case_id FROM restriction UNION SELECT ?) AND op.entity IN (?, ?) "
        "ORDER BY device.id, op.seq",
        (TEAM, RESTRICTION.name, MEMBER.name),
    ).fetchall():
        if seq > reached.get(bytes(device), 0):
            yield Going(header, sig, payload, loose=True)


def to_come(connection: Connection, reached: Mapping[bytes, int]) -> int:
    """How many operations the chains that are held here go on with above these numbers."""
    return sum(max(seq - reached.get(device, 0), 0) for device, seq in have(connection).items())


def of_cases(connection: Connection, cases: Collection[EntityId]) -> Iterator[Going]:
    """Everything written in these cases, by whomever, marked as standing beyond gaps."""
    for case_id in cases:
        for header, sig, payload in connection.execute(
            "SELECT header, sig, payload FROM op WHERE case_id = ? ORDER BY device, seq", (case_id,)
        ).fetchall():
            yield Going(header, sig, payload, loose=True)


def contents(connection: Connection, cases: Collection[EntityId]) -> Iterator[Going]:
    """What of these cases can be read here, for those who hold it without its content."""
    return (one for one in of_cases(connection, cases) if one.payload is not None)


_MOST_LACKED = 1000
"""So much is asked for at once: the rest when that has come."""
_MOST_DOCUMENTS_LACKED = 300
"""So many of it are documents."""


def lacks(connection: Connection) -> tuple[EntityId, ...]:
    """What is to be asked for: documents whose content is not here, and cases of which something came without any."""
    documents = connection.execute(
        "SELECT id FROM document WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT lower(hex(sha256)) FROM blob) "
        "ORDER BY id LIMIT ?",
        (_MOST_DOCUMENTS_LACKED,),
    ).fetchall()
    cases = connection.execute(
        "SELECT DISTINCT op.case_id FROM aside JOIN op ON op.device = aside.device AND op.seq = aside.seq "
        "WHERE aside.why = 'content' ORDER BY 1 LIMIT ?",
        (_MOST_LACKED - len(documents),),
    )
    return tuple(EntityId(own) for (own,) in (*documents, *cases))


def asked_documents(
    connection: Connection, asked: Collection[EntityId], withheld: Collection[EntityId] = ()
) -> list[bytes]:
    """The hashes of those contents that were asked for by their documents and are here, none of a withheld case."""
    found: dict[bytes, None] = {}
    for own in sorted(asked):
        row = connection.execute("SELECT case_id, sha256 FROM document WHERE id = ?", (own,)).fetchone()
        if row is None or row[0] in withheld:
            continue
        with suppress(ValueError):
            sha = bytes.fromhex(row[1] or "")
            found |= {sha: None} if blobs.have(connection, sha) else {}
    return list(found)


def document_hash(one: Going) -> tuple[bytes, ...]:
    """The content that an operation names, if it is one of a document."""
    if one.payload is None or f'"entity":"{DOCUMENT.name}"'.encode() not in one.header:
        return ()
    try:
        return (bytes.fromhex(orjson.loads(one.payload)["fields"]["sha256"]),)
    except (ValueError, KeyError, TypeError):
        return ()
