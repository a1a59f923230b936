"""What the clinic's rules read off the files: each fact from its place, and nothing where nothing is recorded."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casedesk.model.clinic import Answer, Assessment, ClinicFile, EvidenceReview, Gravity, Resolution
from casedesk.model.dossier import Decision, Dossier, PreviousDisposal, Referral
from casedesk.model.facts import (
    Appointment,
    Case,
    CaseFile,
    CaseFlag,
    Condition,
    Contact,
    Custody,
    Suspect,
    Victim,
)
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment
from casedesk.rules.clinic.eligibility import judge
from casedesk.rules.clinic.facts import ClinicFacts, clinic_facts
from tests.rules.clinic_cases import SHIPPED, TODAY
from tests.rules.clock_facts import at

SAM, KIM, VIC, ONE, TWO, CASE = (
    derived_id("clinic-facts", one) for one in ("sam", "kim", "vic", "1", "2", "case")
)
FILE = CaseFile(
    id=CASE,
    case=Case(offence_code="CJ88116", offence_title="Assault by beating", offence_from=Moment("2026-08-31")),
    suspects=((SAM, Suspect(name="Sam", dob=Moment("2000-02-29"))), (KIM, Suspect(name="Kim"))),
)


def read(
    file: CaseFile = FILE, dossier: Dossier | None = None, clinic: ClinicFile | None = None, **case: Any
) -> ClinicFacts:
    shown = replace(file, case=replace(file.case, **case))
    return clinic_facts(shown, dossier or Dossier(), clinic or ClinicFile(), SAM, TODAY, SHIPPED)


def with_victim(**fields: Any) -> CaseFile:
    return replace(FILE, victims=((VIC, Victim(**fields)),))


def of_review(**fields: Any) -> ClinicFile:
    return ClinicFile(reviews=((ONE, EvidenceReview(suspect=SAM, **fields)),))


def test_nothing_recorded_is_nothing_known() -> None:
    bare = clinic_facts(CaseFile(id=CASE, case=Case()), Dossier(), ClinicFile(), SAM, TODAY, SHIPPED)
    for name in (
        "age",
        "mode",
        "limited",
        "evidential",
        "admission",
        "defences",
        "has_victim",
        "gravity",
        "vulnerable",
    ):
        assert getattr(bare, name) is None, name
        assert name not in bare.sources
    assert "R02" in {one.rule for one in judge(SHIPPED, bare, "cc")}


def test_the_age_is_that_of_the_day_it_is_given() -> None:
    assert read().age == (26, 26)
    born = replace(FILE, suspects=((SAM, Suspect(dob=Moment("2008-11-23"))),))
    assert read(born).age == (17, 17)
    given = ClinicFile(
        resolutions=((ONE, Resolution(suspect=SAM, disposal="cc", given_on=Moment("2026-11-23"))),)
    )
    assert read(born, clinic=given).age == (18, 18)
    looks = replace(FILE, suspects=(), custody=((ONE, Custody(suspect=SAM, under_18=True)),))
    assert read(looks).age == (0, 17)
    assert read(replace(FILE, suspects=((SAM, Suspect(dob=Moment("2008-11"))),))).age == (17, 18)


def test_the_limit_is_that_of_the_offence_and_ends_with_the_month() -> None:
    facts = read()
    assert (facts.mode, facts.limited, facts.limit_day) == ("summary", True, date(2027, 2, 28))
    assert facts.sources["mode"].startswith("Offences")
    typed = read(offence_code="NONE1", clinic=of_review(mode="summary"))
    assert (typed.limit_day, typed.sources["mode"]) == (date(2027, 2, 28), "Evidential review")
    undated = read(offence_from=None)
    assert (undated.limited, undated.limit_day) == (True, None)
    theft = read(offence_code="TH68010", value_pence=20000)
    assert (theft.mode, theft.limited, theft.low_value_shop_theft) == ("either-way", False, True)
    assert read(offence_code="TH68010", value_pence=20001).low_value_shop_theft is False
    assert read(offence_code="TH68010").low_value_shop_theft is None
    assert read(offence_code="CD71039").low_value_damage is True
    assert read(
        offence_code="PC53001", offence_title="Possess an offensive weapon in a public place"
    ).specified


def test_the_latest_review_of_this_suspect_counts_and_not_another_s() -> None:
    clinic = ClinicFile(
        reviews=(
            (ONE, EvidenceReview(suspect=SAM, evidential="met", admission="full", defences=())),
            (TWO, EvidenceReview(suspect=KIM, evidential="not-met", admission="denial")),
        )
    )
    facts = read(clinic=clinic)
    assert (facts.evidential, facts.admission, facts.defences) == ("met", "full", ())


def test_history_that_was_checked_and_holds_nothing_recent_is_no_repeat() -> None:
    def similar(on: str | None, **review: Any) -> bool | None:
        previous = PreviousDisposal(suspect=SAM, on=Moment(on) if on else None, disposal="Caution")
        return read(dossier=Dossier(previous=((ONE, previous),)), clinic=of_review(**review)).similar

    assert similar("2024-11-21", previous_checked=True) is False
    assert similar("2024-11-22", previous_checked=True) is None
    assert similar(None, previous_checked=True) is None
    assert similar("2024-11-21") is None
    assert similar("2024-11-21", similar_24_months=True) is True
    assert read(clinic=of_review(previous_checked=True)).similar is False


def test_intimate_partners_are_told_by_flag_or_by_what_the_victim_is() -> None:
    assert read(flags=("intimate",)).intimate is True
    assert read(flags=("intimate",)).domestic is True
    assert read(with_victim(relationship="Ex-partner"), flags=("da",)).intimate is True
    assert read(with_victim(relationship="Brother"), flags=("da",)).intimate is False
    assert read(flags=("da",)).intimate is None
    assert (
        read(
            replace(FILE, flag_marks=((ONE, CaseFlag(word="intimate", raised=False)),)), flags=("da",)
        ).intimate
        is False
    )
    assert read().intimate is False


@pytest.mark.parametrize(
    ("file", "case", "views"),
    [
        (with_victim(kind="person"), {}, "none"),
        (with_victim(views="Wants an apology"), {}, "recorded"),
        (with_victim(), {"victim_views": "Wants an apology"}, "recorded"),
        (with_victim(views_on=Moment("2026-11-20")), {}, "sought"),
        (with_victim(), {"victim_consulted": True}, "sought"),
        (
            replace(with_victim(), contacts=((ONE, Contact(victim=VIC, purposes=("views",), made=False)),)),
            {},
            "sought",
        ),
        (replace(with_victim(), contacts=((ONE, Contact(victim=VIC, purposes=("update",))),)), {}, "none"),
    ],
)
def test_the_victim_s_views_are_recorded_sought_or_not(
    file: CaseFile, case: dict[str, Any], views: str
) -> None:
    facts = read(file, **case)
    assert (facts.has_victim, facts.victim_views) == (True, views)


def test_of_several_victims_the_one_of_whom_least_is_known_counts_and_the_state_does_not() -> None:
    both = replace(FILE, victims=((VIC, Victim(views="Yes")), (ONE, Victim(kind="person"))))
    assert read(both).victim_views == "none"
    of_crime: dict[str, Any] = {"victim_views": "Wants an apology", "victim_consulted": True}
    assert read(both, **of_crime).victim_views == "none"
    unnamed = replace(both, contacts=((ONE, Contact(purposes=("views",), made=True)),))
    assert read(unnamed).victim_views == "none"
    with_state = replace(FILE, victims=((VIC, Victim(views="Yes")), (ONE, Victim(kind="state"))))
    assert read(with_state).victim_views == "recorded"
    assert read(with_victim(kind="state")).has_victim is False
    assert read().has_victim is None
    assert read(with_victim(remedy="Repair the fence")).remedy_chosen
    assert not read(with_victim(remedy="None")).remedy_chosen


def test_an_appropriate_adult_is_for_the_appointment_that_is_to_be_kept() -> None:
    held = replace(FILE, custody=((ONE, Custody(suspect=SAM, vulnerable=True, appropriate_adult="Mother")),))
    assert (read(held).vulnerable, read(held).appropriate_adult) == (True, True)
    booked = ClinicFile(appointments=((TWO, Appointment(suspect=SAM, state="invited")),))
    assert not read(held, clinic=booked).appropriate_adult
    missed = ClinicFile(
        appointments=((TWO, Appointment(suspect=SAM, state="missed", appropriate_adult="Mother")),)
    )
    assert not read(replace(held, custody=()), clinic=missed).appropriate_adult
    coming = ClinicFile(
        appointments=((TWO, Appointment(suspect=SAM, state="attended", appropriate_adult="Mother")),)
    )
    assert read(clinic=coming).appropriate_adult
    assert read(flags=("mental-health",)).vulnerable is True
    ruled_out = replace(FILE, custody=((ONE, Custody(suspect=SAM, vulnerable=False)),))
    assert read(ruled_out, flags=("mental-health",)).vulnerable is False


def answers(question: str, value: str | None, **fields: Any) -> ClinicFile:
    return ClinicFile(
        assessments=((ONE, Assessment(suspect=SAM)),),
        answers=((TWO, Answer(assessment=ONE, question=question, value=value, **fields)),),
    )


def test_answers_of_the_assessment_raise_what_they_say() -> None:
    assert read(clinic=answers("mental-health.phq-harm", "1")).self_harm is True
    assert read(clinic=answers("mental-health.phq-harm", "0")).self_harm is False
    assert read(clinic=answers("mental-health.phq-harm", "1", removed=True)).self_harm is False
    assert read(clinic=answers("mental-health.suicide", None, declined=True)).self_harm is None
    given_up = answers("mental-health.suicide", "plan")
    given_up = replace(given_up, assessments=((ONE, Assessment(suspect=SAM, given_up_why="Wrong form")),))
    assert read(clinic=given_up).self_harm is True
    assert read(clinic=answers("exploitation.offence", "friends pressure")).exploitation is True
    assert read(clinic=answers("begin.adult-needed", "unsure")).vulnerable is True


def test_only_a_referral_that_was_made_counts_as_action() -> None:
    def dossier(**fields: Any) -> Dossier:
        return Dossier(referrals=((ONE, Referral(**fields)),))

    made = Moment("2026-11-22")
    assert read(dossier=dossier(subject=SAM, to="mental-health", made_on=made)).risk_action
    assert not read(dossier=dossier(subject=KIM, to="mental-health", made_on=made)).risk_action
    refused = read(dossier=dossier(subject=SAM, to="mental-health", not_made_why="Refused"))
    assert (refused.risk_action, refused.risk_declined) == (False, "Refused")
    assert not read(dossier=dossier(subject=KIM, to="mental-health", not_made_why="Refused")).risk_declined
    assert not read(dossier=dossier(subject=SAM, to="housing", not_made_why="Refused")).risk_declined
    assert read(dossier=dossier(subject=VIC, to="nrm", made_on=made)).notified
    assert read(dossier=dossier(to="Duty to Notify (Home Office)", made_on=made)).notified
    assert not read(dossier=dossier(to="mash", made_on=made)).notified


def test_the_standing_resolution_brings_its_conditions_and_no_other_s() -> None:
    clinic = ClinicFile(
        resolutions=(
            (ONE, Resolution(suspect=SAM, disposal="cc", exceptional="Late", signed_at=at("2026-11-20T10:00"))),
            (TWO, Resolution(suspect=SAM, disposal="cr", state="withdrawn")),
        ),
        conditions=(
            (derived_id("c", "1"), Condition(suspect=SAM, resolution=ONE, what="Course", remedy=True)),
            (derived_id("c", "2"), Condition(suspect=SAM, resolution=ONE, withdrawn_why="Not available")),
            (derived_id("c", "3"), Condition(suspect=SAM, resolution=TWO, what="Apology")),
        ),
        gravities=((derived_id("g", "1"), Gravity(suspect=SAM, final=3)),),
    )  # fmt: skip
    facts = read(clinic=clinic)
    assert [one.what for one in facts.conditions] == ["Course"]
    assert (facts.disposal, facts.exceptional, facts.signed, facts.remedy_attached) == (
        "cc",
        "Late",
        True,
        True,
    )
    assert (facts.gravity, facts.matrix_default) == (3, "cc")
    assert facts.sources["exceptional"] == "Resolution"


def test_a_resolution_that_was_not_authorised_is_a_draft_again_and_counts() -> None:
    refused = Resolution(suspect=SAM, disposal="cc", state="refused", exceptional="The course starts late")
    assert read(clinic=ClinicFile(resolutions=((ONE, refused),))).exceptional == "The course starts late"


def test_responsibility_is_the_suspects_own_and_the_crimes_only_for_an_only_suspect() -> None:
    only = replace(FILE, suspects=FILE.suspects[:1])
    assert read(only, responsibility_accepted=True).responsibility is True
    assert read(responsibility_accepted=True).responsibility is None
    assert read(clinic=of_review(responsibility=True)).responsibility is True
    assert (
        read(only, responsibility_accepted=True, clinic=of_review(responsibility=False)).responsibility
        is False
    )


def test_what_is_charged_is_what_the_rules_judge() -> None:
    facts = read(offence_code="TH68010", offence_title="Theft from a shop", charge_code="th68023")
    assert (facts.offence_code, facts.mode, facts.offence) == ("TH68023", "indictable", "Robbery")


def test_who_decided_on_a_breach_is_read_from_the_decision_after_it() -> None:
    clinic = ClinicFile(
        conditions=((ONE, Condition(suspect=SAM, failed_on=Moment("2026-11-10"))),),
    )
    before = Decision(kind="out-of-court", subject=SAM, rank="insp", at=at("2026-11-01T10:00"))
    after = replace(before, rank="staff", at=at("2026-11-12T10:00"))
    assert read(dossier=Dossier(decisions=((ONE, before),)), clinic=clinic).breach_rank is None
    found = read(dossier=Dossier(decisions=((ONE, before), (TWO, after))), clinic=clinic)
    assert (found.breach, found.breach_rank) == (True, "staff")


@pytest.mark.parametrize("born", ["1800-01-01", "2030-01-01"])
def test_a_date_of_birth_that_nobody_has_gives_no_age(born: str) -> None:
    held = replace(FILE, suspects=((SAM, Suspect(name="Sam", dob=Moment(born))),))
    assert read(held).age is None
