"""What the verbs of the case page have in common: the words of their choices, and their answers read."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from casedesk.desk.asking import Ask, At, Kind, Values
from casedesk.desk.typed import required_text
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, show_moment
from casedesk.model.text import clean, clip, folded
from casedesk.model.words import Account, Channel, DecisionKind, EventKind, Purpose, Service

Choices = tuple[tuple[str, str], ...]

CHANNEL_TITLES = {
    Channel.PHONE: "Phone",
    Channel.IN_PERSON: "In person",
    Channel.EMAIL: "Email",
    Channel.TEXT: "Text message",
    Channel.LETTER: "Letter",
    Channel.VIDEO: "Video call",
    Channel.PORTAL: "Portal",
}
PURPOSE_TITLES = {
    Purpose.UPDATE: "Update",
    Purpose.ARREST: "Arrest",
    Purpose.INTERVIEW: "Interview",
    Purpose.BAIL: "Bail or its conditions",
    Purpose.CHARGE: "Charge",
    Purpose.OUTCOME: "Outcome",
    Purpose.NO_FURTHER_ACTION: "No further action",
    Purpose.NEEDS_ASSESSMENT: "Needs assessment",
    Purpose.PERSONAL_STATEMENT: "Victim Personal Statement",
    Purpose.VIEWS: "Views on the outcome",
    Purpose.REVIEW_RIGHT: "Right to review",
    Purpose.SAFEGUARDING: "Safeguarding",
    Purpose.REPORT: "Confirmation of the report",
    Purpose.REFERRAL: "Referral to support",
    Purpose.NO_INVESTIGATION: "Not to be investigated",
    Purpose.RELEASE: "Released without charge",
    Purpose.OUT_OF_COURT: "Out-of-court resolution",
    Purpose.HEARING: "Hearing",
    Purpose.ATTENDANCE: "Must give evidence",
    Purpose.RESULT: "Result at court",
    Purpose.PROPERTY: "Property",
    Purpose.COMPLAINT: "Complaint",
    Purpose.OTHER: "Something else",
}
ACCOUNT_TITLES = {
    Account.ADMISSION: "Full admission",
    Account.PART_ADMISSION: "Admission in part",
    Account.DENIAL: "Denial",
    Account.NO_COMMENT: "No comment",
    Account.PREPARED: "Prepared statement",
    Account.SELF_DEFENCE: "Self-defence",
}
SERVICE_TITLES = {
    Service.VICTIM_SUPPORT: "Victim support",
    Service.IDVA: "IDVA",
    Service.ISVA: "ISVA",
    Service.MARAC: "MARAC",
    Service.MASH: "MASH",
    Service.THREAT_TO_LIFE: "Threat to life",
    Service.COUNTY_LINES: "County lines",
    Service.NRM: "NRM (modern slavery)",
    Service.PREVENT: "Prevent",
    Service.ADULT_SAFEGUARDING: "Adult safeguarding",
    Service.MENTAL_HEALTH: "Mental health",
    Service.LIAISON_AND_DIVERSION: "Liaison and diversion",
    Service.YOUTH_JUSTICE: "Youth justice",
    Service.RESTORATIVE_JUSTICE: "Restorative justice",
    Service.WITNESS_CARE: "Witness care",
}
DECISION_TITLES = {
    DecisionKind.CHARGE: "Charge",
    DecisionKind.NO_FURTHER_ACTION: "No further action",
    DecisionKind.REFER_TO_CPS: "Refer to the CPS",
    DecisionKind.OUT_OF_COURT: "Out-of-court resolution",
    DecisionKind.REMAND: "Remand",
    DecisionKind.BAIL: "Bail",
    DecisionKind.OTHER: "Another decision",
}
RANK_TITLES = {
    "staff": "Police staff",
    "ddm": "Designated decision maker",
    "pc": "Constable",
    "sgt": "Sergeant",
    "insp": "Inspector",
    "ci": "Chief inspector",
    "supt": "Superintendent",
    "fcr": "Force Crime Registrar",
    "cps": "Prosecutor",
}
YES, NO = "yes", "no"
_ONE = {"victims": "victim", "suspects": "suspect", "witnesses": "witness"}
_NAME = 40
_NUMBERED = re.compile(r"(?:(victim|suspect|witness) ?)?(\d{1,4})")


def choices(titles: Mapping[Any, str]) -> Choices:
    """Words with their titles as a form takes them."""
    return tuple((str(word), title) for word, title in titles.items())


def event_title(kind: str) -> str:
    """An event's words on screen: ``Proceedings started``."""
    return (
        kind.replace("-", " ").replace("cps", "CPS").capitalize().replace("Cps", "CPS").replace("cps", "CPS")
    )


def event_choices(*kinds: EventKind) -> Choices:
    """Kinds of event with their words."""
    return tuple((kind.value, event_title(kind.value)) for kind in kinds)


def people(file: CaseFile, *kinds: str) -> Choices:
    """The people of a case, each by the hexadecimal of their id: ``victims``, ``suspects``, ``witnesses``.

    Those whom their names do not tell apart are numbered: ``Alex Doe (suspect 2)``.
    """
    held: dict[str, tuple[tuple[EntityId, Any], ...]] = {
        "victims": file.victims,
        "suspects": file.suspects,
        "witnesses": file.witnesses,
    }
    found = []
    for kind in kinds or tuple(held):
        word = _ONE[kind]
        named = []
        for number, (own, one) in enumerate(held[kind], 1):
            name = one.name or f"{word} {number}"
            born = f", born {show_moment(one.dob)}" if getattr(one, "dob", None) else ""
            named.append((own.hex(), clip(name, _NAME), born))
        alike = Counter(folded(name) for _, name, _ in named)
        for number, (value, name, born) in enumerate(named, 1):
            which = f" {number}" if alike[folded(name)] > 1 else ""
            found.append((value, f"{name} ({word}{which}{born})"))
    return tuple(found)


def told_apart(file: CaseFile, person: EntityId | None) -> str:
    """A person's name; with their number in the case where another has the same: ``Alex Doe (suspect 2)``."""
    kinds: tuple[tuple[str, Sequence[tuple[EntityId, Any]]], ...] = (
        ("victim", file.victims), ("suspect", file.suspects), ("witness", file.witnesses),
    )  # fmt: skip
    for word, held in kinds:
        for number, (own, one) in enumerate(held, 1):
            if own == person and one.name:
                alike = sum(folded(other.name or "") == folded(one.name) for _, other in held) > 1
                return f"{one.name} ({word} {number})" if alike else one.name
    return name_of(file, person)


def name_of(file: CaseFile, person: EntityId | None) -> str:
    """A person's name, or what they are in the case."""
    for word, held in (("victim", file.victims), ("suspect", file.suspects), ("witness", file.witnesses)):
        for own, one in held:
            if own == person:
                return one.name or f"the {word}"
    return "nobody named"


def find_person(file: CaseFile, said: str, *kinds: str) -> EntityId | None:
    """The person whom words of their name mean, or the only one of these kinds where nothing is said; None for nobody.

    A whole name counts before a part of one; a number, alone or as in “suspect 2”, is their place in the case, never
    part of a day of birth. Raises BadInputError when the words fit nobody or several, or nothing is said and there are
    several.
    """
    words, known = folded(clean(said)), people(file, *kinds)
    if numbered := _NUMBERED.fullmatch(words):
        return _by_number(file, said, numbered[1] or "", int(numbered[2]), kinds)
    whole = [own for own, title in known if words and words in (folded(title), _bare_name(title))]
    fits = whole if len(whole) == 1 else [own for own, title in known if words in folded(title)]
    if len(fits) == 1:
        return EntityId(bytes.fromhex(fits[0]))
    if not known and not words:
        return None
    names = "; ".join(title for _, title in known) or "nobody of that kind"
    if words:
        raise BadInputError(
            f"{clip(clean(said), _NAME)!r} fits {len(fits) or 'nobody'}.", f"In this case: {names}."
        )
    thing = _ONE.get(kinds[0], "person") if len(kinds) == 1 else "person"
    raise BadInputError(f"This case has more than one {thing}.", f"Say which, by name: {names}.")


def _by_number(file: CaseFile, said: str, word: str, number: int, kinds: Sequence[str]) -> EntityId:
    """The person who stands at that place among the case's people of a kind. Raises BadInputError."""
    of = [kind for kind in kinds or tuple(_ONE) if word in ("", _ONE[kind])]
    known = people(file, *of) if of else ()
    if len(of) == 1 and 1 <= number <= len(known):
        return EntityId(bytes.fromhex(known[number - 1][0]))
    names = "; ".join(title for _, title in people(file, *kinds)) or "nobody of that kind"
    lacking = "does not say which kind of person" if len(of) > 1 else "fits nobody"
    raise BadInputError(f"{clip(clean(said), _NAME)!r} {lacking}.", f"In this case: {names}.")


def _bare_name(title: str) -> str:
    """The name in what somebody is called in a list, folded: ``alex doe``."""
    return folded(title.rpartition(" (")[0])


def id_of(values: Values, name: str) -> EntityId | None:
    """The person or thing chosen; None where nothing was. Raises BadInputError for what is no id."""
    raw = values.get(name)
    if not raw:
        return None
    try:
        return EntityId(bytes.fromhex(str(raw)))
    except ValueError:
        raise BadInputError("That is not one of the choices.", "Choose one that is listed.") from None


def subject_or_only(at: At, *kinds: str) -> str:
    """Whom a form starts with: the person under the cursor, or the only one there is."""
    return first_of(at, people(at.file, *kinds))


def first_of(at: At, known: Sequence[tuple[str, str]]) -> str:
    """What a form starts with: the one of the choices under the cursor, or the only one there is."""
    own = at.subject.hex() if at.subject is not None else ""
    if any(value == own for value, _ in known):
        return own
    return known[0][0] if len(known) == 1 else ""


def person_ask(at: At, *kinds: str, label: str = "Who") -> Ask:
    """Asks for a person of these kinds."""
    return Ask(
        "person", label, Kind.PERSON, required=True, choices=people(at.file, *kinds),
        initial=subject_or_only(at, *kinds),
    )  # fmt: skip


def person_meant(at: At, values: Values, *kinds: str) -> EntityId | None:
    """The person chosen, or the one under the cursor or alone of that kind."""
    chosen = id_of(values, "person")
    if chosen is not None:
        return chosen
    only = subject_or_only(at, *kinds)
    return EntityId(bytes.fromhex(only)) if only else None


def text_of(values: Values, name: str) -> str:
    """A text answered; empty where none was."""
    return str(values.get(name) or "")


def yes_no(value: bool | None) -> str:
    """A yes or no as a form starts with it."""
    return "" if value is None else YES if value else NO


def day_typed(day: Moment | None) -> str:
    """A day as it would be typed."""
    return "" if day is None else show_moment(day)


def optional_text(text: str | None, what: str) -> str | None:
    """A text cleaned, or None where nothing was said. Raises BadInputError when it is too long."""
    return required_text(text, what) if text and clean(text, lines=True) else None


def line(text: str | None, what: str, most: int = 200) -> str | None:
    """A short text of one line, cleaned; None where nothing was said. Raises BadInputError when it is too long."""
    said = clean(text or "")
    if len(said) > most:
        raise BadInputError(
            f"{what} has {len(said):,} characters; the most is {most}.", "Say it more briefly."
        )
    return said or None
