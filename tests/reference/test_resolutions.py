"""The pack of out-of-court resolutions: what it holds, and what it refuses."""

from pathlib import Path

import pytest

from casedesk.model.entities import EVIDENCE_REVIEW
from casedesk.model.errors import PackError
from casedesk.reference.eligibility import load_eligibility
from casedesk.reference.resolutions import FIELDS, Step, When, load_resolutions


def test_the_worksheet_asks_a_to_g_and_every_answer_has_its_field() -> None:
    pack = load_resolutions()
    assert list(pack.questions) == list("abcdefg")
    assert [one.field for one in pack.questions.values()] == list(FIELDS)
    assert set(FIELDS) <= set(EVIDENCE_REVIEW.by_name)


def test_fifteen_checks_eleven_before_and_four_after() -> None:
    pack = load_resolutions()
    assert [one.id for one in pack.checks_asked(When.BEFORE)] == [f"QA{number:02}" for number in range(1, 12)]
    assert [one.id for one in pack.checks_asked(When.AFTER)] == [f"QA{number:02}" for number in range(12, 16)]


def test_every_task_is_for_disposals_that_there_are_and_every_step_has_one() -> None:
    pack, known = load_resolutions(), load_eligibility().disposals
    assert {one for task in pack.tasks.values() for one in task.disposals} <= set(known)
    assert {task.on for task in pack.tasks.values()} == set(Step)


def test_outcome_22_is_keyed_on_completion_and_never_on_acceptance() -> None:
    keyed = [
        task for task in load_resolutions().tasks.values() if task.recording and "Key outcome" in task.what
    ]
    assert {task.on for task in keyed if "o22" in task.disposals} == {Step.COMPLETED}
    assert all(task.disposals for task in keyed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[question]]\nid = "a"\ntitle = "x"\nfield = "notes"\nask = "?"\nrequired = true',
            "holds no answer",
        ),
        ('[[check]]\nid = "Q A"\ntitle = "x"\nask = "?"\nasked = "before"', "space"),
        ('[[check]]\nid = "QA99"\ntitle = "x"\nask = "?"\nasked = "later"', "asked"),
        (
            '[[task]]\nid = "t"\non = "accepted"\ntitle = "x"\nwhat = "{who}"\nowner = "oic"\ndays = 1',
            "filled in",
        ),
        (
            '[[task]]\nid = "t"\non = "accepted"\ntitle = "x"\nwhat = "{name"\nowner = "oic"\ndays = 1',
            "brace",
        ),
        (
            '[[task]]\nid = "t"\non = "accepted"\ntitle = "x"\nwhat = "y"\nowner = "oic"\ndays = 99',
            "99 working",
        ),
        ("[times]\nbreach_days = 0", "0 working"),
        ("[other]\nx = 1", "unknown table"),
    ],
)
def test_what_does_not_hold_together_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    end = "" if text.startswith(("[times]", "[other]")) else '\nstatus = "convention"\nsource = "Policy"'
    (tmp_path / "resolutions.toml").write_text(f"{text}{end}\n", encoding="utf-8")
    with pytest.raises(PackError, match=said):
        load_resolutions(tmp_path)


def test_a_force_switches_a_check_off_and_adds_its_own(tmp_path: Path) -> None:
    (tmp_path / "resolutions.toml").write_text(
        '[[check]]\nid = "QA10"\nseverity = "off"\n'
        '[[check]]\nid = "F1"\ntitle = "Panel"\nask = "Was the panel asked?"\nasked = "before"\n'
        'status = "confirmed"\nsource = "Policy 7"\n',
        encoding="utf-8",
    )
    asked = [one.id for one in load_resolutions(tmp_path).checks_asked(When.BEFORE)]
    assert "QA10" not in asked
    assert asked[-1] == "F1"
