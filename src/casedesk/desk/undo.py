"""Taking back what was done: any act as one group, by a new act. Nothing is erased; both stay in the record.

An act can be taken back while what it said is still what stands. Once somebody has built on it, it cannot, and
the answer says who and when.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice, takewhile
from typing import Any

from casedesk.desk.assessment_acts import ASSESSMENT_ACTS
from casedesk.desk.custody_verbs import CUSTODY_ACTS
from casedesk.desk.desk import Desk
from casedesk.desk.documents import DOCUMENT_ACTS
from casedesk.desk.exhibits import EXHIBIT_ACTS
from casedesk.desk.letter_acts import PAPERWORK_ACTS
from casedesk.model.entities import ENTITIES, Entity
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import from_micros, show_instant
from casedesk.model.text import clip
from casedesk.store import hlc
from casedesk.store.history import (
    REDO,
    UNDO,
    Act,
    acts_about,
    desk_of,
    find_act,
    operation,
    operations_of,
    recent_acts,
    value_in,
)
from casedesk.store.operations import Dot, Operation, OpKind
from casedesk.store.records import read_case, read_heads

ACT_TITLES = {
    "import": "taking in an extract",
    "log.add": "a log entry",
    "contact.add": "a victim contact",
    "demo": "making the demo",
    "dispose": "a disposal",
    "team.enrol": "adding a member",
    "team.roles": "a member's roles",
    "team.remove": "removing a member",
    "team.lost": "reporting a laptop lost",
    "case.restrict": "restricting a case",
    "case.unrestrict": "lifting a restriction",
    "identity.adopt": "adopting what a copied store wrote",
    "identity.former": "telling the name that this desk had",
    "flag.raise": "raising a flag",
    "flag.lower": "taking a flag off",
    "resolve": "deciding a dispute",
    "resolve.contest": "contesting a decision",
    "media.add": "registering a medium",
    "media.hand": "handing a medium on",
    "media.end": "the end of a medium",
    "retention.keep": "a retention review",
    "bulk.assign": "assigning cases",
    "bulk.release": "taking the owner off cases",
    "bulk.stage": "putting cases in a stage",
    "bulk.action": "setting an action",
    "bulk.flag": "raising a flag on cases",
    "bulk.cover": "cover for colleagues",
    "cover.add": "cover for a colleague",
    "cover.end": "handing cover back",
    "case.add": "adding a case",
    "thor.grade": "a THOR grading",
    "arrest.add": "adding an arrest",
    "event.add": "an event",
    "statement.first": "the day of the first statement",
    "event.withdraw": "taking an event back",
    "action.add": "setting an action",
    "action.template": "setting actions from a template",
    "action.chase": "chasing an action",
    "action.done": "an action done",
    "action.late": "why an action is late",
    "action.cancel": "cancelling an action",
    "action.reopen": "opening an action again",
    "feedback.add": "feedback to an officer",
    "person.add": "adding a person",
    "victim.amend": "changing a victim's record",
    "victim.withdraw": "a withdrawal of support",
    "witness.amend": "changing a witness's record",
    "statement.taken": "a statement taken",
    "referral.add": "a referral",
    "referral.result": "the result of a referral",
    "interview.add": "an interview",
    "suspect.vulnerability": "what is known of a vulnerability",
    "disposal.add": "an earlier disposal",
    "remand.ground": "a ground for remand",
    "decision.add": "a decision",
    "charging.ask": "what was answered on who charges",
    "points.add": "points to prove",
    "point.set": "a point to prove",
    "handover.give": "giving cases",
    "handover.lend": "lending cases",
    "handover.take-back": "taking cases back",
    "finalise": "finalising a crime",
    "finalise.many": "finalising crimes",
    "finalise.settle": "settling two approvals",
    "worklist.keyed": "marking crimes as keyed",
    "audit.add": "an audit",
    "reopen": "reopening a crime",
    "return": "returning crimes",
    "hold": "holding a crime",
    "hold.release": "releasing a held crime",
    "ruling.ask": "asking for a ruling",
    "ruling.decide": "a ruling",
    "clinic.open": "opening a clinic",
    "clinic.amend": "changing a clinic",
    "clinic.take-over": "taking a clinic over",
    "clinic.hand-back": "handing a clinic back",
    "clinic.close": "cancelling a clinic",
    "clinic.book": "booking an appointment",
    "clinic.invite": "an invitation",
    "clinic.confirm": "confirming an appointment",
    "clinic.attended": "an appointment attended",
    "clinic.missed": "an appointment missed",
    "clinic.move": "moving an appointment",
    "clinic.cancel": "cancelling an appointment",
    "clinic.arrange": "what is arranged for an appointment",
    "clinic.prepare": "preparing an appointment",
    **ASSESSMENT_ACTS,
    "clinic.evidence": "part of an evidential review",
    "clinic.evidence.complete": "an evidential review",
    "clinic.gravity": "a gravity score",
    "clinic.choose": "choosing a disposal",
    "clinic.condition": "a condition",
    "clinic.condition.change": "changing a condition",
    "clinic.condition.out": "taking a condition out",
    "clinic.condition.kept": "a condition completed",
    "clinic.condition.failed": "a condition not complied with",
    "clinic.condition.vary": "varying a condition",
    "clinic.rationale": "a rationale",
    "clinic.check": "quality checks",
    "clinic.propose": "proposing a resolution",
    "clinic.authorise": "authorising a resolution",
    "clinic.refuse": "not authorising a resolution",
    "clinic.offer": "offering a resolution",
    "clinic.accept": "accepting a resolution",
    "clinic.decline": "declining a resolution",
    "clinic.complete": "completing a resolution",
    "clinic.fail": "ending a resolution",
    "clinic.withdraw": "withdrawing a resolution",
    "case.offence-day": "recording the day of the offence",
    "clinic.keep": "saying which resolution stands",
    **CUSTODY_ACTS,
    **DOCUMENT_ACTS,
    **EXHIBIT_ACTS,
    **PAPERWORK_ACTS,
    UNDO: "undo",
    REDO: "redo",
}
"""How acts are called on screen; the others are named as they are."""
_FINAL = {
    "team.enrol": "Remove the member, and say why.",
    "team.roles": "Say anew what the member may do.",
    "team.remove": "Enrol them again with their card.",
    "team.lost": "If it was found: restore it, and enrol its new card.",
    "case.restrict": "Lift the restriction, and say why.",
    "case.unrestrict": "Restrict the case again, and say why.",
    "identity.former": "It stays known as the author of what it wrote.",
}
"""Acts that colleagues rely on as soon as they hear of them, and what to do in place of an undo."""
_NOT_BY_HAND = (UNDO, REDO, "demo", *_FINAL)
_CHUNK = 500
_FIRST_LOOK = 200
_NEVER_SAID = 1
"""The age of a fact that no extract had stated yet, in milliseconds since 1970: any extract is later."""


@dataclass
class _Restored:
    """One field to be put back: what stood before the act, and the act's own last word on it."""

    op: Operation
    before: tuple[Dot, ...]
    last: Dot


@dataclass
class _Plan:
    """What taking an act back would write."""

    fields: dict[tuple[str, EntityId], dict[str, _Restored]] = field(default_factory=dict)
    entries: list[Operation] = field(default_factory=list)


def title_of(act: Act) -> str:
    """An act in words: ``a log entry, 21 Nov 2026 19:40``."""
    return f"{ACT_TITLES.get(act.name, act.name.replace('.', ' '))}, {show_instant(act.at)}"


def described(desk: Desk, act: Act) -> str:
    """An act in words that tell it from others: its title, the occurrence or the file it was about, and how much."""
    first = next(operations_of(desk.store.connection, act), None)
    body = first.body() if first is not None else {}
    parts = [title_of(act)]
    reference = read_case(desk.store.connection, first.case_id) if first is not None else None
    if act.operations == 1 and reference is not None and reference.file.case.ref:
        parts.append(reference.file.case.ref)
    if body.get("reason"):
        parts.append(clip(str(body["reason"]), 60))
    said = body.get("fields", {})
    text = said.get("text") or said.get("what")
    if text:
        parts.append(f"“{clip(str(text), 40)}”")
    if act.operations > 1:
        parts.append(f"{act.operations:,} changes")
    return ", ".join(parts)


def next_undo(desk: Desk) -> Act | None:
    """The act done, or done again, last here that still stands; None when there is none."""
    done = (_done_again(desk, act) if act.name == REDO else act for act in _own_acts(desk))
    return next((act for act in done if act and act.name not in _NOT_BY_HAND and _stands(desk, act)), None)


def next_redo(desk: Desk) -> Act | None:
    """The latest undo done here that still stands; None when there is none."""
    return next((act for act in _own_acts(desk) if act.name == UNDO and _stands(desk, act)), None)


def undo(desk: Desk, act: Act | None = None) -> Act:
    """Take an act back (the latest when none is given); returns it.

    Raises BadInputError when there is nothing to undo, or when it was built on since: by whom and when.
    """
    chosen = act or next_undo(desk)
    if chosen is None:
        raise BadInputError(
            "There is nothing to undo.", "Only what was done on this installation can be undone here."
        )
    _take_back(desk, chosen, UNDO)
    return chosen


def redo(desk: Desk) -> Act:
    """Take the latest undo back; returns the act that stands again.

    Raises BadInputError as :func:`undo` does, and when something else was done since: it was decided in the knowledge
    that the act did not stand.
    """
    undone = next_redo(desk)
    if undone is None:
        raise BadInputError("There is nothing to redo.", "")
    between = _done_since(desk, undone)
    if between is not None:
        _plan(desk, undone)  # what stands in its place says more
        raise BadInputError(
            f"Something else was done since that was undone: {title_of(between)}.", "Do it anew by hand."
        )
    _take_back(desk, undone, REDO)
    return find_act(desk.store.connection, undone.about) or undone


def why_not(desk: Desk, act: Act) -> str | None:
    """Why an act can no longer be undone; None when it can."""
    try:
        _plan(desk, act)
    except BadInputError as error:
        return error.message
    return None


def latest(desk: Desk, limit: int = 20) -> list[tuple[Act, str | None]]:
    """The latest acts done here, latest first, each with the reason why it can no longer be undone, if any."""
    acts = (act for act in _own_acts(desk) if act.name not in _NOT_BY_HAND)
    return [(act, why_not(desk, act)) for act in islice(acts, limit)]


def _done_again(desk: Desk, redone: Act) -> Act | None:
    """The act that a redo did again."""
    undone = find_act(desk.store.connection, redone.about)
    return find_act(desk.store.connection, undone.about) if undone else None


def _done_since(desk: Desk, undone: Act) -> Act | None:
    """The latest act done here after an undo that stands; undoing and redoing themselves do not count."""
    later = takewhile(lambda act: act.id != undone.id, _own_acts(desk))
    return next((act for act in later if act.name not in (UNDO, REDO) and _stands(desk, act)), None)


def _own_acts(desk: Desk) -> Iterator[Act]:
    """The acts done here, latest first, read in ever larger lots: the one looked for is mostly near."""
    seen, limit = 0, _FIRST_LOOK
    while True:
        acts = recent_acts(desk.store.connection, limit, desk.store.device)
        yield from acts[seen:]
        if len(acts) < limit:
            return
        seen, limit = len(acts), limit * 4


def _stands(desk: Desk, act: Act) -> bool:
    return not any(_stands(desk, later) for later in acts_about(desk.store.connection, act.id))


def _plan(desk: Desk, act: Act) -> _Plan:
    if not _stands(desk, act):
        raise BadInputError(f"This was undone already: {title_of(act)}.", "")
    elsewhere = desk_of(desk.store.connection, act.device)
    if elsewhere:
        raise BadInputError(
            f"This was done at {elsewhere}: {title_of(act)}.", "Ask them to undo it, or change it by hand."
        )
    if act.name in _FINAL:
        raise BadInputError(f"This is not undone: {title_of(act)}.", _FINAL[act.name])
    plan = _Plan()
    for op in operations_of(desk.store.connection, act):
        if op.payload is None:
            raise BadInputError(f"Part of this was disposed of: {title_of(act)}.", "It cannot be undone.")
        if op.kind == OpKind.ENTRY:
            plan.entries.append(op)
        elif op.kind in (OpKind.SET, OpKind.EXTRACT):
            _plan_fields(plan, op)
        else:
            raise BadInputError(f"This cannot be undone: {title_of(act)}.", "It is final.")
    _check_fields(desk, plan)
    _check_entries(desk, plan)
    return plan


def _plan_fields(plan: _Plan, op: Operation) -> None:
    restored = plan.fields.setdefault((op.entity, op.entity_id), {})
    for name in op.body().get("fields", {}):
        if name in restored:
            restored[name].last = op.dot
        else:
            restored[name] = _Restored(op, op.over.get(name, ()), op.dot)


def _check_fields(desk: Desk, plan: _Plan) -> None:
    """Refuse when a field no longer rests on the act alone."""
    by_entity: dict[str, list[EntityId]] = {}
    for name, entity_id in plan.fields:
        by_entity.setdefault(name, []).append(entity_id)
    ids = desk.store.registry.device_ids
    for name, entity_ids in by_entity.items():
        entity = ENTITIES[name]
        for entity_id, heads in read_heads(desk.store.connection, entity, entity_ids):
            for field_name, restored in plan.fields[name, entity_id].items():
                bit = entity.bits[field_name]
                dots = [(ids[device], seq) for device, seq, mask, _ in heads if mask & bit]
                if dots != [restored.last] and not _same_origin(desk, restored, dots, field_name):
                    others = [dot for dot in dots if dot != restored.last]
                    raise _changed_since(desk, entity, field_name, others)
                if len(restored.before) > 1:
                    raise BadInputError(
                        f"It settled two different values of {entity.by_name[field_name].title}.",
                        "Make a new decision instead.",
                    )


def _same_origin(desk: Desk, restored: _Restored, dots: list[Dot], name: str) -> bool:
    """Whether a field shows again what the act said of it, because what came after was itself undone."""
    return len(dots) == 1 and _origin(desk, dots[0], name) == _origin(desk, restored.last, name)


def _origin(desk: Desk, dot: Dot, name: str) -> Dot | None:
    """The operation whose value a head shows: where an undo or redo put a value back, the one that first said it."""
    while True:
        op = operation(desk.store.connection, dot)
        if op is None or not op.about:
            return dot
        before, met = _before_act(desk, op, name)
        if not met:
            return dot
        if not before:
            return None
        dot = before[0]


def _before_act(desk: Desk, putting_back: Operation, name: str) -> tuple[tuple[Dot, ...], bool]:
    """What a field showed before the act that an operation took back, and whether that act is in its history.

    Between the two may stand acts that were themselves undone: each of them showed the same again in the end.
    """
    before: tuple[Dot, ...] = putting_back.over.get(name, ())
    met = False
    while before:
        earlier = operation(desk.store.connection, before[0])
        own = earlier is not None and earlier.unit == putting_back.about
        if earlier is None or (met and not own):
            break
        met = met or own
        before = earlier.over.get(name, ())
    return before, met


def _changed_since(desk: Desk, entity: Entity, field_name: str, dots: list[Dot]) -> BadInputError:
    title = entity.by_name[field_name].title
    later = [found for dot in dots if (found := operation(desk.store.connection, dot))]
    if not later:
        return BadInputError(f"{title} has changed since.", "Change it by hand.")
    last = max(later, key=lambda one: one.hlc)
    at = show_instant(datetime.fromtimestamp(last.wall_ms / 1000, UTC))
    where = desk_of(desk.store.connection, desk.store.registry.device(last.device))
    who = f"{last.actor} at {where}" if where else last.actor
    return BadInputError(f"{title} was changed since by {who}, {at}.", "Change it by hand.")


def _check_entries(desk: Desk, plan: _Plan) -> None:
    """Refuse when something that stands points at an entry of the act."""
    pointing: dict[tuple[str, EntityId], dict[EntityId, list[_Pointer]]] = {}
    for op in plan.entries:
        known = pointing.get((op.entity, op.case_id))
        if known is None:
            known = pointing[op.entity, op.case_id] = _pointers(desk, op.entity, op.case_id)
        later = [one for one in known.get(op.entity_id, ()) if _points_still(one, known)]
        if later:
            last = max(later, key=lambda one: one.hlc)
            raise BadInputError(
                f"The entry was corrected or withdrawn since by {last.actor}, {show_instant(hlc.instant(last.hlc))}.",
                "Add a correction.",
            )


@dataclass(frozen=True, slots=True)
class _Pointer:
    """An entry that corrects or withdraws another."""

    id: EntityId
    actor: str
    hlc: int


def _pointers(desk: Desk, table: str, case_id: EntityId) -> dict[EntityId, list[_Pointer]]:
    found: dict[EntityId, list[_Pointer]] = {}
    for entry_id, about, actor, reading in desk.store.connection.execute(
        f"SELECT id, about, actor, hlc FROM {table} WHERE case_id = ? AND about IS NOT NULL",  # noqa: S608 - an entity of ours
        (case_id,),
    ):
        found.setdefault(EntityId(about), []).append(_Pointer(EntityId(entry_id), actor, reading))
    return found


def _points_still(
    pointer: _Pointer, known: dict[EntityId, list[_Pointer]], above: frozenset[EntityId] = frozenset()
) -> bool:
    """Whether nothing that stands points at it in turn."""
    above |= {pointer.id}  # a ring, which no desk writes, must end
    return not any(
        _points_still(later, known, above) for later in known.get(pointer.id, ()) if later.id not in above
    )


def _take_back(desk: Desk, act: Act, name: str) -> None:
    plan = _plan(desk, act)
    with desk.store.unit_of_work(name, about=act.id) as unit:
        for number, ((entity_name, entity_id), restored) in enumerate(plan.fields.items(), 1):
            entity = ENTITIES[entity_name]
            case_id = next(iter(restored.values())).op.case_id
            for as_at, fields in _before(desk, entity, restored).items():
                if as_at:
                    unit.put_back(entity, entity_id, case_id, fields, from_micros(as_at * 1000))
                else:
                    unit.set(entity, entity_id, case_id, fields)
            if number % _CHUNK == 0:
                unit.settle()
        for op in plan.entries:
            entity = ENTITIES[op.entity]
            unit.entry(
                entity, new_id(), op.case_id, {"at": unit.now, "about": op.entity_id, "withdrawn": True}
            )


def _before(desk: Desk, entity: Entity, restored: dict[str, _Restored]) -> dict[int, dict[str, Any]]:
    """What stood before the act, by the age of the extracts that said it (0: desk work).

    A value goes back as what it was, so that a later extract, or work at the desk, meets it as if nothing had been.
    """
    groups: dict[int, dict[str, Any]] = {}
    for name, one in restored.items():
        earlier = operation(desk.store.connection, one.before[0]) if one.before else None
        if earlier is not None:
            groups.setdefault(earlier.as_at, {})[name] = value_in(earlier, entity, name)
        else:
            age = _NEVER_SAID if entity.by_name[name].extract_owned else 0
            groups.setdefault(age, {})[name] = None
    return groups
