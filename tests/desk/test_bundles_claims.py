"""What a bundle may claim: that a chain goes on, that work was replaced, that a colleague holds something."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from casedesk.bundles.body import Signed
from casedesk.bundles.container import write_bundle
from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_in, bundles, waiting_room
from casedesk.desk.desk import Desk
from casedesk.desk.record import add_log_entry
from casedesk.desk.waiting_room import Reason
from casedesk.model.entities import MEMBER, Value
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId
from casedesk.model.words import MemberState
from casedesk.store import outgoing
from casedesk.store.checks import rebuild, verify
from casedesk.store.places import Places
from casedesk.store.store import Store
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, introduce, make_desk, make_two, say


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Two]:
    made = make_two(tmp_path, clock)
    yield made
    for desk in (made.ann, made.bob):
        assert verify(desk.store.connection).problems == []
        assert rebuild(desk.store).differing == ()
        desk.close()


@pytest.fixture
def carl(two: Two, tmp_path: Path) -> Iterator[Desk]:
    """A third desk, that passes on to Ann what it likes."""
    with make_desk(tmp_path / "carl", "Carl", "1003", two.clock) as made:
        for one in (two.ann, two.bob):
            introduce(made, one)
            introduce(one, made)
        yield made


def records(at: Desk, of: Desk) -> list[Signed]:
    """The chain of a desk, as it is held at another."""
    return [
        Signed(*row)
        for row in at.store.connection.execute(
            "SELECT header, sig, payload FROM op JOIN device ON device.ix = op.device WHERE device.id = ? ORDER BY seq",
            (of.store.identity.device,),
        ).fetchall()
    ]


def passed_on(two: Two, sender: Desk, to: Desk, some: Iterable[Signed], **said: Any) -> Path:
    """A bundle of just these operations, rightly signed by its sender."""
    two.clock.advance(timedelta(minutes=1))
    with sender.reading() as reading:
        manifest = bundles.manifest_of(
            sender, reading, BundleKind.FULL, (to.store.identity.device,), "", None
        )
    path = two.stick / f"{len(list(two.stick.iterdir()))}.casebundle"
    with path.open("wb") as file:
        key = to.store.bundle_identity().to_public()
        write_bundle(file, replace(manifest, **said), iter(list(some)), sender.store.sign, [key])
    return path


def log(desk: Desk) -> list[str]:
    return sorted(text for (text,) in desk.store.connection.execute("SELECT text FROM log_entry"))


def parked(desk: Desk) -> list[str]:
    return sorted(why for (why,) in desk.store.connection.execute("SELECT why FROM park"))


# -- a run that is not signed at its end ---------------------------------------------------------------------


@pytest.mark.parametrize("look_first", [False, True])
def test_a_run_that_is_not_signed_at_its_end_does_not_keep_the_others_out(
    two: Two, carl: Desk, look_first: bool
) -> None:
    case_id = a_shared_case(two.bob)
    for number in range(3):
        add_log_entry(two.bob, case_id, f"Bob {number}")
    chain = records(two.bob, two.bob)
    add_log_entry(carl, a_shared_case(carl, "42/9/26"), "Carl")
    spoilt = [*chain[:-2], *(one._replace(sig=bytes(64)) for one in chain[-2:])]
    path = passed_on(two, carl, two.ann, [*spoilt, *records(carl, carl)])
    if look_first:
        made = bundle_in.preview(two.ann, path)
        assert made.taken.new == len(chain) - 2 + len(records(carl, carl))
    taken = bundle_in.take_in(two.ann, path).taken
    assert log(two.ann) == ["Bob 0", "Carl"]
    assert taken.new == len(chain) - 2 + len(records(carl, carl))
    assert parked(two.ann) == ["signature", "signature"]
    assert verify(two.ann.store.connection, every_signature=True).problems == []
    bundle_in.take_in(two.ann, passed_on(two, two.bob, two.ann, chain))
    assert log(two.ann) == ["Bob 0", "Bob 1", "Bob 2", "Carl"]
    assert parked(two.ann) == []  # what was badly signed is forgotten: the true one is here


def test_a_run_of_which_nothing_is_signed_leaves_nothing(two: Two, carl: Desk) -> None:
    a_shared_case(two.bob)
    add_log_entry(carl, a_shared_case(carl, "42/9/26"), "Carl")
    spoilt = [one._replace(sig=bytes(64)) for one in records(two.bob, two.bob)]
    taken = bundle_in.take_in(two.ann, passed_on(two, carl, two.ann, [*spoilt, *records(carl, carl)])).taken
    assert (taken.new, log(two.ann)) == (len(records(carl, carl)), ["Carl"])
    assert two.bob.store.identity.device not in outgoing.have(two.ann.store.connection)


def test_a_signature_in_the_middle_is_not_missed_until_somebody_is_believed_only_up_to_there(
    two: Two, carl: Desk
) -> None:
    """What was taken in for the sake of a later signature can be passed on, whatever the next one believes."""
    case_id = a_shared_case(two.bob)
    for number in range(3):
        add_log_entry(two.bob, case_id, f"Bob {number}")
    chain = records(two.bob, two.bob)
    spoilt = [*(one._replace(sig=bytes(64)) for one in chain[1:-1]), chain[-1]]
    bundle_in.take_in(two.ann, passed_on(two, carl, two.ann, [chain[0], *spoilt]))
    assert log(two.ann) == ["Bob 0", "Bob 1", "Bob 2"]
    add_log_entry(two.ann, case_id, "Ann")
    with carl.store.unit_of_work("team.lost") as unit:  # as a desk that holds more of Bob's says it
        said: dict[str, Value] = {"state": MemberState.LOST.value, "upto": 3, "why": "Left on a train"}
        unit.set(MEMBER, EntityId(two.bob.store.identity.device), TEAM, said)
    made = bundles.export(two.ann, [two.member(two.ann, carl)], two.stick, kind=BundleKind.FULL)
    bundle_in.take_in(carl, made.path)
    assert log(carl) == ["Ann"]


# -- two copies of one store ---------------------------------------------------------------------------------


def copied(desk: Desk, to: Path) -> Desk:
    """The same store once more, as it is now."""
    shutil.copytree(desk.store.places.home, to)
    (to / "lock").unlink(missing_ok=True)
    store = Store(Places(to), desk.store.key, desk.clock, desk.packs)
    return Desk(store, desk.packs, desk.settings, desk.clock)


def test_two_copies_that_wrote_equally_much_are_noticed(two: Two, tmp_path: Path) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    with closing(copied(two.bob, tmp_path / "copy")) as copy:
        for desk, text in ((two.bob, "one"), (copy, "the other")):
            add_log_entry(desk, case_id, text)
            to = [two.member(desk, two.ann)]
            two.clock.advance(timedelta(minutes=1))
            bundle_in.take_in(two.ann, bundles.export(desk, to, two.stick).path)
        assert (log(two.ann), parked(two.ann)) == (["one"], ["fork"])
        (waits,) = waiting_room.waiting(two.ann)
        assert waits.reason is Reason.FORK
        assert "copied or restored" in waits.what_to_do
        back = two.out(two.ann)  # no more than they lack, as far as they said
        renewed = bundle_in.take_in(copy, back.path).renewed
        assert renewed is not None
        assert renewed.reissued == 1
        assert log(copy) == ["one", "the other"]
        introduce(two.ann, copy)
        bundle_in.take_in(two.ann, bundles.export(copy, [two.member(copy, two.ann)], two.stick).path)
        assert (log(two.ann), parked(two.ann)) == (["one", "the other"], [])
    assert bundle_in.take_in(two.bob, back.path).renewed is None


def test_a_chain_that_ends_alike_is_not_sent_again(two: Two) -> None:
    a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    assert two.send(two.ann).taken.held == 0


# -- numbers that none has -----------------------------------------------------------------------------------


def test_a_bundle_number_that_none_has_is_refused_and_later_ones_still_tell(two: Two) -> None:
    with pytest.raises(RefusedError):
        bundle_in.take_in(two.ann, passed_on(two, two.bob, two.ann, [], number=2**62 - 1))
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    own = two.ann.store.identity.device
    assert bundles.told(two.ann, two.bob.store.identity.device)[own] == len(records(two.ann, two.ann))
    say(two.ann, case_id, summary="x")
    assert two.send(two.ann).taken.new == 1


def test_who_says_that_they_hold_what_is_not_written_yet_gets_everything(two: Two) -> None:
    a_shared_case(two.ann)
    own = two.ann.store.identity.device
    claim = passed_on(two, two.bob, two.ann, [], have={own: 2**39}, ends={own: bytes(8)})
    bundle_in.take_in(two.ann, claim)
    assert own not in bundles.floors(two.ann, [two.bob.store.identity.device])
    assert two.send(two.ann).taken.new == len(records(two.ann, two.ann))


# -- what the waiting room says ------------------------------------------------------------------------------


def test_what_a_clock_far_ahead_wrote_waits_in_plain_words(two: Two) -> None:
    case_id: EntityId = a_shared_case(two.ann)
    two.send(two.ann)
    two.clock.advance(timedelta(days=30))
    add_log_entry(two.ann, case_id, "Written a month ahead")
    made = two.out(two.ann)
    two.clock.advance(-timedelta(days=30))
    bundle_in.take_in(two.bob, made.path)
    (one,) = waiting_room.waiting(two.bob)
    assert (one.reason, one.who, one.count, one.is_urgent) == (Reason.AHEAD, "Ann", 1, False)
    assert "until 19 Dec 2026" in one.detail
    assert "clock" in one.what_to_do
    assert bundle_in.gaps(two.bob) == []
    two.clock.advance(timedelta(days=30))
    assert waiting_room.retry(two.bob).freed == 1
    assert log(two.bob) == ["Written a month ahead"]


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("it names work that is later than itself", Reason.IMPOSSIBLE),
        ("it stands in a case where it cannot be", Reason.ELSEWHERE),
    ],
)
def test_what_nobody_can_have_written_so_has_its_own_word(two: Two, why: str, reason: Reason) -> None:
    two.send(two.ann)
    db = two.bob.store.connection
    number = two.bob.store.registry.devices[two.ann.store.identity.device]
    db.execute("INSERT INTO quarantine VALUES (1, ?, 1, ?)", (number, why))
    (one,) = waiting_room.waiting(two.bob)
    assert (one.reason, one.who, one.is_urgent) == (reason, "Ann", True)
    db.execute("DELETE FROM quarantine")


def test_what_a_member_said_last_is_kept_with_the_end_of_each_chain(two: Two) -> None:
    a_shared_case(two.bob)
    two.send(two.bob)
    (ends,) = two.ann.store.connection.execute("SELECT ends FROM peer").fetchone()
    assert all(seq > 0 and len(end) == 11 for seq, end in orjson.loads(ends).values())
