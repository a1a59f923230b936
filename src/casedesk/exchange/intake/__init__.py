"""Reads extracts of records systems (CSV and XLSX) line by line into facts. It knows no store."""

from casedesk.exchange.intake.extract import Extract, guess_profile, open_extract
from casedesk.exchange.intake.rejects import RejectsWriter, rejects_path
from casedesk.exchange.intake.rows import person_key
from casedesk.exchange.intake.taken import (
    ColumnReport,
    Reading,
    RejectedRow,
    SkippedRow,
    TakenEntity,
    TakenRow,
)

__all__ = [
    "ColumnReport",
    "Extract",
    "Reading",
    "RejectedRow",
    "RejectsWriter",
    "SkippedRow",
    "TakenEntity",
    "TakenRow",
    "guess_profile",
    "open_extract",
    "person_key",
    "rejects_path",
]
