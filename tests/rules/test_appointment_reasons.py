"""Appointments in the queue: what is said when, that it holds until it says it changes, and what is ready."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.clinic import Assessment, ClinicFile, EvidenceReview
from casedesk.model.dossier import Dossier, PreviousDisposal
from casedesk.model.facts import Appointment, Case, CaseFile, Custody, Suspect, Victim
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.model.words import AppointmentState, Flag, Stage, VictimKind
from casedesk.rules.clinic.preparation import outstanding, preparation
from casedesk.rules.clinic.rests import rests_on
from casedesk.rules.priority import place
from casedesk.rules.reasons.appointments import appointments
from tests.rules.clock_facts import at
from tests.rules.reason_facts import PACKS, SUSPECT, VICTIM, assert_changes_are_exact, made, seen

FIRST, SECOND = (EntityId(bytes([number]) * 16) for number in (1, 2))
HOUR = timedelta(hours=1)
CLINIC = Case(ref="1", stage=Stage.CLINIC)
EVERY = tuple(PACKS.clinic.checks)
DOSSIER = Dossier(previous=((FIRST, PreviousDisposal(suspect=SUSPECT, disposal="None recorded")),))


def case_of(*held: Appointment, case: Case = CLINIC) -> CaseFile:
    """A case with one suspect and these appointments."""
    kept = tuple(zip((FIRST, SECOND), held, strict=False))
    return replace(made(case=case, suspect=Suspect(name="Kyle")), appointments=kept)


def one(state: str = "booked", when: str = "2026-11-27 10:00", **facts: Any) -> Appointment:
    return Appointment(suspect=SUSPECT, at=at(when), minutes=45, state=state, **facts)


READY: dict[str, Any] = {"prepared": EVERY, "invited_at": at("2026-11-10 09:00")}


def said(file: CaseFile, now: str) -> list[tuple[str, str]]:
    return seen(appointments, file, at(now))


@pytest.mark.parametrize(
    ("now", "band", "sentence"),
    [
        ("2026-11-25 23:59", "rest", "Clinic Fri 27 Nov 10:00"),
        ("2026-11-26 00:00", "out-of-court", "Clinic tomorrow 10:00"),
        ("2026-11-26 23:59", "out-of-court", "Clinic tomorrow 10:00"),
        ("2026-11-27 00:00", "out-of-court", "Clinic today 10:00"),
        ("2026-11-27 10:44", "out-of-court", "Clinic today 10:00"),
        ("2026-11-27 10:45", "out-of-court", "Clinic Fri 27 Nov 10:00: whether they came is not recorded"),
    ],
)
def test_an_appointment_comes_nearer(now: str, band: str, sentence: str) -> None:
    assert said(case_of(one("invited", **READY)), now) == [(band, sentence)]


def test_a_confirmed_one_says_so() -> None:
    assert said(case_of(one("confirmed", **READY)), "2026-11-27 09:00") == [
        ("out-of-court", "Clinic today 10:00, confirmed")
    ]


def test_an_invitation_is_pressing_from_the_seventh_day_before() -> None:
    file = case_of(one(prepared=EVERY[:6] + EVERY[7:]))
    assert ("rest", "Invite to the clinic of Fri 27 Nov 10:00") in said(file, "2026-11-19 23:59")
    assert ("out-of-court", "Clinic Fri 27 Nov 10:00: invitation not sent") in said(file, "2026-11-20 00:00")
    (late,) = (f for f in appointments(file, at("2026-11-22 00:00"), PACKS) if "not sent" in f.sentence)
    assert late.due == at("2026-11-20 23:59") + timedelta(seconds=59)
    told = case_of(one("invited", **READY))
    assert not any("nvit" in sentence for _, sentence in said(told, "2026-11-22 00:00"))


def test_preparation_is_pressing_on_the_day_before() -> None:
    file = case_of(one("invited", invited_at=at("2026-11-10 09:00"), prepared=EVERY[1:]))
    assert ("rest", "Prepare the clinic of Fri 27 Nov 10:00") in said(file, "2026-11-25 12:00")
    todo = ("out-of-court", "Clinic Fri 27 Nov 10:00: to prepare: Evidential review done")
    assert todo in said(file, "2026-11-26 00:00")
    assert todo in said(file, "2026-11-27 09:59")
    assert todo not in said(file, "2026-11-27 10:00")
    more = case_of(one("invited", invited_at=at("2026-11-10 09:00")))
    assert any(
        sentence.endswith("Evidential review done and 5 more")
        for _, sentence in said(more, "2026-11-26 12:00")
    )


def test_a_missed_one_stands_until_something_follows() -> None:
    gone = one("missed")
    nothing = [("out-of-court", "Missed the clinic Fri 27 Nov 10:00: nothing follows")]
    assert said(case_of(gone), "2026-11-27 12:00") == nothing
    (factor,) = appointments(case_of(gone), at("2026-11-27 12:00"), PACKS)
    assert factor.due == at("2026-11-30 23:59") + timedelta(seconds=59)  # the next working day
    later = "2026-12-04 10:00"
    assert nothing[0] not in said(
        case_of(gone, one("invited", later, follows=FIRST, **READY)), "2026-11-28 12:00"
    )
    assert said(case_of(gone, one("attended", later)), "2026-12-05 12:00") == []
    assert said(case_of(gone, one("cancelled", later, follows=FIRST)), "2026-11-28 12:00") == nothing
    twice = said(case_of(gone, one("missed", later, follows=FIRST)), "2026-12-05 12:00")
    assert twice == [
        ("out-of-court", "Missed the clinic 2 times, last Fri 4 Dec 10:00: tell the decision maker")
    ]


@pytest.mark.parametrize("state", ["attended", "moved", "cancelled"])
def test_what_is_done_with_says_nothing(state: str) -> None:
    assert said(case_of(one(state)), "2026-11-20 12:00") == []


def test_a_case_that_left_the_clinic_or_is_closed_says_nothing_of_it() -> None:
    assert said(case_of(one("missed"), case=Case(ref="1", stage=Stage.OPEN)), "2026-11-28 12:00") == []
    for closed in (Case(ref="1", stage=Stage.FINALISED), Case(ref="1", record_status="filed")):
        assert said(case_of(one(), case=closed), "2026-11-26 12:00") == []


def test_of_several_suspects_the_name_is_said() -> None:
    file = case_of(one("invited", **READY))
    file = replace(file, suspects=(*file.suspects, (SECOND, Suspect(name="Ada"))))
    assert said(file, "2026-11-27 09:00") == [("out-of-court", "Clinic today 10:00 (Kyle)")]


def test_an_appointment_places_a_case_of_which_nothing_else_is_known() -> None:
    bare = CaseFile(id=FIRST, case=Case(ref="1"), appointments=((SECOND, one("invited", **READY)),))
    placing = place(bare, at("2026-11-27 09:00"), PACKS)
    assert (placing.sentence, placing.due) == ("Clinic today 10:00", at("2026-11-27 10:00"))


states = st.sampled_from([*AppointmentState])
times = st.integers(0, 14 * 24 * 4).map(
    lambda quarters: at("2026-11-20 00:00") + quarters * timedelta(minutes=15)
)
held = st.builds(
    Appointment,
    suspect=st.just(SUSPECT),
    at=times,
    minutes=st.sampled_from([None, 30, 45]),
    state=states,
    invited_at=st.sampled_from([None, at("2026-11-10 09:00")]),
    prepared=st.sampled_from([None, EVERY]),
)


@given(st.lists(held, min_size=1, max_size=2), times)
def test_every_sentence_holds_until_it_says_it_changes(some: list[Appointment], start: datetime) -> None:
    assert_changes_are_exact(appointments, case_of(*some), start, start + timedelta(days=3), 3 * HOUR)


# -- what is ready ----------------------------------------------------------------------------------------------


def checks(file: CaseFile, facts: Appointment, clinic: ClinicFile | None = None) -> dict[str, str]:
    """What is seen of each check that applies."""
    found = preparation(PACKS.clinic, file, facts, clinic, DOSSIER if clinic else None)
    return {one.check.id: one.seen for one in found}


def test_checks_apply_to_the_cases_they_are_for() -> None:
    plain = checks(case_of(one()), one())
    assert {"views", "adult", "safe-contact"}.isdisjoint(plain)
    file = replace(
        made(
            Custody(suspect=SUSPECT, vulnerable=True),
            case=Case(ref="1", flags=(Flag.DOMESTIC_ABUSE,)),
            suspect=Suspect(),
            victim=Victim(kind=VictimKind.PERSON),
        )
    )
    assert {"views", "adult", "safe-contact"} <= set(checks(file, one()))
    state = replace(file, victims=((VICTIM, Victim(kind=VictimKind.STATE)),))
    assert "views" not in checks(state, one())


def test_what_the_case_shows_is_seen_with_its_reason() -> None:
    review = EvidenceReview(
        suspect=SUSPECT, evidential="met", interest="out-of-court", reviewed_at=at("2026-11-18 14:00")
    )
    assessment = Assessment(suspect=SUSPECT, started_at=at("2026-11-19 15:00"))
    clinic = ClinicFile(reviews=((FIRST, review),), assessments=((SECOND, assessment),))
    facts = one(invited_at=at("2026-11-12 10:00"), invited_by="letter", interpreter="Polish, Language Line")
    bare = replace(review, rests_on=rests_on(case_of(facts), DOSSIER, review, SUSPECT))
    found = checks(case_of(facts), facts, replace(clinic, reviews=((FIRST, bare),)))
    assert found["evidence"] == "Reviewed 18 Nov 2026 14:00: evidential stage met"
    assert found["needs"] == "Begun 19 Nov 2026 15:00"
    assert found["history"] == "None recorded"
    assert found["invitation"] == "Sent 12 Nov 2026 10:00 by letter"
    assert found["interpreter"] == "Polish, Language Line"
    undecided = ClinicFile(reviews=((FIRST, replace(review, interest=None)),))
    assert checks(case_of(facts), facts, undecided)["evidence"] == ""
    other = ClinicFile(assessments=((SECOND, replace(assessment, suspect=SECOND)),))
    assert checks(case_of(facts), facts, other)["needs"] == ""


def test_every_victim_has_to_be_asked() -> None:
    asked, not_asked = Victim(views_on=Moment("2026-11-19")), Victim()
    file = replace(case_of(one()), victims=((FIRST, asked), (SECOND, not_asked)))
    assert checks(file, one())["views"] == ""
    both = replace(file, victims=((FIRST, asked), (SECOND, asked)))
    assert checks(both, one())["views"] == "Asked 19 Nov 2026"


def test_a_tick_or_a_sight_is_enough_and_the_rest_is_outstanding() -> None:
    facts = one(prepared=("papers", "room"), invited_at=at("2026-11-12 10:00"))
    left = outstanding(preparation(PACKS.clinic, case_of(facts), facts))
    assert [found.check.id for found in left] == ["evidence", "history", "interpreter", "needs"]


def test_the_queue_says_of_the_preparation_what_the_checklist_says() -> None:
    facts = one(invited_at=at("2026-11-12 10:00"), prepared=("papers",))
    bare = case_of(facts)
    review = EvidenceReview(
        suspect=SUSPECT, evidential="met", interest="out-of-court", reviewed_at=at("2026-11-18 14:00"),
    )  # fmt: skip
    review = replace(review, rests_on=rests_on(bare, Dossier(), review, SUSPECT))
    file = replace(bare, reviews=((FIRST, review),))
    clinic = ClinicFile(reviews=file.reviews)
    shown = outstanding(preparation(PACKS.clinic, file, facts, clinic, Dossier()))
    assert "evidence" not in [left.check.id for left in shown]
    (sentence,) = [words for _, words in said(file, "2026-11-26 12:00") if "to prepare" in words]
    assert sentence.endswith(f"and {len(shown) - 1} more")
    (before,) = [words for _, words in said(bare, "2026-11-26 12:00") if "to prepare" in words]
    assert before.endswith(f"and {len(shown)} more")
