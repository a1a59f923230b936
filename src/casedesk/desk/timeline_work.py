"""What the work of the desk tells the timeline of a case: entries, actions, decisions, documents."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from casedesk.desk.case_asks import (
    ACCOUNT_TITLES,
    DECISION_TITLES,
    SERVICE_TITLES,
)
from casedesk.desk.timeline import End, Event
from casedesk.desk.timeline_sources import Sources, and_rank, colon, entries, entry_event, plain
from casedesk.model.dossier import Decision, Feedback, Handover, Interview, Referral
from casedesk.model.entities import (
    ACTION,
    CASE_FLAG,
    CONDITION,
    CONTACT,
    DECISION,
    DOCUMENT,
    EXCUSE,
    EXHIBIT,
    FEEDBACK,
    GRADING,
    HANDOVER,
    INTERVIEW,
    LOG_ENTRY,
    REFERRAL,
)
from casedesk.model.facts import Action, Contact, Excuse, Grading
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.words import FLAG_TITLES, Channel, Flag

_ALSO = {"chase": "action", "decision": "decision", "handover": "handover", "import": "import"}
"""The topics of log entries that a filter finds under another kind too."""
_ACCOUNTS = {word.value: title for word, title in ACCOUNT_TITLES.items()}
_DECISIONS = {word.value: title for word, title in DECISION_TITLES.items()}
_SERVICES = {word.value: title for word, title in SERVICE_TITLES.items()}


# -- entries of the desk -------------------------------------------------------------------------------------------


def _log(of: Sources) -> Iterator[Event]:
    for key, one, end in entries(of, of.file.log):
        topic = one.topic or "note"
        text = one.text or "" if topic == "note" else f"{plain(topic)}: {one.text or ''}"
        yield entry_event(of, LOG_ENTRY, key, one, "log", text, end, _ALSO.get(topic, ""))


def _contacts(of: Sources) -> Iterator[Event]:
    for key, one, end in entries(of, of.file.contacts):
        yield entry_event(of, CONTACT, key, one, "contact", partial(_contact_text, of, one), end)


def _contact_text(of: Sources, contact: Contact) -> str:
    whom = (
        of.name(contact.witness, "the witness") if contact.witness else of.name(contact.victim, "the victim")
    )
    done = f"Reached {whom}" if contact.made else f"Tried to reach {whom}"
    by = (
        " in person"
        if contact.channel == Channel.IN_PERSON
        else f" by {contact.channel or ''}".removesuffix(" by ")
    )
    why = f" ({', '.join(contact.purposes)})" if contact.purposes else ""
    then = f" Next: {show_instant(contact.next_at)}." if contact.next_at else ""
    return f"{done}{by}{why}: {contact.text or ''}{then}"


def _actions(of: Sources) -> Iterator[Event]:
    chases = {_second(entry.at) for _, entry in of.file.log if entry.topic == "chase" and entry.at}
    for key, action in of.file.actions:
        if action.set_at:
            yield _of_action(of, key, action.set_at, "set_at", partial(_set_text, action))
        if action.chased_at and chases.isdisjoint(_second(action.chased_at) + near for near in (-1, 0, 1)):
            times = f" ({action.chases} times)" if action.chases and action.chases > 1 else ""
            yield _of_action(of, key, action.chased_at, "chased_at", f"Chased{times}: {action.what}")
        if action.done_at:
            by = f" (by {action.done_by})" if action.done_by else ""
            text = f"Done: {action.what}{by}{colon(action.result)}"
            yield _of_action(of, key, action.done_at, "done_at", text)
        if action.cancelled_at:
            text = f"Cancelled: {action.what}{colon(action.cancelled_why)}"
            yield _of_action(of, key, action.cancelled_at, "cancelled_at", text)


def _second(at: datetime) -> int:
    """An instant to the second: a chase and its log entry are written one after the other."""
    return int(at.timestamp())


def _of_action(of: Sources, key: EntityId, at: datetime, field: str, text: str | Callable[[], str]) -> Event:
    return Event(at, "action", text, of.who_set(ACTION, key, field), entity=ACTION.name, entry=key)


def _set_text(action: Action) -> str:
    said = (action.owner, f"due {show_instant(action.due_at)}" if action.due_at else "", action.reference)
    more = ", ".join(filter(None, said))
    return f"Set: {action.what}{f' ({more})' if more else ''}"


def _interviews(of: Sources) -> Iterator[Event]:
    for key, one, end in entries(of, of.dossier.interviews):
        yield entry_event(of, INTERVIEW, key, one, "interview", partial(_interview_text, of, one), end)


def _interview_text(of: Sources, one: Interview) -> str:
    how = "interviewed voluntarily" if one.voluntary else "interviewed"
    account = _ACCOUNTS.get(one.account or "", one.account or "")
    said = f": {account}" if account else ""
    offence = f" ({one.offence})" if one.offence else ""
    advice = f"; legal advice {one.legal_advice.replace('-', ' ')}" if one.legal_advice else ""
    adult = f"; appropriate adult {one.appropriate_adult}" if one.appropriate_adult else ""
    text = f". {one.text}" if one.text else ""
    return f"{of.name(one.suspect, 'The suspect')} {how}{said}{offence}{advice}{adult}{text}"


def _referrals(of: Sources) -> Iterator[Event]:
    for key, one in of.dossier.referrals:
        at = one.made_on or of.set_at(REFERRAL, key, "not_made_why")
        if at is not None:
            field = "made_on" if one.made_on else "not_made_why"
            text, who = partial(_referral_text, of, one), of.who_set(REFERRAL, key, field)
            yield Event(at, "referral", text, who, entity=REFERRAL.name, entry=key)


def _referral_text(of: Sources, one: Referral) -> str:
    whom = of.name(one.subject)
    to = one.to or "a service"
    service = _SERVICES.get(to, to)
    if not one.made_on:
        return f"No referral of {whom or 'anybody'} to {service}: {one.not_made_why}"
    reference = f" ({one.reference})" if one.reference else ""
    result = f". Result: {one.result}" if one.result else ""
    return f"Referred{f' {whom}' if whom else ''} to {service}{reference}{colon(one.why)}{result}"


def _conditions(of: Sources) -> Iterator[Event]:
    for key, one in of.file.conditions:
        what = one.what or one.kind or "condition"
        for field, text in (
            ("starts_on", "Condition set"),
            ("done_on", "Condition completed"),
            ("failed_on", "Condition not complied with"),
        ):
            if at := getattr(one, field):
                who = of.who_set(CONDITION, key, field)
                yield Event(at, "condition", f"{text}: {what}", who, entity=CONDITION.name, entry=key)


def _decisions(of: Sources) -> Iterator[Event]:
    for key, one, end in entries(of, of.dossier.decisions):
        yield entry_event(of, DECISION, key, one, "decision", partial(_decision_text, of, one), end)


def _decision_text(of: Sources, one: Decision) -> str:
    kind = one.kind or "other"
    what = _DECISIONS.get(kind) or plain(kind)
    test = f", {one.test.replace('-', ' ')} test" if one.test else ""
    whom = f" ({of.name(one.subject)})" if of.name(one.subject) else ""
    result = f": {one.result}" if one.result else ""
    by = f", decided by {and_rank(one.by, one.rank)}" if one.by or one.rank else ""
    parts = (
        ("Evidential stage: ", one.evidential),
        ("Public interest: ", one.public_interest),
        ("", one.text),
    )
    why = " ".join(f"{label}{said}" for label, said in parts if said)
    return f"{what}{test}{whom}{result}{by}{f'. {why}' if why else ''}"


def _feedback(of: Sources) -> Iterator[Event]:
    for key, one, end in entries(of, of.dossier.feedback):
        yield entry_event(of, FEEDBACK, key, one, "feedback", partial(_feedback_text, one), end)


def _feedback_text(one: Feedback) -> str:
    about = ", ".join(filter(None, ("praise" if one.praise else "learning", one.theme)))
    return f"Feedback to {one.officer or 'the officer'} ({about}){colon(one.text)}"


def _handovers(of: Sources) -> Iterator[Event]:
    for key, one, end in entries(of, of.dossier.handovers):
        yield entry_event(of, HANDOVER, key, one, "handover", partial(_handover_text, one), end)


def _handover_text(one: Handover) -> str:
    word = {"give": "Given", "lend": "Lent", "take-back": "Taken back"}.get(one.kind or "", "Handed over")
    who = f"{f' from {one.giver}' if one.giver else ''}{f' to {one.receiver}' if one.receiver else ''}"
    until = f" until {show_instant(one.until)}" if one.until else ""
    first = f". To do first: {one.first}" if one.first else ""
    return f"{word}{who}{until}{colon(one.text)}{first}"


def _gradings(of: Sources) -> Iterator[Event]:
    for key, one, end in entries(of, of.file.gradings):
        yield entry_event(of, GRADING, key, one, "grading", partial(_grading_text, one), end)


def _grading_text(one: Grading) -> str:
    return (
        f"THOR: threat {one.threat}, harm {one.harm}, opportunity {one.opportunity}, risk {one.risk}"
        f"{colon(one.why)}"
    )


def _excuses(of: Sources) -> Iterator[Event]:
    for key, one, end in entries(of, of.file.excuses):
        yield entry_event(of, EXCUSE, key, one, "excuse", partial(_excuse_text, of, one), end)


def _excuse_text(of: Sources, one: Excuse) -> str:
    clock, person, *_ = [*(one.duty or "").split("/"), "", ""]
    known = of.packs.clocks.by_id.get(clock) if of.packs else None
    whom = next((f" ({name})" for key, name in of.names.items() if name and key.hex() == person), "")
    return f"Duty excused: {known.title if known else clock}{whom}{colon(one.why)}"


def _documents(of: Sources) -> Iterator[Event]:
    for key, one in of.dossier.documents:
        if one.added_at:
            title = (
                f"{one.title} ({one.name})" if one.title and one.name else one.title or one.name or "a file"
            )
            end = End("taken off", who=of.who_set(DOCUMENT, key, "removed")) if one.removed else None
            yield Event(
                one.added_at, "document", f"Attached: {title}", of.who_set(DOCUMENT, key, "added_at"),
                entity=DOCUMENT.name, entry=key, end=end,
            )  # fmt: skip
    for key, exhibit in of.dossier.exhibits:
        if exhibit.on:
            by = f" produced by {exhibit.found_by}" if exhibit.found_by else ""
            what = f"{exhibit.reference or 'Exhibit'}{by}{colon(exhibit.what)}"
            where = f". It is at {exhibit.where}" if exhibit.where else ""
            who = of.who_set(EXHIBIT, key, "on")
            yield Event(exhibit.on, "exhibit", f"{what}{where}", who, entity=EXHIBIT.name, entry=key)


def _flags(of: Sources) -> Iterator[Event]:
    for key, mark in of.file.flag_marks:
        if (at := of.set_at(CASE_FLAG, key, "raised")) and mark.word:
            title = FLAG_TITLES[Flag(mark.word)] if mark.word in set(Flag) else mark.word
            text = f"Flag {'raised' if mark.raised else 'taken off'}: {title}{colon(mark.why)}"
            who = of.who_set(CASE_FLAG, key, "raised")
            yield Event(at, "flag", text, who, entity=CASE_FLAG.name, entry=key)


PARTS: tuple[Callable[[Sources], Iterator[Event]], ...] = (
    _actions, _log, _contacts, _interviews, _referrals, _conditions, _documents, _gradings, _excuses, _flags, _feedback,
    _decisions, _handovers,
)  # fmt: skip
"""In the order in which things follow where they are of the same time."""
