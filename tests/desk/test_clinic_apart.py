"""Two desks that assess or decide on one person apart: nothing said of harm is lost, nothing undecided is hidden."""

from datetime import timedelta

import pytest

from casedesk.desk import assessment, resolution
from casedesk.desk.assessment import Sitting
from casedesk.desk.clinic_page import ClinicPage, PageStep, Progress, clinic_page
from casedesk.desk.clinic_panes import pane
from casedesk.desk.clinic_said import look
from casedesk.desk.desk import Desk
from casedesk.desk.needs import open_matters
from casedesk.desk.resolution_apart import keep
from casedesk.model.entities import SUSPECT
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from tests.desk.clinic_cases import (
    a_theft,
    authorised,
    chosen,
    condition,
    first_suspect,
    matter,
    offered,
    propose,
    reviewed,
)
from tests.desk.team_of_two import Two
from tests.desk.test_assessment import filled

SUICIDE = "mental-health.suicide"
HOME = "accommodation.home"


def step(page: ClinicPage, own: str) -> PageStep:
    return next(one for one in page.steps if one.id == own)


def read(desk: Desk, case_id: EntityId, own: EntityId) -> Sitting:
    return assessment.read(desk, case_id, own)


def both(two: Two, *, bob_first: bool = False) -> None:
    """Bundles both ways."""
    for sender in (two.bob, two.ann) if bob_first else (two.ann, two.bob):
        two.send(sender)


def shown(desk: Desk, case_id: EntityId, which: str) -> str:
    return "\n".join(
        f"{one.label} {one.text}" for one in pane(look(desk, case_id, first_suspect(desk, case_id)), which)
    )


@pytest.mark.parametrize("bob_first", [False, True])
@pytest.mark.parametrize("later", ["past", ""])
def test_a_plan_told_at_one_desk_stands_though_another_answer_came_later(
    two: Two, later: str, bob_first: bool
) -> None:
    case_id = a_theft(two.ann)
    authorised(two.ann, case_id)
    own = assessment.start(two.ann, case_id, first_suspect(two.ann, case_id))
    filled(two.ann, read(two.ann, case_id, own))
    two.send(two.ann)
    assessment.answer(two.ann, read(two.ann, case_id, own), SUICIDE, "plan")
    two.clock.advance(timedelta(minutes=1))
    now = read(two.bob, case_id, own)
    assessment.answer(two.bob, now, SUICIDE, later or None, declined=not later)
    both(two, bob_first=bob_first)
    for desk in (two.ann, two.bob):
        sitting = read(desk, case_id, own)
        assert sitting.answers[SUICIDE].value == "plan"
        assert "suicide" in [one.id for one in sitting.open_triggers()]
        assert any("Two desks answered differently" in one.what for one in assessment.still_needed(sitting))
        with pytest.raises(BadInputError):
            assessment.complete(desk, sitting)
        with pytest.raises(BadInputError, match="raised, and nothing is recorded"):
            resolution.offer(desk, case_id, legal_advice="had", explained=True, admission_repeated=True)
        assert "Two desks answered 1 question differently" in shown(desk, case_id, "needs")


def test_asking_again_decides_and_both_desks_have_it(two: Two) -> None:
    case_id = a_theft(two.ann)
    own = assessment.start(two.ann, case_id, first_suspect(two.ann, case_id))
    two.send(two.ann)
    assessment.answer(two.ann, read(two.ann, case_id, own), SUICIDE, "plan")
    two.clock.advance(timedelta(minutes=1))
    assessment.answer(two.bob, read(two.bob, case_id, own), SUICIDE, "no")
    both(two)
    sitting = assessment.answer(two.bob, read(two.bob, case_id, own), SUICIDE, "no")
    assert sitting.apart == {}
    two.send(two.bob)
    for desk in (two.ann, two.bob):
        now = read(desk, case_id, own)
        assert now.answers[SUICIDE].value == "no"
        assert now.apart == {}
        assert not [one for one in now.open_triggers() if one.id == "suicide"]


def test_taking_an_answer_out_does_not_take_out_what_another_desk_was_told(two: Two) -> None:
    case_id = a_theft(two.ann)
    own = assessment.start(two.ann, case_id, first_suspect(two.ann, case_id))
    assessment.answer(two.ann, read(two.ann, case_id, own), SUICIDE, "no")
    two.send(two.ann)
    assessment.answer(two.bob, read(two.bob, case_id, own), SUICIDE, "thoughts")
    two.clock.advance(timedelta(minutes=1))
    assessment.take_out(two.ann, read(two.ann, case_id, own), [SUICIDE])
    both(two)
    for desk in (two.ann, two.bob):
        assert "suicide" in [one.id for one in read(desk, case_id, own).open_triggers()]


def test_the_same_answer_at_both_desks_is_no_dispute(two: Two) -> None:
    case_id = a_theft(two.ann)
    own = assessment.start(two.ann, case_id, first_suspect(two.ann, case_id))
    two.send(two.ann)
    for desk in (two.ann, two.bob):
        assessment.answer(desk, read(desk, case_id, own), SUICIDE, "past")
    both(two)
    assert read(two.ann, case_id, own).apart == {}


@pytest.mark.parametrize("bob_first", [False, True])
def test_a_completed_assessment_taken_further_elsewhere_is_not_done(two: Two, bob_first: bool) -> None:
    case_id = a_theft(two.ann)
    own = assessment.start(two.ann, case_id, first_suspect(two.ann, case_id))
    filled(two.ann, read(two.ann, case_id, own))
    two.send(two.ann)
    assessment.complete(two.ann, read(two.ann, case_id, own))
    assert step(clinic_page(two.ann, case_id), "needs").progress is Progress.DONE
    two.clock.advance(timedelta(minutes=1))
    assessment.answer(two.bob, read(two.bob, case_id, own), HOME, "street")
    assessment.answer(two.bob, read(two.bob, case_id, own), SUICIDE, "plan")
    both(two, bob_first=bob_first)
    for desk in (two.ann, two.bob):
        sitting = read(desk, case_id, own)
        assert sitting.changed
        assert sitting.is_open
        needs = step(clinic_page(desk, case_id), "needs")
        assert (needs.progress, needs.said) == (Progress.BLOCKED, "changed since completed")
        assert "taken further since" in shown(desk, case_id, "needs")
        with pytest.raises(BadInputError, match="dealt with today"):
            assessment.complete(desk, sitting)
        with pytest.raises(BadInputError, match="is open"):
            assessment.start(desk, case_id, first_suspect(desk, case_id))


def test_completing_it_again_on_what_it_is_now_settles_it(two: Two) -> None:
    case_id = a_theft(two.ann)
    own = assessment.start(two.ann, case_id, first_suspect(two.ann, case_id))
    filled(two.ann, read(two.ann, case_id, own))
    two.send(two.ann)
    assessment.complete(two.ann, read(two.ann, case_id, own))
    assessment.answer(two.bob, read(two.bob, case_id, own), "mental-health.own-words", "Better now")
    two.send(two.bob)
    assert read(two.ann, case_id, own).changed
    assessment.complete(two.ann, read(two.ann, case_id, own))
    two.send(two.ann)
    for desk in (two.ann, two.bob):
        assert read(desk, case_id, own).completed
        assert step(clinic_page(desk, case_id), "needs").progress is Progress.DONE


@pytest.mark.parametrize("bob_first", [False, True])
def test_of_two_assessments_begun_apart_each_shows_what_the_other_raised(two: Two, bob_first: bool) -> None:
    case_id = a_theft(two.ann)
    authorised(two.ann, case_id)
    two.send(two.ann)
    suspect = first_suspect(two.ann, case_id)
    mine = assessment.start(two.ann, case_id, suspect)
    two.clock.advance(timedelta(minutes=1))
    theirs = assessment.start(two.bob, case_id, suspect)
    assessment.answer(two.ann, read(two.ann, case_id, mine), SUICIDE, "plan")
    two.clock.advance(timedelta(minutes=1))
    assessment.answer(two.bob, read(two.bob, case_id, theirs), SUICIDE, "no")
    both(two, bob_first=bob_first)
    for desk in (two.ann, two.bob):
        assert assessment.latest(desk, case_id, suspect) == theirs
        sitting = read(desk, case_id, theirs)
        assert "suicide" in [one.id for one in sitting.open_triggers()]
        assert any("is open as well" in one.what for one in assessment.still_needed(sitting))
        needs = step(clinic_page(desk, case_id), "needs")
        assert (needs.progress, needs.said) == (Progress.BLOCKED, "2 open at once")
        assert "begun by 1001" in shown(desk, case_id, "needs")
    sitting = read(two.bob, case_id, theirs)
    assessment.record_trigger(two.bob, sitting, "suicide", made_on=assessment.today(two.bob))
    assert not open_matters(two.bob, matter(two.bob, case_id))
    assessment.give_up(two.bob, read(two.bob, case_id, mine), "Begun at two desks")
    assert read(two.bob, case_id, theirs).beside == ()
    assert not open_matters(two.bob, matter(two.bob, case_id))


def test_what_a_given_up_one_raised_and_nobody_dealt_with_still_holds(two: Two) -> None:
    case_id = a_theft(two.ann)
    two.send(two.ann)
    suspect = first_suspect(two.ann, case_id)
    mine, theirs = (assessment.start(desk, case_id, suspect) for desk in (two.ann, two.bob))
    assessment.answer(two.ann, read(two.ann, case_id, mine), SUICIDE, "plan")
    both(two)
    assessment.give_up(two.bob, read(two.bob, case_id, mine), "Begun at two desks")
    assert theirs
    assert [one.id for one in open_matters(two.bob, matter(two.bob, case_id))] == ["suicide"]


def drafted_apart(two: Two, *, bob_first: bool = False) -> EntityId:
    """A conditional caution drafted at one desk, a community resolution at the other."""
    case_id = a_theft(two.ann)
    reviewed(two.ann, case_id)
    two.send(two.ann)
    chosen(two.ann, case_id, "cc")
    condition(two.ann, case_id, what="Attend at Northgate")
    two.clock.advance(timedelta(minutes=1))
    chosen(two.bob, case_id, "cr", deviation="The force's practice.")
    condition(two.bob, case_id, what="Write to the shop")
    both(two, bob_first=bob_first)
    return case_id


@pytest.mark.parametrize("bob_first", [False, True])
def test_drafts_chosen_apart_are_both_in_sight_and_go_no_further(two: Two, bob_first: bool) -> None:
    case_id = drafted_apart(two, bob_first=bob_first)
    for desk in (two.ann, two.bob):
        page = clinic_page(desk, case_id)
        decision = step(page, "decision")
        assert (decision.progress, decision.said) == (Progress.BLOCKED, "2 chosen apart")
        said = shown(desk, case_id, "decision")
        assert "Attend at Northgate" in said
        assert "Write to the shop" in said
        with pytest.raises(BadInputError, match=r"chose apart.*draft"):
            propose(desk, case_id)
    assert matter(two.ann, case_id).current == matter(two.bob, case_id).current


@pytest.mark.parametrize("which", ["cc", "cr"])
def test_either_can_be_kept_and_the_other_is_withdrawn_with_its_conditions(two: Two, which: str) -> None:
    case_id = drafted_apart(two)
    held = matter(two.ann, case_id)
    own = next(own for own, one in held.resolutions if one.disposal == which)
    keep(two.ann, case_id, which=own.hex(), why="Agreed with Bob")
    two.send(two.ann)
    for desk in (two.ann, two.bob):
        now = matter(desk, case_id)
        assert now.apart == ()
        assert now.current is not None
        assert now.current[0] == own
        (kept,) = now.conditions
        assert kept[1].what == ("Attend at Northgate" if which == "cc" else "Write to the shop")
        assert {one.state for _, one in now.resolutions} == {"draft", "withdrawn"}


def test_keeping_one_needs_two_and_a_reason(two: Two) -> None:
    case_id = a_theft(two.ann)
    own = chosen(two.ann, case_id)
    with pytest.raises(BadInputError, match="only one"):
        keep(two.ann, case_id, which=own.hex(), why="x")
    case_id = drafted_apart(two)
    current = matter(two.ann, case_id).current
    assert current is not None
    with pytest.raises(BadInputError, match="reason"):
        keep(two.ann, case_id, which=current[0].hex(), why=" ")


def test_a_resolution_under_way_is_not_hidden_by_a_draft_made_elsewhere(two: Two) -> None:
    case_id = a_theft(two.ann)
    reviewed(two.ann, case_id)
    two.send(two.ann)
    authorised(two.ann, case_id)
    two.clock.advance(timedelta(minutes=1))
    chosen(two.bob, case_id, "cr", deviation="The force's practice.")
    both(two)
    for desk in (two.ann, two.bob):
        held = matter(desk, case_id).resolution
        assert held is not None
        assert held.state == "authorised"
        with pytest.raises(BadInputError, match="chose apart"):
            resolution.offer(desk, case_id, legal_advice="had", explained=True, admission_repeated=True)


def test_nothing_is_given_to_a_suspect_without_a_name(desk: Desk) -> None:
    case_id = a_theft(desk)
    with desk.store.unit_of_work("test") as unit:
        unit.set(SUSPECT, first_suspect(desk, case_id), case_id, {"name": " "})
    with pytest.raises(BadInputError, match="no name on record"):
        chosen(desk, case_id)


@pytest.mark.parametrize("day", ["2026", "2026-11", "soon"])
def test_what_is_no_whole_day_is_not_taken_for_the_day_it_was_given(desk: Desk, day: str) -> None:
    case_id = a_theft(desk)
    offered(desk, case_id)
    with pytest.raises(BadInputError, match="is no day"):
        resolution.accept(desk, case_id, consent=True, given_on=Moment(day))
