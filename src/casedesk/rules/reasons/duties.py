"""What people are owed: duties to victims and witnesses, promises, conditions, dates of the file."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from casedesk.model.facts import CaseFile, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import local
from casedesk.model.words import Confidence
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer
from casedesk.rules.duties import Duty, State, duties_pressing, explained
from casedesk.rules.owed.duty import CONDITION, PROMISE
from casedesk.rules.owed.rolling import start_of_day
from casedesk.rules.owed.triggers import is_closed
from casedesk.rules.reasons.factor import STEP, Factor, dated, when

_END = datetime.max.replace(tzinfo=UTC)
_FAR_AHEAD = frozenset({"VRR-REQ", "VRR-CPS", "VRR-DEC"})
"""Clocks of months and weeks: their days are shown with the year."""


class _Place(NamedTuple):
    """Where a duty puts its case for now, in what words, and when time alone will move it."""

    band: str
    sentence: str
    due: datetime | None
    changes_at: datetime | None = None


def duties(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Every duty that is open and has a time: overdue or due today in its band, later ones below.

    A case that nobody works on here (no owner, no contact, no log entry) presses only for what fell due lately: what
    was done before is recorded elsewhere, so older duties are counted in one factor. So are those of whoever took the
    report, unless the case was here in time.
    """
    owed = duties_pressing(file, now, packs)
    if not owed:
        return
    closed = is_closed(file)
    strange = not _is_worked_on(file, closed=closed)
    unrecorded = 0
    for duty in owed:
        if closed and duty.window:
            continue
        if (strange and _is_stale(duty, now, packs)) or (
            (duty.state is State.OVERDUE or duty.state is State.MISSING_DATE)
            and _is_of_the_report(duty, packs)
            and not _was_worked_on(file, duty.due)
        ):
            unrecorded += 1
            continue
        at = _place(duty, now, packs.duties.stale if strange else None)
        yield Factor(
            "closed" if closed and at.band == duty.ahead else at.band,
            at.sentence,
            at.due,
            at.changes_at,
            clock="" if duty.clock in (PROMISE, CONDITION) else duty.clock,
            who=duty.who,
            legal=duty.legal,
            how=_how(duty, packs),
            key=duty.key,
            subject=_subject(duty),
        )
    if unrecorded:
        what = "1 older duty is" if unrecorded == 1 else f"{unrecorded} older duties are"
        yield Factor(
            "closed" if closed else "rest",
            f"{what} not recorded here",
            how=lambda: _why_unrecorded(what, packs),
        )


def _is_worked_on(file: CaseFile, *, closed: bool) -> bool:
    """Whether somebody has the case in hand; that a closed one bears an owner's name says nothing."""
    return bool(
        (file.case.owner and not closed)
        or standing(file.contacts)
        or any(entry.topic != "import" for _, entry in standing(file.log))
    )


def _is_stale(duty: Duty, now: datetime, packs: Packs) -> bool:
    """Whether a duty is long overdue, or began at a time nobody knows."""
    if duty.state is State.MISSING_DATE:
        return True
    return duty.state is State.OVERDUE and duty.due is not None and now > _plus(duty.due, packs.duties.stale)


def _is_of_the_report(duty: Duty, packs: Packs) -> bool:
    rule = packs.duties.rule(duty.clock)
    return rule is not None and rule.at_report


def _was_worked_on(file: CaseFile, due: datetime | None) -> bool:
    """Whether anything was recorded here up to a time, so that what fell due then was this desk's to do."""
    if due is None:
        return False
    times = (
        *(contact.at for _, contact in standing(file.contacts)),
        *(entry.at for _, entry in standing(file.log) if entry.topic != "import"),
        *(action.set_at for _, action in file.actions),
    )
    return any(at is not None and at <= due for at in times)


def _place(duty: Duty, now: datetime, stale: timedelta | None) -> _Place:
    rights = " (enhanced rights)" if duty.enhanced else ""
    if duty.state is State.MISSING_DATE:
        return _Place(duty.band, f"{duty.say}: {duty.began}, date missing{rights}", now)
    if duty.due is None:
        return _Place(duty.band, f"{duty.say} before the decision{rights}", None)
    by = _dated_by(duty.due) if duty.clock in _FAR_AHEAD else _by(duty.due)
    if duty.state is State.OVERDUE:
        said = f"Victim was promised contact by {by}" if _to_victim(duty) else f"{duty.say}: was due {by}"
        leaves = _plus(_plus(duty.due, stale), STEP) if stale is not None else None
        return _Place(duty.band, f"{said}{rights}", duty.due, leaves)
    said = f"Victim contact promised by {by}" if _to_victim(duty) else f"{duty.say} by {by}"
    if duty.limit is not None and duty.limit.due is not None:
        own = duty.due == duty.limit.due
        said += (
            ", when the time limit on prosecution ends"
            if own
            else f"; the time limit on prosecution ends {_dated_by(duty.limit.due)}"
        )
    begins = start_of_day(duty.due)
    if duty.window:
        return _Place(duty.ahead, said, duty.due, _plus(duty.due, STEP))
    if now < begins:
        return _Place(duty.ahead, f"{said}{rights}", duty.due, begins)
    return _Place(duty.band, f"{said}{rights}", duty.due, _plus(duty.due, STEP))


def _to_victim(duty: Duty) -> bool:
    return duty.clock == PROMISE and duty.band == "victim"


@lru_cache(maxsize=4096)
def _by(due: datetime) -> str:
    """The day of a limit that is due at the end of one; the hour too where it is due at another time."""
    here = local(due)
    return f"{here:%a} {here.day} {here:%b}" if f"{here:%H%M%S}" == "235959" else when(due)


@lru_cache(maxsize=4096)
def _dated_by(due: datetime) -> str:
    """The same with its year, for what may lie in the next one."""
    here = local(due)
    return f"{here:%a} {here.day} {here:%b %Y}" if f"{here:%H%M%S}" == "235959" else dated(due)


def _plus(at: datetime, span: timedelta) -> datetime:
    return at + span if _END - at > span else _END


def _subject(duty: Duty) -> EntityId | None:
    if duty.clock == CONDITION:
        return EntityId(bytes.fromhex(duty.key.split("/")[1]))
    return duty.owed_to


def _how(duty: Duty, packs: Packs) -> Callable[[], Answer]:
    return lambda: explained(duty, packs)


def _why_unrecorded(what: str, packs: Packs) -> Answer:
    days = packs.duties.stale // timedelta(days=1)
    steps = (
        f"{what} recorded neither as done nor as excused: done elsewhere, or missed.",
        "Counted so is what whoever took the report does, where the case was not here when it fell due.",
        f"While nobody works on the case here, so is what is over {days} days overdue or has no date.",
    )
    return Answer(None, "", steps, "pack duties", Confidence.CONVENTION)
