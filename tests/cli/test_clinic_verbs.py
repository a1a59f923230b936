"""The clinic by words: the list of verbs, points and conditions by number or words, what is left to record."""

import json
from pathlib import Path

import pytest

from casedesk.desk.setup import unlock
from casedesk.model.moments import system_clock
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE
from tests.desk.clinic_cases import a_theft, accepted, chosen, condition, matter

CASE_REF = "42/7/26"


@pytest.fixture
def built(home: Path) -> None:
    """A draft with two conditions."""
    with unlock(Places(home), PASSPHRASE, system_clock) as desk:
        case_id = a_theft(desk)
        chosen(desk, case_id)
        for what in ("Write a letter of apology", "Attend a course"):
            condition(desk, case_id, what=what)


@pytest.mark.usefixtures("built")
def test_the_verbs_are_listed_and_with_a_case_what_can_be_done_now(casedesk: Command) -> None:
    known = {row["verb"] for row in json.loads(casedesk("clinic", "verbs", "--format", "json").out)}
    assert {"payment", "check", "choose", "vary", "offence-day"} <= known
    now = {
        row["verb"]: row["now"]
        for row in json.loads(casedesk("clinic", "verbs", CASE_REF, "--format", "json").out)
    }
    assert now["condition"] == "now"
    assert now["accept"] not in ("", "now")
    assert "casedesk clinic verbs" in one_line(casedesk("clinic", "do", "zz", CASE_REF))


@pytest.mark.usefixtures("built")
def test_a_point_and_a_condition_are_meant_by_number_or_words(casedesk: Command, home: Path) -> None:
    fields = casedesk("clinic", "do", "condition-change", CASE_REF, "--fields").out
    assert "1 (Attend a course" in " ".join(fields.split())
    said = casedesk(
        "clinic", "do", "condition-change", CASE_REF, "condition=2", "what=Write a letter", "why=It fits"
    )
    assert said.status == 0, said
    said = casedesk(
        "clinic", "do", "condition-change", CASE_REF, "condition=course", "what=Go to a course", "why=It fits"
    )
    assert said.status == 0, said
    with unlock(Places(home), PASSPHRASE, system_clock) as desk:
        held = [one.what for _, one in matter(desk, desk.find(CASE_REF)).conditions]
        points = [one.what or "" for _, one in matter(desk, desk.find(CASE_REF)).points]
    assert set(held) == {"Go to a course", "Write a letter"}
    doubt = one_line(casedesk("clinic", "do", "condition-change", CASE_REF, "condition=e", "what=x", "why=y"))
    assert "fits several of them" in doubt
    assert "is not one of the choices" in one_line(
        casedesk("clinic", "do", "condition-change", CASE_REF, "condition=7", "what=x")
    )
    listed = " ".join(casedesk("clinic", "do", "points", CASE_REF, "--fields").out.split())
    assert f"1 ({sorted(points, key=str.casefold)[0][:20]}" in listed


def test_what_follows_from_a_resolution_is_listed_as_still_to_be_recorded(
    casedesk: Command, home: Path
) -> None:
    assert casedesk("worklist", "list").out.strip() == "Nothing is left to key."
    with unlock(Places(home), PASSPHRASE, system_clock) as desk:
        accepted(desk, a_theft(desk))
    said = casedesk("worklist", "list").out
    assert "Nothing is left to key." not in said
    assert f"{CASE_REF}: Key outcome 3" in said
    assert "OOCR administrators" in said
