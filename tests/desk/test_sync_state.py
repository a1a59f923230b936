"""How things stand with each colleague, and what to do next."""

from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, bundles, restricted, team
from casedesk.desk.desk import Desk
from casedesk.desk.sync_state import Need, PeerState, sync_state
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, say


def only(desk: Desk) -> PeerState:
    (one,) = sync_state(desk).peers
    return one


def test_alone_one_is_told_to_give_the_card(tmp_path: Path, clock: FrozenClock) -> None:
    with make_desk(tmp_path / "ann", "Ann", "1001", clock) as ann:
        state = sync_state(ann)
        assert state.peers == ()
        assert "give your card" in state.next_step


def test_a_colleague_who_never_had_anything_comes_first(two: Two) -> None:
    a_shared_case(two.ann)
    one = only(two.ann)
    assert (one.name, one.last_to, one.last_from, one.need) == ("Bob", None, None, Need.NOW)
    assert one.next_step == "Give Bob a first bundle: 2 changes."
    state = sync_state(two.ann)
    assert state.not_in_a_bundle == 2
    assert state.next_step == "2 changes exist on this machine alone: export a bundle for Bob."


def test_what_they_have_not_said_they_hold_ages(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    assert only(two.ann).need is Need.NOTHING
    assert only(two.ann).next_step == "Up to date."
    assert sync_state(two.ann).next_step == "Everybody is up to date."
    say(two.ann, case_id, summary="One")
    say(two.ann, case_id, summary="Two")
    two.clock.advance(timedelta(hours=3))
    one = only(two.ann)
    assert (one.operations, one.changes, one.need, one.sent) == (2, 2, Need.SOON, 0)
    assert one.next_step == "Give Bob a bundle: 2 changes, oldest 3 h ago."
    two.clock.advance(timedelta(days=2))
    assert only(two.ann).need is Need.NOW
    made = two.out(two.ann)
    one = only(two.ann)
    assert (one.sent, one.operations) == (1, 2)
    assert one.last_to is not None
    assert (one.last_to.number, one.last_to.kind) == (made.manifest.number, "incremental")
    assert one.next_step == "1 bundle given to Bob, not acknowledged: 2 changes. Ask Bob for a bundle."
    bundle_in.take_in(two.bob, made.path)
    two.send(two.bob, BundleKind.ACK)
    one = only(two.ann)
    assert (one.operations, one.sent, one.need) == (0, 0, Need.NOTHING)
    assert one.last_from is not None
    assert one.last_from.kind == "ack"
    assert one.said_at == two.clock.now


def test_what_a_colleague_holds_and_this_desk_misses_is_told(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        for one, other in ((eve, two.ann), (two.ann, eve), (eve, two.bob), (two.bob, eve)):
            introduce(one, other)
        a_shared_case(eve, "42/9/26")
        bundle_in.take_in(two.bob, bundles.export(eve, [two.member(eve, two.bob)], two.stick).path)
        two.send(two.bob, BundleKind.ACK)
        bob = next(peer for peer in sync_state(two.ann).peers if peer.name == "Bob")
        assert bob.missing == 5  # two of his own, three of Eve
        two.send(two.ann)
        two.send(two.bob, BundleKind.ACK)
        bob = next(peer for peer in sync_state(two.ann).peers if peer.name == "Bob")
        assert (bob.need, bob.next_step) == (
            Need.SOON, "Bob holds 5 operations that are not here: ask for a bundle.",
        )  # fmt: skip
        two.send(two.bob)
        bob = next(peer for peer in sync_state(two.ann).peers if peer.name == "Bob")
        assert bob.missing == 0


def test_a_case_restricted_to_others_is_said_and_is_no_work_to_do(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    restricted.restrict(two.ann, case_id, [], "Source")
    two.send(two.ann)
    two.send(two.bob)
    assert only(two.ann).next_step == "Up to date, but for restricted cases."


def test_conflicts_come_before_giving(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    say(two.ann, case_id, owner="1003")
    say(two.bob, case_id, owner="1004")
    two.send(two.ann)
    two.send(two.bob)
    state = sync_state(two.ann)
    assert (state.conflicts, state.not_in_a_bundle) == (1, 0)
    assert state.next_step == "1 conflict to decide."


def test_a_team_with_a_shared_folder_needs_one_bundle_each(tmp_path: Path, clock: FrozenClock) -> None:
    """Everybody puts one bundle for all into the folder, takes in the others', and does so once more: all is said."""
    share = tmp_path / "share"
    share.mkdir()
    desks = [make_desk(tmp_path / str(at), f"Desk {at}", f"100{at}", clock) for at in range(4)]
    for one in desks:
        for other in desks:
            if one is not other:
                introduce(one, other)
        a_shared_case(one, f"42/{one.store.actor}/26")

    def a_round() -> None:
        made = []
        for one in desks:
            clock.advance(timedelta(minutes=1))
            made.append((one, bundles.export(one, team.members(one), share)))
        for one in desks:
            for sender, bundle in made:
                if sender is not one:
                    bundle_in.take_in(one, bundle.path)

    state = sync_state(desks[0])
    assert (
        state.next_step
        == "4 changes exist on this machine alone: export a bundle for Desk 1, Desk 2 and Desk 3."
    )
    a_round()
    a_round()
    for one in desks:
        state = sync_state(one)
        assert [peer.next_step for peer in state.peers] == ["Up to date."] * 3
        assert (state.not_in_a_bundle, state.waiting, state.conflicts) == (0, 0, 0)
        one.close()


def test_far_too_much_to_count_is_told_as_operations(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    a_shared_case(two.ann)
    monkeypatch.setattr("casedesk.desk.sync_state._MOST_COUNTED", 1)
    one = only(two.ann)
    assert one.changes is None
    assert one.next_step == "Give Bob a first bundle: 2 operations."
