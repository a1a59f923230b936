from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from casedesk.model.facts import Case, CaseEvent, CaseFile, Custody, Suspect, Victim
from casedesk.model.moments import Moment
from casedesk.model.words import Confidence, CustodyState, EventKind, SuspectStatus, VictimKind
from casedesk.rules.bail_facts import bail_period
from casedesk.rules.reasons.bail import bail
from casedesk.rules.reasons.safeguarding import safeguarding
from tests.rules.clock_facts import CLOCKS, at
from tests.rules.reason_facts import (
    CUSTODY,
    PACKS,
    add,
    assert_changes_are_exact,
    bands,
    event,
    first,
    made,
    next_change,
    seen,
)

SECOND = timedelta(seconds=1)
ON_BAIL = Custody(
    state=CustodyState.BAILED, arrested_at=at("2026-11-15T23:50"), released_at=at("2026-11-16T12:00")
)
ENDS = at("2027-02-15T23:59:59")
VICTIM = Victim(name="A", kind=VictimKind.PERSON)
GUARDED = replace(ON_BAIL, conditions="Not to contact A")
RUI = Custody(
    state=CustodyState.UNDER_INVESTIGATION,
    arrested_at=at("2026-11-15T10:00"),
    released_at=at("2026-11-15T20:00"),
)


def ends(custody: Custody, *events: CaseEvent) -> datetime | None:
    return bail_period(CLOCKS, made(custody, *events), CUSTODY, custody).ends


# -- when the period ends ----------------------------------------------------------------------------------------------


def extended(months: int, when: str) -> CaseEvent:
    return event(EventKind.BAIL_EXTENSION, when, number=months)


@pytest.mark.parametrize(
    ("clock", "custody", "events", "last"),
    [
        ("ABP-0", ON_BAIL, (), "2027-02-15"),
        ("ABP-0", replace(ON_BAIL, arrested_at=at("2026-11-30T10:00")), (), "2027-02-28"),
        ("ABP-0", replace(ON_BAIL, arrested_at=at("2027-11-28T10:00")), (), "2028-02-28"),
        ("ABP-1", ON_BAIL, (extended(6, "2027-02-10T10:00"),), "2027-05-15"),
        ("ABP-1", replace(ON_BAIL, bail_months=6), (), "2027-05-15"),
        ("ABP-2", ON_BAIL, (extended(6, "2027-02-10T10:00"), extended(9, "2027-05-10T10:00")), "2027-08-15"),
        ("ABP-3", replace(ON_BAIL, bail_months=9), (extended(12, "2027-08-01T10:00"),), "2027-11-15"),
        ("ABP-M1", replace(ON_BAIL, bail_months=9), (extended(18, "2027-08-01T10:00"),), "2028-05-15"),
        (
            "ABP-M2",
            replace(ON_BAIL, bail_months=18),
            (event(EventKind.BAIL_EXTENSION, "2028-05-01T10:00", "2028-08-15T00:00"),),
            "2028-08-15",
        ),
        (
            "ABP-CPS",
            ON_BAIL,
            (event(EventKind.CPS_BAIL, "2026-12-01T10:00"), event(EventKind.CPS_REQUEST, "2026-12-12T10:00")),
            "2027-02-25",
        ),
        (
            "ABP-CPS",  # fewer than seven days were left at the request
            ON_BAIL,
            (event(EventKind.CPS_BAIL, "2027-02-14T10:00"), event(EventKind.CPS_REQUEST, "2027-03-01T10:00")),
            "2027-03-07",
        ),
        (
            "ABP-HOSP",
            ON_BAIL,
            (event(EventKind.IN_PATIENT, "2027-02-13T10:00", "2027-02-17T10:00"),),
            "2027-02-20",
        ),
        ("ABP-0", replace(ON_BAIL, bail_ends_on=Moment("2027-01-31")), (), "2027-01-31"),
        (
            "ABP-1",
            replace(ON_BAIL, bail_ends_on=Moment("2027-02-15")),
            (extended(6, "2027-02-10T10:00"),),
            "2027-05-15",
        ),
        (
            "ABP-HOSP",  # what the records system gives was worked out with a pause it does not tell
            replace(ON_BAIL, bail_ends_on=Moment("2027-02-20")),
            (event(EventKind.IN_PATIENT, "2027-01-01T10:00", "2027-01-02T10:00"),),
            "2027-02-20",
        ),
        ("ABP-0", Custody(state=CustodyState.BAILED, bail_ends_on=Moment("2027-02")), (), "2027-02-01"),
    ],
)
def test_the_end_of_the_applicable_bail_period(
    clock: str, custody: Custody, events: tuple[CaseEvent, ...], last: str
) -> None:
    assert clock in CLOCKS.by_id
    assert ends(custody, *events) == at(f"{last}T23:59:59")


def test_the_order_in_which_events_were_recorded_does_not_matter() -> None:
    events = (
        extended(6, "2027-02-10T10:00"),
        event(EventKind.CPS_BAIL, "2027-03-01T10:00"),
        event(EventKind.CPS_REQUEST, "2027-03-12T10:00"),
    )
    assert ends(ON_BAIL, *events) == ends(ON_BAIL, *events[::-1]) == at("2027-05-25T23:59:59")


def test_an_end_is_told_with_its_steps_and_source() -> None:
    for custody, status in (
        (ON_BAIL, Confidence.UNVERIFIED),
        (replace(ON_BAIL, bail_ends_on=Moment("2027-02-15")), Confidence.SECONDARY),
    ):
        factor = first(bail, made(custody), "2026-12-01T10:00")
        assert factor.how is not None
        answer = factor.how()
        assert (answer.due, answer.status) == (ENDS, status)
        assert answer.steps
        assert answer.source


# -- bands, sentences and chase points ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "band", "said"),
    [
        (29, "rest", "Bail period ends Mon 15 Feb 2027 23:59"),
        (28, "coming", "an inspector can extend it to 6 months: ask now, the suspect to be heard first"),
        (14, "coming", "an inspector can extend it to 6 months: chase it, the suspect to be heard first"),
        (7, "protection", "conditions protect the victim; an inspector can extend it to 6 months: chase it"),
        (
            2,
            "protection",
            "an inspector can extend it to 6 months: last days, it must be decided before then",
        ),
    ],
)
def test_the_chase_points(days: int, band: str, said: str) -> None:
    file = made(GUARDED, victim=VICTIM)
    turn = ENDS - timedelta(days=days)
    (factor,) = bail(file, turn, PACKS)
    assert factor.band == band
    assert said in factor.sentence
    assert (factor.due, factor.legal, factor.clock) == (ENDS, True, "ABP-0")
    if days != 29:
        assert next_change(bail, file, turn - SECOND) == turn
        assert seen(bail, file, turn - SECOND) != seen(bail, file, turn) == seen(bail, file, turn + SECOND)


@pytest.mark.parametrize(
    ("months", "said", "who"),
    [
        (3, "an inspector can extend it to 6 months", "inspector"),
        (6, "a superintendent can extend it to 9 months", "superintendent"),
        (9, "only a court can extend it to 12 months", "magistrates"),
        (12, "only a court can extend it", "magistrates"),
    ],
)
def test_who_extends_next(months: int, said: str, who: str) -> None:
    custody = replace(ON_BAIL, bail_months=months)
    end = ends(custody)
    assert end is not None
    (factor,) = bail(made(custody), end - timedelta(days=10), PACKS)
    assert (said in factor.sentence, factor.who) == (True, who)


@pytest.mark.parametrize(
    ("custody", "victim", "band"),
    [
        (GUARDED, VICTIM, "protection"),
        (ON_BAIL, VICTIM, "coming"),
        (GUARDED, None, "coming"),
        (GUARDED, Victim(kind=VictimKind.STATE), "coming"),
    ],
)
def test_only_conditions_that_protect_a_victim_are_protection(
    custody: Custody, victim: Victim | None, band: str
) -> None:
    assert bands(bail, made(custody, victim=victim), ENDS - timedelta(days=5)) == {band}


def test_a_lapse_asks_for_a_safeguarding_check_until_it_is_made() -> None:
    file = made(GUARDED, victim=VICTIM)
    assert bands(bail, file, ENDS) == {"protection"}
    said = (
        "Bail lapsed Mon 15 Feb 2027 23:59: conditions have ended, safeguarding check; "
        "not if an application was made in time"
    )
    assert seen(bail, file, ENDS + SECOND) == [("safeguarding", said)]
    early = add(file, event(EventKind.SAFEGUARDED, "2027-02-10T10:00"))
    assert seen(bail, early, ENDS + SECOND) == [("safeguarding", said)]
    checked = add(file, event(EventKind.SAFEGUARDED, "2027-02-16T09:00"))
    assert seen(bail, checked, at("2027-02-16T10:00")) == [
        ("rest", "Bail lapsed Mon 15 Feb 2027 23:59: record what follows"),
        ("rest", "Review under investigation due Mon 15 Mar 23:59"),
    ]


@pytest.mark.parametrize("last", ["2026-10-25", "2027-03-28", "2028-02-29", "2026-12-25"])
def test_the_period_runs_to_the_last_second_of_its_day(last: str) -> None:
    file = made(Custody(state=CustodyState.BAILED, bail_ends_on=Moment(last)))
    end = at(f"{last}T23:59:59")
    assert bands(bail, file, end - SECOND) == bands(bail, file, end) == {"coming"}
    assert bands(bail, file, end + SECOND) == {"safeguarding"}
    assert next_change(bail, file, end - SECOND) is not None


def test_a_pause_for_the_cps_stands_still_without_a_due_time() -> None:
    file = made(GUARDED, event(EventKind.CPS_BAIL, "2026-12-01T10:00"), victim=VICTIM)
    (factor,) = bail(file, at("2027-06-01T10:00"), PACKS)
    assert factor.sentence == "Bail for a CPS decision since Tue 1 Dec 2026: the bail period stands still"
    assert (factor.band, factor.due, factor.changes_at) == ("rest", None, None)
    unarrested = replace(GUARDED, arrested_at=None, bail_ends_on=Moment("2027-02-15"))
    told = made(unarrested, event(EventKind.CPS_BAIL, "2026-12-01T10:00"))
    assert seen(bail, told, at("2027-06-01T10:00")) == [(factor.band, factor.sentence)]


def test_an_extension_after_the_end_is_doubted() -> None:
    late = made(ON_BAIL, extended(6, "2027-02-16T00:00"))
    said = "Bail was extended after it had ended Mon 15 Feb 2027 23:59: check whether conditions stand"
    assert ("safeguarding", said) in seen(bail, late, at("2027-02-17T10:00"))
    checked = add(late, event(EventKind.SAFEGUARDED, "2027-02-16T09:00"))
    in_time = made(ON_BAIL, extended(6, "2027-02-15T23:59"))
    for file in (checked, in_time):
        assert bands(bail, file, at("2027-02-17T10:00")) == {"rest"}


@pytest.mark.parametrize(
    ("returns", "now", "band", "said"),
    [
        (
            "2027-02-15T10:00",
            "2027-01-01T10:00",
            "rest",
            "Bail period ends Mon 15 Feb 2027 23:59, return 10:00",
        ),
        ("2027-02-10T10:00", "2027-02-03T09:59:59", "coming", "Bail return Wed 10 Feb 10:00"),
        ("2027-02-10T10:00", "2027-02-03T10:00", "protection", "Bail return Wed 10 Feb 10:00"),
        ("2027-02-10T10:00", "2027-02-10T10:00", "protection", "Bail return Wed 10 Feb 10:00"),
        (
            "2027-02-10T10:00",
            "2027-02-10T10:00:01",
            "action",
            "Bail return was Wed 10 Feb 10:00: record what followed",
        ),
        (
            "2027-02-17T10:00",
            "2027-01-01T10:00",
            "coming",
            (
                "Bail return Wed 17 Feb 2027 10:00 is after the bail period ends Mon 15 Feb 2027 23:59: "
                "bring it forward or extend"
            ),
        ),
    ],
)
def test_the_return_date(returns: str, now: str, band: str, said: str) -> None:
    file = made(replace(GUARDED, bail_return_at=at(returns)), victim=VICTIM)
    assert (band, said) in seen(bail, file, at(now))


def test_an_end_that_nobody_knows_is_said_to_be_missing() -> None:
    file = made(Custody(state=CustodyState.BAILED, released_at=at("2026-11-16T12:00")))
    (factor,) = bail(file, at("2026-12-01T10:00"), PACKS)
    assert factor.sentence == "On bail; the end of the applicable bail period is missing"
    assert factor.due == at("2026-11-16T12:00")


def test_impossible_dates_are_named() -> None:
    pause = event(EventKind.CPS_BAIL, "2027-06-01T10:00"), event(EventKind.CPS_REQUEST, "2027-06-02T10:00")
    said = "A pause of the bail period is recorded at an impossible time: check the dates"
    assert ("coming", said) in seen(bail, made(ON_BAIL, *pause), at("2026-12-01T10:00"))
    never = made(replace(ON_BAIL, arrested_at=at("9999-12-30T10:00")))
    said = "The dates of bail or its review cannot be counted: check them"
    assert seen(bail, never, at("2026-12-01T10:00")) == [("coming", said)]


@pytest.mark.parametrize("case", [Case(stage="finalised"), Case(record_status="filed")])
def test_a_closed_case_has_no_bail_to_chase(case: Case) -> None:
    assert seen(bail, made(GUARDED, case=case), ENDS + SECOND) == []


# -- released under investigation --------------------------------------------------------------------------------------


def test_release_under_investigation_is_reviewed_at_the_teams_own_interval() -> None:
    file, due = made(RUI), at("2026-12-13T23:59:59")
    starts = at("2026-12-13T00:00")
    said = "Review under investigation due Sun 13 Dec 23:59"
    assert seen(bail, file, starts - SECOND) == [("rest", said)]
    assert seen(bail, file, starts) == seen(bail, file, due) == [("coming", said)]
    late = "Review under investigation overdue since Sun 13 Dec 23:59"
    assert seen(bail, file, due + SECOND) == [("action", late)]
    (factor,) = bail(file, starts, PACKS)
    assert (factor.legal, factor.clock) == (False, "RUI-REVIEW")
    assert factor.how is not None
    assert factor.how().status is Confidence.CONVENTION
    reviewed = add(file, event(EventKind.RUI_REVIEW, "2026-12-14T10:00"))
    assert seen(bail, reviewed, due + SECOND) == [("rest", "Review under investigation due Mon 11 Jan 23:59")]


def test_a_review_date_set_at_the_desk_stands_until_the_review() -> None:
    file = made(replace(RUI, review_on=Moment("2026-11-30")))
    assert seen(bail, file, at("2026-11-20T10:00")) == [
        ("rest", "Review under investigation due Mon 30 Nov 23:59")
    ]
    reviewed = add(file, event(EventKind.RUI_REVIEW, "2026-12-01T10:00"))
    assert seen(bail, reviewed, at("2026-12-02T10:00")) == [
        ("rest", "Review under investigation due Tue 29 Dec 23:59")
    ]
    unknown = made(Custody(state=CustodyState.UNDER_INVESTIGATION))
    assert bands(bail, unknown, at("2026-12-02T10:00")) == {"coming"}


# -- passing time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        made(GUARDED, victim=VICTIM),
        made(replace(GUARDED, bail_return_at=at("2027-02-10T10:00")), victim=VICTIM),
        made(replace(GUARDED, bail_return_at=at("2027-02-19T10:00")), victim=VICTIM),
        made(GUARDED, event(EventKind.SAFEGUARDED, "2027-02-16T09:00"), victim=VICTIM),
        made(RUI),
        made(replace(RUI, review_on=Moment("2027-03-28"))),
    ],
)
def test_nothing_changes_between_the_times_it_is_said_to_change(file: CaseFile) -> None:
    since, until = at("2026-11-20T10:00"), at("2027-04-01T00:00")
    turns = assert_changes_are_exact(bail, file, since, until, timedelta(hours=7))
    assert turns >= 2


# -- safeguarding ------------------------------------------------------------------------------------------------------

WANTED = Suspect(status=SuspectStatus.WANTED)


@pytest.mark.parametrize(
    ("case", "victim", "said"),
    [
        (Case(flags=("da",)), None, "Domestic abuse and the suspect is wanted: check safeguarding"),
        (Case(flags=("child",)), None, "Child abuse and the suspect is wanted: check safeguarding"),
        (Case(flags=("exploitation",)), None, "Exploitation and the suspect is wanted: check safeguarding"),
        (
            Case(offence_from=Moment("2026-11-01")),
            Victim(dob=Moment("2008-11-02")),
            "Victim under 18 and the suspect is wanted: check safeguarding",
        ),
        (Case(offence_from=Moment("2026-11-02")), Victim(dob=Moment("2008-11-02")), None),
        (
            Case(),
            Victim(enhanced=True),
            "Victim with enhanced rights and the suspect is wanted: check safeguarding",
        ),
        (Case(), VICTIM, None),
        (Case(flags=("da",), stage="finalised"), None, None),
    ],
)
def test_somebody_to_protect_and_the_suspect_wanted(
    case: Case, victim: Victim | None, said: str | None
) -> None:
    now = at("2026-11-21T07:00")
    found = seen(safeguarding, made(case=case, suspect=WANTED, victim=victim), now)
    assert found == ([("safeguarding", said)] if said else [])
    named = Suspect(status=SuspectStatus.NAMED)
    assert seen(safeguarding, made(case=case, suspect=named, victim=victim), now) == []


def test_a_breach_stands_until_it_is_dealt_with() -> None:
    now = at("2026-11-21T07:00")
    breach = made(ON_BAIL, event(EventKind.BREACH, "2026-11-20T22:00"))
    said = "Breach of bail reported Fri 20 Nov 22:00 and not dealt with"
    assert seen(safeguarding, breach, now) == [("safeguarding", said)]
    early = add(breach, event(EventKind.BREACH_DEALT_WITH, "2026-11-20T21:00"))
    assert seen(safeguarding, early, now) == [("safeguarding", said)]
    dealt = add(breach, event(EventKind.BREACH_DEALT_WITH, "2026-11-20T23:00"))
    assert seen(safeguarding, dealt, now) == []


def test_bail_after_charge_has_no_period_that_could_lapse() -> None:
    arrested = at("2026-11-15T10:00")
    before = Custody(state=CustodyState.BAILED, arrested_at=arrested, conditions="No contact")
    lapsed = at("2027-02-16T10:00")
    assert bands(bail, made(before), lapsed) == {"safeguarding"}
    after = replace(before, charged_at=at("2027-01-10T10:00"), bail_return_at=at("2027-03-01T10:00"))
    assert seen(bail, made(after), lapsed) == []


def test_a_pause_of_centuries_is_a_doubt_and_no_long_count() -> None:
    custody = Custody(state=CustodyState.BAILED, arrested_at=at("2026-11-15T10:00"))
    asked = event(EventKind.CPS_REQUEST, "9990-01-01T10:00")
    file = made(custody, event(EventKind.CPS_BAIL, "2026-11-20T10:00"), asked)
    said = [sentence for _, sentence in seen(bail, file, at("2026-11-21T10:00"))]
    assert "A pause of the bail period is recorded at an impossible time: check the dates" in said
    assert any(sentence.startswith("Bail period ends Mon 15 Feb 2027 23:59") for sentence in said)
