"""What the record, the journal and the custody suite tell the timeline of a case."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial

from casedesk.desk.case_asks import (
    event_title,
)
from casedesk.desk.finalised_code import code_of, in_words
from casedesk.desk.timeline import Event
from casedesk.desk.timeline_sources import Sources, and_rank, colon, entries, entry_event
from casedesk.desk.timeline_trace import Touch
from casedesk.desk.undo import ACT_TITLES, title_of
from casedesk.model.entities import (
    CASE,
    CASE_EVENT,
    CUSTODY,
    OUTCOME_RECORD,
    SUSPECT,
    VICTIM,
    WITNESS,
)
from casedesk.model.facts import CaseEvent, Custody
from casedesk.model.moments import Moment, show_instant
from casedesk.model.text import clip
from casedesk.model.words import EventKind
from casedesk.store.history import REDO

_EVENTS: Mapping[str, str] = {
    EventKind.REVIEW: "Review of detention",
    EventKind.POSTPONED: "Review of detention postponed",
    EventKind.EXTENSION: "Detention extended",
    EventKind.WARRANT: "Warrant of further detention",
    EventKind.HOSPITAL: "In hospital",
    EventKind.QUESTIONED: "Questioned in hospital",
    EventKind.BAIL_EXTENSION: "Bail extended",
    EventKind.CPS_BAIL: "Released on bail for a CPS decision",
    EventKind.CPS_REQUEST: "CPS asked for more",
    EventKind.CONDITIONS: "Bail conditions changed",
    EventKind.BREACH: "Breach of bail reported",
    EventKind.BREACH_DEALT_WITH: "Breach of bail dealt with",
    EventKind.RUI_REVIEW: "Release under investigation reviewed",
    EventKind.CERTIFICATE: "Sufficient evidence known to the prosecutor",
    EventKind.CPS_SUBMITTED: "Submitted to the CPS",
    EventKind.CPS_DECISION: "CPS decision",
    EventKind.WITNESS_REQUIRED: "Witness requirement received from the CPS",
    EventKind.SENT: "Sent to the Crown Court",
    EventKind.PTPH: "Plea and trial preparation hearing",
    EventKind.CPS_TOLD_OF_LINKS: "CPS told of linked cases",
}
"""Events in words, where their own word does not read well."""
_MOST_FACTS = 4
"""So many of the facts that an undo put back are named."""


# -- the record ----------------------------------------------------------------------------------------------------


def _record(of: Sources) -> Iterator[Event]:
    case = of.file.case
    for at, text in (
        (case.offence_from, "Offence"),
        (case.reported_at, "Reported"),
        (case.recorded_at, "Recorded"),
        (case.first_statement_on, "First qualifying statement or interview"),
        (case.charged_on, "Charge or summons"),
    ):
        if at:
            yield Event(at, "record", text)
    for key, suspect in of.file.suspects:
        if suspect.interviewed_on and not any(one.suspect == key for _, one in of.dossier.interviews):
            said = "; admission" if suspect.admitted else ""
            yield Event(
                suspect.interviewed_on, "interview", f"{of.name(key)} interviewed under caution{said}",
                entity=SUSPECT.name, entry=key,
            )  # fmt: skip
    for key, victim in of.file.victims:
        if victim.withdrawal_on:
            how = ", ".join(filter(None, (victim.withdrawal_kind, victim.withdrawal_reference)))
            why = f": {victim.withdrawal_why}" if victim.withdrawal_why else ""
            text = f"{of.name(key)} withdrew support{f' ({how})' if how else ''}{why}"
            yield Event(victim.withdrawal_on, "record", text, entity=VICTIM.name, entry=key)
        if victim.informed_on:
            how = f" by {victim.informed_how}" if victim.informed_how else ""
            by = f", {victim.informed_by}" if victim.informed_by else ""
            text = f"{of.name(key)} informed of the outcome{how}{by}"
            yield Event(victim.informed_on, "record", text, entity=VICTIM.name, entry=key)
    for key, witness in of.file.witnesses:
        if witness.statement_on:
            text = f"Statement of {of.name(key)} taken"
            yield Event(witness.statement_on, "record", text, entity=WITNESS.name, entry=key)


def _outcomes(of: Sources) -> Iterator[Event]:
    case = of.file.case
    if case.outcome_date:
        by = f" by {case.decided_by}" if case.decided_by else ""
        code = in_words(code_of(case) or "?")
        yield Event(case.outcome_date, "outcome", f"{code[0].upper()}{code[1:]} given{by}", late=True)
    for key, record in of.file.outcome_records:
        if record.at:
            again = f" (line {record.ordinal + 1} of the same)" if record.ordinal else ""
            text = f"{record.text or 'Outcome'}{again}"
            yield Event(record.at, "outcome", text, late=True, entity=OUTCOME_RECORD.name, entry=key)


def _touches(of: Sources) -> Iterator[Event]:
    for touch in of.trace.touches if of.trace else ():
        act = touch.act
        if touch.about is None:
            what = "1 fact or line" if touch.changes == 1 else f"{touch.changes:,} facts or lines"
            title = (
                "Extract taken in"
                if act.name == "import"
                else ACT_TITLES.get(act.name, act.name.replace(".", " ")).capitalize()
            )
            yield Event(act.at, "import", f"{title}: {what} of this case", act.actor)
        else:
            word = "Done again" if act.name == REDO else "Undone"
            yield Event(act.at, "undo", partial(_undone_text, of, word, touch), act.actor)


def _undone_text(of: Sources, word: str, touch: Touch) -> str:
    """What was undone or done again, and what the case says since."""
    from casedesk.desk.casepage import shown  # it makes timelines itself

    back = of.trace.put_back(touch.act) if of.trace else {}
    facts = [CASE.by_name[name] for name in back]
    said = [
        f"{one.title} {clip(shown(one, back[one.name]), 60) if back[one.name] else 'empty'}" for one in facts
    ]
    title = title_of(touch.about) if touch.about else ""
    again = ", ".join([*said[:_MOST_FACTS], *(["…"] if len(said) > _MOST_FACTS else [])])
    return f"{word}: {title}{f'; again: {again}' if said else ''}"


# -- custody and events --------------------------------------------------------------------------------------------


def _custody(of: Sources) -> Iterator[Event]:
    several = len(of.file.custody) > 1
    for key, custody in of.file.custody:
        person = f"{of.name(key)}: " if several and of.name(key) else ""
        for at, text in _custody_facts(custody):
            if at is not None:
                yield Event(at, "custody", f"{person}{text}", entity=CUSTODY.name, entry=key)


def _custody_facts(custody: Custody) -> Iterator[tuple[datetime | Moment | None, str]]:
    where = f" at {custody.suite}" if custody.suite else ""
    yield custody.arrested_at, f"Arrested{f' for {custody.offence}' if custody.offence else ''}"
    yield custody.arrived_at, f"Arrived{where}"
    yield custody.authorised_at, "Detention authorised"
    for review in custody.reviews or ():
        yield datetime.fromisoformat(review), "Review of detention"
    yield custody.charged_at, "Charged"
    yield custody.released_at, "Released on bail" if custody.bail_return_at else "Released"
    yield custody.notice_at, "Domestic abuse notice given"
    yield custody.notice_heard_at, "Application on the domestic abuse notice heard"
    yield custody.first_appearance_on, "First appearance in custody"
    yield custody.sent_on, "Sent to the Crown Court"


def _events(of: Sources) -> Iterator[Event]:
    in_custody = {key for key, _ in of.file.custody}
    for key, one, end in entries(of, of.file.events):
        kind = "custody" if one.subject in in_custody else "event"
        yield entry_event(of, CASE_EVENT, key, one, kind, partial(_event_text, of, one), end)


def _event_text(of: Sources, one: CaseEvent) -> str:
    kind = one.kind or "event"
    what = _EVENTS.get(kind) or event_title(kind)
    person = of.name(one.subject)
    number = f" {one.number} months in all" if one.number and kind == EventKind.BAIL_EXTENSION else ""
    until = f" until {show_instant(one.until)}" if one.until else ""
    by = f" by {and_rank(one.by, one.rank)}" if one.by or one.rank else ""
    return f"{f'{person}: ' if person else ''}{what}{number}{until}{by}{colon(one.text)}"


FIRST: tuple[Callable[[Sources], Iterator[Event]], ...] = (_record, _touches, _custody, _events)
"""What stands before the work of the desk where it is of the same time."""
LAST: tuple[Callable[[Sources], Iterator[Event]], ...] = (_outcomes,)
"""What stands after it."""
