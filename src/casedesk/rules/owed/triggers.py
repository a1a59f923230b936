"""What starts duties: every trigger of :class:`casedesk.reference.duties.Trigger`, read off the case.

A trigger that is known to have happened, but not when, begins without a moment: the duty is then due at once.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from casedesk.model.facts import CaseEvent, CaseFile, Custody, Suspect, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, moment_of_instant
from casedesk.model.words import CustodyState, EventKind, Stage, SuspectStatus
from casedesk.reference.duties import Only, Trigger
from casedesk.rules.custody_facts import arrested_on_court_bail
from casedesk.rules.people import identified


class Begun(NamedTuple):
    """One start of duties: when, for whom alone, and the event behind it."""

    since: Moment | None
    words: str
    """What happened: ``suspect arrested``."""
    about: EntityId | None = None
    """The person or custody record it concerns; none where it is the case's."""
    event: CaseEvent | None = None


Events = tuple[tuple[EntityId, CaseEvent], ...]

OUT_OF_COURT = frozenset({"2", "2A", "3", "3A", "6", "7", "8", "22"})
"""Outcomes that are out-of-court resolutions, or a diversion in place of one."""
CHARGED = frozenset({"1", "1A"})
_NO_DECISION = frozenset({*OUT_OF_COURT, *CHARGED, "0", "4", "9", "18", "19"})
"""Outcomes that are no police decision against prosecuting a named suspect."""
_AT_LARGE = frozenset({CustodyState.BAILED.value, CustodyState.UNDER_INVESTIGATION.value})


def is_closed(file: CaseFile) -> bool:
    """Whether the case is finalised here or filed in the records system."""
    return file.case.stage == Stage.FINALISED or file.case.record_status == "filed"


def begun(trigger: Trigger, file: CaseFile, events: Events) -> list[Begun]:
    """Every start that the case shows of one trigger, in no particular order; TOLD and UPDATE are a person's own."""
    return list(_FINDERS[trigger](file, events)) if trigger in _FINDERS else []


def conceivable(file: CaseFile, events: Events) -> tuple[Trigger, ...]:
    """The triggers that a case can show at all by what hangs on it: most cases have no custody and no events."""
    return _conceivable(
        bool(file.custody),
        bool(file.suspects),
        bool(events),
        is_closed(file),
        file.case.charged_on is not None,
        file.case.stage == Stage.CLINIC,
    )


@lru_cache(maxsize=64)
def _conceivable(
    custody: bool, suspects: bool, events: bool, closed: bool, charged: bool, clinic: bool
) -> tuple[Trigger, ...]:
    possible = {
        Trigger.REPORT: True,
        Trigger.ARREST: custody,
        Trigger.INTERVIEW: custody or suspects,
        Trigger.RELEASE: custody,
        Trigger.BAIL: custody or events,
        Trigger.CHARGE: custody or suspects or charged,
        Trigger.KEPT: custody,
        Trigger.NFA: events or (closed and suspects),
        Trigger.CONSIDERED: events or clinic,
        Trigger.OUT_OF_COURT: events or closed,
    }
    return tuple(trigger for trigger in Trigger if possible.get(trigger))


def begun_by(kind: EventKind, events: Events) -> Iterator[Begun]:
    """Every start that an event of one kind makes."""
    for _, event in events:
        if event.kind == kind:
            yield Begun(_at(event), kind.replace("-", " "), event.subject, event)


def holds(only: Only | None, start: Begun, amount: int | None, file: CaseFile) -> bool:
    """Whether a duty's further condition holds at a start."""
    if only is None:
        return True
    if only in (Only.ADMITTED, Only.NOT_ADMITTED):
        return any(suspect.admitted for _, suspect in file.suspects) is (only is Only.ADMITTED)
    if only in (Only.HELD, Only.NOT_HELD):
        return any(_kept(custody) for _, custody in file.custody) is (only is Only.HELD)
    priority = start.event is not None and start.event.number is not None and start.event.number == amount
    if only is Only.GREEN_PRIORITY:
        return priority and not _detained(file, start)
    if only is Only.RED:
        return _detained(file, start)
    submitted_as_priority = start.event is not None and (start.event.number or 28) < 28
    return not submitted_as_priority and not _detained(file, start)


def reviewable(file: CaseFile) -> bool:
    """Whether a police decision not to prosecute may be reviewed, as far as the record says.

    A suspect was named and interviewed under caution; nobody was charged and no out-of-court resolution ended it.
    """
    case = file.case
    if case.charged_on or case.outcome in CHARGED or case.outcome in OUT_OF_COURT:
        return False
    if any(custody.charged_at for _, custody in file.custody):
        return False
    return any(identified(suspect) and suspect.interviewed_on for _, suspect in file.suspects)


def _report(file: CaseFile, events: Events) -> Iterator[Begun]:
    at = file.case.reported_at or file.case.recorded_at
    yield Begun(at, "crime reported" if file.case.reported_at or at is None else "crime recorded")


def _arrest(file: CaseFile, events: Events) -> Iterator[Begun]:
    for custody_id, custody in file.custody:
        if custody.state == CustodyState.VOLUNTARY:
            continue
        if custody.arrested_at:
            yield Begun(moment_of_instant(custody.arrested_at), "suspect arrested", custody_id)
        elif custody.state:
            yield Begun(None, "suspect arrested", custody_id)


def _interview(file: CaseFile, events: Events) -> Iterator[Begun]:
    for suspect_id, suspect in file.suspects:
        if suspect.interviewed_on:
            yield Begun(suspect.interviewed_on, "suspect interviewed under caution", suspect_id)
    for custody_id, custody in file.custody:
        at = custody.arrived_at or custody.released_at
        if custody.state == CustodyState.VOLUNTARY and custody.released_at and at:
            yield Begun(moment_of_instant(at), "suspect interviewed voluntarily", custody_id)


def _release(file: CaseFile, events: Events) -> Iterator[Begun]:
    for custody_id, custody in file.custody:
        if custody.state == CustodyState.RELEASED and not custody.charged_at:
            yield Begun(_instant(custody.released_at), "suspect released without charge", custody_id)


def _bail(file: CaseFile, events: Events) -> Iterator[Begun]:
    bailed_for_cps = {event.subject for _, event in events if event.kind == EventKind.CPS_BAIL and event.at}
    for custody_id, custody in file.custody:
        if custody.state not in _AT_LARGE:
            continue
        known = custody_id in bailed_for_cps or (None in bailed_for_cps and len(file.custody) == 1)
        if custody.released_at or not known:
            how = "bailed" if custody.state == CustodyState.BAILED else "released under investigation"
            yield Begun(_instant(custody.released_at), f"suspect {how}", custody_id)
    for _, event in events:
        if event.kind == EventKind.CONDITIONS:
            yield Begun(_at(event), "bail conditions changed", event.subject, event)
        elif event.kind == EventKind.CPS_BAIL:
            yield Begun(_at(event), "suspect bailed for a CPS decision", event.subject, event)


def _charge(file: CaseFile, events: Events) -> Iterator[Begun]:
    found = False
    for custody_id, custody in file.custody:
        if custody.charged_at:
            found = True
            yield Begun(moment_of_instant(custody.charged_at), "suspect charged", custody_id)
    if file.case.charged_on:
        yield Begun(file.case.charged_on, "suspect charged or summonsed")
    elif not found and _charged_some_time(file):
        yield Begun(None, "suspect charged or summonsed")


def _kept_after_charge(file: CaseFile, events: Events) -> Iterator[Begun]:
    for custody_id, custody in file.custody:
        if custody.charged_at and _kept(custody):
            yield Begun(moment_of_instant(custody.charged_at), "suspect charged and kept", custody_id)


def _nfa(file: CaseFile, events: Events) -> Iterator[Begun]:
    found = False
    for _, event in events:
        if event.kind == EventKind.NO_FURTHER_ACTION:
            found = True
            yield Begun(_at(event), "police decision not to prosecute", event.subject, event)
    case = file.case
    if found or not is_closed(file) or not case.outcome or case.outcome in _NO_DECISION or case.charged_on:
        return
    if any(identified(suspect) for _, suspect in file.suspects):
        yield Begun(case.outcome_date, f"closed with outcome {case.outcome}")


def _considered(file: CaseFile, events: Events) -> Iterator[Begun]:
    for _, event in events:
        if event.kind == EventKind.OUT_OF_COURT_CONSIDERED:
            yield Begun(_at(event), "out-of-court resolution considered", event.subject, event)
            return
    if file.case.stage == Stage.CLINIC:
        yield Begun(None, "meant for a clinic")


def _out_of_court(file: CaseFile, events: Events) -> Iterator[Begun]:
    found = False
    for _, event in events:
        if event.kind == EventKind.OUT_OF_COURT_GIVEN:
            found = True
            yield Begun(_at(event), "out-of-court resolution given", event.subject, event)
    if not found and is_closed(file) and file.case.outcome in OUT_OF_COURT:
        yield Begun(file.case.outcome_date, f"closed with outcome {file.case.outcome}")


_FINDERS: dict[Trigger, Callable[[CaseFile, Events], Iterable[Begun]]] = {
    Trigger.REPORT: _report,
    Trigger.ARREST: _arrest,
    Trigger.INTERVIEW: _interview,
    Trigger.RELEASE: _release,
    Trigger.BAIL: _bail,
    Trigger.CHARGE: _charge,
    Trigger.KEPT: _kept_after_charge,
    Trigger.NFA: _nfa,
    Trigger.CONSIDERED: _considered,
    Trigger.OUT_OF_COURT: _out_of_court,
}


def arrested(file: CaseFile) -> list[tuple[EntityId, Suspect]]:
    """The named suspects who were arrested; a record of custody that names nobody speaks of all of them."""
    custody = [one for _, one in file.custody if one.state != CustodyState.VOLUNTARY]
    whom = {one.suspect for one in custody}
    return [
        (suspect_id, suspect)
        for suspect_id, suspect in file.suspects
        if identified(suspect) and custody and (suspect_id in whom or None in whom)
    ]


def stands(file: CaseFile) -> Events:
    """The events that stand, corrections taken in."""
    return standing(file.events) if file.events else ()


def _kept(custody: Custody) -> bool:
    return custody.state == CustodyState.REMANDED or (
        custody.charged_at is not None
        and custody.released_at is None
        and custody.state in (CustodyState.CHARGED, CustodyState.DETAINED)
        and not arrested_on_court_bail(custody)
    )


def _detained(file: CaseFile, start: Begun) -> bool:
    at = start.event.at if start.event else None
    return at is not None and any(
        custody.state != CustodyState.VOLUNTARY
        and custody.arrested_at is not None
        and custody.arrested_at <= at
        and (custody.released_at is None or custody.released_at > at)
        and not (custody.released_at is None and custody.state in _AT_LARGE)
        for _, custody in file.custody
    )


def _charged_some_time(file: CaseFile) -> bool:
    return any(custody.state == CustodyState.CHARGED for _, custody in file.custody) or any(
        suspect.status == SuspectStatus.CHARGED for _, suspect in file.suspects
    )


def _at(event: CaseEvent) -> Moment | None:
    return _instant(event.at)


def _instant(at: datetime | None) -> Moment | None:
    return moment_of_instant(at) if at else None
