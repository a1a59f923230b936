"""The note for the next shift, made of what is recorded: where it stands, its clocks, what was done, what is next."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from casedesk.desk.action_plan import Planned, State, plan
from casedesk.desk.case_asks import ACCOUNT_TITLES, DECISION_TITLES, event_title, told_apart
from casedesk.desk.custody import clock_lines, scene_of
from casedesk.desk.desk import Desk
from casedesk.desk.duties import duties_of
from casedesk.desk.handover import loan
from casedesk.desk.people import safe_contact_warning
from casedesk.desk.suspects import state_title, status_title
from casedesk.model.dossier import Dossier
from casedesk.model.facts import CaseFile, standing
from casedesk.model.ids import EntityId
from casedesk.model.words import Account, CustodyState, DecisionKind
from casedesk.rules.duties import Duty
from casedesk.rules.duties import State as DutyState
from casedesk.rules.priority import factors
from casedesk.rules.reasons.factor import when
from casedesk.store.records import read_dossier

SHIFT = timedelta(hours=12)
"""How far back “this shift” goes where nothing else is said."""
_MOST = 12
_ANY_TIME = datetime.min.replace(tzinfo=UTC)


def handover_note(desk: Desk, case_id: EntityId, since: datetime | None = None) -> str:
    """The note as plain text. ``since`` is when the shift began: twelve hours ago where it is not given.

    Nothing in it is made up: what is not recorded is not there. Raises NotFoundError.
    """
    file = desk.case(case_id).file
    dossier = read_dossier(desk.store.connection, case_id)
    duties = duties_of(desk, case_id)
    start = since or desk.now - SHIFT
    parts = (
        (_head(file, desk.now), ()),
        ("WHERE IT STANDS", _stands(desk, file, dossier)),
        ("CLOCKS", _clocks(desk, file)),
        (f"DONE SINCE {when(start)}", _done(file, dossier, start)),
        ("NEXT", _next(desk, file, duties)),
        ("BEFORE ANYBODY IS CONTACTED", safe_contact_warning(file).splitlines()),
    )
    texts = []
    for title, lines in parts:
        said = list(lines)
        if said or title.startswith(("DONE", "NEXT")):
            texts.append("\n".join([title, *(f"- {line}" for line in said or ["Nothing recorded."])]))
        elif not texts:
            texts.append(title)
    return "\n\n".join(texts) + "\n"


def _head(file: CaseFile, now: datetime) -> str:
    return (
        f"{file.case.ref or '(no reference)'}  {file.case.offence_title or 'offence not recorded'}\n"
        f"Handover note, {when(now)}"
    )


def _stands(desk: Desk, file: CaseFile, dossier: Dossier) -> Iterator[str]:
    case = file.case
    why = factors(file, desk.now, desk.packs)
    if why:
        yield why[0].sentence
    if case.stage:
        yield f"Stage: {case.stage}{f' ({case.stage_note})' if case.stage_note else ''}"
    lent = loan(dossier)
    until = f", lent by {lent.giver} until {when(lent.until)}" if lent and lent.until else ""
    yield f"Owner: {case.owner or 'nobody'}{until}"
    oic = ", ".join(part for part in (case.oic, case.oic_number, case.oic_contact) if part)
    yield f"OIC: {oic or 'not recorded'}"
    for own, _ in file.suspects:
        said = [part for part in (status_title(file, own), _account(dossier, own)) if part]
        yield f"Suspect {told_apart(file, own)}: {', '.join(said) or 'nothing recorded'}"
    for own, victim in file.victims:
        support = {"yes": "supports", "no": "does not support"}.get(victim.support or "", "support not known")
        preferred = f"; contact: {victim.contact_preference}" if victim.contact_preference else ""
        yield f"Victim {told_apart(file, own)}: {support}{preferred}"


def _account(dossier: Dossier, suspect: EntityId) -> str:
    told = [one for _, one in standing(dossier.interviews) if one.suspect == suspect and one.account]
    return ", ".join(dict.fromkeys(ACCOUNT_TITLES[Account(one.account)].lower() for one in told))


def _clocks(desk: Desk, file: CaseFile) -> Iterator[str]:
    told: set[EntityId] = set()
    for own, custody in file.custody:
        who = told_apart(file, custody.suspect) if custody.suspect else custody.number or "the person held"
        for line in clock_lines(scene_of(desk, file.id, own)):
            told.add(own)
            yield f"{who} ({state_title(custody.state or CustodyState.DETAINED)}): {line}"
    limits = [one for one in factors(file, desk.now, desk.packs) if one.legal and one.due and not one.key]
    for limit in limits[:_MOST]:
        if limit.subject not in told:
            yield limit.sentence


def _done(file: CaseFile, dossier: Dossier, start: datetime) -> list[str]:
    told: list[tuple[datetime, str]] = []
    for _, entry in standing(file.log):
        if entry.at and entry.at >= start and entry.topic != "import":
            told.append((entry.at, entry.text or ""))
    for _, contact in standing(file.contacts):
        if contact.at and contact.at >= start:
            whom = told_apart(file, contact.witness or contact.victim)
            told.append(
                (contact.at, f"{'Reached' if contact.made else 'Tried'} {whom}: {contact.text or ''}")
            )
    for _, action in file.actions:
        if action.done_at and action.done_at >= start:
            told.append((action.done_at, f"Done: {action.what}: {action.result or ''}"))
    for _, event in standing(file.events):
        if event.at and start <= event.at:
            told.append((event.at, event_title(event.kind or "event")))
    for _, one in standing(dossier.interviews):
        if one.at and one.at >= start:
            account = ACCOUNT_TITLES[Account(one.account)].lower() if one.account else "account not recorded"
            told.append((one.at, f"Interviewed {told_apart(file, one.suspect)}: {account}"))
    for _, made in standing(dossier.decisions):
        if made.at and made.at >= start:
            title = DECISION_TITLES[DecisionKind(made.kind)] if made.kind else "Decision"
            told.append((made.at, f"Decided: {title}: {made.result or ''} ({made.by or 'nobody named'})"))
    return [f"{when(at)}  {' '.join(text.split())}" for at, text in sorted(told)]


def _next(desk: Desk, file: CaseFile, duties: tuple[Duty, ...]) -> Iterator[str]:
    """Duties and actions together: what is late, then what has a time, then the rest."""
    todo = [*(_owed(duty) for duty in duties if duty.is_open and not duty.window)]
    todo += [_to_do(one) for one in plan(file, desk.now)]
    todo.sort(key=lambda one: one[:2])
    for _, _, said in todo[:_MOST]:
        yield said
    if len(todo) > _MOST:
        yield f"and {len(todo) - _MOST} more"


def _owed(duty: Duty) -> tuple[int, datetime, str]:
    late = duty.state in (DutyState.OVERDUE, DutyState.MISSING_DATE)
    whom = f" ({duty.name})" if duty.name else ""
    by = f", {'LATE, ' if late else ''}by {when(duty.due)}" if duty.due else ", now" if late else ""
    return 0 if late else 1 if duty.due else 2, duty.due or _ANY_TIME, f"{duty.say}{whom}{by}"


def _to_do(one: Planned) -> tuple[int, datetime, str]:
    action, late = one.action, one.state is State.OVERDUE
    by = f", {'LATE, ' if late else ''}due {when(action.due_at)}" if action.due_at else ""
    waits = " (waits for another action)" if one.blocked_by else ""
    rank = 0 if late else 3 if one.blocked_by else 1 if action.due_at else 2
    return rank, action.due_at or _ANY_TIME, f"{action.what}: {action.owner or 'nobody'}{by}{waits}"
