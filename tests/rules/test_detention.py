"""Detention without charge, its reviews and the relevant time; and a night in custody, minute by minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import BadInputError
from casedesk.model.moments import LONDON, local
from casedesk.reference.clocks import Whom
from casedesk.rules import relevant_time
from casedesk.rules.counting import Span
from casedesk.rules.custody_clock import Detained, critical_moments, next_moment, prompts
from casedesk.rules.detention import detention, reviews
from tests.rules.clock_facts import CLOCKS, HOLIDAYS, at, shown


@pytest.mark.parametrize(
    ("relevant", "hours", "end"),
    [
        ("2026-12-18T14:10", 24, "2026-12-19T14:10:00+00:00"),
        ("2026-12-18T14:10", 36, "2026-12-20T02:10:00+00:00"),
        ("2026-12-18T14:10", 72, "2026-12-21T14:10:00+00:00"),
        ("2026-12-18T14:10", 96, "2026-12-22T14:10:00+00:00"),
        ("2026-10-24T18:00", 24, "2026-10-25T17:00:00+00:00"),
        ("2026-10-24T12:00", 36, "2026-10-25T23:00:00+00:00"),
        ("2027-03-27T18:00", 24, "2027-03-28T19:00:00+01:00"),
        ("2026-10-24T01:30", 24, "2026-10-25T01:30:00+01:00"),  # the first of the two
        ("2026-10-24T02:30", 24, "2026-10-25T01:30:00+00:00"),  # the second
        ("2026-12-18T14:10:01", 24, "2026-12-19T14:10:01+00:00"),
    ],
)
def test_detention_ends_after_so_many_elapsed_hours(relevant: str, hours: int, end: str) -> None:
    assert shown(detention(CLOCKS, at(relevant), hours)) == end


def test_the_clock_change_is_said() -> None:
    told = " ".join(detention(CLOCKS, at("2026-10-24T18:00")).steps)
    assert "clocks go back 1 h" in told
    assert "clocks go" not in " ".join(detention(CLOCKS, at("2026-10-25T18:00")).steps)


def test_hospital_does_not_count_but_questioning_there_does() -> None:
    relevant = at("2026-12-18T14:10")
    away = Span(at("2026-12-18T16:00"), at("2026-12-18T20:00"))
    asked = Span(at("2026-12-18T18:00"), at("2026-12-18T18:45"))
    assert shown(detention(CLOCKS, relevant, hospital=[away])) == "2026-12-19T18:10:00+00:00"
    assert (
        shown(detention(CLOCKS, relevant, hospital=[away], questioned=[asked])) == "2026-12-19T17:25:00+00:00"
    )


def test_hospital_over_the_clock_change_is_measured_in_real_hours() -> None:
    away = Span(
        datetime.fromisoformat("2026-10-25T00:30").replace(tzinfo=LONDON),
        datetime.fromisoformat("2026-10-25T02:30").replace(tzinfo=LONDON),
    )  # three real hours, two on the wall clock
    assert shown(detention(CLOCKS, at("2026-10-24T18:00"), hospital=[away])) == "2026-10-25T20:00:00+00:00"


def test_no_end_while_still_in_hospital_unless_the_time_ran_out_before() -> None:
    relevant = at("2026-12-18T14:10")
    still = detention(CLOCKS, relevant, hospital=[Span(at("2026-12-18T16:00"), None)])
    assert still.due is None
    assert still.warnings
    too_late = detention(CLOCKS, relevant, hospital=[Span(at("2026-12-19T14:10"), None)])
    assert shown(too_late) == "2026-12-19T14:10:00+00:00"


@pytest.mark.parametrize(
    ("stay", "said"),
    [
        (Span(at("2026-12-18T16:00"), at("2026-12-18T20:00")), "4 h do not count"),
        (Span(at("2026-12-18T13:10"), at("2026-12-18T16:10")), "2 h do not count"),
        (Span(at("2026-12-18T12:00"), at("2026-12-18T14:10")), "lies before the relevant time"),
        (Span(at("2026-12-19T14:10"), at("2026-12-19T16:00")), "lies after the end"),
        (Span(at("2026-12-20T09:00"), None), "lies after the end"),
    ],
)
def test_a_stay_in_hospital_is_said_not_to_count_only_where_it_moves_the_end(stay: Span, said: str) -> None:
    answer = detention(CLOCKS, at("2026-12-18T14:10"), hospital=[stay])
    told = " ".join(answer.steps)
    assert said in told
    assert answer.due is not None
    assert ("not count" in told) == (answer.due != at("2026-12-19T14:10"))


def test_after_arrest_on_bail_three_hours_do_not_count_and_earlier_detention_does() -> None:
    arrived = at("2026-12-18T14:10")
    assert shown(detention(CLOCKS, arrived, bail_arrest=True)) == "2026-12-19T17:10:00+00:00"
    earlier = timedelta(hours=5, minutes=30)
    assert shown(detention(CLOCKS, arrived, already=earlier)) == "2026-12-19T08:40:00+00:00"
    assert shown(detention(CLOCKS, arrived, already=earlier, bail_arrest=True)) == "2026-12-19T11:40:00+00:00"
    used_up = detention(CLOCKS, arrived, already=timedelta(hours=24))
    assert used_up.due == arrived


@pytest.mark.parametrize(
    ("hours", "clock"), [(1, "DET-24"), (24, "DET-24"), (25, "DET-36"), (72, "DET-WFD"), (96, "DET-96")]
)
def test_the_authority_is_that_of_the_hours(hours: int, clock: str) -> None:
    assert detention(CLOCKS, at("2026-12-18T14:10"), hours).clock == clock


@pytest.mark.parametrize("hours", [0, 97])
def test_hours_that_no_authority_gives_are_refused(hours: int) -> None:
    with pytest.raises(BadInputError, match="not possible"):
        detention(CLOCKS, at("2026-12-18T14:10"), hours)


def test_a_time_in_hospital_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInputError, match="before it begins"):
        detention(
            CLOCKS, at("2026-12-18T14:10"), hospital=[Span(at("2026-12-18T16:00"), at("2026-12-18T15:00"))]
        )


@pytest.mark.parametrize(
    ("held", "due"),
    [
        ([], "2026-12-18T20:25:00+00:00"),
        (["2026-12-18T20:25"], "2026-12-19T05:25:00+00:00"),
        (["2026-12-18T20:25", "2026-12-19T05:25"], "2026-12-19T14:25:00+00:00"),
        (["2026-12-18T19:00"], "2026-12-19T04:00:00+00:00"),  # early: brought forward
        (["2026-12-18T21:00"], "2026-12-19T05:25:00+00:00"),  # postponed: nothing moves
        (["2026-12-18T21:00", "2026-12-19T05:00"], "2026-12-19T14:00:00+00:00"),
        (["2026-12-18T20:25:01"], "2026-12-19T05:25:00+00:00"),
        (["2026-12-18T20:24:59"], "2026-12-19T05:24:59+00:00"),
    ],
)
def test_reviews(held: list[str], due: str) -> None:
    assert shown(reviews(CLOCKS, at("2026-12-18T14:25"), [at(one) for one in held])) == due


def test_reviews_over_the_hour_that_occurs_twice() -> None:
    authorised = at("2026-10-24T20:30")
    assert shown(reviews(CLOCKS, authorised)) == "2026-10-25T01:30:00+00:00"
    first, second = (
        datetime.fromisoformat("2026-10-25T01:30").replace(tzinfo=LONDON, fold=fold) for fold in (0, 1)
    )
    assert shown(reviews(CLOCKS, authorised, [first])) == "2026-10-25T09:30:00+00:00"  # an hour early
    assert shown(reviews(CLOCKS, authorised, [second])) == "2026-10-25T10:30:00+00:00"  # on time
    assert not reviews(CLOCKS, authorised, [second]).warnings


def test_a_late_review_is_said_and_one_out_of_order_refused() -> None:
    late = reviews(CLOCKS, at("2026-12-18T14:25"), [at("2026-12-18T21:00")])
    assert "35 m after" in late.warnings[0]
    with pytest.raises(BadInputError, match="before what it follows"):
        reviews(CLOCKS, at("2026-12-18T14:25"), [at("2026-12-18T14:00")])


def test_after_charge_the_custody_officer_reviews() -> None:
    assert "custody officer" in " ".join(reviews(CLOCKS, at("2026-12-18T14:25"), charged=True).steps)
    assert reviews(CLOCKS, at("2026-12-18T14:25"), charged=True).clock == "REV-CHG"


@given(st.lists(st.integers(1, 12 * 60), max_size=8))
def test_the_next_review_is_never_later_than_at_the_full_intervals(gaps: list[int]) -> None:
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)
    held = [start + timedelta(minutes=sum(gaps[: n + 1])) for n in range(len(gaps))]
    due = reviews(CLOCKS, start, held).due
    assert due is not None
    assert due <= start + timedelta(hours=6 + 9 * len(held))
    if held:
        assert due <= held[-1] + timedelta(hours=9)


def test_the_relevant_time_of_each_situation() -> None:
    arrest, day_later = at("2026-10-24T18:00"), at("2026-10-25T17:00")  # 24 real hours, the clocks going back
    soon, late = at("2026-10-24T21:00"), at("2026-10-25T17:00:01")
    assert relevant_time.ordinary_arrest(soon) == soon
    assert relevant_time.arrested_at_station(arrest) == arrest
    assert relevant_time.answering_street_bail(soon) == soon
    assert relevant_time.further_offence(arrest) == arrest
    for situation in (
        relevant_time.sought_in_another_area,
        relevant_time.moved_for_another_offence,
        relevant_time.arrested_abroad,
    ):
        assert situation(arrest, soon) == soon
        assert situation(arrest, late) == day_later
        assert situation(arrest, None) == day_later


def test_thirty_hours_of_detention_minute_by_minute() -> None:
    relevant, authorised = at("2026-10-24T18:00"), at("2026-10-24T18:20")
    held = [at("2026-10-24T23:50"), at("2026-10-25T07:30"), at("2026-10-25T16:00")]
    seen: list[str] = []
    for minute in range(30 * 60):
        now = relevant + timedelta(minutes=minute)
        person = Detained(
            relevant=relevant,
            authorised=authorised if now >= authorised else None,
            reviews=tuple(one for one in held if one <= now),
            extended_hours=36 if now >= at("2026-10-25T16:30") else None,
        )
        upcoming = next_moment(CLOCKS, person, HOLIDAYS)
        assert upcoming is not None
        assert upcoming.at is not None
        assert upcoming.at >= now or not person.authorised
        word = f"{local(upcoming.at):%d %H:%M} {upcoming.what.split(';')[0]}"
        if not seen or seen[-1] != word:
            seen.append(word)
    assert seen == [
        "24 18:00 Detention not recorded as authorised: its reviews cannot be counted",
        "25 00:20 Review 1 of detention",
        "25 07:50 Review 2 of detention",  # nine hours after an early review, over the change of the clocks
        "25 16:30 Review 3 of detention",
        "25 17:00 Detention ends",
        "26 01:00 Review 4 of detention",  # extended to 36 hours, which end at 05:00
    ]


def test_what_comes_next_at_each_stage() -> None:
    relevant, authorised = at("2026-12-18T14:10"), at("2026-12-18T14:25")
    held = (at("2026-12-18T20:25"), at("2026-12-19T05:25"))
    plain = Detained(relevant=relevant, authorised=authorised, reviews=held)
    (end, review) = critical_moments(CLOCKS, plain, HOLIDAYS)
    assert (end.by, review.by) == ("superintendent", "inspector")
    assert end.at == at("2026-12-19T14:10")
    assert "superintendent can extend" in end.what
    extended = Detained(relevant=relevant, authorised=authorised, reviews=held, extended_hours=36)
    ends = {moment.by: moment.at for moment in critical_moments(CLOCKS, extended, HOLIDAYS)}
    assert ends == {"inspector": at("2026-12-19T14:25"), "magistrates": at("2026-12-20T02:10")}


def test_a_warrant_ends_when_it_says_but_never_past_96_hours() -> None:
    relevant = at("2026-12-18T14:10")
    warrant = Detained(relevant=relevant, authorised=relevant, warrant_until=at("2026-12-21T12:00"))
    assert {m.at for m in critical_moments(CLOCKS, warrant, HOLIDAYS)} >= {at("2026-12-21T12:00")}
    too_long = Detained(relevant=relevant, authorised=relevant, warrant_until=at("2026-12-23T12:00"))
    assert {m.at for m in critical_moments(CLOCKS, too_long, HOLIDAYS)} >= {at("2026-12-22T14:10")}


def test_after_charge_the_first_court_and_the_custody_officers_reviews_remain() -> None:
    person = Detained(
        relevant=at("2026-12-24T10:00"), authorised=at("2026-12-24T10:30"), charged=at("2026-12-24T18:00")
    )
    review, court = critical_moments(CLOCKS, person, HOLIDAYS)
    assert (review.by, review.at) == ("custody-officer", at("2026-12-24T16:30"))
    assert court.at == at("2026-12-26T23:59:59")


def test_a_clock_that_stands_still_comes_last_and_nothing_comes_after_release() -> None:
    away = Detained(
        relevant=at("2026-12-18T14:10"),
        authorised=at("2026-12-18T14:25"),
        hospital=(Span(at("2026-12-18T15:00"), None),),
    )
    assert [moment.at for moment in critical_moments(CLOCKS, away, HOLIDAYS)] == [
        at("2026-12-18T20:25"),
        None,
    ]
    gone = Detained(relevant=at("2026-12-18T14:10"), released=at("2026-12-18T16:00"))
    assert next_moment(CLOCKS, gone, HOLIDAYS) is None


def test_prompts_are_those_of_the_person() -> None:
    child = prompts(CLOCKS, under_18=True)
    assert any("Appropriate adult" in prompt.text for prompt in child)
    assert not any(prompt.whom is Whom.VULNERABLE for prompt in child)
    voluntary = prompts(CLOCKS, voluntary=True, vulnerable=True)
    assert {prompt.whom for prompt in voluntary} == {Whom.VOLUNTARY, Whom.VULNERABLE}
