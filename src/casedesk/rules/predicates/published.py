"""Predicates about outcome lines against the record: what even a published extract can show.

A published month is the month of the outcome (data.police.uk), so lines are ordered by month alone and two
lines of one month have no order.
"""

from casedesk.model.facts import OutcomeRecord
from casedesk.model.text import folded
from casedesk.reference.police_uk import PoliceUkOutcome
from casedesk.rules.judged import Judged, first_day, is_published, last_day
from casedesk.rules.predicates.registry import predicate

Words = tuple[str, ...]

UNDER_INVESTIGATION = "under-investigation"
"""The published short name of a case that is still open."""


def wording(judged: Judged, text: str | None) -> PoliceUkOutcome | None:
    """The published outcome that a text names, if any."""
    return judged.reference.police_uk.outcome(text) if text else None


def _records(judged: Judged) -> list[OutcomeRecord]:
    return [record for _, record in judged.file.outcome_records]


@predicate
def outcome_not_before_offence(judged: Judged) -> bool | None:
    """No outcome is dated before the offence: an outcome line cannot come before its crime.

    Data.police.uk: the month in an outcomes file is the month of the outcome. Compared as days; a month that
    may still reach the offence is let pass.
    """
    offence = judged.case.offence_from
    days = [record.at for record in _records(judged) if record.at]
    if judged.case.outcome_date:
        days.append(judged.case.outcome_date)
    if offence is None or not days:
        return None
    since = first_day(offence)
    return all(last_day(at) >= since for at in days)


@predicate
def not_open_with_outcome(judged: Judged) -> bool | None:
    """The record does not read “under investigation” while a line says that an outcome was given."""
    records = judged.file.outcome_records
    if not records:
        return None
    return not _reads_open(judged) or not any(_is_final(judged, record) for _, record in records)


@predicate
def outcome_lines_agree(judged: Judged, *, charges: Words) -> bool | None:
    """No two outcome lines of one month contradict each other.

    A charge and the results at court that follow it are one course of events, as are several such results.
    Anything else that ends a case stands alone: a caution beside a charge, two different disposals, or “no
    suspect identified” beside either contradict each other. Lines of different months do not: a case may be
    reopened. Wordings that are not known are left out.
    """
    records = _records(judged)
    if len(records) < 2:
        return None
    courses: dict[str, str] = {}
    for record in records:
        known = wording(judged, record.text)
        if known is None or not known.final or record.at is None:
            continue
        course = "court" if known.court or known.slug in charges else known.slug
        if courses.setdefault(record.at, course) != course:
            return False
    return True


@predicate
def outcome_lines_not_repeated(judged: Judged) -> bool | None:
    """No outcome line stands there twice with the same month and words."""
    records = judged.file.outcome_records
    return not any(record.ordinal for _, record in records) if records else None


@predicate
def outcome_line_for_filed_record(judged: Judged) -> bool | None:
    """A record with an outcome has at least one line in the outcomes extract of its force and period.

    Not judged unless that extract was taken in.
    """
    if not judged.outcome_extract_loaded or judged.file.outcome_records:
        return True if judged.file.outcome_records else None
    known = wording(judged, judged.case.outcome_text)
    filed = known.final if known else judged.case.record_status == "filed"
    return False if filed else None


@predicate
def last_outcome_agrees(judged: Judged, *, charges: Words, awaited: Words) -> bool | None:
    """The record's last outcome is the one in the last outcome line.

    Not judged when different lines share the last month, or while the record reads “under investigation”. A
    record that waits for a court, or whose result was not published, agrees with a charge.
    """
    text = judged.case.outcome_text
    last = _last(judged)
    if not text or last is None or _reads_open(judged):
        return None
    mine, theirs = wording(judged, text), wording(judged, last)
    if mine is None or theirs is None:
        return folded(text) == folded(last)
    return mine.slug == theirs.slug or (mine.slug in awaited and theirs.slug in charges)


@predicate
def outcome_wording_known(judged: Judged) -> bool | None:
    """The published wordings of the record's outcome and of its lines are known."""
    texts = [record.text for record in _records(judged) if record.text and not record.codes]
    if judged.outcome is None and judged.case.outcome_text and is_published(judged.case):
        texts.append(judged.case.outcome_text)
    return all(wording(judged, text) for text in texts) if texts else None


def _reads_open(judged: Judged) -> bool:
    known = wording(judged, judged.case.outcome_text)
    if known is not None:
        return known.slug == UNDER_INVESTIGATION
    return judged.case.record_status == "open" and not judged.case.outcome_text and not judged.outcome


def _is_final(judged: Judged, record: OutcomeRecord) -> bool:
    known = wording(judged, record.text)
    return known is None or known.final


def _last(judged: Judged) -> str | None:
    """The words of the last outcome line; None when there is none or lines of other words may be as late."""
    lines = [(record.at, record.text) for record in _records(judged) if record.at and record.text]
    if not lines:
        return None
    at, text = max(lines, key=lambda line: last_day(line[0]))
    since = first_day(at)
    return None if any(other != text and last_day(day) >= since for day, other in lines) else text
