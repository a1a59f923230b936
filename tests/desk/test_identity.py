"""A store that was copied, put back or restored: it takes another name, and nothing that either wrote is lost."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_in, bundles, team
from casedesk.desk.bundle_in import Imported
from casedesk.desk.desk import Desk
from casedesk.desk.doctor import Word, _inside, examine
from casedesk.desk.identity import adopt, renamed
from casedesk.desk.record import add_log_entry
from casedesk.desk.safekeeping import back_up, restore_with_passphrase
from casedesk.desk.setup import unlock
from casedesk.model.ids import EntityId
from casedesk.store.authors import read_author
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.parked import Why
from casedesk.store.places import Places
from casedesk.store.registry import formers
from tests.conftest import PASSPHRASE, FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, make_two, say


def texts(desk: Desk, case_id: EntityId) -> list[str]:
    return sorted(entry.text or "" for _, entry in desk.case(case_id).file.log)


def owner(desk: Desk, case_id: EntityId) -> str | None:
    return desk.case(case_id).file.case.owner


def waiting(desk: Desk) -> list[tuple[str, int]]:
    return desk.store.connection.execute(
        "SELECT why, count(*) FROM park GROUP BY why ORDER BY why"
    ).fetchall()


def assert_holds(desk: Desk) -> None:
    assert verify(desk.store.connection, every_signature=True).problems == []
    assert rebuild(desk.store).differing == ()


@dataclass
class Three:
    """Ann, Bob, and a copy of Ann's store as it was when both had met."""

    two: Two
    case_id: EntityId
    again: Desk

    @property
    def ann(self) -> Desk:
        return self.two.ann

    @property
    def bob(self) -> Desk:
        return self.two.bob

    def give(self, sender: Desk, to: Desk, kind: BundleKind = BundleKind.FULL) -> Imported:
        """A bundle that takes everything along, taken in at once."""
        return bundle_in.take_in(to, self.file(sender, to, kind))

    def file(self, sender: Desk, to: Desk, kind: BundleKind = BundleKind.FULL) -> Path:
        colleague = next(one for one in team.members(sender) if one.id == to.store.identity.device)
        return bundles.export(sender, [colleague], self.two.stick, kind=kind).path


@pytest.fixture
def three(tmp_path: Path, clock: FrozenClock) -> Iterator[Three]:
    two = make_two(tmp_path, clock)
    case_id = a_shared_case(two.ann, owner="1")
    two.send(two.ann, BundleKind.FULL)
    two.send(two.bob, BundleKind.FULL)
    home = two.ann.store.places.home
    two.ann.close()
    shutil.copytree(home, tmp_path / "copy")
    two.ann = unlock(Places(home), PASSPHRASE, clock)
    again = unlock(Places(tmp_path / "copy"), PASSPHRASE, clock)
    made = Three(two, case_id, again)
    yield made
    for desk in (two.ann, two.bob, again):
        assert_holds(desk)
        desk.close()


def test_what_both_copies_wrote_reaches_everybody_once(three: Three) -> None:
    ann, bob, again, case_id = three.ann, three.bob, three.again, three.case_id
    add_log_entry(ann, case_id, "By the one")
    say(ann, case_id, location="here")
    add_log_entry(again, case_id, "By the other")
    say(again, case_id, owner="2")
    say(again, case_id, owner="3")
    three.give(ann, bob)
    former = again.store.identity.device
    taken = three.give(bob, again)
    assert taken.renewed is not None
    assert (taken.renewed.former, taken.renewed.reissued, taken.renewed.freed) == (former, 3, 2)
    assert again.store.identity.device != former
    assert texts(again, case_id) == ["By the one", "By the other"]
    assert owner(again, case_id) == "3"
    with pytest.raises(RefusedError, match="no member"):
        three.give(again, bob)
    introduce(bob, again)
    three.give(again, bob)
    introduce(ann, again)
    three.give(bob, ann)
    for desk in (ann, bob):
        assert texts(desk, case_id) == ["By the one", "By the other"]
        assert owner(desk, case_id) == "3"
        assert desk.case(case_id).file.case.location == "here"
        assert not desk.store.connection.execute("SELECT * FROM conflict").fetchall()
        assert not waiting(desk)
    assert waiting(again) == [("reissued", 3)]
    cases = [digests(desk.store.connection) for desk in (ann, bob)]
    assert [one["case"] for one in cases] == [digests(again.store.connection)["case"]] * 2


def test_who_did_what_when_stays_with_what_is_written_anew(three: Three) -> None:
    ann, again, case_id = three.ann, three.again, three.case_id
    add_log_entry(ann, case_id, "By the one")
    add_log_entry(again, case_id, "By the other")
    before = again.store.connection.execute("SELECT id, hlc, actor FROM log_entry").fetchall()
    acts = again.store.connection.execute("SELECT id, act, hlc, at_ms FROM unit ORDER BY hlc").fetchall()
    three.two.clock.now = three.two.clock.now.replace(hour=20)
    three.give(ann, three.bob)
    three.give(three.bob, again)
    after = again.store.connection.execute("SELECT id, hlc, actor FROM log_entry").fetchall()
    assert set(before) < set(after)
    assert set(acts) < set(again.store.connection.execute("SELECT id, act, hlc, at_ms FROM unit").fetchall())


def test_a_store_put_back_as_it_was_gets_what_it_had_written(three: Three) -> None:
    """Nothing was written in the copy: there is no fork, what is missing simply comes."""
    ann, bob, again, case_id = three.ann, three.bob, three.again, three.case_id
    add_log_entry(ann, case_id, "Before the disk broke")
    three.give(ann, bob)
    taken = three.give(bob, again)
    assert taken.renewed is not None
    assert (taken.renewed.reissued, taken.renewed.freed) == (0, 1)
    assert texts(again, case_id) == ["Before the disk broke"]
    assert not waiting(again)
    introduce(bob, again)
    add_log_entry(again, case_id, "After")
    three.give(again, bob)
    assert texts(bob, case_id) == ["After", "Before the disk broke"]


def test_what_was_written_in_place_of_what_was_overwritten_is_named_right(three: Three) -> None:
    """A decision over one's own work stays over it, and leaves what the other copy says to be asked about."""
    ann, bob, again, case_id = three.ann, three.bob, three.again, three.case_id
    say(ann, case_id, owner="other")
    say(again, case_id, owner="first")
    say(again, case_id, owner="second")
    three.give(ann, bob)
    three.give(bob, again)
    introduce(bob, again)
    three.give(again, bob)
    for desk in (again, bob):
        assert desk.store.connection.execute("SELECT field FROM conflict").fetchall() == [("owner",)]
        held = desk.store.connection.execute("SELECT heads FROM cases WHERE id = ?", (case_id,)).fetchone()[0]
        assert held.count("[") == 4  # the list, its reference, and two that disagree


def test_a_disposal_in_the_copy_erases_what_was_written_there_too(three: Three) -> None:
    ann, bob, again, case_id = three.ann, three.bob, three.again, three.case_id
    add_log_entry(ann, case_id, "By the one")
    add_log_entry(again, case_id, "Erased")
    with again.store.unit_of_work("dispose", "Review") as unit:
        unit.dispose(case_id, "Review")
    three.give(ann, bob)
    three.give(bob, again)
    introduce(bob, again)
    three.give(again, bob)
    for desk in (again, bob):
        log = desk.store.connection.execute("SELECT text FROM log_entry").fetchall()
        assert log == [("By the one",)]  # written meanwhile: it outlives the disposal
    assert not bob.store.connection.execute("SELECT 1 FROM op WHERE instr(payload, 'Erased')").fetchall()
    assert not again.store.connection.execute("SELECT 1 FROM park WHERE payload IS NOT NULL").fetchall()


def test_a_crash_before_the_new_name_is_taken_is_made_good_at_the_next_start(
    three: Three, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
) -> None:
    ann, bob, again = three.ann, three.bob, three.again
    add_log_entry(ann, three.case_id, "By the one")
    add_log_entry(again, three.case_id, "By the other")
    three.give(ann, bob)
    with monkeypatch.context() as patch:
        patch.setattr(bundle_in, "rotate", lambda store: None)
        three.give(bob, again)
    assert waiting(again) == [(Why.FORK.value, 1)]
    former = again.store.identity.device
    again.close()
    three.again = unlock(again.store.places, PASSPHRASE, clock)
    assert three.again.store.identity.device != former
    assert texts(three.again, three.case_id) == ["By the one", "By the other"]
    again.store, again.packs = three.again.store, three.again.packs


def test_the_new_card_must_be_given_until_each_colleague_has_sent_something_to_it(three: Three) -> None:
    ann, bob, again, case_id = three.ann, three.bob, three.again, three.case_id
    assert renamed(again) is None
    add_log_entry(ann, case_id, "By the one")
    three.give(ann, bob)
    old = three.file(bob, again)
    three.give(bob, again)
    told = renamed(again)
    assert told is not None
    assert told.to_tell == ("Bob",)
    assert any("NEW CARD" in warning for warning in again.warnings())
    with pytest.raises(RefusedError, match="name that it had"):
        bundle_in.take_in(again, old)
    introduce(bob, again)
    three.two.clock.now = three.two.clock.now.replace(hour=21)
    three.give(bob, again)
    assert renamed(again) == type(told)(told.since, ())
    assert not any("NEW CARD" in warning for warning in again.warnings())


def test_a_restored_backup_gets_back_what_its_colleagues_hold(
    three: Three, tmp_path: Path, clock: FrozenClock
) -> None:
    ann, bob, case_id = three.ann, three.bob, three.case_id
    made = back_up(ann).backup
    add_log_entry(ann, case_id, "After the backup")
    three.give(ann, bob)
    restore_with_passphrase(made.path, PASSPHRASE, Places(tmp_path / "back"), clock)
    told = [
        line
        for line in examine(
            Places(tmp_path / "back"), clock, lambda: unlock(Places(tmp_path / "back"), PASSPHRASE, clock)
        )
        if line.what == "bundles"
    ]
    assert [line.word for line in told] == [Word.LOOK, Word.OK]
    assert "Bob may not know its new card" in told[0].said
    with unlock(Places(tmp_path / "back"), PASSPHRASE, clock) as back:
        assert texts(back, case_id) == []
        assert renamed(back) is not None
        introduce(bob, back)
        taken = three.give(bob, back).taken
        assert texts(back, case_id) == ["After the backup"]
        assert taken.parked == {}
        assert_holds(back)


def test_a_desk_that_was_restored_before_it_joined_brings_what_it_had_written(
    three: Three, tmp_path: Path, clock: FrozenClock
) -> None:
    """Nobody ever saw its first card: it says itself what it was called, and has there the roles it has now."""
    bob = three.bob
    eve = make_desk(tmp_path / "eve", "Eve", "1003", clock)
    case_id = a_shared_case(eve, "42/3/26", location="long ago")
    made = back_up(eve).backup
    eve.close()
    restore_with_passphrase(made.path, PASSPHRASE, Places(tmp_path / "back"), clock)
    with unlock(Places(tmp_path / "back"), PASSPHRASE, clock) as back:
        introduce(back, bob)
        introduce(bob, back, roles=("disposal",))
        three.give(back, bob)
        assert not waiting(bob)
        assert bob.case(case_id).file.case.location == "long ago"
        assert [one.name for one in team.members(bob) if one.is_active] == ["Ann", "Eve"]
        former = formers(back.store.connection)[0].device
        found = read_author(bob.store.connection, former)
        assert found is not None
        assert found.roles == {"disposal"}


def test_nobody_can_make_a_store_change_its_name_by_making_something_up(three: Three) -> None:
    """An operation under one's own name that one's own key did not sign is a forgery, and no copy."""
    ann, bob, case_id = three.ann, three.bob, three.case_id
    from casedesk.store.incoming import taking_in
    from casedesk.store.operations import parse_operation

    add_log_entry(ann, case_id, "Mine")
    header, payload = ann.store.connection.execute(
        "SELECT header, payload FROM op WHERE device = ? ORDER BY seq DESC LIMIT 1", (ann.store.device,)
    ).fetchone()
    op = parse_operation(header.replace(b'"kind":"entry"', b'"kind":"other"'), bytes(64), payload)
    for seq in (op.seq, op.seq + 1):
        with taking_in(ann.store, bob.store.identity.device, lambda _: {}) as incoming:
            changed = parse_operation(
                op.header.replace(f'"seq":{op.seq}'.encode(), f'"seq":{seq}'.encode()), op.sig, payload
            )
            assert incoming.operation(changed) is Why.FORGED
            incoming.finish()
    before = ann.store.identity.device
    three.give(bob, ann)
    assert ann.store.identity.device == before


def test_what_waited_of_a_copy_is_forgotten_when_it_comes_under_the_new_name(three: Three) -> None:
    ann, bob, again, case_id = three.ann, three.bob, three.again, three.case_id
    add_log_entry(ann, case_id, "By the one")
    add_log_entry(again, case_id, "By the other")
    three.give(ann, bob)
    three.give(again, bob)
    assert waiting(bob) == [("fork", 1)]
    three.give(bob, again)
    introduce(bob, again)
    three.give(again, bob)
    assert not waiting(bob)
    assert texts(bob, case_id) == ["By the one", "By the other"]
    introduce(ann, again)
    three.give(bob, ann)
    assert texts(ann, case_id) == ["By the one", "By the other"]


def test_both_copies_may_take_another_name_and_nothing_stands_twice(three: Three, tmp_path: Path) -> None:
    """Each hears of the other by somebody who had heard of it alone."""
    ann, bob, again, case_id = three.ann, three.bob, three.again, three.case_id
    add_log_entry(ann, case_id, "By the one")
    add_log_entry(again, case_id, "By the other")
    with make_desk(tmp_path / "cid", "Cid", "1003", three.two.clock) as cid:
        for desk in (ann, again):
            introduce(cid, ann)
            introduce(desk, cid)
        introduce(bob, cid)
        introduce(cid, bob)
        three.give(ann, bob)
        three.give(again, cid)
        three.give(bob, again)
        three.give(cid, ann)
        for desk in (bob, cid):
            introduce(desk, ann)
            introduce(desk, again)
        for sender, to in ((ann, bob), (again, cid), (bob, cid), (cid, bob), (bob, ann), (cid, again)):
            three.give(sender, to)
        for desk in (ann, bob, cid, again):
            assert texts(desk, case_id) == ["By the one", "By the other"]
            assert_holds(desk)


def test_what_a_lost_copy_wrote_can_be_adopted(three: Three) -> None:
    """Bob holds what one copy wrote, the other copy is gone: what came of it waits until somebody adopts it."""
    ann, bob, again, case_id = three.ann, three.bob, three.again, three.case_id
    add_log_entry(ann, case_id, "By the one")
    add_log_entry(again, case_id, "By the lost one")
    say(again, case_id, owner="2", location="there")
    three.give(ann, bob)
    three.give(again, bob)
    assert waiting(bob) == [("fork", 2)]
    (line,) = [line for line in _inside(bob, deep=False) if line.what == "bundles"]
    assert (line.word, line.said) == (Word.LOOK, "2 operations waiting (2 fork)")
    assert adopt(bob, ann.store.identity.device) == 2
    assert texts(bob, case_id) == ["By the lost one", "By the one"]
    assert not waiting(bob)
    assert bob.case(case_id).file.case.location == "there"
    # What somebody else says there now is asked about, and not replaced.
    assert bob.store.connection.execute("SELECT field FROM conflict").fetchall() == [("owner",)]
