"""The made-up clinic: a matter at every step, as the desk itself would have left it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casedesk.desk.after_decision import admin_work
from casedesk.desk.check import check_case
from casedesk.desk.clinic_page import ClinicPage, Progress, clinic_page
from casedesk.desk.clinic_prep import readiness
from casedesk.desk.clinics import clinics
from casedesk.desk.demo import build_demo, demo_settings
from casedesk.desk.desk import Desk
from casedesk.desk.setup import set_up
from casedesk.model.errors import PackError
from casedesk.model.words import AppointmentState, ResolutionState, Severity, Stage
from casedesk.reference.demo import load_demo
from casedesk.rules.finalisation import CLEAN
from casedesk.rules.reasons.appointments import STANDING, appointments
from casedesk.store import keys
from casedesk.store.places import Places
from casedesk.store.records import each_case

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_STEPS = ("prepare", "evidence", "needs", "decision", "after")


def made(home: Path, now: datetime = MONDAY_NOON) -> Desk:
    desk = set_up(
        Places(home), keys.generated_passphrase(), demo_settings(), lambda: now, cost=keys.GENERATED_COST
    )
    build_demo(desk, seed=1, size=460)
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with made(tmp_path_factory.mktemp("clinic") / "home") as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(desk: Desk) -> list[ClinicPage]:
    """The page of every matter that has been to a clinic or is booked into one."""
    return [
        clinic_page(desk, bundle.file.id)
        for bundle in each_case(desk.store.connection)
        if bundle.file.appointments
    ]


def of_state(pages: list[ClinicPage], state: str) -> list[ClinicPage]:
    return [page for page in pages if page.resolution and page.resolution[1].state == state]


def test_a_matter_stands_at_every_step_of_the_way(pages: list[ClinicPage]) -> None:
    reached: dict[str, set[Progress]] = {step.id: set() for step in pages[0].steps}
    for page in pages:
        for step in page.steps:
            reached[step.id].add(step.progress)
    assert len(pages) == 14
    for name in _STEPS:
        assert {Progress.UNDER_WAY, Progress.DONE} <= reached[name], name
    assert Progress.BLOCKED in reached["after"], "a breach"
    states = {page.resolution[1].state for page in pages if page.resolution}
    wanted = {"draft", "proposed", "authorised", "active", "completed"}
    assert states == {ResolutionState(one) for one in wanted}


def test_the_clinic_of_today_has_people_who_came_and_people_to_come(desk: Desk) -> None:
    today, later = clinics(desk)
    assert today.day == MONDAY_NOON.date()
    states = {one.state for one in today.booked}
    assert states == {AppointmentState.ATTENDED, AppointmentState.CONFIRMED}
    assert {one.state for one in later.booked} == {AppointmentState.BOOKED, AppointmentState.INVITED}
    past = [day for day in clinics(desk, past=True) if day.day < today.day]
    assert any(one.state is AppointmentState.MISSED for day in past for one in day.booked)
    for day in clinics(desk, past=True):
        assert not any(one.clash for one in day.booked)
        assert all(day.opens_at <= one.at and one.until <= day.closes_at for one in day.booked)


@pytest.mark.parametrize(
    "now",
    [datetime(2026, 11, 22, 3, tzinfo=UTC), datetime(2026, 12, 24, 21, tzinfo=UTC)],
    ids=["a Sunday night", "before Christmas"],
)
def test_a_clinic_is_held_on_working_days_only(tmp_path: Path, now: datetime) -> None:
    with made(tmp_path / "home", now) as desk:
        days = [day.day for day in clinics(desk, past=True)]
        assert len(days) == 4
        assert all(day.weekday() < 5 and day not in desk.packs.bank_holidays.days for day in days)
        assert days[2] > now.date(), "the next one"


def test_the_needs_assessments_are_prepared_part_way_and_complete(pages: list[ClinicPage]) -> None:
    said = [next(step.said for step in page.steps if step.id == "needs") for page in pages]
    assert {"no assessment", "not completed", "2 needs"} == set(said)


def test_nothing_unlawful_was_proposed_or_given(pages: list[ClinicPage]) -> None:
    """What blocks is only what nobody can know before the next step."""
    for state in ("active", "completed"):
        for page in of_state(pages, state):
            blocked = {one.rule for one in page.findings if one.severity is Severity.BLOCK}
            assert blocked <= {"R05-DONE"}, "the activity is not complete yet"
    for page in of_state(pages, "draft"):
        assert not [one for one in page.findings if one.severity is Severity.BLOCK]
    assert not [page.reference for page in pages if page.worksheet.complete and page.gate]


def test_what_was_given_is_proposed_as_an_outcome_that_the_check_finds_clean(
    desk: Desk, pages: list[ClinicPage]
) -> None:
    proposed = [page for page in pages if desk.case(page.case_id).file.case.stage == Stage.SUBMITTED]
    outcomes = {desk.case(page.case_id).file.case.outcome for page in proposed}
    assert outcomes == {"3", "8", "22"}
    for page in proposed:
        assert check_case(desk, page.case_id).verdict == CLEAN


def test_conditions_fall_due_soon_and_the_administrators_have_work(
    desk: Desk, pages: list[ClinicPage]
) -> None:
    running = [one for page in of_state(pages, "active") for _, one in page.conditions if not one.done_on]
    assert len([one for one in running if one.due_on and one.due_on <= "2026-11-30"]) >= 3
    assert any(one.failed_on for one in running)
    assert {row.title for row in admin_work(desk)} >= {"Record the outcome", "Letter to suspect"}


_MATTER = (
    '[[matter]]\nid = "x"\nkinds = ["damage"]\nclinic = "next"\nslot = 1\nseen = "booked"\nlog = "note: a"'
)
_REQUEST = '[[request]]\nid = "x"\nteam = "cctv"\nkinds = ["abh"]\nwhat = "a"\nwhy = "b"\nasked = 1\ndue = 1'


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (_MATTER.replace('"next"', '"nowhere"'), "no “nowhere”"),
        (f'{_MATTER}\nconditions = ["alcohol in a week"]', "is no condition"),
        (f'{_MATTER}\nconditions = ["alcoholic: due 4"]', "no undertaking"),
        (_REQUEST.replace("abh", "abhh"), "no “abhh”"),
        (_REQUEST.replace('["abh"]', "[]"), "must not be empty"),
    ],
)
def test_a_pack_that_does_not_hold_together_is_refused(tmp_path: Path, entry: str, message: str) -> None:
    (tmp_path / "demo.toml").write_text(entry, encoding="utf-8")
    with pytest.raises(PackError, match=message):
        load_demo(tmp_path)


def test_no_completed_review_of_the_demo_rests_on_what_has_changed(pages: list[ClinicPage]) -> None:
    complete = [page.worksheet for page in pages if page.worksheet.complete]
    assert complete
    assert {(one.changed, one.disputed) for one in complete} == {((), ())}


def test_the_queue_says_of_every_preparation_what_the_checklist_says(desk: Desk) -> None:
    kept = [
        one
        for day in clinics(desk)
        for one in day.booked
        if one.facts.state in STANDING and one.at > desk.now
    ]
    ready = said = 0
    for one in kept:
        done, of = readiness(desk, one)
        sentences = [factor.sentence for factor in appointments(one.case, desk.now, desk.packs)]
        told = [words for words in sentences if "to prepare" in words or words.startswith("Prepare ")]
        assert bool(told) == (done < of), (one.ref, done, of, told)
        ready += done == of
        said += bool(told)
    assert ready
    assert said
