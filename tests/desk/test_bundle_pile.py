"""Any mix of files in any order: each gets a line, each bundle is taken in when it fits."""

import errno
import os
import random
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_look, bundles, device_cards
from casedesk.desk.bundle_pile import Result, Sort, look, look_at, take_in_all
from casedesk.desk.bundle_watch import Seen, one_pass
from casedesk.model.errors import BadInputError, StoreError
from casedesk.store.checks import digests
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, say


def sorts(results: Sequence[Result]) -> list[Sort]:
    return [one.looked.sort for one in results]


def test_a_pile_in_any_order_comes_in_whole(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    paths = []
    for number in range(4):
        say(two.ann, case_id, summary=f"Version {number}")
        paths.append(two.out(two.ann).path)
    random.Random(8).shuffle(paths)
    pile = look(two.bob, paths)
    assert [one.bundle.manifest.number for one in pile if one.bundle] == [1, 2, 3, 4]
    seen = []
    results = list(take_in_all(two.bob, pile, lambda one, done, total: seen.append((one, done, total))))
    assert all(one.imported and not one.imported.gaps for one in results)
    assert two.bob.case(case_id).file.case.summary == "Version 3"
    assert results[0].message == "3 new operations in 1 case"
    assert [one.sort for one in look(two.bob, paths)] == [Sort.HELD] * 4


def test_cards_strangers_and_what_is_one_s_own_get_a_line_each(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    folder = tmp_path / "pile"
    folder.mkdir()
    case_id = a_shared_case(two.ann)
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        introduce(eve, two.ann)
        introduce(two.ann, eve)
        introduce(eve, two.bob)
        device_cards.write_own_card_to(eve, folder)
        device_cards.write_own_card_to(two.ann, folder)
        device_cards.write_own_card_to(two.bob, folder)
        bundles.export(two.ann, [two.member(two.ann, eve)], folder)  # for Eve alone
        bundles.export(eve, [two.member(eve, two.bob)], folder)  # of Eve, whom Bob does not know
        bundles.export(two.bob, [two.member(two.bob, two.ann)], folder)  # Bob's own
        bundles.export(two.ann, [two.member(two.ann, two.bob)], folder)
        broken = folder / "broken.casebundle"
        broken.write_bytes(b"age-encryption.org/v1\nnothing")
        (folder / "notes.txt").write_text("not looked at")
        (folder / "half.casebundle.part").write_bytes(b"")
    pile = look(two.bob, [folder])
    lines = {one.path.name: one for one in pile}
    assert sorted(one.sort for one in pile) == sorted(
        [Sort.BUNDLE, Sort.HELD, Sort.OWN, Sort.OWN, Sort.CARD, Sort.STRANGER, Sort.STRANGER, Sort.STRANGER]
    )
    assert lines["eve.casecard"].message.startswith("card of Eve (1003): enrol it")
    assert lines["ann.casecard"].message == "card of Ann, a member already"
    assert lines["bob.casecard"].message.startswith("your own card")
    assert {one.why for one in pile if one.sort is Sort.STRANGER} == {"key", "signature", "damaged"}
    assert pile[0].can_take_in
    assert look_at(two.bob, folder / "half.casebundle.part").sort is Sort.UNFINISHED
    assert look_at(two.bob, folder / "notes.txt").sort is Sort.STRANGER
    results = list(take_in_all(two.bob, pile))
    assert sum(one.imported is not None for one in results) == 2  # Eve came to be known by Ann's bundle
    assert two.bob.case(case_id).file.case.ref == "42/1/26"


def test_what_is_not_there_is_said(two: Two, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no file"):
        look(two.bob, [tmp_path / "nothing.casebundle"])
    assert look(two.bob, [tmp_path / "stick"]) == []


def test_one_refused_bundle_does_not_keep_the_others_out(two: Two) -> None:
    a_shared_case(two.ann)
    good, expired = two.out(two.ann), two.out(two.ann, expires=two.clock.now + timedelta(minutes=5))
    pile = look(two.bob, [good.path, expired.path])
    two.clock.advance(timedelta(hours=1))
    results = list(take_in_all(two.bob, pile))
    assert [one.imported is not None for one in results] == [True, False]
    assert results[1].refused is not None
    assert "expired" in results[1].message


def test_a_watch_takes_in_what_is_new_and_moves_nothing_unless_told(two: Two, tmp_path: Path) -> None:
    case_id = a_shared_case(two.ann)
    first = two.out(two.ann)
    two.out(two.bob)
    (two.stick / "x.casebundle.part").write_bytes(b"half")
    seen = Seen()
    results = one_pass(two.bob, two.stick, seen)
    assert sorts(results) == [Sort.BUNDLE]
    assert two.bob.case(case_id).file.case.ref == "42/1/26"
    assert one_pass(two.bob, two.stick, seen) == []
    assert len(list(two.stick.iterdir())) == 3
    again = one_pass(two.bob, two.stick, Seen())
    assert again == []
    done = tmp_path / "done"
    with pytest.raises(BadInputError, match="no folder"):
        one_pass(two.bob, two.stick, Seen(), done)
    done.mkdir()
    one_pass(two.bob, two.stick, Seen(), done)
    assert [path.name for path in done.iterdir()] == [first.path.name]
    os.utime(first.path.with_name("x.casebundle.part"))
    assert len(list(two.stick.iterdir())) == 2
    say(two.ann, case_id, summary="Two")
    second = two.out(two.ann)
    (done / second.path.name).write_bytes(b"in the way")
    third = two.out(two.ann)
    one_pass(two.bob, two.stick, Seen(), done)
    assert two.bob.case(case_id).file.case.summary == "Two"
    assert (done / second.path.name).read_bytes() == b"in the way"
    assert (done / f"{second.path.stem}-2.casebundle").exists()
    assert (done / third.path.name).exists()
    with pytest.raises(BadInputError, match="same folder"):
        one_pass(two.bob, two.stick, Seen(), two.stick / ".")


def test_a_watch_leaves_what_is_for_others_too_where_they_find_it(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    done = tmp_path / "done"
    done.mkdir()
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        introduce(eve, two.ann)
        introduce(two.ann, eve)
        a_shared_case(two.ann)
        both = bundles.export(two.ann, [two.member(two.ann, one) for one in (two.bob, eve)], two.stick)
        alone = two.out(two.ann)
        results = {one.looked.path: one for one in one_pass(two.bob, two.stick, Seen(), done)}
        assert results[both.path].message.endswith("left there: it is also for Eve")
        assert results[both.path].refused is None
        assert [path.name for path in done.iterdir()] == [alone.path.name]
        (told,) = one_pass(two.bob, two.stick, Seen(), done)  # held by now, and named again
        assert (told.looked.path, told.looked.sort) == (both.path, Sort.HELD)
        assert one_pass(eve, two.stick, Seen(), done)[0].imported is not None


def test_what_cannot_be_moved_is_named_and_what_follows_is_taken_in(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = a_shared_case(two.ann)
    first = two.out(two.ann)
    say(two.ann, case_id, summary="Two")
    second = two.out(two.ann)
    done = tmp_path / "done"
    done.mkdir()
    move = shutil.move

    def full(path: Path, target: Path) -> None:
        if path == first.path:
            target.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        move(path, target)

    monkeypatch.setattr(shutil, "move", full)
    seen = Seen()
    told, after = one_pass(two.bob, two.stick, seen, done)
    assert (told.looked.path, after.looked.path) == (first.path, second.path)
    assert isinstance(told.refused, StoreError)
    assert told.imported is not None
    assert "No space left on device" in told.message
    assert [path.name for path in done.iterdir()] == [second.path.name]
    assert two.bob.case(case_id).file.case.summary == "Two"
    monkeypatch.undo()
    one_pass(two.bob, two.stick, seen, done)  # there is room again
    assert len(list(done.iterdir())) == 2


def test_a_damaged_bundle_is_not_taken_for_one_that_is_for_others(two: Two) -> None:
    a_shared_case(two.ann)
    path = two.out(two.ann).path
    whole = path.read_bytes()
    middle = len(whole) // 2
    for broken in (
        whole[:middle], whole[:-40], whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
    ):  # fmt: skip
        path.write_bytes(broken)
        (one,) = look(two.bob, [two.stick])
        assert (one.sort, one.why, one.is_for_others) == (Sort.STRANGER, "damaged", False)
        (told,) = one_pass(two.bob, two.stick, Seen())
        assert "damaged" in told.message
        assert bundle_look.as_json(bundle_look.inspect(two.bob, path))["refused"] == "damaged"


def test_a_watch_looks_again_once_the_sender_is_known(two: Two, tmp_path: Path, clock: FrozenClock) -> None:
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        introduce(eve, two.bob)
        case_id = a_shared_case(eve, "42/9/26")
        bundles.export(eve, [two.member(eve, two.bob)], two.stick)
        seen = Seen()
        (told,) = one_pass(two.bob, two.stick, seen)
        assert (told.looked.sort, told.looked.why) == (Sort.STRANGER, "signature")
        introduce(two.bob, eve)
        (told,) = one_pass(two.bob, two.stick, seen)
        assert told.imported is not None
        assert two.bob.case(case_id).file.case.ref == "42/9/26"


def test_a_bundle_says_what_it_is_before_it_is_taken_in(two: Two, tmp_path: Path, clock: FrozenClock) -> None:
    a_shared_case(two.ann)
    made = two.out(two.ann, reason="Shift change", expires=clock.now + timedelta(days=7))
    before = digests(two.bob.store.connection)
    one = bundle_look.inspect(two.bob, made.path)
    lines = dict(bundle_look.lines_of(one))
    assert (one.refused, one.sender, one.to, one.made_here) == (None, "Ann", ("this desk",), False)
    assert (lines["Number"], lines["Reason"], lines["Check phrase"]) == ("1", "Shift change", made.phrase)
    assert bundle_look.as_json(one)["operations"] == 2
    assert bundle_look.check_whole(two.bob, made.path).phrase == made.phrase
    assert digests(two.bob.store.connection) == before
    own = bundle_look.inspect(two.ann, made.path)
    assert own.made_here
    assert own.refused is not None
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        other = bundle_look.inspect(eve, made.path)
        assert (other.manifest, bundle_look.lines_of(other)) == (None, ())
        assert other.refused is not None
        assert bundle_look.as_json(other)["refused"] == "key"


def test_a_bundle_of_a_sender_who_is_not_known_says_what_is_on_it_and_why_not(
    two: Two, tmp_path: Path, clock: FrozenClock
) -> None:
    with make_desk(tmp_path / "eve", "Eve", "1003", clock) as eve:
        introduce(eve, two.bob)
        made = bundles.export(eve, [two.member(eve, two.bob)], two.stick, kind=BundleKind.FULL)
        one = bundle_look.inspect(two.bob, made.path)
        assert one.manifest is not None
        assert one.sender == "a desk that is no member"
        assert one.refused is not None
        assert one.refused.why == "signature"
