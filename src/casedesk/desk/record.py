"""Recording what was done: log entries and victim contacts."""

from collections.abc import Sequence
from datetime import datetime

from casedesk.desk.desk import Desk
from casedesk.desk.restricted import settle_restriction
from casedesk.desk.typed import after_offence, existing, given, not_future, one_of, required_text
from casedesk.model.entities import CASE_FLAG, CONTACT, LOG_ENTRY, MEMBER, RESTRICTION, Entity, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.model.moments import show_instant
from casedesk.model.words import Channel, Flag, Purpose
from casedesk.store.authors import KEYS

TOPICS = ("note", "chase", "decision", "handover", "support", "liaison")
"""What a log entry may be about."""
_DONE_OR_SAID = "Write what was done or said."


def add_log_entry(
    desk: Desk,
    case_id: EntityId,
    text: str,
    *,
    topic: str = "note",
    at: datetime | None = None,
    about: EntityId | None = None,
) -> EntityId:
    """Add an entry to the case log; with ``about`` it corrects that earlier entry, which stays.

    Raises BadInputError when the text is empty or too long, the topic unknown, or the time in the future.
    """
    case = desk.case(case_id).file
    entry_id = new_id()
    fields: dict[str, Value] = {
        "at": not_future(desk, at),
        "text": required_text(text, "The entry", _DONE_OR_SAID),
        "topic": one_of(topic, TOPICS, "topic"),
        "about": existing(about, [known for known, _ in case.log], "log entry"),
    }
    with desk.store.unit_of_work("log.add") as unit:
        unit.entry(LOG_ENTRY, entry_id, case_id, given(fields))
    return entry_id


def add_contact(
    desk: Desk,
    case_id: EntityId,
    *,
    channel: str,
    made: bool,
    text: str,
    victim: EntityId | None = None,
    witness: EntityId | None = None,
    purposes: Sequence[str] = (),
    at: datetime | None = None,
    next_at: datetime | None = None,
    about: EntityId | None = None,
) -> EntityId:
    """Record a contact with a victim or a witness, attempted or made. The only victim of a case need not be named.

    Raises BadInputError when it is not clear who was contacted, a word is unknown, the contact lies in the future or
    before the offence, or the next contact promised lies before it.
    """
    case = desk.case(case_id).file
    if victim is not None and witness is not None:
        raise BadInputError("A contact is with a victim or with a witness.", "Record two contacts.")
    when = after_offence(case.case, not_future(desk, at), "The contact")
    if next_at is not None and next_at <= when:
        raise BadInputError(
            f"The next contact ({show_instant(next_at)}) is promised for before this one.",
            "Give a later time.",
        )
    entry_id = new_id()
    fields: dict[str, Value] = {
        "victim": None if witness is not None else the_victim(case, victim),
        "witness": existing(witness, [known for known, _ in case.witnesses], "witness"),
        "at": when,
        "channel": one_of(channel, list(Channel), "channel"),
        "made": made,
        "purposes": tuple(one_of(purpose, list(Purpose), "purpose") for purpose in purposes),
        "text": required_text(text, "What was said", _DONE_OR_SAID),
        "next_at": next_at,
        "about": existing(about, [known for known, _ in case.contacts], "contact"),
    }
    with desk.store.unit_of_work("contact.add") as unit:
        unit.entry(CONTACT, entry_id, case_id, given(fields))
    return entry_id


def raise_flag(desk: Desk, case_id: EntityId, word: str, *, raised: bool, why: str) -> None:
    """Put a flag on a case, or take one off, whatever the extract says.

    Raises BadInputError for an unknown flag, without a reason, or when nothing would change.
    """
    flag = Flag(one_of(word, list(Flag), "flag"))
    flags = desk.case(case_id).file.case.flags or ()
    if (flag in flags) == raised:
        raise BadInputError(
            f"The flag {flag.value} is {'up' if raised else 'not up'} already.", "Nothing to do."
        )
    mark_id = derived_id("case_flag", case_id.hex(), flag.value)
    with desk.store.unit_of_work("flag.raise" if raised else "flag.lower") as unit:
        unit.set(
            CASE_FLAG,
            mark_id,
            case_id,
            {"word": flag.value, "raised": raised, "why": required_text(why, "The reason")},
        )


def decide(
    desk: Desk, case_id: EntityId, entity: Entity, entity_id: EntityId, name: str, value: Value, why: str
) -> None:
    """Decide a field on which two desks disagree: the value replaces every one that stands, with a reason.

    Raises BadInputError when the field is not in dispute or the reason is empty.
    """
    if not desk.store.connection.execute(
        "SELECT 1 FROM conflict WHERE entity = ? AND entity_id = ? AND field = ?",
        (entity.name, entity_id, name),
    ).fetchone():
        raise BadInputError(f"{entity.by_name[name].title} is not in dispute.", "Change it as usual.")
    reason = required_text(why, "The reason")
    check_decidable(entity, name)
    if entity is RESTRICTION:
        settle_restriction(desk, case_id, "resolve", name, value, reason)
        return
    with desk.store.unit_of_work("resolve", reason) as unit:
        unit.set(entity, entity_id, case_id, {name: value})


def check_decidable(entity: Entity, name: str) -> None:
    """Raise BadInputError for a member's keys: what holds of them is compared, not decided."""
    if entity is MEMBER and name in KEYS:
        raise BadInputError(
            "Which keys a member has cannot be decided.",
            "Ask them in person, and enrol their card: what their screen shows holds.",
        )


def the_victim(case: CaseFile, victim: EntityId | None) -> EntityId | None:
    """The victim meant: the one named, or the only one; None where the case has none recorded."""
    known = [victim_id for victim_id, _ in case.victims]
    if victim is not None:
        return existing(victim, known, "victim")
    if len(known) > 1:
        raise BadInputError("This case has more than one victim.", "Say which one was contacted.")
    return known[0] if known else None
