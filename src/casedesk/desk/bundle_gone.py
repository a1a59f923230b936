"""Which handovers have not gone: written here, and in no bundle that brings them to whoever received the case."""

from collections.abc import Mapping, Sequence

from casedesk.desk.desk import Desk
from casedesk.desk.team import Colleague
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId, encode
from casedesk.model.text import folded
from casedesk.store.records import read_dossier

_ACTS = ("handover.give", "handover.lend", "handover.take-back")


def own_handovers(desk: Desk) -> list[tuple[int, int]]:
    """The handovers that were written here, each by its first and last operation, in their order."""
    return desk.store.connection.execute(
        "SELECT first_seq, last_seq FROM unit WHERE device = ? AND act IN (?, ?, ?) ORDER BY last_seq",
        (desk.store.device, *_ACTS),
    ).fetchall()


def handed_and_not_gone(
    desk: Desk, colleague: Colleague, told: Mapping[bytes, int], handovers: Sequence[tuple[int, int]]
) -> tuple[str, ...]:
    """The cases that were given to a colleague here and went to them in no bundle, by their references.

    ``told`` is what the colleague said that they hold; ``handovers`` are as :func:`own_handovers` gives them. A bundle
    of chosen cases counts for the handover with which it was made: which cases others held is not known.
    """
    db, me = desk.store.connection, desk.store.identity.device
    whose = folded(colleague.member.person or colleague.name)
    gone = [
        (kind, int(upto))
        for kind, upto in db.execute(
            "SELECT kind, upto FROM outgoing WHERE instr(members, ?) AND kind <> 'ack'",
            (encode(colleague.id),),
        )
    ]
    floor = max((upto for kind, upto in gone if kind != "case"), default=0)
    floor = max(floor, told.get(me, 0))
    own = {upto for kind, upto in gone if kind == "case"}
    found: dict[EntityId, None] = {}
    for first, last in handovers:
        if last <= floor or last in own:
            continue
        for case_id, entry_id, receiver in db.execute(
            "SELECT op.case_id, op.entity_id, handover.receiver FROM op JOIN handover ON handover.id = op.entity_id "
            "WHERE op.device = ? AND op.seq BETWEEN ? AND ? AND op.entity = 'handover'",
            (desk.store.device, first, last),
        ).fetchall():
            if folded(receiver or "") != whose:
                continue
            entries = standing(read_dossier(db, EntityId(case_id)).handovers)
            if entries and entries[-1][0] == entry_id:
                found[EntityId(case_id)] = None
    return tuple(_ref(desk, case_id) for case_id in found)


def _ref(desk: Desk, case_id: EntityId) -> str:
    row = desk.store.connection.execute("SELECT ref FROM cases WHERE id = ?", (case_id,)).fetchone()
    return (row[0] if row else None) or "A case without a reference"
