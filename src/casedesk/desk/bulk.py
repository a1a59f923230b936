"""One act on many cases: a preview that says what would change and what not and why, then one unit of work.

Each verb makes a :class:`Plan`, which changes nothing; :func:`carry_out` does it, and undo takes it back as one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from casedesk.desk import cover as covers
from casedesk.desk.colleagues import stranger
from casedesk.desk.desk import Desk
from casedesk.model.entities import ABSENCE, ACTION, CASE, CASE_FLAG, Entity, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.model.moments import show_day, show_instant, to_micros
from casedesk.model.text import clean
from casedesk.model.words import FLAG_TITLES, Flag, Stage
from casedesk.reference.rows import hint
from casedesk.store.records import read_cases

STAGES = (Stage.OPEN, Stage.CLINIC, Stage.RETURNED)
"""The stages that many cases may be put in at once. What is submitted or finalised is checked one by one."""
_BATCH = 500
_LONGEST = 2_000
_CASE = (
    "SELECT cases.id, coalesce(cases.ref, '(no reference)'), queue.owner, queue.team, queue.stage, "
    "queue.stage = 'closed' FROM cases JOIN queue ON queue.n = cases.n"
)
_SAME_ACTION = (
    "SELECT case_id, coalesce(owner, '') FROM actions WHERE what = ? AND due_at = ? AND done_at IS NULL "
    "AND cancelled_at IS NULL"
)
_Writes = tuple[Entity, EntityId, dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Change:
    """One case and what would change in it, in words."""

    case_id: EntityId
    ref: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """One case that would stay as it is, and why."""

    case_id: EntityId
    ref: str
    why: str


@dataclass(frozen=True)
class Plan:
    """What a bulk act would do."""

    act: str
    """The act's name in the journal."""
    title: str
    """What it is, in words: ``Assign to 7043``."""
    changes: tuple[Change, ...]
    unchanged: tuple[Unchanged, ...]
    writes: Callable[[Change], Iterable[_Writes]] = field(compare=False, repr=False)
    """What is written for one change."""
    again: Callable[[], "Plan"] = field(compare=False, repr=False)
    """Makes the plan once more, as things stand then."""
    journal: int = field(compare=False)
    """The last operation there was when the plan was made."""
    thing: str = "case"
    """What each change is about."""
    warning: str = field(default="", compare=False)
    """What to look at twice before it is done."""

    def as_lines(self, most: int = 8) -> list[str]:
        """The preview for reading: how many change, from what to what, and how many do not, why."""
        lines = [f"{self.title}: {_counted(len(self.changes), self.thing)}"]
        changes = Counter((change.before, change.after) for change in self.changes)
        told = changes.most_common(most)
        lines += [f"  {count:,} × {before or '–'} → {after or '–'}" for (before, after), count in told]
        if len(changes) > most:
            lines.append(f"  and {sum(changes.values()) - sum(count for _, count in told):,} other changes")
        if self.warning:
            lines.append(f"▲ {self.warning}")
        for why, count in Counter(one.why for one in self.unchanged).most_common():
            lines.append(f"{_counted(count, 'case')} would not change: {why}")
        return lines


@dataclass(frozen=True, slots=True)
class _Case:
    """What a plan needs to know of a case."""

    id: EntityId
    ref: str
    owner: str
    team: str
    stage: str
    closed: bool


def carry_out(desk: Desk, plan: Plan) -> int:
    """Do what a plan says, as one unit of work; returns how many cases changed.

    Raises BadInputError when nothing would change, or when the cases changed since the preview.
    """
    if last_operation(desk) != plan.journal and plan.again() != plan:
        raise BadInputError("These cases changed since the preview: nothing was done.", "Look at it again.")
    if not plan.changes:
        raise BadInputError("Nothing would change.", "Mark other cases, or choose something else.")
    with desk.store.unit_of_work(plan.act) as unit:
        for start in range(0, len(plan.changes), _BATCH):
            some = plan.changes[start : start + _BATCH]
            writes = [(change, list(plan.writes(change))) for change in some]
            for entity in {entity for _, parts in writes for entity, *_ in parts}:
                unit.preload(entity, [own for _, parts in writes for of, own, _ in parts if of is entity])
            for change, parts in writes:
                for entity, own, fields in parts:
                    write = unit.entry if entity.entry else unit.set
                    write(entity, own, change.case_id, fields)
            unit.settle()
    return len(plan.changes)


# -- the verbs --------------------------------------------------------------------------------------------------


def assign(desk: Desk, ids: Sequence[EntityId], owner: str, team: str | None = None) -> Plan:
    """Give cases an owner, and a team where one is named. Raises BadInputError without an owner."""
    who, group = clean(owner), None if team is None else clean(team)
    if not who:
        raise BadInputError("Nobody was named.", "Give the number of whom they go to, or release them.")

    def judge(case: _Case) -> Change | str:
        if case.owner == who and group in (None, case.team):
            return f"owned by {who} already"
        return Change(
            case.id,
            case.ref,
            _whose(case.owner, case.team),
            _whose(who, case.team if group is None else group),
        )

    fields: dict[str, Value] = {"owner": who} if group is None else {"owner": who, "team": group or None}
    to = f"{who}, {group}" if group else who
    return _on_cases(desk, ids, "bulk.assign", f"Assign to {to}", judge, fields, stranger(desk, who))


def release(desk: Desk, ids: Sequence[EntityId]) -> Plan:
    """Take the owner off cases: they are anybody's again, of the team they were."""

    def judge(case: _Case) -> Change | str:
        return Change(case.id, case.ref, case.owner, "") if case.owner else "nobody owns it"

    return _on_cases(desk, ids, "bulk.release", "Take the owner off", judge, {"owner": None})


def set_stage(desk: Desk, ids: Sequence[EntityId], stage: str, note: str = "") -> Plan:
    """Put open cases in another stage of :data:`STAGES`.

    Raises BadInputError for another stage, or where returned work has no note that says what is wanted.
    """
    if stage not in STAGES:
        raise BadInputError(
            f"{clean(stage)!r} is not a stage for many cases at once.", f"One of: {', '.join(STAGES)}."
        )
    said = clean(note)[:_LONGEST]
    if stage == Stage.RETURNED and not said:
        raise BadInputError("Returned for what?", "Say what is to be done.")

    def judge(case: _Case) -> Change | str:
        return f"{stage} already" if case.stage == stage else Change(case.id, case.ref, case.stage, stage)

    fields: dict[str, Value] = {"stage": stage, "stage_note": said or None}
    title = "Send to the clinic" if stage == Stage.CLINIC else f"Put in stage “{stage}”"
    return _on_cases(desk, ids, "bulk.stage", title, judge, fields)


def to_clinic(desk: Desk, ids: Sequence[EntityId], note: str = "") -> Plan:
    """Send open cases to the out-of-court clinic."""
    return set_stage(desk, ids, Stage.CLINIC, note)


def set_action(
    desk: Desk, ids: Sequence[EntityId], what: str, *, due: datetime, owner: str = "", why: str = ""
) -> Plan:
    """Set the same action in each open case: what, by when, for whom (the case's owner where not said), and why.

    Raises BadInputError when the action is empty or due in the past.
    """
    said, who, because = clean(what)[:_LONGEST], clean(owner), clean(why)[:_LONGEST]
    if not said:
        raise BadInputError("The action is empty.", "Say what is to be done.")
    if due <= desk.now:
        raise BadInputError(f"{show_instant(due)} has passed.", "Give a time that is to come.")
    set_already = _open_actions(desk, ids, said, due)

    def judge(case: _Case) -> Change | str:
        for_whom = who or case.owner
        if (case.id, for_whom) in set_already:
            return "the same action is open already"
        by = f"{said}, by {show_instant(due)}"
        return Change(case.id, case.ref, "", f"{by}, {for_whom}" if for_whom else by)

    owners = {case.id: case.owner for case in _read(desk, ids)}

    def writes(change: Change) -> Iterator[_Writes]:
        fields: dict[str, Value] = {"what": said, "due_at": due, "set_at": desk.now}
        if for_whom := who or owners.get(change.case_id):
            fields["owner"] = for_whom
        if because:
            fields["why"] = because
        yield ACTION, new_id(), fields

    title = f"Set the action “{said}”"
    return _plan(
        desk, ids, "bulk.action", title, judge, writes,
        lambda: set_action(desk, ids, what, due=due, owner=owner, why=why), warning=stranger(desk, who),
    )  # fmt: skip


def add_flag(desk: Desk, ids: Sequence[EntityId], word: str, why: str) -> Plan:
    """Put a flag on cases, whatever the extract says, closed ones too.

    Raises BadInputError for an unknown flag, or without a reason.
    """
    if word not in set(Flag):
        raise BadInputError(f"{clean(word)!r} is not a flag.", hint(word, list(Flag)))
    flag, because = Flag(word), clean(why)[:_LONGEST]
    if not because:
        raise BadInputError("A reason is needed.", "Say why, in a few words.")
    flagged = _flagged(desk, ids, flag)

    def judge(case: _Case) -> Change | str:
        return "the flag is up already" if case.id in flagged else Change(case.id, case.ref, "", flag.value)

    def writes(change: Change) -> Iterator[_Writes]:
        mark_id = derived_id("case_flag", change.case_id.hex(), flag.value)
        yield CASE_FLAG, mark_id, {"word": flag.value, "raised": True, "why": because}

    title = f"Raise the flag “{FLAG_TITLES[flag]}”"
    return _plan(
        desk, ids, "bulk.flag", title, judge, writes, lambda: add_flag(desk, ids, word, why), closed_too=True
    )


def cover(
    desk: Desk, ids: Sequence[EntityId], by: str, from_on: date, until_on: date, note: str = ""
) -> Plan:
    """Have a colleague cover for the owners of cases: for each owner one absence, which covers all that they own.

    Raises BadInputError as :func:`casedesk.desk.cover.cover` does, an owner who is covered already aside.
    """
    who = clean(by)
    if not who:
        raise BadInputError("Nobody was named.", "Give the number of the colleague who covers.")
    owned = Counter(case.owner for case in _read(desk, ids))
    refused: dict[str, str] = {}
    fields: dict[str, dict[str, Value]] = {}
    for owner in filter(None, owned):
        if owner == who:
            refused[owner] = f"{who} would cover for themselves"
            continue
        if any(
            held.away == owner and held.from_on <= until_on and from_on <= held.until_on
            for held in covers.absences(desk)
        ):
            refused[owner] = f"{owner} is covered then already"
            continue
        fields[owner] = covers.checked(desk, owner, who, from_on, until_on, note)
    days = show_day(from_on) if from_on == until_on else f"{show_day(from_on)} to {show_day(until_on)}"
    changes = [Change(TEAM, owner, owner, f"{who} covers, {days}") for owner in fields]
    unchanged = [
        Unchanged(case.id, case.ref, refused.get(case.owner, "nobody owns it"))
        for case in _read(desk, ids)
        if case.owner not in fields
    ]

    def writes(change: Change) -> Iterator[_Writes]:
        yield ABSENCE, new_id(), fields[change.ref]

    return Plan(
        "bulk.cover", f"Cover by {who}", tuple(changes), tuple(unchanged), writes,
        lambda: cover(desk, ids, by, from_on, until_on, note), last_operation(desk),
        thing="colleague", warning=stranger(desk, who),
    )  # fmt: skip


# -- inside -----------------------------------------------------------------------------------------------------


def _on_cases(
    desk: Desk,
    ids: Sequence[EntityId],
    act: str,
    title: str,
    judge: Callable[[_Case], Change | str],
    fields: dict[str, Value],
    warning: str = "",
) -> Plan:
    """The plan of an act that gives the same facts to each open case."""

    def writes(change: Change) -> Iterator[_Writes]:
        yield CASE, change.case_id, fields

    return _plan(
        desk, ids, act, title, judge, writes,
        lambda: _on_cases(desk, ids, act, title, judge, fields, warning), warning=warning,
    )  # fmt: skip


def _plan(
    desk: Desk,
    ids: Sequence[EntityId],
    act: str,
    title: str,
    judge: Callable[[_Case], Change | str],
    writes: Callable[[Change], Iterable[_Writes]],
    again: Callable[[], Plan],
    *,
    closed_too: bool = False,
    warning: str = "",
) -> Plan:
    journal = last_operation(desk)
    changes: list[Change] = []
    unchanged: list[Unchanged] = []
    for case in _read(desk, ids):
        said = "closed" if case.closed and not closed_too else judge(case)
        if isinstance(said, Change):
            changes.append(said)
        else:
            unchanged.append(Unchanged(case.id, case.ref, said))
    return Plan(act, title, tuple(changes), tuple(unchanged), writes, again, journal, warning=warning)


def _read(desk: Desk, ids: Sequence[EntityId]) -> list[_Case]:
    """These cases in the order given, each once; those that are gone are left out."""
    found = {}
    for some in _batches(ids):
        sql = f"{_CASE} WHERE cases.id IN ({_marks(some)})"
        for case_id, *said in desk.store.connection.execute(sql, some):
            found[EntityId(case_id)] = _Case(EntityId(case_id), *said)
    return [found[case_id] for case_id in dict.fromkeys(ids) if case_id in found]


def _open_actions(desk: Desk, ids: Sequence[EntityId], what: str, due: datetime) -> set[tuple[EntityId, str]]:
    """Which of these cases have this action, still open, and for whom."""
    found = set()
    for some in _batches(ids):
        sql = f"{_SAME_ACTION} AND case_id IN ({_marks(some)})"
        for case_id, owner in desk.store.connection.execute(sql, (what, to_micros(due), *some)):
            found.add((EntityId(case_id), owner))
    return found


def _flagged(desk: Desk, ids: Sequence[EntityId], flag: Flag) -> set[EntityId]:
    """Which of these cases have the flag up."""
    return {
        bundle.file.id
        for start in range(0, len(ids), _BATCH)
        for bundle in read_cases(desk.store.connection, ids[start : start + _BATCH], ("flag_marks",))
        if flag in (bundle.file.case.flags or ())
    }


def _batches(ids: Sequence[EntityId]) -> Iterator[list[bytearray]]:
    for start in range(0, len(ids), _BATCH):
        yield [bytearray(case_id) for case_id in ids[start : start + _BATCH]]  # bound quicker than bytes


def _marks(some: Sequence[bytearray]) -> str:
    return ", ".join("?" * len(some))


def last_operation(desk: Desk) -> int:
    """The number of the last operation there is: whether anything was written since is told by it."""
    (last,) = desk.store.connection.execute("SELECT coalesce(max(n), 0) FROM op").fetchone()
    return int(last)


def _whose(owner: str, team: str) -> str:
    return f"{owner or 'nobody'} ({team})" if team else owner


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
