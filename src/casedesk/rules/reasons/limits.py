"""What cannot be recovered if missed: limits on prosecution, custody time limits, domestic abuse notices."""

from collections.abc import Iterator
from datetime import datetime

from casedesk.model.facts import CaseFile
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import Factor


def limits(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Every limit that a case runs into."""
    yield from ()
