"""What a charging decision needs: who decides, what is to be asked, how urgent it is, what is missing; the tests."""

from datetime import timedelta

import pytest

from casedesk.desk import decisions
from casedesk.desk.asking import Ask, At, Kind, Verb
from casedesk.desk.charging_page import Asked, ChargingPage, asked_of, charging_page, sections
from casedesk.desk.charging_verbs import CHARGING, answered, ask_asks, record_answers, said_of
from casedesk.desk.desk import Desk
from casedesk.desk.events import add_event
from casedesk.desk.intake import Arrest, Person, add_case
from casedesk.desk.undo import undo
from casedesk.model.errors import BadInputError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.reference.charging_words import ChargeTest, Plea, Stage
from casedesk.rules.charging import Who
from casedesk.rules.material import Have
from tests.desk.cases import a_case, at

FULL_CODE, THRESHOLD = CHARGING


def plain(desk: Desk) -> EntityId:
    """A shop theft with a suspect in custody and no flags recorded."""
    return add_case(
        desk, intake="arrest", ref="77/1/26", offence_code="TH68010", offence_title="Theft from a shop",
        mine=True, person=Person(name="Kyle Jarrett"), arrest=Arrest(arrested_at=desk.now - timedelta(hours=4)),
    )  # fmt: skip


def page(where: At, asked: Asked | None = None) -> ChargingPage:
    return charging_page(where.desk, where.file, where.dossier, asked)


def said(one: ChargingPage, begins: str) -> str:
    return "\n".join(
        f"{part.title}\n" + "\n".join(one.text for one in part.said)
        for part in sections(one)
        if part.title.startswith(begins)
    )


def test_domestic_abuse_is_the_cps_s_to_decide_and_says_on_what_authority(desk: Desk) -> None:
    found = page(at(desk, a_case(desk)))
    assert found.decider.who is Who.CPS
    (first, *_) = next(iter(sections(found))).said
    assert (first.text, str(first.status)) == ("Domestic abuse", "confirmed")
    assert first.source


def test_what_is_not_known_is_asked_and_the_answers_settle_who_decides(desk: Desk) -> None:
    where = at(desk, plain(desk))
    first = page(where)
    assert first.decider.who is Who.CHECK
    assert "Is it domestic abuse or hate crime?" in said(first, "Still to be asked")
    asks = {ask.name: ask for ask in ask_asks(where, Asked())}
    offered = [value for value, _ in asks["applies"].choices]
    assert {"consent", "domestic-abuse", "hate"} <= set(offered)

    asked = answered(where, Asked(), {"suitable": True, "applies": (), "others": True})
    settled = page(where, asked)
    assert settled.decider.who is Who.POLICE
    assert not settled.decider.asks
    assert said_of(where, asked).startswith("The police may charge: Theft from a shop")

    hate = answered(where, asked, {"suitable": True, "applies": ("hate",), "others": False})
    assert dict(hate.answers) == {"hate": True}
    assert page(where, hate).decider.who is Who.CPS


def test_a_question_nobody_answered_stays_open(desk: Desk) -> None:
    where = at(desk, plain(desk))
    asked = answered(where, Asked(), {"suitable": True})
    assert asked.answers == ()
    assert page(where, asked).decider.asks


def test_the_form_starts_with_what_was_answered_before(desk: Desk) -> None:
    where = at(desk, plain(desk))
    asked = Asked(Plea.GUILTY, True, Stage.THRESHOLD, (("consent", False), ("hate", True)))
    initial = {ask.name: ask.initial for ask in ask_asks(where, asked)}
    assert initial == {
        "plea": "GAP", "suitable": "yes", "stage": "threshold", "applies": "hate", "others": "yes",
    }  # fmt: skip


def test_material_is_for_the_stage_chosen_with_what_is_missing_first(desk: Desk) -> None:
    where = at(desk, a_case(desk))
    suggested, chosen = page(where), page(where, Asked(stage=Stage.THRESHOLD))
    assert suggested.stage is Stage.PRE_CHARGE_NOT_GUILTY
    assert "suggested" in said(suggested, "Material")
    assert "Before charge, threshold test (chosen)" in said(chosen, "Material")
    haves = [one.have for one in chosen.material]
    assert haves[: chosen.missing] == [Have.MISSING] * chosen.missing
    assert chosen.missing
    assert Have.MISSING not in haves[chosen.missing :]


def test_the_cps_clock_runs_from_the_submission_until_the_cps_decides(desk: Desk) -> None:
    case_id = a_case(desk)
    assert page(at(desk, case_id)).cps is None
    add_event(desk, case_id, "submitted-to-cps", at=desk.now - timedelta(hours=2))
    waiting = page(at(desk, case_id))
    assert waiting.urgency.rule.id == "red"
    assert waiting.cps is not None
    assert "Submitted" in said(waiting, "Urgency")
    add_event(desk, case_id, "cps-decision", at=desk.now - timedelta(hours=1))
    assert page(at(desk, case_id)).cps is None


def test_points_to_prove_are_told_with_their_evidence(desk: Desk) -> None:
    case_id = a_case(desk)
    assert "None are laid out" in said(page(at(desk, case_id)), "Points")
    first, *_ = decisions.add_points(desk, case_id, "CJ88116")
    decisions.set_point(desk, case_id, first, "proved", "Statement of Zoë Larkin")
    told = said(page(at(desk, case_id)), "Points")
    assert "(proved): Statement of Zoë Larkin" in told
    assert "(outstanding)" in told


@pytest.mark.parametrize(("verb", "test"), list(zip(CHARGING, ChargeTest, strict=True)), ids=list(ChargeTest))
def test_every_question_of_a_worksheet_is_asked_and_says_where_it_is_not_sure(
    desk: Desk, verb: Verb, test: ChargeTest
) -> None:
    asks = {ask.name: ask for ask in verb.asks(at(desk, a_case(desk)))}
    for question in desk.packs.charging.worksheet(test):
        ask = asks[question.id]
        assert question.text in ask.question
        assert ("(unverified)" in ask.question) == (question.status == "unverified")
        assert len(ask.label) <= 20


def _answers(asks: list[Ask]) -> dict[str, object]:
    return {
        ask.name: f"About {ask.name}" for ask in asks if ask.kind is Kind.LINES and ask.name != "rationale"
    }


def test_the_threshold_test_is_recorded_with_every_condition_below_its_question(desk: Desk) -> None:
    case_id = a_case(desk)
    where = at(desk, case_id)
    values = {
        **_answers(list(THRESHOLD.asks(where))), "kind": "charge", "result": "Charge common assault",
        "rationale": "It cannot wait.", "by": "PS Demo", "rank": "sgt",
    }  # fmt: skip
    THRESHOLD.run(where, values)
    decision = at(desk, case_id).dossier.decisions[-1][1]
    assert (decision.kind, decision.test, decision.rank) == ("charge", "threshold", "sgt")
    assert decision.evidential is not None
    assert decision.public_interest == "5. Is it in the public interest?\nAbout tt-public-interest"
    assert "reasonable grounds to suspect that the person committed the offence?\nAbout tt-suspicion" in (
        decision.evidential
    )
    assert decision.evidential.count("About") == 5


def test_the_full_code_test_says_how_many_questions_were_left_open(desk: Desk) -> None:
    where = at(desk, a_case(desk))
    values = {
        "fc-lines": "All done", "fc-unused": "None", "fc-prospect": "Yes", "kind": "refer-to-cps",
        "result": "Refer", "rationale": "Domestic abuse",
    }  # fmt: skip
    assert "questions were left open" in FULL_CODE.run(where, values)
    with pytest.raises(BadInputError, match="public-interest stage is missing"):
        FULL_CODE.run(where, {**values, "kind": "charge"})


def test_what_is_answered_on_who_charges_is_recorded_and_found_again(desk: Desk) -> None:
    case_id = plain(desk)
    told = record_answers(
        at(desk, case_id), {"plea": Plea.GUILTY.value, "suitable": True, "applies": (), "others": True}
    )
    again = at(desk, case_id)
    kept = asked_of(again.dossier)
    assert (kept.plea, kept.suitable) == (Plea.GUILTY, True)
    assert kept.answers
    assert not any(answer for _, answer in kept.answers)
    assert page(again).decider == page(again, kept).decider
    assert page(again).decider.who is not Who.CHECK
    assert told.startswith(said(page(again), "Who decides").removeprefix("Who decides: ").split("\n")[0])
    asks = {ask.name: ask.initial for ask in ask_asks(again, kept)}
    assert (asks["plea"], asks["suitable"], asks["others"]) == (Plea.GUILTY, "yes", "yes")


def test_a_later_answer_takes_the_place_of_the_first_and_undo_brings_it_back(desk: Desk) -> None:
    case_id = plain(desk)
    record_answers(at(desk, case_id), {"plea": Plea.GUILTY.value})
    record_answers(at(desk, case_id), {"plea": Plea.NOT_GUILTY.value})
    record_answers(at(desk, case_id), {"plea": Plea.NOT_GUILTY.value})  # nothing new: nothing is written
    held = at(desk, case_id).dossier.decisions
    assert [one.text for _, one in held] == ["Guilty plea anticipated.", "Not guilty anticipated."]
    assert [one.answers for _, one in standing(held)] == [(f"plea {Plea.NOT_GUILTY}",)]
    undo(desk)
    assert asked_of(at(desk, case_id).dossier).plea is Plea.GUILTY
    with pytest.raises(BadInputError, match="Nothing was answered"):
        record_answers(at(desk, a_case(desk)), {})


def test_a_question_of_a_worksheet_stays_in_sight_while_it_is_answered(desk: Desk) -> None:
    where = at(desk, a_case(desk))
    for verb in CHARGING:
        asked = [ask for ask in verb.asks(where) if ask.question]
        assert len(asked) == len(
            where.desk.packs.charging.worksheet(ChargeTest(verb.id.removeprefix("charging.")))
        )
        assert not any(ask.hint for ask in asked), "a hint goes away with the first letter"
