"""The action plan: what is to be done in a case, by whom and by when; chased, done, late, cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casedesk.desk.action_plan import Planned, is_open, plan
from casedesk.desk.case_asks import line, optional_text
from casedesk.desk.desk import Desk
from casedesk.desk.typed import existing, given, not_future, one_of, required_text
from casedesk.model.entities import ACTION, LOG_ENTRY, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Action, CaseFile
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import local, show_instant
from casedesk.model.text import clean, clip, folded
from casedesk.reference.actions import DESK, OIC, Item, Template
from casedesk.reference.actions import match as matching
from casedesk.reference.clocks import Unit as Length
from casedesk.reference.rows import hint
from casedesk.rules.counting import days_from, elapsed_hours, end_of_day, working_days
from casedesk.rules.reasons.factor import when

_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Chased:
    """What a chase did."""

    times: int
    due: datetime
    """When it is due now, and so when it is chased next."""
    tell: str
    """What is to be done besides: tell the supervisor. Empty while nothing is."""


def due_after(desk: Desk, amount: int, unit: Length, since: datetime | None = None) -> datetime:
    """When so many hours, days or working days from an instant end: days at the end of the last."""
    start = since or desk.now
    if unit is Length.HOURS:
        return elapsed_hours(start, amount)
    today = local(start).date()
    if unit is Length.DAYS:
        return end_of_day(days_from(today, amount))
    return end_of_day(working_days(today, amount, desk.packs.bank_holidays.days))


def owner_named(desk: Desk, file: CaseFile, owner: str) -> str:
    """Who an owner of a template is in this case: the officer in the case, whoever has the case, or a team's name."""
    case, actions = file.case, desk.packs.actions
    if folded(owner) == OIC:
        return case.oic or case.oic_number or "OIC"
    if folded(owner) == DESK:
        return case.owner or desk.store.actor
    return actions.owner_title(owner)


def add(
    desk: Desk,
    case_id: EntityId,
    what: str,
    *,
    why: str = "",
    owner: str = "",
    due: datetime | None = None,
    after: EntityId | None = None,
    evidence: str = "",
    category: str = "",
    request: str = "",
    reference: str = "",
) -> EntityId:
    """Set an action. Without an owner it is whose the case is; ``oic`` and ``desk`` stand for these two.

    With ``request``, an enabling team, it is theirs, and due when they usually take unless ``due`` says otherwise.
    Raises BadInputError when it is empty, due in the past, or depends on an action that is not in the case.
    """
    file = desk.case(case_id).file
    team = _team(desk, request)
    if due is None and team:
        due = due_after(desk, *desk.packs.actions.teams[team].due)
    _must_lie_ahead(desk, due)
    whose = line(owner, "The owner") or (team or DESK)
    action_id = new_id()
    fields: dict[str, Value] = {
        "what": _what(what),
        "why": optional_text(why, "Why it matters"),
        "owner": owner_named(desk, file, whose),
        "due_at": due,
        "set_at": desk.now,
        "after": existing(after, [own for own, one in file.actions if one.what], "action"),
        "evidence": optional_text(evidence, "The evidence"),
        "category": one_of(category, list(desk.packs.actions.categories), "category") if category else None,
        "request": team or None,
        "reference": line(reference, "Their reference"),
    }
    with desk.store.unit_of_work("action.add") as unit:
        unit.set(ACTION, action_id, case_id, given(fields))
    return action_id


def request_lines(desk: Desk, file: CaseFile, action: Action) -> list[str]:
    """What a request to an enabling team must say, with what the record knows of it: to copy out.

    Raises BadInputError for an action that is no request.
    """
    team = desk.packs.actions.teams.get(action.request or "")
    if team is None:
        raise BadInputError("That action is no request to a team.", "Choose one that is.")
    case = file.case
    oic = ", ".join(part for part in (case.oic, case.oic_number, case.oic_contact) if part)
    head = [
        f"Request to {team.title}",
        f"Occurrence {case.ref or 'without a number'}; {case.offence_title or 'offence not recorded'}",
        f"OIC {oic or 'not recorded'}",
        f"Wanted: {action.what}",
    ]
    if action.due_at:
        head.append(f"By: {show_instant(action.due_at)}")
    return [*head, "It must say:", *(f"- {need}" for need in team.needs)]


def templates_for(desk: Desk, file: CaseFile) -> list[Template]:
    """The templates of the pack: those that fit the case first, then all the others."""
    known = desk.packs.actions.templates
    fitting = matching(known.values(), file.case)
    return [*fitting, *(one for one in known.values() if one not in fitting)]


def from_template(
    desk: Desk, case_id: EntityId, template: str, items: Sequence[str] | None = None
) -> list[EntityId]:
    """Set the actions of a template, or the chosen ones, as one act; returns the new ones in the template's order.

    Those that the case has from it already are left out, except cancelled ones. Due times count from now. What
    depends on an action that was not chosen depends on nothing, unless the case has it already. Raises
    BadInputError for an unknown template or item, when nothing is chosen, or when nothing is left.
    """
    file = desk.case(case_id).file
    known = desk.packs.actions.templates
    if template not in known:
        raise BadInputError(f"There is no template {clean(template)!r}.", hint(template, known))
    chosen = _chosen(known[template], items)
    held = {
        one.template: own for own, one in file.actions if one.template and one.what and not one.cancelled_at
    }
    fresh = [item for item in chosen if _key(template, item) not in held]
    if not fresh:
        raise BadInputError(
            "The case has all of these actions already.", "Choose others, or another template."
        )
    ids = {item.id: new_id() for item in fresh}
    with desk.store.unit_of_work("action.template") as unit:
        for item in fresh:
            after = ids.get(item.after) or held.get(f"{template}/{item.after}")
            team = item.owner if item.owner in desk.packs.actions.teams else None
            fields: dict[str, Value] = {
                "what": item.what,
                "why": item.why,
                "owner": owner_named(desk, file, item.owner),
                "due_at": due_after(desk, *item.due),
                "set_at": desk.now,
                "after": after,
                "evidence": item.evidence or None,
                "template": _key(template, item),
                "category": item.category,
                "request": team,
            }
            unit.set(ACTION, ids[item.id], case_id, given(fields))
    return list(ids.values())


def chase(
    desk: Desk, case_id: EntityId, action_id: EntityId, *, text: str = "", next_due: datetime | None = None
) -> Chased:
    """Chase an action: the log says so, and it is due again by the default of the pack or as given.

    A due time later than the default stays. Raises BadInputError for an action that is done or cancelled, or a next
    time in the past.
    """
    file, action = _open(desk, case_id, action_id)
    actions = desk.packs.actions
    _must_lie_ahead(desk, next_due)
    usual = due_after(desk, actions.chase_working_days, Length.WORKING_DAYS)
    due = next_due or max(usual, action.due_at or usual)
    times = (action.chases or 0) + 1
    note = optional_text(text, "What was said")
    said = f"Chased {action.owner or 'the owner'} ({_ordinal(times)}): {clip(action.what or 'action', 200)}."
    entry: dict[str, Value] = {"at": desk.now, "topic": "chase", "text": f"{said} {note}" if note else said}
    with desk.store.unit_of_work("action.chase") as unit:
        unit.set(ACTION, action_id, case_id, {"chased_at": desk.now, "chases": times, "due_at": due})
        unit.entry(LOG_ENTRY, new_id(), file.id, entry)
    return Chased(times, due, actions.after_chase(times))


def done(
    desk: Desk,
    case_id: EntityId,
    action_id: EntityId,
    result: str,
    *,
    evidence: str = "",
    at: datetime | None = None,
    by: str = "",
) -> list[Planned]:
    """Complete an action with its result; returns the actions that could not be done before it and now can.

    Raises BadInputError without a result, for an action that is done or cancelled, or a time in the future.
    """
    _open(desk, case_id, action_id)
    fields: dict[str, Value] = {
        "done_at": not_future(desk, at),
        "result": required_text(result, "The result"),
        "evidence": optional_text(evidence, "The evidence"),
        "done_by": line(by, "By whom") or desk.store.actor,
    }
    with desk.store.unit_of_work("action.done") as unit:
        unit.set(ACTION, action_id, case_id, given(fields))
    file = desk.case(case_id).file
    return [one for one in plan(file, desk.now) if one.action.after == action_id]


def late(desk: Desk, case_id: EntityId, action_id: EntityId, reason: str, note: str = "") -> None:
    """Say why an action is late: a reason of the pack by its id, or in words; a note adds to it.

    Raises BadInputError without a reason, or for an action that is done or cancelled.
    """
    _open(desk, case_id, action_id)
    known = desk.packs.actions.late_reasons
    why = required_text(known.get(reason, reason), "The reason")
    more = optional_text(note, "The note")
    with desk.store.unit_of_work("action.late") as unit:
        unit.set(ACTION, action_id, case_id, {"late_why": f"{why}: {more}" if more else why})


def cancel(desk: Desk, case_id: EntityId, action_id: EntityId, why: str) -> None:
    """Cancel an action with a reason; it stays in sight. Raises BadInputError without one, or when it is not open."""
    _open(desk, case_id, action_id)
    reason = required_text(why, "The reason")
    with desk.store.unit_of_work("action.cancel") as unit:
        unit.set(ACTION, action_id, case_id, {"cancelled_at": desk.now, "cancelled_why": reason})


def reopen(
    desk: Desk, case_id: EntityId, action_id: EntityId, why: str, *, due: datetime | None = None
) -> None:
    """Open an action again that was done or cancelled, with a reason; the log keeps what its result was.

    Raises BadInputError without a reason, when it is open, or due in the past.
    """
    action = _of(desk.case(case_id).file, action_id)
    if is_open(action):
        raise BadInputError("That action is open.", "Nothing to do.")
    reason = required_text(why, "The reason")
    _must_lie_ahead(desk, due)
    fields: dict[str, Value] = {
        name: None
        for name in ("done_at", "result", "done_by", "cancelled_at", "cancelled_why")
        if getattr(action, name) is not None
    }
    if due is not None:
        fields["due_at"] = due
    before = action.result or action.cancelled_why or ""
    ended = "done" if action.done_at else "cancelled"
    text = f"Opened again: {clip(action.what or 'action', 200)}. {reason}" + (
        f" (It was {ended}: {clip(before, _LINE)})" if before else ""
    )
    with desk.store.unit_of_work("action.reopen", clip(reason, _LINE)) as unit:
        unit.set(ACTION, action_id, case_id, fields)
        unit.entry(LOG_ENTRY, new_id(), case_id, {"at": desk.now, "topic": "note", "text": text})


# -- inside -----------------------------------------------------------------------------------------------------


def _chosen(template: Template, items: Sequence[str] | None) -> list[Item]:
    if items is None:
        return list(template.items)
    known = [item.id for item in template.items]
    for item_id in items:
        if item_id not in known:
            raise BadInputError(f"“{template.title}” has no action {clean(item_id)!r}.", hint(item_id, known))
    if not items:
        raise BadInputError("None of the template's actions was chosen.", "Choose at least one.")
    return [item for item in template.items if item.id in items]


def _key(template: str, item: Item) -> str:
    return f"{template}/{item.id}"


def _team(desk: Desk, request: str) -> str:
    return one_of(request, list(desk.packs.actions.teams), "team") if request else ""


def _what(what: str) -> str:
    said = required_text(what, "The action")
    if len(said) > _LINE:
        raise BadInputError(
            f"The action has {len(said):,} characters; the most is {_LINE:,}.",
            "Say it in a sentence; the rest belongs in the log.",
        )
    return said


def _must_lie_ahead(desk: Desk, due: datetime | None) -> None:
    if due is not None and due <= desk.now:
        raise BadInputError(f"{show_instant(due)} has passed.", "Give a time that is to come.")


def _of(file: CaseFile, action_id: EntityId) -> Action:
    existing(action_id, [own for own, one in file.actions if one.what], "action")
    return dict(file.actions)[action_id]


def _open(desk: Desk, case_id: EntityId, action_id: EntityId) -> tuple[CaseFile, Action]:
    """The case and an action of it that is still to be done."""
    file = desk.case(case_id).file
    action = _of(file, action_id)
    if action.done_at:
        raise BadInputError(f"That action was done {when(action.done_at)}.", "Open it again first.")
    if action.cancelled_at:
        raise BadInputError(f"That action was cancelled {when(action.cancelled_at)}.", "Open it again first.")
    return file, action


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if 10 <= number % 100 <= 20 else endings.get(number % 10, "th")
    return f"{number}{ending} time"
