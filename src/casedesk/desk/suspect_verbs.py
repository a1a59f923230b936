"""The verbs of the suspects and custody tab: interviews, safeguarding, disposals, remand; and custody's own."""

from casedesk.desk import custody as custodies
from casedesk.desk import suspects
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import (
    ACCOUNT_TITLES,
    Choices,
    choices,
    id_of,
    name_of,
    subject_or_only,
    text_of,
    yes_no,
)
from casedesk.desk.case_asks import people as listed
from casedesk.desk.custody_asks import AskKind, Scene
from casedesk.desk.custody_asks import Verb as CustodyVerb
from casedesk.desk.custody_verbs import VERBS
from casedesk.desk.newcomers import Newcomer, add_person
from casedesk.desk.referral_verbs import refer, referral_asks
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Custody
from casedesk.model.ids import EntityId
from casedesk.model.words import Service, SuspectStatus
from casedesk.rules.custody_facts import appears_under_18

_SAFEGUARDING = (
    Service.THREAT_TO_LIFE, Service.COUNTY_LINES, Service.NRM, Service.LIAISON_AND_DIVERSION, Service.MENTAL_HEALTH,
    Service.YOUTH_JUSTICE, Service.MASH, Service.ADULT_SAFEGUARDING, Service.PREVENT,
)  # fmt: skip
_KINDS = {
    AskKind.PAST: Kind.PAST, AskKind.FUTURE: Kind.FUTURE, AskKind.DAY: Kind.DAY, AskKind.LINE: Kind.TEXT,
    AskKind.LINES: Kind.LINES, AskKind.CHOICE: Kind.CHOICE, AskKind.YES_NO: Kind.YES_NO, AskKind.NUMBER: Kind.NUMBER,
}  # fmt: skip


def _suspect_ask(at: At) -> Ask:
    return Ask(
        "person", "Suspect", Kind.PERSON, required=True, choices=listed(at.file, "suspects"),
        initial=_suspect_first(at),
    )  # fmt: skip


def _suspect_first(at: At) -> str:
    """The suspect a form starts with: under the cursor, whose custody record is, or the only one."""
    custody = dict(at.file.custody).get(at.subject) if at.subject else None
    if custody is not None and custody.suspect in dict(at.file.suspects):
        return custody.suspect.hex() if custody.suspect else ""
    return subject_or_only(at, "suspects")


def _suspect(at: At, values: Values) -> EntityId | None:
    chosen = id_of(values, "person")
    first = _suspect_first(at)
    return chosen or (EntityId(bytes.fromhex(first)) if first else None)


def _has_suspect(at: At) -> str | None:
    return None if at.file.suspects else "No suspect is recorded in this case."


def _has_arrest(at: At) -> str | None:
    return None if at.file.custody else "No arrest or attendance is recorded in this case."


# -- interviews -------------------------------------------------------------------------------------------------


def _interview_asks(at: At) -> list[Ask]:
    return [
        _suspect_ask(at),
        Ask("account", "Account", Kind.CHOICE, required=True, choices=choices(ACCOUNT_TITLES)),
        Ask("text", "What was said", Kind.LINES),
        Ask("offence", "About which offence", Kind.OFFENCE, initial=at.file.case.offence_code or "",
            hint="one interview each, where the account differs"),
        Ask("at", "When", Kind.PAST, hint="now if nothing is given"),
        Ask("voluntary", "Voluntary", Kind.YES_NO, initial="" if at.file.custody else "yes"),
        Ask("legal_advice", "Legal advice", Kind.CHOICE, choices=choices(suspects.LEGAL_ADVICE)),
        Ask("appropriate_adult", "Appropriate adult", Kind.TEXT),
    ]  # fmt: skip


def _interview(at: At, values: Values) -> str:
    told = suspects.interview(
        at.desk,
        at.case_id,
        _suspect(at, values),
        account=text_of(values, "account"),
        at=values.get("at"),
        offence=text_of(values, "offence"),
        voluntary=values.get("voluntary"),
        legal_advice=text_of(values, "legal_advice"),
        appropriate_adult=text_of(values, "appropriate_adult"),
        text=text_of(values, "text"),
    )
    return " ".join(["Interview recorded.", *told.warnings])


# -- what is known of a suspect ---------------------------------------------------------------------------------


def _arrest_choices(at: At) -> Choices:
    return tuple(
        (own.hex(), ", ".join(part for part in (_who(at, one), one.number, one.state) if part) or "arrest")
        for own, one in at.file.custody
    )


def _who(at: At, one: Custody) -> str:
    return name_of(at.file, one.suspect) if one.suspect else ""


def _is_plain(at: At) -> bool:
    """Whether it is plain which arrest is meant: the cursor is on it, or it is the only one and nobody else's."""
    if at.subject in dict(at.file.custody):
        return True
    if len(at.file.custody) != 1:
        return False
    ((_, only),) = at.file.custody
    return at.subject not in dict(at.file.suspects) or only.suspect in (None, at.subject)


def _arrest_asks(at: At) -> list[Ask]:
    """Asks for the arrest, with the name of who was arrested, unless it is plain which is meant."""
    if _is_plain(at):
        return []
    return [Ask("arrest", "Arrest", Kind.CHOICE, required=True, choices=_arrest_choices(at))]


def _arrest(at: At, values: Values) -> EntityId:
    own = id_of(values, "arrest") or (at.subject if at.subject in dict(at.file.custody) else None)
    if own is None and not _is_plain(at):
        raise BadInputError("The person under the cursor has no arrest here.", "Choose whose arrest it is.")
    return custodies.choose(at.file, own)


def _arrest_now(at: At) -> Custody:
    if _is_plain(at):
        return dict(at.file.custody)[_arrest(at, {})]
    return Custody()


def _vulnerability_asks(at: At) -> list[Ask]:
    held = _arrest_now(at)
    return [
        *_arrest_asks(at),
        Ask("vulnerable", "Vulnerable", Kind.YES_NO, initial=yes_no(held.vulnerable)),
        Ask("under_18", "Appears under 18", Kind.YES_NO, initial=yes_no(held.under_18)),
        Ask("appropriate_adult", "Appropriate adult", Kind.TEXT, initial=held.appropriate_adult or ""),
    ]


def _vulnerability(at: At, values: Values) -> str:
    said = suspects.set_vulnerability(
        at.desk,
        at.case_id,
        _arrest(at, values),
        vulnerable=values.get("vulnerable"),
        under_18=values.get("under_18"),
        appropriate_adult=text_of(values, "appropriate_adult"),
    )
    return f"Recorded. {said}".strip()


def _previous_asks(at: At) -> list[Ask]:
    return [
        _suspect_ask(at),
        Ask("none", "None at all", Kind.YES_NO, hint="yes: the PNC was read and shows none"),
        Ask("disposal", "Disposal", Kind.TEXT),
        Ask("offence", "Offence", Kind.OFFENCE),
        Ask("on", "On", Kind.DAY),
        Ask("note", "Note", Kind.TEXT),
    ]


def _previous(at: At, values: Values) -> str:
    none = bool(values.get("none"))
    suspects.previous_disposal(
        at.desk,
        at.case_id,
        _suspect(at, values),
        none=none,
        disposal=text_of(values, "disposal"),
        offence=text_of(values, "offence"),
        on=values.get("on"),
        note=text_of(values, "note"),
    )
    return "Recorded that there are no earlier disposals." if none else "Earlier disposal recorded."


def _remand_asks(at: At) -> list[Ask]:
    child = any(appears_under_18(at.file, one) for _, one in at.file.custody)
    grounds = at.desk.packs.remand.grounds_for(child=child)
    return [
        *_arrest_asks(at),
        Ask("ground", "Ground", Kind.CHOICE, required=True,
            choices=tuple((one.id, f"{one.title} ({one.by.replace('-', ' ')})") for one in grounds)),
        Ask("relied_on", "Relied on", Kind.YES_NO, required=True),
        Ask("evidence", "Evidence for it", Kind.LINES),
        Ask("conditions", "Why conditions fail", Kind.LINES, hint="which were considered, and why they would not do"),
    ]  # fmt: skip


def _remand(at: At, values: Values) -> str:
    if values.get("relied_on") is None:
        raise BadInputError("Is the ground relied on?", "Say yes or no.")
    said = suspects.remand_ground(
        at.desk,
        at.case_id,
        text_of(values, "ground"),
        custody_id=_arrest(at, values),
        relied_on=bool(values["relied_on"]),
        evidence=text_of(values, "evidence"),
        conditions=text_of(values, "conditions"),
    )
    return f"Ground recorded. {said}".strip()


def _add_asks(at: At) -> list[Ask]:
    return [
        Ask("name", "Name", Kind.TEXT, required=True),
        Ask("dob", "Date of birth", Kind.BIRTHDAY),
        Ask("status", "Status", Kind.CHOICE, initial=SuspectStatus.NAMED.value,
            choices=tuple((one.value, one.replace("-", " ").capitalize()) for one in SuspectStatus)),
        Ask("sex", "Sex", Kind.TEXT),
        Ask("nominal", "Nominal number", Kind.TEXT),
        Ask("another", "Another of the name", Kind.YES_NO, hint="yes where two people have one name"),
    ]  # fmt: skip


def _add(at: At, values: Values) -> str:
    own = add_person(
        at.desk,
        at.case_id,
        "suspect",
        Newcomer(
            name=text_of(values, "name"),
            dob=values.get("dob"),
            sex=text_of(values, "sex"),
            nominal=text_of(values, "nominal"),
            status=text_of(values, "status"),
        ),
        another=bool(values.get("another")),
    )
    return f"Added: {name_of(at.desk.case(at.case_id).file, own)}."


SUSPECTS: tuple[Verb, ...] = (
    Verb(
        "suspect.interview", "Interview", "Record what a suspect said under caution, offence by offence.",
        _interview, _interview_asks, _has_suspect, key="i",
    ),
    Verb(
        "suspect.safeguard", "Safeguarding referral",
        "Record a referral: threat to life, county lines, NRM, mental health; or why none was made.", refer,
        lambda at: referral_asks(at, "suspects", services=_SAFEGUARDING), _has_suspect, key="s",
    ),
    Verb(
        "suspect.vulnerability", "Vulnerability",
        "Record whether the person is vulnerable or appears under 18, and the appropriate adult.", _vulnerability,
        _vulnerability_asks, _has_arrest, key="v",
    ),
    Verb(
        "suspect.previous", "Earlier disposal", "Record an earlier disposal, or that there are none.", _previous,
        _previous_asks, _has_suspect, key="d",
    ),
    Verb(
        "suspect.remand", "Ground for remand",
        "Fill in a ground of the remand worksheet: evidence, and why conditions would not do.", _remand,
        _remand_asks, _has_arrest, key="r",
    ),
    Verb("suspect.add", "Add a suspect", "Add a suspect by hand; an extract joins them later.", _add, _add_asks,
         key="a"),
)  # fmt: skip
"""The verbs of the suspects tab besides those of custody, the frequent ones first."""

_KEYS = {"bail": "b", "review": "w", "charge": "x", "rui": "o", "release": "R", "conditions": "C"}


_SHORT = {"Sent to the Crown Court": "Sent to Crown Court"}
"""Labels that a form has no room for."""


def _custody_asks(verb: CustodyVerb, at: At) -> list[Ask]:
    asked = [
        Ask(
            ask.name, _SHORT.get(ask.label, ask.label), _KINDS[ask.kind], required=ask.required,
            choices=ask.choices, hint=ask.hint,
        )
        for ask in verb.asks
    ]  # fmt: skip
    return [*_arrest_asks(at), *asked]


def _custody(verb: CustodyVerb, at: At, values: Values) -> str:
    own = _arrest(at, values)
    asked = {ask.name for ask in verb.asks}
    given = {name: value for name, value in values.items() if name in asked and value is not None}
    said = custodies.perform(at.desk, at.case_id, verb.id, given, custody_id=own)
    warnings = [f"Warning: {warning}" for warning in said.warnings]
    who = _who(at, dict(at.file.custody)[own])
    done = f"Recorded{f' of {who}' if who else ''}: {said.title[0].lower()}{said.title[1:]}."
    return " ".join([done, *warnings, *said.clocks[:1]])


def _custody_offered(verb: CustodyVerb, at: At) -> str | None:
    """Why a verb of custody does not fit: no arrest is in a state that calls for it."""
    if not at.file.custody:
        return "No arrest is recorded in this case."
    own = [key for key, _ in at.file.custody if at.subject not in dict(at.file.custody) or key == at.subject]
    arrests = dict(at.file.custody)
    for key in own:
        one = arrests[key]
        scene = Scene(at.file, key, one, at.desk.packs, at.desk.now)
        if (one.state is None or one.state in verb.states) and verb.fits(scene):
            return None
    return "Not in the state that the record says."


def _as_verb(verb: CustodyVerb) -> Verb:
    return Verb(
        verb.act,
        verb.title,
        f"{verb.title}.",
        lambda at, values: _custody(verb, at, values),
        lambda at: _custody_asks(verb, at),
        lambda at: _custody_offered(verb, at),
        key=_KEYS.get(verb.id, ""),
    )


CUSTODY: tuple[Verb, ...] = (*SUSPECTS, *(_as_verb(verb) for verb in VERBS.values()))
"""Every verb of the suspects and custody tab: the suspect's, then those of :mod:`casedesk.desk.custody_verbs`."""
