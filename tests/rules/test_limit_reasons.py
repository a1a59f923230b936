from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from casedesk.model.facts import Case, CaseEvent, CaseFile, Custody, Suspect, Victim
from casedesk.model.moments import Moment
from casedesk.model.words import Confidence, CustodyState, EventKind, SuspectStatus
from casedesk.reference.offences import Mode
from casedesk.reference.packs import Packs
from casedesk.rules.limits import Alleged, prosecution_limit
from casedesk.rules.prosecution_facts import summary_limit
from casedesk.rules.reasons.limits import limits
from tests.rules.clock_facts import at
from tests.rules.reason_facts import (
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
SUMMARY, ASSAULT, EITHER_WAY, INDICTABLE = "PU86149", "CJ88116", "TH68010", "TH68023"
NAMED = Suspect(name="A", status=SuspectStatus.NAMED)


def summary(day: str = "2026-05-21", **facts: object) -> Case:
    return Case(offence_code=SUMMARY, offence_from=Moment(day), **facts)  # type: ignore[arg-type] # fields of Case


@pytest.mark.parametrize(
    ("recorded", "put_forward", "limited"),
    [
        (SUMMARY, None, True), (EITHER_WAY, SUMMARY, True), (None, "pu 86149", True), (SUMMARY, EITHER_WAY, True),
        (EITHER_WAY, None, False), (EITHER_WAY, INDICTABLE, False), (None, None, False),
    ],
)  # fmt: skip
def test_the_limit_is_that_of_the_offence_put_forward_or_of_the_one_recorded(
    recorded: str | None, put_forward: str | None, limited: bool
) -> None:
    case = Case(offence_code=recorded, charge_code=put_forward, offence_from=Moment("2026-05-21"))
    file = made(case=case, suspect=NAMED)
    told = summary_limit(file, PACKS)
    assert (told is not None) is limited
    found = [one.due for one in limits(file, at("2026-11-01 12:00"), PACKS)]
    assert found == ([told.due] if told is not None else [])


# -- starting a prosecution --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "case", "events", "last"),
    [
        ("STL-127", summary(), (), "2026-11-21"),
        ("STL-127", summary("2026-08-30"), (), "2027-02-28"),
        ("STL-127", summary("2027-08-29"), (), "2028-02-29"),
        ("STL-127", summary("2026-04-25"), (), "2026-10-25"),
        ("STL-127", summary("2026-09-28"), (), "2027-03-28"),
        ("STL-127", Case(offence_code=ASSAULT, offence_from=Moment("2026-05-21")), (), "2026-11-21"),
        (
            "STL-39A",
            Case(offence_code=ASSAULT, offence_from=Moment("2026-05-21"), flags=("da",)),
            (),
            "2026-11-21",
        ),
        (
            "STL-39A",
            Case(
                offence_code=ASSAULT,
                offence_from=Moment("2023-09-01"),
                first_statement_on=Moment("2023-09-27"),
                flags=("da",),
            ),
            (),
            "2024-03-27",
        ),
        (
            "STL-39A",  # never after two years
            Case(
                offence_code=ASSAULT,
                offence_from=Moment("2024-12-01"),
                first_statement_on=Moment("2026-11-01"),
                flags=("da",),
            ),
            (),
            "2026-12-01",
        ),
        (
            "STL-12TA",
            Case(offence_code="TH68050", offence_from=Moment("2026-05-21")),
            (event(EventKind.CERTIFICATE, "2026-08-10T10:00", subject=None),),
            "2027-02-09",
        ),
        (
            "STL-12TA",  # never after three years
            Case(offence_code="TH68050", offence_from=Moment("2024-01-10")),
            (event(EventKind.CERTIFICATE, "2026-12-10T10:00", subject=None),),
            "2027-01-09",
        ),
        ("STL-RTOA6", Case(offence_code="RT88191", offence_from=Moment("2026-05-21")), (), "2026-11-21"),
        ("STL-RTOA6-DISQ", Case(offence_code="RT88333", offence_from=Moment("2026-05-21")), (), "2026-11-21"),
        ("STL-AWA31", Case(offence_code="AW06002", offence_from=Moment("2026-05-21")), (), "2026-11-20"),
        ("STL-CA127", Case(offence_code="CA03005", offence_from=Moment("2026-05-21")), (), "2026-11-20"),
        ("STL-IMG", Case(offence_code="SX03253", offence_from=Moment("2026-05-21")), (), "2026-11-21"),
        ("STL-IMG2", Case(offence_code="SX03249", offence_from=Moment("2026-05-21")), (), "2026-11-21"),
        ("STL-BAIL6", Case(offence_code="BA76001", offence_from=Moment("2026-05-21")), (), "2026-11-21"),
    ],
)
def test_every_limit_on_prosecution_is_a_factor(
    clock: str, case: Case, events: tuple[CaseEvent, ...], last: str
) -> None:
    end = at(f"{last}T23:59:59")
    file = made(None, *events, case=case, suspect=NAMED)
    for now, band in (
        (end - timedelta(days=28) - SECOND, "rest"),
        (end - timedelta(days=28), "coming"),
        (end - timedelta(days=7) - SECOND, "coming"),
        (end - timedelta(days=7), "limit"),
        (end, "limit"),
        (end + SECOND, "limit"),
    ):
        (factor,) = limits(file, now, PACKS)
        assert (factor.band, factor.due, factor.clock, factor.legal) == (band, end, clock, True), now
        assert ("passed" in factor.sentence) == (now > end)
        assert factor.how is not None
        assert factor.how().due == end


@pytest.mark.parametrize("code", [EITHER_WAY, INDICTABLE, "CD71039", "XX99999", "", None])
def test_there_is_no_limit_for_what_the_crown_court_can_try_low_value_or_not(code: str | None) -> None:
    case = Case(offence_code=code, offence_from=Moment("2026-05-21"), value_pence=500)
    assert seen(limits, made(case=case, suspect=NAMED), at("2026-11-20T10:00")) == []


def test_what_is_counted_quickly_is_what_the_calculator_says() -> None:
    for month in range(1, 13):
        for day in (1, 28, 29, 30, 31):
            try:
                offence = date(2027, month, day)
            except ValueError:
                continue
            file = made(case=summary(offence.isoformat()), suspect=NAMED)
            (factor,) = limits(file, at("2026-11-20T10:00"), PACKS)
            assert (
                factor.due == prosecution_limit(PACKS.clocks, Alleged(offence=offence, mode=Mode.SUMMARY)).due
            )


@pytest.mark.parametrize(
    ("case", "note"),
    [
        (Case(offence_code=ASSAULT, flags=("da",)), "no qualifying statement is recorded"),
        (Case(offence_code="TH68050"), "later if sufficient evidence became known later"),
    ],
)
def test_what_could_make_a_limit_later_is_said(case: Case, note: str) -> None:
    file = made(case=replace(case, offence_from=Moment("2026-05-21")), suspect=NAMED)
    assert note in first(limits, file, "2026-11-20T10:00").sentence


@pytest.mark.parametrize(
    ("case", "events"),
    [
        (summary(charged_on=Moment("2026-11-20")), ()),
        (summary(stage="finalised"), ()),
        (summary(record_status="filed"), ()),
        (summary(), (event(EventKind.LIMIT_MET, "2026-11-20T10:00", subject=None),)),
    ],
)
def test_a_limit_that_is_met_or_no_longer_matters_is_not_shown(
    case: Case, events: tuple[CaseEvent, ...]
) -> None:
    file = made(None, *events, case=case, suspect=NAMED)
    assert seen(limits, file, at("2026-11-21T10:00")) == []


def test_a_case_returned_for_rework_has_its_limit_again() -> None:
    file = made(case=summary(record_status="filed", stage="returned"), suspect=NAMED)
    assert bands(limits, file, at("2026-11-21T10:00")) == {"limit"}


@pytest.mark.parametrize(
    ("suspect", "victim", "outcome", "before", "after"),
    [
        (NAMED, None, None, "limit", "limit"),
        (NAMED, None, "17", "limit", "rest"),
        (Suspect(status=SuspectStatus.ELIMINATED), None, None, "limit", "rest"),
        (None, Victim(name="B"), None, "limit", "rest"),
        (None, None, None, "rest", "rest"),
    ],
)
def test_a_limit_presses_only_where_somebody_could_be_prosecuted(
    suspect: Suspect | None, victim: Victim | None, outcome: str | None, before: str, after: str
) -> None:
    file = made(case=summary(outcome=outcome), suspect=suspect, victim=victim)
    end = at("2026-11-21T23:59:59")
    assert (bands(limits, file, end), bands(limits, file, end + SECOND)) == ({before}, {after})
    assert next_change(limits, file, end - SECOND) is not None


def test_a_limit_that_has_passed_names_outcome_17_for_a_suspect_only() -> None:
    now = "2026-11-22T10:00"
    said = (
        "Time limit on prosecution passed Sat 21 Nov 2026 23:59: outcome 17 unless proceedings were started"
    )
    assert first(limits, made(case=summary(), suspect=NAMED), now).sentence == said
    said = "Time limit on prosecution passed Sat 21 Nov 2026 23:59: no suspect identified"
    assert first(limits, made(case=summary()), now).sentence == said


@pytest.mark.parametrize(
    ("since", "until"), [("2026-05", None), ("2026-05-01", "2026-05-31"), ("2026-05-01T09:00:00Z", "2026-05")]
)
def test_a_range_of_days_is_counted_from_its_first_and_has_surely_passed_only_from_its_last(
    since: str, until: str | None
) -> None:
    case = summary(since, offence_to=Moment(until) if until else None)
    file, early, late = made(case=case, suspect=NAMED), at("2026-11-01T23:59:59"), at("2026-11-30T23:59:59")
    before = first(limits, file, "2026-11-01T23:59:59")
    assert before.due == early
    assert before.sentence == (
        "Time limit on prosecution ends Sun 1 Nov 2026 23:59; "
        "counted from Fri 1 May 2026, the first day it may have been"
    )
    said = (
        "Time limit on prosecution may have passed Sun 1 Nov 2026 23:59: "
        "it ends Mon 30 Nov 2026 23:59 if it was committed on the last day recorded"
    )
    for now in (early + SECOND, late):
        (factor,) = limits(file, now, PACKS)
        assert (factor.band, factor.sentence, factor.due) == ("limit", said, late)
    said = (
        "Time limit on prosecution passed Mon 30 Nov 2026 23:59: outcome 17 unless proceedings were started"
    )
    assert seen(limits, file, late + SECOND) == [("limit", said)]
    assert next_change(limits, file, early) == early + timedelta(microseconds=1)


def test_a_missing_or_impossible_date_is_named() -> None:
    now = at("2026-11-21T10:00")
    missing = Case(offence_code=SUMMARY)
    said = "Date of the offence missing: the time limit on prosecution cannot be counted"
    assert seen(limits, made(case=missing, suspect=NAMED), now) == [("coming", said)]
    assert seen(limits, made(case=missing), now) == []
    early = Case(
        offence_code=ASSAULT,
        offence_from=Moment("2026-05-21"),
        first_statement_on=Moment("2026-05-20"),
        flags=("da",),
    )
    factor = first(limits, made(case=early, suspect=NAMED), "2026-11-21T10:00")
    assert factor.due == at("2026-11-21T23:59:59")
    assert factor.sentence.endswith("dated before the offence: check the dates")
    assert seen(limits, made(case=summary("9999-12-31"), suspect=NAMED), now) == [
        ("coming", "The time limit on prosecution cannot be counted: check the dates")
    ]


def test_a_notice_of_intended_prosecution_where_the_force_names_the_offences(tmp_path: Path) -> None:
    (tmp_path / "clocks.toml").write_text(
        """
        [[clock]]
        id = "NIP-14"
        group = "prosecution"
        title = "Notice of intended prosecution"
        trigger = "offence"
        amount = 14
        unit = "days"
        rule = "days_from"
        offences = ["RT88007"]
        source = "Road Traffic Offenders Act 1988 s.1"
        status = "confirmed"
        """,
        encoding="utf-8",
    )
    packs = Packs(tmp_path)
    file = made(case=Case(offence_code="RT88007", offence_from=Moment("2026-11-01")), suspect=NAMED)
    due = at("2026-11-15T23:59:59")
    said = "Notice of intended prosecution to be served by Sun 15 Nov 2026 23:59, unless warned at the time"
    told = {one.sentence: one for one in limits(file, due, packs)}
    assert (told[said].band, told[said].due) == ("limit", due)
    assert said not in {one.sentence for one in limits(file, due + SECOND, packs)}
    assert said not in {one.sentence for one in limits(file, due, PACKS)}
    others = {one.clock: one.due for one in limits(file, due, packs)}
    assert others.get("STL-127") == {one.clock: one.due for one in limits(file, due, PACKS)}.get("STL-127")


# -- custody time limits -----------------------------------------------------------------------------------------------

REMANDED = Custody(state=CustodyState.REMANDED, first_appearance_on=Moment("2026-12-01"))


@pytest.mark.parametrize(
    ("clock", "code", "custody", "events", "last"),
    [
        ("CTL-56S", SUMMARY, REMANDED, (), "2027-01-26"),
        ("CTL-70", EITHER_WAY, REMANDED, (), "2027-01-26"),
        ("CTL-182", EITHER_WAY, replace(REMANDED, sent_on=Moment("2026-12-15")), (), "2027-06-01"),
        ("CTL-182", INDICTABLE, REMANDED, (event(EventKind.SENT, "2026-12-15T11:00"),), "2027-06-01"),
        ("CTL-182", INDICTABLE, replace(REMANDED, sent_on=Moment("2026-12-01")), (), "2027-06-01"),
        ("CTL-56S", None, REMANDED, (), "2027-01-26"),
        ("CTL-56S", SUMMARY, replace(REMANDED, first_appearance_on=Moment("2026-10-31")), (), "2026-12-24"),
    ],
)
def test_every_custody_time_limit_is_a_factor(
    clock: str, code: str | None, custody: Custody, events: tuple[CaseEvent, ...], last: str
) -> None:
    end = at(f"{last}T23:59:59")
    file = made(custody, *events, case=Case(charge_code=code, charged_on=Moment("2026-10-30")))
    for now, band in (
        (end - timedelta(days=28) - SECOND, "rest"),
        (end - timedelta(days=28), "coming"),
        (end - timedelta(days=7), "limit"),
        (end, "limit"),
        (end + SECOND, "limit"),
    ):
        (factor,) = limits(file, now, PACKS)
        assert (factor.band, factor.due, factor.clock, factor.legal) == (band, end, clock, True)
        assert ("expired" in factor.sentence) == (now > end)
        assert ("shortest" in factor.sentence) == (code is None)
    assert seen(limits, add(file, event(EventKind.TRIAL_STARTED, "2026-12-20T10:00")), end) == []


def test_an_either_way_limit_is_the_shorter_one_and_says_when_the_longer_would_end() -> None:
    file = made(REMANDED, case=Case(charge_code=EITHER_WAY, charged_on=Moment("2026-11-30")))
    (factor,) = limits(file, at("2026-12-20T10:00"), PACKS)
    assert factor.sentence == (
        "Custody time limit ends Tue 26 Jan 2027 23:59: trial must start, or a court extend it before; "
        "Tue 9 Feb 2027 23:59 if summary trial was not decided within 56 days"
    )
    assert factor.how is not None
    assert factor.how().due == factor.due


def test_a_custody_time_limit_runs_although_the_police_record_is_filed() -> None:
    end = at("2027-01-26T23:59:59")
    file = made(REMANDED, case=Case(charge_code=SUMMARY, record_status="filed", outcome="1"))
    assert bands(limits, file, end) == {"limit"}
    assert seen(limits, file, end + SECOND) == []


def test_whoever_is_charged_and_kept_has_the_limit_from_the_first_appearance() -> None:
    kept = Custody(state=CustodyState.CHARGED, first_appearance_on=Moment("2026-12-01"))
    case = Case(charge_code=SUMMARY, charged_on=Moment("2026-11-30"))
    assert bands(limits, made(kept, case=case), at("2027-01-26T10:00")) == {"limit"}
    freed = replace(kept, released_at=at("2026-12-01T15:00"))
    assert seen(limits, made(freed, case=case), at("2027-01-26T10:00")) == []


def test_what_is_missing_for_a_custody_time_limit_is_due_now() -> None:
    now = at("2026-12-20T10:00")
    remanded = Custody(state=CustodyState.REMANDED, charged_at=at("2026-11-30T10:00"))
    said = "Remanded in custody; first appearance missing: the custody time limit cannot be counted"
    (factor,) = limits(made(remanded), now, PACKS)
    assert (factor.band, factor.sentence, factor.due) == ("limit", said, at("2026-11-30T10:00"))
    (factor,) = limits(
        made(REMANDED, case=Case(charge_code=INDICTABLE, charged_on=Moment("2026-11-30"))), now, PACKS
    )
    assert factor.sentence.startswith("Remanded in custody; sending to the Crown Court missing")


# -- domestic abuse notices --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "clock", "given", "due"),
    [
        ("dapn", "DAPN-48", "2026-11-18T10:00", "2026-11-20T10:00"),
        ("dapn", "DAPN-48", "2026-11-20T10:00", "2026-11-23T10:00"),  # Sunday is left out, Saturday is not
        ("dvpn", "DVPN-48", "2026-12-24T18:00", "2026-12-29T18:00"),  # Christmas Day, Sunday, bank holiday
        (
            "dapn",
            "DAPN-48",
            "2026-10-23T18:00",
            "2026-10-26T18:00",
        ),  # the Sunday of 25 hours is left out whole
        (
            "dvpn",
            "DVPN-48",
            "2027-03-25T09:00",
            "2027-03-30T09:00",
        ),  # Good Friday to Easter Monday, but Saturday
    ],
)
def test_a_domestic_abuse_notice_runs_48_hours_without_the_days_left_out(
    kind: str, clock: str, given: str, due: str
) -> None:
    custody = Custody(state=CustodyState.RELEASED, notice_kind=kind, notice_at=at(given))
    file, end = made(custody), at(due)
    early = f"{kind.upper()}: the application must be heard by"
    late = f"{kind.upper()}: the application was to be heard by"
    for now, said in ((end - SECOND, early), (end, early), (end + SECOND, late)):
        (factor,) = limits(file, now, PACKS)
        assert factor.sentence.startswith(said)
        assert (factor.band, factor.due, factor.clock) == ("limit", end, clock)
    assert next_change(limits, file, end) == end + timedelta(microseconds=1)
    heard = made(replace(custody, notice_heard_at=end))
    assert seen(limits, heard, end) == []
    assert bands(limits, file, end + timedelta(days=29)) == {"rest"}


def test_an_unverified_limit_says_that_it_is() -> None:
    custody = Custody(notice_kind="dvpn", notice_at=at("2026-11-18T10:00"))
    (factor,) = limits(made(custody), at("2026-11-18T11:00"), PACKS)
    assert factor.how is not None
    answer = factor.how()
    assert answer.status is Confidence.UNVERIFIED
    assert any("unverified" in warning for warning in answer.warnings)


# -- passing time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        made(case=summary("2027-01-15"), suspect=NAMED),
        made(case=summary("2027-01-15")),
        made(case=summary("2027-01"), victim=Victim(name="B")),
        made(REMANDED, case=Case(charge_code=EITHER_WAY, charged_on=Moment("2026-11-30"))),
        made(REMANDED, case=Case(charge_code=EITHER_WAY, record_status="filed")),
        made(Custody(notice_kind="dapn", notice_at=at("2026-12-24T18:00"))),
        made(Custody(notice_at=at("2026-12-24T18:00")), case=Case(stage="finalised")),
    ],
)
def test_nothing_changes_between_the_times_it_is_said_to_change(file: CaseFile) -> None:
    since, until = at("2026-12-24T18:00"), at("2027-08-01T00:00")
    turns = assert_changes_are_exact(limits, file, since, until, timedelta(hours=11))
    assert turns >= 1
