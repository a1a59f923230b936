"""A caseload that does not go into one bundle: the next ones go on where the last stopped."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_documents, bundle_in, bundles, restricted
from casedesk.desk.bundles import Exported
from casedesk.desk.desk import Desk
from casedesk.model.ids import EntityId
from casedesk.store import outgoing
from casedesk.store.checks import rebuild, verify
from casedesk.store.operations import parse_operation
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, make_two, say

SOME = 12


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Two]:
    made = make_two(tmp_path, clock)
    yield made
    made.ann.close()
    made.bob.close()


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundles that have room for three operations or four."""
    monkeypatch.setattr(bundle_documents, "MOST_OF_CHAINS", 3500)


def worked(two: Two) -> EntityId:
    case_id = a_shared_case(two.ann, summary="0")
    for number in range(1, SOME):
        say(two.ann, case_id, summary=str(number))
    return case_id


def everything_out(two: Two, kind: BundleKind = BundleKind.INCREMENTAL) -> list[Exported]:
    """Bundles for Bob until nothing is to come."""
    made = [two.out(two.ann, kind)]
    while made[-1].to_come:
        made.append(two.out(two.ann, kind))
        assert len(made) < SOME
    return made


def summary(desk: Desk, case_id: EntityId) -> str | None:
    return desk.case(case_id).file.case.summary


def assert_alike(two: Two, case_id: EntityId) -> None:
    assert summary(two.bob, case_id) == summary(two.ann, case_id) == str(SOME - 1)
    assert two.bob.store.connection.execute("SELECT count(*) FROM park").fetchone() == (0,)
    assert not verify(two.bob.store.connection).problems
    assert not rebuild(two.bob.store).differing


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("kind", [BundleKind.INCREMENTAL, BundleKind.FULL])
def test_the_next_bundle_goes_on_where_the_last_had_no_more_room(two: Two, kind: BundleKind) -> None:
    case_id = worked(two)
    made = everything_out(two, kind)
    assert len(made) >= 3
    held = sum(one.manifest.operations for one in made)
    assert held == two.ann.store.connection.execute("SELECT count(*) FROM op").fetchone()[0]
    assert [one.to_come for one in made] == [
        held - sum(one.manifest.operations for one in made[: place + 1]) for place in range(len(made))
    ]
    for one in made:
        bundle_in.take_in(two.bob, one.path)
    assert_alike(two, case_id)


@pytest.mark.usefixtures("narrow")
def test_they_are_taken_in_in_any_order(two: Two) -> None:
    case_id = worked(two)
    made = everything_out(two)
    for one in reversed(made):
        bundle_in.take_in(two.bob, one.path)
    assert_alike(two, case_id)


@pytest.mark.usefixtures("narrow")
def test_acts_that_had_no_room_still_count_as_in_no_bundle(two: Two) -> None:
    worked(two)
    made = two.out(two.ann)
    assert made.to_come
    assert two.ann.unbundled() >= made.to_come - 1
    everything_out(two)
    assert two.ann.unbundled() == 0


@pytest.mark.usefixtures("narrow")
def test_once_they_have_spoken_their_word_is_where_it_begins(two: Two) -> None:
    """Whoever lost their store says so by what they hold: nothing that they lack is passed over."""
    case_id = worked(two)
    two.out(two.ann)  # lost on the way
    two.send(two.bob)
    for one in everything_out(two):
        bundle_in.take_in(two.bob, one.path)
    assert_alike(two, case_id)


@pytest.mark.usefixtures("narrow")
def test_what_is_begun_for_one_is_not_taken_for_another(two: Two, tmp_path: Path, clock: FrozenClock) -> None:
    case_id = worked(two)
    first = two.out(two.ann)
    with make_desk(tmp_path / "carol", "Carol", "1003", clock) as carol:
        introduce(carol, two.ann)
        known = introduce(two.ann, carol)
        made = bundles.export(two.ann, [known], two.stick)
        bundle_in.take_in(carol, made.path)
        assert made.to_come
        assert summary(carol, case_id) not in (None, str(SOME - 1))
    for one in (first, *everything_out(two)):
        bundle_in.take_in(two.bob, one.path)
    assert_alike(two, case_id)


@pytest.fixture
def carol(two: Two, tmp_path: Path, clock: FrozenClock) -> Iterator[Desk]:
    """A third, who knows both and is known to both."""
    with make_desk(tmp_path / "carol", "Carol", "1003", clock) as desk:
        for one in (two.ann, two.bob):
            introduce(desk, one)
            introduce(one, desk)
        yield desk


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("kind", [BundleKind.INCREMENTAL, BundleKind.FULL])
def test_answering_each_part_brings_the_next(two: Two, kind: BundleKind) -> None:
    case_id = worked(two)
    for _ in range(SOME):
        made = two.out(two.ann, kind)
        bundle_in.take_in(two.bob, made.path)
        two.send(two.bob, BundleKind.ACK)
        if not made.to_come:
            break
    assert made.to_come == 0
    assert_alike(two, case_id)


@pytest.mark.usefixtures("narrow")
def test_who_answers_does_not_hold_back_who_is_silent(two: Two, carol: Desk) -> None:
    case_id = worked(two)
    to = [two.member(two.ann, two.bob), two.member(two.ann, carol)]
    for turn in range(SOME):
        two.clock.advance(timedelta(minutes=1))
        made = bundles.export(two.ann, to if turn % 2 else to[::-1], two.stick)
        bundle_in.take_in(two.bob, made.path)
        bundle_in.take_in(carol, made.path)
        two.send(two.bob, BundleKind.ACK)
        if not made.to_come:
            break
    assert made.to_come == 0
    assert summary(carol, case_id) == summary(two.bob, case_id) == str(SOME - 1)


@pytest.mark.usefixtures("narrow")
def test_a_clock_that_is_set_back_does_not_send_it_to_the_beginning(two: Two) -> None:
    worked(two)
    two.clock.advance(timedelta(days=3))
    two.send(two.bob)
    two.clock.advance(timedelta(days=-3))
    assert everything_out(two)[-1].to_come == 0


def test_that_a_case_is_restricted_goes_along_with_the_first_part(
    two: Two, carol: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds the case before they hear of it would give it on."""
    case_id = a_shared_case(two.ann, summary="Not for everybody")
    for number in range(SOME):
        a_shared_case(two.ann, ref=f"{number}/1/26")
    restricted.restrict(two.ann, case_id, [two.member(two.ann, two.bob)], "An officer is named in it")
    with monkeypatch.context() as narrow:
        narrow.setattr(bundle_documents, "MOST_OF_CHAINS", 6000)
        first = two.out(two.ann)
    assert first.to_come
    bundle_in.take_in(two.bob, first.path)
    assert summary(two.bob, case_id) == "Not for everybody"
    two.clock.advance(timedelta(minutes=1))
    passed_on = bundles.export(two.bob, [two.member(two.bob, carol)], two.stick)
    assert passed_on.withheld == 1
    bundle_in.take_in(carol, passed_on.path)
    assert not carol.store.connection.execute("SELECT 1 FROM cases WHERE summary NOT NULL").fetchall()
    two.send(two.ann)
    assert two.bob.store.connection.execute("SELECT count(*) FROM park").fetchone() == (0,)
    assert not rebuild(two.bob.store).differing


def test_a_stick_of_which_nobody_has_read_a_part_is_not_said_to_be(two: Two, carol: Desk) -> None:
    """One's own work goes first, so that what its addressees say they hold tells whether they read it."""
    worked(two)
    going = outgoing.above(two.ann.store.connection, {})
    own = two.ann.store.identity.device
    first = [parse_operation(one.header, one.sig, one.payload).device == own for one in going]
    assert first == sorted(first, reverse=True)
    assert any(first)
