from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from casedesk.model.facts import Case, CaseEvent, CaseFile, Custody, Suspect
from casedesk.model.moments import Moment, local
from casedesk.model.words import CustodyState, EventKind
from casedesk.rules.custody_clock import critical_moments
from casedesk.rules.custody_facts import detained
from casedesk.rules.reasons.liberty import liberty
from tests.rules.clock_facts import CLOCKS, HOLIDAYS, at
from tests.rules.reason_facts import (
    CUSTODY,
    PACKS,
    SUSPECT,
    add,
    assert_changes_are_exact,
    event,
    first,
    made,
    next_change,
    seen,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ROBBERY, SUMMARY = Case(offence_code="TH68023"), Case(offence_code="PU86149")
HELD = Custody(
    state=CustodyState.DETAINED,
    arrested_at=at("2026-12-18T13:40"),
    arrived_at=at("2026-12-18T14:10"),
    relevant_at=at("2026-12-18T14:10"),
    authorised_at=at("2026-12-18T14:25"),
)
TWO_REVIEWS = (event(EventKind.REVIEW, "2026-12-18T20:25"), event(EventKind.REVIEW, "2026-12-19T05:25"))


def sentences(file: CaseFile, now: str) -> list[str]:
    return [sentence for _, sentence in seen(liberty, file, at(now))]


# -- what is said, band by band and row by row of the reference --------------------------------------------------------


def test_the_next_critical_moment_stands_first_with_who_must_act() -> None:
    file = made(HELD, case=ROBBERY)
    early = first(liberty, file, "2026-12-18T15:00")
    assert early.sentence == "Review 1 of detention due by Fri 18 Dec 20:25; an inspector holds it"
    assert (early.band, early.who, early.clock, early.legal) == ("liberty", "inspector", "REV-1", True)
    assert early.how is not None
    assert early.how().due == early.due == at("2026-12-18T20:25")
    later = first(liberty, add(file, *TWO_REVIEWS), "2026-12-19T06:00")
    assert (
        later.sentence == "Detention ends Sat 19 Dec 14:10; a superintendent can extend to 36 h before then"
    )
    assert (later.who, later.clock, later.due) == ("superintendent", "DET-24", at("2026-12-19T14:10"))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (
            ROBBERY,
            "Detention ends Sat 19 Dec 14:10; a superintendent can extend to 36 h after the second review",
        ),
        (
            SUMMARY,
            "Detention ends Sat 19 Dec 14:10; a summary-only offence: nothing extends it, charge or release",
        ),
        (
            Case(),
            (
                "Detention ends Sat 19 Dec 14:10; a superintendent can extend to 36 h after the second review "
                "if the offence is indictable"
            ),
        ),
    ],
)
def test_who_can_extend_depends_on_the_offence(case: Case, said: str) -> None:
    assert said in sentences(made(HELD, case=case), "2026-12-18T15:00")


def test_nobody_can_extend_any_more_once_the_time_has_run_out() -> None:
    file = add(made(HELD, case=ROBBERY), *TWO_REVIEWS)
    end = at("2026-12-19T14:10")
    found = {
        now: next(one.who for one in liberty(file, now, PACKS) if one.clock == "DET-24")
        for now in (end - SECOND, end)
    }
    assert found == {end - SECOND: "superintendent", end: "custody-officer"}


def test_an_arrest_still_to_come_is_doubted_until_it_has_come() -> None:
    file = made(replace(HELD, arrested_at=at("2026-12-28T13:40")))
    said = "The arrest is recorded at a time still to come: check the times"
    assert said in sentences(file, "2026-12-18T15:00")
    assert next_change(liberty, made(HELD), at("2026-12-18T14:00")) == at("2026-12-18T14:25")
    assert said not in sentences(made(HELD), "2026-12-18T14:25")
    assert said in sentences(made(HELD), "2026-12-18T14:24")


def test_a_doubt_about_two_extensions_is_said_once() -> None:
    twice = [event(EventKind.EXTENSION, f"2026-12-18T{hour}:00", "2026-12-20T02:10") for hour in (16, 17)]
    said = sentences(made(HELD, *twice, case=ROBBERY), "2026-12-18T18:00")
    assert said.count("An extension is recorded before the second review: check the times") == 1


def test_a_detention_not_recorded_as_authorised_has_no_limit_of_law() -> None:
    file = made(replace(HELD, authorised_at=None))
    legal = {one.sentence[:28]: one.legal for one in liberty(file, at("2026-12-18T15:00"), PACKS)}
    assert legal["Detention is not recorded as"] is False
    assert legal["Detention ends Sat 19 Dec 14"] is True


def test_the_offence_arrested_for_outdoes_that_of_the_record() -> None:
    file = made(replace(HELD, offence="PU86149"), case=ROBBERY)
    assert any("summary-only" in said for said in sentences(file, "2026-12-18T15:00"))


EXTENSION = event(EventKind.EXTENSION, "2026-12-19T12:00", "2026-12-20T02:10")
WARRANT = event(EventKind.WARRANT, "2026-12-20T01:00", "2026-12-21T13:00")


@pytest.mark.parametrize(
    ("clock", "now", "custody", "events", "due"),
    [
        ("DET-24", "2026-12-19T13:00", HELD, TWO_REVIEWS, "2026-12-19T14:10"),
        ("DET-36", "2026-12-19T13:00", HELD, (*TWO_REVIEWS, EXTENSION), "2026-12-20T02:10"),
        ("DET-96", "2026-12-20T03:00", HELD, (*TWO_REVIEWS, EXTENSION, WARRANT), "2026-12-21T13:00"),
        ("REV-1", "2026-12-18T15:00", HELD, (), "2026-12-18T20:25"),
        ("REV-2", "2026-12-18T21:00", HELD, TWO_REVIEWS[:1], "2026-12-19T05:25"),
        ("REV-n", "2026-12-19T06:00", HELD, TWO_REVIEWS, "2026-12-19T14:25"),
        (
            "REV-CHG",
            "2026-12-18T19:00",
            replace(HELD, charged_at=at("2026-12-18T18:00")),
            (),
            "2026-12-18T20:25",
        ),
        (
            "CRT-1",
            "2026-12-24T19:00",
            replace(HELD, charged_at=at("2026-12-24T18:00")),
            (),
            "2026-12-26T23:59:59",
        ),
        ("DET-24", "2026-12-18T15:00", replace(HELD, bail_arrest=True), (), "2026-12-19T17:10"),
        ("DET-24", "2026-12-18T15:00", replace(HELD, held_minutes=200), (), "2026-12-19T10:50"),
        (
            "B7-24",
            "2026-12-18T15:00",
            replace(HELD, bail_arrest=True, charged_at=at("2026-12-01T10:00")),
            (),
            "2026-12-19T13:40",
        ),
    ],
)
def test_every_clock_of_detention_is_a_factor(
    clock: str, now: str, custody: Custody, events: tuple[CaseEvent, ...], due: str
) -> None:
    file = made(custody, *events, case=ROBBERY)
    found = {factor.clock: factor for factor in liberty(file, at(now), PACKS)}
    assert found[clock].due == at(due)
    assert found[clock].legal
    assert found[clock].how is not None
    assert found[clock].how().source  # type: ignore[misc] # asserted above


@pytest.mark.parametrize(
    ("events", "now", "before", "after"),
    [
        (
            (),
            "2026-12-18T20:25",
            "Review 1 of detention due by Fri 18 Dec 20:25; an inspector holds it",
            "Review 1 of detention overdue since Fri 18 Dec 20:25; an inspector holds it",
        ),
        (
            (event(EventKind.POSTPONED, "2026-12-18T20:20"),),
            "2026-12-18T20:25",
            "Review 1 of detention due by Fri 18 Dec 20:25; an inspector holds it",
            (
                "Review 1 of detention was due by Fri 18 Dec 20:25 and is postponed: as soon as practicable; "
                "an inspector holds it"
            ),
        ),
    ],
)
def test_a_review_is_in_time_to_its_last_instant(
    events: tuple[CaseEvent, ...], now: str, before: str, after: str
) -> None:
    file, limit = made(HELD, *events, case=ROBBERY), at(now)
    for instant, said in ((limit - SECOND, before), (limit, before), (limit + SECOND, after)):
        assert said in [sentence for _, sentence in seen(liberty, file, instant)]


def test_a_postponement_of_an_earlier_review_says_nothing_of_the_next() -> None:
    postponed = event(EventKind.POSTPONED, "2026-12-18T20:20")
    file = made(HELD, postponed, event(EventKind.REVIEW, "2026-12-18T20:40"), case=ROBBERY)
    assert "Review 2 of detention overdue since Sat 19 Dec 05:25; an inspector holds it" in sentences(
        file, "2026-12-19T05:26"
    )


@pytest.mark.parametrize("limit", ["2026-12-19T14:10", "2026-10-25T17:00", "2027-03-28T19:00"])
def test_detention_has_ended_at_the_last_instant_and_not_a_second_before(limit: str) -> None:
    ends = at(limit)
    custody = replace(
        HELD,
        relevant_at=ends - timedelta(hours=24),
        arrived_at=ends - timedelta(hours=24),
        arrested_at=ends - timedelta(hours=25),
        authorised_at=ends - timedelta(hours=23),
    )
    file = made(custody, case=ROBBERY)
    word = f"{local(ends):%a} {local(ends).day} {local(ends):%b %H:%M}"
    before, at_it = ([said for _, said in seen(liberty, file, one)] for one in (ends - SECOND, ends))
    assert any(said.startswith(f"Detention ends {word};") for said in before)
    assert f"Detention limit passed {word}: release, charge or show authority" in at_it
    assert next_change(liberty, file, ends - SECOND) == ends


def test_an_extension_and_a_warrant_move_the_end_but_never_past_what_the_act_allows() -> None:
    file = made(HELD, *TWO_REVIEWS, EXTENSION, case=ROBBERY)
    said = "Extended detention ends Sun 20 Dec 02:10; only a warrant of further detention can continue it"
    assert said in sentences(file, "2026-12-19T13:00")
    with_warrant = add(file, WARRANT)
    said = "Warrant of further detention ends Mon 21 Dec 13:00; a court can extend it, never past 96 h"
    assert said in sentences(with_warrant, "2026-12-20T03:00")
    too_far = add(file, event(EventKind.WARRANT, "2026-12-21T12:00", "2026-12-23T12:00"))
    assert "Detention ends Tue 22 Dec 14:10: nothing continues it" in sentences(too_far, "2026-12-21T13:00")


def test_what_the_extract_says_counts_like_what_was_recorded_here() -> None:
    events = made(HELD, *TWO_REVIEWS, EXTENSION, case=ROBBERY)
    extract = made(
        replace(
            HELD,
            reviews=("2026-12-18T20:25:00Z", "2026-12-19T05:25:00+00:00"),
            extended_until=at("2026-12-20T02:10"),
        ),
        case=ROBBERY,
    )
    now = at("2026-12-19T13:00")
    assert seen(liberty, events, now) == seen(liberty, extract, now)


def test_a_review_told_by_extract_and_desk_counts_once() -> None:
    file = made(replace(HELD, reviews=("2026-12-18T20:20:00Z",)), TWO_REVIEWS[0], case=ROBBERY)
    person = detained(file, CUSTODY, file.custody[0][1])
    assert person is not None
    assert person.reviews == (at("2026-12-18T20:20"),)


def test_events_of_nobody_count_where_there_is_one_arrest_and_only_there() -> None:
    held = event(EventKind.REVIEW, "2026-12-18T20:25", subject=None)
    alone = made(HELD, held)
    other = replace(alone, custody=(*alone.custody, (SUSPECT, HELD)))
    assert len(detained(alone, CUSTODY, HELD).reviews) == 1  # type: ignore[union-attr] # it is detained
    assert len(detained(other, CUSTODY, HELD).reviews) == 0  # type: ignore[union-attr] # it is detained


def test_in_hospital_the_detention_clock_stands_still_and_reviews_run() -> None:
    away = made(HELD, event(EventKind.HOSPITAL, "2026-12-18T15:00"), case=ROBBERY)
    assert sentences(away, "2026-12-18T16:00") == [
        "Review 1 of detention due by Fri 18 Dec 20:25; an inspector holds it",
        "Detention clock stands still: in hospital since Fri 18 Dec 15:00",
    ]
    assert [one.due for one in liberty(away, at("2026-12-18T16:00"), PACKS)] == [at("2026-12-18T20:25"), None]
    asked = event(EventKind.QUESTIONED, "2026-12-18T15:30", "2026-12-18T15:45")
    back = made(HELD, event(EventKind.HOSPITAL, "2026-12-18T15:00", "2026-12-18T16:00"), asked, case=ROBBERY)
    assert any(
        said.startswith("Detention ends Sat 19 Dec 14:55") for said in sentences(back, "2026-12-18T17:00")
    )


# -- what is missing or cannot be so -----------------------------------------------------------------------------------


def test_detention_that_nobody_authorised_is_due_now() -> None:
    file = made(replace(HELD, authorised_at=None), case=ROBBERY)
    found = first(liberty, file, "2026-12-18T15:00")
    assert found.sentence == "Detention is not recorded as authorised: its reviews cannot be counted"
    assert found.due == HELD.relevant_at


def test_a_missing_relevant_time_is_due_now() -> None:
    file = made(Custody(state=CustodyState.DETAINED, arrested_at=at("2026-12-18T13:40")))
    found = first(liberty, file, "2026-12-18T15:00")
    assert found.sentence == "In custody; relevant time missing: treat as due now"
    assert found.due == at("2026-12-18T13:40")


@pytest.mark.parametrize(
    ("situation", "arrested", "arrived", "ends"),
    [
        ("ordinary-arrest", "2026-10-24T17:00", "2026-10-24T18:00", "2026-10-25T17:00"),
        ("arrested-at-station", "2026-10-24T18:00", "2026-10-24T17:00", "2026-10-25T17:00"),
        ("answering-street-bail", None, "2026-10-24T18:00", "2026-10-25T17:00"),
        ("sought-in-another-area", "2026-10-23T17:00", "2026-10-24T20:00", "2026-10-25T16:00"),
        (None, "2026-10-24T17:00", "2026-10-24T18:00", "2026-10-25T17:00"),
        ("arrested-abroad", "2026-10-24T17:00", "2026-10-24T18:00", None),
        ("moved-for-another-offence", "2026-10-24T17:00", "2026-10-24T18:00", None),
        ("further-offence", "2026-10-24T17:00", "2026-10-24T18:00", None),
    ],
)
def test_the_relevant_time_comes_from_how_detention_began(
    situation: str | None, arrested: str | None, arrived: str, ends: str | None
) -> None:
    custody = Custody(
        state=CustodyState.DETAINED,
        situation=situation,
        arrested_at=at(arrested) if arrested else None,
        arrived_at=at(arrived),
        authorised_at=at("2026-10-24T18:20"),
    )
    person = detained(made(custody), CUSTODY, custody)
    if ends is None:
        assert person is None
        return
    assert person is not None
    assert at(ends) in {moment.at for moment in critical_moments(CLOCKS, person, HOLIDAYS)}
    said = " ".join(sentences(made(custody), "2026-10-24T19:00"))
    assert ("relevant time taken from arrival" in said) == (situation is None)


@pytest.mark.parametrize(
    ("custody", "events", "said"),
    [
        (HELD, (event(EventKind.REVIEW, "2026-12-18T13:00"),), "Reviews are recorded in an impossible order"),
        (replace(HELD, reviews=("no time",)), (), "The time of a review cannot be read"),
        (HELD, (event(EventKind.REVIEW, "2026-12-20T13:00"),), "A review is recorded that is still to come"),
        (
            HELD,
            (*TWO_REVIEWS, event(EventKind.EXTENSION, "2026-12-19T12:00", "2026-12-20T02:11")),
            "An extension is recorded beyond 36 hours",
        ),
        (
            HELD,
            (event(EventKind.EXTENSION, "2026-12-19T01:00", "2026-12-20T02:00"),),
            "An extension is recorded before the second review",
        ),
        (
            HELD,
            (*TWO_REVIEWS, event(EventKind.EXTENSION, "2026-12-19T14:11", "2026-12-20T02:00")),
            "An extension is recorded after the 24 hours had ended",
        ),
        (HELD, (event(EventKind.EXTENSION, "2026-12-18T18:00"),), "An extension is recorded without its end"),
        (
            replace(HELD, offence="PU86149", extended_until=at("2026-12-20T02:10")),
            (),
            "An extension is recorded for a summary-only offence",
        ),
        (
            HELD,
            (event(EventKind.HOSPITAL, "2026-12-18T18:00", "2026-12-18T17:00"),),
            "Time in hospital is recorded as ending before it begins",
        ),
        (replace(HELD, released_at=at("2026-12-18T12:00")), (), "Release is recorded before arrest"),
        (replace(HELD, released_at=at("2026-12-18T19:00")), (), "Recorded as detained and as released"),
        (replace(HELD, charged_at=at("2026-12-18T12:00")), (), "Charge is recorded before arrest"),
        (
            replace(HELD, authorised_at=at("2026-12-18T14:00")),
            (),
            "Detention is recorded as authorised before",
        ),
        (
            replace(HELD, relevant_at=at("9999-12-31T23:00")),
            (),
            "The times of the detention cannot be counted",
        ),
    ],
)
def test_a_contradiction_is_named_and_due_now(
    custody: Custody, events: tuple[CaseEvent, ...], said: str
) -> None:
    file = made(custody, *events, case=ROBBERY)
    found = first(liberty, file, "2026-12-19T14:30")
    assert found.sentence.startswith(said)
    assert found.due is not None
    assert found.due <= at("2026-12-19T14:30")


def test_an_extension_beyond_36_hours_is_cut_off_at_them() -> None:
    long = event(EventKind.EXTENSION, "2026-12-19T12:00", "2026-12-20T09:00")
    file = made(HELD, *TWO_REVIEWS, long, case=ROBBERY)
    assert any(
        said.startswith("Extended detention ends Sun 20 Dec 02:10")
        for said in sentences(file, "2026-12-19T13:00")
    )


def test_a_review_still_to_come_counts_once_it_has_come() -> None:
    file = made(HELD, event(EventKind.REVIEW, "2026-12-18T18:00"), case=ROBBERY)
    assert next_change(liberty, file, at("2026-12-18T15:00")) == at("2026-12-18T18:00")
    assert "Review 2 of detention due by Sat 19 Dec 03:00; an inspector holds it" in sentences(
        file, "2026-12-18T18:00"
    )


# -- after charge ------------------------------------------------------------------------------------------------------


def test_whoever_is_charged_and_kept_goes_to_the_first_court() -> None:
    charged = replace(HELD, charged_at=at("2026-12-24T18:00"), authorised_at=at("2026-12-24T13:00"))
    file, due = made(charged, case=ROBBERY), at("2026-12-26T23:59:59")
    assert sentences(file, "2026-12-24T18:30") == [
        "Review 1 of detention due by Thu 24 Dec 19:00; a custody officer holds it",
        "First court at the next sitting, no later than Sat 26 Dec 23:59",
    ]
    late = "First court was due by Sat 26 Dec 23:59: record the appearance or the release"
    assert late not in [said for _, said in seen(liberty, file, due)]
    assert late in [said for _, said in seen(liberty, file, due + SECOND)]


def test_a_charge_alone_does_not_keep_anybody() -> None:
    charged = replace(HELD, state=CustodyState.CHARGED, charged_at=at("2026-12-18T20:00"))
    now = at("2026-12-18T21:00")
    assert seen(liberty, made(charged), now)
    for freed in (
        replace(charged, released_at=at("2026-12-18T20:30")),
        replace(charged, bail_return_at=at("2027-01-18T10:00")),
        replace(charged, first_appearance_on=Moment("2026-12-19")),
        Custody(state=CustodyState.CHARGED, charged_at=at("2026-12-18T20:00")),
    ):
        assert seen(liberty, made(freed), now) == []


def test_a_charge_of_long_ago_sinks_and_in_a_closed_case_is_gone() -> None:
    charged = replace(HELD, state=CustodyState.CHARGED, charged_at=at("2026-12-18T20:00"))
    court = at("2026-12-19T23:59:59")
    open_case, filed = made(charged), made(charged, case=Case(record_status="filed"))
    assert {band for band, _ in seen(liberty, open_case, court + timedelta(days=28))} == {"liberty"}
    assert {band for band, _ in seen(liberty, open_case, court + timedelta(days=28, seconds=1))} == {"rest"}
    assert {band for band, _ in seen(liberty, filed, court)} == {"liberty"}
    assert seen(liberty, filed, court + SECOND) == []


def test_in_a_closed_case_nobody_is_detained_for_weeks() -> None:
    file, since = made(HELD, case=Case(record_status="filed")), at("2026-12-18T13:40")
    last = since + timedelta(days=28)
    assert {band for band, _ in seen(liberty, file, last)} == {"liberty"}
    assert seen(liberty, file, last + SECOND) == []
    assert seen(liberty, made(HELD), last + SECOND)


# -- the young, the vulnerable, those who attend -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("custody", "dob", "said"),
    [
        (replace(HELD, under_18=True), None, "Appears under 18: no appropriate adult recorded"),
        (replace(HELD, suspect=SUSPECT), "2008-12-19", "Appears under 18: no appropriate adult recorded"),
        (replace(HELD, suspect=SUSPECT), "2008-12-18", None),
        (replace(HELD, suspect=SUSPECT, under_18=False), "2010-01-01", None),
        (replace(HELD, vulnerable=True), None, "Vulnerable: no appropriate adult recorded"),
        (replace(HELD, under_18=True, appropriate_adult="An aunt"), None, None),
        (HELD, None, None),
    ],
)
def test_a_missing_appropriate_adult_is_said_after_the_clocks(
    custody: Custody, dob: str | None, said: str | None
) -> None:
    file = made(custody, case=ROBBERY, suspect=Suspect(dob=Moment(dob) if dob else None))
    found = list(liberty(file, at("2026-12-18T15:00"), PACKS))
    asked = [one for one in found if "appropriate adult" in one.sentence]
    assert [one.sentence for one in asked] == ([said] if said else [])
    for one in asked:
        assert one.due is None  # so that no clock stands behind it
        assert one.how is not None
        assert any("ppropriate adult" in step for step in one.how().steps)


def test_a_child_refused_bail_goes_to_local_authority_accommodation() -> None:
    child = replace(HELD, under_18=True, appropriate_adult="An aunt", charged_at=at("2026-12-18T18:00"))
    said = "Under 18 and refused bail: to local-authority accommodation, or a certificate why not"
    assert said in sentences(made(child), "2026-12-18T19:00")
    assert said not in sentences(made(replace(child, under_18=False)), "2026-12-18T19:00")


def test_a_voluntary_interview_has_no_clock_and_is_not_forgotten() -> None:
    to_come = Custody(state=CustodyState.VOLUNTARY, arrived_at=at("2026-11-24T10:00"), suspect=SUSPECT)
    file = made(to_come, suspect=Suspect(name="A"))
    assert seen(liberty, file, at("2026-11-23T09:59:59")) == [
        ("rest", "Voluntary interview Tue 24 Nov 10:00")
    ]
    for now in ("2026-11-23T10:00", "2026-11-24T10:00"):
        assert seen(liberty, file, at(now)) == [("action", "Voluntary interview Tue 24 Nov 10:00")]
    said = "Voluntary interview was set for Tue 24 Nov 10:00: record whether it was held"
    assert seen(liberty, file, at("2026-11-24T10:00:01")) == [("action", said)]
    assert seen(liberty, file, at("2026-12-22T10:00:01")) == []
    held = made(to_come, suspect=Suspect(interviewed_on=Moment("2026-11-24")))
    assert seen(liberty, held, at("2026-11-24T12:00")) == []
    assert not any(one.legal for one in liberty(file, at("2026-11-23T12:00"), PACKS))


# -- passing time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        made(HELD, case=ROBBERY),
        made(HELD, *TWO_REVIEWS, EXTENSION, case=ROBBERY),
        made(replace(HELD, charged_at=at("2026-12-18T20:00")), case=ROBBERY),
        made(replace(HELD, state=CustodyState.CHARGED, charged_at=at("2026-12-18T20:00")), case=ROBBERY),
        made(Custody(state=CustodyState.VOLUNTARY, arrived_at=at("2026-12-20T10:00"))),
        made(replace(HELD, released_at=at("2026-12-18T12:00")), case=Case(stage="finalised")),
        made(HELD, case=Case(record_status="filed")),
        made(replace(HELD, reviews=("2026-12-18T18:00:00Z",)), case=ROBBERY),
    ],
)
def test_nothing_changes_between_the_times_it_is_said_to_change(file: CaseFile) -> None:
    since, until = at("2026-12-18T14:25"), at("2027-01-20T00:00")
    turns = assert_changes_are_exact(liberty, file, since, until, timedelta(minutes=97))
    assert turns >= 1


def test_thirty_hours_minute_by_minute() -> None:
    """From arrival on 24 October, over the change of the clocks: reviews, an hour in hospital, an extension.

    The same is seen whether the case is looked at each minute or only when it says that it changes.
    """
    happens = [
        event(EventKind.REVIEW, "2026-10-24T23:50"),
        event(EventKind.HOSPITAL, "2026-10-25T03:00"),
        event(EventKind.HOSPITAL, "2026-10-25T03:00", "2026-10-25T04:00"),
        event(EventKind.REVIEW, "2026-10-25T07:30"),
        event(EventKind.REVIEW, "2026-10-25T16:10"),
        event(EventKind.EXTENSION, "2026-10-25T17:30", "2026-10-26T06:00"),
    ]
    recorded = [one.until or one.at for one in happens[:-1]] + [happens[-1].at]
    custody = Custody(
        state=CustodyState.DETAINED, arrested_at=at("2026-10-24T17:20"), relevant_at=at("2026-10-24T18:00")
    )
    story: list[tuple[str, str]] = []
    looked: list[tuple[str, str]] | None = None
    turn: datetime | None = None
    known = -1
    for minute in range(30 * 60):
        now = at("2026-10-24T18:00") + minute * MINUTE
        if now == at("2026-10-24T18:20"):
            custody, known = replace(custody, authorised_at=now), -1
        happened = sum(one is not None and one <= now for one in recorded)
        events = happens[:happened]
        if len(events) > 2:
            del events[1]  # the stay in hospital that was recorded as it began is corrected by its end
        file = made(custody, *events, case=ROBBERY)
        if happened != known or looked is None or (turn is not None and turn <= now):
            looked, turn, known = seen(liberty, file, now), next_change(liberty, file, now), happened
        assert seen(liberty, file, now) == looked, now
        top = first(liberty, file, local(now).isoformat())
        word = (f"{local(now):%d %H:%M}", top.sentence.split(";")[0])
        if not story or story[-1][1] != word[1]:
            story.append(word)
    assert story == [
        ("24 18:00", "Detention is not recorded as authorised: its reviews cannot be counted"),
        ("24 18:20", "Review 1 of detention due by Sun 25 Oct 00:20"),
        ("24 23:50", "Review 2 of detention due by Sun 25 Oct 07:50"),
        ("25 07:30", "Review 3 of detention due by Sun 25 Oct 16:30"),
        (
            "25 16:10",
            "Detention ends Sun 25 Oct 18:00",
        ),  # 24 h elapsed end at 17:00, with the hour in hospital
        ("25 17:30", "Review 4 of detention due by Mon 26 Oct 01:10"),
    ]


@pytest.mark.parametrize(("minutes", "said"), [(None, True), (0, False), (300, False)])
def test_an_end_without_the_time_held_before_bail_says_so(minutes: int | None, said: bool) -> None:
    held = made(replace(HELD, bail_arrest=True, held_minutes=minutes), case=ROBBERY)
    (end,) = (one for one in liberty(held, at("2026-12-18T15:00"), PACKS) if one.clock == "DET-24")
    assert end.sentence.endswith("; sooner by the time held before bail, which is not recorded") == said
    assert end.due == at("2026-12-19T17:10") - timedelta(minutes=minutes or 0)


@pytest.mark.parametrize(
    ("case", "clock", "said"),
    [
        (Case(offence_code="COML025"), "B7-24-MURDER", "Before a judge by Mon 21 Dec 13:40"),
        (
            Case(offence_code="COML025", charge_code="TH68023"),
            "B7-24",
            "Before a justice by Sat 19 Dec 13:40",
        ),
        (Case(offence_code="COML025A"), "B7-24", "Before a justice by Sat 19 Dec 13:40"),
    ],
)
def test_breach_of_bail_on_a_charge_of_murder_leaves_more_days_out(case: Case, clock: str, said: str) -> None:
    custody = replace(HELD, bail_arrest=True, charged_at=at("2026-12-01T10:00"))
    (factor,) = [one for one in liberty(made(custody, case=case), at("2026-12-18T15:00"), PACKS) if one.clock]
    assert factor.clock == clock
    assert factor.sentence.startswith(said)


def test_in_hospital_an_extension_stands_still_too_and_its_end_is_named() -> None:
    gone = event(EventKind.HOSPITAL, "2026-12-19T08:00")
    until = at("2026-12-19T20:00")
    custody = replace(HELD, extended_until=until)
    said = [one.sentence for one in liberty(made(custody, gone, case=ROBBERY), at("2026-12-19T21:00"), PACKS)]
    assert (
        "Detention clock stands still: in hospital since Sat 19 Dec 08:00; "
        "detention was authorised to Sat 19 Dec 20:00"
    ) in said
    late = event(EventKind.HOSPITAL, "2026-12-19T20:30")
    said = [one.sentence for one in liberty(made(custody, late, case=ROBBERY), at("2026-12-19T21:00"), PACKS)]
    assert "Detention limit passed Sat 19 Dec 20:00: release, charge or show authority" in said
