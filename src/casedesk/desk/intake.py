"""Adding a case by hand: an arrest, a voluntary interview or a referral that no extract has told of yet.

The case and its people get the ids that an extract would give them, so that the next extract joins them. What was typed
stands in for the record until then: any extract goes before it, and what is recorded at the desk afterwards stays.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from casedesk.desk.desk import Desk
from casedesk.desk.typed import birth, given, not_future, one_of, required_text
from casedesk.exchange.intake import person_key
from casedesk.model.entities import CASE, CUSTODY, SUSPECT, VICTIM, Entity, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment, earliest, show_instant, show_moment
from casedesk.model.text import clean, folded
from casedesk.model.words import CustodyState, Flag, Intake, VictimKind
from casedesk.store.journal import Unit
from casedesk.store.records import find_reference

_ANY_EXTRACT_IS_LATER = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The suspect, as far as known."""

    name: str = ""
    dob: Moment | None = None
    sex: str = ""
    nominal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrest:
    """An arrest or a voluntary attendance, as far as known. Instants are aware."""

    number: str = ""
    """The custody number."""
    suite: str = ""
    offence: str = ""
    arrested_at: datetime | None = None
    arrived_at: datetime | None = None
    """Arrival at the station; of a voluntary interview when it is held, past or to come."""
    relevant_at: datetime | None = None
    authorised_at: datetime | None = None
    under_18: bool | None = None
    vulnerable: bool | None = None
    appropriate_adult: str = ""
    bail_arrest: bool | None = None
    charged_at: datetime | None = None
    """The earlier charge, where it is an arrest for breach of bail that was given after that charge."""
    held_minutes: int | None = None
    """Detention before an earlier release on bail in the same matter, which counts: PACE 1984 s.47(6)."""


def add_case(
    desk: Desk,
    *,
    intake: str,
    ref: str = "",
    number: str = "",
    offence_code: str = "",
    offence_title: str = "",
    summary: str = "",
    location: str = "",
    offence_on: Moment | None = None,
    oic: str = "",
    flags: tuple[str, ...] = (),
    victim: str = "",
    person: Person | None = None,
    arrest: Arrest | None = None,
    mine: bool = False,
) -> EntityId:
    """Add a case; returns its id.

    ``ref`` is the occurrence number; without one the custody number (of ``arrest``) or, for a referral, the incident
    ``number`` names the case until it is known. Raises BadInputError without any, when the store has the case already,
    for an unknown word, a date of birth that nobody living has, an offence to come, and times in an impossible order.
    """
    way = Intake(one_of(intake, list(Intake), "way in"))
    birth(desk, person.dob if person else None)
    held = _checked(desk, arrest, way) if arrest or way is not Intake.REFERRAL else None
    key = _case_key(
        desk, way, _reference(ref), _reference(arrest.number if arrest else "") or _reference(number)
    )
    _, namespace, reference = key
    case_id = derived_id(*key)
    known = [one for one in find_reference(desk.store.connection, reference) if _has(desk, one, reference)]
    if known:
        raise BadInputError(
            f"{reference} is in this store already.",
            "Open it; an arrest is added to it with “add arrest --to-case”.",
        )
    offence = desk.packs.offences.get(clean(offence_code).replace(" ", "").upper())
    facts: dict[str, Value] = {
        "ref": reference,
        "offence_code": clean(offence_code).replace(" ", "").upper(),
        "offence_title": _text(offence_title)
        or (offence.title if offence else _text(arrest.offence if arrest else "")),
        "summary": _text(summary),
        "location": _text(location),
        "offence_from": _happened(desk, offence_on),
        "oic": _text(oic),
        "flags": tuple(one_of(word, list(Flag), "flag") for word in flags),
    }
    with desk.store.unit_of_work("case.add") as unit:
        _say(unit, CASE, case_id, case_id, facts)
        if victim:
            who: dict[str, Value] = {"name": _text(victim), "kind": VictimKind.PERSON.value}
            _say(unit, VICTIM, derived_id(*person_key("victim", 1, namespace, reference, who)), case_id, who)
        _add_person(unit, case_id, namespace, reference, person, held)
        unit.set(
            CASE, case_id, case_id, given({"intake": way.value, "owner": desk.store.actor if mine else None})
        )
    return case_id


def add_arrest(desk: Desk, case_id: EntityId, arrest: Arrest, person: Person | None = None) -> EntityId:
    """Add an arrest, or a voluntary attendance without a time of arrest, to a case; returns its id.

    A suspect of the case with the same name and no other date of birth is the one. Raises BadInputError when the case
    has the arrest already, and as :func:`add_case`.
    """
    file = desk.case(case_id).file
    way = Intake.ARREST if arrest.arrested_at else Intake.VOLUNTARY
    held = _checked(desk, arrest, way)
    namespace = _namespaces(desk, way)[0]
    reference = file.case.ref or ""
    custody_id = derived_id(*person_key("custody", len(file.custody) + 1, namespace, reference, held))
    if custody_id in dict(file.custody):
        raise BadInputError(
            f"{arrest.number or 'That arrest'} is in this case already.", "Open it and record what happened."
        )
    birth(desk, person.dob if person else None)
    known = _namesake(file, person)
    with desk.store.unit_of_work("arrest.add") as unit:
        if known is not None:
            held["suspect"] = known
            person = None
        _add_person(unit, case_id, namespace, reference, person, held, custody_id)
    return custody_id


def _add_person(
    unit: Unit,
    case_id: EntityId,
    namespace: str,
    reference: str,
    person: Person | None,
    held: dict[str, Value] | None,
    custody_id: EntityId | None = None,
) -> None:
    who: dict[str, Value] = {}
    if person is not None:
        who = given({
            "name": _text(person.name), "dob": person.dob, "sex": _text(person.sex), "nominal": _text(person.nominal),
        })  # fmt: skip
    if who:
        suspect_id = derived_id(*person_key("suspect", 1, namespace, reference, who))
        _say(unit, SUSPECT, suspect_id, case_id, who)
        if held is not None:
            held["suspect"] = suspect_id
    if held is not None:
        own = custody_id or derived_id(*person_key("custody", 1, namespace, reference, held))
        _say(unit, CUSTODY, own, case_id, held)


def _checked(desk: Desk, arrest: Arrest | None, way: Intake) -> dict[str, Value]:
    """The custody record of an arrest. Raises BadInputError for times that cannot be."""
    one = arrest or Arrest()
    voluntary = way is Intake.VOLUNTARY
    if not voluntary and one.arrested_at is None:
        raise BadInputError("When was the arrest?", "Give its time: the clocks of bail run from its day.")
    order = [
        ("the arrest", one.arrested_at), ("the arrival", one.arrived_at), ("the authorisation", one.authorised_at),
    ]  # fmt: skip
    for name, at in order:
        if at is not None and not (voluntary and name == "the arrival"):
            not_future(desk, at)
    happened = [
        (name, at) for name, at in order if at is not None and not (one.bail_arrest and name == "the arrest")
    ]
    for (name, at), (later, then) in pairwise(happened):
        if then < at:
            raise BadInputError(
                f"{later.capitalize()} ({show_instant(then)}) lies before {name} ({show_instant(at)}).",
                "Check both times.",
            )
    _check_earlier_charge(one)
    return given({
        "number": _reference(one.number), "suite": _text(one.suite), "offence": _text(one.offence),
        "arrested_at": one.arrested_at, "arrived_at": one.arrived_at, "relevant_at": one.relevant_at,
        "authorised_at": one.authorised_at, "under_18": one.under_18, "vulnerable": one.vulnerable,
        "appropriate_adult": _text(one.appropriate_adult), "bail_arrest": one.bail_arrest,
        "held_minutes": one.held_minutes, "charged_at": one.charged_at,
        "state": (CustodyState.VOLUNTARY if voluntary else CustodyState.DETAINED).value,
    })  # fmt: skip


def _check_earlier_charge(one: Arrest) -> None:
    """Refuse a charge that is not earlier than an arrest for breach of bail: one that follows is recorded later."""
    if one.charged_at is None:
        return
    if not one.bail_arrest:
        raise BadInputError(
            "An earlier charge goes with an arrest on bail.",
            "Say that the arrest was on bail; a charge after the arrest is recorded with “custody charge”.",
        )
    if one.arrested_at is None or one.charged_at > one.arrested_at:
        raise BadInputError(
            f"The charge ({show_instant(one.charged_at)}) does not lie before the arrest.",
            "Give the charge on which bail was given; a later one is recorded with “custody charge”.",
        )


def _happened(desk: Desk, day: Moment | None) -> Moment | None:
    """The day of the offence. Raises BadInputError for one to come."""
    if day is not None and earliest(day) > desk.now:
        raise BadInputError(f"{show_moment(day)} lies in the future.", "Give the day of the offence.")
    return day


def _case_key(desk: Desk, way: Intake, ref: str, number: str) -> tuple[str, str, str]:
    namespace, own = _namespaces(desk, way)
    if ref:
        return "case", namespace, ref
    if number:
        return "case", own, number
    kind = "incident" if way is Intake.REFERRAL else "custody"
    raise BadInputError(f"Neither an occurrence number nor the {kind} number was given.", "Give one of them.")


def _namespaces(desk: Desk, way: Intake) -> tuple[str, str]:
    """Where occurrence numbers and these other numbers come from, as the import profiles have it."""
    name = "command-control" if way is Intake.REFERRAL else "custody"
    profile = desk.packs.profiles.get(name)
    return (profile.namespace, profile.own_namespace) if profile else ("rms", name)


def _has(desk: Desk, case_id: EntityId, reference: str) -> bool:
    return folded(desk.case(case_id).file.case.ref or "") == folded(reference)


def _namesake(file: CaseFile, person: Person | None) -> EntityId | None:
    if person is None or not person.name:
        return None
    same = [
        own
        for own, one in file.suspects
        if folded(one.name or "") == folded(person.name)
        and (not one.dob or not person.dob or one.dob == person.dob)
    ]
    return same[0] if len(same) == 1 else None


def _say(unit: Unit, entity: Entity, own: EntityId, case_id: EntityId, facts: dict[str, Value]) -> None:
    unit.extract(
        entity,
        own,
        case_id,
        {name: value for name, value in given(facts).items() if value != ""},
        _ANY_EXTRACT_IS_LATER,
    )


def _reference(text: str) -> str:
    reference = clean(text)
    if len(reference) > _LONGEST:
        raise BadInputError(
            f"A number of {len(reference)} characters is too long.", f"It has at most {_LONGEST}."
        )
    return reference


def _text(text: str) -> str | None:
    return required_text(text, "The text") if text.strip() else None
