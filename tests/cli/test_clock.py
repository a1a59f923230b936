"""``casedesk clock`` as a person and as a program use it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from casedesk.cli.clock import app
from casedesk.reference.packs import Packs

runner = CliRunner()


def asked(*words: str) -> dict[str, Any]:
    result = runner.invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize(
    ("command", "due"),
    [
        ("working-days --from 2026-12-18T16:40 --count 5", "2026-12-29T23:59:59+00:00"),
        ("working-days --from 2026-12-18 --count 1", "2026-12-21T23:59:59+00:00"),
        ("working-days --from 2027-05-02T10:00 --count 2", "2027-05-05T23:59:59+01:00"),
        ("working-days --from 2026-06-30T23:30Z --count 1", "2026-07-02T23:59:59+01:00"),
        ("bail --arrest 2026-11-30 --months 3", "2027-02-28T23:59:59+00:00"),
        ("bail --arrest 2026-11-15T23:50 --months 6", "2027-05-15T23:59:59+01:00"),
        ("bail --arrest 2026-11-30 --authority superintendent", "2027-08-31T23:59:59+01:00"),
        ("bail --arrest 2026-11-30 --stage ABP-1", "2027-05-31T23:59:59+01:00"),
        ("bail --arrest 2026-11-15 --cps 2027-02-14/2027-03-10", "2027-03-16T23:59:59+00:00"),
        ("bail --current-end 2027-11-15", "2028-02-15T23:59:59+00:00"),
        ("detention --relevant-time 2026-10-24T18:00 --hours 24", "2026-10-25T17:00:00+00:00"),
        ("detention --relevant-time 2027-03-27T18:00", "2027-03-28T19:00:00+01:00"),
        ("detention --relevant-time 2026-12-18T14:10 --hours 36", "2026-12-20T02:10:00+00:00"),
        ("detention --relevant-time 2026-12-18T14:10 --hours 48", "2026-12-20T14:10:00+00:00"),
        (
            (
                "detention --relevant-time 2026-12-18T14:10 --hospital 2026-12-18T16:00/2026-12-18T20:00"
                " --questioned 2026-12-18T18:00/2026-12-18T18:45"
            ),
            "2026-12-19T17:25:00+00:00",
        ),
        (
            "detention --relevant-time 2026-12-18T14:10 --already 5:30 --bail-arrest",
            "2026-12-19T11:40:00+00:00",
        ),
        ("stl --offence CJ88116 --date 2026-05-21", "2026-11-21T23:59:59+00:00"),
        (
            "stl --offence cj88116 --date 2023-09-20 --domestic-abuse --statement 2023-09-27",
            "2024-03-27T23:59:59+00:00",
        ),
        ("stl --offence TH68050 --date 2026-01-10 --evidence 2026-05-15", "2026-11-14T23:59:59+00:00"),
        ("stl --mode summary --date 2026-05-21", "2026-11-21T23:59:59+00:00"),
        ("ctl --from 2026-11-02 --days 56", "2026-12-24T23:59:59+00:00"),
        ("ctl --from 2026-12-01 --stage either-way --decided 2026-12-20", "2027-01-26T23:59:59+00:00"),
        ("first-court --charged 2026-12-24T18:00", "2026-12-26T23:59:59+00:00"),
        ("reviews --authorised 2026-12-18T14:25", "2026-12-18T20:25:00+00:00"),
        ("reviews --authorised 2026-12-18T14:25 --held 2026-12-18T20:25", "2026-12-19T05:25:00+00:00"),
        ("limit vc-r6-arrest --from 2026-12-18T16:40 --enhanced", "2026-12-21T23:59:59+00:00"),
        ("limit DAPN-48 --from 2026-11-20T10:00", "2026-11-23T10:00:00+00:00"),
        ("limit VC-R6-UPD --from 2026-11-20 --amount 14", "2026-12-04T23:59:59+00:00"),
    ],
)
def test_when_it_ends(command: str, due: str) -> None:
    answer = asked(*command.split())
    assert answer["due"] == due
    assert answer["rule"]
    assert answer["source"]
    assert answer["status"] in ("confirmed", "secondary", "unverified", "convention")
    assert len(answer["steps"]) >= 2


@pytest.mark.parametrize(
    "command",
    [
        "stl --offence TH68010 --date 2026-01-01",
        "stl --offence CD71039 --date 2026-01-01",
        "stl --offence OF61102 --date 2026-01-01",
        "bail --arrest 2026-11-15 --cps 2027-02-14/",
        "limit VC-R3-ACK --from 2026-01-01",
    ],
)
def test_where_there_is_no_end_due_is_null(command: str) -> None:
    assert asked(*command.split())["due"] is None
    assert "Due: none" in runner.invoke(app, command.split()).stdout


def test_the_plain_answer_shows_when_the_steps_the_source_and_the_status() -> None:
    result = runner.invoke(app, ["first-court", "--charged", "2026-12-24T18:00"])
    lines = result.stdout.splitlines()
    assert lines[0] == "Due: Sat 26 Dec 2026 23:59:59 GMT"
    assert lines[1].startswith("  1. ")
    assert any(line.startswith("Source: PACE 1984 s.46") for line in lines)
    assert "Status: confirmed" in lines
    warned = runner.invoke(app, ["bail", "--arrest", "2026-11-30"]).stdout
    assert "Warning: The reading of “M-BW” is unverified." in warned


def test_a_time_that_occurs_twice_is_read_as_the_first_and_that_is_said() -> None:
    answer = asked("detention", "--relevant-time", "2026-10-25T01:30")
    assert answer["due"] == "2026-10-26T00:30:00+00:00"
    assert "occurs twice" in answer["steps"][0]
    second = asked("detention", "--relevant-time", "2026-10-25T01:30+00:00")
    assert second["due"] == "2026-10-26T01:30:00+00:00"
    assert "occurs twice" not in second["steps"][0]
    review = asked("reviews", "--authorised", "2026-10-24T20:00", "--held", "2026-10-25T01:30")
    assert any("occurs twice" in step for step in review["steps"])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("working-days --from 2026-02-30 --count 5", "there is no 2026-02-30"),
        ("working-days --from someday --count 5", "not a day or a time"),
        ("ctl --from 2026-12-18 --stage crown --decided 2026-12-20", "either-way offences alone"),
        ("ctl --from 2026-12-18 --days 56 --decided 2026-12-20", "either-way offences alone"),
        ("working-days --from 2026-12-18T25:00 --count 5", "there is no 2026-12-18T25:00"),
        ("working-days --from 0001-01-01 --count 5", "out of range"),
        ("working-days --from 2026-12-18 --count five", "not a whole number"),
        ("working-days --from 2026-12-18 --count 0", "not a whole number"),
        ("working-days --from 2026-12-18 --count 99999", "cannot be counted"),
        ("bail --months 3", "arrest is not given"),
        ("bail --arrest 2026-11-30 --authority constable --months 6", "No stage"),
        ("bail --arrest 2026-11-30 --cps 2026-12-01", "no slash"),
        ("detention --relevant-time 2026-10-24", "only a day"),
        ("detention --relevant-time 2027-03-28T01:30", "does not exist"),
        ("detention --relevant-time 2026-10-24T18:00 --hours 97", "not possible"),
        ("detention --relevant-time 2026-10-24T18:00 --hours 12", "Nothing limits"),
        ("detention --relevant-time 2026-10-24T18:00 --already 90m", "not a length of time"),
        ("detention --relevant-time 2026-10-24T18:00 --hospital 2026-10-25T01:30/", "occurs twice"),
        ("stl --offence XX99999 --date 2026-01-01", "no offence “XX99999”"),
        ("stl --date 2026-01-01", "No offence is given"),
        (
            "stl --offence CJ88116 --date 2026-01-02 --domestic-abuse --statement 2026-01-01",
            "before the offence",
        ),
        ("stl --mode summry --date 2026-01-01", "Did you mean “summary”?"),
        ("ctl --from 2026-11-02", "either the days or the stage"),
        ("ctl --from 2026-11-02 --days 56 --less 56", "cannot be taken off"),
        ("reviews --authorised 2026-12-18T14:25 --held 2026-12-18T14:00", "before what it follows"),
        ("limit VC-R6-ARREST2 --from 2026-01-01", "Did you mean"),
        ("list --group bale", "not known"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line_with_a_cure(command: str, said: str) -> None:
    result = runner.invoke(app, command.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("casedesk: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert re.search(r"[.:”?] [A-Z]", result.stderr)  # a second sentence: the cure


def test_what_was_typed_is_shown_without_its_terminal_escapes() -> None:
    result = runner.invoke(app, ["stl", "--offence", "\x1b[31mXX\x07", "--date", "2026-01-01"])
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr
    assert "XX" in result.stderr


def test_the_list_names_every_clock_and_can_be_narrowed() -> None:
    every = json.loads(runner.invoke(app, ["list", "--json"]).stdout)
    bail = json.loads(runner.invoke(app, ["list", "--group", "bail", "--json"]).stdout)
    assert {row["id"] for row in bail} < {row["id"] for row in every}
    assert {row["group"] for row in bail} == {"bail"}
    assert "DET-24" in runner.invoke(app, ["list"]).stdout


def test_the_packs_are_those_the_door_above_gives(tmp_path: Path) -> None:
    holidays = "[calendar]\nfirst = 2012-01-01\nlast = 2028-12-31\n\n[days]\n2026-12-21 = 'Proclaimed day'\n"
    (tmp_path / "bank-holidays.toml").write_text(holidays, encoding="utf-8")
    command = ["working-days", "--from", "2026-12-18", "--count", "1", "--json"]
    answer = json.loads(runner.invoke(app, command, obj=Packs(tmp_path)).stdout)
    assert answer["due"] == "2026-12-22T23:59:59+00:00"


def test_a_calculator_needs_neither_the_terminal_framework_nor_the_database() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from casedesk.cli.clock import app;"
        "assert CliRunner().invoke(app, ['ctl', '--from', '2026-11-02', '--days', '56']).exit_code == 0;"
        "heavy = ('textual', 'sqlmodel', 'sqlalchemy', 'sqlcipher3', 'cryptography');"
        "print([name for name in heavy if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("bail --arrest 2026-11-30 --hospital 2027-03-10/2027-02-20", "before it begins"),
        ("bail --current-end 2027-11-15 --authority inspector", "current period alone"),
        ("bail --current-end 2027-11-15 --arrest 2026-11-30", "current period alone"),
    ],
)
def test_what_would_be_left_out_of_the_count_is_refused(command: str, said: str) -> None:
    result = runner.invoke(app, command.split())
    assert result.exit_code == 2
    assert said in result.stderr


def test_an_either_way_custody_time_limit_warns_of_the_shorter_one() -> None:
    asks = ["ctl", "--from", "2026-12-01", "--stage", "either-way"]
    assert asked(*asks)["warnings"] == [
        "If summary trial was decided within 56 days it ends sooner: Tue 26 Jan 2027 23:59:59 GMT."
    ]
    assert asked(*asks, "--decided", "2026-12-20")["warnings"] == []


def test_a_time_may_be_typed_as_on_a_form_and_how_it_was_read_is_said() -> None:
    answer = asked("detention", "--relevant-time", "18 dec 2026 18:00")
    assert answer["due"] == "2026-12-19T18:00:00+00:00"
    assert "is read as Fri 18 Dec 2026 18:00" in answer["steps"][0]
    for typed in ("now", "18:00", "today 18:00"):
        assert "is read as" in asked("detention", "--relevant-time", typed)["steps"][0]
    assert "is read as" in asked("working-days", "--from", "yesterday", "--count", "5")["steps"][0]
