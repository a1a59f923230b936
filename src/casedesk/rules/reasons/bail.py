"""Pre-charge bail and release under investigation."""

from collections.abc import Iterator
from datetime import datetime

from casedesk.model.facts import CaseFile, Custody
from casedesk.model.moments import latest
from casedesk.model.words import CustodyState
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import STEP, Factor, when


def bail(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Pre-charge bail: PACE 1984 ss.47ZA–47ZD. Conditions end with the applicable bail period."""
    for _, custody in file.custody:
        if custody.state == CustodyState.BAILED:
            yield from _bail_end(file, custody, now, packs)


def _bail_end(file: CaseFile, custody: Custody, now: datetime, packs: Packs) -> Iterator[Factor]:
    ends = latest(custody.bail_ends_on) if custody.bail_ends_on else custody.bail_return_at
    if ends is None:
        yield Factor("coming", "On bail; the end of the applicable bail period is missing", now)
        return
    word = "Bail period ends" if custody.bail_ends_on else "Bail return"
    guarded = bool(custody.conditions) and bool(file.victims)
    if now > ends:
        yield Factor(
            "safeguarding", f"Bail lapsed {when(ends)}: conditions have ended, safeguarding check", ends
        )
    elif now >= ends - packs.priority.urgent:
        band = "protection" if guarded else "coming"
        kept = "; conditions protect the victim" if guarded else ""
        yield Factor(band, f"{word} {when(ends)}{kept}", ends, ends + STEP)
    elif now >= ends - packs.priority.coming:
        yield Factor("coming", f"{word} {when(ends)}", ends, ends - packs.priority.urgent)
    else:
        yield Factor("rest", f"{word} {when(ends)}", ends, ends - packs.priority.coming)
