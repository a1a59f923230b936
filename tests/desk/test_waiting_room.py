"""What came and could not be taken in: why, of whom, what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, bundles, restricted, team, waiting_room
from casedesk.desk.access import page
from casedesk.desk.desk import Desk
from casedesk.desk.waiting_room import DROP, RETRY, Reason, Waiting
from casedesk.model.entities import APPROVAL, CASE, MEMBER
from casedesk.model.errors import BadInputError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.store.checks import verify
from casedesk.store.incoming import Why
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, say


@contextmanager
def eve(two: Two, tmp_path: Path, clock: FrozenClock) -> Iterator[Desk]:
    """A third desk, whom Ann knows and Bob does not."""
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as made:
        introduce(made, two.ann)
        introduce(two.ann, made)
        yield made


def only(desk: Desk) -> Waiting:
    (one,) = waiting_room.waiting(desk)
    return one


def leave_a_gap(two: Two) -> None:
    """Ann's operation 3 does not come to Bob, her 4 does."""
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    say(two.ann, case_id, summary="One")
    (told,) = two.ann.store.connection.execute("SELECT have FROM peer").fetchone()
    two.ann.store.connection.execute("UPDATE peer SET have = ?", (told.replace(":2", ":3"),))
    say(two.ann, case_id, summary="Two")
    two.send(two.ann)


def test_nothing_waits_at_first(two: Two) -> None:
    a_shared_case(two.ann)
    two.send(two.ann)
    assert waiting_room.waiting(two.bob) == []
    assert waiting_room.count(two.bob) == 0


def test_a_gap_names_the_numbers_and_whom_to_ask(two: Two) -> None:
    leave_a_gap(two)
    one = only(two.bob)
    assert (one.reason, one.count, one.who) == (Reason.GAP, 1, "Ann")
    assert one.detail == "needs 3 from Ann"
    assert "Ask Ann for a full bundle" in one.what_to_do
    assert one.cases == ("42/1/26",)
    assert (one.can, one.is_urgent) == ((RETRY,), False)
    assert waiting_room.count(two.bob) == 1
    assert waiting_room.retry(two.bob).freed == 0
    with pytest.raises(BadInputError, match="not to be dropped"):
        waiting_room.drop(two.bob, one, "In the way")
    two.send(two.ann, BundleKind.FULL)
    assert waiting_room.waiting(two.bob) == []


def test_work_of_a_stranger_waits_until_their_card_is_enrolled(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with eve(two, tmp_path, clock) as third:
        case_id = a_shared_case(third, "42/9/26")
        made = bundles.export(third, [two.member(third, two.ann)], two.stick)
        bundle_in.take_in(two.ann, made.path)
        team.set_roles(two.bob, two.member(two.bob, two.ann), ())  # so that Ann's word on Eve is not taken
        taken = two.send(two.ann).taken
        assert taken.parked[Why.UNKNOWN] == 2
        one = next(each for each in waiting_room.waiting(two.bob) if each.reason is Reason.UNKNOWN)
        assert one.from_whom == ("Ann",)
        assert "team enrol" in one.what_to_do
        introduce(two.bob, third)
        assert waiting_room.retry(two.bob).freed == 2
        assert two.bob.case(case_id).file.case.ref == "42/9/26"


def test_what_the_author_may_not_do_waits_for_the_role(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    team.set_roles(two.bob, two.member(two.bob, two.ann), ())
    with two.ann.store.unit_of_work("test") as unit:
        unit.entry(APPROVAL, new_id(), case_id, {"at": unit.now, "outcome": "18"})
    assert two.send(two.ann).taken.not_allowed == 2  # the approval, and that Bob is a member
    one = only(two.bob)  # that Bob is a member he need not be told
    assert (one.reason, one.count, one.detail) == (Reason.NO_ROLE, 1, "approval")
    assert one.cases == ("42/1/26",)
    assert "team roles" in one.what_to_do
    assert waiting_room.count(two.bob) == 1
    team.set_roles(two.bob, two.member(two.bob, two.ann), ("approval", "membership"))
    assert waiting_room.retry(two.bob).filled == 2
    assert waiting_room.waiting(two.bob) == []


def test_whom_a_colleague_made_a_member_is_told_and_not_counted(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    team.set_roles(two.bob, two.member(two.bob, two.ann), ("approval",))
    with eve(two, tmp_path, clock):
        two.send(two.ann)
        one = only(two.bob)
        assert (one.reason, one.detail, one.is_urgent) == (Reason.VOUCHED, "Eve", False)
        assert one.what_to_do.startswith("Nothing: ")
        assert waiting_room.count(two.bob) == 0


def test_a_member_who_gives_another_one_other_keys_is_looked_into(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with eve(two, tmp_path, clock) as third:
        introduce(two.bob, third)
        own = EntityId(third.store.identity.device)
        with two.ann.store.unit_of_work("test") as unit:
            unit.set(MEMBER, own, TEAM, {"key": encode(b"k" * 32), "name": "Eve"})
        two.send(two.ann)
        one = only(two.bob)
        assert (one.reason, one.detail, one.who, one.is_urgent) == (Reason.KEYS, "Eve", "Ann", True)
        assert waiting_room.count(two.bob) == 1


def test_what_is_restricted_to_others_is_told_and_not_counted(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    restricted.restrict(two.ann, case_id, [], "Source")
    two.send(two.ann)
    one = only(two.bob)
    assert (one.reason, one.count, one.cases, one.can) == (Reason.NO_CONTENT, 2, (), ())
    assert one.what_to_do.startswith("All is well.")
    assert waiting_room.count(two.bob) == 0


def test_what_is_forged_is_dropped_with_a_reason_that_the_access_log_keeps(two: Two) -> None:
    leave_a_gap(two)
    two.bob.store.connection.execute("UPDATE park SET why = 'signature'")
    one = only(two.bob)
    assert (one.reason, one.is_urgent, one.can) == (Reason.FORGED, True, (DROP,))
    with pytest.raises(BadInputError, match="reason"):
        waiting_room.drop(two.bob, one, "")
    assert waiting_room.drop(two.bob, one, "Ann did not write it") == 1
    assert waiting_room.waiting(two.bob) == []
    line = page(two.bob).entries[0]
    assert (line.kind, "bundle.drop" in line.detail) == ("erasure", True)
    assert "Ann did not write it" in line.detail
    assert not verify(two.bob.store.connection).problems


def test_what_was_written_after_a_loss_waits_for_a_person(two: Two) -> None:
    leave_a_gap(two)
    two.bob.store.connection.execute("UPDATE park SET why = 'after-loss'")
    ann = two.member(two.bob, two.ann)
    assert only(two.bob).what_to_do == "Ann is a member again: try again."
    team.lost(two.bob, ann, None, "Left on the train")
    one = only(two.bob)
    assert "information security" in one.what_to_do
    assert '“casedesk team lost "Ann" --upto N --why …”' in one.what_to_do
    assert "(4 is the last that waits)" in one.what_to_do
    assert "Do not enrol" in one.what_to_do
    assert (one.detail, one.is_urgent) == ("changes 4–4", True)


def beyond(two: Two, tmp_path: Path, clock: FrozenClock, how: str) -> tuple[EntityId, list[str]]:
    """What of Eve's work, after she was lost or left at Bob's, waits there and is freed up to a point."""
    with eve(two, tmp_path, clock) as made:
        introduce(two.bob, made)
        introduce(made, two.bob)
        case_id = a_shared_case(made, "42/9/26")
        bundle_in.take_in(two.bob, bundles.export(made, [two.member(made, two.bob)], two.stick).path)
        known = two.member(two.bob, made)
        part = (
            team.lost(two.bob, known, None, "Train")
            if how == "lost"
            else team.remove(two.bob, known, "Moved")
        )
        for summary in ("honest", "honest too", "by the thief"):
            say(made, case_id, summary=summary)
        bundle_in.take_in(two.ann, bundles.export(made, [two.member(made, two.ann)], two.stick).path)
        two.send(two.ann)
        known = two.member(two.bob, made)
        shown = [two.bob.case(case_id).file.case.summary or "", only(two.bob).what_to_do]
        again = team.lost if how == "lost" else None
        with pytest.raises(BadInputError, match=f"nothing after operation {part + 3} is held or waits"):
            team.remove(two.bob, known, "Moved", part + 4)
        if again:
            assert again(two.bob, known, part + 2, "Eve read them out") == part + 2
        else:
            assert team.remove(two.bob, known, "Eve read them out", part + 2) == part + 2
        assert waiting_room.retry(two.bob).freed == 2
        return case_id, shown


def test_a_higher_number_frees_the_honest_part_of_a_lost_laptop_s_work_and_no_more(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    case_id, (before, todo) = beyond(two, tmp_path, clock, "lost")
    assert before == ""
    assert 'team lost "Eve" --upto N' in todo
    assert two.bob.case(case_id).file.case.summary == "honest too"
    one = only(two.bob)
    assert (one.reason, one.count) == (Reason.LATE, 1)
    assert not team.member(two.bob, "Eve").is_active


def test_of_who_left_a_higher_number_frees_as_much(two: Two, tmp_path: Path, clock: FrozenClock) -> None:
    case_id, (_, todo) = beyond(two, tmp_path, clock, "left")
    assert 'team remove "Eve" --upto N' in todo
    assert two.bob.case(case_id).file.case.summary == "honest too"
    assert only(two.bob).count == 1


def test_what_only_a_newer_casedesk_reads_is_counted(two: Two) -> None:
    two.bob.store.connection.execute("INSERT INTO not_shown VALUES ('entity balloon', 3), ('format 2', 1)")
    one = only(two.bob)
    assert (one.reason, one.count, one.device) == (Reason.NEWER, 4, None)
    assert one.detail == "entity balloon: 3 changes; format 2: 1 change"
    assert waiting_room.count(two.bob) == 4


def test_what_cannot_be_read_is_told(two: Two) -> None:
    two.send(two.ann)
    number = two.bob.store.registry.devices[two.ann.store.identity.device]
    two.bob.store.connection.execute("INSERT INTO quarantine VALUES (1, ?, 1, 'bad')", (number,))
    one = only(two.bob)
    assert (one.reason, one.who, one.is_urgent) == (Reason.UNREADABLE, "Ann", True)


def test_what_a_copy_of_a_store_wrote_can_be_adopted(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    with two.ann.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"summary": "By the copy"})
    leave = two.ann.store.connection.execute(
        "SELECT op.hash, space.id, device.id, op.seq, op.header, op.sig, op.payload FROM op JOIN device "
        "ON device.ix = op.device JOIN space ON space.ix = op.space ORDER BY op.n DESC LIMIT 1"
    ).fetchone()
    digest, space, device, seq, *rest = leave
    two.bob.store.connection.execute(
        "INSERT INTO park VALUES (?, ?, ?, ?, 'fork', ?, 0, ?, ?, ?)",
        (digest, space, device, seq, device, *rest),
    )
    one = only(two.bob)
    assert (one.reason, one.is_urgent) == (Reason.FORK, True)
    assert waiting_room.numbered(two.bob, 1) == one
    with pytest.raises(BadInputError, match="number 2"):
        waiting_room.numbered(two.bob, 2)
    assert waiting_room.adopt(two.bob, one) == 1
    assert two.bob.case(case_id).file.case.summary == "By the copy"
    assert waiting_room.waiting(two.bob) == []
