"""The remand application summary: what it says, and what it says is missing."""

from dataclasses import replace
from pathlib import Path

import pytest

from casedesk.model.dossier import Decision, Dossier, Point, PreviousDisposal, RemandGround
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Case, CaseEvent, CaseFile, Custody, Suspect, Victim
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment
from casedesk.model.words import Confidence
from casedesk.reference.loading import PackEntryError
from casedesk.reference.packs import Packs
from casedesk.reference.remand import By, load_remand
from casedesk.rules.remand import remand, remand_summary
from tests.rules.clock_facts import at

PACKS = Packs()
CASE, SAM, KIM, VICTIM, CUSTODY, OTHER = (derived_id("test", w) for w in ("c", "sam", "kim", "v", "cu", "o"))
CHARGED = at("2026-11-20T18:00")
FILE = CaseFile(
    id=CASE,
    case=Case(ref="31CJ/1/26", offence_code="OF61102", offence_title="ABH", flags=("da",), summary="A push"),
    suspects=((SAM, Suspect(name="Sam Doe", dob=Moment("1990-01-01"), status="charged")),),
    victims=((VICTIM, Victim(kind="person", views="Afraid of him")),),
    custody=(
        (
            CUSTODY,
            Custody(
                suspect=SAM, suite="Keyham Lane", number="123/26", state="charged",
                arrested_at=at("2026-11-20T08:00"), charged_at=CHARGED,
            ),
        ),
    ),
)  # fmt: skip


def eid(number: int) -> EntityId:
    return EntityId(number.to_bytes(16, "big"))


def ground(name: str, *, relied_on: bool = True, evidence: str = "", conditions: str = "") -> RemandGround:
    return RemandGround(
        custody=CUSTODY, ground=name, relied_on=relied_on, evidence=evidence, conditions=conditions
    )


def dossier(*grounds: RemandGround, **parts: object) -> Dossier:
    parts.setdefault("previous", ((eid(90), PreviousDisposal(suspect=SAM, disposal="None")),))
    return Dossier(remand_grounds=tuple((eid(n), one) for n, one in enumerate(grounds)), **parts)  # type: ignore[arg-type] # by name


SOUND = ground("court-offend", evidence="Three assaults since May", conditions="Broke a no-contact condition")


def test_each_ground_stands_with_its_evidence_source_and_why_conditions_would_not_do() -> None:
    text = remand_summary(FILE, dossier(SOUND), PACKS, CUSTODY)
    expected = PACKS.remand.grounds["court-offend"]
    assert f"1. {expected.title} ({expected.source}; confirmed)" in text
    assert "Evidence: Three assaults since May" in text
    assert "Why conditions would not do: Broke a no-contact condition" in text
    assert "Sam Doe, born 1 Jan 1990" in text
    assert "Offence: ABH\n" in text
    assert "Charged: 20 Nov 2026 18:00" in text
    assert text.rstrip().endswith("STILL MISSING\nNothing.")


def test_the_charge_is_named_rather_than_the_recorded_offence() -> None:
    charged = replace(FILE, case=replace(FILE.case, charge_code="CJ88116"))
    assert "Offence: Assault by beating (CJ88116)" in remand_summary(charged, dossier(SOUND), PACKS, CUSTODY)


def test_a_ground_without_evidence_or_conditions_is_named_as_missing() -> None:
    found = remand(FILE, dossier(ground("court-surrender")), PACKS, CUSTODY)
    assert len(found.missing) == 2
    assert all("would fail to surrender" in one for one in found.missing)
    text = remand_summary(FILE, dossier(ground("court-surrender")), PACKS, CUSTODY)
    assert text.count("MISSING\n") >= 2


def test_grounds_considered_and_not_relied_on_are_listed_apart() -> None:
    other = ground("court-interfere", relied_on=False, evidence="No contact since arrest")
    text = remand_summary(FILE, dossier(SOUND, other), PACKS, CUSTODY)
    apart = text.split("CONSIDERED, NOT RELIED ON")[1].split("FOR THE DECISION")[0]
    assert PACKS.remand.grounds["court-interfere"].title in apart
    assert "No contact since arrest" in apart
    assert "CONSIDERED, NOT RELIED ON" not in remand_summary(FILE, dossier(SOUND), PACKS, CUSTODY)


def test_what_is_weighed_is_read_off_the_case() -> None:
    file = replace(
        FILE,
        events=((eid(1), CaseEvent(kind="breach", subject=CUSTODY, at=CHARGED, text="Went to her house")),),
    )
    written = dossier(
        SOUND,
        previous=(
            (eid(2), PreviousDisposal(suspect=SAM, on=Moment("2025-03"), offence="Battery", disposal="Fine")),
        ),
        points=(
            (eid(3), Point(what="Force", state="proved")),
            (eid(4), Point(what="Harm", state="arguable")),
        ),
        decisions=(
            (eid(5), Decision(kind="remand", subject=SAM, by="Ash", rank="sgt", text="Remand sought")),
        ),
    )
    text = remand_summary(file, written, PACKS, CUSTODY)
    for said in (
        "ABH; A push; domestic abuse",
        "Mar 2025 Battery, Fine",
        "breach of conditions 20 Nov 2026 18:00 (Went to her house)",
        "1 point proved; 1 point arguable",
        "Afraid of him",
        "by sgt Ash: Remand sought",
    ):
        assert said in text


def test_usual_conditions_are_those_that_meet_the_grounds_and_say_who_may_set_them() -> None:
    text = remand_summary(FILE, dossier(SOUND), PACKS, CUSTODY)
    listed = text.split("CONDITIONS CONSIDERED FIRST")[1].split("BEAR IN MIND")[0]
    assert "Live in a bail hostel (court only)" in listed
    assert "Hand in passport" not in listed


@pytest.mark.parametrize(("day", "said"), [("2026-03-21", False), ("2026-03-22", True)])
def test_the_test_of_custody_in_prospect_is_mentioned_from_the_day_it_applies(day: str, said: bool) -> None:
    charged = Custody(suspect=SAM, charged_at=at(f"{day}T12:00"))
    file = replace(FILE, custody=((CUSTODY, charged),))
    assert ("No real prospect of custody" in remand_summary(file, dossier(SOUND), PACKS, CUSTODY)) is said


def test_a_child_has_other_grounds_and_the_duty_to_accommodate() -> None:
    young = replace(FILE, suspects=((SAM, Suspect(name="Sam Doe", dob=Moment("2011-01-01"))),))
    text = remand_summary(young, dossier(SOUND), PACKS, CUSTODY)
    assert "(under 18)" in text
    assert "local-authority accommodation" in text
    assert "local-authority accommodation" not in remand_summary(FILE, dossier(SOUND), PACKS, CUSTODY)
    wrong = remand(young, dossier(ground("court-protection", evidence="x", conditions="x")), PACKS, CUSTODY)
    assert any("is for an adult" in one for one in wrong.missing)
    adult = remand(FILE, dossier(ground("court-welfare", evidence="x", conditions="x")), PACKS, CUSTODY)
    assert any("is for a child" in one for one in adult.missing)
    ids = {one.id for one in PACKS.remand.grounds_for(child=True)}
    assert {"co-interests", "court-welfare"} <= ids
    assert not {"co-sample", "court-protection"} & ids


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("co-offence", "OF61102", None),
        ("co-offence", "CJ67002", "Whether the offence is imprisonable"),
        ("co-injury", "OF61102", "is not open"),
        ("co-injury", "CJ67002", "Whether the offence is not imprisonable"),
    ],
)
def test_a_ground_that_rests_on_imprisonment_is_checked_against_the_offence(
    name: str, code: str, said: str | None
) -> None:
    file = replace(FILE, case=replace(FILE.case, offence_code=code))
    missing = remand(file, dossier(SOUND, ground(name, evidence="x", conditions="x")), PACKS, CUSTODY).missing
    assert [one for one in missing if said in one] if said else not missing


def test_what_the_application_lacks_besides_is_said() -> None:
    bare = CaseFile(id=CASE, case=Case(), custody=((CUSTODY, Custody()),), victims=((VICTIM, Victim()),))
    missing = " ".join(remand(bare, Dossier(), PACKS, CUSTODY).missing)
    for said in ("link the suspect", "when the person was charged", "none is relied on", "PNC", "views"):
        assert said in missing
    officer_only = remand(FILE, dossier(ground("co-appear", evidence="x", conditions="x")), PACKS, CUSTODY)
    assert any("for the court" in one for one in officer_only.missing)
    lost = remand(FILE, dossier(SOUND, ground("gone")), PACKS, CUSTODY)
    assert any("“gone”" in one for one in lost.missing)


def test_the_grounds_of_somebody_else_stay_out() -> None:
    file = replace(FILE, custody=(*FILE.custody, (OTHER, Custody(suspect=KIM))))
    theirs = replace(SOUND, custody=OTHER)
    assert remand(file, dossier(theirs), PACKS, CUSTODY).relied_on == ()
    assert len(remand(file, dossier(theirs), PACKS, OTHER).relied_on) == 1


def test_an_unknown_custody_record_is_refused() -> None:
    with pytest.raises(BadInputError, match="no such custody record"):
        remand_summary(FILE, Dossier(), PACKS, OTHER)


def test_the_pack_has_grounds_of_both_each_sourced_and_the_doubtful_limb_marked() -> None:
    grounds = PACKS.remand.grounds.values()
    assert {one.by for one in grounds} == set(By)
    assert all(one.source and one.ask for one in grounds)
    assert [one.id for one in grounds if one.status is Confidence.UNVERIFIED] == ["court-associated"]
    assert PACKS.remand.conditions["hostel"].court_only


def test_a_condition_against_an_unknown_ground_is_refused(tmp_path: Path) -> None:
    entry = (
        '[[condition]]\nid = "x"\ntitle = "X"\nagainst = ["court-offended"]\nby = "court"\n'
        'status = "convention"\nsource = "x"\n'
    )
    (tmp_path / "remand.toml").write_text(entry, encoding="utf-8")
    with pytest.raises(PackEntryError, match="there is no ground"):
        load_remand(tmp_path)
