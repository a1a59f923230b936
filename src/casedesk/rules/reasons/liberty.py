"""Somebody is detained: the next review and the end of the detention clock."""

from collections.abc import Iterator
from datetime import datetime

from casedesk.model.facts import CaseFile
from casedesk.model.words import CustodyState
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import Factor, when


def liberty(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """PACE 1984 s.41(1): 24 hours from the relevant time; s.40(3)(a): first review within 6 hours of authorisation."""
    for _, custody in file.custody:
        if custody.state != CustodyState.DETAINED:
            continue
        if custody.relevant_at is None:
            yield Factor("liberty", "In custody; relevant time missing: treat as due now", now)
            continue
        ends = custody.relevant_at + packs.priority.detention
        if now >= ends:
            yield Factor(
                "liberty", f"Detention limit passed {when(ends)}: release, charge or show authority", ends
            )
            continue
        review = custody.authorised_at + packs.priority.first_review if custody.authorised_at else None
        if review and now < review < ends:
            yield Factor("liberty", f"First review due by {when(review)}", review, review)
        yield Factor("liberty", f"Detention ends {when(ends)}: charge, release or extend", ends, ends)
