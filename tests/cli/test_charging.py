"""Charging on the command line."""

from pathlib import Path

import pytest

from tests.cli.running import Command

ADD = (
    "add",
    "arrest",
    "--arrested",
    "-2h",
    "--ref",
    "A1",
    "--name",
    "Kyle Jarrett",
    "--offence-code",
    "TH68010",
)


@pytest.fixture(autouse=True)
def case(home: Path, casedesk: Command) -> None:
    assert casedesk(*ADD, "--offence", "Theft from a shop").status == 0


def test_who_decides_what_to_ask_and_what_is_missing(casedesk: Command) -> None:
    said = casedesk("charging", "A1")
    assert said.status == 0, said
    assert "Who decides: Check who decides" in said.out
    assert "Still to be asked" in said.out
    assert "(unverified: " in said.out
    assert "Answer with --yes or --no: consent" in said.out
    assert "(suggested)" in said.out


def test_answers_and_stage_are_taken(casedesk: Command) -> None:
    said = casedesk("charging", "A1", "--yes", "hate", "--plea", "GAP", "--stage", "threshold")
    assert "Who decides: The CPS decides" in said.out
    assert "Guilty plea anticipated: as you said." in said.out
    assert "Material: Before charge, threshold test (chosen)" in said.out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--yes", "weather"), "'weather' is no question of charging"),
        (("--yes", "hate", "--no", "hate"), "hate is answered yes and no"),
        (("--stage", "never"), "never"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(casedesk: Command, words: tuple[str, ...], problem: str) -> None:
    said = casedesk("charging", "A1", *words)
    assert said.status != 0
    assert problem in said.err
