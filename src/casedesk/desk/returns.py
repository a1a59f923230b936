"""Returning crimes for rework: why, to whom, by when; each round counted, the second one put to the supervisor."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casedesk.desk.approved_facts import digest
from casedesk.desk.bulk import Change, Plan, Unchanged, carry_out, last_operation
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import Writes, judge
from casedesk.desk.finalised_code import code_of
from casedesk.desk.review_state import (
    ReviewState,
    is_overdue,
    last_return,
    standing_holds,
    standing_returns,
    state_of,
)
from casedesk.desk.typed import given, required_text
from casedesk.model.entities import CASE, HOLD, RETURN, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.finalising import Finalising, Return
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import (
    Moment,
    earliest_day,
    local,
    moment_of_day,
    show_day,
    show_instant,
    show_moment,
)
from casedesk.model.text import clean, clip
from casedesk.model.words import Severity, Stage
from casedesk.reference.rows import hint
from casedesk.rules.finalisation import Verdict
from casedesk.store.finalised import read_finalising, read_finalisings
from casedesk.store.records import read_cases

_BATCH = 500
_LONGEST_NOTE = 2_000
_SATURDAY = 5
NOBODY = "(no officer in charge)"
"""Stands for whom a crime goes back to where the record names nobody."""


@dataclass(frozen=True, slots=True)
class Group:
    """Crimes that would be returned for the same reasons."""

    reasons: tuple[str, ...]
    ids: tuple[EntityId, ...]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A crime that was returned, and where it is."""

    case_id: EntityId
    reference: str
    to: str
    number: int
    """The round."""
    due_on: Moment | None
    state: ReviewState
    """``returned``, or ``resubmitted`` where it was worked on since."""
    overdue: bool
    escalated_to: str


def return_case(
    desk: Desk,
    ids: Sequence[EntityId],
    reasons: Sequence[str],
    *,
    text: str = "",
    due_on: Moment | None = None,
    to: str | None = None,
    escalate: bool = True,
) -> int:
    """Return one or several crimes for the same reasons, as one unit of work; returns how many.

    Raises BadInputError as :func:`plan_returns` does, and where none of them can be returned.
    """
    wanted = {case_id: tuple(reasons) for case_id in ids}
    plan = plan_returns(desk, wanted, text=text, due_on=due_on, to=to, escalate=escalate)
    if not plan.changes:
        why = "; ".join(dict.fromkeys(f"{one.ref}: {one.why}" for one in plan.unchanged[:5]))
        raise BadInputError(
            f"Nothing was returned{f': {why}' if why else ''}.",
            "Choose crimes that are not finalised; of one that is out say what is new.",
        )
    return carry_out(desk, plan)


def plan_returns(
    desk: Desk,
    wanted: Mapping[EntityId, Sequence[str]],
    *,
    text: str = "",
    due_on: Moment | None = None,
    to: str | None = None,
    escalate: bool = True,
) -> Plan:
    """Return many crimes at once, each with reasons of its own: ids of the pack ``returns``, or of rules.

    They go to ``to``, or each to its officer in charge; wanted back in the pack's number of days where no day is
    given. With ``escalate`` a crime returned as often as the pack says goes to its supervisor as well. What is new
    about a crime that is out for rework is added to its round; where nothing is new it stays as it is. Raises
    BadInputError for an unknown reason, for none, or a day that has passed.
    """
    for reasons in wanted.values():
        _check_reasons(desk, reasons)
    due = due_on or default_due(desk)
    if earliest_day(due) < local(desk.now).date():
        raise BadInputError(f"{show_moment(due)} has passed.", "Give a day that is to come.")
    said = required_text(text, "The message") if text else None
    plan = _Making(desk, wanted, said, due, due_on is not None, clean(to) if to else None, escalate)
    return plan.made(lambda: plan_returns(desk, wanted, text=text, due_on=due_on, to=to, escalate=escalate))


def default_due(desk: Desk) -> Moment:
    """The day on which a crime returned now is wanted back, if nobody says otherwise.

    Where that is a weekend or a bank holiday, the next working day.
    """
    day = local(desk.now).date() + timedelta(days=desk.packs.returns.due_in_days)
    while day.weekday() >= _SATURDAY or day in desk.packs.bank_holidays.days:
        day += timedelta(days=1)
    return moment_of_day(day)


def proposed_reasons(desk: Desk, verdict: Verdict) -> tuple[str, ...]:
    """The reasons that the findings of a check propose, the most serious first."""
    return desk.packs.returns.proposed(
        one.rule for one in verdict.findings if one.severity is not Severity.INFO
    )


def proposed_escalation(desk: Desk, file: CaseFile, left: Finalising) -> str | None:
    """The supervisor to whom the next return of a crime should go as well; None where it need not, or none is known."""
    number = len(standing_returns(left)) + 1
    return file.case.supervisor if number >= desk.packs.returns.escalate_from else None


def open_return(file: CaseFile, left: Finalising) -> tuple[EntityId, Return] | None:
    """The return on which a crime is out for rework; None where it is not out, or has come back."""
    last = last_return(left)
    out = last is not None and file.case.stage == Stage.RETURNED and last[1].facts == digest(file)
    return last if out else None


def reason_title(desk: Desk, reason: str) -> str:
    """A reason in words: that of the pack, or the rule's title."""
    known = desk.packs.returns.reasons.get(reason)
    if known:
        return known.title
    rule = desk.checker.rule(reason)
    return rule.title if rule else reason


def rounds(desk: Desk, left: Finalising) -> list[str]:
    """The returns of a crime in words, the first round first."""
    return [
        ", ".join(
            part
            for part in (
                f"{one.number or number}. returned {show_instant(one.at) if one.at else ''} to {one.to or NOBODY}",
                f"wanted back by {show_moment(one.due_on)}" if one.due_on else "",
                f"escalated to {one.escalated_to}" if one.escalated_to else "",
            )
            if part
        )
        + f": {', '.join(reason_title(desk, reason) for reason in one.reasons or ())}"
        for number, (_, one) in enumerate(standing_returns(left), start=1)
    ]


def outstanding(desk: Desk) -> list[Outstanding]:
    """Every crime that was returned and is not finalised since: those that came back first, then by the day due."""
    ids = [
        EntityId(case_id)
        for (case_id,) in desk.store.connection.execute('SELECT DISTINCT case_id FROM "return"')
    ]
    today = local(desk.now).date()
    found = []
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        left = read_finalisings(desk.store.connection, some)
        for bundle in read_cases(desk.store.connection, some):
            file, parts = bundle.file, left[bundle.file.id]
            state = state_of(file, parts)
            if state not in (ReviewState.RETURNED, ReviewState.RESUBMITTED):
                continue
            last = standing_returns(parts)[-1][1]
            found.append(
                Outstanding(
                    file.id, file.case.ref or "(no reference)", last.to or NOBODY, last.number or 1, last.due_on,
                    state, is_overdue(file, parts, today), last.escalated_to or "",
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.state is ReviewState.RETURNED, one.due_on or "", one.reference))


def groups(desk: Desk, ids: Sequence[EntityId]) -> list[Group]:
    """These crimes by the reasons that their findings propose, the largest group first; those without are left out."""
    found: dict[tuple[str, ...], list[EntityId]] = {}
    for start in range(0, len(ids), _BATCH):
        for bundle in read_cases(desk.store.connection, ids[start : start + _BATCH]):
            reasons = proposed_reasons(desk, judge(desk, bundle.file))
            if reasons:
                found.setdefault(reasons, []).append(bundle.file.id)
    made = [Group(reasons, tuple(held)) for reasons, held in found.items()]
    return sorted(made, key=lambda group: (-len(group.ids), group.reasons))


def hold(desk: Desk, case_id: EntityId, why: str, until: Moment | None = None) -> EntityId:
    """Hold a crime in the review, with the reason; returns the entry. Raises BadInputError without a reason."""
    file = desk.case(case_id).file
    if file.case.stage == Stage.FINALISED:
        raise BadInputError(f"{file.case.ref or 'The crime'} is finalised.", "Reopen it first.")
    if until and earliest_day(until) < local(desk.now).date():
        raise BadInputError(f"{show_moment(until)} has passed.", "Give a day that is to come, or none.")
    entry_id = new_id()
    said: dict[str, Value] = {"why": required_text(why, "The reason"), "until": until, "at": desk.now}
    with desk.store.unit_of_work("hold") as unit:
        unit.entry(HOLD, entry_id, case_id, given(said))
    return entry_id


def release_hold(desk: Desk, case_id: EntityId) -> None:
    """Let a held crime go on. Raises BadInputError where it is not held."""
    holds = standing_holds(read_finalising(desk.store.connection, case_id))
    if not holds:
        raise BadInputError("That crime is not held.", "Nothing to release.")
    with desk.store.unit_of_work("hold.release") as unit:
        for entry_id, _ in holds:
            unit.entry(HOLD, new_id(), case_id, {"at": desk.now, "about": entry_id, "withdrawn": True})


@dataclass(frozen=True)
class _Making:
    """A return being prepared for many crimes."""

    desk: Desk
    wanted: Mapping[EntityId, Sequence[str]]
    text: str | None
    due: Moment
    due_is_given: bool
    to: str | None
    escalate: bool

    def made(self, again: Callable[[], Plan]) -> Plan:
        """The plan."""
        journal = last_operation(self.desk)
        writes: dict[EntityId, tuple[Writes, ...]] = {}
        changes: list[Change] = []
        unchanged: list[Unchanged] = []
        ids = list(self.wanted)
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            left = read_finalisings(self.desk.store.connection, some)
            files = {one.file.id: one.file for one in read_cases(self.desk.store.connection, some)}
            for case_id in some:
                if (file := files.get(case_id)) is None:
                    continue
                ref = file.case.ref or "(no reference)"
                if file.case.stage == Stage.FINALISED:
                    unchanged.append(Unchanged(case_id, ref, "finalised: reopen it first"))
                    continue
                open_round = open_return(file, left[case_id])
                if open_round is not None and not self._is_new(file, open_round[1]):
                    since = f" since {show_instant(open_round[1].at)}" if open_round[1].at else ""
                    unchanged.append(Unchanged(case_id, ref, f"out for rework{since}, for just that"))
                    continue
                said = (
                    self._entry(file, left[case_id]) if open_round is None else self._added(file, *open_round)
                )
                writes[case_id] = self._writes(file, said)
                changes.append(Change(case_id, ref, file.case.stage or "open", self._after(said)))

        def writes_of(change: Change) -> Iterable[Writes]:
            return writes[change.case_id]

        return Plan(
            "return", "Return for rework", tuple(changes), tuple(unchanged), writes_of, again, journal,
            thing="crime",
        )  # fmt: skip

    def _entry(self, file: CaseFile, left: Finalising) -> dict[str, Any]:
        return {
            "reasons": tuple(self.wanted[file.id]),
            "text": self.text,
            "to": self.to or file.case.oic or file.case.oic_number,
            "due_on": self.due,
            "number": len(standing_returns(left)) + 1,
            "escalated_to": proposed_escalation(self.desk, file, left) if self.escalate else None,
            "outcome": code_of(file.case),
            "facts": digest(file),
            "at": self.desk.now,
        }

    def _is_new(self, file: CaseFile, out: Return) -> bool:
        """Whether there is anything to add to the round that a crime is out on."""
        return (
            bool(self.text and self.text not in (out.text or ""))
            or not set(self.wanted[file.id]) <= set(out.reasons or ())
            or (self.due_is_given and self.due != out.due_on)
            or self.to not in (None, out.to)
        )

    def _added(self, file: CaseFile, out_id: EntityId, out: Return) -> dict[str, Any]:
        """The round that a crime is out on, with what is new; it takes the place of the entry before it."""
        texts = dict.fromkeys(text for text in (out.text, self.text) if text)
        keeps_day = (
            not self.due_is_given and out.due_on and earliest_day(out.due_on) >= local(self.desk.now).date()
        )
        return {
            "reasons": tuple(dict.fromkeys((*(out.reasons or ()), *self.wanted[file.id]))),
            "text": "\n".join(texts) or None,
            "to": self.to or out.to,
            "due_on": out.due_on if keeps_day else self.due,
            "number": out.number or 1,
            "escalated_to": out.escalated_to,
            "outcome": code_of(file.case),
            "facts": out.facts,
            "at": self.desk.now,
            "about": out_id,
        }

    def _writes(self, file: CaseFile, said: dict[str, Any]) -> tuple[Writes, ...]:
        note = "; ".join(reason_title(self.desk, reason) for reason in said["reasons"])
        return (
            (CASE, file.id, {"stage": Stage.RETURNED.value, "stage_note": clip(note, _LONGEST_NOTE)}),
            (RETURN, new_id(), given(said)),
        )

    def _after(self, said: dict[str, Any]) -> str:
        titles = ", ".join(reason_title(self.desk, reason) for reason in said["reasons"])
        parts = [f"returned to {said['to'] or NOBODY} by {show_day(earliest_day(said['due_on']))}: {titles}"]
        if "about" in said:
            parts.append(f"added to round {said['number']}, which is out")
        elif said["number"] != 1:
            parts.append(f"round {said['number']}")
        if said["escalated_to"]:
            parts.append(f"escalated to {said['escalated_to']}")
        return ", ".join(parts)


def _check_reasons(desk: Desk, reasons: Sequence[str]) -> None:
    if not reasons:
        raise BadInputError("Returned for what?", "Give at least one reason.")
    known = desk.packs.returns.reasons
    for reason in reasons:
        if reason not in known and desk.checker.rule(reason) is None:
            raise BadInputError(
                f"{clean(reason)!r} is no reason for a return.",
                hint(reason, known) or "“casedesk return --reasons” lists them.",
            )
