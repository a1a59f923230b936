"""The verbs of the page as a whole: log, contact, and the correction of either by a new entry."""

from dataclasses import replace

from casedesk.desk import people
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import id_of, text_of, yes_no
from casedesk.desk.people_verbs import PEOPLE, contact_said
from casedesk.desk.record import add_log_entry
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Contact, LogEntry
from casedesk.model.typed_moments import typed_form

TOPICS = {
    "note": "Note",
    "chase": "Chase",
    "decision": "Decision",
    "handover": "Handover",
    "support": "Support",
}
"""What a log entry may be about, in words."""
CONTACT = next(verb for verb in PEOPLE if verb.id == "people.contact")
"""Recording a contact, from anywhere on the page."""


def _log_asks(held: LogEntry) -> list[Ask]:
    return [
        Ask("text", "What was done", Kind.LINES, required=True, rows=6, initial=held.text or ""),
        Ask("topic", "About", Kind.CHOICE, choices=tuple(TOPICS.items()), initial=held.topic or "note"),
        Ask("at", "When", Kind.PAST, hint="now if nothing is given; 14:30, -2h, fri 10:00",
            initial=typed_form(held.at) if held.at else ""),
    ]  # fmt: skip


def _log(at: At, values: Values) -> str:
    add_log_entry(
        at.desk, at.case_id, text_of(values, "text"), topic=values["topic"] or "note", at=values["at"]
    )
    return "Logged."


def _entry(at: At) -> LogEntry:
    found = dict(at.file.log).get(at.subject) if at.subject else None
    if found is None:
        raise BadInputError("That is no log entry of this case.", "Put the cursor on one.")
    return found


def _correct_log(at: At, values: Values) -> str:
    _entry(at)
    add_log_entry(
        at.desk, at.case_id, text_of(values, "text"), topic=values["topic"] or "note", at=values["at"],
        about=at.subject,
    )  # fmt: skip
    return "Corrected; both entries stay in sight."


def _held_contact(at: At) -> Contact:
    found = dict(at.file.contacts).get(at.subject) if at.subject else None
    if found is None:
        raise BadInputError("That is no contact of this case.", "Put the cursor on one.")
    return found


def _correct_contact_asks(at: At) -> list[Ask]:
    """The questions of a contact, answered as they were."""
    held = _held_contact(at)
    whom = held.victim or held.witness
    said = {
        "person": whom.hex() if whom else "",
        "made": yes_no(held.made),
        "text": held.text or "",
        "purposes": ",".join(held.purposes or ()),
        "channel": held.channel or "",
        "at": typed_form(held.at) if held.at else "",
        "next_at": typed_form(held.next_at) if held.next_at else "",
    }
    return [replace(ask, initial=said.get(ask.name, "")) for ask in CONTACT.asks(replace(at, subject=whom))]


def _correct_contact(at: At, values: Values) -> str:
    held = _held_contact(at)
    told = people.contact(
        at.desk,
        at.case_id,
        person=id_of(values, "person") or held.victim or held.witness,
        channel=text_of(values, "channel"),
        made=bool(values["made"]),
        text=text_of(values, "text"),
        purposes=values["purposes"] or (),
        at=values["at"] or held.at,
        next_at=values["next_at"],
        about=at.subject,
    )
    return f"Corrected; both entries stay in sight. {contact_said(told, made=bool(values['made']))}"


LOG = Verb(
    "case.log", "Log", "Add an entry to the case log.", _log, lambda _at: _log_asks(LogEntry()), key="l"
)
CORRECTIONS = (
    Verb(
        "correct.log_entry", "Correct a log entry", "Correct a log entry by a new one; both stay.", _correct_log,
        lambda at: _log_asks(_entry(at)),
    ),
    Verb(
        "correct.contact", "Correct a contact", "Correct a contact by a new one; both stay.", _correct_contact,
        _correct_contact_asks, warns=lambda at: CONTACT.warns(replace(at, subject=_held_contact(at).victim)),
    ),
)  # fmt: skip
"""How an entry of the timeline is corrected, by the name of its entity."""
