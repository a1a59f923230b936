"""The reading side of the case page: the clocks strip, what is next, what is missing, and what is read when."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import actions, check, missing
from casedesk.desk.action_verbs import ACTIONS
from casedesk.desk.asking import At
from casedesk.desk.casepage import Page, as_lines, read_page
from casedesk.desk.custody_verbs import VERBS as CUSTODY
from casedesk.desk.decision_verbs import DECISIONS
from casedesk.desk.desk import Desk
from casedesk.desk.document_verbs import DOCUMENTS, EVIDENCE
from casedesk.desk.events import add_event
from casedesk.desk.grade_verb import GRADE
from casedesk.desk.grading import grade, grades_of
from casedesk.desk.handover_verbs import HANDOVER
from casedesk.desk.people_verbs import PEOPLE
from casedesk.desk.suspect_verbs import SUSPECTS
from casedesk.model.entities import (
    CASE,
    DECISION,
    EXHIBIT,
    OUTCOME_RECORD,
    POINT,
    SUSPECT,
    VICTIM,
    Entity,
    Value,
)
from casedesk.model.entities import CUSTODY as ARRESTS
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.store.records import CaseBundle
from tests.conftest import NOW, FrozenClock

WHOLE: dict[str, Value] = {
    "ref": "A1", "offence_title": "Common assault", "offence_code": "CJ88116", "offence_from": "2026-11-19",
    "recorded_at": "2026-11-19", "oic": "PC 1", "oic_contact": "ext 1", "owner": "7042",
}  # fmt: skip
"""A case of which everything is known that can be asked of the record."""
Part = tuple[Entity, dict[str, Value]]


def made(desk: Desk, *parts: Part, **case: Value) -> EntityId:
    """A case with these parts; None takes a fact of :data:`WHOLE` away."""
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        for entity, fields in ((CASE, {**WHOLE, **case}), *parts):
            known = {name: value for name, value in fields.items() if value is not None}
            unit.set(entity, case_id if entity is CASE else new_id(), case_id, known)
    return case_id


def page(desk: Desk, *parts: Part, **case: Value) -> Page:
    return read_page(desk, made(desk, *parts, **case))


def what(shown: Page) -> list[str]:
    return [one.what for one in shown.missing]


KIM: Part = (VICTIM, {"name": "Kim", "kind": "person", "phone": "1", "support": "yes", "update_days": 28})
SAM: Part = (SUSPECT, {"name": "Sam", "dob": "1990-01-01", "status": "named"})
ARREST = {"arrested_at": NOW - timedelta(hours=3), "arrived_at": NOW - timedelta(hours=2, minutes=30)}
HELD: Part = (
    ARRESTS,
    {
        **ARREST, "relevant_at": NOW - timedelta(hours=2, minutes=30), "authorised_at": NOW - timedelta(hours=2),
        "state": "detained",
    },
)  # fmt: skip


# -- the strip of clocks -------------------------------------------------------------------------------------------


def test_the_strip_shows_what_ends_first_in_front_and_tells_limits_from_targets(desk: Desk) -> None:
    clocks = page(desk, KIM, SAM, HELD).clocks
    assert [one.label for one in clocks] == ["Review", "Detention", "Prosecution limit"]
    assert [one.due for one in clocks] == sorted(one.due for one in clocks)
    assert all(one.legal for one in clocks)
    assert clocks[0].subject is not None
    released: Part = (
        ARRESTS,
        {**ARREST, "released_at": NOW - timedelta(hours=1), "state": "rui", "review_on": "2026-12-01"},
    )
    review = next(one for one in page(desk, KIM, SAM, released).clocks if one.label == "RUI review")
    assert not review.legal


def test_duties_and_actions_are_not_on_the_strip(desk: Desk) -> None:
    case_id = made(desk, KIM, SAM, offence_code=None)
    actions.add(desk, case_id, "Get the CCTV", due=NOW + timedelta(days=1))
    shown = read_page(desk, case_id)
    assert any(one.is_open for one in shown.duties)
    assert shown.clocks == ()


# -- what is next --------------------------------------------------------------------------------------------------


def test_what_is_next_is_the_most_pressing_of_clocks_duties_and_actions(desk: Desk) -> None:
    case_id = made(desk, KIM, SAM, HELD)
    actions.add(desk, case_id, "Get the CCTV", owner="PC 1", due=NOW + timedelta(hours=1))
    shown = read_page(desk, case_id)
    assert shown.next == shown.steps[0]
    assert (shown.steps[0].kind, shown.steps[0].band) == ("clock", "liberty")
    assert {"clock", "duty", "action"} <= {one.kind for one in shown.steps}
    action = next(one for one in shown.steps if one.kind == "action")
    assert action.who == "PC 1"
    assert action.sentence.startswith("Get the CCTV due ")
    duty = next(one for one in shown.steps if one.kind == "duty")
    assert duty.key in {one.key for one in shown.duties}


def test_an_action_that_waits_for_another_is_not_next_until_that_is_done(
    desk: Desk, clock: FrozenClock
) -> None:
    case_id = made(desk)
    first = actions.add(desk, case_id, "Get the CCTV")
    actions.add(desk, case_id, "View it", after=first, due=NOW + timedelta(days=2))
    assert [one.sentence for one in read_page(desk, case_id).steps if one.kind == "action"] == [
        "Get the CCTV"
    ]
    clock.advance(timedelta(hours=1))
    actions.done(desk, case_id, first, "Had")
    (left,) = (one for one in read_page(desk, case_id).steps if one.kind == "action")
    assert left.sentence.startswith("View it due ")


def test_a_cancelled_action_is_never_next(desk: Desk) -> None:
    case_id = made(desk, offence_code=None)
    action = actions.add(desk, case_id, "Get the CCTV", due=NOW + timedelta(days=1))
    assert read_page(desk, case_id).next is not None
    actions.cancel(desk, case_id, action, "The shop has none")
    assert read_page(desk, case_id).next is None


def test_returned_work_is_next_though_it_has_no_time(desk: Desk) -> None:
    shown = page(desk, offence_code=None, stage="returned", stage_note="No rationale")
    assert shown.next is not None
    assert (shown.next.kind, shown.next.sentence) == ("work", "Returned for rework: No rationale")
    assert "Action for the rework" in what(shown)


def test_nothing_is_next_in_a_case_with_nothing_to_do_or_that_is_closed(desk: Desk) -> None:
    assert page(desk, offence_code=None).next is None
    closed = page(desk, KIM, record_status="filed", outcome="18")
    assert closed.next is None
    assert closed.missing == ()


# -- what is missing -----------------------------------------------------------------------------------------------


def test_a_case_of_which_everything_is_known_lacks_nothing(desk: Desk) -> None:
    case_id = made(desk, KIM, SAM)
    threat, harm, opportunity, risk = grades_of(desk, desk.case(case_id).file).levels
    grade(desk, case_id, threat=threat, harm=harm, opportunity=opportunity, risk=risk)
    assert read_page(desk, case_id).missing == ()


@pytest.mark.parametrize(
    ("parts", "case", "said"),
    [
        ((KIM,), {"owner": None}, "Owner"),
        ((KIM,), {"oic": None}, "Officer in the case"),
        ((KIM,), {"oic_contact": None}, "How to reach the OIC, PC 1"),
        ((KIM,), {"offence_from": None}, "Date of the offence"),
        ((KIM,), {"offence_code": None}, "Offence code"),
        ((KIM,), {}, "THOR grading"),
        ((), {}, "Victim"),
        (((VICTIM, {**KIM[1], "phone": None}),), {}, "How to reach Kim"),
        (((VICTIM, {**KIM[1], "support": "unknown"}),), {}, "Whether Kim supports action"),
        (((VICTIM, {**KIM[1], "support": "no"}),), {}, "Record of Kim’s withdrawal"),
        (((VICTIM, {**KIM[1], "update_days": None}),), {}, "Update interval agreed with Kim"),
        ((KIM, (SUSPECT, {"name": "Sam"})), {}, "Date of birth of Sam"),
        ((KIM, (ARRESTS, {"arrested_at": NOW, "state": "detained"})), {}, "Relevant time"),
        ((KIM, (ARRESTS, {**ARREST, "state": "detained"})), {}, "When detention was authorised"),
        ((KIM, (ARRESTS, {**HELD[1], "under_18": True})), {}, "Appropriate adult"),
        ((KIM, (ARRESTS, {"state": "bailed"})), {}, "When the bail period ends"),
        ((KIM, (ARRESTS, {**ARREST, "state": "remanded"})), {}, "First appearance"),
        ((KIM, (POINT, {"what": "Intent", "state": "outstanding"})), {}, "Evidence for: Intent"),
        ((KIM, (EXHIBIT, {"reference": "AB/1"})), {}, "Where exhibit AB/1 is"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_missing_is_said_until_it_is_recorded(
    desk: Desk, parts: tuple[Part, ...], case: dict[str, Value], said: str
) -> None:
    assert said in what(page(desk, *parts, **case))
    if said != "THOR grading":
        assert said not in what(page(desk, KIM, SAM, HELD))


def test_what_a_clock_or_duty_waits_for_stands_first(desk: Desk) -> None:
    shown = page(desk, KIM, (ARRESTS, {"arrested_at": NOW, "state": "detained"}), owner=None)
    urgent = [one.urgent for one in shown.missing]
    assert urgent == sorted(urgent, reverse=True)
    assert shown.missing[0].what == "Relevant time"
    assert shown.missing[0].subject == shown.file.custody[0][0]


def test_nobody_asks_for_a_victim_where_the_offence_has_none(desk: Desk) -> None:
    assert "Victim" not in what(page(desk, category="Drugs"))
    assert "Victim" not in what(page(desk, offence_title="Possess a controlled drug of Class B"))


def test_what_the_check_finds_is_missing_only_where_an_outcome_is_proposed(desk: Desk) -> None:
    proposed = page(desk, KIM, SAM, outcome="16", outcome_date="2026-11-20")
    found = {finding.message for finding in proposed.verdict.findings if finding.severity.value != "info"}
    assert found
    assert found <= set(what(proposed))
    assert not found & set(what(page(desk, KIM, SAM)))


def test_an_overdue_action_lacks_its_reason(desk: Desk, clock: FrozenClock) -> None:
    case_id = made(desk, KIM)
    action = actions.add(desk, case_id, "Get the CCTV", due=NOW + timedelta(days=1))
    clock.advance(timedelta(days=2))
    (late,) = (one for one in read_page(desk, case_id).missing if one.what.startswith("Why it is late"))
    assert (late.what, late.subject) == ("Why it is late: Get the CCTV", action)


def test_the_material_of_a_referral_is_missing_from_the_decision_to_refer_until_it_is_sent(
    desk: Desk, clock: FrozenClock
) -> None:
    def lacks() -> list[str]:
        found = read_page(desk, case_id).missing
        return [one.why for one in found if one.what.startswith("Material for the CPS referral: ")]

    case_id = made(desk, KIM, SAM)
    assert lacks() == []
    with desk.store.unit_of_work("test") as unit:
        unit.entry(DECISION, new_id(), case_id, {"kind": "refer-to-cps", "at": unit.now})
    (why,) = lacks()
    assert " more." in why
    clock.advance(timedelta(hours=1))
    add_event(desk, case_id, "submitted-to-cps")
    assert lacks() == []
    clock.advance(timedelta(hours=1))
    add_event(desk, case_id, "cps-request")
    assert len(lacks()) == 1


def test_every_verb_that_is_named_is_one_that_can_be_chosen() -> None:
    known = {
        verb.id
        for verbs in (ACTIONS, PEOPLE, SUSPECTS, DECISIONS, HANDOVER, DOCUMENTS, EVIDENCE)
        for verb in verbs
    }
    known |= {f"custody.{name}" for name in CUSTODY} | {GRADE.id}
    source = Path(missing.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r'"([a-z]+\.[a-z-]+)"', source))
    assert named
    assert named <= known


def test_grading_by_its_verb_begins_with_what_is_suggested_and_mends_what_is_missing(desk: Desk) -> None:
    case_id = made(desk, KIM, SAM)
    shown = read_page(desk, case_id)
    at = At(desk, shown.file, shown.dossier)
    asks = GRADE.asks(at)
    assert [ask.name for ask in asks] == ["threat", "harm", "opportunity", "risk", "why"]
    said = GRADE.run(at, {ask.name: ask.initial or None for ask in asks})
    assert re.fullmatch(r"Graded: \d+ of \d+\.", said)
    assert "THOR grading" not in what(read_page(desk, case_id))
    with pytest.raises(BadInputError, match="departs from what is suggested"):
        GRADE.run(at, {"threat": "3", "harm": "3", "opportunity": "3", "risk": "3", "why": None})


def test_the_plain_page_says_what_is_missing(desk: Desk) -> None:
    lines = list(as_lines(page(desk, KIM, owner=None)))
    assert "  Owner: Nobody here has taken the case on." in lines


# -- what is read when ---------------------------------------------------------------------------------------------


def test_a_page_reads_its_case_once_and_the_rest_when_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = made(desk, KIM)
    read: list[EntityId] = []
    real: Callable[[Desk, EntityId], CaseBundle] = Desk.case

    def counted(of: Desk, key: EntityId) -> CaseBundle:
        read.append(key)
        return real(of, key)

    monkeypatch.setattr(Desk, "case", counted)
    shown = read_page(desk, case_id)
    assert {"dossier", "events", "duties", "verdict", "missing"}.isdisjoint(vars(shown))
    assert shown.verdict.reference == "A1"
    assert shown.missing
    assert shown.events
    assert read == [case_id]


def test_a_page_is_judged_as_of_when_it_was_read(desk: Desk, clock: FrozenClock) -> None:
    case_id = made(desk, KIM, SAM)
    shown = read_page(desk, case_id)
    clock.advance(timedelta(days=60))
    assert shown.now == NOW
    assert {one.key: one.state for one in shown.duties} == {
        one.key: one.state for one in _at(desk, clock, case_id).duties
    }


def _at(desk: Desk, clock: FrozenClock, case_id: EntityId) -> Page:
    clock.now = NOW
    return read_page(desk, case_id)


def test_an_outcome_of_the_month_is_looked_for_only_for_published_crimes(desk: Desk) -> None:
    published = {
        "source": "police-uk-street",
        "offence_from": "2026-03",
        "force": "X",
        "record_status": "filed",
    }
    one = made(desk, **published)
    assert not check.check_case(desk, one).findings or "P06" not in _rules(desk, one)
    made(desk, (OUTCOME_RECORD, {"at": "2026-03", "text": "Local resolution"}), **{**published, "force": "Y"})
    assert "P06" not in _rules(desk, one)
    made(desk, (OUTCOME_RECORD, {"at": "2026-03", "text": "Local resolution"}), **published)
    assert "P06" in _rules(desk, one)


def _rules(desk: Desk, case_id: EntityId) -> list[str]:
    return [finding.rule for finding in check.check_case(desk, case_id).findings]


def test_a_limit_is_called_law_only_where_its_source_can_be_relied_on(desk: Desk) -> None:
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.extract(CASE, case_id, case_id, {"ref": "42/9/26"}, unit.now)
        for kind, at in (("dapn", 5), ("dvpn", 4)):
            given: dict[str, Value] = {"notice_kind": kind, "notice_at": unit.now - timedelta(hours=at)}
            unit.extract(ARRESTS, new_id(), case_id, given, unit.now)
    law = {clock.clock: clock.legal for clock in read_page(desk, case_id).clocks}
    assert law == {"DAPN-48": True, "DVPN-48": False}
