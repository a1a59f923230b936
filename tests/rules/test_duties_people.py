"""To whom duties are owed, what runs on from one contact to the next, and what closes with the case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from casedesk.model.facts import CaseFile, Condition, LogEntry, Victim
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment, moment_of_day
from casedesk.model.words import EventKind as E
from casedesk.rules.duties import Duty, State, duties, explained
from casedesk.rules.owed.duty import CONDITION, PROMISE
from tests.rules.clock_facts import at
from tests.rules.duty_facts import (
    CUSTODY,
    FRIDAY,
    OTHER,
    PACKS,
    SUSPECT,
    VICTIM,
    WITNESS,
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
ARREST = custody("detained", arrested_at=F)


def with_other(file: CaseFile, **fields: object) -> CaseFile:
    """The case with a second victim."""
    other = Victim(name="Bob", **fields)  # type: ignore[arg-type]
    return replace(file, victims=(*file.victims, (OTHER, other)))


def of(file: CaseFile, clock: str) -> dict[object, Duty]:
    return {duty.owed_to: duty for duty in duties(file, F, PACKS) if duty.clock == clock}


def test_each_victim_is_owed_it_and_is_told_for_themselves() -> None:
    file = contact(F + hours(1), "arrest", victim=OTHER)(with_other(case_file(ARREST), enhanced=True))
    owed = of(file, "VC-R6-ARREST")
    assert {person: duty.state for person, duty in owed.items()} == {
        VICTIM: State.DUE,
        OTHER: State.MET,
    }
    assert (owed[VICTIM].due, owed[OTHER].due) == (at("2026-12-29T23:59:59"), at("2026-12-21T23:59:59"))
    assert (owed[VICTIM].name, owed[OTHER].name) == ("Zoë", "Bob")


def test_a_contact_that_names_nobody_counts_only_where_there_is_one_victim() -> None:
    said = contact(F + hours(1), "arrest")
    assert one(said(case_file(ARREST)), "VC-R6-ARREST", F).state is State.MET
    assert {duty.state for duty in of(said(with_other(case_file(ARREST))), "VC-R6-ARREST").values()} == {
        State.DUE
    }


def test_a_business_is_owed_the_standard_and_the_state_nothing() -> None:
    file = with_other(case_file(ARREST, victim(kind="state")), kind="business")
    owed = of(file, "VC-R6-ARREST")
    assert list(owed) == [OTHER]
    assert not owed[OTHER].enhanced


def test_what_was_said_before_it_happened_does_not_count() -> None:
    early = case_file(ARREST, contact(F - timedelta(seconds=1), "arrest"))
    assert one(early, "VC-R6-ARREST", F).state is State.DUE
    assert one(case_file(ARREST, contact(F, "arrest")), "VC-R6-ARREST", F).state is State.MET


def test_two_arrests_are_two_duties_and_one_contact_after_both_meets_both() -> None:
    again = custody("detained", 2, arrested_at=F + timedelta(days=3))
    between = case_file(ARREST, again, contact(F + hours(5), "arrest"))
    states = [(duty.since, duty.state) for duty in duties(between, F, PACKS) if duty.clock == "VC-R6-ARREST"]
    assert sorted(states) == [(moment(F), State.MET), (moment(F + timedelta(days=3)), State.DUE)]
    after = case_file(ARREST, again, contact(F + timedelta(days=3, hours=5), "arrest"))
    assert [duty.state for duty in duties(after, F, PACKS) if duty.clock == "VC-R6-ARREST"] == [State.MET] * 2


def test_two_changes_of_conditions_on_a_day_are_one_duty_that_runs_from_the_last() -> None:
    file = case_file(event(E.CONDITIONS, F), event(E.CONDITIONS, F + hours(2)), contact(F + hours(1), "bail"))
    assert one(file, "VC-R6-BAIL", F).state is State.DUE
    assert one(contact(F + hours(3), "bail")(file), "VC-R6-BAIL", F).state is State.MET


def test_a_voluntary_interview_starts_the_duty_and_no_arrest() -> None:
    file = case_file(custody("voluntary", arrived_at=F, released_at=F + hours(1)))
    assert one(file, "VC-R6-IUC", F).since == moment(F)
    assert not of(file, "VC-R6-ARREST")
    planned = case_file(custody("voluntary", arrived_at=F))
    assert not of(planned, "VC-R6-IUC")


def test_an_event_that_names_a_person_is_that_person_s() -> None:
    file = with_other(case_file(event(E.WITNESS_REQUIRED, F, subject=OTHER)))
    assert list(of(file, "VC-R8-WIT")) == [OTHER]
    assert not of(file, "WC-COURT")
    of_witness = case_file(event(E.WITNESS_REQUIRED, F, subject=WITNESS))
    assert not of(of_witness, "VC-R8-WIT")
    assert list(of(of_witness, "WC-COURT")) == [WITNESS]
    of_custody = case_file(ARREST, event(E.CONDITIONS, F, subject=CUSTODY))
    assert list(of(of_custody, "VC-R6-BAIL")) == [VICTIM]


def test_an_event_about_somebody_else_meets_nothing() -> None:
    file = with_other(case_file(event(E.REVIEW_REQUESTED, F, subject=VICTIM)))
    wrong = event(E.REVIEW_ACKNOWLEDGED, F + hours(1), subject=OTHER)(file)
    assert of(wrong, "VRR-ACK")[VICTIM].state is State.DUE
    right = event(E.REVIEW_ACKNOWLEDGED, F + hours(1))(file)
    assert of(right, "VRR-ACK")[VICTIM].state is State.MET


def test_the_record_s_own_word_that_the_victim_was_informed_meets_it() -> None:
    nfa = event(E.NO_FURTHER_ACTION, F)
    for informed, state in (
        ("2026-12-18", State.MET),
        ("2026-12-29", State.MET),
        ("2026-12-30", State.MET_LATE),
        ("2026-12-17", State.OVERDUE),
        ("2026-12", State.MET),
    ):
        file = case_file(nfa, victim(informed_on=Moment(informed)))
        assert one(file, "VC-R6-NFA", at("2027-02-01T00:00")).state is state, informed


def test_suspects_who_were_arrested_are_owed_the_written_notice() -> None:
    nfa = event(E.NO_FURTHER_ACTION, F)
    assert not of(case_file(nfa), "SUS-NFA")
    assert list(of(case_file(nfa, custody("released", arrested_at=F)), "SUS-NFA")) == [SUSPECT]


# ---------------------------------------------------------------- decisions


def test_views_come_before_the_decision() -> None:
    considered = event(E.OUT_OF_COURT_CONSIDERED, F)
    duty = one(case_file(considered), "VC-R6-OOCV", F + timedelta(days=400))
    assert (duty.state, duty.due, duty.band) == (State.DUE, None, "out-of-court")
    given = event(E.OUT_OF_COURT_GIVEN, F + hours(48))
    assert one(case_file(considered, given), "VC-R6-OOCV", F + hours(49)).state is State.OVERDUE
    asked = case_file(considered, given, contact(F + hours(47), "views"))
    assert one(asked, "VC-R6-OOCV", F + hours(49)).state is State.MET
    late = one(case_file(considered, given, contact(F + hours(50), "views")), "VC-R6-OOCV", F + hours(51))
    assert (late.state, late.late_by) == (State.MET_LATE, hours(2))


def test_a_case_for_the_clinic_needs_views_however_long_ago_they_were_asked() -> None:
    file = case_file(case(stage="clinic"))
    assert one(file, "VC-R6-OOCV", F).state is State.DUE
    assert one(contact(F - timedelta(days=20), "views")(file), "VC-R6-OOCV", F).state is State.MET
    assert one(case_file(case(stage="clinic", victim_consulted=True)), "VC-R6-OOCV", F).state is State.MET


@pytest.mark.parametrize(
    ("change", "open_to_review"),
    [
        (case(), True),
        (case(charged_on=Moment("2026-12-01")), False),
        (case(outcome="8"), False),
        (victim(support="no"), False),
        (victim(withdrawal_on=Moment("2026-12-02")), False),
        (suspect(interviewed_on=None), False),
    ],
)
def test_a_review_is_open_only_where_the_scheme_says(change: object, open_to_review: bool) -> None:
    file = case_file(
        suspect(interviewed_on=Moment("2026-12-01")),
        event(E.NO_FURTHER_ACTION, F),
        contact(F + hours(1), "nfa"),
        change,  # type: ignore[arg-type]
    )
    assert bool(of(file, "VRR-REQ")) is open_to_review


def test_the_time_to_ask_for_a_review_runs_from_being_told() -> None:
    untold = case_file(suspect(interviewed_on=Moment("2026-12-01")), event(E.NO_FURTHER_ACTION, F))
    assert not of(untold, "VRR-REQ")
    told = victim(informed_on=Moment("2026-12-20"))(untold)
    assert one(told, "VRR-REQ", F).due == at("2027-03-20T23:59:59")


# ---------------------------------------------------------------- updates, promises, conditions


def test_updates_run_on_from_each_contact_that_told_something() -> None:
    file = case_file(
        case(reported_at=moment(F)),
        victim(update_days=7),
        contact(F + timedelta(days=7), "charge"),
        contact(F + timedelta(days=8), "safeguarding"),
        contact(F + timedelta(days=9), "update", made=False),
        contact(F + timedelta(days=16), "update"),
    )
    now = F + timedelta(days=16)
    chain = sorted(
        (duty for duty in duties(file, now, PACKS) if duty.clock == "VC-R6-UPD"), key=lambda d: d.key
    )
    assert [(duty.state, duty.attempts) for duty in chain] == [
        (State.MET, 0),
        (State.MET_LATE, 1),
        (State.DUE, 0),
    ]
    assert chain[2].due == at("2027-01-10T23:59:59")
    assert chain[1].late_by == chain[1].met_at - chain[1].due  # type: ignore[operator]


def test_the_usual_interval_holds_until_another_is_agreed() -> None:
    file = case_file(case(reported_at=moment(F)))
    assert one(file, "VC-UPD-USUAL", F).due == at("2027-01-15T23:59:59")
    assert not of(file, "VC-R6-UPD")
    for nonsense in (0, -4, 10_000_000):
        assert one(victim(update_days=nonsense)(file), "VC-UPD-USUAL", F).amount == 28


def test_an_excused_interval_starts_the_next() -> None:
    file = case_file(case(reported_at=moment(F)), victim(update_days=7))
    first = one(file, "VC-R6-UPD", F)
    file = excuse(first.key, "Victim abroad", at("2026-12-28T10:00"))(file)
    chain = [duty for duty in duties(file, F, PACKS) if duty.clock == "VC-R6-UPD"]
    assert [(duty.state, duty.due) for duty in chain] == [
        (State.DUE, at("2027-01-04T23:59:59")),
        (State.EXCUSED, first.due),
    ]


def test_a_witness_has_updates_only_when_agreed() -> None:
    file = case_file(case(reported_at=moment(F)))
    assert not of(file, "AGREED")
    agreed = replace(file, witnesses=((WITNESS, replace(file.witnesses[0][1], update_days=10)),))
    duty = one(agreed, "AGREED", F)
    assert (duty.owed_to, duty.due, duty.legal) == (WITNESS, at("2026-12-28T23:59:59"), False)


def test_a_promise_is_kept_by_the_next_contact_that_is_made() -> None:
    promised = F + hours(24)
    file = case_file(contact(F, "other", next_at=promised), contact(F + hours(25), "other", made=False))
    duty = one(file, PROMISE, F + hours(26))
    assert (duty.state, duty.due) == (State.OVERDUE, promised)
    kept = one(contact(F + hours(27), "other")(file), PROMISE, F + hours(28))
    assert (kept.state, kept.late_by) == (State.MET_LATE, hours(3))


def test_an_attempt_may_put_a_promise_off() -> None:
    file = case_file(
        contact(F, "other", next_at=F + hours(24)),
        contact(F + hours(23), "other", made=False, next_at=F + hours(30)),
    )
    assert one(file, PROMISE, F + hours(26)).due == F + hours(30)


def test_conditions_are_dates_of_the_case() -> None:
    key = derived_id("test", "condition")
    condition = Condition(suspect=SUSPECT, what="Write a letter", due_on=Moment("2026-12-21"))
    due = at("2026-12-21T23:59:59")

    def stands(**fields: object) -> Duty:
        made = replace(condition, **fields)  # type: ignore[arg-type]
        return one(replace(case_file(), conditions=((key, made),)), CONDITION, due + timedelta(seconds=1))

    assert (stands().state, stands().due, stands().name) == (State.OVERDUE, due, "Sam")
    assert stands(done_on=Moment("2026-12-21")).state is State.MET
    assert stands(done_on=Moment("2026-12-23")).late_by == at("2026-12-23T00:00") - due
    assert stands(failed_on=Moment("2026-12-20")).state is State.PASSED


# ---------------------------------------------------------------- keys, closing, explaining


def test_keys_do_not_move_when_more_is_recorded() -> None:
    before = {duty.key for duty in duties(case_file(ARREST, case(reported_at=moment(F))), F, PACKS)}
    more = case_file(
        ARREST,
        case(reported_at=moment(F), flags=("da",), offence_title="Theft"),
        suspect(interviewed_on=Moment("2026-12-19")),
        contact(F + hours(1), "other"),
    )
    assert before <= {duty.key for duty in duties(more, F + timedelta(days=50), PACKS)}
    assert f"VC-R6-ARREST/{VICTIM.hex()}/2026-12-18" in before


def test_a_withdrawn_contact_or_event_counts_for_nothing() -> None:
    file = case_file(ARREST, event(E.CONDITIONS, F), contact(F + hours(1), "arrest"))
    (event_id, happened), (contact_id, said) = file.events[0], file.contacts[0]
    back = (derived_id("test", "back"), replace(said, about=contact_id, withdrawn=True))
    undone = (derived_id("test", "undone"), replace(happened, about=event_id, withdrawn=True))
    file = replace(file, contacts=(*file.contacts, back), events=(*file.events, undone))
    assert one(file, "VC-R6-ARREST", F).state is State.DUE
    assert not of(file, "VC-R6-BAIL")


def test_a_case_filed_elsewhere_has_no_duties_here() -> None:
    fields = {"record_status": "filed", "outcome": "16", "outcome_date": Moment("2026-12-18")}
    assert duties(case_file(case(owner=None, reported_at=moment(F), **fields)), F, PACKS) == ()
    imported = LogEntry(topic="import", at=F)
    untouched = replace(case_file(case(owner=None, **fields)), log=((derived_id("test", "log"), imported),))
    assert duties(untouched, F, PACKS) == ()


def test_a_closed_case_that_was_worked_on_owes_what_follows_its_closing() -> None:
    file = case_file(
        ARREST,
        case(stage="finalised", outcome="16", outcome_date=Moment("2026-12-18"), reported_at=moment(F)),
    )
    assert {duty.clock for duty in duties(file, F, PACKS) if duty.is_open} == {
        "VC-R6-NFA",
        "SUS-NFA",
        "WC-TOLD",
    }
    assert one(file, "VC-R6-NFA", F).due == at("2026-12-29T23:59:59")


def test_a_charge_or_an_unknown_suspect_is_no_decision_against_prosecution() -> None:
    closed = {"stage": "finalised", "outcome_date": Moment("2026-12-18")}
    assert not of(case_file(case(outcome="18", **closed)), "VC-R6-NFA")
    assert not of(case_file(case(outcome="16", **closed), suspect(status="described")), "VC-R6-NFA")
    assert not of(case_file(case(outcome="1", charged_on=Moment("2026-12-18"), **closed)), "VC-R6-NFA")


def test_the_code_of_2021_binds_from_its_first_day() -> None:
    before = custody("detained", arrested_at=at("2021-03-31T12:00"))
    assert not of(case_file(before), "VC-R6-ARREST")
    assert of(case_file(custody("detained", arrested_at=at("2021-04-01T12:00"))), "VC-R6-ARREST")


def test_the_explanation_names_the_count_the_source_and_the_rights() -> None:
    file = case_file(ARREST, case(flags=("da",)), contact(F + hours(1), "arrest", made=False))
    answer = explained(one(file, "VC-R6-ARREST", F), PACKS)
    assert answer.due == at("2026-12-21T23:59:59")
    said = " ".join((*answer.steps, *answer.warnings))
    assert "suspect arrested, 18 Dec 2026 16:40" in said
    assert "domestic abuse" in said
    assert "Tried 1 time " in said
    assert "Victims' Code Right 6" in answer.source
    assert explained(one(case_file(custody("detained")), "VC-R6-ARREST", F), PACKS).due is None


def test_the_earliest_day_of_a_month_is_taken_and_said() -> None:
    duty = one(case_file(suspect(interviewed_on=Moment("2026-12"))), "VC-R6-IUC", F)
    assert duty.due == at("2026-12-08T23:59:59")
    assert any("Only the month is known" in said for said in explained(duty, PACKS).warnings)


def test_views_recorded_of_the_victim_meet_the_duty_to_ask_for_them() -> None:
    file = case_file(event(E.OUT_OF_COURT_CONSIDERED, F))
    assert one(file, "VC-R6-OOCV", F + hours(1)).state is not State.MET
    own, held = file.victims[0]
    asked = replace(file, victims=((own, replace(held, views="Pay", views_on=moment_of_day(F.date()))),))
    assert one(asked, "VC-R6-OOCV", F + hours(1)).state is State.MET
