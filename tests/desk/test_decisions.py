"""Decisions with their rationale, points to prove, and the events that people record by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from casedesk.desk import decisions, undo
from casedesk.desk.decision_verbs import DECISIONS
from casedesk.desk.desk import Desk
from casedesk.desk.intake import add_case
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.model.words import EventKind
from casedesk.rules.duties import duties
from casedesk.store.checks import rebuild
from casedesk.store.records import read_dossier
from tests.desk.cases import a_case, acts, at
from tests.desk.extracts import operations

OF_AN_ARREST = frozenset(
    {
        EventKind.REVIEW, EventKind.POSTPONED, EventKind.EXTENSION, EventKind.WARRANT, EventKind.HOSPITAL,
        EventKind.QUESTIONED, EventKind.BAIL_EXTENSION, EventKind.CPS_BAIL, EventKind.CPS_REQUEST,
        EventKind.IN_PATIENT, EventKind.CONDITIONS, EventKind.BREACH, EventKind.BREACH_DEALT_WITH,
        EventKind.SAFEGUARDED, EventKind.RUI_REVIEW,
    }
)  # fmt: skip


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_case(desk)


def test_a_decision_to_charge_keeps_its_test_and_both_stages(desk: Desk, case_id: EntityId) -> None:
    suspect = desk.case(case_id).file.suspects[0][0]
    when = desk.now - timedelta(hours=1)
    decisions.decide(
        desk, case_id, "charge", result="Charge common assault", rationale="CCTV and admission", test="full-code",
        evidential="CCTV shows it", public_interest="Repeated", by="Sgt Moss", rank="sgt", at=when, subject=suspect,
    )  # fmt: skip
    ((_, said),) = read_dossier(desk.store.connection, case_id).decisions
    assert (said.kind, said.test, said.result, said.rank) == (
        "charge", "full-code", "Charge common assault", "sgt",
    )  # fmt: skip
    assert (said.evidential, said.public_interest, said.text) == (
        "CCTV shows it", "Repeated", "CCTV and admission",
    )  # fmt: skip
    assert (said.by, said.at, said.subject) == ("Sgt Moss", when, suspect)
    assert desk.case(case_id).file.events == ()


def test_a_decision_not_to_prosecute_starts_what_is_owed_in_one_act(desk: Desk, case_id: EntityId) -> None:
    def owed() -> set[str]:
        return {duty.clock for duty in duties(desk.case(case_id).file, desk.now, desk.packs) if duty.is_open}

    before, owed_before = acts(desk.store), owed()
    decisions.decide(desk, case_id, "nfa", result="NFA", rationale="Not enough")
    assert acts(desk.store) == before + 1
    ((_, event),) = desk.case(case_id).file.events
    assert event.kind == EventKind.NO_FURTHER_ACTION
    assert owed() > owed_before
    decisions.decide(desk, case_id, "nfa", result="NFA", rationale="Still not enough")
    assert len(desk.case(case_id).file.events) == 1
    undo.undo(desk)
    undo.undo(desk)
    assert owed() == owed_before
    assert standing(read_dossier(desk.store.connection, case_id).decisions) == ()


def test_a_corrected_decision_stays_in_sight_and_writes_no_event_again(desk: Desk, case_id: EntityId) -> None:
    wrong = decisions.decide(desk, case_id, "nfa", result="NFA", rationale="Not enough")
    decisions.decide(desk, case_id, "nfa", result="NFA", rationale="Not enough: no statement", about=wrong)
    held = read_dossier(desk.store.connection, case_id).decisions
    assert len(held) == 2
    assert [said.text for _, said in standing(held)] == ["Not enough: no statement"]
    assert len(desk.case(case_id).file.events) == 1


def test_points_are_laid_out_once_and_filled_in(desk: Desk, case_id: EntityId) -> None:
    known = desk.packs.points.for_offence("CJ88116")
    assert known is not None
    fresh = decisions.add_points(desk, case_id)
    held = dict(read_dossier(desk.store.connection, case_id).points)
    assert [held[own].what for own in fresh] == [point.what for point in known.points]
    assert {held[own].offence for own in fresh} == {"CJ88116"}
    decisions.set_point(desk, case_id, fresh[0], "proved", "CCTV")
    decisions.set_point(desk, case_id, fresh[0], "arguable")
    point = dict(read_dossier(desk.store.connection, case_id).points)[fresh[0]]
    assert (point.state, point.evidence) == ("arguable", "CCTV")
    with pytest.raises(BadInputError, match="has these points"):
        decisions.add_points(desk, case_id)
    own = decisions.add_point(desk, case_id, "He knew that she was there")
    assert own not in fresh
    with pytest.raises(BadInputError, match="there already"):
        decisions.add_point(desk, case_id, "he KNEW that she was there")
    assert rebuild(desk.store).differing == ()


def test_every_event_a_person_may_record_is_in_one_group() -> None:
    grouped = [kind for _, kinds in decisions.EVENT_GROUPS.values() for kind in kinds]
    assert len(set(grouped)) == len(grouped)
    assert set(grouped) == set(EventKind) - OF_AN_ARREST - {EventKind.STATEMENT_TAKEN}


def test_every_event_of_the_groups_can_be_recorded(desk: Desk, case_id: EntityId) -> None:
    verbs = {verb.id: verb for verb in DECISIONS}
    for group, (_, kinds) in decisions.EVENT_GROUPS.items():
        verb = verbs[f"event.{group}"]
        for kind in kinds:
            when = desk.now + timedelta(days=3) if group == "hearing" else desk.now - timedelta(hours=1)
            verb.run(at(desk, case_id), {"kind": kind.value, "at": when})
        with pytest.raises(BadInputError, match="not recorded here"):
            verb.run(at(desk, case_id), {"kind": "review"})
    recorded = {event.kind for _, event in desk.case(case_id).file.events}
    assert recorded == {kind.value for _, kinds in decisions.EVENT_GROUPS.values() for kind in kinds}


def test_what_makes_no_sense_is_refused_and_nothing_is_written(desk: Desk, case_id: EntityId) -> None:
    def decide(kind: str = "nfa", **said: object) -> EntityId:
        given = {"result": "NFA", "rationale": "Not enough", **said}
        return decisions.decide(desk, case_id, kind, **given)  # type: ignore[arg-type] # some is wrong on purpose

    before = operations(desk.store)
    other = a_case(desk, "42/2/26")
    stranger = desk.case(other).file.suspects[0][0]
    before = operations(desk.store)
    charge = {"test": "full-code", "evidential": "x", "public_interest": "y"}
    refused: dict[str, Callable[[], object]] = {
        "not a kind of decision": lambda: decide("guess"),
        "Which test": lambda: decide("charge"),
        "evidential stage is missing": lambda: decide("charge", **{**charge, "evidential": " "}),
        "public-interest stage is missing": lambda: decide("charge", **{**charge, "public_interest": ""}),
        "not a test": lambda: decide("charge", **{**charge, "test": "coin"}),
        "no charging test": lambda: decide("remand", test="threshold"),
        "rationale is empty": lambda: decide(rationale="\x1b[2J"),
        "result is empty": lambda: decide(result=""),
        "not a rank": lambda: decide(rank="admiral"),
        "in the future": lambda: decide(at=desk.now + timedelta(hours=1)),
        "person is not in this case": lambda: decide(subject=stranger),
        "decision is not in this case": lambda: decide(about=new_id()),
        "No points to prove are kept for ZZ99999": lambda: decisions.add_points(desk, case_id, "zz 99999"),
        "point to prove is not in this case": lambda: decisions.set_point(desk, case_id, new_id(), "missing"),
        "point is empty": lambda: decisions.add_point(desk, case_id, ""),
    }
    for words, act in refused.items():
        with pytest.raises(BadInputError, match=words) as error:
            act()
        assert error.value.cure, words
    own = decisions.add_point(desk, case_id, "Force was used")
    for state, words in (("proved", "Proved by what"), ("felt", "not a state of a point")):
        with pytest.raises(BadInputError, match=words):
            decisions.set_point(desk, case_id, own, state)
    assert operations(desk.store) == before + 1


def test_the_first_statement_lengthens_the_limit_of_a_domestic_assault(desk: Desk) -> None:
    case_id = add_case(desk, intake="referral", ref="91", offence_code="CJ88116", flags=("da",))
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"offence_from": Moment("2026-06-01")})
    said = decisions.first_statement(desk, case_id, Moment("2026-10-01"))
    assert "2027" in said
    assert desk.case(case_id).file.case.first_statement_on == "2026-10-01"
    for day, why in (("2026-05-01", "before the offence"), ("2036-05-01", "in the future")):
        with pytest.raises(BadInputError, match=why):
            decisions.first_statement(desk, case_id, Moment(day))


def test_the_agreed_date_of_an_upgrade_is_asked_for_and_is_its_duty_s(desk: Desk) -> None:
    case_id = a_case(desk)
    verb = next(one for one in DECISIONS if one.id == "event.cps")
    here = at(desk, case_id)
    assert "until" in {ask.name for ask in verb.asks(here)}
    agreed = desk.now + timedelta(days=9)
    verb.run(here, {"kind": "upgrade-requested", "until": agreed})
    file = desk.case(case_id).file
    (owed,) = [one for one in duties(file, desk.now, desk.packs) if one.clock == "T12"]
    assert owed.due == agreed
    with pytest.raises(BadInputError, match="agreed date"):
        verb.run(here, {"kind": "cps-decision", "until": agreed})
