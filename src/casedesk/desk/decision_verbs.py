"""The verbs of the decisions tab: decisions with their rationale, points to prove, events recorded by hand."""

from datetime import datetime

from casedesk.desk import decisions
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import (
    DECISION_TITLES,
    RANK_TITLES,
    choices,
    day_typed,
    event_choices,
    event_title,
    first_of,
    id_of,
    subject_or_only,
    text_of,
)
from casedesk.desk.case_asks import people as listed
from casedesk.desk.events import add_event, withdraw_event
from casedesk.desk.grade_verb import GRADE
from casedesk.desk.offence_day import OFFENCE_DAY
from casedesk.model.dossier import Point
from casedesk.model.errors import BadInputError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.text import clip
from casedesk.model.words import EventKind

_TITLE = 60
_CPS_CLOCK_HINT = "of a submission: 28 or 5 calendar days"
_AGREED_HINT = "of an upgrade asked for: the date agreed"


# -- decisions --------------------------------------------------------------------------------------------------


def _decide_asks(at: At) -> list[Ask]:
    return [
        Ask("kind", "Decision", Kind.CHOICE, required=True, choices=choices(DECISION_TITLES)),
        Ask("result", "Result", Kind.TEXT, required=True),
        Ask("rationale", "Rationale", Kind.LINES, required=True),
        Ask("test", "Test applied", Kind.CHOICE, choices=choices(decisions.TESTS)),
        Ask("evidential", "Evidential stage", Kind.LINES),
        Ask("public_interest", "Public interest", Kind.LINES),
        Ask("by", "Decision maker", Kind.TEXT, hint="you if nothing is given"),
        Ask("rank", "Rank", Kind.CHOICE, choices=choices(RANK_TITLES)),
        Ask("subject", "Of whom", Kind.PERSON, choices=listed(at.file, "suspects"),
            initial=subject_or_only(at, "suspects")),
        Ask("at", "When", Kind.PAST, hint="now if nothing is given"),
    ]  # fmt: skip


def decide_as_answered(
    at: At, values: Values, *, when: datetime | None = None, about: EntityId | None = None
) -> None:
    """Record a decision from a form's answers; ``when`` where none was given; with ``about`` it corrects that one."""
    decisions.decide(
        at.desk,
        at.case_id,
        text_of(values, "kind"),
        result=text_of(values, "result"),
        rationale=text_of(values, "rationale"),
        test=text_of(values, "test"),
        evidential=text_of(values, "evidential"),
        public_interest=text_of(values, "public_interest"),
        by=text_of(values, "by"),
        rank=text_of(values, "rank"),
        at=values.get("at") or when,
        subject=id_of(values, "subject"),
        about=about,
    )


def _decide(at: At, values: Values) -> str:
    before = len(at.file.events)
    decide_as_answered(at, values)
    events = at.desk.case(at.case_id).file.events
    if len(events) == before:
        return "Decision recorded."
    return f"Decision recorded, and with it: {event_title(events[-1][1].kind or '').lower()}."


# -- points to prove --------------------------------------------------------------------------------------------


def _lay_out(at: At, values: Values) -> str:
    fresh = decisions.add_points(at.desk, at.case_id, text_of(values, "offence"))
    return f"{len(fresh)} points to prove laid out. They are unverified until the force confirms them."


def _point_asks(at: At) -> list[Ask]:
    known = tuple((key.hex(), clip(one.what or "", _TITLE)) for key, one in at.dossier.points)
    first = first_of(at, known)
    now = dict(at.dossier.points)[EntityId(bytes.fromhex(first))] if first else Point()
    return [
        Ask("point", "Point to prove", Kind.CHOICE, required=True, choices=known, initial=first),
        Ask(
            "state", "State", Kind.CHOICE, required=True, choices=choices(decisions.POINT_STATES),
            initial=now.state or "",
        ),
        Ask("evidence", "Evidence", Kind.LINES, initial=now.evidence or ""),
    ]  # fmt: skip


def _set_point(at: At, values: Values) -> str:
    own = id_of(values, "point") or at.subject
    if own is None:
        raise BadInputError("Which point?", "Choose one.")
    decisions.set_point(at.desk, at.case_id, own, text_of(values, "state"), text_of(values, "evidence"))
    return "Point recorded."


def _add_point(at: At, values: Values) -> str:
    decisions.add_point(at.desk, at.case_id, text_of(values, "what"), text_of(values, "offence"))
    return "Point added."


# -- events -----------------------------------------------------------------------------------------------------


def _event_asks(at: At, group: str) -> list[Ask]:
    kinds = decisions.EVENT_GROUPS[group][1]
    ahead = group == "hearing"
    asked = [
        Ask("kind", "Hearing" if ahead else "What happened", Kind.CHOICE, required=True, choices=event_choices(*kinds)),
        Ask("at", "When", Kind.FUTURE if ahead else Kind.PAST, required=ahead,
            hint="" if ahead else "now if nothing is given"),
        Ask("subject", "Of whom", Kind.PERSON, choices=listed(at.file), initial=""),
    ]  # fmt: skip
    if group == "cps":
        asked.append(Ask("number", "CPS clock, days", Kind.NUMBER, hint=_CPS_CLOCK_HINT))
        asked.append(Ask("until", "Upgrade agreed for", Kind.FUTURE, hint=_AGREED_HINT))
    return [*asked, Ask("by", "By", Kind.TEXT), Ask("text", "Note", Kind.LINES)]


def _event(at: At, values: Values, group: str) -> str:
    kind = text_of(values, "kind")
    if kind not in decisions.EVENT_GROUPS[group][1]:
        raise BadInputError("That kind of event is not recorded here.", "Choose one that is listed.")
    if values.get("until") and kind != EventKind.UPGRADE_REQUESTED:
        raise BadInputError("Only an upgrade that is asked for has an agreed date.", "Leave the date out.")
    add_event(
        at.desk,
        at.case_id,
        kind,
        at=values.get("at"),
        until=values.get("until"),
        subject=id_of(values, "subject"),
        number=values.get("number"),
        by=text_of(values, "by"),
        text=text_of(values, "text"),
    )
    return f"Recorded: {event_title(kind).lower().replace('cps', 'CPS')}."


def _first_statement(at: At, values: Values) -> str:
    on = values.get("on")
    if on is None:
        raise BadInputError("The day is missing.", "Give the day on which it was made.")
    return decisions.first_statement(at.desk, at.case_id, on)


def _standing(at: At) -> list[tuple[str, str]]:
    return [
        (own.hex(), f"{event_title(one.kind or 'event')}, {show_instant(one.at) if one.at else 'no time'}")
        for own, one in standing(at.file.events)
    ]


def _take_back_asks(at: At) -> list[Ask]:
    known = _standing(at)
    return [
        Ask("event", "Event", Kind.CHOICE, required=True, choices=known, initial=first_of(at, known)),
        Ask("why", "Why", Kind.TEXT, required=True),
    ]


def _take_back(at: At, values: Values) -> str:
    own: EntityId | None = id_of(values, "event") or at.subject
    if own is None:
        raise BadInputError("Which event?", "Choose one.")
    withdraw_event(at.desk, at.case_id, own, text_of(values, "why"))
    return "Event taken back; it stays in sight with the reason."


def _event_verb(group: str, key: str) -> Verb:
    title, kinds = decisions.EVENT_GROUPS[group]
    about = ", ".join(event_title(kind.value).lower() for kind in kinds)
    return Verb(
        f"event.{group}",
        title,
        f"Record an event that duties and clocks run from: {about}.",
        lambda at, values: _event(at, values, group),
        lambda at: _event_asks(at, group),
        key=key,
    )


DECISIONS: tuple[Verb, ...] = (
    Verb(
        "decision.add", "Decide", "Record a decision: test, result, both stages, rationale, who and what rank.",
        _decide, _decide_asks, key="a",
    ),
    GRADE,
    OFFENCE_DAY,
    Verb(
        "decision.point", "Point to prove", "Say how far the evidence for a point goes, and what it is.", _set_point,
        _point_asks, lambda at: None if at.dossier.points else "No points to prove are laid out.", key="x",
    ),
    Verb(
        "decision.points", "Lay out points", "Lay out the points to prove of an offence, from the pack.", _lay_out,
        lambda at: [Ask("offence", "Offence", Kind.OFFENCE, initial=at.file.case.charge_code
                        or at.file.case.offence_code or "", hint="the case's own if nothing is given")],
        key="T",
    ),
    Verb(
        "decision.point-add", "Another point", "Add a point to prove in your own words.", _add_point,
        lambda _at: [Ask("what", "Point to prove", Kind.TEXT, required=True), Ask("offence", "Offence", Kind.OFFENCE)],
        key="P",
    ),
    _event_verb("cps", "s"),
    _event_verb("hearing", "h"),
    _event_verb("court", "r"),
    _event_verb("proceedings", "o"),
    _event_verb("review", "v"),
    _event_verb("people", "w"),
    Verb(
        "statement.first", "First statement", "Say when the first statement or recorded interview was made.",
        _first_statement,
        lambda at: [Ask("on", "Made on", Kind.DAY, required=True, initial=day_typed(at.file.case.first_statement_on),
                        hint="to be used in evidence; the report does not count")],
        key="f",
    ),
    Verb(
        "event.withdraw", "Take an event back", "Take back an event that did not happen so.", _take_back,
        _take_back_asks, lambda at: None if _standing(at) else "No event is recorded in this case.", key="X",
    ),
)  # fmt: skip
"""The verbs of the decisions tab, the frequent ones first."""
