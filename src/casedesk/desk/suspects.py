"""The suspects of a case: interviews, vulnerability, earlier disposals, the grounds for remand."""

from dataclasses import dataclass
from datetime import datetime

from casedesk.desk.case_asks import line, name_of, optional_text
from casedesk.desk.custody import choose
from casedesk.desk.desk import Desk
from casedesk.desk.typed import after_offence, existing, given, not_future, one_of, required_text
from casedesk.model.dossier import Interview
from casedesk.model.entities import CUSTODY, INTERVIEW, PREVIOUS_DISPOSAL, REMAND_GROUND, SUSPECT, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.model.moments import (
    Moment,
    earliest,
    local,
    moment_of_day,
    moment_of_instant,
    show_instant,
    show_moment,
)
from casedesk.model.words import Account, CustodyState, SuspectStatus
from casedesk.rules.custody_facts import appears_under_18
from casedesk.store.records import read_dossier

LEGAL_ADVICE = {"had": "Had it", "declined": "Declined", "not-offered": "Not offered"}
"""What was recorded of legal advice at an interview."""
NO_DISPOSALS = "None recorded"
"""The disposal that says: the national computer was read and shows none."""
_NOT_ADMITTED = frozenset({Account.DENIAL, Account.NO_COMMENT, Account.SELF_DEFENCE})


@dataclass(frozen=True, slots=True)
class Interviewed:
    """An interview that was recorded, and what must be said about it."""

    id: EntityId
    warnings: tuple[str, ...]


def the_suspect(file: CaseFile, suspect: EntityId | None) -> EntityId:
    """The suspect meant: the one named, or the only one. Raises BadInputError when it is not clear who."""
    known = [own for own, _ in file.suspects]
    if suspect is not None:
        existing(suspect, known, "suspect")
        return suspect
    if len(known) == 1:
        return known[0]
    if not known:
        raise BadInputError("No suspect is recorded in this case.", "Add the suspect first.")
    raise BadInputError(f"This case has {len(known)} suspects.", "Say which one.")


def interview(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    account: str,
    at: datetime | None = None,
    offence: str = "",
    voluntary: bool | None = None,
    legal_advice: str = "",
    appropriate_adult: str = "",
    text: str = "",
    about: EntityId | None = None,
) -> Interviewed:
    """Record what a suspect said under caution of one offence; with ``about`` it corrects an earlier interview.

    In the same act the suspect is recorded as interviewed, and as having admitted or not, where nobody has said so
    yet. Raises BadInputError for an unknown word, a time in the future or before the offence, or an interview in
    custody before any arrest.
    """
    file = desk.case(case_id).file
    own = the_suspect(file, suspect)
    earlier = dict(read_dossier(desk.store.connection, case_id).interviews)
    existing(about, list(earlier), "interview")
    when = after_offence(file.case, not_future(desk, at), "The interview")
    _check_arrest(file, own, when, voluntary)
    word = Account(one_of(account, list(Account), "kind of account"))
    entry_id = new_id()
    fields: dict[str, Value] = {
        "suspect": own,
        "at": when,
        "voluntary": voluntary,
        "offence": line(offence, "The offence", 300) or file.case.offence_code or file.case.offence_title,
        "account": word.value,
        "legal_advice": one_of(legal_advice, list(LEGAL_ADVICE), "word for legal advice")
        if legal_advice
        else None,
        "appropriate_adult": line(appropriate_adult, "The appropriate adult"),
        "text": optional_text(text, "What was said"),
        "about": about,
    }
    facts = _suspect_facts(file, own, when, word, earlier.get(about) if about else None)
    with desk.store.unit_of_work("interview.add") as unit:
        unit.entry(INTERVIEW, entry_id, case_id, given(fields))
        if facts:
            unit.set(SUSPECT, own, case_id, facts)
    return Interviewed(entry_id, tuple(_doubts(file, own, word, appropriate_adult)))


def set_vulnerability(
    desk: Desk,
    case_id: EntityId,
    custody_id: EntityId | None = None,
    *,
    vulnerable: bool | None = None,
    under_18: bool | None = None,
    appropriate_adult: str = "",
) -> str:
    """Record whether a person held or attending is vulnerable or appears under 18, and who the appropriate adult is.

    Returns what must be seen to; empty when nothing. Raises BadInputError when nothing was said, nothing would
    change, or it is not clear which arrest.
    """
    file = desk.case(case_id).file
    own = choose(file, custody_id)
    held = dict(file.custody)[own]
    said: dict[str, Value] = {
        "vulnerable": vulnerable,
        "under_18": under_18,
        "appropriate_adult": line(appropriate_adult, "The appropriate adult"),
    }
    changed = {
        name: value for name, value in said.items() if value is not None and value != getattr(held, name)
    }
    if not changed:
        raise BadInputError("That is what is recorded already.", "Change something, or leave it.")
    with desk.store.unit_of_work("suspect.vulnerability") as unit:
        unit.set(CUSTODY, own, case_id, changed)
    after = dict(desk.case(case_id).file.custody)[own]
    if (after.vulnerable or after.under_18) and not after.appropriate_adult:
        return "An appropriate adult is needed and none is recorded."
    return ""


def previous_disposal(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    none: bool = False,
    disposal: str = "",
    offence: str = "",
    on: Moment | None = None,
    note: str = "",
) -> EntityId:
    """Record an earlier disposal of a suspect, or with ``none`` that the national computer shows none.

    Raises BadInputError without a disposal, for a day to come, or when it is not clear which suspect.
    """
    own = the_suspect(desk.case(case_id).file, suspect)
    if on is not None and earliest(on) > desk.now:
        raise BadInputError(f"A disposal on {show_moment(on)} lies in the future.", "Check the date.")
    if none and disposal:
        raise BadInputError("There is a disposal, or there is none.", "Give the disposal alone, or none.")
    facts: dict[str, Value] = {
        "suspect": own,
        "on": on or (moment_of_day(local(desk.now).date()) if none else None),
        "disposal": NO_DISPOSALS
        if none
        else required_text(line(disposal, "The disposal") or "", "The disposal"),
        "offence": line(offence, "The offence", 300),
        "note": optional_text(note, "The note"),
    }
    own_id = new_id()
    with desk.store.unit_of_work("disposal.add") as unit:
        unit.set(PREVIOUS_DISPOSAL, own_id, case_id, given(facts))
    return own_id


def remand_ground(
    desk: Desk,
    case_id: EntityId,
    ground: str,
    *,
    relied_on: bool,
    custody_id: EntityId | None = None,
    evidence: str = "",
    conditions: str = "",
) -> str:
    """Fill in one ground of the remand worksheet: relied on or not, its evidence, why conditions would not do.

    Each ground has one place, so saying it again replaces what was there. Returns what is doubtful about it. Raises
    BadInputError for an unknown ground, or one relied on without evidence.
    """
    file = desk.case(case_id).file
    own = choose(file, custody_id)
    known = desk.packs.remand.grounds
    one = known[one_of(ground, list(known), "ground")]
    facts: dict[str, Value] = {
        "custody": own,
        "ground": one.id,
        "relied_on": relied_on,
        "evidence": required_text(evidence, "The evidence for it")
        if relied_on
        else optional_text(evidence, "The evidence"),
        "conditions": optional_text(conditions, "Why conditions would not do"),
    }
    with desk.store.unit_of_work("remand.ground") as unit:
        unit.set(REMAND_GROUND, derived_id("remand_ground", case_id.hex(), own.hex(), one.id), case_id, facts)
    held = dict(file.custody)[own]
    if relied_on and not one.fits(child=appears_under_18(file, held)):
        return f"This ground is for {'a child' if one.who == 'child' else 'an adult'}: check the age."
    if relied_on and not conditions:
        return "Why conditions would not do is still missing."
    return ""


# -- inside -----------------------------------------------------------------------------------------------------


def _check_arrest(file: CaseFile, suspect: EntityId, when: datetime, voluntary: bool | None) -> None:
    if voluntary:
        return
    arrests = [
        one.arrested_at
        for _, one in file.custody
        if one.suspect in (None, suspect) and one.arrested_at and one.state != CustodyState.VOLUNTARY
    ]
    if arrests and when < min(arrests):
        raise BadInputError(
            f"The interview ({show_instant(when)}) lies before the arrest ({show_instant(min(arrests))}).",
            "Correct the time that is wrong, or say that it was voluntary.",
        )


_STATUS_TITLES: dict[str, str] = {
    CustodyState.DETAINED: "in custody",
    SuspectStatus.IN_CUSTODY: "in custody",
    CustodyState.BAILED: "on bail",
    CustodyState.UNDER_INVESTIGATION: "RUI",
    SuspectStatus.DEALT_WITH: "dealt with",
}
_SETTLED = (SuspectStatus.CHARGED, SuspectStatus.DEALT_WITH, SuspectStatus.ELIMINATED)
"""What no later state of an arrest takes back."""


def status_title(file: CaseFile, own: EntityId) -> str:
    """Where a suspect stands, in the words of their latest arrest: the extract's own may be from before it.

    Empty where nothing is recorded.
    """
    said = dict(file.suspects)[own].status or ""
    states = [
        one.state
        for _, one in file.custody
        if one.state and (one.suspect == own or (one.suspect is None and len(file.suspects) == 1))
    ]
    word = said if said in _SETTLED or not states else states[-1]
    return state_title(word)


def state_title(word: str) -> str:
    """Where an arrest or a suspect stands, in words: ``bailed`` is “on bail”."""
    return _STATUS_TITLES.get(word, word)


def _suspect_facts(
    file: CaseFile, own: EntityId, when: datetime, account: Account, corrected: Interview | None
) -> dict[str, Value]:
    """What an interview says of the suspect that nobody has said yet, or that the corrected interview had said."""
    held = dict(file.suspects)[own]
    facts: dict[str, Value] = {}
    ours = corrected is not None and corrected.at is not None
    if held.interviewed_on is None or (
        ours
        and corrected is not None
        and corrected.at
        and held.interviewed_on == moment_of_instant(corrected.at)
    ):
        facts["interviewed_on"] = moment_of_instant(when)
    said = True if account is Account.ADMISSION else False if account in _NOT_ADMITTED else None
    before = held.admitted
    if corrected is not None and before is (corrected.account == Account.ADMISSION):
        before = None
    if said is not None and (before is None or (said and not before)) and said != held.admitted:
        facts["admitted"] = said
    return facts


def _doubts(file: CaseFile, own: EntityId, account: Account, adult: str) -> list[str]:
    held = dict(file.suspects)[own]
    found = []
    if account is Account.ADMISSION and held.admitted is False:
        found.append(
            f"{name_of(file, own)} was recorded as not having admitted; the record now says admitted."
        )
    if account in _NOT_ADMITTED and held.admitted:
        found.append(f"{name_of(file, own)} is recorded as having admitted: check the offence.")
    needs_adult = any(
        (one.vulnerable or one.under_18) and not one.appropriate_adult
        for _, one in file.custody
        if one.suspect in (None, own)
    )
    if needs_adult and not adult:
        found.append("No appropriate adult is recorded for this interview.")
    return found
