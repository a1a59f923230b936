"""The contents of documents: whoever lacks one gets it with the next bundles, however many there are."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles import container
from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_documents, bundle_in, bundles, documents, restricted, team, waiting_room
from casedesk.desk.desk import Desk
from casedesk.desk.sync_state import sync_state
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.ids import EntityId
from casedesk.store.checks import rebuild, verify
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, say

EACH = 1000
WITHOUT_MEMBERSHIP = ("approval", "disposal")


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Two]:
    """Ann and Bob, who know each other; neither says for the other who is a member."""
    ann, bob = (
        make_desk(tmp_path / name, name, number, clock) for name, number in (("Ann", "1001"), ("Bob", "1002"))
    )
    for one, other in ((ann, bob), (bob, ann)):
        introduce(one, other, WITHOUT_MEMBERSHIP)
    stick = tmp_path / "stick"
    stick.mkdir()
    yield Two(ann, bob, stick, clock)
    ann.close()
    bob.close()


@pytest.fixture
def carol(tmp_path: Path, clock: FrozenClock) -> Iterator[Desk]:
    with make_desk(tmp_path / "carol", "Carol", "1003", clock) as desk:
        yield desk


@pytest.fixture
def room_for_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_documents, "MOST_DOCUMENTS", 3 * EACH + 1)


def a_file(two: Two, number: int) -> Path:
    path = two.stick.parent / f"statement {number}.txt"
    path.write_bytes(b"I saw %03d " % number + b"x" * (EACH - 10))
    return path


def attach(two: Two, case_id: EntityId, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        documents.attach(two.ann, case_id, a_file(two, number))
        two.clock.advance(timedelta(seconds=1))


def here(desk: Desk, case_id: EntityId) -> list[bool]:
    return [one.here for one in documents.case_documents(desk, case_id)]


def assert_whole(*desks: Desk) -> None:
    for desk in desks:
        assert not verify(desk.store.connection).problems
        assert not rebuild(desk.store).differing


def waited_for_its_author(two: Two, carol: Desk) -> EntityId:
    """A case of Carol's with a document, passed on by Bob to Ann, who came to know Carol only afterwards."""
    for one, other in ((two.bob, carol), (carol, two.bob)):
        introduce(one, other, WITHOUT_MEMBERSHIP)
    case_id = a_shared_case(carol)
    documents.attach(carol, case_id, a_file(two, 1))
    path = bundles.export(carol, [one for one in team.members(carol) if one.name == "Bob"], two.stick).path
    bundle_in.take_in(two.bob, path)
    two.send(two.bob)
    introduce(two.ann, carol)
    assert waiting_room.retry(two.ann).freed == 3
    assert here(two.ann, case_id) == [False]
    return case_id


def test_the_content_of_a_document_that_waited_comes_with_the_next_ordinary_bundle(
    two: Two, carol: Desk
) -> None:
    case_id = waited_for_its_author(two, carol)
    (listed,) = documents.case_documents(two.ann, case_id)
    with pytest.raises(NotFoundError, match="not in the store") as refused:
        documents.save_as(two.ann, case_id, listed.id, two.stick)
    assert "next bundle" in refused.value.cure
    two.send(two.ann)  # Ann says what she lacks
    (ann,) = (one for one in sync_state(two.bob).peers if one.name == "Ann")
    assert ann.next_step == "Ann asks for 1 document: give Ann a bundle."
    assert two.send(two.bob).taken.attachments == 1
    assert here(two.ann, case_id) == [True]
    two.send(two.ann)
    assert two.out(two.bob).manifest.attachments == 0, "what has come is asked for no more"
    assert_whole(two.ann, two.bob)


def test_attaching_the_file_again_fills_in_what_did_not_come(two: Two, carol: Desk) -> None:
    case_id = waited_for_its_author(two, carol)
    filled = documents.attach(two.ann, case_id, a_file(two, 1))
    assert (filled.number, here(two.ann, case_id)) == (1, [True])
    assert "filled in" in filled.notes[0]
    with pytest.raises(BadInputError, match="already"):
        documents.attach(two.ann, case_id, a_file(two, 1))
    assert_whole(two.ann)


def test_nobody_is_given_the_document_of_a_case_that_is_kept_from_them(two: Two, carol: Desk) -> None:
    case_id = waited_for_its_author(two, carol)
    two.send(two.ann)
    restricted.restrict(two.bob, case_id, [], "Source")
    assert two.send(two.bob).taken.attachments == 0
    assert here(two.ann, case_id) == [False]


@pytest.mark.usefixtures("room_for_three")
def test_more_documents_than_one_bundle_has_room_for_come_with_those_after_it(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    attach(two, case_id, 8)
    made = two.out(two.ann)
    assert (made.manifest.attachments, made.left) == (3, 5)
    bundle_in.take_in(two.bob, made.path)
    assert here(two.bob, case_id) == [True] * 3 + [False] * 5
    for held in (6, 8):
        two.send(two.bob)
        two.send(two.ann)
        assert sum(here(two.bob, case_id)) == held
    two.send(two.bob)
    made = two.out(two.ann)
    assert (made.manifest.attachments, made.left) == (0, 0)
    assert_whole(two.ann, two.bob)


@pytest.mark.usefixtures("room_for_three")
@pytest.mark.parametrize("kind", [BundleKind.INCREMENTAL, BundleKind.FULL, BundleKind.CASES])
def test_bundles_made_one_after_another_bring_all_documents_without_an_answer(
    two: Two, kind: BundleKind
) -> None:
    case_id = a_shared_case(two.ann)
    attach(two, case_id, 8)
    said = {"cases": [case_id]} if kind is BundleKind.CASES else {}
    made = [two.out(two.ann, kind, **said) for _ in range(3)]
    assert [one.manifest.attachments for one in made] == [3, 3, 2]
    for one in made:
        bundle_in.take_in(two.bob, one.path)
    assert all(here(two.bob, case_id))
    assert two.out(two.ann, kind, **said).manifest.attachments == 3, "and then from the first again"


@pytest.mark.usefixtures("room_for_three")
def test_a_small_change_goes_although_somebody_has_no_document_yet(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    attach(two, case_id, 8)
    say(two.ann, case_id, summary="Small")
    two.send(two.ann)
    assert two.bob.case(case_id).file.case.summary == "Small"


def test_many_operations_leave_less_room_for_documents(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = a_shared_case(two.ann)
    attach(two, case_id, 1)
    monkeypatch.setattr(bundle_documents, "ROOM", EACH + 10)
    made = two.out(two.ann)
    assert (made.manifest.attachments, made.left) == (0, 1)
    assert made.manifest.operations > 1


def test_operations_that_no_file_holds_are_refused_with_what_to_do(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shared_case(two.ann)
    monkeypatch.setattr(container, "MOST_BYTES", 500)
    with pytest.raises(RefusedError, match="more than one bundle may hold") as refused:
        two.out(two.ann)
    assert "--case" in refused.value.cure
    assert not list(two.stick.iterdir())


def test_of_a_document_that_was_disposed_of_the_title_that_is_left_says_so(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    attach(two, case_id, 1)
    two.send(two.ann)
    (one,) = documents.case_documents(two.bob, case_id)
    documents.rename(two.bob, case_id, one.id, "Named meanwhile")
    say(two.bob, case_id, summary="Kept")
    with two.ann.store.unit_of_work("dispose", "Review") as unit:
        unit.dispose(case_id, "Review")
    two.send(two.ann)
    (left,) = documents.case_documents(two.bob, case_id)
    assert "Only its title is left" in left.doubt
    with pytest.raises(NotFoundError, match="Only its title is left"):
        documents.save_as(two.bob, case_id, left.id, two.stick)
    assert not list(two.stick.glob("*.txt"))
    assert two.out(two.bob).manifest.lacks == (), "nobody has it: it is not asked for"
