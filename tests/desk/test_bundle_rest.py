"""A caseload that does not go into one bundle: the next ones go on where the last stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_documents, bundle_in, bundles
from casedesk.desk.bundles import Exported
from casedesk.desk.desk import Desk
from casedesk.model.ids import EntityId
from casedesk.store.checks import rebuild, verify
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
        assert made.manifest.operations == first.manifest.operations
        assert summary(carol, case_id) not in (None, str(SOME - 1))
    for one in (first, *everything_out(two)):
        bundle_in.take_in(two.bob, one.path)
    assert_alike(two, case_id)
