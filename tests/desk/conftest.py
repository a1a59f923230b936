"""What the tests of the team share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, make_two


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Two]:
    """Ann and Bob, who know each other."""
    made = make_two(tmp_path, clock)
    yield made
    made.ann.close()
    made.bob.close()
