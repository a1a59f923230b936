"""Recording what was done: log entries and victim contacts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE_FLAG, CONTACT, LOG_ENTRY, Entity, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.model.moments import show_instant
from casedesk.model.text import MAX_TEXT, clean
from casedesk.model.words import Channel, Flag, Purpose

TOPICS = ("note", "chase", "decision", "handover")
"""What a log entry may be about."""
_LEEWAY = timedelta(minutes=5)


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
        "at": _not_future(desk, at),
        "text": _said(text, "The entry"),
        "topic": _word(topic, TOPICS, "topic"),
        "about": _existing(about, [known for known, _ in case.log], "log entry"),
    }
    with desk.store.unit_of_work("log.add") as unit:
        unit.entry(LOG_ENTRY, entry_id, case_id, _given(fields))
    return entry_id


def add_contact(
    desk: Desk,
    case_id: EntityId,
    *,
    channel: str,
    made: bool,
    text: str,
    victim: EntityId | None = None,
    purposes: Sequence[str] = (),
    at: datetime | None = None,
    next_at: datetime | None = None,
    about: EntityId | None = None,
) -> EntityId:
    """Record a contact with a victim, attempted or made. The only victim of a case need not be named.

    Raises BadInputError when the victim is not clear, a word is unknown, the contact lies in the future, or the
    next contact promised lies before it.
    """
    case = desk.case(case_id).file
    when = _not_future(desk, at)
    if next_at is not None and next_at <= when:
        raise BadInputError(
            f"The next contact ({show_instant(next_at)}) is promised for before this one.",
            "Give a later time.",
        )
    entry_id = new_id()
    fields: dict[str, Value] = {
        "victim": the_victim(case, victim),
        "at": when,
        "channel": _word(channel, list(Channel), "channel"),
        "made": made,
        "purposes": tuple(_word(purpose, list(Purpose), "purpose") for purpose in purposes),
        "text": _said(text, "What was said"),
        "next_at": next_at,
        "about": _existing(about, [known for known, _ in case.contacts], "contact"),
    }
    with desk.store.unit_of_work("contact.add") as unit:
        unit.entry(CONTACT, entry_id, case_id, _given(fields))
    return entry_id


def raise_flag(desk: Desk, case_id: EntityId, word: str, *, raised: bool, why: str) -> None:
    """Put a flag on a case, or take one off, whatever the extract says.

    Raises BadInputError for an unknown flag, without a reason, or when nothing would change.
    """
    flag = Flag(_word(word, list(Flag), "flag"))
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
            {"word": flag.value, "raised": raised, "why": _said(why, "The reason")},
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
    with desk.store.unit_of_work("resolve", _said(why, "The reason")) as unit:
        unit.set(entity, entity_id, case_id, {name: value})


def the_victim(case: CaseFile, victim: EntityId | None) -> EntityId | None:
    """The victim meant: the one named, or the only one; None where the case has none recorded."""
    known = [victim_id for victim_id, _ in case.victims]
    if victim is not None:
        return _existing(victim, known, "victim")
    if len(known) > 1:
        raise BadInputError("This case has more than one victim.", "Say which one was contacted.")
    return known[0] if known else None


def _given(fields: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if value not in (None, ())}


def _said(text: str, what: str) -> str:
    said = clean(text, lines=True)
    if not said:
        raise BadInputError(f"{what} is empty.", "Write what was done or said.")
    if len(said) > MAX_TEXT:
        raise BadInputError(
            f"{what} has {len(said):,} characters; the most is {MAX_TEXT:,}.",
            "Attach long text as a document.",
        )
    return said


def _word(word: str, known: Sequence[str], what: str) -> str:
    if word not in known:
        raise BadInputError(f"{clean(word)!r} is not a {what}.", f"One of: {', '.join(known)}.")
    return str(word)


def _existing(entity_id: EntityId | None, known: Sequence[EntityId], what: str) -> EntityId | None:
    if entity_id is not None and entity_id not in known:
        raise BadInputError(f"That {what} is not in this case.", "Choose one that is listed.")
    return entity_id


def _not_future(desk: Desk, at: datetime | None) -> datetime:
    now = desk.now
    if at is not None and at > now + _LEEWAY:
        raise BadInputError(f"{show_instant(at)} lies in the future.", "Give the time it happened.")
    return at or now
