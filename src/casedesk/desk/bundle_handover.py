"""Cases handed to a colleague's desk: the handover is recorded, and a bundle takes the cases with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundles
from casedesk.desk.bundles import Exported
from casedesk.desk.desk import Desk
from casedesk.desk.handover import Handed, Way, hand_over, loan
from casedesk.desk.team import Colleague
from casedesk.desk.undo import undo
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.ids import EntityId
from casedesk.store.history import recent_acts
from casedesk.store.records import read_dossier


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A handover with the bundle that carries it."""

    handed: Handed
    exported: Exported


def hand_to(
    desk: Desk,
    colleague: Colleague,
    ids: Sequence[EntityId],
    folder: Path,
    *,
    note: str = "",
    first: str = "",
    until: datetime | None = None,
    medium: EntityId | None = None,
) -> HandedOver:
    """Give cases to a colleague, or lend them until a time, and write the bundle that takes them there.

    Both desks then see who holds each case. When the bundle cannot be written the handover is taken back. Raises
    what :func:`casedesk.desk.handover.hand_over` and :func:`casedesk.desk.bundles.export` raise.
    """
    receiver = colleague.member.person or colleague.name
    bundles.check(desk, [colleague], BundleKind.CASES, ids, folder)
    way = Way.GIVE if until is None else Way.LEND
    handed = hand_over(desk, ids, way.value, receiver, text=note, first=first, until=until)
    act = recent_acts(desk.store.connection, 1, desk.store.device)[0]
    try:
        exported = bundles.export(
            desk, [colleague], folder, kind=BundleKind.CASES, cases=ids, reason=note or first, medium=medium
        )
    except CasedeskError:
        undo(desk, act)
        raise
    return HandedOver(handed, exported)


def hand_back(
    desk: Desk,
    colleague: Colleague,
    ids: Sequence[EntityId],
    folder: Path,
    *,
    note: str,
    medium: EntityId | None = None,
) -> HandedOver:
    """Give lent cases back to the colleague who lent them, with what was done meanwhile.

    Raises BadInputError for a case that this colleague did not lend, and as :func:`hand_to` does.
    """
    for own in ids:
        lent = loan(read_dossier(desk.store.connection, own))
        if lent is None or lent.giver != colleague.member.person:
            raise BadInputError(
                f"A case here was not lent by {colleague.name}.", "Give it, with a note of what to do first."
            )
    return hand_to(desk, colleague, ids, folder, note=note, medium=medium)
