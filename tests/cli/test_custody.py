"""Arrests on the command line: adding one, its clocks, what happens to it."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Command, one_line

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def arrested(casedesk: Command) -> str:
    """Somebody arrested three hours ago, detention authorised one hour ago."""
    said = casedesk(
        "add", "arrest", "--number", "NB/1/26", "--arrested=-3h", "--arrived=-2h", "--authorised=-1h",
        "--name", "Kyle Jarrett", "--dob", "2/11/1994", "--offence", "Theft", "--adult", "--flag", "da", "--mine",
    )  # fmt: skip
    assert said.status == 0, said
    assert said.out.startswith("Added: NB/1/26.\nReview 1 of detention: ")
    return "NB/1/26"


def test_the_clocks_of_a_case(casedesk: Command, arrested: str) -> None:
    out = casedesk("custody", arrested).out
    assert out.startswith("NB/1/26 · Kyle Jarrett · detained · Theft\n")
    assert "Review 1 of detention: " in out
    assert "Detention ends" in out
    assert "To record: " in out
    (one,) = json.loads(casedesk("custody", "show", arrested, "--json").out)
    assert one["state"] == "detained"
    assert "review" in one["verbs"]


def test_what_happened_is_recorded_and_undone(casedesk: Command, arrested: str) -> None:
    said = casedesk("custody", "review", arrested, "--at=-10m", "--by", "Insp Whitlock")
    assert said.out.startswith("Recorded: review held.\nReview 2 of detention: ")
    said = casedesk("custody", "extend", arrested, "--rank", "sgt")
    assert "Warning: An extension is recorded before the second review" in said.out
    assert "stands still" not in casedesk("custody", "hospital", arrested, "--at=-5m").err
    assert casedesk("custody", "back", arrested).status == 0
    said = casedesk("custody", "bail", arrested, "--return", "+80d", "--conditions", "Not to contact Ann")
    assert "Bail period ends" in said.out
    assert "bailed" in casedesk("custody", arrested).out
    assert casedesk("custody", "extend-bail", arrested, "--months", "6", "--rank", "insp").status == 0
    assert "Next review: " in casedesk("custody", "rui", arrested).out
    assert casedesk("custody", "charge", arrested, "--not-kept").status == 0
    assert casedesk("undo", "--yes").out.startswith("Undone: custody: charged")
    assert "· rui ·" in casedesk("custody", arrested).out


def test_mistakes_are_one_line_with_a_cure(casedesk: Command, arrested: str) -> None:
    said = one_line(casedesk("custody", "release", arrested, "--at=-5h"), 2)
    assert "lies before the arrest" in said
    assert "No case here" in casedesk("custody", "nowhere").err
    assert "“Return” is needed" in one_line(casedesk("custody", "bail", arrested))
    assert "'NB/2'" in one_line(casedesk("custody", "review", arrested, "--number", "NB/2"))
    again = casedesk("add", "arrest", "--number", arrested, "--arrested=-1h")
    assert "NB/1/26 is in this store already" in one_line(again)
    assert "--to-case" in one_line(
        casedesk("add", "arrest", "--arrested=-1h", "--to-case", arrested, "--mine")
    )


def test_several_arrests_are_told_apart_by_number(casedesk: Command, arrested: str) -> None:
    said = casedesk(
        "add",
        "arrest",
        "--to-case",
        arrested,
        "--number",
        "NB/2/26",
        "--arrested=-1h",
        "--name",
        "Ann Sample",
    )
    assert said.status == 0
    assert "2 arrests" in one_line(casedesk("custody", "review", arrested))
    assert casedesk("custody", "release", arrested, "--number", "NB/2/26", "--nfa").status == 0
    assert [one["state"] for one in json.loads(casedesk("custody", "show", arrested, "--json").out)] == [
        "detained",
        "released",
    ]


def test_voluntary_interviews_and_referrals(casedesk: Command) -> None:
    said = casedesk("add", "voluntary", "--number", "VA/1", "--at", "tomorrow 10:00", "--name", "Ann Sample")
    assert "no clock runs" in said.out
    assert casedesk("add", "referral", "--incident", "I-1", "--summary", "Shouting.").out == "Added: I-1.\n"
    assert "No arrest is recorded" in one_line(casedesk("custody", "review", "I-1"))
    assert "no arrest is recorded" in casedesk("custody", "I-1").out


def test_help_names_every_verb(casedesk: Command) -> None:
    out = casedesk("custody", "--help").out
    assert all(
        word in out for word in ("show", "review", "extend", "warrant", "hospital", "bail", "rui", "charge")
    )
    assert "--return" in casedesk("custody", "bail", "--help").out


def test_an_import_names_a_case_whose_occurrence_is_known_now(
    casedesk: Command, work: Path, arrested: str
) -> None:
    path = work / "custody.csv"
    path.write_text(
        "Custody number,Occurrence number,State\nNB/1/26,43260012345,In custody\n", encoding="utf-8"
    )
    said = casedesk("import", path)
    assert "as custody" in said.out
    assert "NB/1/26 is now occurrence 43260012345: go on there" in said.out


def test_time_held_before_bail_shortens_the_detention_after_it(casedesk: Command) -> None:
    times = ("--arrested=-3h", "--arrived=-2h", "--authorised=-1h", "--on-bail")
    said = [
        casedesk("add", "arrest", "--ref", ref, "--offence-code", "TH68023", *times, *more).out
        for ref, more in (("H1", ()), ("H2", ("--held-before", "5:30")))
    ]
    assert "Added: H1." in said[0]
    assert casedesk("explain", "H1").out.count("time held before bail, which is not recorded") >= 1
    explained = casedesk("explain", "H2").out
    assert "Detention before bail, 5 h 30 m, counts" in explained
    assert "time held before bail" not in explained
    wrong = casedesk("add", "arrest", "--ref", "H3", *times, "--held-before", "soon")
    assert wrong.status == 2
    assert "--held-before" in wrong.err


def test_an_unknown_verb_is_named_and_the_nearest_offered(casedesk: Command, arrested: str) -> None:
    said = one_line(casedesk("custody", "reviwe", arrested))
    assert "“reviwe” is nothing that can be recorded" in said
    assert "Did you mean “review”?" in said


def test_breach_of_court_bail_by_hand(casedesk: Command) -> None:
    said = casedesk(
        "add", "arrest", "--number", "NB/8/26", "--arrested=-2h", "--on-bail", "--charged-before", "1/9/2026"
    )
    assert "Before a justice after arrest for breach of bail" in said.out
    refused = casedesk(
        "add", "arrest", "--number", "NB/9/26", "--arrested=-2h", "--charged-before", "1/9/2026"
    )
    assert "goes with an arrest on bail" in one_line(refused)


def test_a_year_an_empty_name_and_a_birth_that_cannot_be_are_refused(casedesk: Command) -> None:
    for born in ("2010", "1985"):
        said = one_line(casedesk("add", "referral", "--ref", "R1", "--name", "Kyle", "--dob", born))
        assert "could be a year or a time" in said
    assert "The name is empty" in one_line(casedesk("add", "referral", "--ref", "R1", "--name", " "))
    born = one_line(casedesk("add", "referral", "--ref", "R1", "--name", "Kyle", "--dob", "1/2/1901"))
    assert "Nobody was born on 1 Feb 1901" in born
    assert casedesk("add", "referral", "--ref", "R1").status == 0


def test_the_day_of_the_offence_of_a_case_added_by_hand(casedesk: Command) -> None:
    added = casedesk(
        "add",
        "referral",
        "--ref",
        "R2",
        "--name",
        "Kyle",
        "--offence-code",
        "CJ88116",
        "--offence-on",
        "1/11/2020",
    )
    assert added.status == 0, added
    assert "1 Nov 2020" in casedesk("show", "R2").out
    assert (
        casedesk("add", "referral", "--ref", "R3", "--name", "Kyle", "--offence-code", "CJ88116").status == 0
    )
    said = casedesk("clinic", "do", "offence-day", "R3", "on=2/11/2020")
    assert said.out == "Recorded: the offence was on 2 Nov 2020.\n"
    assert "2 Nov 2020" in casedesk("show", "R3").out
    assert "in the future" in one_line(casedesk("add", "referral", "--ref", "R4", "--offence-on", "1/1/2190"))
