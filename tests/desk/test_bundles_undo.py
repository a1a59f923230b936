"""Undo, history and disposal of cases on which several desks worked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, restricted, retention, team, undo
from casedesk.desk.desk import Desk
from casedesk.desk.history import case_history
from casedesk.desk.record import add_log_entry
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.history import recent_acts
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_two, say


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Two]:
    made = make_two(tmp_path, clock)
    yield made
    for desk in (made.ann, made.bob):
        assert not verify(desk.store.connection).problems
        assert not rebuild(desk.store).differing
        desk.close()


def both_have_it(two: Two, **fields: str) -> EntityId:
    case_id = a_shared_case(two.ann, **fields)
    two.send(two.ann)
    two.send(two.bob)
    return case_id


def location(desk: Desk, case_id: EntityId) -> str | None:
    return desk.case(case_id).file.case.location


def test_an_undo_reaches_the_colleague_and_a_redo_too(two: Two) -> None:
    case_id = both_have_it(two, location="here")
    say(two.ann, case_id, location="there")
    two.send(two.ann)
    undo.undo(two.ann)
    two.send(two.ann)
    assert location(two.bob, case_id) == "here"
    undo.redo(two.ann)
    two.send(two.ann)
    assert location(two.bob, case_id) == "there"
    assert not two.bob.store.connection.execute("SELECT * FROM conflict").fetchall()


def test_what_a_colleague_built_on_is_not_undone_and_it_says_who_and_where(two: Two) -> None:
    case_id = both_have_it(two)
    say(two.ann, case_id, location="there")
    act = recent_acts(two.ann.store.connection, 1, two.ann.store.device)[0]
    two.send(two.ann)
    say(two.bob, case_id, location="elsewhere")
    two.send(two.bob)
    with pytest.raises(BadInputError, match="changed since by 1002 at Bob"):
        undo.undo(two.ann, act)
    assert location(two.ann, case_id) == "elsewhere"


def test_what_is_in_conflict_is_decided_and_not_undone(two: Two) -> None:
    case_id = both_have_it(two)
    say(two.ann, case_id, location="there")
    act = recent_acts(two.ann.store.connection, 1, two.ann.store.device)[0]
    say(two.bob, case_id, location="elsewhere")
    two.send(two.bob)
    with pytest.raises(BadInputError, match="changed since by 1002 at Bob"):
        undo.undo(two.ann, act)


def test_an_undo_beside_what_a_colleague_did_meanwhile_is_asked_about(two: Two) -> None:
    """Neither knew of the other: both are kept, as with any two values."""
    case_id = both_have_it(two, location="here")
    say(two.ann, case_id, location="there")
    two.send(two.ann)
    undo.undo(two.ann)
    say(two.bob, case_id, location="elsewhere")
    two.send(two.ann)
    two.send(two.bob)
    for desk in (two.ann, two.bob):
        assert desk.store.connection.execute("SELECT field FROM conflict").fetchall() == [("location",)]
    one, other = (digests(desk.store.connection)["case"] for desk in (two.ann, two.bob))
    assert one == other


def test_what_a_colleague_did_is_not_undone_here(two: Two) -> None:
    case_id = both_have_it(two)
    say(two.bob, case_id, location="there")
    two.send(two.bob)
    act = recent_acts(two.ann.store.connection, 1)[0]
    with pytest.raises(BadInputError, match="done at Bob"):
        undo.undo(two.ann, act)
    assert undo.next_undo(two.ann) not in (act, None)
    assert all(device == two.ann.store.device for device in (one.device for one, _ in undo.latest(two.ann)))


def test_an_entry_that_a_colleague_corrected_is_not_undone(two: Two) -> None:
    case_id = both_have_it(two)
    entry = add_log_entry(two.ann, case_id, "Rang the shop")
    two.send(two.ann)
    add_log_entry(two.bob, case_id, "It was the bakery", about=entry)
    two.send(two.bob)
    with pytest.raises(BadInputError, match="corrected or withdrawn since by 1002"):
        undo.undo(two.ann)


def test_members_and_restrictions_are_changed_and_not_undone(two: Two) -> None:
    case_id = both_have_it(two)
    restricted.restrict(two.ann, case_id, [], "A source to protect")
    act = recent_acts(two.ann.store.connection, 1)[0]
    with pytest.raises(BadInputError, match="not undone") as refused:
        undo.undo(two.ann, act)
    assert "Lift the restriction" in refused.value.cure
    team.lost(two.ann, two.member(two.ann, two.bob), None, "Left on the train")
    found = undo.next_undo(two.ann)
    assert found is None or not found.name.startswith(("team.", "case.restrict"))


def test_the_history_says_who_and_at_which_desk(two: Two) -> None:
    case_id = both_have_it(two, location="here")
    say(two.bob, case_id, location="there")
    two.send(two.bob)
    for desk, mine, theirs in ((two.ann, "1001", "1002 at Bob"), (two.bob, "1001 at Ann", "1002")):
        told = [(one.who, one.after) for one in case_history(desk, case_id) if one.field == "Location"]
        assert told == [(theirs, "there"), (mine, "here")]


def test_the_history_leaves_out_what_was_not_allowed_and_says_what_is_not_here(two: Two) -> None:
    case_id = both_have_it(two)
    introduce(two.ann, two.bob, roles=())
    retention_case = closed(two.ann)
    two.send(two.ann, BundleKind.FULL)
    two.send(two.bob, BundleKind.FULL)
    retention.dispose(two.bob, retention_case, "Supt", "Review of 2026")
    two.send(two.bob)
    assert [one.field for one in case_history(two.ann, retention_case) if one.act == "a disposal"] == []
    assert two.ann.case(retention_case).file.case.ref == "42/9/26"
    restricted.restrict(two.ann, case_id, [], "A source to protect")
    say(two.ann, case_id, location="the safe house")
    two.send(two.ann)
    hidden = [one for one in case_history(two.bob, case_id) if one.field == "(not yours to read)"]
    assert [one.who for one in hidden] == ["1001 at Ann"]  # that it is restricted everybody may know


def closed(desk: Desk) -> EntityId:
    return a_shared_case(
        desk, "42/9/26", location="the old house", record_status="filed", outcome_date=Moment("2019-05-01")
    )


def test_a_disposal_takes_what_waits_and_what_was_typed_with_it_at_every_desk(two: Two) -> None:
    case_id = closed(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    two.clock.advance(timedelta(days=1))
    add_log_entry(two.ann, case_id, "Never sent")
    first = two.out(two.ann)
    (told,) = two.ann.store.connection.execute("SELECT have FROM peer").fetchone()
    two.ann.store.connection.execute("UPDATE peer SET have = ?", (told.replace(":2", ":3"),))
    add_log_entry(two.ann, case_id, "Waits for the first")
    assert bundle_in.take_in(two.bob, two.out(two.ann).path).gaps == ("needs 3 from Ann",)
    two.bob.store.save_draft(f"log {case_id.hex()}", {"text": "typed"})
    two.ann.store.save_draft(f"log {case_id.hex()}", {"text": "typed"})
    retention.dispose(two.bob, case_id, "Supt", "Review of 2026")
    for desk in (two.bob,):
        assert not desk.store.connection.execute("SELECT 1 FROM park WHERE payload IS NOT NULL").fetchall()
        assert not desk.store.connection.execute("SELECT 1 FROM draft").fetchall()
    two.send(two.bob)
    assert not two.ann.store.connection.execute("SELECT 1 FROM draft").fetchall()
    raw = b"".join(file.read_bytes() for file in two.ann.store.places.home.glob("casedesk.db-wal"))
    assert not raw  # what was erased does not stay in the log beside the database
    bundle_in.take_in(two.bob, first.path)
    two.send(two.bob)
    two.send(two.ann)
    two.send(two.bob)
    for desk in (two.ann, two.bob):  # what was written meanwhile outlives it, and comes back for a decision
        log = sorted(text for (text,) in desk.store.connection.execute("SELECT text FROM log_entry"))
        assert log == ["Never sent", "Waits for the first"]
        assert not desk.store.connection.execute("SELECT 1 FROM cases WHERE location IS NOT NULL").fetchall()


def test_a_disposal_of_a_restricted_case_reaches_those_who_had_read_it(two: Two) -> None:
    case_id = closed(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    assert location(two.bob, case_id) == "the old house"
    restricted.restrict(two.ann, case_id, [], "A source to protect")
    retention.dispose(two.ann, case_id, "Supt", "Review of 2026")
    two.send(two.ann)
    assert not two.bob.store.connection.execute("SELECT 1 FROM cases WHERE location IS NOT NULL").fetchall()
    found = two.bob.store.connection.execute(
        "SELECT entity FROM op WHERE case_id = ? AND payload IS NOT NULL AND kind <> 'dispose'", (case_id,)
    ).fetchall()
    assert found == [("restriction",)]  # which holds nothing of the case


def test_content_is_asked_for_and_sent_once_it_may_be_read(two: Two) -> None:
    """The next ordinary bundle brings what a restriction had kept back, after it was lifted."""
    case_id = a_shared_case(two.ann, location="the safe house")
    restricted.restrict(two.ann, case_id, [], "A source to protect")
    assert two.send(two.ann).taken.without_content == 2
    two.send(two.bob)  # Bob says what he lacks
    assert two.send(two.ann).taken.filled == 0
    restricted.lift_restriction(two.ann, case_id, "The trial is over")
    two.send(two.bob)
    assert two.send(two.ann).taken.filled == 2
    assert location(two.bob, case_id) == "the safe house"
    two.send(two.bob)
    assert two.send(two.ann).taken.held == 0  # nothing is asked for any more
