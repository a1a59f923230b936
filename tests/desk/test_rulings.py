"""Rulings: what an application must hold, who may decide, what an approval does, what is due."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk.check import check_case
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import CannotFinaliseError, finalise
from casedesk.desk.history import case_history
from casedesk.desk.review_state import ReviewState, standing_approval, state_of
from casedesk.desk.rulings import (
    Asked,
    add_liaison,
    ask,
    authority_title,
    decide,
    lacking,
    liaison_log,
    open_rulings,
)
from casedesk.desk.undo import undo
from casedesk.desk.worklist import export, worklist
from casedesk.model.errors import BadInputError
from casedesk.model.finalising import Ruling
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.store.finalised import read_finalising
from tests.conftest import FrozenClock
from tests.desk.crimes import add

NAMED = ({"name": "Kyle Roe", "status": "rui", "sub_status": "interviewed"},)
CANCEL = Asked(
    kind="cancellation",
    code="C2",
    reason="No theft took place.",
    information="The shop's CCTV shows the purse left on the counter; seen by PC Poe.",
    evidence_kind="cctv",
)
RECLASSIFY = Asked(
    kind="reclassification",
    to_class="034/01",
    reason="Force was used.",
    information="Body-worn video of the first account shows a push.",
    principal_checked=True,
)


@pytest.fixture
def crime(desk: Desk) -> EntityId:
    return add(desk, "42/1/26")


def ruling(desk: Desk, case_id: EntityId, ruling_id: EntityId) -> Ruling:
    return dict(read_finalising(desk.store.connection, case_id).rulings)[ruling_id]


def needed(desk: Desk, case_id: EntityId, asked: Asked) -> list[str]:
    return [one.what for one in lacking(desk, case_id, asked) if one.needed]


def test_a_cancellation_without_evidence_is_below_standard_and_says_what_is_missing(
    desk: Desk, crime: EntityId
) -> None:
    bare = Asked(kind="cancellation", code="C2", reason="Victim withdrew.")
    assert needed(desk, crime, bare) == [
        "additional verifiable information: what it is, where it comes from, how it was verified",
        "the kind of evidence",
    ]
    with pytest.raises(BadInputError, match="No notifiable crime occurred: the application lacks additional"):
        ask(desk, crime, bare)
    assert open_rulings(desk, answered=True) == []


def test_an_application_below_standard_can_be_recorded_as_sent_back(desk: Desk, crime: EntityId) -> None:
    bare = Asked(kind="cancellation", code="C2", reason="Victim withdrew.")
    made = ruling(desk, crime, ask(desk, crime, bare, send_back=True))
    assert (made.answer, made.decider) == ("sent-back", "7042")
    assert made.why is not None
    assert made.why.startswith("Lacks additional verifiable information")
    assert open_rulings(desk) == []
    assert [row.answer for row in open_rulings(desk, answered=True)] == ["sent-back"]


def test_a_withdrawal_is_no_verifiable_information(desk: Desk, crime: EntityId) -> None:
    withdrawal = Asked(
        kind="cancellation", code="C2", reason="x", information="Victim retracted her statement.",
        evidence_kind="document",
    )  # fmt: skip
    told = [one.what for one in lacking(desk, crime, withdrawal) if not one.needed]
    assert any(one.startswith("V22e: All that is recorded is that the victim withdrew") for one in told)
    assert not any(one.startswith("V22e") for one in (lack.what for lack in lacking(desk, crime, CANCEL)))


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        (Asked(kind="cancellation", code="C1", reason="x"), {"the kind of evidence"}),
        (
            Asked(
                kind="cancellation",
                code="C3",
                reason="x",
                information="y",
                evidence_kind="other-crime-record",
            ),
            {"that the principal crime was looked for"},
        ),
        (
            Asked(kind="reclassification", to_class="034/01", reason="x", information="y"),
            {"that the principal crime was looked for"},
        ),
        (
            Asked(
                kind="reclassification",
                to_class="046/00",
                reason="x",
                information="y",
                principal_checked=True,
            ),
            {"a class other than the one recorded"},
        ),
        (Asked(kind="outcome", code="18"), {"the reason"}),
        (Asked(kind="outcome", reason="x"), {"the code that is asked for"}),
        (Asked(kind="n100", code="victim-not-confirmed"), {"the reason"}),
        (CANCEL, set()),
        (RECLASSIFY, set()),
        (Asked(kind="n100", code="victim-not-confirmed", reason="x"), set()),
    ],
)
def test_each_kind_asks_for_its_own(desk: Desk, crime: EntityId, asked: Asked, missing: set[str]) -> None:
    assert set(needed(desk, crime, asked)) == missing


def test_an_outcome_that_its_rules_block_is_not_put_to_the_decision_maker(
    desk: Desk, crime: EntityId
) -> None:
    asked = Asked(kind="outcome", code="21", reason="Low harm.")
    found = needed(desk, crime, asked)
    assert any(one.startswith("V03a: Outcome 21 is for a named suspect") for one in found)
    assert not any("authoris" in one for one in found)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Asked(kind="banana"), "'banana' is not a kind of ruling"),
        (Asked(kind="cancellation", code="C9"), "'C9' is not a code for cancellation"),
        (Asked(kind="outcome", code="19", reason="x"), "'19' is not an outcome"),
        (
            Asked(kind="cancellation", code="C1", reason="x", evidence_kind="rumour"),
            "'rumour' is not evidence for Transferred",
        ),
    ],
)
def test_what_does_not_exist_is_refused(desk: Desk, crime: EntityId, asked: Asked, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        ask(desk, crime, asked)


def test_who_decides_depends_on_the_crime(desk: Desk, crime: EntityId) -> None:
    rape = add(desk, "42/2/26", ho_class="019/08", offence_code="SX03001")
    assert ruling(desk, crime, ask(desk, crime, CANCEL)).authority == "ddm"
    assert ruling(desk, rape, ask(desk, rape, CANCEL)).authority == "fcr"
    assert authority_title(desk, "fcr") == "Force Crime Registrar or deputy"


def test_an_approved_cancellation_goes_on_the_record_and_is_undone_with_it(
    desk: Desk, crime: EntityId
) -> None:
    asked = ask(desk, crime, CANCEL)
    file = desk.case(crime).file
    assert state_of(file, read_finalising(desk.store.connection, crime)) is ReviewState.REFERRED
    with pytest.raises(CannotFinaliseError, match="RULING: A ruling is still awaited"):
        finalise(desk, crime)
    decide(desk, crime, asked, "approved", decider="J. Marsh", rank="ddm", why="The CCTV is clear.")
    case = desk.case(crime).file.case
    assert (case.cancel_code, case.decided_by, case.decided_rank) == ("C2", "J. Marsh", "ddm")
    assert case.verifiable_information == CANCEL.information
    made = ruling(desk, crime, asked)
    assert (made.answer, made.decider, made.decider_rank, made.decided_at) == (
        "approved", "J. Marsh", "ddm", desk.now,
    )  # fmt: skip
    undo(desk)
    assert desk.case(crime).file.case.cancel_code is None
    assert [row.id for row in open_rulings(desk)] == [asked]


def test_an_approved_cancellation_takes_the_outcomes_place_and_is_finalised_and_exported(
    desk: Desk, tmp_path: Path
) -> None:
    crime = add(desk, "42/9/26", suspects=NAMED)
    assert {one.rule for one in check_case(desk, crime).findings if one.severity == "block"} == {"V02"}
    decide(desk, crime, ask(desk, crime, CANCEL), "approved", decider="Insp X", rank="ddm", why="Clear.")
    case = desk.case(crime).file.case
    assert (case.outcome, case.cancel_code, case.decided_by) == (None, "C2", "Insp X")
    assert (case.outcome_date, case.rationale) == ("2026-11-20", CANCEL.reason)
    history = [(one.field, one.before, one.after) for one in case_history(desk, crime)]
    assert ("Decision maker", "Sgt Roe", "Insp X") in history, (
        "who decided on the outcome stays in the history"
    )
    assert ("Outcome", "18", "") in history
    warns = [one.rule for one in check_case(desk, crime).findings]
    finalise(desk, crime, accept_warnings=warns)
    found = standing_approval(read_finalising(desk.store.connection, crime))
    assert found is not None
    assert (found[1].outcome, found[1].decided_by) == ("C2", "Insp X")
    export(desk, worklist(desk).rows, tmp_path / "key.csv")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "key.csv").read_text("utf-8-sig")))
    said = {title: value for title, value in row.items() if title and value in ("C2", "18")}
    assert list(said.values()) == ["C2"]
    assert "ancel" in next(iter(said))


def test_a_ruling_puts_the_crime_to_be_finalised_and_its_undo_gives_the_outcome_back(desk: Desk) -> None:
    crime = add(desk, "42/10/26", stage="returned")
    decide(desk, crime, ask(desk, crime, CANCEL), "approved", decider="Insp X", rank="ddm", why="Clear.")
    assert desk.case(crime).file.case.stage == "submitted"
    undo(desk)
    case = desk.case(crime).file.case
    assert (case.stage, case.outcome, case.cancel_code, case.decided_by) == (
        "returned",
        "18",
        None,
        "Sgt Roe",
    )


def test_an_approved_outcome_takes_the_place_of_a_cancellation(desk: Desk) -> None:
    crime = add(desk, "42/11/26", suspects=NAMED, outcome=None, cancel_code="C2", public_interest="Trivial")
    asked = ask(desk, crime, Asked(kind="outcome", code="10", reason="Not worth a prosecution."))
    decide(desk, crime, asked, "approved", decider="Ch Insp Tay", rank="ddm", why="Agreed.")
    case = desk.case(crime).file.case
    assert (case.outcome, case.cancel_code) == ("10", None)


def test_a_cancelled_crime_without_an_outcome_is_finalised_on_its_ruling(desk: Desk) -> None:
    crime = add(
        desk, "42/3/26", outcome=None, outcome_date=Moment("2026-11-19"), cancel_code="C4", oic="PC Lane",
        verifiable_information="The same form was typed twice.", decided_by="J. Marsh", decided_rank="ddm",
    )  # fmt: skip
    rules = {one.rule for one in check_case(desk, crime).findings}
    with pytest.raises(CannotFinaliseError, match="RULING: No ruling approves cancellation C4"):
        finalise(desk, crime, accept_warnings=rules)
    asked = ask(
        desk, crime,
        Asked(kind="cancellation", code="C4", reason="Typed twice", information="Both forms", evidence_kind="document"),
    )  # fmt: skip
    decide(desk, crime, asked, "approved", decider="J. Marsh", rank="ddm", why="Agreed.")
    finalise(desk, crime, accept_warnings=rules)
    found = standing_approval(read_finalising(desk.store.connection, crime))
    assert found is not None
    assert (found[1].outcome, found[1].rules) == ("C4", None)


def test_an_approved_reclassification_changes_the_class_a_refused_one_nothing(
    desk: Desk, crime: EntityId
) -> None:
    asked = ask(desk, crime, RECLASSIFY)
    assert (ruling(desk, crime, asked).from_class, ruling(desk, crime, asked).to_class) == (
        "046/00",
        "034/01",
    )
    decide(desk, crime, asked, "refused", decider="J. Marsh", rank="ddm", why="No force in law.")
    assert desk.case(crime).file.case.ho_class == "046/00"
    again = ask(desk, crime, RECLASSIFY)
    decide(desk, crime, again, "approved", decider="J. Marsh", rank="fcr", why="Robbery on the video.")
    assert desk.case(crime).file.case.ho_class == "034/01"


def test_an_approved_outcome_names_who_authorised_it(desk: Desk) -> None:
    crime = add(desk, "42/4/26", suspects=NAMED, outcome="15", public_interest="Trivial, first offence")
    asked = ask(desk, crime, Asked(kind="outcome", code="10", reason="Not worth a prosecution."))
    decide(desk, crime, asked, "approved", decider="Ch Insp Tay", rank="ddm", why="Agreed.")
    case = desk.case(crime).file.case
    assert (case.outcome, case.decided_by, case.decided_rank) == ("10", "Ch Insp Tay", "ddm")


@pytest.mark.parametrize("decider", ["PC Lane", " pc  lane ", "7050", "PC 7050"])
def test_the_officer_in_charge_never_decides(desk: Desk, crime: EntityId, decider: str) -> None:
    asked = ask(desk, crime, CANCEL)
    with pytest.raises(BadInputError, match="officer in charge cannot decide"):
        decide(desk, crime, asked, "approved", decider=decider, rank="ddm", why="x")
    assert ruling(desk, crime, asked).answer is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"answer": "maybe", "rank": "ddm"}, "'maybe' is not a decision"),
        ({"rank": "sgt"}, "for the designated decision maker; the decider's rank is sgt"),
        ({"rank": ""}, "the decider's rank is not given"),
        ({"rank": "boss"}, "'boss' is not a rank"),
        ({"rank": "ddm", "why": ""}, "The reason is empty"),
        ({"rank": "ddm", "decider": ""}, "The decider is empty"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    desk: Desk, crime: EntityId, given: dict[str, str], message: str
) -> None:
    asked = ask(desk, crime, CANCEL)
    said = {"answer": "approved", "decider": "J. Marsh", "why": "Clear.", **given}
    with pytest.raises(BadInputError, match=message):
        decide(desk, crime, asked, said.pop("answer"), **said)
    assert [row.id for row in open_rulings(desk)] == [asked]


def test_an_answer_is_given_once_and_by_its_own_case(desk: Desk, crime: EntityId) -> None:
    asked = ask(desk, crime, CANCEL)
    decide(desk, crime, asked, "sent-back", decider="J. Marsh", why="Whose video?")
    with pytest.raises(BadInputError, match="sent-back already"):
        decide(desk, crime, asked, "approved", decider="J. Marsh", rank="ddm", why="x")
    with pytest.raises(BadInputError, match="not one of this case"):
        decide(desk, crime, new_id(), "approved", decider="J. Marsh", rank="ddm", why="x")


def test_the_list_shows_what_waits_due_first_and_what_is_late(
    desk: Desk, crime: EntityId, clock: FrozenClock
) -> None:
    other = add(desk, "42/5/26")
    no_day = ask(desk, crime, RECLASSIFY)
    late = ask(desk, other, CANCEL, due_on=Moment("2026-11-25"))
    soon = ask(desk, crime, CANCEL, due_on=Moment("2026-11-24"), authority="fcr")
    rows = open_rulings(desk)
    assert [row.id for row in rows] == [soon, late, no_day]
    assert (rows[0].reference, rows[0].kind, rows[0].code, rows[0].asked_by, rows[0].overdue) == (
        "42/1/26", "cancellation", "C2", "7042", False,
    )  # fmt: skip
    clock.advance(timedelta(days=5))
    assert [row.overdue for row in open_rulings(desk)] == [True, False, False]
    assert [row.id for row in open_rulings(desk, kind="reclassification")] == [no_day]
    assert [row.id for row in open_rulings(desk, authority="fcr")] == [soon]
    assert [row.id for row in open_rulings(desk, case_ids=[other])] == [late]
    with pytest.raises(BadInputError, match="not a kind of ruling"):
        open_rulings(desk, kind="x")


def test_liaison_is_kept_apart_on_the_log(desk: Desk, crime: EntityId) -> None:
    add_liaison(desk, crime, "Scrutineer agrees: one victim, one crime.")
    ((_, entry),) = liaison_log(desk, crime)
    assert (entry.topic, entry.text) == ("liaison", "Scrutineer agrees: one victim, one crime.")
    undo(desk)
    assert liaison_log(desk, crime) == ()


def test_the_same_question_is_not_asked_twice_while_it_is_open(desk: Desk, crime: EntityId) -> None:
    first = ask(desk, crime, CANCEL)
    with pytest.raises(BadInputError, match="that is asked already") as refused:
        ask(desk, crime, CANCEL)
    assert "Wait for the answer" in refused.value.cure
    ask(desk, crime, RECLASSIFY)
    decide(desk, crime, first, "refused", decider="Insp Tay", rank="ddm", why="Not shown")
    ask(desk, crime, CANCEL)
    assert len(open_rulings(desk)) == 2
