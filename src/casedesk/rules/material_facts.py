"""What in a case shows that something a referral needs is there, or that it is wanted at all."""

from collections.abc import Callable, Mapping

from casedesk.model.dossier import Dossier
from casedesk.model.facts import CaseFile, standing
from casedesk.model.moments import show_day, show_instant, show_moment
from casedesk.model.words import CustodyState, DecisionKind, EventKind, Flag, VictimKind
from casedesk.reference.charging_words import Applies, Fact
from casedesk.reference.offence_groups import OffenceGroup, Recorded
from casedesk.reference.packs import Packs
from casedesk.rules.judged import london_day
from casedesk.rules.people import identified
from casedesk.rules.thor import under_18

Shown = Callable[[CaseFile, Dossier], str | None]
"""Says where on record the fact stands; None where it does not."""
Wanted = Callable[[CaseFile, Packs], bool | None]
"""Says whether an item is wanted; None where what is recorded does not tell."""

_INJURY = OffenceGroup(classes=("001", "002", "004", "005", "008/01", "008/06", "008/73", "008/77", "105/01"))
_LOSS = OffenceGroup(
    classes=("028", "030", "034", "039", "040", "041", "044", "045", "046", "047", "048", "049", "058", "149")
)
_DRUGS = OffenceGroup(codes=("MD71",), classes=("092", "093"))
_IN_CUSTODY = (CustodyState.DETAINED, CustodyState.REMANDED)
_VPS = {
    "offered": "offered",
    "declined": "offered and declined",
    "taken": "taken",
    "to-be-taken": "to be taken",
}


# -- what shows that it is there ---------------------------------------------------------------------------------------


def _charge(file: CaseFile, dossier: Dossier) -> str | None:
    return f"Charge {file.case.charge_code}" if file.case.charge_code else None


def _statement(file: CaseFile, dossier: Dossier) -> str | None:
    taken = [one.statement_on for _, one in file.witnesses if one.statement_on]
    if taken:
        return f"Witness statement of {show_moment(min(taken))}"
    for _, event in standing(file.events):
        if event.kind == EventKind.STATEMENT_TAKEN:
            return f"Statement taken{f' {show_instant(event.at)}' if event.at else ''}"
    if file.case.first_statement_on:
        return f"First statement of {show_moment(file.case.first_statement_on)}"
    return None


def _interview(file: CaseFile, dossier: Dossier) -> str | None:
    held = [one for _, one in standing(dossier.interviews) if one.account and one.text]
    if not held:
        return None
    last = max(held, key=lambda one: (one.at is not None, one.at.timestamp() if one.at else 0))
    account = (last.account or "").replace("-", " ")
    return f"Interview{f' of {show_instant(last.at)}' if last.at else ''}: {account}"


def _previous(file: CaseFile, dossier: Dossier) -> str | None:
    count = len(dossier.previous)
    return f"{count} earlier {'disposal' if count == 1 else 'disposals'} recorded" if count else None


def _oic_contact(file: CaseFile, dossier: Dossier) -> str | None:
    return file.case.oic_contact


def _vps(file: CaseFile, dossier: Dossier) -> str | None:
    said = [_VPS.get(one.statement, one.statement) for _, one in file.victims if one.statement]
    people = [one for _, one in file.victims if one.kind != VictimKind.STATE]
    return "; ".join(said) if said and len(said) >= len(people) else None


def _views(file: CaseFile, dossier: Dossier) -> str | None:
    return "Victim's views recorded" if any(one.views for _, one in file.victims) else None


def _needs(file: CaseFile, dossier: Dossier) -> str | None:
    assessed = any(one.needs or one.enhanced is not None for _, one in file.victims)
    return "Needs assessment recorded" if assessed else None


def _special_measures(file: CaseFile, dossier: Dossier) -> str | None:
    people = [one.special_measures for _, one in file.victims] + [
        one.special_measures for _, one in file.witnesses
    ]
    return "Special measures recorded" if any(people) else None


def _compensation(file: CaseFile, dossier: Dossier) -> str | None:
    return "Compensation recorded" if any(one.compensation for _, one in file.victims) else None


def _rationale(file: CaseFile, dossier: Dossier) -> str | None:
    for _, one in standing(dossier.decisions):
        if one.kind in (DecisionKind.CHARGE, DecisionKind.REFER_TO_CPS) and one.text:
            return f"Decision recorded{f' {show_instant(one.at)}' if one.at else ''}"
    return None


def _remand(file: CaseFile, dossier: Dossier) -> str | None:
    sound = any(one.relied_on and one.evidence for _, one in dossier.remand_grounds)
    return "Remand worksheet filled in" if sound else None


def _points(file: CaseFile, dossier: Dossier) -> str | None:
    done = [one for _, one in dossier.points if one.state]
    return f"{len(done)} points to prove judged" if done else None


def _summary(file: CaseFile, dossier: Dossier) -> str | None:
    return "Circumstances recorded" if file.case.summary else None


def _location(file: CaseFile, dossier: Dossier) -> str | None:
    case = file.case
    return "Place and date recorded" if case.location and (case.offence_from or case.offence_to) else None


def _suspect(file: CaseFile, dossier: Dossier) -> str | None:
    named = [one for _, one in file.suspects if identified(one)]
    return "Named, with date of birth" if named and all(one.name and one.dob for one in named) else None


def _arrest(file: CaseFile, dossier: Dossier) -> str | None:
    at = [one.arrested_at for _, one in file.custody if one.arrested_at]
    if at:
        return f"Arrested {show_instant(min(at))}"
    voluntary = any(one.state == CustodyState.VOLUNTARY for _, one in file.custody)
    return "Voluntary attendance" if voluntary else None


def _availability(file: CaseFile, dossier: Dossier) -> str | None:
    everybody = file.witnesses and all(one.availability for _, one in file.witnesses)
    return "Dates to avoid recorded for every witness" if everybody else None


def _exhibit(file: CaseFile, dossier: Dossier) -> str | None:
    count = len(dossier.exhibits)
    return f"{count} {'exhibit' if count == 1 else 'exhibits'} listed" if count else None


def _timetable(file: CaseFile, dossier: Dossier) -> str | None:
    dated = [
        one.due_at
        for _, one in file.actions
        if one.evidence and one.due_at and one.done_at is None and one.cancelled_at is None
    ]
    return f"{len(dated)} dated, the last {show_day(london_day(max(dated)))}" if dated else None


SHOWN: Mapping[Fact, Shown] = {
    Fact.CHARGE: _charge,
    Fact.STATEMENT: _statement,
    Fact.INTERVIEW: _interview,
    Fact.PREVIOUS: _previous,
    Fact.OIC_CONTACT: _oic_contact,
    Fact.VPS: _vps,
    Fact.VIEWS: _views,
    Fact.NEEDS: _needs,
    Fact.SPECIAL_MEASURES: _special_measures,
    Fact.COMPENSATION: _compensation,
    Fact.RATIONALE: _rationale,
    Fact.REMAND: _remand,
    Fact.POINTS: _points,
    Fact.SUMMARY: _summary,
    Fact.LOCATION: _location,
    Fact.SUSPECT: _suspect,
    Fact.ARREST: _arrest,
    Fact.AVAILABILITY: _availability,
    Fact.EXHIBIT: _exhibit,
    Fact.TIMETABLE: _timetable,
}
"""What shows each fact."""


# -- whether it is wanted ----------------------------------------------------------------------------------------------


def _domestic_abuse(file: CaseFile, packs: Packs) -> bool | None:
    flags = file.case.flags
    return (
        None if flags is None else bool({Flag.DOMESTIC_ABUSE.value, Flag.INTIMATE_PARTNER.value} & set(flags))
    )


def _victim_person(file: CaseFile, packs: Packs) -> bool | None:
    kinds = [one.kind for _, one in file.victims]
    if not kinds:
        return None
    return any(kind in (VictimKind.PERSON, VictimKind.BUSINESS) for kind in kinds) or (
        None if None in kinds else False
    )


def _vulnerable(file: CaseFile, packs: Packs) -> bool | None:
    victims, witnesses = [one for _, one in file.victims], [one for _, one in file.witnesses]
    if not victims and not witnesses:
        return None
    if any(one.enhanced or one.special_measures or under_18(one.dob, file) for one in victims):
        return True
    if any(one.vulnerable or one.special_measures for one in witnesses):
        return True
    unknown = any(one.enhanced is None for one in victims) or any(one.vulnerable is None for one in witnesses)
    return None if unknown else False


def _offence(group: OffenceGroup) -> Wanted:
    def wanted(file: CaseFile, packs: Packs) -> bool | None:
        code = file.case.charge_code or file.case.offence_code
        listed = packs.offences.get(code) if code else None
        ho_class = (listed.ho_class if listed else None) or file.case.ho_class
        return group.has(Recorded(code, ho_class)) if ho_class else None

    return wanted


def _held(file: CaseFile, packs: Packs) -> bool | None:
    return any(one.state in _IN_CUSTODY for _, one in file.custody)


def _bailed(file: CaseFile, packs: Packs) -> bool | None:
    return any(one.state == CustodyState.BAILED or one.conditions for _, one in file.custody)


WANTED: Mapping[Applies, Wanted] = {
    Applies.DOMESTIC_ABUSE: _domestic_abuse,
    Applies.VICTIM_PERSON: _victim_person,
    Applies.VULNERABLE: _vulnerable,
    Applies.INJURY: _offence(_INJURY),
    Applies.DAMAGE_OR_LOSS: _offence(_LOSS),
    Applies.DRUGS: _offence(_DRUGS),
    Applies.REMAND: _held,
    Applies.BAILED: _bailed,
}
"""What tells whether a conditional item is wanted; who decides is worked out once for all."""
