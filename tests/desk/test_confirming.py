"""Confirming rules for the force: what is written, what it does to a finding, what is refused."""

from datetime import date
from pathlib import Path

import pytest

from casedesk.desk.confirming import ELIGIBILITY_FILE, FILE, confirm, confirmed, unconfirm
from casedesk.desk.settings import Settings
from casedesk.desk.setup import packs_for
from casedesk.model.errors import BadInputError, PackError
from casedesk.model.words import Confidence, Severity
from casedesk.reference.finalisation import load_finalisation
from casedesk.reference.packs import Packs
from casedesk.rules.finalisation import compile_rules
from casedesk.store.places import Places
from tests.conftest import NOW
from tests.rules.finalisation_cases import case_file

SETTINGS = Settings()


def own(places: Places) -> Path:
    return places.packs / FILE


def test_a_confirmed_rule_blocks_and_its_finding_says_who_confirmed_it(places: Places) -> None:
    made = confirm(places, SETTINGS, "v05", by="A Registrar", note='Agreed at the "board".', now=NOW)
    assert (made.id, made.severity) == ("V05", Severity.BLOCK)
    packs = packs_for(places, SETTINGS)
    verdict = compile_rules(packs.finalisation, packs).check(
        case_file(outcome="16", victims=["unwilling"]), NOW
    )
    (found,) = (one for one in verdict.findings if one.rule == "V05")
    assert found.standing == 'Confirmed for this force by A Registrar on 2026-11-20: Agreed at the "board".'
    assert verdict.verdict == "block"


def test_what_else_is_in_the_force_s_file_stays_as_it_is(places: Places) -> None:
    places.packs.mkdir(parents=True)
    before = '# Ours.\n\n[[rule]]\nid = "P04"\nseverity = "off"\n'
    own(places).write_text(before, encoding="utf-8")
    confirm(places, SETTINGS, "V05", by="A Registrar", now=NOW)
    confirm(places, SETTINGS, "V16", by="A Registrar", now=NOW)
    assert own(places).read_text(encoding="utf-8").startswith(before)
    unconfirm(places, SETTINGS, "V05", by="Another", note="Not so.", now=NOW)
    text = own(places).read_text(encoding="utf-8")
    assert text.startswith(before)
    assert '# Taken back by Another on 2026-11-20: Not so.\n# [[confirm]]\n# id = "V05"\n' in text
    assert [(one.rule.id, one.by, one.on) for one in confirmed(places.packs)] == [
        ("V16", "A Registrar", date(2026, 11, 20))
    ]


def test_a_rule_that_was_taken_back_warns_again_and_can_be_confirmed_anew(places: Places) -> None:
    confirm(places, SETTINGS, "V05", by="A Registrar", now=NOW)
    back = unconfirm(places, SETTINGS, "V05", by="A Registrar", now=NOW)
    assert (back.status, back.severity) == (Confidence.UNVERIFIED, Severity.WARN)
    assert confirm(places, SETTINGS, "V05", by="A Registrar", now=NOW).severity is Severity.BLOCK


@pytest.mark.parametrize(
    ("rule", "by", "says"),
    [
        ("V99", "A", "There is no rule 'V99'"),
        ("V02", "A", "V02 is secondary: it needs no confirming"),
        ("V05", " ", "Who confirms it"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_written(
    places: Places, rule: str, by: str, says: str
) -> None:
    with pytest.raises(BadInputError) as caught:
        confirm(places, SETTINGS, rule, by=by, now=NOW)
    assert says in caught.value.message
    assert not own(places).exists()


def test_twice_is_refused_and_so_is_taking_back_what_was_never_said(places: Places) -> None:
    with pytest.raises(BadInputError, match="is not confirmed"):
        unconfirm(places, SETTINGS, "V05", by="A", now=NOW)
    confirm(places, SETTINGS, "V05", by="A", now=NOW)
    with pytest.raises(BadInputError, match="confirmed already, by A on 2026-11-20"):
        confirm(places, SETTINGS, "V05", by="B", now=NOW)


def test_a_file_that_does_not_hold_together_is_left_alone(places: Places) -> None:
    places.packs.mkdir(parents=True)
    own(places).write_text("[[rules]]\n", encoding="utf-8")
    with pytest.raises(PackError):
        confirm(places, SETTINGS, "V05", by="A", now=NOW)
    assert own(places).read_text(encoding="utf-8") == "[[rules]]\n"


def test_a_name_cannot_write_more_than_a_name(places: Places) -> None:
    confirm(places, SETTINGS, "V05", by='A" \n[[rule]]\nid = "V02"\nseverity = "off', now=NOW)
    rules = {rule.id for rule in load_finalisation(places.packs)}
    assert rules == {rule.id for rule in Packs().finalisation}


def test_a_rule_of_disposals_is_confirmed_in_its_own_file_and_blocks_from_then_on(places: Places) -> None:
    confirm(places, SETTINGS, "V05", by="A Registrar", now=NOW)
    made = confirm(places, SETTINGS, "r24", by="OOCR lead", note="Agreed.", now=NOW)
    assert (made.id, made.severity, made.status) == ("R24", Severity.BLOCK, Confidence.CONFIRMED)
    text = (places.packs / ELIGIBILITY_FILE).read_text(encoding="utf-8")
    assert 'id = "R24"' in text
    assert "R24" not in own(places).read_text(encoding="utf-8")
    assert (
        packs_for(places, SETTINGS)
        .eligibility.rules["R24"]
        .standing.startswith("Confirmed for this force by OOCR lead")
    )
    assert [one.rule.id for one in confirmed(places.packs)] == ["V05", "R24"]
    back = unconfirm(places, SETTINGS, "R24", by="OOCR lead", now=NOW)
    assert (back.severity, back.status) == (Severity.WARN, Confidence.UNVERIFIED)
    with pytest.raises(BadInputError, match="needs no confirming"):
        confirm(places, SETTINGS, "R13", by="OOCR lead", now=NOW)
