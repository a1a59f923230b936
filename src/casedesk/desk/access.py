"""Accounting for access: what the access log is told, and how it is looked through.

Reasons are never required: the Data (Use and Access) Act 2025 dropped the duty to log a justification.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.ids import EntityId
from casedesk.model.text import clean, clip
from casedesk.reference.rows import hint
from casedesk.rules.query_nodes import Query, Sounds, Words, split
from casedesk.store import attempts, keys
from casedesk.store.access_log import AccessKind, Filters, Line, count, last_consultation, lines

COALESCED = timedelta(minutes=5)
"""The same person looking at the same case again within this time is one consultation."""
TITLES: dict[str, str] = {
    AccessKind.CONSULTATION: "consulted",
    AccessKind.SEARCH: "searched",
    AccessKind.COLLECTION: "took in an extract",
    AccessKind.ALTERATION: "altered",
    AccessKind.DISCLOSURE: "gave out",
    AccessKind.COMBINATION: "combined",
    AccessKind.ERASURE: "erased",
    AccessKind.UNLOCK: "unlocked the store",
    AccessKind.FAILED_UNLOCK: "wrong passphrase",
    AccessKind.BACKUP: "backed up",
    AccessKind.RESTORE: "restored a backup",
}
"""What each kind of line says that somebody did."""
_PURPOSE = "access log terms"
_LONGEST_REASON = 200
_EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the access log as it is shown."""

    seq: int
    at: datetime
    who: str
    """Empty where it is not known who it was."""
    kind: str
    title: str
    case_id: EntityId | None
    reference: str
    """Of the case, if it is still in this store."""
    detail: str


@dataclass(frozen=True, slots=True)
class Page:
    """Part of the log, latest first, and how many lines there are in all."""

    entries: list[Entry]
    total: int


# -- what the log is told ---------------------------------------------------------------------------------------


def opened(desk: Desk) -> None:
    """Account for the store being unlocked, and for the wrong passphrases given since it last was.

    A store that cannot be written just then (a full disk) still opens: what is done in it afterwards is refused
    for the same cause, or accounted for.
    """
    store = desk.store
    if store.read_only:
        return
    with suppress(StoreError), attempts.take(store.places.attempts) as failed, store.transaction():
        for at in failed:
            store.access.write(AccessKind.FAILED_UNLOCK, at, by_nobody=True)
        store.access.write(AccessKind.UNLOCK, desk.now)


def consulted(desk: Desk, case_id: EntityId, reason: str = "") -> bool:
    """Account for a case being looked at; False when it was by the same person within :data:`COALESCED`.

    To be called when a case page is opened. In a store that is open for reading only nothing can be noted.
    Raises StoreError when it cannot be written: then the case should not be shown.
    """
    store = desk.store
    if store.read_only:
        return False
    last = last_consultation(store.connection, case_id, store.actor)
    if last is not None and timedelta() <= desk.now - last < COALESCED and not reason:
        return False
    store.account(AccessKind.CONSULTATION, case_id=case_id, detail=_with_reason({}, reason))
    return True


def searched(desk: Desk, query: Query, found: int) -> None:
    """Account for a search: how many cases it found, and each term under a keyed hash, never the term.

    To be called when a query is sent off, not at every key.
    """
    if desk.store.read_only or query.node is None:
        return
    from casedesk.rules.query import leaves  # opening a desk needs no queries

    terms = [" ".join(leaf.tokens) for leaf in leaves(query.node) if isinstance(leaf, Words | Sounds)]
    key = _terms_key(desk)
    hashes = [_hashed(key, term) for term in dict.fromkeys(terms)]
    detail = {"terms": hashes, "fields": list(query.fields), "cases": found}
    desk.store.account(AccessKind.SEARCH, detail=detail)


def disclosed(
    desk: Desk,
    what: str,
    cases: int | None = None,
    *,
    case_id: EntityId | None = None,
    reason: str = "",
    **detail: str | int,
) -> None:
    """Account for personal data leaving the store: what it was (``letter``, ``workbook`` …), of how many cases.

    To be called before the first of it is out. The detail holds counts and hashes. Raises StoreError when it cannot
    be written, as in a store that is open for reading only: then nothing may leave.
    """
    if desk.store.read_only:
        raise StoreError(
            "This store can only be read here: that something leaves it could not be noted in the access log.",
            "Ask for a table, or use the casedesk that made the store.",
        )
    counted = {} if cases is None else {"cases": cases}
    said = _with_reason({"what": what, **counted, **detail}, reason)
    desk.store.account(AccessKind.DISCLOSURE, case_id=case_id, detail=said)


def backed_up(desk: Desk, size: int) -> None:
    """Account for a backup of so many bytes. That it was made counts more than that it can be noted just then."""
    if not desk.store.read_only:
        with suppress(StoreError):
            desk.store.account(AccessKind.BACKUP, detail={"bytes": size})


# -- looking through it -----------------------------------------------------------------------------------------


def page(desk: Desk, filters: Filters = _EVERYTHING, offset: int = 0, limit: int = 200) -> Page:
    """Part of the log, latest first."""
    connection = desk.store.connection
    return Page(entries(desk, lines(connection, filters, offset, limit)), count(connection, filters))


def entries(desk: Desk, some: Iterable[Line]) -> list[Entry]:
    """Lines of the log as they are shown."""
    held = list(some)
    references = _references(desk, {line.case_id for line in held if line.case_id is not None})
    return [
        Entry(
            line.seq, line.at, line.actor, line.kind, TITLES.get(line.kind, line.kind), line.case_id,
            references.get(line.case_id, "") if line.case_id else "", _in_words(line.detail),
        )
        for line in held
    ]  # fmt: skip


def term_filter(desk: Desk, typed: str) -> str:
    """What :attr:`Filters.term` takes to find the searches for a word or phrase. Raises BadInputError for none."""
    tokens = split(clean(typed))
    if not tokens:
        raise BadInputError("There is no word to look for among the searches.", "Give a word or a phrase.")
    return _hashed(_terms_key(desk), " ".join(tokens))


def kind_named(name: str) -> str:
    """The kind of line of this name. Raises BadInputError when there is none."""
    if name not in set(AccessKind):
        raise BadInputError(f"{clean(name)!r} is not a kind of access.", hint(name, list(AccessKind)))
    return name


def _with_reason(detail: dict[str, Any], reason: str) -> dict[str, Any]:
    said = clip(clean(reason), _LONGEST_REASON)
    return {**detail, "reason": said} if said else detail


def _hashed(key: bytes, term: str) -> str:
    """A term under the store's own key: the same term gives the same hash, and no list of names gives it away."""
    return hmac.new(key, term.encode(), hashlib.sha256).hexdigest()[:24]


def _terms_key(desk: Desk) -> bytes:
    """The key that terms are hashed under: nobody without the store can try names against an exported log."""
    return keys.subkey(desk.store.key, _PURPOSE)


def _references(desk: Desk, ids: Iterable[EntityId]) -> dict[EntityId, str]:
    wanted = list(ids)
    found: dict[EntityId, str] = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        for case_id, ref in desk.store.connection.execute(
            f"SELECT id, ref FROM cases WHERE id IN ({', '.join('?' * len(some))})",  # noqa: S608 - marks only
            some,
        ):
            found[EntityId(case_id)] = ref or ""
    return found


def _in_words(detail: Mapping[str, Any]) -> str:
    """A line's detail for reading: ``act log.add, operations 1``. Of the terms of a search their number is told."""
    said = []
    for name, value in detail.items():
        if isinstance(value, list):
            shown = str(len(value) or "") if name == "terms" else " ".join(map(str, value))
        else:
            shown = f"{value:,}" if isinstance(value, int) else str(value)
        if shown:
            said.append(f"{name} {shown}")
    return clean(", ".join(said))
