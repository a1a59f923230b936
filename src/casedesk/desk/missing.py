"""What a case lacks for its next step: the facts that a clock, a duty, the check or the next reader asks for.

Each with why it matters and the verb of the case page that mends it. Which of them are told is a convention of
casedesk; the law behind a finding is cited where the finding is made.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.desk.action_plan import State as Planned
from casedesk.desk.action_plan import plan
from casedesk.desk.grade_verb import GRADE
from casedesk.desk.offence_day import OFFENCE_DAY, can_record
from casedesk.model.dossier import Dossier
from casedesk.model.facts import CaseFile, Custody, standing
from casedesk.model.ids import EntityId
from casedesk.model.text import counted, folded
from casedesk.model.words import (
    Account,
    CustodyState,
    DecisionKind,
    EventKind,
    Severity,
    Stage,
    Support,
    VictimKind,
)
from casedesk.reference.charging_words import Stage as Referring
from casedesk.reference.packs import Packs
from casedesk.rules.duties import Duty, State
from casedesk.rules.finalisation import Verdict
from casedesk.rules.material import Have, material
from casedesk.rules.reasons.state import closed
from casedesk.rules.thor import latest_grading

RECORDS = ""
"""Stands in the place of a verb where the fact is the records system's: it is put right there and comes by extract."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not recorded."""

    what: str
    """In words: “Nobody owns the case”."""
    why: str
    """Why it matters, or how it is put right, in a sentence."""
    verb: str
    """The id of the verb that mends it; :data:`RECORDS` where only the records system can."""
    urgent: bool = False
    """Whether a clock, a duty or the check waits for it."""
    subject: EntityId | None = None
    """Whom or what it is about."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at."""

    file: CaseFile
    dossier: Dossier
    duties: Sequence[Duty]
    verdict: Verdict
    now: datetime
    packs: Packs


def missing(seen: Seen) -> tuple[Missing, ...]:
    """What a case lacks, what a clock, a duty or the check waits for first; nothing once it is closed."""
    if closed(seen.file):
        return ()
    found = dict.fromkeys(one for looks in _LOOKS for one in looks(seen))
    return tuple(sorted(found, key=lambda one: not one.urgent))


def _custody(seen: Seen) -> Iterator[Missing]:
    for key, custody in seen.file.custody:
        for what, why, verb in _of_custody(custody):
            yield Missing(what, why, verb, True, key)


def _of_custody(custody: Custody) -> Iterator[tuple[str, str, str]]:
    state = custody.state
    if state == CustodyState.DETAINED and custody.released_at is None:
        if not (custody.relevant_at or custody.arrived_at):
            yield "Relevant time", "The detention clock cannot run without it.", "custody.relevant-time"
        elif not custody.authorised_at and not custody.charged_at:
            yield "When detention was authorised", "Reviews are counted from it.", "custody.authorise"
        if (custody.under_18 or custody.vulnerable) and not custody.appropriate_adult:
            yield "Appropriate adult", "The person is under 18 or vulnerable.", "custody.appropriate-adult"
    elif state == CustodyState.BAILED and not (custody.bail_ends_on or custody.arrested_at):
        yield "When the bail period ends", "Nothing says when conditions lapse.", "custody.bail"
    elif state == CustodyState.REMANDED and not custody.first_appearance_on:
        yield "First appearance", "The custody time limit is counted from it.", "custody.remand"


def _duties(seen: Seen) -> Iterator[Missing]:
    for duty in seen.duties:
        if duty.state is State.MISSING_DATE:
            whom = f" ({duty.name})" if duty.name else ""
            why = f"“{duty.say}”{whom} counts as due now until it is known."
            verb = "suspect.interview" if "interview" in duty.began else RECORDS
            yield Missing(f"When: {duty.began}", why, verb, True, duty.owed_to)


def _findings(seen: Seen) -> Iterator[Missing]:
    if seen.verdict.outcome:
        for finding in seen.verdict.findings:
            if finding.severity is not Severity.INFO:
                yield Missing(finding.message, finding.fix, RECORDS, finding.severity is Severity.BLOCK)


def _record(seen: Seen) -> Iterator[Missing]:
    case = seen.file.case
    if not (case.offence_code or case.ho_class):
        yield Missing(
            "Offence code", "Time limits, action plans and points to prove are found by it.", RECORDS
        )
    if not case.offence_from:
        verb = OFFENCE_DAY.id if can_record(case) else RECORDS
        yield Missing("Date of the offence", "Time limits are counted from it.", verb)
    if not case.oic:
        yield Missing("Officer in the case", "Nobody can be asked or chased.", RECORDS)
    elif not (case.oic_contact or case.oic_number):
        yield Missing(f"How to reach the OIC, {case.oic}", "A chase needs somewhere to go.", RECORDS)


def _desk(seen: Seen) -> Iterator[Missing]:
    if not seen.file.case.owner:
        yield Missing("Owner", "Nobody here has taken the case on.", "handover.give")
    if latest_grading(seen.file) is None:
        yield Missing("THOR grading", "The case is ordered by what the pack suggests.", GRADE.id)
    if seen.file.case.stage == Stage.RETURNED and not plan(seen.file, seen.now):
        yield Missing("Action for the rework", "The case was returned and nothing is set.", "action.add")
    for one in plan(seen.file, seen.now):
        if one.state is Planned.OVERDUE and not one.action.late_why:
            yield Missing(
                f"Why it is late: {one.action.what or 'an action'}",
                "An overdue action says why, or is chased.",
                "action.late",
                subject=one.id,
            )


def _victims(seen: Seen) -> Iterator[Missing]:
    file = seen.file
    if not file.victims:
        if not _is_without_victim(file):
            yield Missing("Victim", "No duty to a victim can be counted.", "people.add-victim")
        return
    for key, victim in file.victims:
        if victim.kind not in (None, VictimKind.PERSON.value):
            continue
        name = victim.name or "the victim"
        if not (victim.phone or victim.contact_preference):
            yield Missing(f"How to reach {name}", "Every update needs it.", "people.wishes", subject=key)
        if victim.support in (None, Support.UNKNOWN.value):
            why = "Who decides, and which outcomes are open, depend on it."
            yield Missing(f"Whether {name} supports action", why, RECORDS, subject=key)
        if victim.support == Support.NO.value and not victim.withdrawal_kind:
            why = "A statement, pocket book entry or body-worn video says so, and why."
            yield Missing(f"Record of {name}’s withdrawal", why, "people.withdraw", True, key)
        if victim.update_days is None:
            why = "Until one is agreed the usual interval counts."
            yield Missing(f"Update interval agreed with {name}", why, "people.wishes", subject=key)


def _suspects(seen: Seen) -> Iterator[Missing]:
    for key, suspect in seen.file.suspects:
        if suspect.name and not suspect.dob:
            why = "Whether a suspect is under 18 changes who decides and by when."
            yield Missing(f"Date of birth of {suspect.name}", why, RECORDS, subject=key)


def _evidence(seen: Seen) -> Iterator[Missing]:
    for key, point in seen.dossier.points:
        if point.state in ("outstanding", "missing"):
            yield Missing(
                f"Evidence for: {point.what or 'a point to prove'}",
                "The point is not proved yet.",
                "decision.point",
                subject=key,
            )
    for key, exhibit in seen.dossier.exhibits:
        if not exhibit.where:
            yield Missing(
                f"Where exhibit {exhibit.reference or '?'} is",
                "It must be found for the file and for court.",
                "evidence.where",
                subject=key,
            )


def _referral(seen: Seen) -> Iterator[Missing]:
    """The material of a referral that was decided on, or that the CPS has sent back, as one line."""
    stage = _referral_stage(seen)
    if stage is not None:
        lacks = [
            item.title
            for item in material(seen.file, seen.dossier, seen.packs, stage, cps=True)
            if item.have is Have.MISSING
        ]
        if lacks:
            named = "; ".join(lacks[:_NAMED]) + (
                f"; and {len(lacks) - _NAMED} more" if lacks[_NAMED:] else ""
            )
            what = f"Material for the CPS referral: {counted(len(lacks), 'item')}"
            yield Missing(what, f"{named}.", "documents.attach", True)


def _referral_stage(seen: Seen) -> Referring | None:
    """What kind of referral is being made ready; None where none is."""
    referred = [
        one.at
        for _, one in standing(seen.dossier.decisions)
        if one.kind == DecisionKind.REFER_TO_CPS and one.at is not None
    ]
    moves = [
        (one.at, one.kind)
        for _, one in standing(seen.file.events)
        if one.at is not None and one.kind in (EventKind.CPS_SUBMITTED, EventKind.CPS_REQUEST)
    ]
    last = max(moves, default=None)
    waits = last[1] == EventKind.CPS_REQUEST if last else False
    if not waits and not (referred and (last is None or max(referred) > last[0])):
        return None
    accounts = {one.account for _, one in standing(seen.dossier.interviews)}
    admitted = accounts == {Account.ADMISSION.value} or (
        not accounts and any(suspect.admitted for _, suspect in seen.file.suspects)
    )
    return Referring.PRE_CHARGE_GUILTY if admitted else Referring.PRE_CHARGE_NOT_GUILTY


_LOOKS: tuple[Callable[[Seen], Iterator[Missing]], ...] = (
    _custody, _duties, _findings, _referral, _desk, _record, _victims, _suspects, _evidence,
)  # fmt: skip


_NAMED = 3
"""So many items of material are named; the tab of the evidence has them all."""
_NO_VICTIM = ("drugs", "possession of weapons", "public order")
_NO_VICTIM_WORDS = ("drug", "cannabis", "bladed", "offensive weapon", "drunk and disorderly", "driving")


def _is_without_victim(file: CaseFile) -> bool:
    """Whether it is an offence that usually wrongs nobody in particular."""
    title = folded(file.case.offence_title or "")
    return folded(file.case.category or "") in _NO_VICTIM or any(word in title for word in _NO_VICTIM_WORDS)
