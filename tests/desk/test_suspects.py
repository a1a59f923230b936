"""Suspects: what was said in interview, vulnerability, earlier disposals, the remand worksheet."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from casedesk.desk import suspects, undo
from casedesk.desk.desk import Desk
from casedesk.desk.handover_note import handover_note
from casedesk.desk.newcomers import Newcomer, add_person
from casedesk.desk.suspects import status_title
from casedesk.model.entities import CUSTODY
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Suspect, standing
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, moment_of_instant
from casedesk.rules.remand import remand
from casedesk.store.checks import rebuild
from casedesk.store.records import read_dossier
from tests.desk.cases import a_case, acts
from tests.desk.crimes import add
from tests.desk.extracts import operations


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_case(desk)


@pytest.fixture
def kyle(desk: Desk, case_id: EntityId) -> EntityId:
    return desk.case(case_id).file.suspects[0][0]


def _held(desk: Desk, case_id: EntityId, suspect: EntityId) -> Suspect:
    return dict(desk.case(case_id).file.suspects)[suspect]


def test_an_interview_records_the_suspect_as_interviewed_in_one_act(
    desk: Desk, case_id: EntityId, kyle: EntityId
) -> None:
    at, before = desk.now - timedelta(hours=1), acts(desk.store)
    suspects.interview(
        desk, case_id, account="admission", at=at, voluntary=False, legal_advice="declined", text="I hit him"
    )
    assert acts(desk.store) == before + 1
    held = _held(desk, case_id, kyle)
    assert (held.interviewed_on, held.admitted) == (moment_of_instant(at), True)
    ((_, said),) = read_dossier(desk.store.connection, case_id).interviews
    assert (said.suspect, said.offence, said.account, said.legal_advice) == (
        kyle, "CJ88116", "admission", "declined",
    )  # fmt: skip
    undo.undo(desk)
    held = _held(desk, case_id, kyle)
    assert (held.interviewed_on, held.admitted) == (None, None)
    assert standing(read_dossier(desk.store.connection, case_id).interviews) == ()
    assert rebuild(desk.store).differing == ()


@pytest.mark.parametrize(
    ("accounts", "admitted"),
    [
        (["denial"], False),
        (["no-comment"], False),
        (["prepared-statement"], None),
        (["part-admission"], None),
        (["no-comment", "admission"], True),
        (["admission", "denial"], True),
        (["prepared-statement", "self-defence"], False),
    ],
)
def test_accounts_add_up(
    desk: Desk, case_id: EntityId, kyle: EntityId, accounts: list[str], admitted: bool | None
) -> None:
    first = desk.now - timedelta(hours=2)
    for number, account in enumerate(accounts):
        suspects.interview(desk, case_id, kyle, account=account, at=first + timedelta(minutes=number))
    held = _held(desk, case_id, kyle)
    assert held.admitted is admitted
    assert held.interviewed_on == moment_of_instant(first)


def test_a_correction_corrects_the_suspect_too(desk: Desk, case_id: EntityId, kyle: EntityId) -> None:
    wrong = suspects.interview(desk, case_id, account="admission", at=desk.now - timedelta(hours=2)).id
    right = desk.now - timedelta(hours=1)
    suspects.interview(desk, case_id, account="denial", at=right, about=wrong)
    held = _held(desk, case_id, kyle)
    assert (held.interviewed_on, held.admitted) == (moment_of_instant(right), False)
    told = read_dossier(desk.store.connection, case_id).interviews
    assert len(told) == 2
    assert [said.account for _, said in standing(told)] == ["denial"]


def test_an_interview_in_custody_cannot_lie_before_the_arrest(desk: Desk, case_id: EntityId) -> None:
    before, count = desk.now - timedelta(hours=5), operations(desk.store)
    with pytest.raises(BadInputError, match="lies before the arrest") as refused:
        suspects.interview(desk, case_id, account="denial", at=before)
    assert "voluntary" in refused.value.cure
    assert operations(desk.store) == count
    suspects.interview(desk, case_id, account="denial", at=before, voluntary=True)


def test_which_of_two_suspects_must_be_said(desk: Desk, case_id: EntityId) -> None:
    lee = add_person(desk, case_id, "suspect", Newcomer(name="Lee"))
    with pytest.raises(BadInputError, match="has 2 suspects"):
        suspects.interview(desk, case_id, account="denial")
    suspects.interview(desk, case_id, lee, account="denial")
    assert _held(desk, case_id, lee).admitted is False


def test_a_vulnerable_person_needs_an_appropriate_adult(desk: Desk, case_id: EntityId) -> None:
    assert "appropriate adult is needed" in suspects.set_vulnerability(desk, case_id, vulnerable=True)
    told = suspects.interview(desk, case_id, account="denial")
    assert "No appropriate adult is recorded for this interview." in told.warnings
    assert suspects.set_vulnerability(desk, case_id, appropriate_adult="His mother") == ""
    ((_, custody),) = desk.case(case_id).file.custody
    assert (custody.vulnerable, custody.appropriate_adult) == (True, "His mother")


def test_earlier_disposals_and_that_there_are_none(desk: Desk, case_id: EntityId, kyle: EntityId) -> None:
    suspects.previous_disposal(
        desk, case_id, disposal="Community order", offence="TH68010", on=Moment("2024-05"), note="Breached"
    )
    suspects.previous_disposal(desk, case_id, kyle, none=True)
    (_, one), (_, none) = read_dossier(desk.store.connection, case_id).previous
    assert (one.suspect, one.disposal, one.on, one.note) == (kyle, "Community order", "2024-05", "Breached")
    assert (none.disposal, none.on) == (suspects.NO_DISPOSALS, "2026-11-20")


def test_a_ground_has_one_place_and_fills_the_application(desk: Desk, case_id: EntityId) -> None:
    custody_id = desk.case(case_id).file.custody[0][0]
    grounds = [one for one in desk.packs.remand.grounds_for(child=False) if one.by == "court"]
    first = grounds[0].id
    suspects.remand_ground(desk, case_id, first, relied_on=False)
    said = suspects.remand_ground(desk, case_id, first, relied_on=True, evidence="Failed to appear twice")
    assert "conditions" in said
    assert suspects.remand_ground(
        desk, case_id, first, relied_on=True, evidence="Failed to appear twice", conditions="Broke a curfew"
    ) == ""  # fmt: skip
    dossier = read_dossier(desk.store.connection, case_id)
    assert len(dossier.remand_grounds) == 1
    found = remand(desk.case(case_id).file, dossier, desk.packs, custody_id)
    ((ground, evidence, conditions),) = (
        (one.ground.id, one.evidence, one.conditions) for one in found.relied_on
    )
    assert (ground, evidence, conditions) == (first, "Failed to appear twice", "Broke a curfew")


def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    desk: Desk, case_id: EntityId, kyle: EntityId
) -> None:
    before, ahead = operations(desk.store), desk.now + timedelta(hours=1)
    ground = next(iter(desk.packs.remand.grounds))
    refused: dict[str, Callable[[], object]] = {
        "not a kind of account": lambda: suspects.interview(desk, case_id, account="sulking"),
        "in the future": lambda: suspects.interview(desk, case_id, account="denial", at=ahead),
        "suspect is not in this case": lambda: suspects.interview(desk, case_id, new_id(), account="denial"),
        "interview is not in this case": lambda: suspects.interview(
            desk, case_id, account="denial", about=new_id()
        ),
        "word for legal advice": lambda: suspects.interview(
            desk, case_id, account="denial", legal_advice="perhaps"
        ),
        "recorded already": lambda: suspects.set_vulnerability(desk, case_id),
        "disposal is empty": lambda: suspects.previous_disposal(desk, case_id),
        "or there is none": lambda: suspects.previous_disposal(desk, case_id, none=True, disposal="Fine"),
        "lies in the future": lambda: suspects.previous_disposal(
            desk, case_id, disposal="Fine", on=Moment("2027-01-01")
        ),
        "not a ground": lambda: suspects.remand_ground(
            desk, case_id, "dislike", relied_on=True, evidence="x"
        ),
        "evidence for it is empty": lambda: suspects.remand_ground(desk, case_id, ground, relied_on=True),
        "arrest is not in this case": lambda: suspects.remand_ground(
            desk, case_id, ground, relied_on=False, custody_id=new_id()
        ),
    }
    for words, act in refused.items():
        with pytest.raises(BadInputError, match=words) as error:
            act()
        assert error.value.cure, words
    assert operations(desk.store) == before


def test_an_interview_before_the_offence_is_refused(desk: Desk) -> None:
    case_id = add(desk, "42/9/26", offence_from=Moment("2026-11-10"), suspects=[{"name": "Lee Moss"}])
    with pytest.raises(BadInputError, match="lies before the offence"):
        suspects.interview(
            desk, case_id, account="denial", at=desk.now - timedelta(days=30), voluntary=True, text="No"
        )
    assert read_dossier(desk.store.connection, case_id).interviews == ()
    suspects.interview(desk, case_id, account="denial", at=desk.now - timedelta(days=2), voluntary=True)
    assert len(read_dossier(desk.store.connection, case_id).interviews) == 1


@pytest.mark.parametrize(
    ("said", "state", "title"),
    [
        ("in-custody", None, "in custody"),
        ("in-custody", "bailed", "on bail"),
        ("bailed", "charged", "charged"),
        ("in-custody", "rui", "RUI"),
        ("charged", "bailed", "charged"),
        ("dealt-with", "released", "dealt with"),
        (None, None, ""),
    ],
)
def test_a_suspect_stands_where_the_latest_arrest_stands(
    desk: Desk, said: str | None, state: str | None, title: str
) -> None:
    suspect = {"name": "Lee Moss", **({"status": said} if said else {})}
    case_id = add(desk, "42/9/26", suspects=[suspect])
    own = desk.case(case_id).file.suspects[0][0]
    if state:
        with desk.store.unit_of_work("test") as unit:
            unit.set(CUSTODY, new_id(), case_id, {"suspect": own, "state": "detained"})
            unit.set(CUSTODY, new_id(), case_id, {"suspect": own, "state": state})
    assert status_title(desk.case(case_id).file, own) == title
    assert f"Suspect Lee Moss: {title or 'nothing recorded'}" in handover_note(desk, case_id)
