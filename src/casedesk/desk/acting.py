"""Who acted for whom: work in a case by somebody who covered for its owner, or to whom it was lent."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property

from casedesk.desk.cover import Away, absences
from casedesk.desk.desk import Desk
from casedesk.desk.undo import ACT_TITLES
from casedesk.model.dossier import Handover
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import london
from casedesk.store import hlc
from casedesk.store.connection import Connection
from casedesk.store.operations import OpKind, parse_operation
from casedesk.store.records import read_dossier

LEND = "lend"
_MILLISECOND = timedelta(milliseconds=1)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when until when one person may act for another."""

    away: str
    """For whom."""
    by: str
    """Who acts."""
    since: datetime
    until: datetime | None
    """None while it has no end."""

    def holds(self, at: datetime) -> bool:
        """Whether it holds at an instant."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Acted:
    """One act in a case by somebody for somebody else."""

    at: datetime
    who: str
    for_whom: str
    case_id: EntityId
    reference: str
    act: str
    """What was done, in words."""


class Acting:
    """Says of one case for whom somebody acted."""

    def __init__(
        self,
        covers: Sequence[Stretch],
        lent: Sequence[Stretch] = (),
        owners: Callable[[], Sequence[tuple[datetime, str]]] = lambda: (),
    ) -> None:
        """``covers`` hold for all cases, ``lent`` for this one; ``owners`` reads who owned it since when, in order."""
        self._covers = covers
        self._lent = lent
        self._read_owners = owners

    def for_whom(self, actor: str, at: datetime) -> str:
        """For whom somebody acted in this case at an instant; empty when for nobody but themselves."""
        if not self._covers and not self._lent:
            return ""
        lender = next((one.away for one in reversed(self._lent) if one.by == actor and one.holds(at)), "")
        if lender:
            return lender
        owner = self._owner(at)
        return owner if owner and owner != actor and owner in self._covered(actor, at) else ""

    def _owner(self, at: datetime) -> str:
        return next((owner for since, owner in reversed(self._owners) if since <= at), "")

    @cached_property
    def _owners(self) -> Sequence[tuple[datetime, str]]:
        return self._read_owners()

    def _covered(self, actor: str, at: datetime) -> set[str]:
        """Whom somebody covered for at an instant: cover passes on."""
        holding = [one for one in self._covers if one.holds(at)]
        found, ahead = {actor}, [actor]
        while ahead:
            by = ahead.pop()
            more = {one.away for one in holding if one.by == by} - found
            found |= more
            ahead += more
        return found - {actor}


def acting_in(desk: Desk, case_id: EntityId, handovers: Sequence[tuple[EntityId, Handover]]) -> Acting:
    """Who may have acted for whom in a case, given its handovers."""
    connection = desk.store.connection
    return Acting(covers(desk), lendings(handovers), lambda: _owners(connection, case_id))


def covers(desk: Desk) -> list[Stretch]:
    """Every cover there is or was."""
    return [_stretch(one) for one in absences(desk, past=True)]


def lendings(handovers: Sequence[tuple[EntityId, Handover]]) -> list[Stretch]:
    """When a case was lent and to whom, the earliest first: until the day said, or until it was handed over again."""
    moves = sorted(
        ((one.at, one) for _, one in standing(tuple(handovers)) if one.at is not None),
        key=lambda move: move[0],
    )
    found = []
    for place, (at, one) in enumerate(moves):
        if one.kind == LEND and one.giver and one.receiver:
            ends = [later for later, _ in moves[place + 1 : place + 2]]
            ends += [one.until] if one.until else []
            found.append(Stretch(one.giver, one.receiver, at, min(ends, default=None)))
    return found


def acted_for(
    desk: Desk,
    *,
    by: str = "",
    for_whom: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Acted]:
    """Every act in a case by somebody for somebody else, latest first: by whom, for whom, from when until when.

    Taking in an extract is nobody's act in a case.
    """
    known = covers(desk)
    cases = _lent_cases(desk)
    cases |= {case_id for one in known for case_id in _touched(desk.store.connection, one, since, until)}
    found: list[Acted] = []
    for case_id in cases:
        acting = acting_in(desk, case_id, read_dossier(desk.store.connection, case_id).handovers)
        found += _in_case(desk.store.connection, case_id, acting)
    return sorted(
        (
            one
            for one in found
            if (not by or one.who == by)
            and (not for_whom or one.for_whom == for_whom)
            and (since is None or one.at >= since)
            and (until is None or one.at <= until)
        ),
        key=lambda one: (one.at, one.reference),
        reverse=True,
    )


def _stretch(one: Away) -> Stretch:
    end = london(one.until_on + timedelta(days=1), time())
    return Stretch(
        one.away, one.cover, london(one.from_on, time()), min(end, one.ended_at) if one.ended_at else end
    )


def _lent_cases(desk: Desk) -> set[EntityId]:
    return {
        EntityId(case_id)
        for (case_id,) in desk.store.connection.execute(
            "SELECT DISTINCT case_id FROM handover WHERE kind = ?", (LEND,)
        )
    }


def _touched(
    connection: Connection, cover: Stretch, since: datetime | None, until: datetime | None
) -> Iterator[EntityId]:
    """The cases in which somebody did anything while they covered."""
    first = max(cover.since, since) if since else cover.since
    last = min(at for at in (cover.until, until, _LAST) if at is not None)
    for (case_id,) in connection.execute(
        "SELECT DISTINCT op.case_id FROM unit JOIN op ON op.device = unit.device "
        "AND op.seq BETWEEN unit.first_seq AND unit.last_seq "
        "WHERE unit.hlc BETWEEN ? AND ? AND unit.actor = ? AND unit.act <> 'import' AND op.kind <> ?",
        (_reading(first), _reading(last + _MILLISECOND), cover.by, OpKind.EXTRACT.value),
    ):
        yield EntityId(case_id)


def _reading(at: datetime) -> int:
    """The clock reading that acts of an instant have at least."""
    return int(at.timestamp() * 1000) << hlc.COUNTER_BITS


def _in_case(connection: Connection, case_id: EntityId, acting: Acting) -> Iterator[Acted]:
    row = connection.execute("SELECT ref FROM cases WHERE id = ?", (case_id,)).fetchone()
    if row is None:
        return
    for act, actor, at_ms in connection.execute(
        "SELECT DISTINCT unit.act, unit.actor, unit.at_ms FROM op JOIN unit ON unit.id = op.unit "
        "WHERE op.case_id = ? AND unit.act <> 'import' AND op.kind <> ?",
        (case_id, OpKind.EXTRACT.value),
    ):
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        if whom := acting.for_whom(actor, at):
            yield Acted(at, actor, whom, case_id, row[0] or "", ACT_TITLES.get(act, act.replace(".", " ")))


def _owners(connection: Connection, case_id: EntityId) -> list[tuple[datetime, str]]:
    """Who owned a case since when, in order; an empty name where nobody did."""
    found = []
    for header, sig, payload in connection.execute(
        "SELECT header, sig, payload FROM op WHERE case_id = ? AND entity = 'case' ORDER BY hlc", (case_id,)
    ):
        op = parse_operation(header, sig, payload)
        fields = op.body().get("fields", {})
        if "owner" in fields:
            found.append((datetime.fromtimestamp(op.wall_ms / 1000, UTC), fields["owner"] or ""))
    return found
