"""The verbs of the victims and witnesses tab: contact, what is recorded of a victim, witnesses, referrals."""

from casedesk.desk import people
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import (
    CHANNEL_TITLES,
    PURPOSE_TITLES,
    choices,
    day_typed,
    name_of,
    person_ask,
    person_meant,
    subject_or_only,
    text_of,
    yes_no,
)
from casedesk.desk.case_asks import people as listed
from casedesk.desk.duties import suggested_purposes
from casedesk.desk.newcomers import Newcomer, add_person
from casedesk.desk.referral_verbs import record_result, refer, referral_asks, referrals_made, result_asks
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Victim, Witness
from casedesk.model.ids import EntityId
from casedesk.model.words import Channel, VictimKind
from casedesk.rules.duties import Duty
from casedesk.rules.reasons.factor import when
from casedesk.rules.rights import rights

_REMEDY_HINT = "what the victim chose of the Community Remedy document"
_VICTIM_KINDS = tuple((one.value, one.capitalize()) for one in VictimKind)


def _has_victim(at: At) -> str | None:
    return None if at.file.victims else "No victim is recorded in this case."


def _has_witness(at: At) -> str | None:
    return None if at.file.witnesses else "No witness is recorded in this case."


def _has_contact(at: At) -> str | None:
    return (
        None
        if at.file.victims or at.file.witnesses
        else "Neither victim nor witness is recorded in this case."
    )


def _has_anybody(at: At) -> str | None:
    return None if listed(at.file) else "Nobody is recorded in this case."


# -- contact ----------------------------------------------------------------------------------------------------


def _contact_asks(at: At) -> list[Ask]:
    person = subject_or_only(at, "victims", "witnesses")
    own = EntityId(bytes.fromhex(person)) if person else None
    held: dict[EntityId, Victim | Witness] = {**dict(at.file.victims), **dict(at.file.witnesses)}
    facts = held.get(own) if own else None
    purposes: tuple[str, ...] = ()
    if own in dict(at.file.witnesses):
        purposes = suggested_purposes(at.desk, at.case_id, witness=own)
    elif own is not None:
        purposes = suggested_purposes(at.desk, at.case_id, own)
    preferred = facts.contact_preference if facts else None
    usual = "" if facts and facts.safe_contact else Channel.PHONE.value
    return [
        person_ask(at, "victims", "witnesses"),
        Ask("made", "Reached them", Kind.YES_NO, required=True),
        Ask("text", "What was said", Kind.LINES, required=True),
        Ask(
            "purposes", "What for", Kind.MANY, choices=choices(PURPOSE_TITLES),
            initial=",".join(purposes), hint="what is owed is chosen already",
        ),
        Ask(
            "channel", "How", Kind.CHOICE, required=True, choices=choices(CHANNEL_TITLES),
            initial=preferred if preferred in set(Channel) else usual,
        ),
        Ask("at", "When", Kind.PAST, hint="now if nothing is given"),
        Ask(
            "next_at", "Next promised", Kind.FUTURE,
            hint=f"every {facts.update_days} days is agreed" if facts and facts.update_days else "",
        ),
    ]  # fmt: skip


def _contact(at: At, values: Values) -> str:
    if values.get("made") is None:
        raise BadInputError("Were they reached?", "Say yes or no: an attempt meets no duty.")
    told = people.contact(
        at.desk,
        at.case_id,
        person=person_meant(at, values, "victims", "witnesses"),
        channel=text_of(values, "channel"),
        made=bool(values["made"]),
        text=text_of(values, "text"),
        purposes=values.get("purposes") or (),
        at=values.get("at"),
        next_at=values.get("next_at"),
    )
    return contact_said(told, made=bool(values["made"]))


def contact_said(told: people.Contacted, *, made: bool) -> str:
    """What a contact did, in a sentence: the duties it met, and the next that is owed."""
    if told.met:
        said = f"Contact recorded. It met: {'; '.join(duty.say for duty in told.met)}."
    elif made:
        said = "Contact recorded. It met no duty."
    else:
        said = "Attempt recorded. An attempt meets no duty."
    return f"{said} Still owed: {_owed(told.still_owed[0])}." if told.still_owed else said


def _owed(duty: Duty) -> str:
    return f"{duty.say}, {when(duty.due)}" if duty.due else duty.say


def _contact_warning(at: At) -> str:
    person = subject_or_only(at, "victims", "witnesses")
    return people.safe_contact_warning(at.file, EntityId(bytes.fromhex(person)) if person else None)


# -- victims ----------------------------------------------------------------------------------------------------


def _victim_at(at: At) -> Victim:
    """The victim a form starts with: the one under the cursor or the only one; nothing known where it is open."""
    own = subject_or_only(at, "victims")
    return dict(at.file.victims)[EntityId(bytes.fromhex(own))] if own else Victim()


def _witness_at(at: At) -> Witness:
    own = subject_or_only(at, "witnesses")
    return dict(at.file.witnesses)[EntityId(bytes.fromhex(own))] if own else Witness()


def _rights_asks(at: At) -> list[Ask]:
    held = _victim_at(at)
    judged = rights(at.file, held)
    return [
        person_ask(at, "victims"),
        Ask(
            "enhanced", "Enhanced rights", Kind.YES_NO, required=True,
            initial=yes_no(judged.enhanced if held.enhanced is None else held.enhanced), hint=judged.why,
        ),
        Ask("enhanced_why", "Why", Kind.TEXT, initial=held.enhanced_why or ""),
    ]  # fmt: skip


def _needs_asks(at: At) -> list[Ask]:
    held = _victim_at(at)
    return [
        person_ask(at, "victims"),
        Ask("needs", "Needs assessed", Kind.LINES, required=True, initial=held.needs or ""),
        Ask("special_measures", "Special measures", Kind.LINES, initial=held.special_measures or ""),
        Ask("relationship", "To the suspect", Kind.TEXT, initial=held.relationship or ""),
    ]


def _wishes_asks(at: At) -> list[Ask]:
    held = _victim_at(at)
    return [person_ask(at, "victims"), *_reaching(held), Ask("contact_times", "Good times", Kind.TEXT,
            initial=held.contact_times or ""), Ask("interpreter", "Interpreter", Kind.YES_NO,
            initial=yes_no(held.interpreter))]  # fmt: skip


def _reaching(held: Victim | Witness) -> list[Ask]:
    return [
        Ask("contact_preference", "Preferred way", Kind.TEXT, initial=held.contact_preference or "",
            hint=f"{', '.join(people.PREFERENCES)} …"),
        Ask("phone", "Telephone", Kind.TEXT, initial=held.phone or ""),
        Ask("safe_contact", "Safe contact", Kind.TEXT, initial=held.safe_contact or "",
            hint="shown before any contact is started"),
        Ask("language", "Language", Kind.TEXT, initial=held.language or ""),
        Ask("update_days", "Update every, days", Kind.NUMBER, initial=str(held.update_days or "")),
    ]  # fmt: skip


def _views_asks(at: At) -> list[Ask]:
    held = _victim_at(at)
    return [
        person_ask(at, "victims"),
        Ask("views", "Views on outcome", Kind.LINES, required=True, initial=held.views or ""),
        Ask(
            "views_on",
            "Asked on",
            Kind.DAY,
            initial=day_typed(held.views_on),
            hint="today if nothing is given",
        ),
        Ask("remedy", "Community Remedy", Kind.TEXT, initial=held.remedy or "", hint=_REMEDY_HINT),
        Ask("compensation", "Compensation", Kind.LINES, initial=held.compensation or ""),
    ]


def _statement_asks(at: At) -> list[Ask]:
    held = _victim_at(at)
    return [
        person_ask(at, "victims"),
        Ask(
            "statement", "Personal Statement", Kind.CHOICE, required=True, choices=choices(people.STATEMENTS),
            initial=held.statement or "",
        ),
    ]  # fmt: skip


def _amend_victim(at: At, values: Values) -> str:
    facts = {name: value for name, value in values.items() if name != "person"}
    changed = people.amend_victim(at.desk, at.case_id, person_meant(at, values, "victims"), facts)
    return f"Recorded: {', '.join(changed)}."


def _withdraw_asks(at: At) -> list[Ask]:
    held = _victim_at(at)
    return [
        person_ask(at, "victims"),
        Ask(
            "kind", "Recorded by", Kind.CHOICE, required=True, choices=choices(people.WITHDRAWALS),
            initial=held.withdrawal_kind or "",
        ),
        Ask("reference", "Its reference", Kind.TEXT, required=True, initial=held.withdrawal_reference or ""),
        Ask("why", "Why", Kind.LINES, required=True, initial=held.withdrawal_why or ""),
        Ask("pressure", "Pressure considered", Kind.LINES, required=True, initial=held.pressure or "",
            hint="who was asked, and what was found"),
        Ask("evidence_led", "Without the victim?", Kind.LINES, required=True, initial=at.file.case.evidence_led or "",
            hint="was an evidence-led prosecution considered, with what result"),
        Ask("on", "On", Kind.DAY, initial=day_typed(held.withdrawal_on), hint="today if nothing is given"),
    ]  # fmt: skip


def _withdraw(at: At, values: Values) -> str:
    people.withdraw_support(
        at.desk,
        at.case_id,
        person_meant(at, values, "victims"),
        kind=text_of(values, "kind"),
        reference=text_of(values, "reference"),
        why=text_of(values, "why"),
        pressure=text_of(values, "pressure"),
        evidence_led=text_of(values, "evidence_led"),
        on=values.get("on"),
    )
    return "Withdrawal of support recorded, with what was considered."


# -- witnesses --------------------------------------------------------------------------------------------------


def _witness_asks(at: At) -> list[Ask]:
    held = _witness_at(at)
    return [
        person_ask(at, "witnesses"),
        Ask("availability", "Dates to avoid", Kind.LINES, initial=held.availability or ""),
        Ask("special_measures", "Special measures", Kind.LINES, initial=held.special_measures or ""),
        Ask("vulnerable", "Vulnerable", Kind.YES_NO, initial=yes_no(held.vulnerable), hint="or intimidated"),
        *_reaching(held),
    ]


def _amend_witness(at: At, values: Values) -> str:
    facts = {name: value for name, value in values.items() if name != "person"}
    changed = people.amend_witness(at.desk, at.case_id, person_meant(at, values, "witnesses"), facts)
    return f"Recorded: {', '.join(changed)}."


def _statement_taken(at: At, values: Values) -> str:
    own = person_meant(at, values, "witnesses", "victims")
    people.statement_taken(at.desk, at.case_id, own, at=values.get("at"), text=text_of(values, "text"))
    return "Statement recorded as taken."


def _add_asks(at: At, kind: str) -> list[Ask]:
    asked = [Ask("name", "Name", Kind.TEXT, required=True)]
    if kind == "victim":
        asked += [
            Ask("kind", "Kind of victim", Kind.CHOICE, choices=_VICTIM_KINDS, initial=VictimKind.PERSON.value),
            Ask("dob", "Date of birth", Kind.BIRTHDAY),
        ]  # fmt: skip
    asked += [
        Ask("phone", "Telephone", Kind.TEXT),
        Ask("safe_contact", "Safe contact", Kind.TEXT, hint="shown before any contact is started"),
    ]
    known = at.file.victims if kind == "victim" else at.file.witnesses
    another = Ask("another", "Another of the name", Kind.YES_NO, hint="yes where two people have one name")
    return [*asked, another] if known else asked


def _add(at: At, values: Values, kind: str) -> str:
    own = add_person(
        at.desk,
        at.case_id,
        kind,
        Newcomer(
            name=text_of(values, "name"),
            dob=values.get("dob"),
            kind=text_of(values, "kind"),
            phone=text_of(values, "phone"),
            safe_contact=text_of(values, "safe_contact"),
        ),
        another=bool(values.get("another")),
    )
    return f"Added: {name_of(at.desk.case(at.case_id).file, own)}."


PEOPLE: tuple[Verb, ...] = (
    Verb(
        "people.contact", "Contact", "Record a contact with a victim or witness, made or attempted.", _contact,
        _contact_asks, _has_contact, _contact_warning, key="c",
    ),
    Verb(
        "people.views", "Views and remedy",
        "Record the victim's views on the outcome, Community Remedy choice and compensation.", _amend_victim,
        _views_asks, _has_victim, key="v",
    ),
    Verb(
        "people.needs", "Needs assessed", "Record the needs assessment and special measures.", _amend_victim,
        _needs_asks, _has_victim, key="a",
    ),
    Verb(
        "people.rights", "Rights", "Record standard or enhanced rights, and why.", _amend_victim, _rights_asks,
        _has_victim, key="r",
    ),
    Verb(
        "people.wishes", "How to reach them",
        "Record the preferred way and times, safe contact, language, interpreter, agreed update interval.",
        _amend_victim, _wishes_asks, _has_victim, key="w",
    ),
    Verb(
        "people.statement", "Personal Statement", "Record whether a Victim Personal Statement was offered or taken.",
        _amend_victim, _statement_asks, _has_victim, key="s",
    ),
    Verb(
        "people.refer", "Referral", "Record a referral that was made, or considered and not made.", refer,
        lambda at: referral_asks(at, "victims", "witnesses", "suspects"), _has_anybody, key="f",
    ),
    Verb(
        "people.referral-result", "Result of a referral", "Record what came of a referral.", record_result, result_asks,
        lambda at: None if referrals_made(at) else "No referral was made in this case.", key="F",
    ),
    Verb(
        "people.withdraw", "Support withdrawn",
        "Record that the victim no longer supports police action: how recorded, why, what was considered.",
        _withdraw, _withdraw_asks, _has_victim, key="W",
    ),
    Verb(
        "people.witness", "Witness", "Record a witness's dates to avoid, special measures, how to reach them.",
        _amend_witness, _witness_asks, _has_witness, key="b",
    ),
    Verb(
        "people.statement-taken", "Statement taken", "Record that a witness's or victim's statement was taken.",
        _statement_taken,
        lambda at: [person_ask(at, "witnesses", "victims"), Ask("at", "When", Kind.PAST), Ask("text", "Note")],
        _has_contact, key="S",
    ),
    Verb(
        "people.add-victim", "Add a victim", "Add a victim by hand; an extract joins them later.",
        lambda at, values: _add(at, values, "victim"), lambda at: _add_asks(at, "victim"), key="i",
    ),
    Verb(
        "people.add-witness", "Add a witness", "Add a witness by hand; an extract joins them later.",
        lambda at, values: _add(at, values, "witness"), lambda at: _add_asks(at, "witness"), key="I",
    ),
)  # fmt: skip
"""The verbs of the victims and witnesses tab, the frequent ones first."""
