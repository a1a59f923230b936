"""What people are owed: contacts promised and duties to victims."""

from collections.abc import Iterator
from datetime import UTC, datetime

from casedesk.model.facts import CaseFile, standing
from casedesk.model.moments import local
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import STEP, Factor, when


def duties(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """The next contact a victim was promised, unless a later contact was made."""
    contacts = standing(file.contacts)
    made = max((contact.at for _, contact in contacts if contact.made and contact.at), default=None)
    promised = [
        contact.next_at
        for _, contact in contacts
        if contact.next_at and contact.at and (made is None or contact.at >= made)
    ]
    if not promised:
        return
    due = max(promised)
    day_starts = local(due).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    if now > due:
        yield Factor("victim", f"Victim was promised contact by {when(due)}", due)
    elif now >= day_starts:
        yield Factor("victim", f"Victim contact promised by {when(due)}", due, due + STEP)
    else:
        yield Factor("rest", f"Victim contact promised by {when(due)}", due, day_starts)
