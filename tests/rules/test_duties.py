"""Every duty of the reference: when it is due, standard and enhanced, what meets it, how late, what excuses it."""

from datetime import datetime, timedelta

import pytest

from casedesk.model.facts import CaseFile
from casedesk.model.moments import Moment, local
from casedesk.model.words import EventKind as E
from casedesk.rules.due import due as due_of
from casedesk.rules.duties import State, duties
from tests.rules.clock_facts import at
from tests.rules.duty_facts import (
    FRIDAY,
    PACKS,
    VICTIM,
    WITNESS,
    Change,
    case,
    case_file,
    contact,
    custody,
    event,
    excuse,
    hours,
    moment,
    one,
    suspect,
    victim,
)

F = FRIDAY
REVIEWABLE = (
    suspect(interviewed_on=Moment("2026-12-01")),
    event(E.NO_FURTHER_ACTION, at("2026-12-17T09:00")),
)
TOLD_OF_NFA = (*REVIEWABLE, contact(F, "nfa"))
DETAINED = custody("detained", arrested_at=F - hours(2))

NUMBERED: list[tuple[str, tuple[Change, ...], str | E | None, str, str]] = [
    # clock, what starts it on Friday 18 December 2026 at 16:40, what meets it, last day (standard, enhanced)
    ("VC-R4-REF", (case(reported_at=moment(F)),), "referral", "2026-12-22", "2026-12-22"),
    ("VC-R6-NOINV", (event(E.NOT_INVESTIGATED, F),), "no-investigation", "2026-12-29", "2026-12-21"),
    ("VC-R6-ARREST", (custody("detained", arrested_at=F),), "arrest", "2026-12-29", "2026-12-21"),
    ("VC-R6-IUC", (suspect(interviewed_on=moment(F)),), "interview", "2026-12-29", "2026-12-21"),
    (
        "VC-R6-RWC",
        (custody("released", arrested_at=F, released_at=F),),
        "release",
        "2026-12-29",
        "2026-12-21",
    ),
    ("VC-R6-BAIL", (custody("bailed", arrested_at=F, released_at=F),), "bail", "2026-12-29", "2026-12-21"),
    ("VC-R6-BAIL", (custody("rui", arrested_at=F, released_at=F),), "bail", "2026-12-29", "2026-12-21"),
    ("VC-R6-BAIL", (event(E.CONDITIONS, F),), "bail", "2026-12-29", "2026-12-21"),
    ("VC-R6-NFA", (event(E.NO_FURTHER_ACTION, F),), "nfa", "2026-12-29", "2026-12-21"),
    ("VC-R6-CHG", (custody("charged", arrested_at=F, charged_at=F),), "charge", "2026-12-29", "2026-12-21"),
    ("VC-R6-CHG", (case(charged_on=Moment("2026-12-18")),), "charge", "2026-12-29", "2026-12-21"),
    ("VC-R6-OOCT", (event(E.OUT_OF_COURT_GIVEN, F),), "out-of-court", "2026-12-29", "2026-12-21"),
    ("VC-R6-CPS", (event(E.CPS_DECISION, F),), "outcome", "2026-12-29", "2026-12-21"),
    ("VC-R8-DATE", (event(E.HEARING_NOTIFIED, F),), "hearing", "2026-12-21", "2026-12-21"),
    ("VC-R8-BAILH", (event(E.HEARING_OUTCOME, F),), "hearing", "2026-12-29", "2026-12-21"),
    ("VC-R8-WIT", (event(E.WITNESS_REQUIRED, F, subject=VICTIM),), "attendance", "2026-12-21", "2026-12-21"),
    ("VC-R9-OUT", (event(E.COURT_RESULT, F),), "result", "2026-12-21", "2026-12-21"),
    ("VC-R10-EXP", (event(E.EXPENSES_CLAIMED, F),), E.EXPENSES_PAID, "2027-01-06", "2027-01-06"),
    ("VC-R12-ACK", (event(E.COMPLAINT, F),), E.COMPLAINT_ACKNOWLEDGED, "2027-01-06", "2027-01-06"),
    ("VRR-REQ", TOLD_OF_NFA, E.REVIEW_REQUESTED, "2027-03-18", "2027-03-18"),
    ("VRR-ACK", (event(E.REVIEW_REQUESTED, F),), E.REVIEW_ACKNOWLEDGED, "2027-01-06", "2027-01-06"),
    ("VRR-DEC", (event(E.REVIEW_REQUESTED, F),), E.REVIEW_DECIDED, "2027-02-03", "2027-02-03"),
    ("VRR-CPS", (event(E.CPS_DECISION, F), contact(F, "outcome")), None, "2027-03-18", "2027-03-18"),
    ("VC-UPD-USUAL", (case(reported_at=moment(F)),), "update", "2027-01-15", "2027-01-15"),
    (
        "VC-R6-UPD",
        (case(reported_at=moment(F)), victim(update_days=14)),
        "update",
        "2027-01-01",
        "2027-01-01",
    ),
    (
        "T01",
        (case(charged_on=moment(F)), suspect(admitted=True)),
        E.FIRST_HEARING,
        "2027-01-01",
        "2027-01-01",
    ),
    ("T02", (case(charged_on=moment(F)),), E.FIRST_HEARING, "2027-01-15", "2027-01-15"),
    ("T06", (event(E.SENT, F),), E.PTPH, "2027-01-15", "2027-01-15"),
    ("T07", (event(E.SENT, F),), None, "2027-01-08", "2027-01-08"),
    ("T08-CUSTODY", (event(E.SENT, F), custody("remanded")), E.STAGE_1, "2027-02-06", "2027-02-06"),
    ("T08-BAIL", (event(E.SENT, F),), E.STAGE_1, "2027-02-26", "2027-02-26"),
    ("T09", (event(E.STAGE_1, F),), E.STAGE_2, "2027-01-15", "2027-01-15"),
    ("T10", (event(E.STAGE_2, F),), E.STAGE_3, "2027-01-01", "2027-01-01"),
    ("T18", (event(E.CPS_SUBMITTED, F, number=5),), E.CPS_DECISION, "2026-12-23", "2026-12-23"),
    ("T19", (event(E.CPS_SUBMITTED, F),), E.CPS_DECISION, "2027-01-15", "2027-01-15"),
    ("T23", (event(E.AVAILABILITY_CHANGED, F),), E.AVAILABILITY_SENT, "2026-12-22", "2026-12-22"),
    ("T24", (event(E.SPLIT_OR_MERGED, F),), E.CPS_TOLD_OF_LINKS, "2026-12-23", "2026-12-23"),
    ("T26", (event(E.FILE_ASSESSED, F),), E.DISPUTE_RECORDED, "2027-02-11", "2027-02-11"),
]
HOURS: list[tuple[str, tuple[Change, ...], E, str]] = [
    ("T03", (case(charged_on=moment(F)),), E.FILE_SUBMITTED, "2026-12-19T16:40"),
    ("T17", (DETAINED, event(E.CPS_SUBMITTED, F)), E.CPS_DECISION, "2026-12-18T19:40"),
]
IDS = [f"{clock}-{number}" for number, (clock, *_) in enumerate(NUMBERED)]


def done(file: CaseFile, how: str | E, when: datetime) -> CaseFile:
    """The case after the duty was done."""
    return event(how, when)(file) if isinstance(how, E) else contact(when, how)(file)


@pytest.mark.parametrize(("clock", "starts", "meets", "standard", "enhanced"), NUMBERED, ids=IDS)
def test_a_duty_is_due_at_the_end_of_its_last_day(
    clock: str, starts: tuple[Change, ...], meets: object, standard: str, enhanced: str
) -> None:
    plain = one(case_file(*starts), clock, F)
    assert plain.due is not None
    assert local(plain.due).isoformat()[:19] == f"{standard}T23:59:59"
    assert not plain.enhanced
    special = one(case_file(*starts, victim(enhanced=True)), clock, F)
    assert special.due is not None
    assert local(special.due).isoformat()[:19] == f"{enhanced}T23:59:59"
    assert special.enhanced == (enhanced != standard)


@pytest.mark.parametrize(("clock", "starts", "meets", "standard", "enhanced"), NUMBERED, ids=IDS)
def test_a_duty_stands_to_its_last_second_and_is_overdue_a_second_later(
    clock: str, starts: tuple[Change, ...], meets: object, standard: str, enhanced: str
) -> None:
    file, rule = case_file(*starts), PACKS.duties.rule(clock)
    due = one(file, clock, F).due
    assert due is not None
    assert rule is not None
    missed = State.PASSED if rule.window else State.OVERDUE
    states = [one(file, clock, due + timedelta(seconds=step)).state for step in (-1, 0, 1)]
    assert states == [State.DUE, State.DUE, missed]


@pytest.mark.parametrize(
    ("clock", "starts", "meets"),
    [(clock, starts, meets) for clock, starts, meets, *_ in NUMBERED if meets is not None],
    ids=[name for name, row in zip(IDS, NUMBERED, strict=True) if row[2] is not None],
)
def test_what_meets_a_duty_in_time_and_late(clock: str, starts: tuple[Change, ...], meets: str | E) -> None:
    file = case_file(*starts)
    key, due = (lambda duty: (duty.key, duty.due))(one(file, clock, F))
    assert due is not None
    later = due + timedelta(days=40)

    def found(when: datetime):  # type: ignore[no-untyped-def] # a duty, or None
        return next(duty for duty in duties(done(file, meets, when), later, PACKS) if duty.key == key)

    met = found(due)
    assert (met.state, met.late_by, met.met_at) == (State.MET, None, due)
    assert met.met_by is not None
    late = found(due + timedelta(seconds=1))
    assert (late.state, late.late_by) == (State.MET_LATE, timedelta(seconds=1))
    late = found(due + timedelta(days=2, hours=3))
    assert late.late_by == timedelta(days=2, hours=3)


@pytest.mark.parametrize(
    ("clock", "starts", "meets"),
    [
        (clock, starts, meets)
        for clock, starts, meets, *_ in NUMBERED
        if isinstance(meets, str) and not isinstance(meets, E)
    ],
)
def test_an_attempt_or_a_contact_for_something_else_meets_nothing(
    clock: str, starts: tuple[Change, ...], meets: str
) -> None:
    file = case_file(*starts)
    due = one(file, clock, F).due
    assert due is not None
    tried = case_file(
        *starts, contact(F + hours(1), meets, made=False), contact(F + hours(2), "safeguarding")
    )
    duty = one(tried, clock, due)
    assert (duty.state, duty.attempts, duty.tried_at) == (State.DUE, 1, F + hours(1))


@pytest.mark.parametrize(("clock", "starts", "meets", "standard", "enhanced"), NUMBERED, ids=IDS)
def test_a_duty_may_be_excused_with_a_reason(
    clock: str, starts: tuple[Change, ...], meets: object, standard: str, enhanced: str
) -> None:
    file = case_file(*starts)
    open_duty = one(file, clock, F)
    excused = [
        duty
        for duty in duties(excuse(open_duty.key, "In hospital")(file), at("2028-01-01T00:00"), PACKS)
        if duty.key == open_duty.key
    ]
    assert [(duty.state, duty.excuse) for duty in excused] == [(State.EXCUSED, "In hospital")]


@pytest.mark.parametrize(("clock", "starts", "meets", "due"), HOURS)
def test_limits_of_hours_run_from_the_hour(
    clock: str, starts: tuple[Change, ...], meets: E, due: str
) -> None:
    file = case_file(*starts)
    assert one(file, clock, F).due == at(due)
    assert one(file, clock, at(due)).state is State.DUE
    assert one(file, clock, at(due) + timedelta(seconds=1)).state is State.OVERDUE
    late = one(event(meets, at(due) + hours(2))(file), clock, at("2027-06-01T00:00"))
    assert (late.state, late.late_by) == (State.MET_LATE, hours(2))


def test_a_limit_of_hours_from_a_day_counts_from_its_beginning() -> None:
    assert one(case_file(case(charged_on=Moment("2026-12-18"))), "T03", F).due == at("2026-12-19T00:00")


def test_the_result_at_court_goes_to_victims_and_witnesses_alike() -> None:
    file = case_file(event(E.COURT_RESULT, F))
    for clock, person in (("T25", WITNESS), ("VC-R9-OUT", VICTIM)):
        duty = one(file, clock, F)
        assert (duty.owed_to, duty.due) == (person, at("2026-12-21T23:59:59"))
    told = case_file(event(E.COURT_RESULT, F), contact(F + hours(1), "result", witness=WITNESS))
    assert one(told, "T25", F + hours(2)).state is State.MET
    assert one(told, "VC-R9-OUT", F + hours(2)).state is State.DUE


@pytest.mark.parametrize(
    ("clock", "starts", "meets"),
    [
        ("VC-R3-ACK", (case(reported_at=moment(F)),), "report"),
        ("VC-R4-NA", (case(reported_at=moment(F)),), "needs"),
        ("VC-R7-VPS", (case(reported_at=moment(F)),), "vps"),
        ("VC-R10-PROP", (event(E.PROPERTY_FREE, F),), E.PROPERTY_RETURNED),
        ("T04", (custody("charged", arrested_at=F, charged_at=F),), E.FILE_SUBMITTED),
        ("SUS-NFA", (custody("released", arrested_at=F), event(E.NO_FURTHER_ACTION, F)), E.SUSPECT_TOLD),
        ("T12", (event(E.UPGRADE_REQUESTED, F),), E.UPGRADE_SUBMITTED),
    ],
)
def test_a_duty_without_a_number_is_never_overdue_but_can_be_met(
    clock: str, starts: tuple[Change, ...], meets: str | E
) -> None:
    file = case_file(*starts)
    duty = one(file, clock, F + timedelta(days=365))
    assert (duty.state, duty.due) == (State.NO_NUMBER, None)
    met = one(done(file, meets, F + timedelta(days=300)), clock, F + timedelta(days=365))
    assert (met.state, met.late_by) == (State.MET, None)


@pytest.mark.parametrize(
    ("clock", "starts", "purpose"),
    [
        ("WC-NEEDS", (event(E.STATEMENT_TAKEN, F, subject=WITNESS),), "needs"),
        ("WC-TOLD", (case(charged_on=moment(F)),), "charge"),
        ("WC-COURT", (event(E.WITNESS_REQUIRED, F, subject=WITNESS),), "needs"),
    ],
)
def test_witnesses_are_owed_contact_without_a_national_limit(
    clock: str, starts: tuple[Change, ...], purpose: str
) -> None:
    duty = one(case_file(*starts), clock, F + timedelta(days=100))
    assert (duty.state, duty.owed_to, duty.name) == (State.NO_NUMBER, WITNESS, "Wyn")
    told = case_file(*starts, contact(F + hours(3), purpose, witness=WITNESS))
    assert one(told, clock, F + timedelta(days=100)).state is State.MET
    of_victim = case_file(*starts, contact(F + hours(3), purpose))
    assert one(of_victim, clock, F + timedelta(days=100)).state is State.NO_NUMBER


@pytest.mark.parametrize(
    ("clock", "starts"),
    [
        ("VC-R6-ARREST", (custody("detained"),)),
        ("VC-R6-RWC", (custody("released", arrested_at=F),)),
        ("VC-R6-BAIL", (custody("rui", arrested_at=F),)),
        ("VC-R6-CHG", (suspect(status="charged"),)),
        ("VC-R6-NFA", (case(stage="finalised", outcome="16"),)),
        ("VC-R6-OOCT", (case(stage="finalised", outcome="8"),)),
        ("VC-R4-REF", ()),
        ("VC-UPD-USUAL", ()),
    ],
)
def test_what_has_begun_at_a_time_nobody_recorded_is_due_now(clock: str, starts: tuple[Change, ...]) -> None:
    duty = one(case_file(*starts), clock, F)
    assert (duty.state, duty.due, duty.since) == (State.MISSING_DATE, None, None)
    assert duty.key.endswith("/-")
    assert duty.is_open


def test_a_record_with_a_date_goes_before_one_without() -> None:
    file = case_file(
        custody("charged", arrested_at=F, charged_at=F), suspect(status="charged"), case(charged_on=None)
    )
    assert one(file, "VC-R6-CHG", F).since == moment(F)


def test_bail_for_a_cps_decision_says_when_its_suspect_was_released() -> None:
    bailed = custody("bailed", arrested_at=F)
    assert one(case_file(bailed, event(E.CPS_BAIL, F)), "VC-R6-BAIL", F).since == moment(F)
    changed = duties(case_file(bailed, event(E.CONDITIONS, F)), F, PACKS)
    assert [duty.since for duty in changed if duty.clock == "VC-R6-BAIL"] == [None, moment(F)]


@pytest.mark.parametrize(("clock", "starts", "meets", "standard", "enhanced"), NUMBERED, ids=IDS)
def test_a_duty_is_counted_as_the_calculator_counts(
    clock: str, starts: tuple[Change, ...], meets: object, standard: str, enhanced: str
) -> None:
    for special in (False, True):
        duty = one(case_file(*starts, victim(enhanced=special)), clock, F)
        amount = 14 if clock == "VC-R6-UPD" else None
        answer = due_of(
            PACKS.clocks, PACKS.clocks[clock], F, PACKS.bank_holidays, enhanced=special, amount=amount
        )
        assert duty.due == answer.due


@pytest.mark.parametrize(
    ("starts", "clock", "special", "last"),
    [
        (
            (custody("detained", arrested_at=at("2026-12-18T16:40")),),
            "VC-R6-ARREST",
            False,
            "2026-12-29",
        ),  # V1
        (
            (custody("detained", arrested_at=at("2026-12-18T16:40")),),
            "VC-R6-ARREST",
            True,
            "2026-12-21",
        ),  # V2
        (
            (custody("released", arrested_at=at("2027-03-24T09:00"), released_at=at("2027-03-25T09:00")),),
            "VC-R6-RWC",
            True,
            "2027-03-30",
        ),  # V5: Good Friday and Easter Monday
        ((case(reported_at=Moment("2027-05-02")),), "VC-R4-REF", False, "2027-05-05"),  # V9
        (
            (
                suspect(interviewed_on=Moment("2026-11-02")),
                event(E.NO_FURTHER_ACTION, at("2026-11-27T10:00")),
                contact(at("2026-11-30T11:00"), "nfa"),
            ),
            "VRR-REQ",
            False,
            "2027-02-28",
        ),  # V16: there is no 30 February
    ],
)
def test_the_worked_examples(starts: tuple[Change, ...], clock: str, special: bool, last: str) -> None:
    duty = one(case_file(*starts, victim(enhanced=special)), clock, at("2026-12-01T00:00"))
    assert duty.due == at(f"{last}T23:59:59")


@pytest.mark.parametrize(
    ("arrested", "last"),
    [
        ("2026-12-20T23:59:59", "2026-12-29"),  # Sunday: the same as Friday
        ("2026-12-21T00:00:00", "2026-12-30"),  # a second later
        ("2027-03-25T23:59:59", "2027-04-05"),  # Maundy Thursday; Good Friday and Easter Monday do not count
        ("2026-10-25T01:30:00", "2026-10-30"),  # in the hour that occurs twice
        ("2027-03-28T00:59:59", "2027-04-05"),  # the second before the clocks go forward
        ("2026-06-14T23:59:59", "2026-06-19"),  # Sunday in London; in UTC 22:59
        ("2026-06-15T00:30:00", "2026-06-22"),  # Monday in London, Sunday in UTC
        ("2028-02-28T12:00:00", "2028-03-06"),  # over 29 February
    ],
)
def test_days_are_days_in_london(arrested: str, last: str) -> None:
    file = case_file(custody("detained", arrested_at=at(arrested)))
    assert one(file, "VC-R6-ARREST", at(arrested)).due == at(f"{last}T23:59:59")


def test_every_duty_with_a_number_is_in_these_tables() -> None:
    tested = {clock for clock, *_ in (*NUMBERED, *HOURS)}
    numbered = {
        rule.clock.id
        for rule in PACKS.duties.rules
        if rule.clock.amount is not None or rule.clock.enhanced is not None
    }
    assert numbered - tested == {"T25"}, "it has a test of its own"
