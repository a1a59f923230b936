"""The verbs of the clinic: the same day by forms, what each form asks, and when a verb is offered."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casedesk.desk import assessment, paperwork, rationale, resolution
from casedesk.desk.asking import Ask, Kind
from casedesk.desk.clinic_asks import pence, reasons
from casedesk.desk.clinic_page import Progress, clinic_page
from casedesk.desk.clinic_verbs import CLINIC
from casedesk.desk.decisions import add_points
from casedesk.desk.desk import Desk
from casedesk.desk.undo import ACT_TITLES
from casedesk.model.entities import EVIDENCE_REVIEW, VICTIM
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import ResolutionState
from casedesk.store.records import children
from tests.desk.cases import at
from tests.desk.clinic_cases import (
    EVIDENCE,
    INTEREST,
    RATIONALE,
    a_theft,
    accepted,
    chosen,
    condition,
    day,
    matter,
    propose,
    proposed,
)
from tests.rules.clinic_cases import force
from tests.store.peers import Peer

VERBS = {verb.id: verb for verb in CLINIC}


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


def do(desk: Desk, case_id: EntityId, verb: str, subject: EntityId | None = None, **values: Any) -> str:
    """Fill in a verb's form: what is not given stays as the form started, where it is text or a choice."""
    here = at(desk, case_id, subject)
    one = VERBS[verb]
    assert one.offered(here) is None, one.offered(here)
    asks = list(one.asks(here))
    assert len(asks) <= 12
    assert set(values) <= {ask.name for ask in asks}
    shown = {ask.name: _typed(ask) for ask in asks}
    for ask in asks:
        if ask.required and ask.name not in values:
            assert shown[ask.name] is not None, ask.name
    return one.run(here, {**shown, **values})


def _typed(ask: Ask) -> Any:
    """What a form's start gives as an answer."""
    if not ask.initial:
        return None
    if ask.kind is Kind.MANY:
        return tuple(ask.initial.split(","))
    if ask.kind is Kind.YES_NO:
        return ask.initial == "yes"
    if ask.kind is Kind.NUMBER:
        return int(ask.initial)
    return None if ask.kind in (Kind.DAY, Kind.PAST, Kind.FUTURE) else ask.initial


def test_a_whole_day_is_done_by_forms(desk: Desk, case_id: EntityId) -> None:
    add_points(desk, case_id)
    for own, _ in matter(desk, case_id).points:
        do(desk, case_id, "clinic.points", own, state="proved", evidence="CCTV")
    review = {**EVIDENCE, **INTEREST, "defences": ("none",)}
    said = do(desk, case_id, "clinic.admission", **{
        name: review[name] for name in ("admission", "admitted_where", "covers_all", "defences", "similar_24_months",
                                        "controlling", "previous_checked")
    })  # fmt: skip
    assert "Still missing: how the suspect was identified" in said
    do(desk, case_id, "clinic.evidence", **{
        name: review[name] for name in ("identification", "footage", "witnesses", "disclosure", "outstanding",
                                        "evidential", "evidential_why")
    })  # fmt: skip
    assert do(desk, case_id, "clinic.interest", **INTEREST) == "Saved. Complete it now."
    do(desk, case_id, "clinic.review")
    assert "points to: Conditional caution" in do(desk, case_id, "clinic.gravity", base=3, adjustment="0")
    do(desk, case_id, "clinic.choose", disposal="cc", considered="Charge: out of proportion.")
    do(desk, case_id, "clinic.condition", what="Attend an alcohol course", kind="rehabilitative",
       why="Drink lay behind it; near home.", due_on=day(desk, 60), evidence="Certificate")  # fmt: skip
    penalty = next(one.id for one in desk.packs.conditions.services.values() if one.penalty)
    do(desk, case_id, "clinic.payment", service=penalty, amount="£50", why="Small, and can be paid.",
       due_on=day(desk, 28))  # fmt: skip
    own = next(own for own, one in matter(desk, case_id).conditions if one.service == penalty)
    do(desk, case_id, "clinic.condition-change", own, due_on=day(desk, 35))
    do(desk, case_id, "clinic.rationale", rationale=RATIONALE)
    before = tuple(f"QA{number:02}" for number in range(1, 12))
    assert do(desk, case_id, "clinic.check", yes=before[:3]).startswith("Saved. Still open: QA04, QA05")
    with pytest.raises(BadInputError, match="QA03 is answered no: why"):
        do(desk, case_id, "clinic.check", yes=before[:2])
    rest = tuple(name for name in before if name != "QA05")
    with pytest.raises(BadInputError, match="yes and no"):
        do(desk, case_id, "clinic.check", yes=before, reasons="QA05: The owner moved away")
    with pytest.raises(BadInputError, match="QA77"):
        do(desk, case_id, "clinic.check", yes=rest, reasons="QA77: Nonsense")
    said = do(desk, case_id, "clinic.check", yes=rest, reasons="QA05: The owner moved away")
    assert said == "Every check is answered."
    do(desk, case_id, "clinic.propose")
    do(desk, case_id, "clinic.refuse", by="Sgt Roe", rank="sgt", why="Look at the penalty again")
    do(desk, case_id, "clinic.condition-out", own, why="Not needed")
    do(desk, case_id, "clinic.propose")
    assert "Authorised" in do(desk, case_id, "clinic.authorise", by="Sgt Roe", rank="sgt")
    assert do(desk, case_id, "clinic.offer", legal_advice="had", explained=True, admission_repeated=True)
    do(desk, case_id, "clinic.accept", consent=True)
    do(
        desk,
        case_id,
        "clinic.vary",
        consent=True,
        by="Sgt Roe",
        rank="sgt",
        why="Night shifts",
        due_on=day(desk, 80),
    )
    do(desk, case_id, "clinic.not-kept", why="Missed the first session")
    with pytest.raises(BadInputError, match="nobody has decided on it"):
        do(desk, case_id, "clinic.kept", evidence="Certificate 12")
    do(
        desk,
        case_id,
        "clinic.vary",
        consent=True,
        by="Sgt Roe",
        rank="sgt",
        why="Ill, note seen",
        due_on=day(desk, 85),
    )
    do(desk, case_id, "clinic.kept", evidence="Certificate 12")
    do(desk, case_id, "clinic.complete")
    do(desk, case_id, "clinic.check", yes=("QA12", "QA13", "QA14", "QA15"))
    held = matter(desk, case_id).resolution
    assert held is not None
    assert held.state == ResolutionState.COMPLETED
    assert "QA05 no The owner moved away" in (held.checks or ())


def test_a_breach_is_ended_and_a_refusal_recorded_by_forms(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    do(desk, case_id, "clinic.not-kept", why="Did not come")
    said = do(desk, case_id, "clinic.fail", decision="cps", by="Sgt Roe", rank="sgt", why="No excuse")
    assert said.startswith("Ended.")
    other = a_theft(desk, "42/9/26")
    proposed(desk, other)
    do(desk, other, "clinic.withdraw", why="New evidence")


def test_every_verb_has_words_a_form_that_fits_and_a_reason_when_it_is_not_offered(
    desk: Desk, case_id: EntityId
) -> None:
    here = at(desk, case_id)
    for verb in CLINIC:
        asks = list(verb.asks(here))
        assert 0 < len(asks) <= 12 or verb.id == "clinic.review"
        assert all(len(ask.label) <= 20 for ask in asks), [ask.label for ask in asks]
        assert len({ask.name for ask in asks}) == len(asks)
        assert verb.about.endswith(".")
        assert isinstance(verb.warns(here), str)
    offered = {verb.id for verb in CLINIC if verb.offered(here) is None}
    assert offered == {"clinic.admission", "clinic.evidence", "clinic.interest", "clinic.review", "clinic.gravity",
                       "clinic.choose"}  # fmt: skip
    assert VERBS["clinic.propose"].offered(here) == "No disposal is chosen yet."


def test_with_two_suspects_every_form_asks_whose_it_is(desk: Desk) -> None:
    case_id = a_theft(desk, "42/9/26", suspects=2)
    here = at(desk, case_id)
    for verb in CLINIC:
        asks = [ask.name for ask in verb.asks(here)]
        if verb.id not in ("clinic.points", "clinic.condition-change", "clinic.condition-out", "clinic.kept",
                           "clinic.not-kept", "clinic.vary"):  # fmt: skip
            assert asks[0] == "person", verb.id
        assert len(asks) <= 12 + (verb.id == "clinic.condition"), verb.id
    with pytest.raises(BadInputError, match="2 suspects"):
        VERBS["clinic.gravity"].run(here, {"base": 3})


def test_clearing_an_answer_in_the_form_takes_it_out_and_another_suspects_form_takes_nothing(
    desk: Desk, case_id: EntityId
) -> None:
    do(desk, case_id, "clinic.admission", admission="full", admitted_where="Interview")
    do(desk, case_id, "clinic.admission", admission="part", admitted_where="")
    assert matter(desk, case_id).review.admitted_where is None
    two = a_theft(desk, "42/9/26", suspects=2)
    first = matter(desk, two).suspect
    VERBS["clinic.admission"].run(at(desk, two), {"person": first.hex(), "admission": "full"})
    VERBS["clinic.admission"].run(
        at(desk, two), {"person": first.hex(), "admission": None, "risk_grade": "standard"}
    )
    assert matter(desk, two).review.admission == "full"


@pytest.mark.parametrize(
    ("typed", "amount"), [("50", 5000), ("£49.50", 4950), ("1,200", 120000), ("£7.5", 750), ("", None)]
)
def test_amounts_as_they_are_typed(typed: str, amount: int | None) -> None:
    assert pence(typed) == amount


@pytest.mark.parametrize("typed", ["fifty", "5.555", "-5", "5p", "٥"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError, match="no amount"):
        pence(typed)


def test_reasons_are_read_line_by_line() -> None:
    assert reasons("QA05: moved away\n\nqa07  two factors") == {"QA05": "moved away", "QA07": "two factors"}


# -- the rationale ----------------------------------------------------------------------------------------------


def test_a_rationale_says_what_is_recorded_and_names_what_is_not(desk: Desk, case_id: EntityId) -> None:
    empty = rationale.build(desk, case_id)
    assert "Theft from a shop on 2 Nov 2026." in empty.text
    for missing in ("the evidential stage", "what the suspect admits", "the gravity score", "the needs assessment",
                    "the disposal"):  # fmt: skip
        assert missing in empty.missing
    assert "Gravity" not in empty.text
    proposed(desk, case_id)
    made = rationale.build(desk, case_id)
    for said in (
        "Sam Hollis admitted the offence in full (Interview, 9 Nov 2026), covering every point.",
        "No defence was raised.", "a base score of 3 and a final score of 3",
        "On how serious the offence is: low value, one incident.",
        "On the suspect's age and maturity at the time: 31, mature.",
        "On whether a prosecution is a proportionate response: a conditional caution answers it.",
        "Corner Stores was asked, and said: Wants it paid for, and an apology.", "The evidential stage is met.",
        "A rehabilitative condition: Attend an alcohol awareness course, by 19 Jan 2027.",
        "What must be proved is evidenced by CCTV and admission: the suspect took", "Charge: out of proportion.",
        "The public interest asks for an out-of-court resolution.",
        "It is to be authorised by a sergeant or above (the usual case).",
    ):  # fmt: skip
        assert said in made.text
    assert made.missing == ("the needs assessment",)
    assert "Part 6" not in made.text
    assert "child" not in made.text


def test_the_needs_that_lie_behind_the_offence_are_in_the_rationale_and_on_the_page(
    desk: Desk, case_id: EntityId
) -> None:
    suspect = matter(desk, case_id).suspect
    sitting = assessment.read(desk, case_id, assessment.start(desk, case_id, suspect))
    assessment.answer_many(desk, sitting, {"alcohol.score": "2", "alcohol.linked": "yes"}, confirmed=True)
    made = rationale.build(desk, case_id)
    assert "needs linked to the offending: alcohol (" in made.text
    assert "the needs assessment" not in made.missing
    page = clinic_page(desk, case_id)
    assert {one.pathway: one.score for one in page.needs}["alcohol"] == 2
    assert page.suggested[0].need == "alcohol"
    assert page.steps[3].progress is Progress.UNDER_WAY


# -- two desks --------------------------------------------------------------------------------------------------


def test_two_desks_that_fill_in_parts_of_one_review_meet_in_it(desk: Desk, case_id: EntityId) -> None:
    own, other_case = matter(desk, case_id).review_id, new_id()
    one, two = Peer(1), Peer(2)
    ours = one.write(lambda unit: unit.set(EVIDENCE_REVIEW, own, other_case, {"admission": "full"}))
    theirs = two.write(lambda unit: unit.set(EVIDENCE_REVIEW, own, other_case, {"footage": "viewed"}))
    for peer, ops in ((one, theirs), (two, ours)):
        for op in ops:
            peer.receive(op)
        ((_, held),) = children(peer.db, EVIDENCE_REVIEW, other_case)
        assert (held.admission, held.footage) == ("full", "viewed")
    assert matter(desk, case_id).review_id == own


def test_every_act_of_the_clinic_has_words_in_the_history(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    names = {name for (name,) in desk.store.connection.execute("SELECT act FROM unit")}
    assert {name for name in names if name.startswith("clinic.")} <= set(ACT_TITLES)


# -- what is shown and not to be chosen -------------------------------------------------------------------------


def _ask(desk: Desk, case_id: EntityId, verb: str, name: str, subject: EntityId | None = None) -> Ask:
    return next(one for one in VERBS[verb].asks(at(desk, case_id, subject)) if one.name == name)


def test_disposals_of_part_6_are_named_as_not_in_force_and_cannot_be_chosen(
    desk: Desk, case_id: EntityId
) -> None:
    asked = _ask(desk, case_id, "clinic.choose", "disposal")
    assert {value for value, _ in asked.choices}.isdisjoint({"dc", "cmc"})
    assert asked.hint.startswith("not in force, so not to be chosen: Diversionary caution")
    assert "Community caution" in asked.hint
    chosen(desk, case_id)
    with pytest.raises(BadInputError, match="not in force"):
        VERBS["clinic.choose"].run(at(desk, case_id), {"disposal": "dc"})


def test_disposals_of_part_6_can_be_chosen_from_the_day_that_the_force_gives(
    desk: Desk, case_id: EntityId, tmp_path: Path
) -> None:
    in_force = replace(desk, packs=force(tmp_path))
    asked = _ask(in_force, case_id, "clinic.choose", "disposal")
    assert {"dc", "cmc"} <= {value for value, _ in asked.choices}
    assert asked.hint == ""


def test_conditions_of_a_proposal_are_not_offered_to_be_changed_and_the_way_is_said(
    desk: Desk, case_id: EntityId
) -> None:
    change, out = VERBS["clinic.condition-change"], VERBS["clinic.condition-out"]
    assert change.offered(at(desk, case_id)) == "No disposal is chosen yet."
    chosen(desk, case_id)
    assert change.offered(at(desk, case_id)) == "No condition is being built in this case."
    condition(desk, case_id)
    assert (change.offered(at(desk, case_id)), out.offered(at(desk, case_id))) == (None, None)
    propose(desk, case_id)
    for verb in (change, out):
        why = verb.offered(at(desk, case_id)) or ""
        assert why.startswith("Have it sent back first")
        assert "it is proposed" in why
    resolution.refuse(desk, case_id, by="Sgt Roe", rank="sgt", why="A later day")
    assert change.offered(at(desk, case_id)) is None
    propose(desk, case_id)
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    assert "Withdraw it" in (change.offered(at(desk, case_id)) or "")
    resolution.offer(desk, case_id, legal_advice="had", explained=True, admission_repeated=True)
    resolution.accept(desk, case_id, consent=True)
    assert "Vary a condition" in (change.offered(at(desk, case_id)) or "")


# -- whom a condition concerns ----------------------------------------------------------------------------------


def test_a_condition_about_a_victim_names_them_on_the_page_in_the_rationale_and_in_the_papers(
    desk: Desk, case_id: EntityId
) -> None:
    chosen(desk, case_id)
    said = do(desk, case_id, "clinic.condition", service="apology", why="The owner asked for it.",
              due_on=day(desk, 30))  # fmt: skip
    assert "the suspect signs" in said
    do(desk, case_id, "clinic.payment", service="compensation", amount="44", why="The goods were not recovered.",
       due_on=day(desk, 30), note="In one sum; in work")  # fmt: skip
    held = matter(desk, case_id)
    (owner,) = [own for own, _ in held.victims]
    assert {one.victim for _, one in held.conditions} == {owner}
    text = rationale.build(desk, case_id).text
    assert "concerning Corner Stores" in text
    assert "£44 to Corner Stores" in text
    propose(desk, case_id)
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    offer = _letter(desk, case_id, "L04")
    assert "concerning Corner Stores" in offer
    assert "£44.00 to Corner Stores" in offer


def test_of_two_victims_the_one_must_be_named_and_a_stranger_cannot_be(desk: Desk, case_id: EntityId) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, other := new_id(), case_id, {"name": "Ms Vane", "kind": "person", "views": "None"})
    chosen(desk, case_id)
    said = do(
        desk,
        case_id,
        "clinic.condition",
        service="no-contact",
        why="It keeps her safe.",
        due_on=day(desk, 30),
    )
    assert "Name the victim" in said
    ((own, held),) = matter(desk, case_id).conditions
    assert held.victim is None
    do(desk, case_id, "clinic.condition-change", own, victim=other.hex())
    assert dict(matter(desk, case_id).conditions)[own].victim == other
    assert _ask(desk, case_id, "clinic.condition-change", "victim", own).initial == other.hex()
    with pytest.raises(BadInputError, match="not in this case"):
        condition(desk, case_id, victim=new_id())


def _letter(desk: Desk, case_id: EntityId, letter: str, victim: EntityId | None = None) -> str:
    suspect = matter(desk, case_id).suspect
    made = paperwork.compose(desk, case_id, suspect, letter, victim=victim)
    return "\n".join(one.text for one in made.lines)


def test_a_letter_to_one_victim_says_nothing_of_what_concerns_another(desk: Desk, case_id: EntityId) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, other := new_id(), case_id, {"name": "Ms Vane", "kind": "person", "views": "None"})
    chosen(desk, case_id)
    owner = next(own for own, one in matter(desk, case_id).victims if own != other)
    for whom, what in ((other, "Keep away from the yard"), (owner, "Sweep the shop floor")):
        condition(desk, case_id, victim=whom, what=what, kind="reparative", need=None)
    propose(desk, case_id)
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    resolution.offer(desk, case_id, legal_advice="had", explained=True, admission_repeated=True)
    resolution.accept(desk, case_id, consent=True)
    told = {whom: _letter(desk, case_id, "L10", whom) for whom in (owner, other)}
    assert "Sweep the shop floor" in told[owner]
    assert "Keep away" not in told[owner]
    assert "Keep away from the yard" in told[other]
    assert "Sweep" not in told[other]
    assert not any("concerning" in one for one in told.values())
