"""Review, retention and disposal: what is due, what is kept, and that what is disposed of is gone."""

from datetime import date
from pathlib import Path

import pytest

from casedesk.desk import documents, record, retention, undo
from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE, SUSPECT
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.store.checks import rebuild, verify
from tests.conftest import FrozenClock
from tests.store.pages import decrypted_pages

MARK = "zebrafishmarker"


def filed(desk: Desk, ref: str, outcome_date: str = "2019-05-01", **facts: object) -> EntityId:
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.extract(
            CASE, case_id, case_id,
            {"ref": ref, "record_status": "filed", "outcome": "18", "outcome_date": Moment(outcome_date), **facts},  # type: ignore[dict-item]
            desk.now,
        )  # fmt: skip
    return case_id


def test_the_review_list_holds_closed_cases_whose_day_has_come(desk: Desk) -> None:
    filed(desk, "99190000001", "2019-05-01")
    filed(desk, "99210000002", "2021-05-01")
    filed(desk, "99190000003", "2019-05-01", flags=("da",))
    filed(desk, "99190000004", "2019-05-01", record_status="open")
    assert [(one.reference, one.due, one.group.id) for one in retention.reviews_due(desk)] == [
        ("99190000001", date(2025, 5, 1), "other")
    ]
    assert [one.reference for one in retention.reviews_due(desk, date(2029, 5, 1))] == [
        "99190000001", "99210000002", "99190000003",
    ]  # fmt: skip


def test_a_review_on_its_very_day_is_due_and_not_the_day_before(desk: Desk, clock: FrozenClock) -> None:
    filed(desk, "99190000001", "2019-05-01")
    assert not list(retention.reviews_due(desk, date(2025, 4, 30)))
    assert list(retention.reviews_due(desk, date(2025, 5, 1)))


def test_the_29th_of_february_is_reviewed_on_the_1st_of_march(desk: Desk) -> None:
    filed(desk, "99200000001", "2020-02-29")
    (one,) = retention.reviews_due(desk)
    assert one.due == date(2026, 3, 1)


def test_keeping_a_case_sets_its_next_review_and_can_be_undone(desk: Desk) -> None:
    case_id = filed(desk, "99190000001")
    retention.keep(desk, case_id, date(2030, 1, 1), "Linked to a live enquiry")
    assert not list(retention.reviews_due(desk))
    undo.undo(desk)
    assert [one.id for one in retention.reviews_due(desk)] == [case_id]


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_keeping_and_disposing_need_a_reason(desk: Desk, reason: str) -> None:
    case_id = filed(desk, "99190000001")
    with pytest.raises(BadInputError, match="reason"):
        retention.keep(desk, case_id, date(2030, 1, 1), reason)
    with pytest.raises(BadInputError, match="reason"):
        retention.dispose(desk, case_id, "Supt Sample", reason)


def test_an_open_case_and_one_without_authority_are_not_disposed_of(desk: Desk) -> None:
    closed, still_open = filed(desk, "99190000001"), filed(desk, "99190000002", record_status="open")
    with pytest.raises(BadInputError, match="authority"):
        retention.dispose(desk, closed, " ", "Review passed")
    with pytest.raises(BadInputError, match="is open"):
        retention.dispose(desk, still_open, "Supt Sample", "Review passed")
    assert desk.find("99190000001") == closed


def test_disposal_leaves_no_trace_of_the_words_in_the_file(desk: Desk) -> None:
    case_id = filed(desk, "99190000001", summary=f"{MARK} in the circumstances", location=f"{MARK} Street")
    other = filed(desk, "99190000002", summary="something else")
    with desk.store.unit_of_work("test") as unit:
        unit.set(SUSPECT, new_id(), case_id, {"name": f"{MARK} Sample"})
    record.add_log_entry(desk, case_id, f"Spoke to {MARK}")
    desk.store.save_draft(f"log {case_id.hex()}", {"text": f"{MARK} half typed"})
    desk.store.truncate_log()
    assert any(MARK.encode() in page.lower() for page in decrypted_pages(desk.store)), (
        "the search itself works"
    )

    retention.dispose(desk, case_id, "Supt Sample", "Review passed")

    assert not [
        number for number, page in enumerate(decrypted_pages(desk.store)) if MARK.encode() in page.lower()
    ]
    assert desk.find("99190000002") == other
    with pytest.raises(NotFoundError):
        desk.find("99190000001")


def test_disposal_leaves_no_trace_of_a_document_in_the_file(desk: Desk, tmp_path: Path) -> None:
    def marked() -> list[int]:
        return [at for at, page in enumerate(decrypted_pages(desk.store)) if MARK.encode() in page.lower()]

    case_id, other = filed(desk, "99190000001"), filed(desk, "99190000002")
    (tmp_path / f"{MARK}.txt").write_bytes(b"\n".join(b"%d " % n + MARK.encode() for n in range(20_000)))
    (tmp_path / "both.txt").write_bytes(b"kept for the other case")
    for name in (f"{MARK}.txt", "both.txt"):
        documents.attach(desk, case_id, tmp_path / name, title=name)
    kept = documents.attach(desk, other, tmp_path / "both.txt")
    desk.store.truncate_log()
    assert len(marked()) > 50

    retention.dispose(desk, case_id, "Supt Sample", "Review passed")

    assert marked() == []
    assert documents.read_text(desk, other, kept.id).text == "kept for the other case"
    report = verify(desk.store.connection)
    assert (report.problems, report.missing, report.documents.count) == ([], [], 1)
    assert rebuild(desk.store).differing == ()


def test_after_disposal_chains_hold_and_a_rebuild_brings_nothing_back(desk: Desk) -> None:
    case_id = filed(desk, "99190000001", summary=MARK)
    record.add_log_entry(desk, case_id, MARK)
    filed(desk, "99190000002")
    retention.dispose(desk, case_id, "Supt Sample", "Review passed")
    report = verify(desk.store.connection, every_signature=True)
    assert (report.problems, report.disposed) == ([], 2)
    assert rebuild(desk.store).differing == ()
    assert desk.store.connection.execute("SELECT count(*) FROM cases").fetchone() == (1,)
    assert desk.store.connection.execute("SELECT count(*) FROM queue").fetchone() == (1,)


def test_a_disposal_cannot_be_undone_and_what_it_erased_neither(desk: Desk) -> None:
    case_id = filed(desk, "99190000001")
    record.add_log_entry(desk, case_id, "Rang the OIC")
    retention.dispose(desk, case_id, "Supt Sample", "Review passed")
    with pytest.raises(BadInputError, match="cannot be undone"):
        undo.undo(desk)


def test_the_same_record_taken_in_again_is_a_case_again(desk: Desk) -> None:
    case_id = filed(desk, "99190000001")
    retention.dispose(desk, case_id, "Supt Sample", "Review passed")
    with desk.store.unit_of_work("test") as unit:
        unit.extract(CASE, case_id, case_id, {"ref": "99190000001", "record_status": "filed"}, desk.now)
    assert desk.find("99190000001") == case_id
    assert rebuild(desk.store).differing == ()
