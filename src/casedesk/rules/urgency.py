"""How urgent a referral to the CPS is, and by when the CPS should decide (packs ``charging`` and ``clocks``)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.moments import earliest_day, show_instant
from casedesk.model.words import Confidence, CustodyState, Flag
from casedesk.reference.charging import UrgencyRule
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer, day_words
from casedesk.rules.bail_facts import bail_period
from casedesk.rules.counting import day_of
from casedesk.rules.due import due
from casedesk.rules.limits import Alleged, prosecution_limit


@dataclass(frozen=True, slots=True)
class Urgency:
    """How urgent a referral is suggested to be, and why. Local policy decides."""

    rule: UrgencyRule
    why: str


def urgency(file: CaseFile, now: datetime, packs: Packs) -> Urgency:
    """The suggested urgency of a referral, as things stand at ``now``.

    In custody is red; a time limit on prosecution or a bail period that ends soon is green priority; the rest is green.
    """
    charging = packs.charging
    if any(custody.state == CustodyState.DETAINED for _, custody in file.custody):
        return Urgency(charging.urgencies["red"], "In custody: red if remand is asked for")
    limit = _limit(file, packs)
    if limit is not None and limit - now <= timedelta(days=charging.limit_days):
        ends_or_ended = "ended" if limit < now else "ends"
        why = f"The time limit on prosecution {ends_or_ended} {day_words(day_of(limit))}"
        return Urgency(charging.urgencies["green-priority"], why)
    periods = list(_bail_ends(file, packs))
    ends = min((one for one in periods if one >= now), default=None)
    if ends is not None and ends - now <= timedelta(days=charging.bail_days):
        return Urgency(charging.urgencies["green-priority"], f"Bail ends {show_instant(ends)}")
    ended = f"; bail ended {show_instant(max(periods))}" if periods and ends is None else ""
    return Urgency(charging.urgencies["green"], f"Nobody is in custody and no limit is near{ended}")


def cps_due(rule: UrgencyRule, submitted_at: datetime, packs: Packs) -> Answer:
    """By when the CPS should have decided on a referral of this urgency that was sent at an instant."""
    answer = due(packs.clocks, rule.clock, submitted_at, packs.bank_holidays)
    if rule.status in (Confidence.CONFIRMED, Confidence.SECONDARY):
        return answer
    return replace(answer, warnings=(*answer.warnings, f"{rule.source}."))


def _limit(file: CaseFile, packs: Packs) -> datetime | None:
    """When the time limit on prosecution ends, counted from the first day the offence may have been committed."""
    case = file.case
    code = (case.charge_code or case.offence_code or "").strip().upper()
    committed = case.offence_from or case.offence_to
    offence = packs.offences.get(code) if code else None
    if offence is None or committed is None or case.charged_on:
        return None
    alleged = Alleged(
        offence=earliest_day(committed),
        code=code,
        mode=offence.mode,
        domestic_abuse=Flag.DOMESTIC_ABUSE in (case.flags or ()),
        statement=earliest_day(case.first_statement_on) if case.first_statement_on else None,
    )
    try:
        return prosecution_limit(packs.clocks, alleged).due
    except BadInputError:
        return None


def _bail_ends(file: CaseFile, packs: Packs) -> Iterator[datetime]:
    for custody_id, custody in file.custody:
        if custody.state != CustodyState.BAILED:
            continue
        try:
            ends = bail_period(packs.clocks, file, custody_id, custody).ends
        except BadInputError:
            continue
        if ends is not None:
            yield ends
