"""What duties do to a case's place: the band, the sentence, and the very instant at which time alone moves it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from casedesk.model.facts import Action, CaseFile, Condition, LogEntry
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment
from casedesk.model.words import EventKind as E
from casedesk.rules.reasons.actions import actions
from casedesk.rules.reasons.duties import duties
from casedesk.rules.reasons.factor import STEP, Factor
from tests.rules.clock_facts import at
from tests.rules.duty_facts import (
    FRIDAY,
    PACKS,
    VICTIM,
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
REPORTED = case(reported_at=moment(F))
SECOND = timedelta(seconds=1)


def told(file: CaseFile, now: datetime) -> list[tuple[str, str]]:
    return [(factor.band, factor.sentence) for factor in duties(file, now, PACKS)]


def only(file: CaseFile, now: datetime, clock: str) -> Factor:
    return next(factor for factor in duties(file, now, PACKS) if factor.clock == clock)


def undated_out(file: CaseFile) -> CaseFile:
    """The case with a report whose duties are met, so that the one under test stands alone."""
    return contact(F, "referral", "report", "needs", "vps")(REPORTED(file))


def test_a_duty_moves_up_when_its_day_begins_and_says_so_when_it_has_passed() -> None:
    file = case_file(ARREST)
    begins, due = at("2026-12-29T00:00"), at("2026-12-29T23:59:59")
    for when, band, sentence, changes in (
        (F, "rest", "Tell victim of arrest by Tue 29 Dec", begins),
        (begins - SECOND, "rest", "Tell victim of arrest by Tue 29 Dec", begins),
        (begins, "victim", "Tell victim of arrest by Tue 29 Dec", due + STEP),
        (due, "victim", "Tell victim of arrest by Tue 29 Dec", due + STEP),
        (due + STEP, "victim", "Tell victim of arrest: was due Tue 29 Dec", None),
        (due + SECOND, "victim", "Tell victim of arrest: was due Tue 29 Dec", None),
    ):
        factor = only(file, when, "VC-R6-ARREST")
        assert (factor.band, factor.sentence, factor.due, factor.changes_at) == (band, sentence, due, changes)


def test_the_day_begins_at_midnight_in_london_in_summer_too() -> None:
    file = case_file(custody("detained", arrested_at=at("2026-06-12T12:00")))
    assert only(file, at("2026-06-13T00:00"), "VC-R6-ARREST").changes_at == at("2026-06-19T00:00")
    clocks_change = case_file(custody("detained", arrested_at=at("2026-10-18T12:00")), REPORTED)
    assert only(clocks_change, at("2026-10-18T13:00"), "VC-R6-ARREST").changes_at == at("2026-10-23T00:00")


def test_the_factor_carries_who_what_and_how() -> None:
    factor = only(case_file(ARREST, victim(enhanced=True)), F, "VC-R6-ARREST")
    assert (factor.legal, factor.subject, factor.who) == (True, VICTIM, "")
    assert factor.key == f"VC-R6-ARREST/{VICTIM.hex()}/2026-12-18"
    assert factor.sentence == "Tell victim of arrest by Mon 21 Dec (enhanced rights)"
    assert factor.how is not None
    assert factor.how().due == factor.due
    assert not only(undated_out(case_file()), F + hours(1), "VC-UPD-USUAL").legal


def test_enhanced_rights_and_the_earlier_duty_come_first() -> None:
    file = case_file(ARREST, REPORTED, victim(enhanced=True), event(E.CONDITIONS, F))
    found = [factor.clock for factor in duties(file, at("2026-12-22T12:00"), PACKS)]
    assert found == ["VC-R6-ARREST", "VC-R6-BAIL", "VC-R4-REF", "VC-UPD-USUAL"]


def test_no_date_is_due_now() -> None:
    file = undated_out(case_file(custody("detained")))
    factor = only(file, F, "VC-R6-ARREST")
    assert (factor.band, factor.due) == ("victim", F)
    assert factor.sentence == "Tell victim of arrest: suspect arrested, date missing"


def test_views_outstanding_stand_in_the_out_of_court_band() -> None:
    file = undated_out(case_file(event(E.OUT_OF_COURT_CONSIDERED, F)))
    assert ("out-of-court", "Ask victim's views before the decision") in told(file, F + timedelta(days=50))
    asked = contact(F + hours(1), "views")(file)
    assert "out-of-court" not in {band for band, _ in told(asked, F + timedelta(days=50))}


def test_conditions_stand_there_from_the_day_they_end() -> None:
    condition = Condition(what="Write a letter", due_on=Moment("2026-12-29"))
    key = derived_id("test", "condition")
    file = replace(undated_out(case_file()), conditions=((key, condition),))
    begins, due = at("2026-12-29T00:00"), at("2026-12-29T23:59:59")

    def stands(when: datetime) -> Factor:
        return next(factor for factor in duties(file, when, PACKS) if factor.subject == key)

    assert (stands(begins - SECOND).band, stands(begins - SECOND).changes_at) == ("rest", begins)
    assert (stands(begins).band, stands(begins).changes_at) == ("out-of-court", due + STEP)
    assert stands(due + SECOND).sentence == "Condition to be completed: Write a letter: was due Tue 29 Dec"


def test_a_review_is_in_sight_before_its_last_day() -> None:
    file = undated_out(case_file(event(E.REVIEW_REQUESTED, F)))
    assert only(file, F + hours(1), "VRR-DEC").band == "coming"
    assert only(file, at("2027-02-03T08:00"), "VRR-DEC").band == "victim"


def test_a_window_never_presses_and_goes_when_it_is_over() -> None:
    file = undated_out(
        case_file(
            suspect(interviewed_on=Moment("2026-12-01")),
            event(E.NO_FURTHER_ACTION, F),
            contact(F, "nfa", "interview"),
        )
    )
    due = at("2027-03-18T23:59:59")
    factor = only(file, due, "VRR-REQ")
    assert (factor.band, factor.changes_at) == ("rest", due + STEP)
    assert not [factor for factor in duties(file, due + SECOND, PACKS) if factor.clock == "VRR-REQ"]


def test_what_others_must_do_is_not_a_victim_duty_of_ours() -> None:
    file = undated_out(case_file(event(E.CPS_DECISION, F)))
    factor = only(file, at("2027-01-20T12:00"), "VC-R6-CPS")
    assert (factor.band, factor.who) == ("coming", "cps")


def test_a_promise_names_the_hour_and_no_name() -> None:
    file = undated_out(case_file())
    promised = at("2026-12-23T15:00")
    file = contact(F + hours(1), "other", next_at=promised)(file)
    for when, sentence, changes in (
        (promised - timedelta(days=1), "Victim contact promised by Wed 23 Dec 15:00", at("2026-12-23T00:00")),
        (promised, "Victim contact promised by Wed 23 Dec 15:00", promised + STEP),
        (promised + SECOND, "Victim was promised contact by Wed 23 Dec 15:00", None),
    ):
        (factor,) = [one for one in duties(file, when, PACKS) if one.due == promised]
        assert (factor.sentence, factor.changes_at, factor.clock) == (sentence, changes, "")
        assert factor.how is not None
        assert factor.how().due == promised


def test_met_excused_and_numberless_duties_press_for_nothing() -> None:
    file = case_file(ARREST)
    late = at("2027-01-05T12:00")
    assert "VC-R6-ARREST" in {factor.clock for factor in duties(file, late, PACKS)}
    key = one(file, "VC-R6-ARREST", late).key
    for after in (excuse(key, "Abroad")(file), contact(F + hours(1), "arrest")(file)):
        assert "VC-R6-ARREST" not in {factor.clock for factor in duties(after, late, PACKS)}
    clocks = {factor.clock for factor in duties(REPORTED(file), late, PACKS)}
    assert not clocks & {"VC-R3-ACK", "VC-R4-NA", "VC-R7-VPS"}


# ---------------------------------------------------------------- cases nobody works on here


def stranger(*changes: object) -> CaseFile:
    return case_file(*changes, case(owner=None))  # type: ignore[arg-type]


def test_a_case_nobody_works_on_presses_for_what_fell_due_lately() -> None:
    due = at("2026-12-29T23:59:59")
    leaves = due + timedelta(days=28) + STEP
    file = stranger(ARREST)
    factor = only(file, due + SECOND, "VC-R6-ARREST")
    assert (factor.band, factor.changes_at) == ("victim", leaves)
    assert only(file, leaves - STEP, "VC-R6-ARREST").band == "victim"
    assert "VC-R6-ARREST" not in {factor.clock for factor in duties(file, leaves, PACKS)}


def test_what_is_older_is_counted_in_one_line() -> None:
    file = stranger(ARREST, REPORTED, event(E.CONDITIONS, F), custody("bailed", 2))
    ((band, sentence),) = told(file, at("2027-06-01T12:00"))
    assert band == "rest"
    assert sentence == "6 older duties are not recorded here"
    (factor,) = duties(file, at("2027-06-01T12:00"), PACKS)
    assert factor.how is not None
    assert "28 days" in " ".join(factor.how().steps)


@pytest.mark.parametrize(
    "taken_on",
    [
        case(owner="7042"),
        contact(F + hours(1), "other", made=False),
        lambda file: replace(file, log=((derived_id("log"), LogEntry(at=F, topic="note")),)),
    ],
)
def test_they_press_as_soon_as_somebody_takes_the_case_on(taken_on: object) -> None:
    file = taken_on(stranger(ARREST))  # type: ignore[operator]
    assert only(file, at("2027-06-01T12:00"), "VC-R6-ARREST").band == "victim"
    imported = replace(file, case=replace(file.case, owner=None), contacts=(), log=())
    imported = replace(imported, log=((derived_id("log"), LogEntry(at=F, topic="import")),))
    assert "VC-R6-ARREST" not in {factor.clock for factor in duties(imported, at("2027-06-01T12:00"), PACKS)}


def test_what_was_to_be_done_at_the_report_presses_while_there_is_time() -> None:
    file, due = case_file(REPORTED), at("2026-12-22T23:59:59")
    assert only(file, due, "VC-R4-REF").band == "victim"
    assert only(file, due, "VC-R4-REF").changes_at == due + STEP
    later = duties(file, due + SECOND, PACKS)
    assert [(one.band, one.sentence) for one in later][-1] == ("rest", "1 older duty is not recorded here")


@pytest.mark.parametrize(
    ("entered", "band"), [(at("2026-12-22T23:59:59"), "victim"), (at("2026-12-23T00:00"), None)]
)
def test_it_presses_on_only_where_the_case_was_here_in_time(entered: datetime, band: str | None) -> None:
    log = ((derived_id("log"), LogEntry(at=entered, topic="note")),)
    file = replace(case_file(REPORTED), log=log)
    found = [one.band for one in duties(file, at("2027-02-01T12:00"), PACKS) if one.clock == "VC-R4-REF"]
    assert found == ([band] if band else [])


def test_a_closed_case_comes_back_only_for_what_is_due() -> None:
    file = case_file(case(stage="finalised", outcome="16", outcome_date=Moment("2026-12-18")))
    assert told(file, F) == [("closed", "Tell victim of no further action by Tue 29 Dec")]
    assert told(file, at("2026-12-29T09:00")) == [
        ("victim", "Tell victim of no further action by Tue 29 Dec")
    ]
    assert told(contact(F, "nfa")(file), at("2027-01-29T09:00")) == []


def test_a_filed_case_that_only_bears_an_owner_does_not_come_back_for_what_is_old() -> None:
    file = case_file(case(record_status="filed", outcome="16", outcome_date=Moment("2026-12-18")))
    assert told(file, at("2027-01-05T12:00"))[0][0] == "victim"
    assert {band for band, _ in told(file, at("2027-02-01T12:00"))} == {"closed"}


def test_a_case_without_people_has_no_duties() -> None:
    bare = CaseFile(id=derived_id("bare"), case=case_file().case)
    assert told(bare, F) == []


def test_actions_name_what_they_are_about() -> None:
    key = derived_id("action")
    action = Action(what="Chase the laboratory", due_at=F)
    file = replace(case_file(), actions=((key, action),))

    def shown(when: datetime) -> Iterable[tuple[str, str, datetime | None]]:
        return [(one.band, one.sentence, one.changes_at) for one in actions(file, when, PACKS)]

    day = timedelta(days=1)
    assert [one.subject for one in actions(file, F, PACKS)] == [key]
    assert shown(F - day - SECOND) == [("rest", "Chase the laboratory due Fri 18 Dec 16:40", F - day)]
    assert shown(F - day) == [("action", "Chase the laboratory due Fri 18 Dec 16:40", F + STEP)]
    assert shown(F) == shown(F - day)
    ((band, sentence, _),) = shown(F + SECOND)
    assert (band, sentence) == ("action", "Chase the laboratory overdue since Fri 18 Dec 16:40")
