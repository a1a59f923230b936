"""What is owed in a case: every duty to a victim, witness or suspect and every date of the file, as it stands.

Which clock runs from what, and what meets it, says the pack ``duties``; how long there is says the pack ``clocks``.
A duty is met by what was recorded anyway: a contact that was made, an event, a fact of the record. An attempt to
reach somebody never meets one. Unknown is never taken for done: a duty whose beginning has no date is due now.
"""

from dataclasses import replace
from datetime import datetime

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.moments import show_moment
from casedesk.model.words import Confidence
from casedesk.reference.clocks import Clock
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer, event_words, instant_words, plural, weakest
from casedesk.rules.due import due as due_of
from casedesk.rules.judged import first_day
from casedesk.rules.owed.counting import event_of
from casedesk.rules.owed.duty import OPEN, Duty, State
from casedesk.rules.owed.reader import Reader
from casedesk.rules.owed.triggers import is_closed

__all__ = ["Duty", "State", "duties", "duties_pressing", "explained", "is_worked_here"]

_FIRST = {State.MISSING_DATE: 0, State.OVERDUE: 0, State.DUE: 1, State.NO_NUMBER: 2}


def duties(file: CaseFile, now: datetime, packs: Packs) -> tuple[Duty, ...]:
    """Every duty of a case, open and done, as things stand at ``now``: the open ones first, the most pressing on top.

    A case that is closed in the records system and was never worked on here has none: what must have been done
    before it was closed is the finalisation check's to ask.
    """
    return _duties(file, now, packs, timed=False)


def duties_pressing(file: CaseFile, now: datetime, packs: Packs) -> tuple[Duty, ...]:
    """The duties of a case that are still to be done by some time, the most pressing first."""
    return tuple(
        duty
        for duty in _duties(file, now, packs, timed=True)
        if duty.is_open and duty.state is not State.NO_NUMBER
    )


def _duties(file: CaseFile, now: datetime, packs: Packs, *, timed: bool) -> tuple[Duty, ...]:
    if _has_nobody(file) or (is_closed(file) and not is_worked_here(file)):
        return ()
    found = {duty.key: duty for duty in Reader(file, now, packs, timed=timed).all()}
    return tuple(sorted(found.values(), key=lambda duty: _order(duty, now)))


def is_worked_here(file: CaseFile) -> bool:
    """Whether anybody at this desk took the case on: an owner, a stage, a contact, an action, an entry of their own."""
    return bool(
        file.case.owner
        or file.case.stage
        or file.contacts
        or file.actions
        or file.events
        or file.conditions
        or any(entry.topic != "import" for _, entry in file.log)
    )


def explained(duty: Duty, packs: Packs) -> Answer:
    """When a duty is due and why: how the limit was counted, on whose authority, and what must be said of it."""
    clock = packs.clocks.by_id.get(duty.clock)
    if clock is None or (duty.due is not None and duty.amount is None):
        return _plain(duty, clock)
    said = _said_of(duty)
    if duty.since is None:
        steps = (f"{clock.id}: {clock.title}.", f"{duty.began.capitalize()}: when is not recorded.")
        return Answer(None, "", steps, clock.source, clock.status, said, clock.id)
    try:
        answer = due_of(
            packs.clocks,
            clock,
            event_of(clock, duty.since),
            packs.bank_holidays,
            enhanced=duty.enhanced,
            amount=duty.amount,
        )
    except BadInputError as error:
        return Answer(None, "", (error.message,), clock.source, clock.status, said, clock.id)
    status = weakest(answer.status, clock.enhanced_status) if duty.enhanced else answer.status
    if duty.enhanced and duty.rights and not duty.rights.recorded:
        status = weakest(status, duty.rights.status)
    started = f"Started by: {duty.began}, {show_moment(duty.since)}."
    answer = replace(
        answer, steps=(started, *answer.steps), warnings=(*said, *answer.warnings), status=status
    )
    return _limited(answer, duty.limit, duty.due) if duty.limit is not None else answer


def _limited(answer: Answer, limit: Answer, due: datetime | None) -> Answer:
    """The answer for a review, with the limit on prosecution that ends sooner than its own time."""
    ends = instant_words(limit.due) if limit.due else "at a time not known"
    step = f"{limit.clock}: the time limit on prosecution ends {ends}, before that"
    own = limit.due is not None and due == limit.due
    return replace(
        answer,
        due=due,
        steps=(*answer.steps, f"{step}: no later than then." if own else f"{step}."),
        source=f"{answer.source}; {limit.source}",
        status=weakest(answer.status, limit.status),
    )


def _plain(duty: Duty, clock: Clock | None) -> Answer:
    """The answer for a time that was agreed or promised, not counted."""
    by = f"Due {instant_words(duty.due)}." if duty.due else "No time is set."
    steps = (f"{duty.title}.", by)
    if clock is not None:
        return Answer(duty.due, "", (*steps, "As agreed."), clock.source, clock.status, (), clock.id)
    return Answer(duty.due, "", steps, "Recorded at this desk", Confidence.CONVENTION)


def _said_of(duty: Duty) -> tuple[str, ...]:
    said = []
    if duty.since is not None and len(duty.since) == 7:
        said.append(
            f"Only the month is known: counted from {event_words(first_day(duty.since))}, the earliest."
        )
    if duty.rights is not None:
        said.append(f"The victim's rights: {duty.rights.why}.")
    if duty.attempts:
        said.append(
            f"Tried {plural(duty.attempts, 'time')} without reaching them; an attempt does not meet the duty."
        )
    if duty.limit_warning:
        said.append(duty.limit_warning)
    if duty.excuse:
        said.append(f"Excused: {duty.excuse}")
    return tuple(said)


def _has_nobody(file: CaseFile) -> bool:
    return not (
        file.victims
        or file.suspects
        or file.custody
        or file.witnesses
        or file.contacts
        or file.events
        or file.conditions
        or file.case.charged_on
    )


def _order(duty: Duty, now: datetime) -> tuple[object, ...]:
    """Open before done; overdue and undated before due; the earlier due, enhanced rights, the shorter limit first."""
    due = now if duty.state is State.MISSING_DATE else duty.due
    return (
        duty.state not in OPEN,
        _FIRST.get(duty.state, 3),
        due is None,
        due or now,
        not duty.enhanced,
        duty.amount or 0,
        duty.key,
    )
