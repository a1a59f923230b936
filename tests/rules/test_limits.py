"""Limits on starting a prosecution, by class of offence."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import BadInputError
from casedesk.model.words import Confidence
from casedesk.reference.offences import Mode
from casedesk.rules.answers import Answer
from casedesk.rules.counting import months_from
from casedesk.rules.limits import Alleged, prosecution_limit, review_before_limit
from tests.rules.clock_facts import CLOCKS, HOLIDAYS, at, last_day

SUMMARY = Mode.SUMMARY


def limit(**facts: object) -> Answer:
    return prosecution_limit(CLOCKS, Alleged(**facts))  # type: ignore[arg-type]  # the facts under test


def test_a_summary_offence_has_six_months_and_no_weekend_moves_it() -> None:
    answer = limit(offence=date(2026, 5, 21), mode=SUMMARY)
    assert last_day(answer) == "2026-11-21"  # a Saturday
    assert answer.status is Confidence.CONFIRMED
    assert last_day(limit(offence=date(2026, 1, 1), mode=Mode.SUMMARY_MOTORING)) == "2026-07-01"


@pytest.mark.parametrize("mode", [Mode.EITHER_WAY, Mode.INDICTABLE])
def test_what_the_crown_court_can_try_has_no_limit(mode: Mode) -> None:
    answer = limit(offence=date(2010, 5, 21), mode=mode)
    assert answer.due is None
    assert answer.clock == "STL-NONE"


@pytest.mark.parametrize(
    ("offence", "statement", "last"),
    [
        ("2023-09-20", "2023-09-27", "2024-03-27"),  # the decided case: the last possible day
        ("2026-01-10", "2026-05-31", "2026-11-30"),  # no 31 November
        ("2026-01-10", None, "2026-07-10"),
        ("2026-01-10", "2026-01-10", "2026-07-10"),
        ("2026-01-10", "2027-09-01", "2028-01-10"),  # two years from the offence
        ("2026-01-10", "2027-07-10", "2028-01-10"),  # both on the same day
        ("2026-01-10", "2027-07-09", "2028-01-09"),
        ("2026-01-10", "2028-03-01", "2028-01-10"),  # a statement after the two years opens nothing
        ("2024-02-29", "2025-12-01", "2026-02-28"),  # two years from 29 February
        ("2026-01-10", "2026-08-31", "2027-02-28"),
    ],
)
@pytest.mark.parametrize("code", ["CJ88116", "CJ88001"])
def test_domestic_abuse_common_assault(code: str, offence: str, statement: str | None, last: str) -> None:
    answer = limit(
        offence=date.fromisoformat(offence),
        code=code,
        mode=SUMMARY,
        domestic_abuse=True,
        statement=statement and date.fromisoformat(statement),
    )
    assert last_day(answer) == last
    assert "body-worn" in " ".join(answer.warnings)


@given(st.dates(date(2022, 7, 1), date(2027, 12, 31)), st.integers(0, 900))
def test_the_domestic_abuse_limit_lies_between_six_months_and_two_years(offence: date, later: int) -> None:
    stated = offence + timedelta(days=later)
    due = limit(offence=offence, code="CJ88116", mode=SUMMARY, domestic_abuse=True, statement=stated).due
    assert due is not None
    assert months_from(offence, 6) <= due.date() <= months_from(offence, 24)
    assert due.date() <= max(months_from(stated, 6), months_from(offence, 6))


def test_without_domestic_abuse_a_statement_moves_nothing() -> None:
    answer = limit(offence=date(2026, 1, 10), code="CJ88116", mode=SUMMARY, statement=date(2026, 3, 1))
    assert last_day(answer) == "2026-07-10"
    assert any("only where the offence is domestic abuse" in warning for warning in answer.warnings)


def test_domestic_abuse_moves_only_common_assault() -> None:
    answer = limit(offence=date(2026, 1, 10), mode=SUMMARY, domestic_abuse=True, statement=date(2026, 3, 1))
    assert last_day(answer) == "2026-07-10"
    assert any("common assault and battery only" in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    ("code", "evidence", "last", "status"),
    [
        ("TH68050", "2026-05-15", "2026-11-14", Confidence.UNVERIFIED),  # beginning with
        (
            "TH68050",
            "2028-12-01",
            "2029-01-09",
            Confidence.UNVERIFIED,
        ),  # three years beginning with the offence
        ("CA03005", "2026-05-15", "2026-11-14", Confidence.UNVERIFIED),
        ("AW06001", "2026-05-15", "2026-11-14", Confidence.UNVERIFIED),
        ("RT88191", "2026-05-15", "2026-11-15", Confidence.SECONDARY),  # from
        ("RT88191", "2028-12-01", "2029-01-10", Confidence.SECONDARY),
        ("RT88333", "2026-05-15", "2026-11-15", Confidence.UNVERIFIED),
        ("SX03253", "2026-05-15", "2026-11-15", Confidence.SECONDARY),
    ],
)
def test_limits_that_run_from_when_evidence_was_known(
    code: str, evidence: str, last: str, status: Confidence
) -> None:
    answer = limit(offence=date(2026, 1, 10), code=code, mode=SUMMARY, evidence=date.fromisoformat(evidence))
    assert last_day(answer) == last
    assert answer.status is status


def test_without_the_day_evidence_was_known_the_earliest_end_is_given_and_said() -> None:
    answer = limit(offence=date(2026, 1, 10), code="TH68050", mode=SUMMARY)
    assert last_day(answer) == "2026-07-09"
    assert any("may be later" in warning for warning in answer.warnings)
    assert last_day(limit(offence=date(2026, 1, 10), code="RT88191")) == "2026-07-10"


@pytest.mark.parametrize("code", ["TH68010", "CD71039"])
def test_low_value_theft_and_damage_are_not_limited(code: str) -> None:
    answer = limit(offence=date(2020, 1, 10), code=code, mode=Mode.EITHER_WAY)
    assert answer.due is None
    assert answer.status is Confidence.UNVERIFIED


@pytest.mark.parametrize("code", ["SX03249", "BA76001"])
def test_an_offence_whose_own_rule_is_not_known_gets_the_earlier_limit_and_a_warning(code: str) -> None:
    answer = limit(offence=date(2026, 1, 10), code=code, mode=SUMMARY)
    assert last_day(answer) == "2026-07-10"
    assert answer.status is Confidence.SECONDARY
    assert any("may be later" in warning for warning in answer.warnings)


def test_events_before_the_offence_and_an_unknown_class_are_refused() -> None:
    with pytest.raises(BadInputError, match="statement"):
        limit(offence=date(2026, 1, 10), code="CJ88116", domestic_abuse=True, statement=date(2026, 1, 9))
    with pytest.raises(BadInputError, match="evidence"):
        limit(offence=date(2026, 1, 10), code="TH68050", evidence=date(2026, 1, 9))
    with pytest.raises(BadInputError, match="mode of trial"):
        limit(offence=date(2026, 1, 10), code="XX00000")


def test_the_time_of_day_does_not_matter_but_the_day_in_london_does() -> None:
    assert last_day(limit(offence=at("2026-05-21T00:00:00"), mode=SUMMARY)) == "2026-11-21"
    assert last_day(limit(offence=at("2026-05-21T23:59:59"), mode=SUMMARY)) == "2026-11-21"
    assert last_day(limit(offence=at("2026-05-21T23:00:00+00:00"), mode=SUMMARY)) == "2026-11-22"


def test_a_review_that_could_outlast_the_limit_warns() -> None:
    answer = limit(offence=date(2026, 5, 21), mode=SUMMARY)  # ends 21 November 2026
    assert (
        review_before_limit(CLOCKS, answer, date(2026, 10, 9), HOLIDAYS) is None
    )  # 30 working days: 20 November
    said = review_before_limit(CLOCKS, answer, date(2026, 10, 12), HOLIDAYS)
    assert said is not None
    assert "Mon 23 Nov 2026" in said
    assert (
        review_before_limit(
            CLOCKS, limit(offence=date(2020, 1, 1), mode=Mode.INDICTABLE), date(2026, 10, 9), HOLIDAYS
        )
        is None
    )
