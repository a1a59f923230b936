"""Bundles between real processes: one is killed while it takes one in, two exchange through a folder at once."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in
from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.places import Places
from tests.conftest import PASSPHRASE, FrozenClock
from tests.desk.team_of_two import Two, a_shared_case, make_two, say

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a way to kill without warning")

KILLS = int(os.environ.get("CASEDESK_KILLS", "3"))
"""How often an import is killed at some moment of its own. A long run sets it higher."""

OPENED = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from casedesk.desk import bundle_in, bundles, team
from casedesk.desk.record import add_log_entry
from casedesk.desk.setup import unlock
from casedesk.model.ids import EntityId
from casedesk.bundles.refused import RefusedError
from casedesk.store.places import Places
desk = unlock(Places(Path(sys.argv[1])), sys.argv[2], lambda: datetime(2026, 11, 20, 15, 30, tzinfo=UTC))
"""
IMPORTER = (
    OPENED
    + """
def checkpoint(step):
    if step == sys.argv[4]:
        print("now", flush=True)
        time.sleep(60)
desk.store.checkpoint = checkpoint
print("begun", flush=True)
bundle_in.take_in(desk, Path(sys.argv[3]))
print("taken in", flush=True)
time.sleep(60)
"""
)
EXCHANGER = (
    OPENED
    + """
folder, case_id = Path(sys.argv[3]), EntityId(bytes.fromhex(sys.argv[4]))
done = set()
for number in range(4):
    add_log_entry(desk, case_id, f"{desk.settings.person.name} {number}")
    bundles.export(desk, team.members(desk), folder)
    for path in sorted(folder.glob("*.casebundle")):
        if path.name not in done:
            done.add(path.name)
            try:
                bundle_in.take_in(desk, path)
            except RefusedError as refused:
                assert refused.why == "own", refused
desk.close()
"""
)


def assert_whole(desk: Desk) -> None:
    assert verify(desk.store.connection, every_signature=True).problems == []
    assert rebuild(desk.store).differing == ()


def many_changes(desk: Desk, count: int) -> None:
    for number in range(count):
        case_id = a_shared_case(desk, f"42/{number}/26")
        for part in range(10):
            say(desk, case_id, summary=f"{number} {part}")


@contextlib.contextmanager
def importing(home: Path, path: Path, step: str = "") -> Iterator["subprocess.Popen[str]"]:
    run = subprocess.Popen(
        [sys.executable, "-c", IMPORTER, str(home), PASSPHRASE, str(path), step],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield run
    finally:
        run.kill()
        run.wait()
        if run.stdout:
            run.stdout.close()


def line(run: "subprocess.Popen[str]") -> str:
    assert run.stdout is not None
    return run.stdout.readline().strip()


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Two:
    return make_two(tmp_path, clock)


@pytest.mark.parametrize("step", ["folded", "queued", "finished"])
def test_an_import_that_is_killed_leaves_nothing_of_it(two: Two, clock: FrozenClock, step: str) -> None:
    many_changes(two.ann, 5)
    path = two.out(two.ann).path
    before = digests(two.bob.store.connection)
    home = two.bob.store.places.home
    two.bob.close()
    two.ann.close()
    with importing(home, path, step) as run:
        assert (line(run), line(run)) == ("begun", "now")
    with unlock(Places(home), PASSPHRASE, clock) as bob:
        assert digests(bob.store.connection) == before
        assert bob.store.connection.execute("SELECT count(*) FROM receipt").fetchone() == (0,)
        assert bundle_in.take_in(bob, path).taken.new > 50
        assert_whole(bob)


def test_an_import_that_is_killed_at_any_moment_is_there_whole_or_not_at_all(
    two: Two, clock: FrozenClock
) -> None:
    many_changes(two.ann, 40)
    path = two.out(two.ann).path
    two.ann.close()
    home = two.bob.store.places.home
    before = digests(two.bob.store.connection)
    two.bob.close()
    seen = set()
    for kill in range(KILLS):
        with importing(home, path) as run:
            assert line(run) == "begun"
            time.sleep(0.04 * kill)
        with unlock(Places(home), PASSPHRASE, clock) as bob:
            (taken,) = bob.store.connection.execute("SELECT count(*) FROM receipt").fetchone()
            seen.add(taken)
            assert (digests(bob.store.connection) == before) is (taken == 0)
            assert_whole(bob)
    assert 0 in seen


def test_two_processes_that_exchange_through_a_folder_at_once_end_the_same(
    two: Two, clock: FrozenClock
) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann, BundleKind.FULL)
    homes = [desk.store.places.home for desk in (two.ann, two.bob)]
    two.ann.close()
    two.bob.close()
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", EXCHANGER, str(home), PASSPHRASE, str(two.stick), case_id.hex()]
        )
        for home in homes
    ]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    two.ann, two.bob = (unlock(Places(home), PASSPHRASE, clock) for home in homes)
    two.send(two.ann)
    two.send(two.bob)
    two.send(two.ann)
    expected = sorted(f"{name} {number}" for name in ("Ann", "Bob") for number in range(4))
    for desk in (two.ann, two.bob):
        assert sorted(entry.text or "" for _, entry in desk.case(case_id).file.log) == expected
        assert_whole(desk)
    mine, theirs = (digests(desk.store.connection) for desk in (two.ann, two.bob))
    assert {name for name in mine if mine[name] != theirs[name]} <= {"queue", "due item", "unit"}
    two.ann.close()
    two.bob.close()
