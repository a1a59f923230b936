"""A vulnerable victim while the suspect is not found."""

from collections.abc import Iterator
from datetime import datetime

from casedesk.model.facts import CaseFile
from casedesk.model.words import Flag, SuspectStatus
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import Factor


def safeguarding(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Domestic abuse whose suspect is wanted."""
    if Flag.DOMESTIC_ABUSE in (file.case.flags or ()) and any(
        suspect.status == SuspectStatus.WANTED for _, suspect in file.suspects
    ):
        yield Factor("safeguarding", "Domestic abuse and the suspect is wanted: check safeguarding")
