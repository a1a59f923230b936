"""When the demo is made anew, and when the one that is there is kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import demo, record
from casedesk.desk.demo_store import open_demo
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError, StoreError
from casedesk.store.places import demo_home
from tests.conftest import FrozenClock
from tests.desk.extracts import operations, references


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEDESK_HOME", str(tmp_path / "home"))


class Opened:
    """Opens the demo and tells whether it was made anew."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock

    def __call__(self, *, seed: int = 1, size: int = 6, fresh: bool = False) -> tuple[Desk, bool]:
        said: list[str] = []
        desk = open_demo(seed=seed, size=size, fresh=fresh, say=said.append, clock=self.clock)
        return desk, bool(said)


@pytest.fixture
def opened(clock: FrozenClock) -> Opened:
    return Opened(clock)


def an_entry(desk: Desk) -> None:
    (case_id,) = desk.store.connection.execute("SELECT id FROM cases LIMIT 1").fetchone()
    record.add_log_entry(desk, case_id, "Worked in")


def test_it_is_made_once_a_day(opened: Opened, clock: FrozenClock) -> None:
    desk, anew = opened()
    with desk:
        assert anew
        made = references(desk.store)
        assert len(made) == 6
    clock.advance(timedelta(hours=6))
    desk, anew = opened()
    with desk:
        assert not anew
        assert references(desk.store) == made
    clock.advance(timedelta(hours=6))  # past midnight
    desk, anew = opened()
    with desk:
        assert anew


def test_one_that_was_worked_in_is_kept_until_a_fresh_one_is_asked_for(
    opened: Opened, clock: FrozenClock
) -> None:
    desk, _ = opened()
    with desk:
        an_entry(desk)
        length = operations(desk.store)
    clock.advance(timedelta(days=40))
    desk, anew = opened()
    with desk:
        assert not anew
        assert operations(desk.store) == length
    desk, anew = opened(fresh=True)
    with desk:
        assert anew
        assert operations(desk.store) < length


def test_each_seed_and_size_has_its_own(opened: Opened) -> None:
    one, _ = opened(seed=1)
    with one:
        first = references(one.store)
    other, anew = opened(seed=2)
    with other:
        assert anew
        assert references(other.store) != first
    again, anew = opened(seed=1)
    with again:
        assert not anew


def test_one_that_is_open_elsewhere_is_left_alone(opened: Opened) -> None:
    desk, _ = opened()
    with desk:
        an_entry(desk)
        for fresh in (False, True):
            with pytest.raises(StoreError, match="another casedesk"):
                opened(fresh=fresh)
        an_entry(desk)
        assert len(references(desk.store)) == 6


def test_one_that_does_not_open_is_made_anew(opened: Opened) -> None:
    desk, _ = opened()
    desk.close()
    (demo_home() / "1-6" / "passphrase").write_text("something else entirely\n", encoding="utf-8")
    desk, anew = opened()
    with desk:
        assert anew


def test_a_failure_while_it_is_made_leaves_nothing(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(demo, "write_cases", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            opened()
    assert list(demo_home().iterdir()) == []
    with pytest.raises(BadInputError, match="cannot be made"):
        opened(size=0)
    desk, anew = opened()
    with desk:
        assert anew
