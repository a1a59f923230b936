"""Limits of conditions, what is said of those proposed, what is suggested, the score, the recommendation."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.clinic import Resolution
from casedesk.model.errors import BadInputError, PackError
from casedesk.model.words import Confidence, Severity
from casedesk.reference.conditions import load_conditions
from casedesk.reference.eligibility import Step
from casedesk.reference.gravity import Weight, load_gravity
from casedesk.reference.packs import Packs
from casedesk.rules.clinic.conditions import check_conditions, limits, suggest
from casedesk.rules.clinic.dates import alert_reached
from casedesk.rules.clinic.eligibility import judge, options
from casedesk.rules.clinic.facts import ClinicFacts
from casedesk.rules.clinic.gravity import base_for, score
from casedesk.rules.clinic.recommend import recommend, spent_on
from casedesk.rules.counting import months_from
from tests.rules.clinic_cases import SHIPPED, TODAY, condition, sound, summary

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


# -- limits ------------------------------------------------------------------------------------------------------------


def test_conditions_have_sixteen_weeks_and_with_a_reason_twenty() -> None:
    found = limits(SHIPPED, sound(), TODAY)
    assert (found.latest_due, found.normal_due, found.exceptional_due) == (
        date(2027, 3, 14), date(2027, 3, 14), date(2027, 4, 11),
    )  # fmt: skip
    assert limits(SHIPPED, sound(exceptional="Why"), TODAY).latest_due == date(2027, 4, 11)
    assert (found.statutory, found.penalty_cap_pence, found.hours_cap) == (None, 10000, 20)
    assert any("not summary-only" in one for one in found.why)


def test_the_limit_on_prosecution_less_the_buffer_comes_first() -> None:
    found = limits(SHIPPED, sound(**summary(left=100)), TODAY)
    assert found.latest_due == found.statutory == TODAY + timedelta(days=72)
    assert (found.penalty_cap_pence, found.too_short) == (5000, False)
    assert limits(SHIPPED, sound(**summary(left=41)), TODAY).too_short
    assert not limits(SHIPPED, sound(**summary(left=42)), TODAY).too_short


def test_what_is_not_recorded_is_said_and_other_disposals_have_no_weeks() -> None:
    assert any("not recorded" in one for one in limits(SHIPPED, sound(mode=None, limited=None), TODAY).why)
    resolution = limits(SHIPPED, sound(**summary(left=100)), TODAY, disposal="cr")
    assert (resolution.normal_due, resolution.hours_cap, resolution.penalty_cap_pence) == (None, None, None)
    assert resolution.latest_due == resolution.statutory


@given(given_on=DAYS, offence=DAYS, exceptional=st.booleans())
def test_a_condition_due_on_the_latest_day_is_never_late_and_a_day_after_always_is(
    given_on: date, offence: date, *, exceptional: bool
) -> None:
    facts = sound(
        mode="summary", limited=True, limit_day=months_from(offence, 6), offence_day=offence,
        exceptional="Why" if exceptional else "",
    )  # fmt: skip
    found = limits(SHIPPED, facts, given_on)
    assert found.latest_due is not None
    assert found.statutory == months_from(offence, 6) - timedelta(days=28)
    resolution = Resolution(disposal="cc", exceptional=facts.exceptional)
    for late in (0, 1):
        when = found.latest_due + timedelta(days=late)
        said = check_conditions(
            SHIPPED, facts, resolution, [condition(None, due_on=when.isoformat())], given_on
        )
        assert bool({"R19", "R20", "R21"} & {one.rule for one in said}) is bool(late)


@pytest.mark.parametrize(
    ("offence", "last"),
    [
        ("2026-08-31", "2027-02-28"),
        ("2027-08-31", "2028-02-29"),
        ("2026-12-31", "2027-06-30"),
        ("2026-03-30", "2026-09-30"),
    ],
)
def test_six_months_end_with_a_month_that_is_shorter(offence: str, last: str) -> None:
    facts = sound(mode="summary", limited=True, limit_day=months_from(date.fromisoformat(offence), 6))
    found = limits(SHIPPED, facts, date.fromisoformat(offence))
    assert found.statutory == date.fromisoformat(last) - timedelta(days=28)


@pytest.mark.parametrize(
    ("left", "reached"), [(57, None), (56, 56), (29, 56), (28, 28), (14, 14), (7, 7), (0, 7), (-3, 7)]
)
def test_the_limit_is_announced_as_it_comes_near(left: int, reached: int | None) -> None:
    facts = sound(**summary(left=left))
    assert alert_reached(SHIPPED.eligibility, facts) == reached
    said = [
        one for one in limits(SHIPPED, facts, TODAY).why if "left to prosecute" in one or "has passed" in one
    ]
    assert bool(said) is (reached is not None)
    assert alert_reached(SHIPPED.eligibility, sound()) is None


# -- proposed conditions -----------------------------------------------------------------------------------------------


def test_only_the_rules_of_conditions_judge_them_and_for_the_disposal_of_the_resolution() -> None:
    facts = sound(evidential="not-met")
    found = check_conditions(SHIPPED, facts, Resolution(disposal="cc"), [], TODAY)
    assert [one.rule for one in found] == ["E11"]
    assert check_conditions(SHIPPED, facts, Resolution(disposal="cr"), [], TODAY) == ()
    assert all(SHIPPED.eligibility.rules[one.rule].step is Step.CONDITIONS for one in found)


def test_a_condition_taken_out_does_not_count() -> None:
    gone = condition(30, kind="punitive", hours=90, withdrawn_why="Not available")
    found = check_conditions(SHIPPED, sound(), Resolution(disposal="cc"), [condition(), gone], TODAY)
    assert found == ()


def test_the_message_names_the_days_and_the_sums() -> None:
    many = [condition(30, kind="punitive", hours=30), condition(150)]
    found = {
        one.rule: one for one in check_conditions(SHIPPED, sound(), Resolution(disposal="cc"), many, TODAY)
    }
    assert "30 hours; the most is 20" in found["R18"].message
    assert "21 Apr 2027" in found["R19"].message
    assert found["R18"].severity is Severity.BLOCK


# -- suggestions -------------------------------------------------------------------------------------------------------


def test_services_answer_the_needs_the_greatest_first_and_each_once() -> None:
    found = suggest(SHIPPED, {"alcohol": 1, "mental-health": 2, "drugs": 0}, sound(has_victim=False))
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].need == "mental-health"
    assert "alcohol" in [one.service for one in found]
    assert "drugs" not in [one.service for one in found]
    assert len({one.service for one in found}) == len(found)
    assert next(one for one in found if one.service == "liaison").signpost


def test_domestic_abuse_puts_its_workshops_first_and_others_never_see_them() -> None:
    assert suggest(SHIPPED, {}, sound(domestic=True))[0].service == "cara"
    plain = suggest(SHIPPED, {"relationships-domestic-abuse": 2, "attitudes-thinking-behaviour": 2}, sound())
    assert not {"cara", "hate-awareness"} & {one.service for one in plain}
    hate = suggest(SHIPPED, {"attitudes-thinking-behaviour": 2}, sound(hate=True))
    assert "hate-awareness" in [one.service for one in hate]


def test_what_puts_harm_right_is_suggested_where_there_is_a_victim() -> None:
    assert {"apology", "compensation"} <= {one.service for one in suggest(SHIPPED, {}, sound())}
    assert suggest(SHIPPED, {}, sound(has_victim=False)) == ()


# -- gravity -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "move", "final", "default"),
    [
        (1, 0, 1, "cr"),
        (1, -1, 1, "cr"),
        (2, 1, 3, "cc"),
        (3, 1, 4, "charge"),
        (5, 1, 5, "charge"),
        (4, -1, 3, "cc"),
    ],
)
def test_the_score_moves_by_a_named_factor_and_stays_on_the_scale(
    base: int, move: int, final: int, default: str
) -> None:
    found = score(SHIPPED, base, ["weapon"], ["remorse"], move)
    assert (found.final, found.default) == (final, default)
    assert found.status is Confidence.UNVERIFIED
    assert "Weapon" in found.steps[1]
    assert found.needs_reason("o22")
    assert not found.needs_reason(default)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "not a score"), ((6,), "not a score"), ((2, ["nonsense"]), "no aggravating factor"),
        ((2, ["remorse"]), "no aggravating factor"), ((2, [], ["weapon"]), "no mitigating factor"),
        ((2, ["weapon"], [], 2), "does not move by"), ((2, [], ["remorse"], 1), "Nothing aggravating"),
        ((2, ["weapon"], [], -1), "Nothing mitigating"),
    ],
)  # fmt: skip
def test_a_score_that_the_matrix_does_not_know_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        score(SHIPPED, *arguments)


def test_a_force_lays_its_matrix_over_the_placeholder(tmp_path: Path) -> None:
    sourced = 'status = "confirmed"\nsource = "Ours"\n'
    own = f'[pack]\ntitle = "Our matrix"\nversion = "9"\n[[level]]\nid = "2"\ndefault = "cc"\n{sourced}'
    offence = f'[[offence]]\nid = "shop"\ntitle = "Shop theft"\ncodes = ["TH68010"]\nscore = 2\n{sourced}'
    (tmp_path / "gravity.toml").write_text(own + offence, encoding="utf-8")
    packs = Packs(tmp_path)
    found = score(packs, 2)
    assert (found.default, found.status) == ("cc", Confidence.CONFIRMED)
    assert found.matrix.startswith("Our matrix, 9")
    assert base_for(packs, sound()) == (2, "Ours")
    assert base_for(SHIPPED, sound()) is None
    for wrong, message in (('default = "cc"', "no ending"), ("score = 2", "not on the scale")):
        changed = wrong.replace("cc", "fine").replace("2", "7")
        (tmp_path / "gravity.toml").write_text((own + offence).replace(wrong, changed), encoding="utf-8")
        with pytest.raises(PackError, match=message):
            load_gravity(tmp_path)


def test_every_factor_has_a_title_and_both_ways_are_there() -> None:
    matrix = SHIPPED.gravity
    assert len(matrix.factors_of(Weight.AGGRAVATING)) == len(matrix.factors_of(Weight.MITIGATING)) == 11
    assert all(one.status is Confidence.UNVERIFIED for one in matrix.factors.values())
    assert all(level.status is Confidence.UNVERIFIED for level in matrix.levels.values())


# -- recommendation ----------------------------------------------------------------------------------------------------


def test_it_points_where_the_matrix_does_and_shows_every_factor() -> None:
    facts = sound(previous_checked=True)
    found = recommend(SHIPPED, facts, score(SHIPPED, 2), {"alcohol": 1})
    assert found.points_to == ("cr", "cc")
    assert found.words.endswith("You decide.")
    assert {"Gravity", "Evidential stage", "Admission", "History", "Need: Alcohol", "Victim's views"} <= {
        one.title for one in found.factors
    }
    views = next(one for one in found.factors if one.title == "Victim's views")
    assert (views.toward, views.against) == ((), ())


def test_what_is_not_recorded_is_asked_for_instead_of_pointing_elsewhere() -> None:
    found = recommend(SHIPPED, sound(evidential=None), score(SHIPPED, 3), {})
    assert found.points_to == ()
    assert "Record the evidential stage" in found.words


def test_without_an_admission_outcome_22_is_left_and_without_evidence_nothing() -> None:
    denied = sound(admission="denial", responsibility=False)
    assert recommend(SHIPPED, denied, score(SHIPPED, 1), {}).points_to == ("o22",)
    weak = recommend(SHIPPED, sound(evidential="not-met"), score(SHIPPED, 4), {})
    assert weak.points_to[-1] == "nfa"
    assert "charge" not in weak.points_to


@given(
    base=st.integers(1, 5),
    changes=st.fixed_dictionaries(
        {},
        optional={
            "evidential": st.sampled_from([None, "met", "not-met"]), "hate": st.booleans(), "domestic": st.booleans(),
            "age": st.sampled_from([(15, 15), (30, 30)]), "admission": st.sampled_from(["full", "none"]),
            "weapon": st.booleans(), "similar": st.booleans(), "risk_grade": st.sampled_from(["standard", "high"]),
        },
    ),
    needs=st.dictionaries(st.sampled_from(["alcohol", "drugs"]), st.integers(0, 2)),
)  # fmt: skip
def test_it_never_points_to_what_a_rule_blocks(
    base: int, changes: dict[str, Any], needs: Mapping[str, int]
) -> None:
    facts: ClinicFacts = sound(**changes)
    found = recommend(SHIPPED, facts, score(SHIPPED, base), needs)
    lawful = {one.disposal.id for one in options(SHIPPED, facts) if one.lawful}
    assert set(found.points_to) <= lawful | {"charge", "nfa"}
    for one in set(found.points_to) & lawful:
        assert all(said.severity is not Severity.BLOCK for said in judge(SHIPPED, facts, one))


@pytest.mark.parametrize(
    ("given_on", "end", "spent"),
    [
        ("2026-11-22", "2027-01-10", "2027-01-10"), ("2026-11-22", "2027-02-22", "2027-02-22"),
        ("2026-11-22", "2027-03-14", "2027-02-22"), ("2026-11-30", "2027-04-01", "2027-02-28"),
        ("2026-11-22", None, "2027-02-22"),
    ],
)  # fmt: skip
def test_a_conditional_caution_is_spent_with_its_conditions_or_after_three_months(
    given_on: str, end: str | None, spent: str
) -> None:
    last = date.fromisoformat(end) if end else None
    assert spent_on("cc", date.fromisoformat(given_on), last) == date.fromisoformat(spent)
    assert spent_on("sc", date.fromisoformat(given_on)) == date.fromisoformat(given_on)
    assert spent_on("cr", date.fromisoformat(given_on), last) is None


# -- the catalogue -----------------------------------------------------------------------------------------------------


def test_the_pathways_of_the_catalogue_are_those_of_the_assessment() -> None:
    forms = SHIPPED.forms
    assert {one.id for one in forms["needs"].pathways} == set(SHIPPED.conditions.pathways)


def test_a_service_that_names_no_pathway_is_refused(tmp_path: Path) -> None:
    text = '[[service]]\nid = "x"\ntitle = "X"\nkind = "rehabilitative"\nneeds = ["alcool"]\ntext = "Go"\n'
    text += 'status = "convention"\nsource = "s"\n'
    (tmp_path / "conditions.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match="alcohol"):
        load_conditions(tmp_path)
    (tmp_path / "conditions.toml").write_text(text.replace("alcool", "alcohol"), encoding="utf-8")
    assert [one.id for one in load_conditions(tmp_path).for_need("alcohol")][-1] == "x"


def test_facts_of_another_day_judge_the_age_and_the_weeks_of_that_day() -> None:
    later = replace(sound(), given_on=TODAY + timedelta(days=10))
    found = check_conditions(
        SHIPPED, later, Resolution(disposal="cc"), [condition(122)], TODAY + timedelta(days=10)
    )
    assert found == ()
    assert [
        one.rule
        for one in check_conditions(SHIPPED, sound(), Resolution(disposal="cc"), [condition(122)], TODAY)
    ] == ["R20"]
