"""The packs of finalising: reasons for a return, and rulings."""

from pathlib import Path

import pytest

from casedesk.model.errors import PackError
from casedesk.model.words import Confidence
from casedesk.reference.check import check_packs
from casedesk.reference.finalisation import load_finalisation
from casedesk.reference.returns import load_returns
from casedesk.reference.rulings import RulingKind, load_rulings


def overlaid(folder: Path, name: str, text: str) -> Path:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_every_reason_teaches_and_claims_no_more_than_a_convention() -> None:
    for reason in load_returns().reasons.values():
        assert len(reason.text) > 60, reason.id
        assert reason.status is Confidence.CONVENTION, reason.id
        assert reason.source, reason.id


def test_every_validation_rule_proposes_a_reason_with_teaching_text() -> None:
    returns = load_returns()
    named = {rule for reason in returns.reasons.values() for rule in reason.rules}
    assert {rule.id for rule in load_finalisation() if rule.id[0] == "V"} <= named


def test_findings_propose_each_reason_once_and_a_rule_alone_stands_for_itself() -> None:
    returns = load_returns()
    assert returns.proposed(["V19a", "V19b", "V05", "L01"]) == ("victim-informed", "withdrawal-record", "L01")
    assert returns.proposed([]) == ()


def test_a_force_adds_a_reason_and_sets_its_days(tmp_path: Path) -> None:
    text = """
[rounds]
due_in_days = 3
escalate_from = 3
[[reason]]
id = "house-style"
title = "House style"
text = "Please."
status = "convention"
source = "Force policy 4"
[[reason]]
id = "rationale"
severity = "off"
"""
    returns = load_returns(overlaid(tmp_path, "returns", text))
    assert (returns.due_in_days, returns.escalate_from) == (3, 3)
    assert returns.reasons["house-style"].rules == ()
    assert "rationale" not in returns.reasons
    assert returns.proposed(["V21c"]) == ("V21c",)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("returns", "[rounds]\ndue_in_days = 0\n", "due_in_days: 0 days"),
        ("returns", "[rounds]\nescalate_from = 0\n", "escalate_from: 0 is not a round"),
        ("returns", '[[reason]]\nid = "x"\ntitle = "X"\n', "reason]] x, text: is missing"),
        (
            "returns",
            '[[reason]]\nid = "x"\ntitle = "X"\ntext = "Y"\nrules = ["V99"]\nstatus = "convention"\nsource = "Z"\n',
            "there is no rule “V99”",
        ),
        (
            "rulings",
            (
                '[[reserved]]\nid = "x"\ntitle = "X"\nkinds = ["cancellation"]\nho_classes = ["001/01"]\n'
                'authority = "chief"\nstatus = "convention"\nsource = "Z"\n'
            ),
            "there is no authority “chief”",
        ),
        (
            "rulings",
            '[[authority]]\nid = "x"\ntitle = "X"\nranks = []\nstatus = "convention"\nsource = "Z"\n',
            "authority]] x, ranks: is empty",
        ),
        ("rulings", '[several]\noutcomes = ["99"]\n', "there is no outcome “99”"),
    ],
)
def test_a_pack_that_does_not_hold_together_is_named_with_its_place(
    tmp_path: Path, name: str, text: str, place: str
) -> None:
    problems = [str(one) for one in check_packs(overlaid(tmp_path, name, text))]
    assert any(place in one for one in problems), problems


def test_an_application_is_found_by_its_code_or_its_kind() -> None:
    rulings = load_rulings()
    assert rulings.codes(RulingKind.CANCELLATION) == ("C1", "C2", "C3", "C4", "C5")
    assert rulings.application("cancellation", "C9") is None
    found = rulings.application("outcome", "10")
    assert found is not None
    assert found.id == "outcome"


def test_no_application_claims_a_limit_that_no_source_gives() -> None:
    assert {one.decide_in_days for one in load_rulings().applications.values()} == {None}


def test_only_the_registrar_cancels_a_rape_and_a_force_lists_more(tmp_path: Path) -> None:
    text = """
[[reserved]]
id = "homicide"
title = "Homicide"
kinds = ["cancellation"]
ho_classes = ["001/01"]
authority = "fcr"
status = "convention"
source = "Force policy 9"
[[authority]]
id = "ddm"
title = "Decision maker"
ranks = ["insp"]
status = "convention"
source = "Force policy 9"
"""
    rulings = load_rulings(overlaid(tmp_path, "rulings", text))
    c2 = rulings.applications["C2"]
    assert rulings.authority(c2, "C2", "001/01").id == "fcr"
    assert rulings.authority(c2, "C2", "019/08").id == "fcr"
    assert rulings.authority(rulings.applications["C1"], "C1", "019/08").id == "crime-management"
    assert rulings.authority(c2, "C2", None).ranks == frozenset({"insp"})


def test_the_first_in_the_force_s_list_gives_the_crime_its_outcome() -> None:
    rulings = load_rulings()
    assert rulings.chosen(["8", "3", "1"]) == "1"
    assert rulings.chosen(["15", "16"]) is None


def test_a_days_limit_must_be_sensible(tmp_path: Path) -> None:
    text = (
        '[[application]]\nid = "C1"\nkind = "cancellation"\ncodes = ["C1"]\ntitle = "T"\nneeds = ["reason"]\n'
        'authority = "ddm"\ntext = "x"\nstatus = "convention"\nsource = "y"\ndecide_in_days = 0\n'
    )
    with pytest.raises(PackError, match="decide_in_days: 0 days"):
        load_rulings(overlaid(tmp_path, "rulings", text))
