"""Decisions with their rationale, the points to prove, and the events that people record by hand."""

from datetime import datetime

from casedesk.desk.case_asks import RANK_TITLES, line, optional_text
from casedesk.desk.desk import Desk
from casedesk.desk.typed import existing, given, not_future, one_of, required_text
from casedesk.model.entities import CASE, CASE_EVENT, DECISION, EVIDENCE_REVIEW, POINT, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, standing
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.model.moments import Moment, earliest, latest, show_moment
from casedesk.model.text import clean, folded
from casedesk.model.words import DecisionKind, EventKind
from casedesk.rules.answers import instant_words
from casedesk.rules.prosecution_facts import summary_limit
from casedesk.store.journal import Unit
from casedesk.store.records import children, read_dossier

TESTS = {"full-code": "Full Code Test", "threshold": "Threshold Test"}
"""The tests of a charging decision."""
POINT_STATES = {
    "proved": "Proved", "arguable": "Arguable", "outstanding": "Outstanding", "missing": "Missing",
}  # fmt: skip
"""How far the evidence for a point goes."""
_STARTS = {
    DecisionKind.NO_FURTHER_ACTION: EventKind.NO_FURTHER_ACTION,
    DecisionKind.OUT_OF_COURT: EventKind.OUT_OF_COURT_CONSIDERED,
}
"""The event that a decision is: duties run from it, so that it is recorded with it."""
_TESTED = frozenset({DecisionKind.CHARGE, DecisionKind.NO_FURTHER_ACTION, DecisionKind.OUT_OF_COURT})

EVENT_GROUPS: dict[str, tuple[str, tuple[EventKind, ...]]] = {
    "hearing": ("Hearing listed", (EventKind.FIRST_HEARING, EventKind.PTPH)),
    "court": (
        "Court",
        (
            EventKind.HEARING_NOTIFIED, EventKind.HEARING_OUTCOME, EventKind.SENT, EventKind.TRIAL_STARTED,
            EventKind.COURT_RESULT, EventKind.SENTENCED, EventKind.STAGE_1, EventKind.STAGE_2, EventKind.STAGE_3,
        ),
    ),
    "cps": (
        "CPS and file",
        (
            EventKind.CPS_SUBMITTED, EventKind.CPS_DECISION, EventKind.FILE_SUBMITTED, EventKind.UPGRADE_REQUESTED,
            EventKind.UPGRADE_SUBMITTED, EventKind.FILE_ASSESSED, EventKind.DISPUTE_RECORDED,
            EventKind.SPLIT_OR_MERGED, EventKind.CPS_TOLD_OF_LINKS,
        ),
    ),
    "proceedings": (
        "Decision or proceedings",
        (
            EventKind.CERTIFICATE, EventKind.LIMIT_MET, EventKind.NOT_INVESTIGATED, EventKind.NO_FURTHER_ACTION,
            EventKind.SUSPECT_TOLD, EventKind.OUT_OF_COURT_CONSIDERED, EventKind.OUT_OF_COURT_GIVEN,
        ),
    ),
    "review": (
        "Victim's right to review",
        (EventKind.REVIEW_REQUESTED, EventKind.REVIEW_ACKNOWLEDGED, EventKind.REVIEW_DECIDED),
    ),
    "people": (
        "Victims and witnesses",
        (
            EventKind.WITNESS_REQUIRED, EventKind.AVAILABILITY_CHANGED, EventKind.AVAILABILITY_SENT,
            EventKind.EXPENSES_CLAIMED, EventKind.EXPENSES_PAID, EventKind.COMPLAINT,
            EventKind.COMPLAINT_ACKNOWLEDGED, EventKind.PROPERTY_FREE, EventKind.PROPERTY_RETURNED,
        ),
    ),
}  # fmt: skip
"""The events that a person may record by hand, in groups: title and kinds. Those of an arrest have verbs of their own,
and a statement taken is recorded with the witness."""


def decide(
    desk: Desk,
    case_id: EntityId,
    kind: str,
    *,
    result: str,
    rationale: str,
    test: str = "",
    evidential: str = "",
    public_interest: str = "",
    by: str = "",
    rank: str = "",
    at: datetime | None = None,
    subject: EntityId | None = None,
    about: EntityId | None = None,
) -> EntityId:
    """Record a decision with its rationale; with ``about`` it corrects an earlier one, which stays.

    A decision to charge says the test applied and both its stages. A decision not to prosecute, or to consider an
    out-of-court resolution, is also the event that duties run from, unless that event is there. Raises BadInputError
    when something is missing, a word is unknown, or the time lies in the future.
    """
    file = desk.case(case_id).file
    word = DecisionKind(one_of(kind, list(DecisionKind), "kind of decision"))
    held = [own for own, _ in read_dossier(desk.store.connection, case_id).decisions]
    stages = {"evidential": evidential, "public-interest": public_interest}
    if test and word not in _TESTED:
        raise BadInputError("That decision has no charging test.", "Leave the test out.")
    if word is DecisionKind.CHARGE:
        if not test:
            raise BadInputError("Which test was applied?", f"One of: {', '.join(TESTS)}.")
        missing = next((name for name, text in stages.items() if not clean(text, lines=True)), None)
        if missing:
            raise BadInputError(f"The {missing} stage is missing.", "Say how it is met.")
    when = not_future(desk, at)
    people = [own for own, _ in (*file.suspects, *file.victims, *file.custody)]
    entry_id = new_id()
    fields: dict[str, Value] = {
        "kind": word.value,
        "test": one_of(test, list(TESTS), "test") if test else None,
        "result": required_text(line(result, "The result", 500) or "", "The result"),
        "evidential": optional_text(evidential, "The evidential stage"),
        "public_interest": optional_text(public_interest, "The public-interest stage"),
        "text": required_text(rationale, "The rationale", "Write why it was decided so."),
        "by": line(by, "The decision maker") or desk.store.actor,
        "rank": one_of(rank, list(RANK_TITLES), "rank") if rank else None,
        "at": when,
        "subject": existing(subject, people, "person"),
        "about": existing(about, held, "decision"),
    }
    with desk.store.unit_of_work("decision.add") as unit:
        unit.entry(DECISION, entry_id, case_id, given(fields))
        if about is None:
            _start(unit, file, word, when, subject, fields)
    return entry_id


def first_statement(desk: Desk, case_id: EntityId, on: Moment) -> str:
    """Record when the first statement or recorded interview to be used in evidence was made; says what limit follows.

    The longer limit for common assault that is domestic abuse runs from it (Criminal Justice Act 1988 s.39A). Raises
    BadInputError for a day in the future or before the offence.
    """
    case = desk.case(case_id).file.case
    if earliest(on) > desk.now:
        raise BadInputError(f"{show_moment(on)} lies in the future.", "Give the day on which it was made.")
    committed = case.offence_from or case.offence_to
    if committed is not None and latest(on) < earliest(committed):
        raise BadInputError(
            f"The statement ({show_moment(on)}) lies before the offence ({show_moment(committed)}).",
            "Check both days.",
        )
    with desk.store.unit_of_work("statement.first") as unit:
        unit.set(CASE, case_id, case_id, {"first_statement_on": on})
    said = f"First statement or interview recorded: {show_moment(on)}."
    limit = summary_limit(desk.case(case_id).file, desk.packs)
    if limit is None or limit.due is None:
        return said
    return f"{said} The time limit on prosecution ends {instant_words(limit.due)}."


def add_points(desk: Desk, case_id: EntityId, offence: str = "") -> list[EntityId]:
    """Lay out the points to prove of an offence, of the case's own where none is given; returns those that are new.

    Raises BadInputError when the pack has none for it, or the case has them all.
    """
    case = desk.case(case_id).file.case
    code = clean(offence).replace(" ", "").upper() or case.charge_code or case.offence_code or ""
    found = desk.packs.points.for_offence(
        code or None, None if offence else case.ho_class, None if offence else case.offence_title
    )
    if found is None:
        raise BadInputError(
            f"No points to prove are kept for {code or case.offence_title or 'this offence'}.",
            "Add them one by one, or give another offence.",
        )
    name = code or found.title
    held = {own for own, _ in read_dossier(desk.store.connection, case_id).points}
    fresh = [
        (own, point) for point in found.points if (own := _point_id(case_id, name, point.what)) not in held
    ]
    if not fresh:
        raise BadInputError("The case has these points to prove already.", "Fill them in.")
    with desk.store.unit_of_work("points.add") as unit:
        for own, point in fresh:
            facts: dict[str, Value] = {"offence": name, "what": point.what, "state": "outstanding"}
            unit.set(POINT, own, case_id, facts)
        _open_reviews(desk, unit, case_id)
    return [own for own, _ in fresh]


def add_point(desk: Desk, case_id: EntityId, what: str, offence: str = "") -> EntityId:
    """Add one point to prove in one's own words. Raises BadInputError when it is empty, or there already."""
    case = desk.case(case_id).file.case
    name = (
        clean(offence).replace(" ", "").upper() or case.charge_code or case.offence_code or case.offence_title
    )
    said = required_text(line(what, "The point", 500) or "", "The point")
    own = _point_id(case_id, name or "", said)
    if own in dict(read_dossier(desk.store.connection, case_id).points):
        raise BadInputError("That point is there already.", "Fill it in.")
    with desk.store.unit_of_work("points.add") as unit:
        unit.set(POINT, own, case_id, given({"offence": name, "what": said, "state": "outstanding"}))
        _open_reviews(desk, unit, case_id)
    return own


def set_point(desk: Desk, case_id: EntityId, point_id: EntityId, state: str, evidence: str = "") -> None:
    """Say how far the evidence for a point goes, and what it is. An evidential review that was complete is open again.

    Raises BadInputError for an unknown state or point, or one that is proved or arguable by no evidence.
    """
    held = dict(read_dossier(desk.store.connection, case_id).points)
    existing(point_id, list(held), "point to prove")
    word = one_of(state, list(POINT_STATES), "state of a point")
    proof = optional_text(evidence, "The evidence")
    if word in ("proved", "arguable") and not (proof or held[point_id].evidence):
        raise BadInputError(f"{POINT_STATES[word]} by what?", "Name the evidence.")
    with desk.store.unit_of_work("point.set") as unit:
        unit.set(POINT, point_id, case_id, given({"state": word, "evidence": proof}))
        if word != held[point_id].state or proof not in (None, held[point_id].evidence):
            _open_reviews(desk, unit, case_id)


# -- inside -----------------------------------------------------------------------------------------------------


def _open_reviews(desk: Desk, unit: Unit, case_id: EntityId) -> None:
    """Open the completed evidential reviews of a case again: what they rest on has changed."""
    for own, one in children(desk.store.connection, EVIDENCE_REVIEW, case_id):
        if one.reviewed_at is not None:
            unit.set(EVIDENCE_REVIEW, own, case_id, {"reviewed_at": None, "reviewer": None})


def _start(
    unit: Unit,
    file: CaseFile,
    kind: DecisionKind,
    when: datetime,
    subject: EntityId | None,
    fields: dict[str, Value],
) -> None:
    """Write the event that a decision is, unless one of that kind stands for the same person."""
    event = _STARTS.get(kind)
    if event is None or any(
        one.kind == event and one.subject in (None, subject) for _, one in standing(file.events)
    ):
        return
    said: dict[str, Value] = {
        "kind": event.value, "at": when, "subject": subject, "by": fields["by"], "rank": fields["rank"],
    }  # fmt: skip
    unit.entry(CASE_EVENT, new_id(), file.id, given(said))


def _point_id(case_id: EntityId, offence: str, what: str) -> EntityId:
    return derived_id("point", case_id.hex(), folded(offence), folded(what))
