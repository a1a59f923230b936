"""The verbs of finalising as data: what a form would ask, and that what it answers does what the verb says."""

from typing import Any

import pytest

from casedesk.desk.asking import At, Kind, Verb
from casedesk.desk.desk import Desk
from casedesk.desk.finalising_verbs import FINALISING
from casedesk.desk.returns import return_case
from casedesk.desk.review_state import ReviewState, state_of
from casedesk.desk.undo import undo
from casedesk.model.dossier import Dossier
from casedesk.model.entities import APPROVAL
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.store.finalised import read_finalising
from casedesk.store.history import recent_acts
from tests.desk.crimes import add, submit

VERBS = {verb.id: verb for verb in FINALISING}
NAMED = ({"name": "Kyle Roe", "status": "rui", "sub_status": "interviewed", "sex": "m"},)


def at(desk: Desk, case_id: EntityId) -> At:
    return At(desk, desk.case(case_id).file, Dossier())


def do(desk: Desk, case_id: EntityId, verb_id: str, **values: Any) -> str:
    here = at(desk, case_id)
    verb = VERBS[verb_id]
    assert verb.offered(here) is None
    asked = {one.name for one in verb.asks(here)}
    assert values.keys() <= asked
    return verb.run(here, {**dict.fromkeys(asked), **values})


def state(desk: Desk, case_id: EntityId) -> ReviewState:
    return state_of(desk.case(case_id).file, read_finalising(desk.store.connection, case_id))


@pytest.fixture
def crime(desk: Desk) -> EntityId:
    return add(desk, "42/2/26", outcome="16", victim={"support": "no"}, suspects=NAMED)


@pytest.mark.parametrize("verb", FINALISING, ids=lambda verb: verb.id)
def test_each_form_can_be_shown(desk: Desk, crime: EntityId, verb: Verb) -> None:
    asks = verb.asks(at(desk, crime))
    assert len({one.name for one in asks}) == len(asks)
    for one in asks:
        assert 0 < len(one.label) <= 20
        if one.kind is Kind.CHOICE and one.initial:
            assert one.initial in dict(one.choices)


def test_finalising_by_its_form_with_the_warnings_ticked(desk: Desk, crime: EntityId) -> None:
    warnings = next(one for one in VERBS["finalise.accept"].asks(at(desk, crime)) if one.name == "warnings")
    assert [rule for rule, _ in warnings.choices] == ["V05", "V06a"]
    with pytest.raises(CasedeskError, match="accept them by name"):
        do(desk, crime, "finalise.accept", warnings=("V05",))
    said = do(desk, crime, "finalise.accept", outcome="16", warnings=("V05", "V06a"))
    assert said == "Finalised: 16, accepted with V05, V06a"
    assert VERBS["finalise.accept"].offered(at(desk, crime)) == "It is finalised: reopen it first."
    assert do(desk, crime, "finalise.reopen", why="Mistake") == "Reopened"


@pytest.mark.parametrize(
    ("recorded", "shown", "stands"),
    [("2026-11-18T10:30:00Z", "18 Nov 2026", "2026-11-18T10:30:00Z"), ("2026-11", "", "2026-11-18")],
)
def test_a_date_left_as_shown_is_no_correction(desk: Desk, recorded: str, shown: str, stands: str) -> None:
    crime = add(desk, "42/4/26", outcome_date=Moment(recorded))
    asked = next(one for one in VERBS["finalise.accept"].asks(at(desk, crime)) if one.name == "outcome_date")
    assert asked.initial == shown
    do(desk, crime, "finalise.accept", outcome_date=Moment("2026-11-18"))
    assert desk.case(crime).file.case.outcome_date == stands


def test_the_reasons_that_the_findings_propose_come_first(desk: Desk, crime: EntityId) -> None:
    reasons = VERBS["finalise.return"].asks(at(desk, crime))[0]
    assert [one for one, _ in reasons.choices][:2] == ["withdrawal-record", "evidence-led"]
    do(desk, crime, "finalise.return", reasons=("evidence-led",), text="Please.", due_on=Moment("2026-11-25"))
    assert state(desk, crime) is ReviewState.RETURNED


def test_holding_releasing_and_a_note_of_liaison(desk: Desk, crime: EntityId) -> None:
    assert VERBS["finalise.release"].offered(at(desk, crime)) == "It is not held."
    do(desk, crime, "finalise.hold", why="Lab")
    assert state(desk, crime) is ReviewState.HELD
    do(desk, crime, "finalise.release")
    do(desk, crime, "ruling.liaison", text="Agreed with the scrutineer.")
    assert [entry.topic for _, entry in desk.case(crime).file.log] == ["liaison"]


RULINGS: dict[str, dict[str, Any]] = {
    "ruling.outcome": {"code": "16", "reason": "The victim's wish."},
    "ruling.cancellation": {
        "code": "C2", "reason": "x", "information": "CCTV shows no theft.", "evidence_kind": "cctv",
    },
    "ruling.reclassification": {
        "to_class": "045/00", "reason": "x", "information": "From the person.", "principal_checked": True,
    },
    "ruling.n100": {"code": "victim-not-confirmed", "reason": "Third party."},
}  # fmt: skip


@pytest.mark.parametrize("verb_id", RULINGS)
def test_referring_and_deciding_by_their_forms(desk: Desk, crime: EntityId, verb_id: str) -> None:
    assert do(desk, crime, verb_id, **RULINGS[verb_id]).startswith("Asked: for the ")
    assert state(desk, crime) is ReviewState.REFERRED
    question = VERBS["ruling.decide"].asks(at(desk, crime))[0]
    said = do(
        desk, crime, "ruling.decide", ruling=question.choices[0][0], answer="approved", decider="R. Chan",
        rank="fcr", why="Clear.",
    )  # fmt: skip
    assert said == "Recorded: approved"
    assert state(desk, crime) is ReviewState.TO_DO
    undo(desk)
    assert state(desk, crime) is ReviewState.REFERRED


def test_an_application_that_lacks_something_is_sent_back_only_when_asked_to(
    desk: Desk, crime: EntityId
) -> None:
    count = len(recent_acts(desk.store.connection))
    with pytest.raises(CasedeskError, match="lacks"):
        do(desk, crime, "ruling.cancellation", code="C2", reason="x")
    assert len(recent_acts(desk.store.connection)) == count
    said = do(desk, crime, "ruling.cancellation", code="C2", reason="x", send_back=True)
    assert said.startswith("Sent back: Lacks additional verifiable information")


def test_settling_by_its_form(desk: Desk) -> None:
    crime = add(desk, "42/3/26")
    do(desk, crime, "finalise.accept")
    with desk.store.unit_of_work("import") as unit:
        unit.entry(APPROVAL, new_id(), crime, {"outcome": "14", "at": desk.now, "decided_by": "7099"})
    keep = VERBS["finalise.settle"].asks(at(desk, crime))[0]
    assert [words for _, words in keep.choices] == ["18, 18 Nov 2026 (Sgt Roe)", "14, undated (7099)"]
    assert (
        do(desk, crime, "finalise.settle", keep=keep.choices[0][0], why="He withdrew nothing.") == "Settled"
    )
    assert state(desk, crime) is ReviewState.ACCEPTED
    assert VERBS["finalise.settle"].offered(at(desk, crime)) == "No two approvals differ."


def test_a_second_return_is_told_to_the_supervisor_unless_said_otherwise(desk: Desk, crime: EntityId) -> None:
    return_case(desk, [crime], ["rationale"])
    submit(desk, crime)
    do(desk, crime, "finalise.return", reasons=("rationale",), escalate=False)
    submit(desk, crime)
    do(desk, crime, "finalise.return", reasons=("rationale",))
    returns = read_finalising(desk.store.connection, crime).returns
    assert [one.escalated_to for _, one in returns] == [None, None, "Sgt Roe"]
