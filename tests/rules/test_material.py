"""What a referral needs at each stage, and what shows that it is there."""

from dataclasses import replace

import pytest

from casedesk.model.dossier import (
    Decision,
    Document,
    Dossier,
    Exhibit,
    Interview,
    Point,
    PreviousDisposal,
    RemandGround,
)
from casedesk.model.facts import Action, Case, CaseEvent, CaseFile, Custody, Suspect, Victim, Witness
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment
from casedesk.reference.charging_words import APPLIES_TITLES, STAGE_TITLES, Applies, Fact, Need, Stage
from casedesk.reference.packs import Packs
from casedesk.rules.material import Have, MaterialItem, material
from casedesk.rules.material_facts import SHOWN, WANTED
from tests.rules.clock_facts import at

PACKS = Packs()
CASE, SAM, VICTIM, WITNESS, CUSTODY = (derived_id("test", word) for word in ("c", "sam", "v", "w", "cu"))
NOW = at("2026-11-20T10:00")
A, B, C, D, E, F = Stage


def eid(number: int) -> EntityId:
    return EntityId(number.to_bytes(16, "big"))


def case(**facts: object) -> CaseFile:
    facts.setdefault("flags", ())
    facts.setdefault("offence_code", "OF61102")
    return CaseFile(
        id=CASE,
        case=Case(**facts),  # type: ignore[arg-type] # by name
        suspects=((SAM, Suspect(name="Sam", status="named")),),
        victims=((VICTIM, Victim(name="Zoë", kind="person", enhanced=False)),),
    )


def papers(*titles: str) -> Dossier:
    return Dossier(documents=tuple((eid(n), Document(title=title)) for n, title in enumerate(titles)))


def one(found: tuple[MaterialItem, ...], item: str) -> MaterialItem:
    (hit,) = [each for each in found if each.id == item]
    return hit


def judged(
    item: str, stage: Stage, file: CaseFile | None = None, dossier: Dossier | None = None
) -> MaterialItem:
    return one(material(file or case(), dossier or Dossier(), PACKS, stage), item)


# -- by stage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "needed"),
    [
        (A, {"request", "supervisor", "statements", "interview", "pnc-suspect", "da-checklist", "charges"}),
        (B, {"request", "schedules", "presumption", "lines", "statements", "pnc-suspect"}),
        (C, {"disclosure-information", "tt-rationale", "timetable", "mg7", "detention", "pnc-suspect"}),
        (D, {"mg4", "mg5", "pnc-suspect", "statements"}),
        (E, {"mg4", "mg5", "mg6", "mg9", "mg10", "mg12", "schedules", "interview"}),
        (F, {"schedules-full", "mg4", "mg6b", "mg9"}),
    ],
)
def test_each_stage_asks_for_its_own_material(stage: Stage, needed: set[str]) -> None:
    file = replace(
        case(flags=("da",), offence_code="TH68023"),
        custody=((CUSTODY, Custody(suspect=SAM, state="detained")),),
    )
    missing = {each.id for each in material(file, Dossier(), PACKS, stage) if each.have is Have.MISSING}
    assert needed <= missing


def test_a_guilty_plea_needs_no_schedules_and_the_threshold_test_information_instead() -> None:
    assert judged("schedules", A).have is Have.NOT_NEEDED
    assert judged("schedules", C).have is Have.NOT_NEEDED
    assert judged("schedules", B).have is Have.MISSING
    assert "schedules" not in [each.id for each in material(case(), Dossier(), PACKS, F)]


def test_what_is_missing_comes_first_and_bears_the_reason_the_cps_would_give() -> None:
    found = material(case(), papers("MG11 Zoë"), PACKS, B)
    order = [each.have for each in found]
    assert order == sorted(order, key=[Have.MISSING, Have.UNKNOWN, Have.HAVE, Have.NOT_NEEDED].index)
    assert one(found, "schedules").code == "TR02"
    assert one(found, "request").code == "TR03"


def test_what_only_the_cps_needs_is_not_asked_of_a_police_charge() -> None:
    summary = case(offence_code="CJ67002")
    assert judged("request", A, summary).have is Have.NOT_NEEDED
    assert judged("request", A, case(offence_code="PH97004")).have is Have.MISSING
    unsettled = judged("request", A, case())
    assert unsettled.have is Have.UNKNOWN
    told = material(case(), Dossier(), PACKS, A, cps=True)
    assert one(told, "request").have is Have.MISSING


# -- what shows it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "item"),
    [
        ("MG11 Zoë", "statements"),
        ("mg 11 zoe.pdf", "statements"),
        ("Statement of Wyn", "statements"),
        ("MG06C schedule", "schedules"),
        ("SDC signed", "schedules"),
        ("MG3A further report", "request"),
        ("MG15 ROTI", "interview"),
        ("PNC print Sam", "pnc-suspect"),
        ("Body-worn video PC 7042", "media"),
        ("CCTV_shop.mp4", "media"),
        ("Hospital: medical statement", "injury"),
    ],
)
def test_a_document_is_known_by_its_form_or_its_words(title: str, item: str) -> None:
    found = judged(item, B, dossier=papers(title))
    assert (found.have, found.why) == (Have.HAVE, title)


@pytest.mark.parametrize(
    ("title", "item", "stage"),
    [
        ("MG4A bail", "mg4", D),
        ("MG6 information", "schedules", B),
        ("MG110", "statements", B),
        ("Statements overview", "statements", B),
    ],
)
def test_a_like_sounding_paper_is_not_taken_for_it(title: str, item: str, stage: Stage) -> None:
    assert judged(item, stage, dossier=papers(title)).have is not Have.HAVE


def test_a_document_that_was_taken_off_counts_no_more() -> None:
    gone = Dossier(documents=((eid(1), Document(title="MG11 Zoë", removed=True)),))
    assert judged("statements", B, dossier=gone).have is Have.MISSING


def test_an_open_action_says_that_it_was_asked_for_and_a_finished_one_does_not_show_it() -> None:
    action = Action(what="Get the CCTV from the shop", due_at=at("2026-12-03T12:00"))
    file = replace(case(), actions=((eid(1), action),))
    found = judged("media", B, file)
    assert found.have is Have.MISSING
    assert found.why == "Asked for: Get the CCTV from the shop, due 3 Dec 2026"
    done = replace(file, actions=((eid(1), replace(action, done_at=NOW)),))
    assert judged("media", B, done).have is Have.UNKNOWN


FULL = replace(
    case(charge_code="OF61102", oic_contact="07700 900001", summary="A push", location="High St"),
    case=Case(
        flags=(), offence_code="OF61102", charge_code="OF61102", oic_contact="07700 900001", summary="A push",
        location="High St", offence_from=Moment("2026-11-01"),
    ),
    suspects=((SAM, Suspect(name="Sam", status="named", dob=Moment("1990-01-01"))),),
    victims=(
        (
            VICTIM,
            Victim(
                kind="person", enhanced=True, needs="Seen", statement="declined", views="Charge him",
                special_measures="Screens", compensation="£50",
            ),
        ),
    ),
    witnesses=((WITNESS, Witness(statement_on=Moment("2026-11-02"), availability="None in May")),),
    custody=((CUSTODY, Custody(suspect=SAM, state="bailed", arrested_at=NOW)),),
    actions=((eid(1), Action(what="Lab", evidence="Result", due_at=at("2026-12-03T12:00"))),),
    events=((eid(2), CaseEvent(kind="statement-taken", at=NOW)),),
)  # fmt: skip
WRITTEN = Dossier(
    interviews=((eid(1), Interview(suspect=SAM, at=NOW, account="no-comment", text="No comment")),),
    previous=((eid(2), PreviousDisposal(suspect=SAM, disposal="None")),),
    remand_grounds=((eid(3), RemandGround(ground="court-offend", relied_on=True, evidence="Pattern")),),
    points=((eid(4), Point(what="Force", state="proved")),),
    decisions=((eid(5), Decision(kind="refer-to-cps", text="Because")),),
    exhibits=((eid(6), Exhibit(reference="ZB/1", what="Photographs")),),
)


@pytest.mark.parametrize("fact", Fact)
def test_every_fact_is_seen_where_it_is_recorded_and_nowhere_else(fact: Fact) -> None:
    assert SHOWN[fact](FULL, WRITTEN)
    assert SHOWN[fact](CaseFile(id=CASE, case=Case()), Dossier()) is None


def test_every_condition_can_be_told() -> None:
    assert set(WANTED) | {Applies.CPS} == set(Applies)
    assert set(STAGE_TITLES) == set(Stage)
    assert set(APPLIES_TITLES) == set(Applies)


@pytest.mark.parametrize(
    ("applies", "file", "wanted"),
    [
        (Applies.DOMESTIC_ABUSE, case(flags=("da",)), True),
        (Applies.DOMESTIC_ABUSE, case(), False),
        (Applies.DOMESTIC_ABUSE, case(flags=None), None),
        (Applies.VICTIM_PERSON, case(), True),
        (Applies.VICTIM_PERSON, replace(case(), victims=()), None),
        (Applies.VICTIM_PERSON, replace(case(), victims=((VICTIM, Victim(kind="state")),)), False),
        (Applies.VULNERABLE, case(), False),
        (Applies.VULNERABLE, replace(case(), victims=((VICTIM, Victim(kind="person")),)), None),
        (Applies.VULNERABLE, FULL, True),
        (Applies.INJURY, case(), True),
        (Applies.INJURY, case(offence_code="TH68010"), False),
        (Applies.INJURY, case(offence_code=None), None),
        (Applies.DAMAGE_OR_LOSS, case(offence_code="CD71039"), True),
        (Applies.DRUGS, case(offence_code="MD71530"), True),
        (Applies.REMAND, case(), False),
        (Applies.REMAND, replace(case(), custody=((CUSTODY, Custody(state="detained")),)), True),
        (Applies.BAILED, FULL, True),
    ],
)
def test_what_calls_for_an_item(applies: Applies, file: CaseFile, wanted: bool | None) -> None:
    assert WANTED[applies](file, PACKS) is wanted


def test_the_personal_statement_of_every_victim_must_be_settled() -> None:
    assert judged("vps", B, FULL, WRITTEN).have is Have.HAVE
    second = replace(FULL, victims=(*FULL.victims, (eid(9), Victim(kind="person"))))
    assert judged("vps", B, second, WRITTEN).have is Have.MISSING


def test_a_full_file_lacks_only_papers() -> None:
    missing = {each.id for each in material(FULL, WRITTEN, PACKS, B) if each.have is Have.MISSING}
    assert missing.isdisjoint(
        {"statements", "interview", "pnc-suspect", "oic-contact", "charges", "vps", "mg2"}
    )
    assert "schedules" in missing


@pytest.mark.parametrize("item", PACKS.charging.items.values(), ids=lambda one: one.id)
def test_an_item_that_must_be_there_can_be_shown(item) -> None:  # type: ignore[no-untyped-def] # parametrised
    if Need.MUST in item.stages.values():
        assert item.forms or item.words or item.facts
