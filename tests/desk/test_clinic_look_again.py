"""A completed evidential review rests on facts: when one of them is another, it must be looked at again."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from casedesk.desk import (
    bundle_in,
    bundles,
    conflict_desk,
    decisions,
    evidential,
    history,
    resolution,
    team,
    undo,
)
from casedesk.desk.clinic_page import ClinicPage, Progress, clinic_page
from casedesk.desk.clinic_panes import pane
from casedesk.desk.clinic_said import Look
from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE, EVIDENCE_REVIEW, PREVIOUS_DISPOSAL
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Appointment
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.reference.clinic import Sees
from casedesk.rules.clinic.preparation import preparation
from casedesk.rules.clinic.rests import NOT_KEPT, changed, rests_on
from tests.conftest import FrozenClock
from tests.desk.clinic_cases import (
    a_theft,
    accepted,
    chosen,
    first_suspect,
    matter,
    offered,
    prove,
    reviewed,
)
from tests.desk.team_of_two import Two, introduce, make_desk


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


def step(page: ClinicPage) -> tuple[Progress, str, str]:
    (one,) = [one for one in page.steps if one.id == "evidence"]
    return one.progress, one.said, one.next


def again(desk: Desk, case_id: EntityId) -> tuple[str, ...]:
    return evidential.look_again(matter(desk, case_id))


def spoil(desk: Desk, case_id: EntityId, which: int = 0, state: str = "missing") -> str:
    """Set a point so; its words."""
    own, point = matter(desk, case_id).points[which]
    decisions.set_point(desk, case_id, own, state)
    return point.what or ""


# -- two desks --------------------------------------------------------------------------------------------------


def test_a_point_set_missing_at_another_desk_withholds_what_rests_on_the_review(two: Two) -> None:
    case_id = a_theft(two.ann)
    prove(two.ann, case_id)
    two.send(two.ann)
    what = spoil(two.bob, case_id)
    chosen(two.ann, case_id)
    assert evidential.worksheet(two.ann, case_id).stands
    two.send(two.bob)
    page = clinic_page(two.ann, case_id)
    progress, said, todo = step(page)
    assert (progress, said) == (Progress.BLOCKED, "changed: look again")
    assert what[:20] in todo
    assert not [one.disposal.id for one in page.options if one.lawful]
    assert "changed since completed" in page.gate
    shown = "\n".join(
        one.text for one in pane(Look(two.ann, page, matter(two.ann, case_id), None), "evidence")
    )
    assert "■ The point “" in shown
    with pytest.raises(BadInputError, match="changed since completed"):
        resolution.choose(two.ann, case_id, disposal="cr")
    with pytest.raises(BadInputError, match="cannot be met"):
        evidential.complete_review(two.ann, case_id)


def test_whichever_bundle_arrives_first_both_desks_must_look_again(two: Two) -> None:
    case_id = a_theft(two.ann)
    prove(two.ann, case_id)
    two.send(two.ann)
    spoil(two.bob, case_id)
    reviewed(two.ann, case_id)
    assert again(two.ann, case_id) == ()
    two.send(two.ann)
    two.send(two.bob)
    assert len(again(two.ann, case_id)) == 1
    assert again(two.ann, case_id) == again(two.bob, case_id)


def test_confirming_it_again_frees_the_options_at_both_desks(two: Two) -> None:
    case_id = a_theft(two.ann)
    prove(two.ann, case_id)
    two.send(two.ann)
    spoil(two.bob, case_id, state="arguable")
    reviewed(two.ann, case_id)
    two.send(two.bob)
    assert again(two.ann, case_id)
    evidential.complete_review(two.ann, case_id)
    two.send(two.ann)
    for desk in (two.ann, two.bob):
        assert again(desk, case_id) == ()
        assert evidential.gate(desk.packs, matter(desk, case_id), "cc") is None


def test_what_two_desks_say_of_the_review_must_be_decided_first(two: Two) -> None:
    case_id = a_theft(two.ann)
    prove(two.ann, case_id)
    evidential.review(two.ann, case_id, admission="part")
    two.send(two.ann)
    evidential.review(two.bob, case_id, admission="denial")
    two.clock.advance(timedelta(minutes=5))
    reviewed(two.ann, case_id)
    two.send(two.bob)
    held = matter(two.ann, case_id)
    assert held.review.admission == "full"
    assert again(two.ann, case_id) == ("admission, in dispute between desks",)
    assert step(clinic_page(two.ann, case_id))[0] is Progress.BLOCKED
    with pytest.raises(BadInputError, match="different things: admission"):
        evidential.complete_review(two.ann, case_id)
    (dispute,) = [one for one in conflict_desk.conflicts(two.ann, case_id) if one.field.name == "admission"]
    denial = next(one for one in dispute.sides if one.value == "denial")
    conflict_desk.take(two.ann, dispute, denial, "The interview says so.")
    assert again(two.ann, case_id) == ("admission",)
    two.send(two.ann)
    assert again(two.bob, case_id) == ("admission",)


def test_saying_the_disputed_answer_anew_decides_it_and_completes(two: Two) -> None:
    case_id = a_theft(two.ann)
    prove(two.ann, case_id)
    two.send(two.ann)
    evidential.review(two.bob, case_id, witnesses="None")
    reviewed(two.ann, case_id)
    two.send(two.bob)
    assert "witnesses, in dispute between desks" in again(two.ann, case_id)
    evidential.complete_review(two.ann, case_id, witnesses="Store detective, and a customer")
    assert again(two.ann, case_id) == ()


@pytest.mark.parametrize("backwards", [False, True])
def test_in_any_order_of_three_desks_the_same_must_be_looked_at_again(
    tmp_path: Path, clock: FrozenClock, *, backwards: bool
) -> None:
    named = (("Ann", "1001"), ("Bob", "1002"), ("Cat", "1003"))
    desks = [make_desk(tmp_path / name, name, number, clock) for name, number in named]
    for one, other in permutations(desks, 2):
        introduce(one, other)
    ann, bob, cat = desks
    case_id = a_theft(ann)
    prove(ann, case_id)
    start = bundle(ann, tmp_path / "start", clock)
    for other in (bob, cat):
        bundle_in.take_in(other, start)
    spoil(bob, case_id)
    evidential.review(cat, case_id, forensic="Receipt for the goods")
    reviewed(ann, case_id)
    sent = [(one, bundle(one, tmp_path / "more", clock)) for one in desks]
    for desk in desks:
        for other, file in reversed(sent) if backwards else sent:
            if other is not desk:
                bundle_in.take_in(desk, file)
    said = {again(one, case_id) for one in desks}
    assert [len(one) for one in said] == [2]
    for one in desks:
        one.close()


def bundle(desk: Desk, folder: Path, clock: FrozenClock) -> Path:
    """A bundle for everybody else."""
    clock.advance(timedelta(minutes=1))
    folder.mkdir(exist_ok=True)
    own = desk.store.identity.device
    return bundles.export(desk, [one for one in team.members(desk) if one.id != own], folder).path


# -- at one desk ------------------------------------------------------------------------------------------------


def test_an_earlier_disposal_or_another_offence_found_since_must_be_looked_at(
    desk: Desk, case_id: EntityId
) -> None:
    reviewed(desk, case_id)
    suspect = first_suspect(desk, case_id)
    with desk.store.unit_of_work("previous.add") as unit:
        unit.set(PREVIOUS_DISPOSAL, new_id(), case_id, {"suspect": suspect, "disposal": "Caution"})
    assert again(desk, case_id) == ("an earlier disposal, added",)
    undo.undo(desk)
    assert again(desk, case_id) == ()
    with desk.store.unit_of_work("case.edit") as unit:
        unit.set(CASE, case_id, case_id, {"offence_from": Moment("2026-11-01")})
    assert again(desk, case_id) == ("the offence",)


def test_what_another_suspect_has_behind_them_changes_nothing(desk: Desk) -> None:
    case_id = a_theft(desk, suspects=2)
    reviewed(desk, case_id)
    other = next(own for own, _ in desk.case(case_id).file.suspects if own != first_suspect(desk, case_id))
    with desk.store.unit_of_work("previous.add") as unit:
        unit.set(PREVIOUS_DISPOSAL, new_id(), case_id, {"suspect": other, "disposal": "Caution"})
    assert again(desk, case_id) == ()


def test_the_way_to_the_signature_changes_nothing_that_the_review_rests_on(
    desk: Desk, case_id: EntityId
) -> None:
    accepted(desk, case_id)
    assert evidential.worksheet(desk, case_id).stands


def test_nothing_is_accepted_on_a_review_that_changed_between(desk: Desk, case_id: EntityId) -> None:
    offered(desk, case_id)
    with desk.store.unit_of_work("case.edit") as unit:
        unit.set(CASE, case_id, case_id, {"offence_code": "TH68001"})
    with pytest.raises(BadInputError, match="look again at the offence"):
        resolution.accept(desk, case_id, consent=True)
    evidential.complete_review(desk, case_id)
    resolution.accept(desk, case_id, consent=True)


def test_a_review_that_does_not_say_what_it_rests_on_is_looked_at_again(
    desk: Desk, case_id: EntityId
) -> None:
    reviewed(desk, case_id)
    with desk.store.unit_of_work("test") as unit:
        unit.set(EVIDENCE_REVIEW, matter(desk, case_id).review_id, case_id, {"rests_on": None})
    assert again(desk, case_id) == (NOT_KEPT,)
    evidential.complete_review(desk, case_id)
    assert again(desk, case_id) == ()


def test_two_lists_of_what_it_rests_on_joined_into_one_do_not_hide_a_change(
    desk: Desk, case_id: EntityId
) -> None:
    reviewed(desk, case_id)
    held = matter(desk, case_id)
    file, dossier, suspect = held.file, held.dossier, held.suspect
    other = rests_on(file, dossier, replace(held.review, admission="denial"), suspect)
    both = replace(held.review, rests_on=tuple(sorted({*(held.review.rests_on or ()), *other})))
    assert changed(file, dossier, held.review, suspect) == ()
    assert changed(file, dossier, both, suspect) == ("admission",)


def test_the_checklist_of_an_appointment_asks_for_it_again(desk: Desk, case_id: EntityId) -> None:
    reviewed(desk, case_id)
    held = matter(desk, case_id)
    appointment = Appointment(suspect=held.suspect)

    def evidence_ready() -> bool:
        now = matter(desk, case_id)
        ready = preparation(desk.packs.clinic, now.file, appointment, now.clinic, now.dossier)
        return next(one.ready for one in ready if one.check.sees == Sees.EVIDENCE_REVIEWED)

    assert evidence_ready()
    with desk.store.unit_of_work("case.edit") as unit:
        unit.set(CASE, case_id, case_id, {"offence_title": "Burglary"})
    assert not evidence_ready()


def test_what_a_review_rests_on_is_counted_in_the_history_not_spelled_out(
    desk: Desk, case_id: EntityId
) -> None:
    reviewed(desk, case_id)
    said = [one.after for one in history.case_history(desk, case_id) if one.field == "Rests on"]
    assert said
    assert all(one.endswith(" facts") for one in said)
