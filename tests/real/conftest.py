"""What the tests on real extracts share: desks that hold them, made once a file, and plain readings of the same."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.settings import Settings
from casedesk.desk.setup import set_up
from casedesk.store.keys import GENERATED_COST
from casedesk.store.places import Places
from tests.conftest import PASSPHRASE, PERSON, FrozenClock

NewDesk = Callable[[], Desk]


@pytest.fixture(scope="session")
def police_uk(shared_data: Path) -> Path:
    """The files of data.police.uk; the test is skipped where they are not."""
    found = shared_data / "police_uk"
    if not found.is_dir():
        pytest.skip(f"needs the files of data.police.uk in {found}")
    return found


@pytest.fixture(scope="module")
def new_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewDesk]:
    """Makes desks that are closed when the file's tests have run. Their clock goes on a minute at each reading."""

    class Clock(FrozenClock):
        def __call__(self) -> datetime:
            self.advance(timedelta(minutes=1))
            return self.now

    with ExitStack() as open_ones:

        def make() -> Desk:
            home = tmp_path_factory.mktemp("desk") / "home"
            return open_ones.enter_context(
                set_up(Places(home), PASSPHRASE, Settings(PERSON), Clock(), cost=GENERATED_COST)
            )

        yield make
