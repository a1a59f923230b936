"""What cannot be recovered if missed: limits on prosecution, custody time limits, domestic abuse notices.

Each limit stands in the band of limits within its last days, among what is coming for some weeks before, and
else with the rest (pack ``priority``). Custody time limits and notices run whether or not the case is closed here.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, Custody, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, earliest_day, moment_of_instant
from casedesk.model.words import CustodyState, EventKind
from casedesk.reference.clocks import Clock
from casedesk.reference.offences import Mode
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer, day_words
from casedesk.rules.counting import days_from, end_of_day
from casedesk.rules.custody_facts import first_known, own_events
from casedesk.rules.custody_time_limits import Stage, custody_time_limit, stage_limit
from casedesk.rules.due import due
from casedesk.rules.judged import last_day
from casedesk.rules.limits import EVIDENCE, Alleged, ordinary_last_day, prosecution_limit, special_limit
from casedesk.rules.owed.rolling import is_running
from casedesk.rules.people import identified
from casedesk.rules.prosecution_facts import alleged_of, limited_offence, mode_of
from casedesk.rules.reasons.factor import STEP, Factor, dated, when
from casedesk.rules.reasons.state import closed


def limits(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Every limit that a case runs into."""
    for custody_id, custody in file.custody:
        yield from of_custody(file, custody_id, custody, now, packs)
    code = limited_offence(file, packs)
    if not code or file.case.charged_on or (closed(file) and not awaits_conditions(file)):
        return
    try:
        yield from list(_prosecution(file, code, now, packs))
    except (BadInputError, OverflowError):
        yield Factor("coming", "The time limit on prosecution cannot be counted: check the dates")


def awaits_conditions(file: CaseFile) -> bool:
    """Whether conditions run whose breach may still be prosecuted: then the limit matters although a case is closed."""
    return any(is_running(one) and not one.done_on for _, one in file.conditions)


# -- starting a prosecution --------------------------------------------------------------------------------------------


def _prosecution(file: CaseFile, code: str, now: datetime, packs: Packs) -> Iterator[Factor]:
    mode = mode_of(code, packs)
    special = special_limit(packs.clocks, code)
    if not (mode is not None and mode.summary_only) and (special is None or special.amount is None):
        yield from _notice_of_intended_prosecution(file, code, now, packs)
        return
    if file.events and any(event.kind == EventKind.LIMIT_MET for _, event in standing(file.events)):
        return
    somebody = bool(file.suspects or file.victims or file.custody)
    committed = file.case.offence_from or file.case.offence_to
    if committed is None:
        if somebody:
            said = "Date of the offence missing: the time limit on prosecution cannot be counted"
            yield Factor("coming", said, clock="STL-127")
        return
    first = earliest_day(committed)
    last = max(first, last_day(file.case.offence_to or committed))
    found = _last_instant(file, code, mode, special, first, packs)
    if found is not None and now > found.last and last > first:
        later = _last_instant(file, code, mode, special, last, packs)
        if later is not None and now <= later.last:
            yield _may_have_passed(file, found.last, later, somebody=somebody)
            return
        found = later
    if found is not None:
        note = (
            f"; counted from {_day_words(first)}, the first day it may have been"
            if last > first
            else found.note
        )
        yield _limit_factor(
            file, found, note if now <= found.last else found.note, now, packs, somebody=somebody
        )
    yield from _notice_of_intended_prosecution(file, code, now, packs)


class _Found(NamedTuple):
    """The limit on prosecution, and what is to be said of how it was counted."""

    last: datetime
    """Its last second."""
    clock: str
    how: Callable[[], Answer]
    note: str = ""


def _last_instant(
    file: CaseFile, code: str, mode: Mode | None, special: Clock | None, day: date, packs: Packs
) -> _Found | None:
    """The limit of an offence committed on a day."""
    if special is None:
        last = _end_of(ordinary_last_day(packs.clocks, day))
        plain = Alleged(offence=day, code=code, mode=mode)
        return _Found(last, "STL-127", lambda: prosecution_limit(packs.clocks, plain))
    alleged = alleged_of(file, code, mode, day)
    try:
        answer, note = _counted(packs, alleged), _what_would_lengthen(special, alleged)
    except BadInputError:
        answer = _counted(packs, Alleged(offence=day, code=code, mode=mode))
        note = "; without a statement or certificate dated before the offence: check the dates"
    if answer.due is None:
        return None
    return _Found(answer.due, answer.clock, lambda: answer, note)


@lru_cache(maxsize=4096)
def _counted(packs: Packs, alleged: Alleged) -> Answer:
    """Many cases share their offence and its day: each limit is counted once. Raises BadInputError."""
    return prosecution_limit(packs.clocks, alleged)


def _what_would_lengthen(special: Clock, alleged: Alleged) -> str:
    """What is not recorded and could make the limit later."""
    if special.id == "STL-39A":
        return (
            "; no qualifying statement is recorded"
            if alleged.domestic_abuse and not alleged.statement
            else ""
        )
    unknown = special.trigger == EVIDENCE and alleged.evidence is None
    return "; later if sufficient evidence became known later" if unknown else ""


def _limit_factor(
    file: CaseFile, found: _Found, note: str, now: datetime, packs: Packs, *, somebody: bool
) -> Factor:
    last = found.last
    if now > last:
        said = f"Time limit on prosecution passed {dated(last)}{note}"
        said += (
            ": outcome 17 unless proceedings were started" if _suspected(file) else ": no suspect identified"
        )
        band, changes = "limit" if _suspected(file) and not file.case.outcome else "rest", None
    elif somebody:
        band, changes = _turn(last, now, packs)
        said = f"Time limit on prosecution ends {dated(last)}{note}"
    else:
        band, changes = "rest", last + STEP
        said = f"Time limit on prosecution ends {dated(last)}: nobody identified{note}"
    return Factor(band, said, last, changes, clock=found.clock, who="police", legal=True, how=found.how)


def _may_have_passed(file: CaseFile, first: datetime, later: _Found, *, somebody: bool) -> Factor:
    """Between the limit of the first day on which it may have been committed and that of the last."""
    said = (
        f"Time limit on prosecution may have passed {dated(first)}: "
        f"it ends {dated(later.last)} if it was committed on the last day recorded{later.note}"
    )
    return Factor(
        "limit" if somebody and not file.case.outcome else "rest",
        said,
        later.last,
        later.last + STEP,
        clock=later.clock,
        who="police",
        legal=True,
        how=later.how,
    )


def _suspected(file: CaseFile) -> bool:
    """Whether there is anybody who could be prosecuted."""
    return bool(file.custody) or any(identified(suspect) is not False for _, suspect in file.suspects)


def _notice_of_intended_prosecution(
    file: CaseFile, code: str, now: datetime, packs: Packs
) -> Iterator[Factor]:
    """A notice that must be served within days of some traffic offences, where the pack names them."""
    clock = packs.clocks.by_id.get("NIP-14")
    if clock is None or code not in clock.offences or clock.amount is None:
        return
    committed = file.case.offence_from
    if committed is None or len(committed) == len("2026-11"):
        return
    last = end_of_day(days_from(earliest_day(committed), clock.amount))
    if now <= last:
        band, changes = _turn(last, now, packs)
        said = f"Notice of intended prosecution to be served by {dated(last)}, unless warned at the time"
        day = earliest_day(committed)
        yield Factor(
            band,
            said,
            last,
            changes,
            clock=clock.id,
            legal=True,
            how=lambda: due(packs.clocks, clock, day, packs.bank_holidays),
        )


# -- custody time limits and notices -----------------------------------------------------------------------------------


def of_custody(
    file: CaseFile, custody_id: EntityId, custody: Custody, now: datetime, packs: Packs
) -> Iterator[Factor]:
    """What runs on one custody record after charge, or from a domestic abuse notice."""
    remanded = custody.state == CustodyState.REMANDED or (
        custody.state in _CHARGED and custody.first_appearance_on is not None and custody.released_at is None
    )
    try:
        if remanded:
            yield from list(_custody_time_limit(file, custody_id, custody, now, packs))
        if custody.notice_at is not None and custody.notice_heard_at is None:
            yield from list(_notice(file, custody_id, custody, custody.notice_at, now, packs))
    except (BadInputError, OverflowError):
        since = first_known(custody) or now
        said = "The custody time limit or notice cannot be counted: check the dates"
        yield Factor("limit", said, since, subject=custody_id)


def _custody_time_limit(
    file: CaseFile, custody_id: EntityId, custody: Custody, now: datetime, packs: Packs
) -> Iterator[Factor]:
    if own_events(file, custody_id, custody, EventKind.TRIAL_STARTED):
        return
    first = custody.first_appearance_on
    if first is None:
        if not closed(file):
            since = first_known(custody) or now
            said = "Remanded in custody; first appearance missing: the custody time limit cannot be counted"
            yield Factor("limit", said, since, subject=custody_id)
        return
    sent = _sent_on(file, custody_id, custody)
    mode = mode_of(file.case.charge_code or file.case.offence_code, packs)
    if mode is Mode.INDICTABLE and sent is None:
        if not closed(file):
            said = "Remanded in custody; sending to the Crown Court missing: the custody time limit cannot be counted"
            yield Factor("limit", said, earliest(first), subject=custody_id)
        return
    answer, note = _stage_answer(first, sent, mode, packs)
    if answer.due is None or (closed(file) and now > answer.due):
        return
    if now > answer.due:
        band, changes = "limit", None
        said = f"Custody time limit expired {dated(answer.due)}: release, unless a court extended it{note}"
    else:
        band, changes = _turn(answer.due, now, packs)
        said = f"Custody time limit ends {dated(answer.due)}: trial must start, or a court extend it before{note}"
    yield Factor(
        band,
        said,
        answer.due,
        changes,
        clock=answer.clock,
        who="prosecutor",
        legal=True,
        how=lambda: answer,
        subject=custody_id,
    )


def _stage_answer(first: Moment, sent: Moment | None, mode: Mode | None, packs: Packs) -> tuple[Answer, str]:
    """The limit of the stage the case has reached, and what to say if the mode of trial is not known."""
    began = earliest_day(first)
    if sent is not None:
        day = max(earliest_day(sent), began)
        answer = stage_limit(packs.clocks, Stage.CROWN, day, packs.bank_holidays, less=(day - began).days)
        return answer, ""
    if mode is Mode.EITHER_WAY:
        return _either_way(began, packs)
    note = "" if mode is not None else "; mode of trial not known, the shortest is given"
    return stage_limit(packs.clocks, Stage.SUMMARY, began, packs.bank_holidays), note


def _either_way(began: date, packs: Packs) -> tuple[Answer, str]:
    """The shorter of the two limits there can be, as nothing here tells when summary trial was decided."""
    longer = stage_limit(packs.clocks, Stage.EITHER_WAY, began, packs.bank_holidays)
    clock = packs.clocks[longer.clock]
    if not clock.further or longer.due is None:
        return longer, ""
    days = clock.further[0]
    answer = custody_time_limit(packs.clocks, began, days, packs.bank_holidays, clock=clock)
    return answer, f"; {dated(longer.due)} if summary trial was not decided within {days} days"


def _sent_on(file: CaseFile, custody_id: EntityId, custody: Custody) -> Moment | None:
    """The day of sending to the Crown Court, by the record or by an event."""
    if custody.sent_on is not None:
        return custody.sent_on
    events = own_events(file, custody_id, custody, EventKind.SENT)
    return moment_of_instant(events[0].at) if events and events[0].at else None


def _notice(
    file: CaseFile, custody_id: EntityId, custody: Custody, given: datetime, now: datetime, packs: Packs
) -> Iterator[Factor]:
    """A domestic abuse notice: the application must be heard within 48 hours of it."""
    newer = custody.notice_kind != "dvpn"
    clock = packs.clocks.by_id.get("DAPN-48" if newer else "DVPN-48")
    if clock is None or clock.amount is None:
        return
    answer = due(packs.clocks, clock, given, packs.bank_holidays)
    if answer.due is None:
        return
    name = _NOTICES.get(custody.notice_kind or "", "Domestic abuse notice")
    forgotten = answer.due + packs.priority.coming
    if now <= answer.due:
        band, changes = "limit", answer.due + STEP
        said = f"{name}: the application must be heard by {when(answer.due)}"
    elif closed(file):
        return
    elif now <= forgotten:
        band, changes = "limit", forgotten + STEP
        said = f"{name}: the application was to be heard by {when(answer.due)}; record the hearing"
    else:
        band, changes = "rest", None
        said = f"{name}: no hearing of the application is recorded"
    yield Factor(
        band,
        said,
        answer.due,
        changes,
        clock=clock.id,
        who=clock.by,
        legal=True,
        how=lambda: answer,
        subject=custody_id,
    )


# -- shared ------------------------------------------------------------------------------------------------------------


def _turn(last: datetime, now: datetime, packs: Packs) -> tuple[str, datetime]:
    """The band of a limit that has not passed, and when it will stand in another."""
    urgent, coming = last - packs.priority.urgent, last - packs.priority.coming
    if now >= urgent:
        return "limit", last + STEP
    return ("coming", urgent) if now >= coming else ("rest", coming)


_end_of = lru_cache(maxsize=4096)(end_of_day)
_day_words = lru_cache(maxsize=4096)(day_words)
"""Many cases of an extract share a day: its end and its words are found once."""


_NOTICES = {"dapn": "DAPN", "dvpn": "DVPN"}
_CHARGED = frozenset({CustodyState.DETAINED.value, CustodyState.CHARGED.value})
