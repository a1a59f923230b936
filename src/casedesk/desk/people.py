"""The people of a case: victims with what is recorded of their wishes and needs, witnesses, contacts, referrals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.desk.case_asks import SERVICE_TITLES, line, name_of, optional_text
from casedesk.desk.desk import Desk
from casedesk.desk.duties import duties_of
from casedesk.desk.record import add_contact, the_victim
from casedesk.desk.typed import existing, given, not_future, one_of, required_text
from casedesk.model.entities import CASE, CASE_EVENT, LOG_ENTRY, REFERRAL, VICTIM, WITNESS, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, Victim, Witness
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, earliest, local, moment_of_day, moment_of_instant, show_moment
from casedesk.model.words import EventKind, Service, Support
from casedesk.rules.duties import Duty
from casedesk.store.records import read_dossier

WITHDRAWALS = {"statement": "Signed statement", "pocket-book": "Pocket book", "bwv": "Body-worn video"}
"""How a withdrawal of support is recorded."""
STATEMENTS = {"offered": "Offered", "declined": "Declined", "to-be-taken": "To be taken", "taken": "Taken"}
"""What became of the Victim Personal Statement."""
PREFERENCES = ("phone", "text", "email", "letter", "in-person", "none")
"""Ways of contact that are usual; any other may be written."""
_TEXTS = frozenset(
    {
        "enhanced_why", "contact_preference", "safe_contact", "phone", "language", "relationship", "contact_times",
        "needs", "views", "remedy", "compensation", "special_measures", "availability", "name",
    }
)  # fmt: skip
_FLAGS = frozenset({"enhanced", "interpreter", "vulnerable"})
VICTIM_FIELDS = frozenset(
    {
        "name", "support", "enhanced", "enhanced_why", "contact_preference", "safe_contact", "phone", "language",
        "relationship", "update_days", "contact_times", "interpreter", "needs", "views", "views_on", "remedy",
        "statement", "compensation", "special_measures",
    }
)  # fmt: skip
"""What :func:`amend_victim` may say of a victim."""
WITNESS_FIELDS = frozenset(
    {
        "name", "phone", "contact_preference", "safe_contact", "language", "vulnerable", "update_days",
        "availability", "special_measures",
    }
)  # fmt: skip
"""What :func:`amend_witness` may say of a witness."""
_LONGEST_INTERVAL = 365


@dataclass(frozen=True, slots=True)
class Contacted:
    """A contact that was recorded, and what it did."""

    id: EntityId
    met: tuple[Duty, ...]
    """The duties it met."""
    still_owed: tuple[Duty, ...]
    """What is still owed to that person, the most pressing first."""


def contact(
    desk: Desk,
    case_id: EntityId,
    *,
    channel: str,
    made: bool,
    text: str,
    person: EntityId | None = None,
    purposes: Sequence[str] = (),
    at: datetime | None = None,
    next_at: datetime | None = None,
    about: EntityId | None = None,
) -> Contacted:
    """Record a contact with a victim or a witness, and say which duties it met. Raises BadInputError as it does."""
    file = desk.case(case_id).file
    witness = person if person in dict(file.witnesses) else None
    victim = None if witness is not None else the_victim(file, person)
    entry_id = add_contact(
        desk, case_id, channel=channel, made=made, text=text, victim=victim, witness=witness,
        purposes=purposes, at=at, next_at=next_at, about=about,
    )  # fmt: skip
    duties = duties_of(desk, case_id)
    whom = witness or victim
    return Contacted(
        entry_id,
        tuple(duty for duty in duties if duty.met_by == entry_id),
        tuple(duty for duty in duties if duty.is_open and whom is not None and duty.owed_to == whom),
    )


def safe_contact_warning(file: CaseFile, person: EntityId | None = None) -> str:
    """What must be read before anybody is contacted: of one person, or of everybody; empty when nothing."""
    held: list[tuple[EntityId, Victim | Witness]] = [*file.victims, *file.witnesses]
    return "\n".join(
        f"{name_of(file, own)}: {one.safe_contact}"
        for own, one in held
        if one.safe_contact and person in (None, own)
    )


# -- victims ----------------------------------------------------------------------------------------------------


def amend_victim(
    desk: Desk,
    case_id: EntityId,
    victim_id: EntityId | None,
    facts: Mapping[str, Value],
    *,
    act: str = "victim.amend",
) -> list[str]:
    """Change what is recorded of a victim; None takes a fact away. Returns the titles of what changed.

    The only victim of a case need not be named. Raises BadInputError for an unknown victim or fact, a value that
    cannot be, enhanced rights without saying why, or when nothing would change.
    """
    file = desk.case(case_id).file
    own = _victim(file, victim_id)
    held = dict(file.victims)[own]
    fields = _checked(facts, VICTIM_FIELDS)
    if "support" in fields and fields["support"] is not None:
        fields["support"] = one_of(str(fields["support"]), list(Support), "word for support")
        if fields["support"] == Support.NO:
            raise BadInputError(
                "A victim's withdrawal is recorded with its reasons.", "Use “Support withdrawn”."
            )
    if "statement" in fields and fields["statement"] is not None:
        fields["statement"] = one_of(str(fields["statement"]), list(STATEMENTS), "word for the statement")
    if fields.get("views_on") is not None:
        _not_ahead(desk, Moment(str(fields["views_on"])), "The views were asked")
    if fields.get("enhanced") and not (fields.get("enhanced_why") or held.enhanced_why):
        raise BadInputError("Enhanced rights need their reason.", "Say why, in a few words.")
    if fields.get("views") and fields["views"] != held.views and not fields.get("views_on"):
        fields["views_on"] = moment_of_day(local(desk.now).date())
    changed = {name: value for name, value in fields.items() if value != getattr(held, name)}
    if not changed:
        raise BadInputError("That is what is recorded already.", "Change something, or leave it.")
    with desk.store.unit_of_work(act) as unit:
        unit.set(VICTIM, own, case_id, changed)
    return [VICTIM.by_name[name].title for name in changed]


def withdraw_support(
    desk: Desk,
    case_id: EntityId,
    victim_id: EntityId | None = None,
    *,
    kind: str,
    reference: str,
    why: str,
    pressure: str,
    evidence_led: str,
    on: Moment | None = None,
) -> None:
    """Record that a victim no longer supports police action: how it is recorded, why, and what was considered.

    ``pressure`` says what was found of pressure on the victim, ``evidence_led`` whether the case can go on without
    them. One act: the victim, the case's evidence-led consideration and a log entry. Raises BadInputError when any
    of it is missing, or the day is to come.
    """
    file = desk.case(case_id).file
    own = _victim(file, victim_id)
    when = on or moment_of_day(local(desk.now).date())
    _not_ahead(desk, when, "The withdrawal")
    how = one_of(kind, list(WITHDRAWALS), "kind of withdrawal record")
    where = required_text(line(reference, "The reference") or "", "The reference of the withdrawal record")
    reason = required_text(why, "Why support was withdrawn")
    considered = required_text(pressure, "What was considered of pressure")
    without = required_text(evidence_led, "What was considered of going on without the victim")
    facts: dict[str, Value] = {
        "support": Support.NO.value, "withdrawal_kind": how, "withdrawal_on": when,
        "withdrawal_reference": where, "withdrawal_why": reason, "pressure": considered,
    }  # fmt: skip
    text = (
        f"{name_of(file, own)} no longer supports police action: {WITHDRAWALS[how].lower()} {where}, "
        f"{show_moment(when)}."
    )
    with desk.store.unit_of_work("victim.withdraw") as unit:
        unit.set(VICTIM, own, case_id, facts)
        unit.set(CASE, case_id, case_id, {"evidence_led": without})
        unit.entry(LOG_ENTRY, new_id(), case_id, {"at": desk.now, "topic": "note", "text": text})


# -- witnesses --------------------------------------------------------------------------------------------------


def amend_witness(
    desk: Desk, case_id: EntityId, witness_id: EntityId | None, facts: Mapping[str, Value]
) -> list[str]:
    """Change what is recorded of a witness; None takes a fact away. Returns the titles of what changed.

    New dates to avoid are also an event: what is owed for them runs from it. Raises BadInputError as
    :func:`amend_victim` does.
    """
    file = desk.case(case_id).file
    own = _witness(file, witness_id)
    held = dict(file.witnesses)[own]
    fields = _checked(facts, WITNESS_FIELDS)
    changed = {name: value for name, value in fields.items() if value != getattr(held, name)}
    if not changed:
        raise BadInputError("That is what is recorded already.", "Change something, or leave it.")
    with desk.store.unit_of_work("witness.amend") as unit:
        unit.set(WITNESS, own, case_id, changed)
        if changed.get("availability"):
            event: dict[str, Value] = {
                "kind": EventKind.AVAILABILITY_CHANGED.value, "at": desk.now, "subject": own,
                "text": changed["availability"],
            }  # fmt: skip
            unit.entry(CASE_EVENT, new_id(), case_id, event)
    return [WITNESS.by_name[name].title for name in changed]


def statement_taken(
    desk: Desk, case_id: EntityId, person: EntityId | None, *, at: datetime | None = None, text: str = ""
) -> None:
    """Record that the statement of a victim or witness was taken, as the event that duties run from.

    Raises BadInputError for somebody who is neither, or a time in the future.
    """
    file = desk.case(case_id).file
    known = [own for own, _ in (*file.witnesses, *file.victims)]
    if person is None and len(known) != 1:
        raise BadInputError("Whose statement was it?", "Choose the witness or victim.")
    own = existing(person, known, "witness or victim") or known[0]
    when = not_future(desk, at)
    event: dict[str, Value] = {
        "kind": EventKind.STATEMENT_TAKEN.value, "at": when, "subject": own,
        "text": optional_text(text, "The note"),
    }  # fmt: skip
    with desk.store.unit_of_work("statement.taken") as unit:
        unit.entry(CASE_EVENT, new_id(), case_id, given(event))
        witness = dict(file.witnesses).get(own)
        if witness is not None and witness.statement_on is None:
            unit.set(WITNESS, own, case_id, {"statement_on": moment_of_instant(when)})


# -- referrals --------------------------------------------------------------------------------------------------


def refer(
    desk: Desk,
    case_id: EntityId,
    subject: EntityId,
    to: str,
    *,
    made: bool,
    why: str = "",
    not_made_why: str = "",
    on: Moment | None = None,
    reference: str = "",
) -> EntityId:
    """Record a referral that was made, or one that was considered and not made, with the reason.

    ``to`` is a word of :class:`casedesk.model.words.Service` or a service's name; the day is today where none is
    given. Raises BadInputError for somebody who is not in the case, a missing reason, or a day to come.
    """
    file = desk.case(case_id).file
    known = [own for own, _ in (*file.victims, *file.suspects, *file.witnesses)]
    service = required_text(line(to, "The service") or "", "The service")
    facts: dict[str, Value] = {
        "subject": existing(subject, known, "person"),
        "to": service,
        "why": optional_text(why, "The reason"),
        "reference": line(reference, "The reference"),
    }
    if made:
        facts["made_on"] = on or moment_of_day(local(desk.now).date())
        _not_ahead(desk, Moment(str(facts["made_on"])), "The referral")
    else:
        facts["not_made_why"] = required_text(not_made_why or why, "Why it was not made")
        facts["why"] = facts["why"] if not_made_why else None
    referral_id = new_id()
    with desk.store.unit_of_work("referral.add") as unit:
        unit.set(REFERRAL, referral_id, case_id, given(facts))
    return referral_id


def referral_result(
    desk: Desk, case_id: EntityId, referral_id: EntityId, result: str, reference: str = ""
) -> None:
    """Record what came of a referral. Raises BadInputError for an empty result, or a referral that was not made."""
    held = dict(read_dossier(desk.store.connection, case_id).referrals)
    existing(referral_id, list(held), "referral")
    if held[referral_id].made_on is None:
        raise BadInputError("That referral was not made.", "Record the referral first.")
    facts = {"result": required_text(result, "The result"), "reference": line(reference, "The reference")}
    with desk.store.unit_of_work("referral.result") as unit:
        unit.set(REFERRAL, referral_id, case_id, given(facts))


def service_title(to: str) -> str:
    """A service's name on screen; one that is not among the usual ones as it stands."""
    return SERVICE_TITLES[Service(to)] if to in set(Service) else to


# -- inside -----------------------------------------------------------------------------------------------------


def _victim(file: CaseFile, victim_id: EntityId | None) -> EntityId:
    own = the_victim(file, victim_id)
    if own is None:
        raise BadInputError("No victim is recorded in this case.", "Add the victim first.")
    return own


def _witness(file: CaseFile, witness_id: EntityId | None) -> EntityId:
    known = [own for own, _ in file.witnesses]
    if witness_id is None and len(known) == 1:
        return known[0]
    if witness_id is None:
        raise BadInputError(
            "Which witness?" if known else "No witness is recorded in this case.",
            "Choose one." if known else "Add the witness first.",
        )
    existing(witness_id, known, "witness")
    return witness_id


def _checked(facts: Mapping[str, Value], known: frozenset[str]) -> dict[str, Value]:
    """The facts, each cleaned and possible."""
    fields: dict[str, Value] = {}
    for name, value in facts.items():
        if name not in known:
            raise BadInputError(f"{name!r} cannot be changed here.", f"One of: {', '.join(sorted(known))}.")
        if value is None or value == "":
            fields[name] = None
        elif name in _TEXTS:
            fields[name] = required_text(str(value), "The text")
        elif name in _FLAGS:
            fields[name] = bool(value)
        elif name == "update_days":
            fields[name] = _interval(value)
        else:
            fields[name] = value
    return fields


def _interval(value: Value) -> int:
    if not isinstance(value, int) or not 1 <= value <= _LONGEST_INTERVAL:
        raise BadInputError(
            "An interval of that many days cannot be agreed.", f"Give a number from 1 to {_LONGEST_INTERVAL}."
        )
    return value


def _not_ahead(desk: Desk, day: Moment, what: str) -> None:
    if earliest(day) > desk.now:
        raise BadInputError(f"{what} ({show_moment(day)}) lies in the future.", "Give the day it happened.")
