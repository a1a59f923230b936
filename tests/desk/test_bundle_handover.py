"""Cases given to another desk by a bundle, and given back; cover for a colleague who is ill."""

from datetime import date, timedelta

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, cover, restricted, team
from casedesk.desk.bundle_handover import hand_back, hand_to
from casedesk.desk.caseload import view_of
from casedesk.desk.colleagues import stranger
from casedesk.desk.desk import Desk
from casedesk.desk.documents import attach, read_text
from casedesk.desk.handover import loan
from casedesk.desk.record import add_log_entry
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.store.queue import QueueReader
from casedesk.store.records import read_dossier
from tests.desk.team_of_two import Two, a_shared_case


def owner(desk: Desk, case_id: EntityId) -> str | None:
    return desk.case(case_id).file.case.owner


def mine(desk: Desk) -> set[str]:
    """The references of what stands in somebody's own queue."""
    reader = QueueReader(desk.store.connection)
    return {row.ref for row in reader.rows(reader.first(view_of(desk, "mine")))}


def test_fifty_cases_are_lent_worked_on_and_given_back(two: Two) -> None:
    ids = [a_shared_case(two.ann, f"42/{number}/26") for number in range(50)]
    kept = a_shared_case(two.ann, "42/99/26")
    add_log_entry(two.ann, ids[0], "Rang the victim")
    bob = two.member(two.ann, two.bob)
    made = hand_to(
        two.ann,
        bob,
        ids,
        two.stick,
        note="Annual leave",
        first="Ring Mrs Larkin",
        until=two.clock.now + timedelta(days=7),
    )
    assert (len(made.handed.refs), made.handed.receivers, made.handed.doubt) == (50, ("1002",), "")
    assert made.exported.manifest.reason == "Annual leave"
    assert mine(two.ann) == {"42/99/26"}
    bundle_in.take_in(two.bob, made.exported.path)
    assert len(mine(two.bob)) == 50
    assert owner(two.ann, ids[7]) == owner(two.bob, ids[7]) == "1002"
    for desk in (two.ann, two.bob):
        ((_, entry),) = standing(read_dossier(desk.store.connection, ids[7]).handovers)
        assert (entry.giver, entry.receiver, entry.text, entry.first) == (
            "1001", "1002", "Annual leave", "Ring Mrs Larkin",
        )  # fmt: skip
        assert loan(read_dossier(desk.store.connection, ids[7])) is not None
    assert two.bob.case(ids[0]).file.log[0][1].text == "Rang the victim"
    add_log_entry(two.bob, ids[0], "She has moved")
    back = hand_back(two.bob, two.member(two.bob, two.ann), ids, two.stick, note="All done")
    two.clock.advance(timedelta(minutes=1))
    bundle_in.take_in(two.ann, back.exported.path)
    assert mine(two.bob) == set()
    assert len(mine(two.ann)) == 51
    assert [entry.text for _, entry in two.ann.case(ids[0]).file.log] == ["Rang the victim", "She has moved"]
    assert loan(read_dossier(two.ann.store.connection, ids[0])) is None
    with pytest.raises(BadInputError, match="not lent by Bob"):
        hand_back(two.ann, bob, [kept], two.stick, note="What")


def test_documents_go_with_a_case(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    file = two.stick.parent / "statement.txt"
    file.write_bytes(b"I saw it all")
    attach(two.ann, case_id, file)
    made = hand_to(two.ann, two.member(two.ann, two.bob), [case_id], two.stick, note="Yours")
    taken = bundle_in.take_in(two.bob, made.exported.path).taken
    assert taken.attachments == 1
    ((document, _),) = read_dossier(two.bob.store.connection, case_id).documents
    assert read_text(two.bob, case_id, document).text == "I saw it all"


def test_a_handover_that_cannot_be_written_did_not_happen(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = a_shared_case(two.ann)
    bob = two.member(two.ann, two.bob)
    with pytest.raises(BadInputError, match="no folder"):
        hand_to(two.ann, bob, [case_id], two.stick / "nowhere", note="Yours")
    assert not read_dossier(two.ann.store.connection, case_id).handovers

    def full(*_: object, **__: object) -> None:
        raise StoreError("The stick is full.", "Use another.")

    monkeypatch.setattr("casedesk.desk.bundles.export", full)
    with pytest.raises(StoreError, match="stick is full"):
        hand_to(two.ann, bob, [case_id], two.stick, note="Yours")
    assert owner(two.ann, case_id) == "1001"
    assert not standing(read_dossier(two.ann.store.connection, case_id).handovers)


def test_a_restricted_case_is_handed_only_to_whom_may_read_it(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    restricted.restrict(two.ann, case_id, [], "Source")
    with pytest.raises(BadInputError, match="may not read"):
        hand_to(two.ann, two.member(two.ann, two.bob), [case_id], two.stick, note="Yours")
    assert owner(two.ann, case_id) == "1001"


def test_what_a_colleague_s_desk_is_told_is_no_stranger(two: Two) -> None:
    assert stranger(two.ann, "1002") == ""
    assert stranger(two.ann, "1009").startswith("Nobody here")
    team.remove(two.ann, two.member(two.ann, two.bob), "Moved to another force")
    assert stranger(two.ann, "1002").startswith("Nobody here")


def test_cover_for_somebody_ill_reaches_their_desk_and_the_others(two: Two) -> None:
    """Ann is ill: Bob covers, from what the last bundle brought; she sees it when she is back."""
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    cover.cover(two.bob, "1001", "1002", date(2026, 11, 20), date(2026, 11, 27), "Ill")
    assert mine(two.bob) == {"42/1/26"}
    add_log_entry(two.bob, case_id, "Victim updated while Ann was away")
    two.send(two.bob, BundleKind.FULL)
    (away,) = cover.absences(two.ann)
    assert (away.away, away.cover, away.note) == ("1001", "1002", "Ill")
    assert two.ann.case(case_id).file.log[0][1].text == "Victim updated while Ann was away"
    cover.hand_back(two.ann, away.id)
    two.send(two.ann)
    assert mine(two.bob) == set()
