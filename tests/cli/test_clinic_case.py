"""A suspect's matter in the clinic on the command line: the whole way, and why a disposal is open or not."""

import json
from pathlib import Path

import pytest

from casedesk.desk.setup import unlock
from casedesk.model.entities import CASE
from casedesk.model.moments import system_clock
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE
from tests.desk.clinic_cases import RATIONALE, a_theft, reviewed

CASE_REF = "42/7/26"


@pytest.fixture(autouse=True)
def case(home: Path) -> None:
    """A case whose evidence was reviewed."""
    with unlock(Places(home), PASSPHRASE, system_clock) as desk:
        case_id = a_theft(desk)
        reviewed(desk, case_id)
        with desk.store.unit_of_work("test") as unit:
            unit.set(CASE, case_id, case_id, {"flags": ("da",)})


def test_the_page_says_what_stands_and_what_is_next(casedesk: Command) -> None:
    said = casedesk("clinic", "show", CASE_REF)
    assert said.status == 0, said
    assert "READ FIRST: Domestic abuse: plain envelope" in said.out
    assert "● Evidence: done, complete" in said.out
    assert "Next: Prepare. Book a slot in a clinic." in said.out
    full = casedesk("clinic", "show", CASE_REF, "--step", "evidence").out
    assert "Public interest" in full
    assert "Identification: Known to the store detective" in full
    assert "There is no step" in one_line(casedesk("clinic", "show", CASE_REF, "--step", "evidense"))
    page = json.loads(casedesk("clinic", "show", CASE_REF, "--format", "json").out)
    assert [step["id"] for step in page["steps"]][:2] == ["prepare", "evidence"]
    assert any("Points to prove" in line["text"] for line in page["steps"][1]["says"])


def test_why_and_score(casedesk: Command) -> None:
    why = casedesk("clinic", "why", CASE_REF, "cr").out
    assert "Community resolution: " in why
    assert "Source: " in why
    assert "Rests on: " in why
    assert "There is no disposal" in one_line(casedesk("clinic", "why", CASE_REF, "crr"))
    assert "Not scored." in casedesk("clinic", "score", CASE_REF).out
    assert casedesk("clinic", "do", "gravity", CASE_REF, "base=3").out.startswith("Scored 3.")
    score = casedesk("clinic", "score", CASE_REF).out
    assert "Score 3" in score
    assert "You decide." in score


def test_a_decision_is_made_by_commands(casedesk: Command, home: Path) -> None:
    with unlock(Places(home), PASSPHRASE, system_clock) as desk, desk.store.unit_of_work("test") as unit:
        case_id = desk.find(CASE_REF)
        unit.set(CASE, case_id, case_id, {"flags": None})

    def do(verb: str, *answers: str) -> str:
        said = casedesk("clinic", "do", verb, CASE_REF, *answers)
        assert said.status == 0, said
        return said.out

    do("gravity", "base=3")
    do("choose", "disposal=cc", "considered=A charge: out of proportion.")
    assert "Condition added." in do(
        "condition", "what=Attend an alcohol course", "kind=Rehabilitative", "why=Drink lay behind it; near home.",
        "due_on=+60d", "evidence=Certificate",
    )  # fmt: skip
    do("rationale", f"rationale={RATIONALE}")
    do("check", f"yes={','.join(f'QA{number:02}' for number in range(1, 12))}")
    do("propose")
    assert "Authorised" in do("authorise", "by=Sgt Roe", "rank=sgt")
    do("offer", "legal_advice=declined", "explained=yes", "admission_repeated=y")
    assert do("accept", "consent=yes").startswith("READ FIRST: Latest day")
    assert "✓ Accepted and signed: it runs" in casedesk("clinic", "show", CASE_REF, "--step", "decision").out
    do("kept", "evidence=Certificate 12")
    assert do("complete") == "Completed. Answer the last quality checks.\n"


def test_what_cannot_be_done_or_read_is_refused_with_a_cure(casedesk: Command) -> None:
    assert "not now" in one_line(casedesk("clinic", "do", "authorise", CASE_REF, "by=Sgt Roe"))
    assert "Not given: base" in one_line(casedesk("clinic", "do", "gravity", CASE_REF))
    assert "whole number" in one_line(casedesk("clinic", "do", "gravity", CASE_REF, "base=three"))
    assert "no field" in one_line(casedesk("clinic", "do", "gravity", CASE_REF, "bas=3"))
    assert "Write field=value" in one_line(casedesk("clinic", "do", "gravity", CASE_REF, "3"))
    assert "nothing to do called" in one_line(casedesk("clinic", "do", "gravityy", CASE_REF))
    assert "one of the choices" in one_line(casedesk("clinic", "do", "choose", CASE_REF, "disposal=zz"))
    assert "yes or no" in one_line(casedesk("clinic", "do", "admission", CASE_REF, "covers_all=perhaps"))
    asked = casedesk("clinic", "do", "gravity", CASE_REF, "--fields").out
    assert "aggravating" in asked
    assert "base" in asked


def test_the_victims_views_are_recorded_by_a_command(casedesk: Command, home: Path) -> None:
    assert casedesk("clinic", "do", "views", CASE_REF, "views=Wants the gin paid for").status == 0
    with unlock(Places(home), PASSPHRASE, system_clock) as desk:
        ((_, victim),) = desk.case(desk.find(CASE_REF)).file.victims
    assert victim.views == "Wants the gin paid for"
    assert "year or a time" in one_line(
        casedesk("clinic", "do", "views", CASE_REF, "views=x", "views_on=2026")
    )
