"""Reads off a case, its dossier and its clinic file what the rules of the clinic ask about one suspect.

Not recorded stays None, and the rules say so; a flag that a case does not carry counts as not so.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from casedesk.model.clinic import ClinicFile, EvidenceReview, Gravity, Resolution
from casedesk.model.dossier import Dossier
from casedesk.model.facts import CaseFile, Condition, Custody, Victim, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest_day, show_moment
from casedesk.model.text import folded
from casedesk.model.words import AppointmentState, DecisionKind, Flag, Purpose, ResolutionState, VictimKind
from casedesk.reference.offence_groups import Recorded
from casedesk.reference.offences import Mode
from casedesk.reference.packs import Packs
from casedesk.rules.clinic.known import RECORD, TITLES, ClinicFacts
from casedesk.rules.clinic.rests import changed
from casedesk.rules.counting import day_of, months_from
from casedesk.rules.judged import last_day, london_day
from casedesk.rules.limits import ordinary_last_day
from casedesk.rules.people import age_span, can_be_born
from casedesk.rules.prosecution_facts import mode_of, offence_of, summary_limit

__all__ = [
    "RECORD", "TITLES", "ClinicFacts", "clinic_facts", "standing_resolution", "with_conditions", "with_resolution",
]  # fmt: skip

_OVER = frozenset({ResolutionState.DECLINED.value, ResolutionState.WITHDRAWN.value})
_NOT_COMING = frozenset(
    {AppointmentState.MISSED.value, AppointmentState.MOVED.value, AppointmentState.CANCELLED.value}
)
_MODES = {
    Mode.SUMMARY: "summary", Mode.SUMMARY_MOTORING: "summary", Mode.EITHER_WAY: "either-way",
    Mode.INDICTABLE: "indictable",
}  # fmt: skip
_PARTNERS = frozenset(
    {
        "partner", "wife", "husband", "spouse", "girlfriend", "boyfriend", "fiance", "fiancee", "civil", "ex",
        "intimate", "married", "cohabitant",
    }
)  # fmt: skip
_VIEWS = ("none", "sought", "recorded")
_DECLINED = frozenset({"no", "none", "declined", "nothing", "n/a"})
_WORD = re.compile(r"[^\W_]+")


def clinic_facts(
    file: CaseFile, dossier: Dossier, clinic: ClinicFile, suspect: EntityId, today: date, packs: Packs
) -> ClinicFacts:
    """Read off the files what the rules ask about a suspect. What is not recorded stays None."""
    found = standing_resolution(clinic, suspect)
    given = _day(found[1].given_on) if found else None
    parts = (
        _person(file, clinic, suspect, given or today, packs),
        _offence(file, _review(clinic, suspect), packs),
        _evidence(file, dossier, _review(clinic, suspect), suspect, today, packs),
        _flags(file),
        _victim(file),
        _gravity(clinic, suspect, packs),
        _safeguarding(file, dossier, clinic, suspect, packs),
        _breach(dossier, clinic, suspect),
    )
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for part in parts:
        for name, (value, source) in part.items():
            values[name] = value
            if value is not None and source:
                sources[name] = source
    facts = ClinicFacts(suspect=suspect, today=today, **values, sources=sources)
    if found is None:
        own = [one for _, one in clinic.conditions if one.suspect == suspect and one.resolution is None]
        return with_conditions(facts, own)
    resolution_id, resolution = found
    own = [one for _, one in clinic.conditions if one.resolution == resolution_id]
    return with_conditions(with_resolution(facts, resolution), own)


def standing_resolution(clinic: ClinicFile, suspect: EntityId) -> tuple[EntityId, Resolution] | None:
    """The resolution of a suspect that counts: the last one not declined or withdrawn.

    One that was not authorised is a draft again, and counts.
    """
    own = [pair for pair in clinic.resolutions if pair[1].suspect == suspect and pair[1].state not in _OVER]
    return own[-1] if own else None


def with_resolution(facts: ClinicFacts, resolution: Resolution) -> ClinicFacts:
    """The same facts with a resolution as it stands, or as it is being written, in the place of theirs."""
    given = _day(resolution.given_on)
    values: dict[str, Any] = {
        "disposal": resolution.disposal,
        "given_on": given,
        "remedy_attached": bool(resolution.remedy_attached),
        "remedy_why": resolution.remedy_why or "",
        "deviation": resolution.deviation or "",
        "rationale": resolution.rationale or "",
        "exceptional": resolution.exceptional or "",
        "proposer": resolution.proposed_by,
        "authoriser": resolution.authoriser,
        "authoriser_rank": resolution.authoriser_rank,
        "dpp_authorised": resolution.dpp_authorised,
        "legal_advice": resolution.legal_advice,
        "explained": resolution.explained,
        "admission_repeated": resolution.admission_repeated,
        "consent": resolution.consent,
        "signed": resolution.signed_at is not None,
        "completed_on": _day(resolution.completed_on) or facts.completed_on,
    }
    sources = {**facts.sources, **{name: "Resolution" for name, value in values.items() if value is not None}}
    return replace(facts, **values, sources=sources)


def with_conditions(facts: ClinicFacts, conditions: Sequence[Condition]) -> ClinicFacts:
    """The same facts with these conditions in the place of theirs; those taken out are left out."""
    kept = tuple(one for one in conditions if not one.withdrawn_why)
    return replace(
        facts,
        conditions=kept,
        remedy_attached=facts.remedy_attached or any(one.remedy for one in kept),
        breach=any(one.failed_on for one in kept),
        sources={**facts.sources, "conditions": "Conditions", "breach": "Conditions"},
    )


_Part = dict[str, tuple[Any, str]]


def _person(file: CaseFile, clinic: ClinicFile, suspect: EntityId, day: date, packs: Packs) -> _Part:
    person = dict(file.suspects).get(suspect)
    alone = len(file.suspects) == 1
    custody = [one for _, one in file.custody if one.suspect == suspect or (alone and one.suspect is None)]
    age: tuple[int, int] | None = None
    source = ""
    if person is not None and person.dob and can_be_born(person.dob, day):
        age, source = age_span(person.dob, day, day), "Date of birth of the suspect"
    elif any(one.under_18 for one in custody):
        age, source = (0, 17), "Custody record: appears under 18"
    vulnerable, why = _vulnerable(file, custody, age)
    if not vulnerable and _answered(clinic, suspect, packs, "vulnerable"):
        vulnerable, why = True, "Needs assessment"
    adult, where = _appropriate_adult(clinic, suspect, custody)
    return {
        "age": (age, source),
        "vulnerable": (vulnerable, why),
        "appropriate_adult": (adult, where),
    }


def _vulnerable(
    file: CaseFile, custody: list[Custody], age: tuple[int, int] | None
) -> tuple[bool | None, str]:
    """Whether somebody is vulnerable: presumed of anybody who may be, unless it was ruled out (PACE Code C 1.4)."""
    if any(one.vulnerable for one in custody):
        return True, "Custody record"
    if age is not None and age[1] < _ADULT:
        return True, "Age"
    if any(one.vulnerable is False for one in custody):
        return False, "Custody record"
    if Flag.MENTAL_HEALTH in (file.case.flags or ()):
        return True, "Flag “Mental health”: vulnerable unless there is clear evidence otherwise"
    return None, ""


_ADULT = 18


def _appropriate_adult(clinic: ClinicFile, suspect: EntityId, custody: list[Custody]) -> tuple[bool, str]:
    """Whether an appropriate adult is arranged: for the clinic, or in custody where there is no appointment."""
    coming = [
        one for _, one in clinic.appointments if one.suspect == suspect and one.state not in _NOT_COMING
    ]
    if coming:
        return bool(coming[-1].appropriate_adult), "Appointment"
    return any(one.appropriate_adult for one in custody), "Custody record"


def _offence(file: CaseFile, review: EvidenceReview | None, packs: Packs) -> _Part:
    case = file.case
    code = offence_of(file)
    known = packs.offences.get(code) if code else None
    listed = mode_of(code, packs)
    mode = _MODES[listed] if listed is not None else (review.mode if review else None)
    source = f"Offences, {packs.offences.version}" if listed is not None else "Evidential review"
    committed = case.offence_from or case.offence_to
    day = earliest_day(committed) if committed else None
    recorded = Recorded(
        code,
        (known.ho_class if known and case.charge_code else None)
        or case.ho_class
        or (known.ho_class if known else None),
        (known.title if known and case.charge_code else None)
        or case.offence_title
        or (known.title if known else None),
    )
    book = packs.eligibility
    theft = book.shop_theft is not None and book.shop_theft.has(recorded)
    value = case.value_pence
    low = None if value is None else value <= book.limits.low_value_pence
    limit, why = _limit(file, mode, day, packs)
    return {
        "offence": (recorded.title, "Record"),
        "offence_code": (code, "Record"),
        "offence_day": (day, "Record"),
        "mode": (mode, source),
        "limited": (None if mode is None else mode == "summary", source),
        "limit_day": (limit, why),
        "low_value_shop_theft": (low if theft else False, "Record: value of goods"),
        "low_value_damage": (book.damage is not None and book.damage.has(recorded), "Record"),
        "specified": (book.specified is not None and book.specified.has(recorded), "Record"),
    }


def _limit(file: CaseFile, mode: str | None, day: date | None, packs: Packs) -> tuple[date | None, str]:
    if mode != "summary" or day is None:
        return None, ""
    answer = summary_limit(file, packs)
    if answer is not None and answer.due is not None:
        return day_of(answer.due), answer.source
    return ordinary_last_day(packs.clocks, day), packs.clocks["STL-127"].source


def _review(clinic: ClinicFile, suspect: EntityId) -> EvidenceReview | None:
    own = [one for _, one in clinic.reviews if one.suspect == suspect]
    return own[-1] if own else None


_OF_REVIEW = ("evidential", "interest", "admission", "covers_all", "defences", "risk_grade", "controlling")


def _evidence(
    file: CaseFile,
    dossier: Dossier,
    review: EvidenceReview | None,
    suspect: EntityId,
    today: date,
    packs: Packs,
) -> _Part:
    part: _Part = {name: (getattr(review, name, None), "Evidential review") for name in _OF_REVIEW}
    checked = review.previous_checked if review else None
    months = packs.eligibility.limits.repeat_months
    previous = [one for _, one in dossier.previous if one.suspect == suspect]
    recent = [one for one in previous if one.on is None or months_from(last_day(one.on), months) >= today]
    similar, source = (review.similar_24_months if review else None), "Evidential review"
    if similar is None and checked and not recent:
        similar, source = False, "History checked, nothing in that time"
    lines = tuple(
        " ".join(part for part in (show_moment(one.on) if one.on else "", one.disposal, one.offence) if part)
        for one in previous
    )
    part |= {
        "similar": (similar, source),
        "previous": (lines, "Previous disposals"),
        "previous_checked": (checked, "Evidential review"),
        "cps_decision": (bool(review and (review.cps_decision or "").strip()), "Evidential review"),
        "responsibility": _responsibility(file, review),
        "slavery_defence": (
            review is not None and ("s45" in (review.defences or ()) or bool(review.defence_note)),
            "Evidential review",
        ),
        "completed_on": (_day(file.case.activity_completed_on), "Record"),
        "look_again": (changed(file, dossier, review, suspect) if review else (), "Evidential review"),
    }
    return part


def _responsibility(file: CaseFile, review: EvidenceReview | None) -> tuple[bool | None, str]:
    """Whether this suspect accepts responsibility; what the record says of the crime counts for an only suspect."""
    if review is not None and review.responsibility is not None:
        return review.responsibility, "Evidential review"
    return (file.case.responsibility_accepted if len(file.suspects) == 1 else None), "Record"


def _flags(file: CaseFile) -> _Part:
    flags = set(file.case.flags or ())
    domestic = Flag.DOMESTIC_ABUSE in flags or Flag.INTIMATE_PARTNER in flags
    intimate, source = _intimate(file, flags, domestic=domestic)
    said = {
        "domestic": domestic,
        "hate": Flag.HATE in flags,
        "weapon": Flag.KNIFE in flags,
        "sexual": Flag.SEXUAL in flags,
        "child_victim": Flag.CHILD_ABUSE in flags,
    }
    return {name: (value, "Flags") for name, value in said.items()} | {"intimate": (intimate, source)}


def _intimate(file: CaseFile, flags: set[str], *, domestic: bool) -> tuple[bool | None, str]:
    """Whether the abuse is between intimate partners: by the flag, or by what the victim is to the suspect."""
    if Flag.INTIMATE_PARTNER in flags:
        return True, "Flags"
    if not domestic:
        return False, "Flags"
    said = [victim.relationship for _, victim in file.victims if victim.relationship]
    if any(_PARTNERS & set(_WORD.findall(folded(one))) for one in said):
        return True, "Relationship of the victim to the suspect"
    dealt = {mark.word: mark.raised for _, mark in file.flag_marks}
    if said or dealt.get(Flag.INTIMATE_PARTNER) is False:
        return False, "Relationship of the victim to the suspect" if said else "Flags"
    return None, ""


def _victim(file: CaseFile) -> _Part:
    persons = [(key, one) for key, one in file.victims if one.kind != VictimKind.STATE]
    has = bool(persons) if file.victims else None
    alone = len(persons) == 1
    told = (_views(file, key, one, alone=alone) for key, one in persons)
    views = min(told, key=_VIEWS.index, default=None)
    chosen = any(_is_choice(one) for _, one in persons)
    return {
        "has_victim": (has, "Victims"),
        "victim_views": (views, "Victims and contacts"),
        "remedy_chosen": (chosen, "Victims"),
    }


def _views(file: CaseFile, key: EntityId, victim: Victim, *, alone: bool) -> str:
    """What is known of one victim's views; what names no victim counts for an only one."""
    if victim.views or (alone and file.case.victim_views):
        return "recorded"
    asked = victim.views_on or (alone and file.case.victim_consulted)
    tried = any(
        Purpose.VIEWS in (one.purposes or ()) and (one.victim == key or (alone and one.victim is None))
        for _, one in standing(file.contacts)
        if one.witness is None
    )
    return "sought" if asked or tried else "none"


def _is_choice(victim: Victim) -> bool:
    said = (victim.remedy or "").strip()
    return bool(said) and folded(said) not in _DECLINED


def _gravity(clinic: ClinicFile, suspect: EntityId, packs: Packs) -> _Part:
    own: list[Gravity] = [one for _, one in clinic.gravities if one.suspect == suspect]
    final = own[-1].final if own else None
    level = packs.gravity.levels.get(final) if final is not None else None
    return {
        "gravity": (final, "Gravity score"),
        "matrix_default": (level.default if level else None, packs.gravity.name),
    }


def _safeguarding(
    file: CaseFile, dossier: Dossier, clinic: ClinicFile, suspect: EntityId, packs: Packs
) -> _Part:
    flagged = Flag.EXPLOITATION in (file.case.flags or ())
    answered = bool(_answered(clinic, suspect, packs, "exploitation"))
    made = [one for _, one in dossier.referrals if one.made_on]
    of_suspect = {folded(one.to or "") for one in made if one.subject in (None, suspect)}
    of_anybody = {folded(one.to or "") for one in made}
    known = packs.eligibility.referrals
    declined = [
        one.not_made_why
        for _, one in dossier.referrals
        if not one.made_on
        and one.not_made_why
        and one.subject in (None, suspect)
        and folded(one.to or "") in known["risk"]
    ]
    return {
        "self_harm": (_answered(clinic, suspect, packs, "self_harm"), "Needs assessment"),
        "risk_action": (not known["risk"].isdisjoint(of_suspect), "Referrals"),
        "risk_declined": ("; ".join(dict.fromkeys(declined)), "Referrals"),
        "exploitation": (
            flagged or answered,
            "Flags" if flagged else "Needs assessment" if answered else "Flags",
        ),
        "notified": (not known["exploitation"].isdisjoint(of_anybody), "Referrals"),
    }


def _answered(clinic: ClinicFile, suspect: EntityId, packs: Packs, fact: str) -> bool | None:
    """Whether an answer of the suspect's says so; None where that question was not answered on purpose.

    What was said in an assessment that was given up was said all the same.
    """
    own = {key for key, one in clinic.assessments if one.suspect == suspect}
    says = packs.eligibility.answers[fact]
    given = [
        one for _, one in clinic.answers if one.assessment in own and one.question in says and not one.removed
    ]
    if any(not set((one.value or "").split()).isdisjoint(says[one.question or ""]) for one in given):
        return True
    return None if any(one.declined for one in given) else False


def _breach(dossier: Dossier, clinic: ClinicFile, suspect: EntityId) -> _Part:
    failed = [_day(one.failed_on) for _, one in clinic.conditions if one.suspect == suspect and one.failed_on]
    first = min((one for one in failed if one), default=None)
    ranks = [
        one.rank
        for _, one in standing(dossier.decisions)
        if one.kind == DecisionKind.OUT_OF_COURT
        and one.subject == suspect
        and first is not None
        and one.at is not None
        and london_day(one.at) >= first
    ]
    return {"breach_rank": (ranks[-1] if ranks else None, "Decisions")}


def _day(moment: Moment | None) -> date | None:
    return earliest_day(moment) if moment else None
