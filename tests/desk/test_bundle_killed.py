"""An export that is killed: what it left on the stick goes with the next, and its handover is not forgotten."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, bundle_parts, bundles
from casedesk.desk.bundle_handover import hand_to
from casedesk.desk.desk import Desk
from casedesk.desk.doctor import examine
from casedesk.desk.handover import hand_over
from casedesk.desk.setup import unlock
from casedesk.desk.sync_state import Need, PeerState, sync_state
from casedesk.desk.undo import undo
from casedesk.store.places import Places
from tests.conftest import PASSPHRASE, FrozenClock
from tests.desk.team_of_two import Two, a_shared_case

HANDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from casedesk.desk import bundles, team
from casedesk.desk.bundle_handover import hand_to
from casedesk.desk.setup import unlock
from casedesk.store.places import Places
desk = unlock(Places(Path(sys.argv[1])), sys.argv[2], lambda: datetime(2026, 11, 20, 15, 30, tzinfo=UTC))
def stop(*_):
    print("written", flush=True)
    time.sleep(60)
bundles._read_back = stop
hand_to(desk, team.members(desk)[0], [desk.find("42/1/26")], Path(sys.argv[3]), note="Annual leave")
"""


def bob_at(desk: Desk) -> PeerState:
    (one,) = sync_state(desk).peers
    return one


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a way to kill without warning")
def test_a_handover_that_was_killed_is_told_until_a_bundle_took_it_and_leaves_no_file(
    two: Two, clock: FrozenClock
) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    home = two.ann.store.places.home
    two.ann.close()
    other = two.stick / "0123456789ab.casebundle.part"
    other.write_bytes(b"a colleague is writing this")
    with subprocess.Popen(
        [sys.executable, "-c", HANDER, str(home), PASSPHRASE, str(two.stick)],
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline().strip() == "written"
        run.kill()
    (part,) = set(two.stick.glob("*.part")) - {other}
    two.ann = unlock(Places(home), PASSPHRASE, clock)
    assert two.ann.case(case_id).file.case.owner == "1002"
    state = bob_at(two.ann)
    assert (state.handed, state.need) == (("42/1/26",), Need.NOW)
    assert state.next_step == "42/1/26 was given to Bob, in no bundle for Bob yet: export one."
    assert sync_state(two.ann).next_step == state.next_step
    assert any(str(part) in line.said for line in examine(two.ann.store.places, clock, lambda: two.ann))
    two.ann = unlock(Places(home), PASSPHRASE, clock)

    made = two.out(two.ann)
    assert not part.exists()
    assert other.read_bytes() == b"a colleague is writing this"
    assert not bundle_parts.left(two.ann)
    assert bob_at(two.ann).handed == ()
    bundle_in.take_in(two.bob, made.path)
    assert two.bob.case(case_id).file.case.owner == "1002"


def test_what_was_left_on_a_stick_is_known_wherever_it_is_plugged_in(two: Two, tmp_path: Path) -> None:
    a_shared_case(two.ann)
    elsewhere = tmp_path / "other drive"
    elsewhere.mkdir()
    part = elsewhere / "ab0123456789.casebundle.part"
    part.write_bytes(b"half")
    with bundle_parts.writing(two.ann, part):
        assert not bundle_parts.left(two.ann), "it is being written"
    two.out(two.ann)
    assert part.exists(), "only the folder that is written into is tidied"
    assert bundle_parts.left(two.ann) == [part]
    moved = part.rename(two.stick / part.name)
    two.out(two.ann)
    assert not moved.exists()


def test_a_handover_counts_as_gone_with_its_own_bundle_and_no_other(two: Two) -> None:
    first, second = a_shared_case(two.ann, "42/1/26"), a_shared_case(two.ann, "42/2/26")
    hand_over(two.ann, [first], "give", "1002", text="By word of mouth")
    assert bob_at(two.ann).handed == ("42/1/26",)
    hand_to(two.ann, two.member(two.ann, two.bob), [second], two.stick, note="Yours")
    assert bob_at(two.ann).handed == ("42/1/26",)
    two.out(two.ann, BundleKind.ACK)
    assert bob_at(two.ann).handed == ("42/1/26",)
    two.out(two.ann)
    assert bob_at(two.ann).handed == ()


def test_a_handover_that_was_undone_or_that_went_to_somebody_else_is_not_told(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    hand_over(two.ann, [case_id], "give", "1009", text="To the other shift")
    assert bob_at(two.ann).handed == ()
    undo(two.ann)
    hand_over(two.ann, [case_id], "give", "1002", text="Yours")
    assert bob_at(two.ann).handed == ("42/1/26",)
    undo(two.ann)
    assert bob_at(two.ann).handed == ()


def test_an_export_that_fails_leaves_nothing_to_tidy(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    a_shared_case(two.ann)

    def fails(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(bundles, "_read_back", fails)
    with pytest.raises(Exception, match="No bundle could be written"):
        two.out(two.ann)
    assert not list(two.stick.iterdir())
    assert not bundle_parts.left(two.ann)
