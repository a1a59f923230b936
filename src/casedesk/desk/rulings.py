"""Rulings: what is put to the designated decision maker or the registrar, what it lacks, who decided, what is due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casedesk.desk.desk import Desk
from casedesk.desk.finalise import RANKS, judge
from casedesk.desk.finalised_code import as_fields
from casedesk.desk.record import add_log_entry
from casedesk.desk.typed import given, one_of, required_text
from casedesk.model.entities import CASE, RULING, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, LogEntry, standing
from casedesk.model.finalising import Ruling
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, earliest_day, from_micros, local, moment_of_day
from casedesk.model.text import clean, folded
from casedesk.model.words import Severity, Stage
from casedesk.reference.rulings import Application, Authority, RulingKind
from casedesk.store.finalised import read_finalising

ANSWERS = ("approved", "refused", "sent-back")
"""What a question may be answered with."""
LIAISON = "liaison"
"""The topic of log entries about what was settled with scrutineers and other units."""
_NEEDS = {
    "code": "the code that is asked for",
    "to_class": "the Home Office class wanted",
    "reason": "the reason",
    "information": "additional verifiable information: what it is, where it comes from, how it was verified",
    "evidence_kind": "the kind of evidence",
    "principal_checked": "that the principal crime was looked for",
}
_OF_THE_DECISION = {"decided_by", "decided_rank"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an application says."""

    kind: str
    code: str | None = None
    to_class: str | None = None
    reason: str | None = None
    information: str | None = None
    evidence_kind: str | None = None
    principal_checked: bool | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """Something an application is without."""

    what: str
    needed: bool
    """Whether it is below standard without; otherwise it is advice to whoever decides."""


@dataclass(frozen=True, slots=True)
class RulingRow:
    """One question in the list of rulings."""

    id: EntityId
    case_id: EntityId
    reference: str
    kind: str
    code: str
    from_class: str
    to_class: str
    asked_by: str
    asked_at: datetime | None
    authority: str
    """The id of who may decide, in the pack ``rulings``."""
    due_on: Moment | None
    answer: str
    overdue: bool


def lacking(desk: Desk, case_id: EntityId, asked: Asked) -> tuple[Lack, ...]:
    """What an application is without, as it stands; empty when it can go to whoever decides.

    Raises BadInputError for a kind or code that does not exist.
    """
    file = desk.case(case_id).file
    application = _application(desk, asked)
    lacks = [
        Lack(_NEEDS[need], needed=True)
        for need in application.needs
        if getattr(asked, need) in (None, "", False)
    ]
    if asked.kind == RulingKind.RECLASSIFICATION and asked.to_class and asked.to_class == file.case.ho_class:
        lacks.append(Lack("a class other than the one recorded", needed=True))
    return (*lacks, *_findings(desk, file, asked))


def ask(
    desk: Desk,
    case_id: EntityId,
    asked: Asked,
    *,
    authority: str | None = None,
    due_on: Moment | None = None,
    send_back: bool = False,
) -> EntityId:
    """Put a question to whoever decides it; returns the ruling.

    ``authority`` overrides who that is; ``due_on`` the pack's number of days. An application below standard is
    refused, saying what is missing; with ``send_back`` it is recorded as sent back for that instead. Raises
    BadInputError.
    """
    file = desk.case(case_id).file
    application = _application(desk, asked)
    waiting = [one for _, one in read_finalising(desk.store.connection, case_id).rulings if not one.answer]
    same = (asked.kind, asked.code or None, asked.to_class or None)
    if any((one.kind, one.code, one.to_class) == same for one in waiting):
        raise BadInputError(
            f"{application.title}: that is asked already.", "Wait for the answer, or decide it first."
        )
    if asked.evidence_kind and asked.evidence_kind not in application.evidence:
        known = ", ".join(application.evidence) or "none is asked for"
        raise BadInputError(
            f"{clean(asked.evidence_kind)!r} is not evidence for {application.title}.", f"Known: {known}."
        )
    missing = [one.what for one in lacking(desk, case_id, asked) if one.needed]
    if missing and not send_back:
        raise BadInputError(
            f"{application.title}: the application lacks {'; '.join(missing)}.",
            "Add it, or record the application as sent back.",
        )
    who = _authority(desk, application, asked, file, authority)
    ruling_id = new_id()
    said = _asked_fields(desk, file, asked, application) | {
        "authority": who.id,
        "due_on": due_on or _due(desk, application),
    }
    if missing:
        said |= _answer_fields(desk, "sent-back", desk.store.actor, None, f"Lacks {'; '.join(missing)}")
    with desk.store.unit_of_work("ruling.ask") as unit:
        unit.set(RULING, ruling_id, case_id, given(said))
    return ruling_id


def decide(
    desk: Desk,
    case_id: EntityId,
    ruling_id: EntityId,
    answer: str,
    *,
    decider: str,
    rank: str = "",
    why: str = "",
) -> None:
    """Record the answer to a question; what was approved is put on the record of the crime in the same act.

    An approved cancellation takes the outcome's place, with its own day, reason and decision maker; an approved
    outcome takes a cancellation's. Both put the crime to be finalised. What stood before stays in the history. An
    approved reclassification gives the record its class. Raises BadInputError where the decider is the officer in
    charge, has not the rank that the force asks for, or gives no reason; or where the question was answered already.
    """
    file = desk.case(case_id).file
    ruling = _ruling(desk, case_id, ruling_id)
    if ruling.answer:
        raise BadInputError(f"That was {ruling.answer} already.", "Ask again if there is something new.")
    said = one_of(answer, ANSWERS, "decision")
    who = required_text(decider, "The decider")
    if file.case.stage == Stage.FINALISED:
        raise BadInputError(f"{file.case.ref or 'The crime'} is finalised.", "Reopen it first.")
    if _names_the_officer(who, file):
        raise BadInputError(
            "The officer in charge cannot decide on their own case.", "Somebody independent must decide."
        )
    level = one_of(rank, RANKS, "rank") if rank else None
    if said != "sent-back":
        _require_rank(desk, ruling, level)
    because = required_text(why, "The reason")
    with desk.store.unit_of_work("ruling.decide") as unit:
        unit.set(RULING, ruling_id, case_id, _answer_fields(desk, said, who, level, because))
        effect = _effect(desk, file, ruling, who, level, because) if said == "approved" else {}
        if effect:
            unit.set(CASE, case_id, case_id, effect)


def open_rulings(
    desk: Desk,
    *,
    kind: str | None = None,
    authority: str | None = None,
    case_ids: Sequence[EntityId] | None = None,
    answered: bool = False,
) -> list[RulingRow]:
    """The questions that wait for an answer, those due first at the top; with ``answered`` the others too.

    ``case_ids`` limits it to these cases. Raises BadInputError for an unknown kind or authority.
    """
    if kind is not None:
        one_of(kind, list(RulingKind), "kind of ruling")
    if authority is not None:
        one_of(authority, list(desk.packs.rulings.authorities), "authority")
    today = local(desk.now).date()
    wanted = None if case_ids is None else set(case_ids)
    rows = []
    chosen = (answered, kind, kind, authority, authority)
    for row in desk.store.connection.execute(_LIST, chosen):
        ruling_id, case_id, ref, of, code, old, new, by, at, who, due, answer = row
        if wanted is not None and EntityId(case_id) not in wanted:
            continue
        late = bool(due) and not answer and earliest_day(Moment(due)) < today
        rows.append(
            RulingRow(
                EntityId(ruling_id), EntityId(case_id), ref or "", of, code or "", old or "", new or "", by or "",
                from_micros(at) if at else None, who or "", Moment(due) if due else None, answer or "", late,
            )
        )  # fmt: skip
    return rows


def authority_title(desk: Desk, authority: str) -> str:
    """Who may decide, in words."""
    known = desk.packs.rulings.authorities.get(authority)
    return known.title if known else authority


def add_liaison(desk: Desk, case_id: EntityId, text: str) -> EntityId:
    """Note on the case's log what was settled with a scrutineer or another unit. Raises BadInputError when empty."""
    return add_log_entry(desk, case_id, text, topic=LIAISON)


def liaison_log(desk: Desk, case_id: EntityId) -> tuple[tuple[EntityId, LogEntry], ...]:
    """What was settled with others about a case, in the order it was noted."""
    log = standing(desk.case(case_id).file.log)
    return tuple((key, entry) for key, entry in log if entry.topic == LIAISON)


_LIST = """
SELECT ruling.id, ruling.case_id, cases.ref, ruling.kind, ruling.code, ruling.from_class, ruling.to_class,
       ruling.asked_by, ruling.asked_at, ruling.authority, ruling.due_on, ruling.answer
FROM ruling JOIN cases ON cases.id = ruling.case_id
WHERE ruling.kind IS NOT NULL AND (? OR ruling.answer IS NULL)
  AND (? IS NULL OR ruling.kind = ?) AND (? IS NULL OR ruling.authority = ?)
ORDER BY ruling.answer IS NOT NULL, ruling.due_on IS NULL, ruling.due_on, ruling.asked_at, ruling.n
"""


def _application(desk: Desk, asked: Asked) -> Application:
    kind = one_of(asked.kind, list(RulingKind), "kind of ruling")
    rulings = desk.packs.rulings
    found = rulings.application(kind, asked.code)
    if found is None:
        codes = ", ".join(rulings.codes(kind))
        raise BadInputError(f"{clean(asked.code or '')!r} is not a code for {kind}.", f"One of: {codes}.")
    if kind == RulingKind.OUTCOME and asked.code:
        known = desk.packs.outcomes.get(asked.code)
        if known is None or not known.selectable:
            raise BadInputError(
                f"{clean(asked.code)!r} is not an outcome that a force can give.", "Give its code."
            )
    return found


def _authority(
    desk: Desk, application: Application, asked: Asked, file: CaseFile, named: str | None
) -> Authority:
    rulings = desk.packs.rulings
    if named is None:
        return rulings.authority(application, asked.code, file.case.ho_class)
    return rulings.authorities[one_of(named, list(rulings.authorities), "authority")]


def _findings(desk: Desk, file: CaseFile, asked: Asked) -> tuple[Lack, ...]:
    """What the finalisation rules say of the crime as it would be, those about who decides aside."""
    case = file.case
    if asked.kind == RulingKind.CANCELLATION:
        case = replace(case, outcome=None, cancel_code=asked.code, verifiable_information=asked.information)
    elif asked.kind == RulingKind.OUTCOME and asked.code:
        case = replace(case, outcome=asked.code, cancel_code=None)
    else:
        return ()
    before = {
        one.rule for one in judge(desk, replace(file, case=replace(file.case, cancel_code=None))).findings
    }
    verdict = judge(desk, replace(file, case=replace(case, decided_by=None, decided_rank=None)))
    found = []
    for one in verdict.findings:
        rule = desk.checker.rule(one.rule)
        concerns = one.rule not in before if asked.kind == RulingKind.CANCELLATION else True
        if rule and concerns and one.severity is not Severity.INFO and not _OF_THE_DECISION & {*rule.facts}:
            found.append(Lack(f"{one.rule}: {one.message}", needed=one.severity is Severity.BLOCK))
    return tuple(found)


def _asked_fields(desk: Desk, file: CaseFile, asked: Asked, application: Application) -> dict[str, Value]:
    reclassified = asked.kind == RulingKind.RECLASSIFICATION
    return {
        "kind": application.kind.value,
        "code": asked.code,
        "from_class": file.case.ho_class if reclassified else None,
        "to_class": asked.to_class if reclassified else None,
        "reason": clean(asked.reason or "", lines=True) or None,
        "information": clean(asked.information or "", lines=True) or None,
        "evidence_kind": asked.evidence_kind,
        "principal_checked": asked.principal_checked,
        "asked_by": desk.store.actor,
        "asked_at": desk.now,
    }


def _answer_fields(desk: Desk, answer: str, decider: str, rank: str | None, why: str) -> dict[str, Value]:
    return given(
        {"answer": answer, "decider": decider, "decider_rank": rank, "decided_at": desk.now, "why": why}
    )


def _due(desk: Desk, application: Application) -> Moment | None:
    days = application.decide_in_days
    return moment_of_day(local(desk.now).date() + timedelta(days=days)) if days else None


def _ruling(desk: Desk, case_id: EntityId, ruling_id: EntityId) -> Ruling:
    held = dict(read_finalising(desk.store.connection, case_id).rulings)
    if ruling_id not in held:
        raise BadInputError("That question is not one of this case.", "Choose one that is listed.")
    return held[ruling_id]


def _require_rank(desk: Desk, ruling: Ruling, rank: str | None) -> None:
    authority = desk.packs.rulings.authorities.get(ruling.authority or "")
    if authority is not None and rank not in authority.ranks:
        ranks = ", ".join(one for one in RANKS if one in authority.ranks)
        raise BadInputError(
            f"This is for the {authority.title}; the decider's rank is {rank or 'not given'}.",
            f"One of: {ranks}. Your force sets these in its own “rulings” pack.",
        )


def _effect(
    desk: Desk, file: CaseFile, ruling: Ruling, decider: str, rank: str | None, why: str
) -> dict[str, Value]:
    """What an approval gives the record of the crime."""
    if ruling.kind == RulingKind.RECLASSIFICATION:
        return {"ho_class": ruling.to_class}
    said: dict[str, Value] = {"decided_by": decider, "decided_rank": rank}
    if ruling.kind == RulingKind.CANCELLATION:
        said |= as_fields(ruling.code)
        said |= {"outcome_date": moment_of_day(local(desk.now).date()), "rationale": ruling.reason or why}
        if ruling.information:
            said["verifiable_information"] = ruling.information
    elif ruling.kind == RulingKind.OUTCOME and ruling.code:
        said |= as_fields(ruling.code)
    else:
        return {}
    if file.case.stage in (None, Stage.OPEN, Stage.RETURNED):
        said["stage"] = Stage.SUBMITTED.value
    kept = {"outcome", "cancel_code"}
    return {
        name: value for name, value in said.items() if name not in kept or value != getattr(file.case, name)
    }


def _names_the_officer(who: str, file: CaseFile) -> bool:
    """Whether a decider is the OIC: the same name, or one that holds the OIC's collar number as a word."""
    said = folded(who)
    number = folded(file.case.oic_number or "")
    return said == folded(file.case.oic or "") or bool(number and number in said.split())
