"""What is typed into the calculator's fields, and what it answers: the same as the command line."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from casedesk.cli.clock import app
from casedesk.desk.calculator import answer_json
from casedesk.model.errors import CasedeskError
from casedesk.reference.packs import Packs
from casedesk.screens.questions import QUESTIONS, Question, about_clock
from casedesk.widgets.fields import read_all

NOW = datetime(2026, 12, 20, 2, 0, tzinfo=UTC)
PACKS = Packs()
BY_ID = {question.id: question for question in QUESTIONS}


def answered(question: Question, **texts: str) -> str:
    """Type these texts; the answer as JSON."""
    given = {field.name: texts.get(field.name, "") for field in question.fields}
    values, wrong = read_all(question.fields, given, dict.fromkeys(given, NOW))
    assert not wrong, wrong
    return answer_json(*question.ask(PACKS, values))


def refused(question: str, **texts: str) -> str:
    fields = BY_ID[question].fields
    given = {field.name: texts.get(field.name, "") for field in fields}
    values, wrong = read_all(fields, given, dict.fromkeys(given, NOW))
    if wrong:
        return " ".join(wrong.values())
    with pytest.raises(CasedeskError) as raised:
        BY_ID[question].ask(PACKS, values)
    return str(raised.value)


@pytest.mark.parametrize(
    ("command", "question", "texts"),
    [
        ("working-days --from 2026-12-18T16:40 --count 5", "working-days", {"from": "18/12 16:40", "count": "5"}),
        ("bail --arrest 2026-11-30 --months 3", "bail", {"arrest": "30 nov", "months": "3"}),
        ("bail --arrest 2026-11-30 --by superintendent", "bail", {"arrest": "30/11", "by": "superintendent"}),
        (
            "bail --arrest 2026-11-15 --cps 2026-12-14/2026-12-18",
            "bail",
            {"arrest": "15/11", "cps": "14/12 to 18/12"},
        ),
        (
            "bail --arrest 2026-11-15 --cps 2026-12-14/ --hospital 2026-12-01/2026-12-03",
            "bail",
            {"arrest": "15/11", "cps": "14/12 to", "hospital": "1/12 to 3/12"},
        ),
        ("bail --current-end 2027-11-15", "bail-extended", {"current": "15/11/2027"}),
        (
            "detention --relevant-time 2026-10-24T18:00 --hours 24",
            "detention",
            {"relevant": "24/10 18:00", "hours": "24"},
        ),
        (
            (
                "detention --relevant-time 2026-12-18T14:10 --hospital 2026-12-18T16:00/2026-12-18T20:00"
                " --questioned 2026-12-18T18:00/2026-12-18T18:45 --already 5:30 --bail-arrest"
            ),
            "detention",
            {
                "relevant": "18/12 14:10", "hospital": "18/12 16:00 to 20:00",
                "questioned": "18/12 18:00 to 18:45", "already": "5:30", "bail_arrest": "yes",
            },
        ),
        (
            "stl --offence CJ88116 --date 2026-05-21 --domestic-abuse --statement 2026-05-27",
            "prosecution",
            {"committed": "21/5", "code": "cj88116", "domestic_abuse": "yes", "statement": "27/5"},
        ),
        ("stl --mode summary --date 2026-05-21", "prosecution", {"committed": "21/5", "mode": "summary"}),
        (
            "stl --offence TH68050 --date 2026-01-10 --evidence 2026-05-15",
            "prosecution",
            {"committed": "10/1", "code": "TH68050", "evidence": "15/5"},
        ),
        ("ctl --from 2026-11-02 --days 56", "custody-limit", {"from": "2/11", "days": "56"}),
        (
            "ctl --from 2026-12-01 --stage either-way --decided 2026-12-20 --less 3",
            "custody-limit",
            {"from": "1/12", "stage": "either-way", "decided": "20/12", "less": "3"},
        ),
        ("first-court --charged 2026-12-19T18:00", "first-court", {"charged": "-1d 18:00"}),
        (
            "reviews --authorised 2026-12-18T14:25 --held 2026-12-18T20:25 --held 2026-12-19T05:20",
            "reviews",
            {"authorised": "18/12 14:25", "held": "18/12 20:25; 05:20"},
        ),
        (
            "reviews --authorised 2026-12-18T14:25 --after-charge",
            "reviews",
            {"authorised": "fri 14:25", "charged": "yes"},
        ),
        ("limit DAPN-48 --from 2026-11-20T10:00", "notice", {"given": "20/11 10:00"}),
    ],
)  # fmt: skip
def test_the_screen_and_the_command_line_give_one_answer(
    command: str, question: str, texts: dict[str, str]
) -> None:
    said = CliRunner().invoke(app, [*command.split(), "--json"])
    assert said.exit_code == 0, said.stderr
    assert json.loads(answered(BY_ID[question], **texts)) == json.loads(said.stdout)


def test_a_time_typed_alone_is_the_last_that_was() -> None:
    """At two in the morning 22:10 was yesterday."""
    assert '"due": "2026-12-20T22:10:00+00:00"' in answered(BY_ID["detention"], relevant="22:10")


def test_any_clock_of_the_pack_can_be_asked() -> None:
    clocks = list(PACKS.clocks.by_id.values())
    for clock in clocks:
        question = about_clock(clock)
        assert question.about == clock.title
        due = json.loads(answered(question, event="18/12 16:40"))["due"]
        assert (due is None) == (clock.rule is None or clock.amount is None), clock.id
    said = CliRunner().invoke(
        app, ["limit", "VC-R6-ARREST", "--from", "2026-12-18T16:40", "--enhanced", "--json"]
    )
    enhanced = answered(about_clock(PACKS.clocks["VC-R6-ARREST"]), event="18/12 16:40", enhanced="yes")
    assert json.loads(enhanced) == json.loads(said.stdout)
    agreed = answered(about_clock(PACKS.clocks["VC-R6-UPD"]), event="20/11", amount="14")
    assert '"due": "2026-12-04T23:59:59+00:00"' in agreed


@pytest.mark.parametrize(
    ("question", "texts", "said"),
    [
        ("detention", {"relevant": "18/12"}, "at what time?"),
        ("detention", {"relevant": "18/12 14:10", "hospital": "16:00"}, "from when to when?"),
        ("detention", {"relevant": "18/12 14:10", "hospital": "18/12 to 19/12"}, "at what time?"),
        ("detention", {"relevant": "24/10 14:10", "hospital": "25/10 01:30 to"}, "occurs twice"),
        ("detention", {"relevant": "18/12 14:10", "already": "90m"}, "hours and minutes"),
        ("detention", {"relevant": "18/12 14:10", "already": "1:75"}, "hours and minutes"),
        ("reviews", {"authorised": "18/12 14:10", "held": "19/12"}, "at what time?"),
        ("working-days", {"from": "18/12", "count": "five"}, "whole number"),
        ("custody-limit", {"from": "18/12"}, "either what it runs to, or the days"),
        ("custody-limit", {"from": "18/12", "stage": "crown", "days": "56"}, "either"),
        ("prosecution", {"committed": "18/12"}, "Which offence?"),
        ("prosecution", {"committed": "18/12", "code": "XX99999"}, "no offence “XX99999”"),
        ("bail", {"arrest": "18/12", "months": "6", "by": "custody-officer"}, "No stage"),
    ],
)
def test_what_cannot_be_answered_is_said(question: str, texts: dict[str, str], said: str) -> None:
    message = refused(question, **texts)
    assert said in message
    assert "--" not in message, "an option of the command line means nothing here"


def test_the_hour_that_occurs_twice_is_told_apart_by_its_zone() -> None:
    first = answered(BY_ID["detention"], relevant="24/10 14:10", hospital="25/10 01:30 bst to 25/10 03:00")
    second = answered(BY_ID["detention"], relevant="24/10 14:10", hospital="25/10 01:30 gmt to 25/10 03:00")
    assert '"due": "2026-10-25T15:40:00+00:00"' in first
    assert '"due": "2026-10-25T14:40:00+00:00"' in second


def test_stretches_are_shown_as_they_were_understood() -> None:
    field = next(field for field in BY_ID["detention"].fields if field.name == "hospital")
    understood = field.echo(field.parse("18/12 22:00 to 01:30; 19/12 03:00 to", NOW))
    assert understood == (
        "Fri 18 Dec 2026 22:00 GMT to Sat 19 Dec 2026 01:30 GMT; Sat 19 Dec 2026 03:00 GMT and lasting"
    )
