"""The decision paths: the way a case takes, what would turn it, and nothing recommended that a rule blocks."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casedesk.model.errors import PackError
from casedesk.model.facts import CaseFile
from casedesk.reference.packs import Packs
from casedesk.reference.paths import load_paths
from casedesk.rules.finalisation import compile_rules
from casedesk.rules.paths import Answer, Path, Paths, compile_paths, problems
from tests.rules.finalisation_cases import NOW, case_file
from tests.rules.test_finalisation import FILES


@cache
def paths() -> Paths:
    packs = Packs()
    return compile_paths(packs.paths, compile_rules(packs.finalisation, packs))


def path(tree: str, **facts: Any) -> Path:
    return {one.id: one for one in paths().path(case_file(**facts), NOW)}[tree]


def reached(one: Path) -> list[str]:
    """The outcomes that the case's way leads to, whether they fit or not."""
    return [leaf.code for line in one.lines if line.taken for leaf in line.leaves]


ADMITTED = {"is": "named", "admitted": True}
CAUTION = {"outcome_date": "2026-11-01", "offence_code": "TH68010"}


@pytest.mark.parametrize(
    ("tree", "facts", "leads"),
    [
        ("support", {"suspects": ["named"], "victims": ["willing"]}, ["15"]),
        ("support", {"suspects": ["named"], "victims": ["unwilling"], "evidence_led": "Considered."}, ["16"]),
        ("support", {"suspects": ["named"], "victims": ["unwilling"]}, []),
        ("support", {"victims": ["unwilling"]}, ["14"]),
        ("support", {"victims": ["willing"]}, ["18"]),
        ("support", {"victims": ["state"]}, ["18"]),
        ("support", {"suspects": ["named"], "victims": ["state"]}, ["15", "10", "21"]),
        ("support", {"suspects": [{"status": "eliminated"}], "victims": ["willing"]}, ["18"]),
        (
            "public-interest",
            {"suspects": ["named"], "cps_reference": "1", "cps_reason": "public-interest"},
            ["9"],
        ),
        (
            "public-interest",
            {"suspects": ["named"], "cps_reference": "1", "cps_reason": "evidential"},
            ["15", "16"],
        ),
        ("public-interest", {"suspects": ["named"], "public_interest": "Considered."}, []),
        (
            "informal",
            {"suspects": ["named"], "responsibility_accepted": True, "offender_agreed": True},
            ["8"],
        ),
        (
            "informal",
            {
                "suspects": ["named"],
                "responsibility_accepted": True,
                "offender_agreed": True,
                "flags": ["intimate"],
            },
            [],
        ),
        ("informal", {"suspects": ["named"], "activity_completed_on": "2026-10-01"}, ["22"]),
        (
            "caution",
            {"suspects": [{**ADMITTED, "dob": "1990-01-01"}], **CAUTION, "charge_code": "TH68010"},
            ["3"],
        ),
        (
            "caution",
            {"suspects": [{**ADMITTED, "dob": "1990-01-01"}], **CAUTION, "charge_code": "CJ88116"},
            ["3A"],
        ),
        (
            "caution",
            {"suspects": [{**ADMITTED, "dob": "2012-01-01"}], **CAUTION, "charge_code": "TH68010"},
            ["2"],
        ),
        ("caution", {"suspects": [{**ADMITTED, "dob": "2019-01-01"}], **CAUTION}, ["11"]),
        ("caution", {"suspects": [ADMITTED], **CAUTION}, []),
        ("caution", {"suspects": ["named"]}, ["22"]),
        ("caution", {"suspects": [ADMITTED], "offence_code": "SX03001"}, []),
    ],
)
def test_the_way_of_a_case(tree: str, facts: dict[str, Any], leads: list[str]) -> None:
    assert reached(path(tree, **facts)) == leads


def test_a_fork_shows_the_fact_that_decided_and_what_would_turn_it() -> None:
    one = path("support", suspects=["named"], victims=["unwilling"])
    fork = next(
        line for line in one.lines if line.text == "Does a victim not support police action?" and line.taken
    )
    assert fork.answer is Answer.YES
    assert [(fact.field, fact.value) for fact in fork.facts] == [("victim.support", "no")]
    assert "support action" in fork.turn
    assert one.ends == ()


def test_a_fork_that_is_not_come_to_shows_no_facts() -> None:
    one = path("support", suspects=["named"], victims=["willing"])
    left = [line for line in one.lines if not line.taken]
    assert left
    assert all(line.answer is None and not line.facts and not line.turn for line in left)


def test_an_outcome_at_the_end_fits_or_says_what_it_needs() -> None:
    assert path("support", suspects=["named"], victims=["willing"]).ends == ("15",)
    one = path("informal", suspects=["named"], responsibility_accepted=True, offender_agreed=True)
    (leaf,) = (leaf for line in one.lines if line.taken for leaf in line.leaves)
    assert (leaf.code, leaf.fits) == ("8", False)
    assert "the authority of a sergeant or above" in leaf.needs


def test_where_nothing_is_known_the_way_stops_and_says_what_would_make_it_known() -> None:
    one = path("support", suspects=["named"])
    stop = [line for line in one.lines if line.taken][-1]
    assert stop.answer is Answer.UNKNOWN
    assert stop.turn
    judgement = [
        line for line in path("public-interest", suspects=["named"], public_interest="x").lines if line.taken
    ]
    assert judgement[-1].turn.startswith("No fact can tell")


@settings(max_examples=100, deadline=None)
@given(file=FILES, now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_whatever_the_facts_no_path_recommends_what_a_rule_blocks(file: CaseFile, now: datetime) -> None:
    checker = paths().checker
    for one in paths().path(file, now):
        taken = [line for line in one.lines if line.taken]
        assert taken[0].depth == 0
        assert [line.depth for line in taken] == list(range(len(taken)))
        assert all(line.answer is not None or line.leaves or line.text for line in taken)
        for code in one.ends:
            tried = replace(file, case=replace(file.case, outcome=code))
            assert checker.check(tried, now, possible=False).verdict != "block"


def laid_over(folder: File, text: str) -> File:
    (folder / "paths.toml").write_text(text, encoding="utf-8")
    return folder


NODE = """
[[node]]
id = "support-suspect"
question = "Is a named suspect linked?"
ask = "suspect_named"
facts = ["suspect.name"]
yes = ["15"]
no = ["18"]
"""


def test_a_force_lays_its_own_question_over_the_shipped_one(tmp_path: File) -> None:
    tree = load_paths(laid_over(tmp_path, NODE))[0]
    assert tree.nodes["support-suspect"].yes.outcomes == ("15",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (NODE.replace('["15"]', '"nowhere"'), "there is no node “nowhere”"),
        (NODE.replace('["15"]', '["99"]'), "there is no outcome “99”"),
        (NODE.replace('["15"]', "[]"), "leads nowhere and says nothing"),
        (NODE.replace('["15"]', '"support-suspect"'), "lead back to themselves"),
        (NODE + 'colour = "red"\n', "unknown key"),
    ],
)
def test_a_tree_that_does_not_hold_together_is_named(tmp_path: File, text: str, says: str) -> None:
    with pytest.raises(PackError, match=r"paths\.toml") as caught:
        load_paths(laid_over(tmp_path, text))
    assert says in str(caught.value)


def test_a_question_that_nothing_answers_is_named_with_a_cure(tmp_path: File) -> None:
    text = NODE.replace("suspect_named", "suspect_name").replace('"suspect.name"', '"suspect.nam"')
    trees = load_paths(laid_over(tmp_path, text))
    assert [problem.message for problem in problems(trees)] == ["there is no predicate “suspect_name”"]
    with pytest.raises(PackError):
        compile_paths(trees, paths().checker)
    assert problems(Packs().paths) == []
