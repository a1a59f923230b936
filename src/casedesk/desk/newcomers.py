"""Adding a victim, suspect or witness by hand: the same ids as an extract gives, so that it joins them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from casedesk.desk.case_asks import line, optional_text
from casedesk.desk.desk import Desk
from casedesk.desk.typed import birth, given, one_of, required_text
from casedesk.exchange.intake import person_key
from casedesk.model.entities import SUSPECT, VICTIM, WITNESS, Entity, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment, show_moment
from casedesk.model.text import folded
from casedesk.model.words import SuspectStatus, VictimKind

_ANY_EXTRACT_IS_LATER = datetime(1970, 1, 1, tzinfo=UTC)
_ENTITIES = {"suspect": SUSPECT, "victim": VICTIM, "witness": WITNESS}
WHO = tuple(_ENTITIES)
"""What a person can be in a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A person, as far as known."""

    name: str
    dob: Moment | None = None
    sex: str = ""
    nominal: str = ""
    """The records system's number of a suspect."""
    status: str = ""
    """Word of :class:`casedesk.model.words.SuspectStatus`."""
    kind: str = ""
    """Word of :class:`casedesk.model.words.VictimKind`; a person where it is not said."""
    phone: str = ""
    safe_contact: str = ""


def add_person(
    desk: Desk, case_id: EntityId, who: str, person: Newcomer, *, another: bool = False
) -> EntityId:
    """Add a victim, suspect or witness to a case; returns their id. What an extract says later goes before it.

    ``another`` says that they are somebody else than the person of that name who is in the case. Raises
    BadInputError for a name that is there already without it, an empty name, a birth to come, an unknown word.
    """
    entity = _ENTITIES[one_of(who, list(_ENTITIES), "kind of person")]
    file = desk.case(case_id).file
    facts = _facts(desk, entity, person)
    known = _held(file, who)
    key: tuple[str, ...] = person_key(who, len(known) + 1, _namespace(desk, file), file.case.ref or "", facts)
    if not another:
        _told_apart(person, who, known)
    while derived_id(*key) in dict(known):
        if not another:
            raise _is_there(who, [person.name])
        key = (*key, "again")
    own = derived_id(*key)
    with desk.store.unit_of_work("person.add") as unit:
        unit.extract(entity, own, case_id, facts, _ANY_EXTRACT_IS_LATER)
    return own


def _facts(desk: Desk, entity: Entity, person: Newcomer) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "name": required_text(line(person.name, "The name") or "", "The name"),
        "dob": birth(desk, person.dob),
        "sex": line(person.sex, "The sex"),
        "nominal": line(person.nominal, "The nominal reference"),
        "status": one_of(person.status or SuspectStatus.NAMED, list(SuspectStatus), "suspect status"),
        "kind": one_of(person.kind or VictimKind.PERSON, list(VictimKind), "kind of victim"),
        "phone": line(person.phone, "The telephone number"),
        "safe_contact": optional_text(person.safe_contact, "The warning"),
    }
    return given({name: value for name, value in facts.items() if name in entity.by_name})


def _held(file: CaseFile, who: str) -> tuple[tuple[EntityId, object], ...]:
    return {"suspect": file.suspects, "victim": file.victims, "witness": file.witnesses}[who]


def _told_apart(person: Newcomer, who: str, known: tuple[tuple[EntityId, object], ...]) -> None:
    """Refuse somebody of a name that is there, unless their numbers or days of birth say that they are two."""
    same = []
    for _, one in known:
        if folded(getattr(one, "name", None) or "") != folded(person.name.strip()):
            continue
        born, nominal = getattr(one, "dob", None), getattr(one, "nominal", None)
        two = (born and person.dob and born != person.dob) or (
            nominal and person.nominal and nominal != person.nominal.strip()
        )
        if not two:
            same.append(f"{getattr(one, 'name', '')}{f', born {show_moment(born)}' if born else ''}")
    if same:
        raise _is_there(who, same)


def _is_there(who: str, same: list[str]) -> BadInputError:
    tells = {
        "suspect": "give the date of birth or the nominal number, or ",
        "victim": "give the date of birth, or ",
    }
    apart = tells.get(who, "")
    return BadInputError(
        f"This case has a {who} of that name: {'; '.join(same)}.",
        f"Is it the same person, there is nothing to add; if not, {apart}say that it is another person.",
    )


def _namespace(desk: Desk, file: CaseFile) -> str:
    """Where the number of the case comes from: which profile would make the case's own id from it."""
    reference = file.case.ref or ""
    profiles = desk.packs.profiles.values()
    names = dict.fromkeys(name for one in profiles for name in (one.namespace, one.own_namespace) if name)
    default = desk.packs.profiles.get("custody")
    return next(
        (name for name in names if derived_id("case", name, reference) == file.id),
        default.namespace if default else "rms",
    )
