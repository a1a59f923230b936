"""The conditions of the reference: each is carried by a rule of the pack, or said why not and explained."""

import tomllib
from pathlib import Path

from casedesk.reference.packs import Packs

CONDITIONS = tomllib.loads(
    (Path(__file__).parent / "finalisation_conditions.toml").read_text(encoding="utf-8")
)["condition"]
PACKS = Packs()


def test_each_condition_has_a_rule_or_says_why_not_and_where_it_is_explained() -> None:
    rules = {rule.id for rule in PACKS.finalisation}
    for one in CONDITIONS:
        assert set(one["rules"]) <= rules, one
        assert one["rules"] or (one.get("why") and one.get("topic")), one
        assert one.get("topic", "tic") in PACKS.guidance, one


def test_each_rule_carries_a_condition() -> None:
    carried = {rule for one in CONDITIONS for rule in one["rules"]}
    assert {rule.id for rule in PACKS.finalisation} - carried == set()


def test_each_outcome_a_force_can_give_has_conditions_of_its_own() -> None:
    about = {code for one in CONDITIONS for code in one["about"].split()}
    family = {"2A": "2", "3A": "3"}
    wanted = {family.get(code, code) for code, known in PACKS.outcomes.items() if known.selectable}
    assert wanted - about == set()


def test_a_rule_that_speaks_of_an_outcome_is_listed_under_it() -> None:
    """A condition of one outcome names only rules that speak of it."""
    rules = {rule.id: rule.outcomes for rule in PACKS.finalisation}
    for one in CONDITIONS:
        codes = set(one["about"].split()) & PACKS.outcomes.keys()
        for rule in one["rules"] if codes else ():
            assert rules[rule] & {*codes, *(f"{code}A" for code in codes), "*", "any", "none"}, (rule, one)
