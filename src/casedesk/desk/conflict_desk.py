"""What desks said differently at once: every value kept, with who said it and why, until somebody decides.

A decision is an operation like any other: everybody sees it, with its reason, and may contest it. Contesting puts
another value beside it, so that the field is in dispute again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casedesk.desk.desk import Desk
from casedesk.desk.field_words import called, said_at, text_of, titled
from casedesk.desk.history import act_title, said_by
from casedesk.desk.record import check_decidable, decide
from casedesk.desk.restricted import settle_restriction
from casedesk.desk.team import desk_name
from casedesk.desk.typed import one_of, required_text
from casedesk.model.entities import ENTITIES, RESTRICTION, Entity, Field, Kind, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.text import MAX_TEXT, clean
from casedesk.model.typed_moments import parse_typed, parse_typed_moment
from casedesk.model.words import (
    AppointmentState,
    Channel,
    CustodyState,
    Intake,
    MemberState,
    ResolutionState,
    Stage,
    Support,
    SuspectStatus,
    VictimKind,
)
from casedesk.store.disputed import is_safer_shown
from casedesk.store.history import operation, value_in
from casedesk.store.operations import Dot, Operation, parse_operation
from casedesk.store.records import read_heads, read_rows

RESOLVE, CONTEST = "resolve", "resolve.contest"
"""The acts that decide a dispute, and that raise it again."""
MOST = 500
"""So many disputes are shown at once: the first decided make room for the next."""
_WORDS: dict[tuple[str, str], type[StrEnum]] = {
    ("case", "stage"): Stage,
    ("case", "intake"): Intake,
    ("suspect", "status"): SuspectStatus,
    ("victim", "kind"): VictimKind,
    ("victim", "support"): Support,
    ("custody", "state"): CustodyState,
    ("appointment", "state"): AppointmentState,
    ("appointment", "invited_by"): Channel,
    ("resolution", "state"): ResolutionState,
    ("member", "state"): MemberState,
}
"""The fields that take no other words than these."""
_IN_THE_LOG = "(in the case's log)"
_NOT_TYPED = frozenset({"member", "restriction", "case_flag"})
"""Of these only what somebody said can be taken: what is typed in could be a key, or a name of nobody."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values in dispute, and who gave it."""

    dot: Dot
    value: Value
    text: str
    """The value for reading; empty where it was cleared."""
    who: str
    desk: str
    """The desk it was said at: a member's name, or ``this desk``."""
    at: datetime
    act: str
    why: str
    """The reason given with it; mostly empty."""
    is_mine: bool
    """Whether it was said at this desk."""
    is_shown: bool
    """Whether it is what everybody sees until it is decided."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field on which desks disagree."""

    case_id: EntityId
    ref: str
    """The occurrence; empty for what belongs to no case, such as a member."""
    owner: str
    entity: Entity
    entity_id: EntityId
    field: Field
    what: str
    """``Case``, ``Suspect Kyle Jarrett`` …"""
    sides: tuple[Side, ...]
    """Earliest first."""
    is_safer: bool
    """Whether the value shown is the safer one, not the later."""

    @property
    def title(self) -> str:
        """What is in dispute, in words."""
        return titled(self.entity, self.what, self.field)

    @property
    def can_join(self) -> bool:
        """Whether both can stand as one text, or one list."""
        return self.field.kind is Kind.LIST or (
            self.field.kind is Kind.TEXT and not self.words and self.entity.name not in _NOT_TYPED
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The only words that the field takes; empty where it takes others."""
        return tuple(_WORDS.get((self.entity.name, self.field.name), ()))

    @property
    def can_type(self) -> bool:
        """Whether a value may be given that nobody said yet."""
        return self.entity.name not in _NOT_TYPED and self.field.kind not in (Kind.REFERENCE, Kind.LIST)


def count(desk: Desk) -> int:
    """How many fields are in dispute."""
    (number,) = desk.store.connection.execute("SELECT count(*) FROM conflict").fetchone()
    return int(number)


def conflicts(desk: Desk, case_id: EntityId | None = None, limit: int = MOST) -> list[Conflict]:
    """The fields in dispute, of one case or of all: one's own cases first, then by reference."""
    where, values = ("WHERE conflict.case_id = ?", (case_id,)) if case_id else ("", ())
    rows = desk.store.connection.execute(
        "SELECT conflict.entity, conflict.entity_id, conflict.field, conflict.case_id, cases.ref, cases.owner "  # noqa: S608
        f"FROM conflict LEFT JOIN cases ON cases.id = conflict.case_id {where} "
        "ORDER BY coalesce(cases.owner, '') <> ?, cases.ref IS NULL, cases.ref, conflict.entity, conflict.field, "
        "conflict.entity_id LIMIT ?",
        (*values, desk.store.actor, limit),
    ).fetchall()
    found = (_conflict(desk, *row) for row in rows)
    return [one for one in found if one is not None]


def conflict(desk: Desk, case_id: EntityId, which: str) -> Conflict:
    """The dispute of this number in :func:`conflicts` of a case, or of this field's name or title.

    Raises NotFoundError when there is none, BadInputError when there are several.
    """
    all_ = conflicts(desk, case_id)
    wanted = which.strip().casefold()
    if wanted.isdecimal() and 0 < int(wanted) <= len(all_):
        return all_[int(wanted) - 1]
    found = [
        one for one in all_ if wanted in (one.field.name, one.field.title.casefold(), one.title.casefold())
    ]
    if len(found) > 1:
        raise BadInputError(f"“{clean(which)}” is in dispute {len(found)} times here.", "Give its number.")
    if not found:
        raise NotFoundError(f"“{clean(which)[:60]}” is not in dispute.", "See “casedesk conflict list”.")
    return found[0]


def _conflict(
    desk: Desk,
    entity_name: str,
    entity_id: EntityId,
    name: str,
    case_id: EntityId,
    ref: str | None,
    owner: str | None,
) -> Conflict | None:
    entity = ENTITIES[entity_name]
    field = entity.by_name[name]
    column = read_rows(desk.store.connection, entity, [entity_id])[entity_id].columns[name]
    stands = None if column is None else field.from_column(column)
    sides = tuple(_sides(desk, entity, entity_id, field, stands))
    if len(sides) < 2:
        return None
    return Conflict(
        EntityId(case_id), "" if case_id == TEAM else ref or "(no reference)", owner or "", entity,
        EntityId(entity_id), field, called(desk, entity, entity_id), sides, is_safer_shown(entity.name, name),
    )  # fmt: skip


def _sides(desk: Desk, entity: Entity, entity_id: EntityId, field: Field, stands: object) -> Iterator[Side]:
    """What is said of a field by desks; what an extract says beside them does not speak."""
    ids = desk.store.registry.device_ids
    ops = []
    for _, heads in read_heads(desk.store.connection, entity, [entity_id]):
        for device, seq, mask, as_at in heads:
            op = operation(desk.store.connection, (ids[device], seq)) if mask >> field.bit & 1 else None
            if op is not None and not as_at:
                ops.append(op)
    for op in sorted(ops, key=lambda one: (one.hlc, one.device)):
        value = value_in(op, entity, field.name)
        yield Side(
            op.dot, value, text_of(desk, field, value), said_by(desk, op), desk_name(desk, op.device), said_at(op),
            act_title(op.act), _why(op),
            op.device == desk.store.identity.device, value == stands,
        )  # fmt: skip


def _why(op: Operation) -> str:
    """The reason given with an operation. That of a restriction goes only to those who may read the case."""
    return (
        _IN_THE_LOG
        if op.entity == RESTRICTION.name
        else clean(str(op.body().get("reason") or ""), lines=True)
    )


# -- deciding ------------------------------------------------------------------------------------------------


def take(desk: Desk, conflict: Conflict, side: Side, why: str) -> None:
    """Decide for one of the values. Raises BadInputError without a reason, or when it is no longer in dispute."""
    decide(desk, conflict.case_id, conflict.entity, conflict.entity_id, conflict.field.name, side.value, why)


def take_both(desk: Desk, conflict: Conflict, why: str) -> str:
    """Let all the values stand, as one text or list; what they are now. Raises BadInputError as :func:`take` does."""
    value = joined(conflict)
    decide(desk, conflict.case_id, conflict.entity, conflict.entity_id, conflict.field.name, value, why)
    return text_of(desk, conflict.field, value)


def take_new(desk: Desk, conflict: Conflict, typed: str, why: str) -> str:
    """Decide for a value that is typed in; what it is now. Raises BadInputError where it is not one of the field's."""
    value = typed_value(desk, conflict, typed)
    decide(desk, conflict.case_id, conflict.entity, conflict.entity_id, conflict.field.name, value, why)
    return text_of(desk, conflict.field, value)


def joined(conflict: Conflict) -> Value:
    """All the values as one: texts under each other, or side by side where they are short; lists as one list.

    A text that another one holds is left out. Raises BadInputError for a field that has room for one value only.
    """
    if not conflict.can_join:
        raise BadInputError(f"{conflict.field.title} has room for one value.", "Take one, or give a new one.")
    if conflict.field.kind is Kind.LIST:
        lists = [side.value for side in conflict.sides if isinstance(side.value, tuple)]
        return tuple(dict.fromkeys(word for one in lists for word in one))
    texts = list(dict.fromkeys(str(side.value) for side in conflict.sides if side.value))
    kept = [one for one in texts if not any(one in other for other in texts if other != one)]
    is_long = any("\n" in one or len(one) > 60 for one in kept)
    made = ("\n\n" if is_long else "; ").join(kept)
    if len(made) > MAX_TEXT:
        raise BadInputError(f"Together they have {len(made):,} characters.", "Give a new, shorter text.")
    return made


def typed_value(desk: Desk, conflict: Conflict, typed: str) -> Value:
    """A value for a disputed field, as it was typed. Raises BadInputError where it is none."""
    field = conflict.field
    if not conflict.can_type:
        raise BadInputError(f"{field.title} takes no typed value.", "Take one of those in dispute.")
    if conflict.words:
        return one_of(clean(typed), conflict.words, field.title.lower())
    said = required_text(typed, field.title)
    match field.kind:
        case Kind.FLAG:
            return one_of(said.casefold(), ("yes", "no"), "answer") == "yes"
        case Kind.INT:
            if not said.isdecimal() or len(said) > 15:
                raise BadInputError(f"“{said[:40]}” is not a whole number.", "Write digits only.")
            return int(said)
        case Kind.INSTANT:
            return parse_typed(said, desk.now, holidays=desk.packs.bank_holidays.days)
        case Kind.MOMENT:
            return parse_typed_moment(said, desk.now, holidays=desk.packs.bank_holidays.days)
        case _:
            return said


# -- what was decided ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """A dispute that somebody decided, as everybody sees it."""

    dot: Dot
    case_id: EntityId
    ref: str
    entity: Entity
    entity_id: EntityId
    field: Field
    what: str
    value: str
    instead_of: tuple[tuple[str, str], ...]
    """The values that it replaced, with who had said them."""
    why: str
    who: str
    desk: str
    at: datetime
    stands: bool
    """Whether nothing replaced it since."""
    is_contested: bool
    """Whether another value was put beside it, and nobody decided yet."""

    @property
    def title(self) -> str:
        """What was in dispute, in words."""
        return titled(self.entity, self.what, self.field)


def decisions(desk: Desk, case_id: EntityId | None = None, limit: int = 100) -> list[Decided]:
    """The disputes that were decided, of one case or of all, latest first."""
    db = desk.store.connection
    if case_id is None:
        rows = db.execute(
            "SELECT op.header, op.sig, op.payload FROM unit JOIN op ON op.device = unit.device "
            "AND op.seq BETWEEN unit.first_seq AND unit.last_seq WHERE unit.act = ? ORDER BY unit.hlc DESC LIMIT ?",
            (RESOLVE, limit),
        )
    else:
        rows = db.execute(
            "SELECT header, sig, payload FROM op WHERE case_id = ? AND unit IN (SELECT id FROM unit WHERE act = ?) "
            "ORDER BY hlc DESC LIMIT ?",
            (case_id, RESOLVE, limit),
        )
    ops = [parse_operation(*row) for row in rows]
    return [one for op in ops if op.payload and _can_be_decided(op) for one in _decided(desk, op)]


def _can_be_decided(op: Operation) -> bool:
    """Whether an operation is about what can be in dispute: not the log entry that says why."""
    entity = ENTITIES.get(op.entity)
    return entity is not None and not entity.entry


def _decided(desk: Desk, op: Operation) -> Iterator[Decided]:
    entity = ENTITIES[op.entity]
    heads = dict(read_heads(desk.store.connection, entity, [op.entity_id])).get(op.entity_id, [])
    ids = desk.store.registry.device_ids
    row = desk.store.connection.execute("SELECT ref FROM cases WHERE id = ?", (op.case_id,)).fetchone()
    for name in op.body().get("fields", {}):
        field = entity.by_name.get(name)
        if field is None:
            continue
        dots = [(ids[device], seq) for device, seq, mask, _ in heads if mask >> field.bit & 1]
        disputed = desk.store.connection.execute(
            "SELECT 1 FROM conflict WHERE entity = ? AND entity_id = ? AND field = ?",
            (entity.name, op.entity_id, name),
        ).fetchone()
        before = [found for dot in op.over.get(name, ()) if (found := operation(desk.store.connection, dot))]
        if entity is RESTRICTION and {value_in(one, entity, name) for one in before} == {
            value_in(op, entity, name)
        }:
            continue  # a restriction says all that it says each time: this was not decided
        yield Decided(
            op.dot, op.case_id, (row[0] if row else "") or "", entity, op.entity_id, field,
            called(desk, entity, op.entity_id), text_of(desk, field, value_in(op, entity, name)),
            tuple((text_of(desk, field, value_in(one, entity, name)), one.actor) for one in before),
            _why(op), said_by(desk, op), desk_name(desk, op.device), said_at(op),
            op.dot in dots, op.dot in dots and disputed is not None,
        )  # fmt: skip


def contest(desk: Desk, decided: Decided, typed: str, why: str) -> None:
    """Put another value beside a decision, with a reason: the field is in dispute again, for everybody.

    ``typed`` is a value that the decision replaced, as it is shown, or one typed anew. Raises BadInputError without
    a reason, when the decision no longer stands, or for the very value that was decided.
    """
    if not decided.stands:
        raise BadInputError("That decision was replaced since.", "Look at the field as it is now.")
    value = _replaced_value(desk, decided, typed)
    if text_of(desk, decided.field, value) == decided.value:
        raise BadInputError("That is what was decided.", "Give the value that you hold to be right.")
    reason = required_text(why, "The reason")
    check_decidable(decided.entity, decided.field.name)
    if decided.entity is RESTRICTION:
        settle_restriction(desk, decided.case_id, CONTEST, decided.field.name, value, reason, beside=True)
        return
    with desk.store.unit_of_work(CONTEST, reason) as unit:
        unit.set_beside(decided.entity, decided.entity_id, decided.case_id, {decided.field.name: value})


def _replaced_value(desk: Desk, decided: Decided, typed: str) -> Value:
    """The value meant: one of those that the decision replaced, or a new one."""
    made = operation(desk.store.connection, decided.dot)
    for dot in made.over.get(decided.field.name, ()) if made else ():
        earlier = operation(desk.store.connection, dot)
        if earlier is not None:
            value: Value = value_in(earlier, decided.entity, decided.field.name)
            if text_of(desk, decided.field, value).casefold() == clean(typed, lines=True).casefold():
                return value
    nobody = Conflict(
        decided.case_id,
        decided.ref,
        "",
        decided.entity,
        decided.entity_id,
        decided.field,
        decided.what,
        (),
        False,
    )
    return typed_value(desk, nobody, typed)


def in_words(side: Side) -> str:
    """Who said it, when, at which desk: ``7042, 3 Nov 2026 14:10, at Bob``."""
    return f"{side.who}, {show_instant(side.at)}, {'here' if side.is_mine else f'at {side.desk}'}"
