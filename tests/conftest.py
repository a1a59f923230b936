"""What every floor's tests share: a clock that stands, a desk of one's own, real data where it is at hand."""

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.rules import thor
from casedesk.rules.owed import counting
from casedesk.rules.predicates import offences
from casedesk.rules.reasons import limits
from casedesk.store import keys
from casedesk.store.places import Places
from casedesk.store.store import Store

PASSPHRASE = "correct horse battery staple"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""A Friday in winter: 15:00 in London too."""
PERSON = Person(name="Alex Doe", number="7042", team="Crime Management", force="42")

settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile(
    "thorough", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("CASEDESK_HYPOTHESIS", "quick"))


@dataclass
class FrozenClock:
    """A clock that stands until it is set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        """Set the clock forward, or back."""
        self.now += span


@pytest.fixture(autouse=True, scope="module")
def _forget_packs() -> Iterator[None]:
    """Let go of the packs of each module's tests: an app has one set, which caches keep; here are thousands."""
    yield
    for kept in (thor._suggestion, limits._counted, counting._working_days, offences.listed):
        kept.cache_clear()


@pytest.fixture(autouse=True)
def _thaw() -> Iterator[None]:
    """Let the collector see again what an app froze at its first paint: the next test starts another."""
    yield
    gc.unfreeze()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "home")


@pytest.fixture
def desk(places: Places, clock: FrozenClock) -> Iterator[Desk]:
    """A new desk, open, with a store that is quick to unlock."""
    made = set_up(places, PASSPHRASE, Settings(PERSON), clock, cost=keys.GENERATED_COST)
    yield made
    made.close()


@pytest.fixture
def store(desk: Desk) -> Store:
    """The store of the desk."""
    return desk.store


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real extracts beside the project; the test is skipped where there is none."""
    found = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not found.is_dir():
        pytest.skip(f"needs the real extracts in {found}")
    return found
