"""The finalisation pack and what a force may lay over it."""

from datetime import date
from pathlib import Path

import pytest

from casedesk.model.errors import PackError
from casedesk.model.words import Confidence, Severity
from casedesk.reference.finalisation import Rule, load_finalisation

OWN = """
[[rule]]
id = "L01"
title = "A local rule"
outcomes = ["18"]
require = "recorded"
values = { fields = ["supervisor"] }
severity = "block"
status = "confirmed"
confirmed_by = "A Registrar"
confirmed_on = 2026-11-01
source = "Force policy 12"
facts = ["supervisor"]
message = "No supervisor is recorded."
fix = "Add the supervisor."
"""


def overlaid(folder: Path, text: str) -> dict[str, Rule]:
    (folder / "finalisation.toml").write_text(text, encoding="utf-8")
    return {rule.id: rule for rule in load_finalisation(folder)}


def test_no_unverified_rule_blocks() -> None:
    loose = (Confidence.UNVERIFIED, Confidence.CONVENTION)
    blocking = [rule for rule in load_finalisation() if rule.severity is Severity.BLOCK]
    assert not [rule.id for rule in blocking if rule.status in loose]


def test_what_blocks_is_what_the_sources_carry() -> None:
    blocking = {rule.id for rule in load_finalisation() if rule.severity is Severity.BLOCK}
    assert blocking == {
        "P01", "P05", "V01", "V02", "V03a", "V03b", "V08b", "V09", "V10a", "V10b", "V11a", "V11b",
        "V12a", "V12b", "V12c", "V13a", "V13b", "V14a", "V14b", "V14c", "V15a", "V15b", "V17a", "V17c",
        "V18", "V19a", "V19c", "S02", "S29", "S30",
    }  # fmt: skip


def test_each_validation_rule_is_there() -> None:
    numbers = {rule.id[:3] for rule in load_finalisation()}
    assert {f"V{number:02}" for number in range(1, 25)} <= numbers


def test_a_force_confirms_a_rule_in_four_lines(tmp_path: Path) -> None:
    text = '[[confirm]]\nid = "V05"\nby = "A Registrar"\non = 2026-11-01\nnote = "Crime data board."\n'
    rule = overlaid(tmp_path, text)["V05"]
    assert (rule.status, rule.severity) == (Confidence.CONFIRMED, Severity.BLOCK)
    assert rule.standing == "Confirmed for this force by A Registrar on 2026-11-01: Crime data board."
    assert rule.pack.endswith("+local")


def test_a_force_adds_replaces_and_retires_rules(tmp_path: Path) -> None:
    rules = overlaid(tmp_path, OWN + '[[rule]]\nid = "P04"\nseverity = "off"\n')
    assert rules["L01"].severity is Severity.BLOCK
    assert rules["L01"].confirmation is not None
    assert rules["L01"].confirmation.on == date(2026, 11, 1)
    assert "P04" not in rules
    replaced = overlaid(tmp_path, OWN.replace("L01", "V21c"))
    assert replaced["V21c"].title == "A local rule"


def test_a_group_stands_for_its_codes() -> None:
    caution = next(rule for rule in load_finalisation() if rule.id == "S02")
    assert caution.outcomes == {"2", "2A", "3", "3A"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (OWN.replace('["18"]', '["cautoins"]'), "“cautoins” is neither a code nor a group"),
        (OWN.replace('["18"]', "[]"), "outcomes: is empty"),
        (OWN.replace('"block"', '"stop"'), "“stop” is not one of its words"),
        (OWN.replace('require = "recorded"', "require = []"), "require: names no predicate"),
        (OWN.replace('require = "recorded"', 'require = ["recorded", ""]'), "require: names no predicate"),
        (OWN.replace('source = "Force policy 12"\n', ""), "source: is missing"),
        (OWN + 'colour = "red"\n', "colour: unknown key"),
        (OWN + "effective_from = 2026-01-01\neffective_to = 2025-01-01\n", "lies before effective_from"),
        (OWN.replace("confirmed_on = 2026-11-01\n", ""), "confirmed_on: is missing"),
        ('[[confirm]]\nid = "V5"\nby = "A"\non = 2026-11-01\n', "there is no rule “V5” to confirm"),
        ('[[rules]]\nid = "V05"\n', "[rules]: unknown table"),
    ],
)
def test_an_entry_that_does_not_hold_together_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PackError) as caught:
        overlaid(tmp_path, text)
    assert says in str(caught.value)
    assert "finalisation.toml" in str(caught.value)


def test_the_cure_of_a_misspelt_group_names_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        overlaid(tmp_path, OWN.replace('["18"]', '["cautoins"]'))
    assert "Did you mean “cautions”?" in caught.value.cure
