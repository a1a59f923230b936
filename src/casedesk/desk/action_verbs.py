"""The verbs of the actions tab: setting, chasing, completing; requests to teams; support and feedback to officers."""

from collections.abc import Sequence

from casedesk.desk import actions
from casedesk.desk.action_plan import Planned, State, plan
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import NO, YES, Choices, id_of, text_of
from casedesk.desk.feedback import give_feedback
from casedesk.desk.record import add_log_entry
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Action
from casedesk.model.ids import EntityId
from casedesk.model.text import clip
from casedesk.reference.actions import DESK, OIC
from casedesk.rules.reasons.factor import when

_TITLE = 60
_PRAISE, _LEARNING = "praise", "learning"


def _planned(at: At, *, closed: bool = False) -> list[Planned]:
    return plan(at.file, at.desk.now, closed=closed)


def _listed(planned: Sequence[Planned]) -> Choices:
    return tuple((one.id.hex(), clip(one.action.what or "action", _TITLE)) for one in planned)


def _which(at: At, *, ended: bool = False) -> list[Ask]:
    """Asks for the action, unless the cursor is on one that will do."""
    fits = [one for one in _planned(at, closed=True) if one.is_open is not ended]
    if any(one.id == at.subject for one in fits):
        return []
    return [Ask("action", "Action", Kind.CHOICE, required=True, choices=_listed(fits), initial=_only(fits))]


def _only(planned: Sequence[Planned]) -> str:
    return planned[0].id.hex() if len(planned) == 1 else ""


def _chosen(at: At, values: Values) -> EntityId:
    """The action meant: the one that was chosen, or the one under the cursor."""
    chosen = id_of(values, "action")
    if chosen is not None:
        return chosen
    if at.subject is None:
        raise BadInputError("Which action?", "Choose one.")
    return at.subject


def _has_open(at: At) -> str | None:
    return None if _planned(at) else "No action is open in this case."


def _has_ended(at: At) -> str | None:
    if any(not one.is_open for one in _planned(at, closed=True)):
        return None
    return "No action of this case is done or cancelled."


def _owners(at: At) -> str:
    return f"{OIC} for the OIC, {DESK} for whose the case is, or a name"


# -- setting ----------------------------------------------------------------------------------------------------


def _add_asks(at: At) -> list[Ask]:
    open_ = _planned(at)
    after = [Ask("after", "Depends on", Kind.CHOICE, choices=_listed(open_))] if open_ else []
    return [
        Ask("what", "Action", Kind.TEXT, required=True),
        Ask("due", "Due", Kind.FUTURE, required=True, initial="+5wd 17:00"),
        Ask("owner", "Owner", Kind.TEXT, hint=_owners(at), initial=OIC),
        Ask("why", "Why it matters", Kind.TEXT),
        Ask("evidence", "Evidence from it", Kind.TEXT),
        *after,
        Ask("category", "Category", Kind.CHOICE, choices=tuple(at.desk.packs.actions.categories.items())),
    ]


def _add(at: At, values: Values) -> str:
    own = actions.add(
        at.desk,
        at.case_id,
        text_of(values, "what"),
        why=text_of(values, "why"),
        owner=text_of(values, "owner"),
        due=values.get("due"),
        after=id_of(values, "after"),
        evidence=text_of(values, "evidence"),
        category=text_of(values, "category"),
    )
    return _said(at, own, "Set")


def _said(at: At, own: EntityId, done: str) -> str:
    action = dict(at.desk.case(at.case_id).file.actions)[own]
    return f"{done}: {clip(action.what or '', _TITLE)}. {_whose(action)}"


def _whose(action: Action) -> str:
    due = f", due {when(action.due_at)}" if action.due_at else ""
    return f"{action.owner or 'Nobody'}{due}."


def template_asks(at: At, template: str = "") -> list[Ask]:
    """The questions of the template verb; with a template those for its actions, all of them chosen.

    A screen asks again with the template chosen; without one it starts with the one that fits the case best.
    """
    known = actions.templates_for(at.desk, at.file)
    chosen = next((one for one in known if one.id == template), known[0])
    return [
        Ask(
            "template", "Template", Kind.CHOICE, required=True, initial=chosen.id,
            choices=tuple((one.id, one.title) for one in known),
        ),
        Ask(
            "items", "Only these", Kind.MANY, hint=f"of “{chosen.title}”; all of the template when none is chosen",
            choices=tuple((item.id, clip(item.what, _TITLE)) for item in chosen.items),
        ),
    ]  # fmt: skip


def _template(at: At, values: Values) -> str:
    fresh = actions.from_template(
        at.desk, at.case_id, text_of(values, "template"), values.get("items") or None
    )
    count = f"{len(fresh)} action{'' if len(fresh) == 1 else 's'}"
    first = min(
        (one for one in plan(at.desk.case(at.case_id).file, at.desk.now) if one.id in fresh),
        key=lambda one: (one.action.due_at is None, one.action.due_at),
    )
    return f"Set {count}. First: {clip(first.action.what or '', _TITLE)}, {_whose(first.action)}"


def _request_asks(at: At) -> list[Ask]:
    teams = at.desk.packs.actions.teams
    return [
        Ask(
            "team",
            "Team",
            Kind.CHOICE,
            required=True,
            choices=tuple((one.id, one.title) for one in teams.values()),
        ),
        Ask("what", "What is wanted", Kind.TEXT, required=True),
        Ask("reference", "Their reference", Kind.TEXT),
        Ask("due", "Due", Kind.FUTURE, hint="when they usually take, if nothing is given"),
        Ask("why", "Why it matters", Kind.TEXT),
    ]


def _request(at: At, values: Values) -> str:
    team = text_of(values, "team")
    own = actions.add(
        at.desk,
        at.case_id,
        text_of(values, "what"),
        request=team,
        reference=text_of(values, "reference"),
        due=values.get("due"),
        why=text_of(values, "why"),
    )
    needs = at.desk.packs.actions.teams[team].needs
    return f"{_said(at, own, 'Requested')} The request must say: {'; '.join(needs)}."


# -- on the way -------------------------------------------------------------------------------------------------


def _chase_asks(at: At) -> list[Ask]:
    asked = _which(at)
    if not asked:
        return []
    return [*asked, Ask("text", "What was said", Kind.TEXT)]


def _chase(at: At, values: Values) -> str:
    chased = actions.chase(
        at.desk,
        at.case_id,
        _chosen(at, values),
        text=text_of(values, "text"),
        next_due=values.get("next_due"),
    )
    said = f"Chased, {chased.times} so far; next {when(chased.due)}."
    return f"{said} {chased.tell}." if chased.tell else said


def _chase_said_asks(at: At) -> list[Ask]:
    return [
        *_which(at),
        Ask("text", "What was said", Kind.LINES, required=True),
        Ask("next_due", "Chase next", Kind.FUTURE, hint="the usual interval if nothing is given"),
    ]


def _done_asks(at: At) -> list[Ask]:
    return [
        *_which(at),
        Ask("result", "Result", Kind.TEXT, required=True),
        Ask("evidence", "Evidence from it", Kind.TEXT, hint="what it produced, if not what was expected"),
        Ask("at", "When", Kind.PAST, hint="now if nothing is given"),
        Ask("by", "Done by", Kind.TEXT, hint="you if nothing is given"),
    ]


def _done(at: At, values: Values) -> str:
    freed = actions.done(
        at.desk,
        at.case_id,
        _chosen(at, values),
        text_of(values, "result"),
        evidence=text_of(values, "evidence"),
        at=values.get("at"),
        by=text_of(values, "by"),
    )
    if freed:
        return f"Done. Now possible: {'; '.join(clip(one.action.what or '', _TITLE) for one in freed)}."
    left = len(plan(at.desk.case(at.case_id).file, at.desk.now))
    return f"Done. {left or 'No'} action{'' if left == 1 else 's'} still open."


def _late_asks(at: At) -> list[Ask]:
    return [
        *_which(at),
        Ask(
            "reason", "Why it is late", Kind.CHOICE, required=True,
            choices=tuple(at.desk.packs.actions.late_reasons.items()),
        ),
        Ask("note", "Note", Kind.TEXT),
    ]  # fmt: skip


def _late(at: At, values: Values) -> str:
    actions.late(at.desk, at.case_id, _chosen(at, values), text_of(values, "reason"), text_of(values, "note"))
    return "Recorded why it is late."


def _any_late(at: At) -> str | None:
    if any(one.state is State.OVERDUE for one in _planned(at)):
        return None
    return "No action of this case is overdue."


def _cancel(at: At, values: Values) -> str:
    actions.cancel(at.desk, at.case_id, _chosen(at, values), text_of(values, "why"))
    return "Cancelled; it stays in sight with the reason."


def _reopen(at: At, values: Values) -> str:
    own = _chosen(at, values)
    actions.reopen(at.desk, at.case_id, own, text_of(values, "why"), due=values.get("due"))
    return _said(at, own, "Open again")


# -- the officer in the case ------------------------------------------------------------------------------------


def _support(at: At, values: Values) -> str:
    add_log_entry(at.desk, at.case_id, text_of(values, "text"), topic="support", at=values.get("at"))
    return "Support recorded."


def _feedback_asks(at: At) -> list[Ask]:
    return [
        Ask("officer", "Officer", Kind.TEXT, required=True, initial=at.file.case.oic or ""),
        Ask(
            "theme", "Theme", Kind.CHOICE, required=True,
            choices=tuple((one.id, one.title) for one in at.desk.packs.actions.themes.values()),
        ),
        Ask(
            "praise", "Praise or learning", Kind.CHOICE, required=True,
            choices=((_PRAISE, "Praise"), (_LEARNING, "Learning")),
        ),
        Ask("text", "Feedback", Kind.LINES, required=True),
    ]  # fmt: skip


def _feedback(at: At, values: Values) -> str:
    praise = text_of(values, "praise")
    if praise not in (_PRAISE, _LEARNING, YES, NO):
        raise BadInputError("Was it praise or learning?", "Choose one.")
    give_feedback(
        at.desk,
        at.case_id,
        officer=text_of(values, "officer"),
        theme=text_of(values, "theme"),
        praise=praise in (_PRAISE, YES),
        text=text_of(values, "text"),
    )
    return "Feedback recorded."


ACTIONS: tuple[Verb, ...] = (
    Verb("action.add", "Add", "Set an action: what, why, who, by when.", _add, _add_asks, key="a"),
    Verb(
        "action.template", "From template",
        "Set the actions that usually fit such a case, all or some, as one act.", _template, template_asks, key="T",
    ),
    Verb("action.done", "Done", "Complete an action with its result.", _done, _done_asks, _has_open, key="x"),
    Verb(
        "action.chase", "Chase", "Log a chase and set the next, with nothing to fill in.", _chase, _chase_asks,
        _has_open, key="r",
    ),
    Verb(
        "action.chase-said", "Chase with a note", "Log a chase with what was said, and when the next is.", _chase,
        _chase_said_asks, _has_open, key="R",
    ),
    Verb(
        "action.request", "Request to a team",
        "Ask an enabling team: CCTV, digital forensics, PNC, phone download, medical statement.", _request,
        _request_asks, key="q",
    ),
    Verb("action.late", "Why late", "Say why an action is overdue.", _late, _late_asks, _any_late, key="w"),
    Verb(
        "action.cancel", "Cancel", "Cancel an action with a reason.", _cancel,
        lambda at: [*_which(at), Ask("why", "Why", Kind.TEXT, required=True)], _has_open, key="X",
    ),
    Verb(
        "action.reopen", "Open again", "Open an action again that was done or cancelled.", _reopen,
        lambda at: [
            *_which(at, ended=True), Ask("why", "Why", Kind.TEXT, required=True),
            Ask("due", "Due", Kind.FUTURE, hint="as it was if nothing is given"),
        ],
        _has_ended, key="o",
    ),
    Verb(
        "action.support", "Support to the OIC", "Record direct support given to the officer in the case.", _support,
        lambda _at: [Ask("text", "What was done", Kind.LINES, required=True), Ask("at", "When", Kind.PAST)],
        key="s",
    ),
    Verb(
        "action.feedback", "Feedback", "Record feedback to an officer: theme, praise or learning.", _feedback,
        _feedback_asks, key="F",
    ),
)  # fmt: skip
"""The verbs of the actions tab, the frequent ones first."""
