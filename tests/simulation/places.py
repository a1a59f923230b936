"""The desks of a simulated world: each with a store, a clock that may be wrong, and what it knows of the others."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

from casedesk.desk import team
from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import packs_for, set_up
from casedesk.model.ids import EntityId
from casedesk.reference.packs import Packs
from casedesk.store import keys
from casedesk.store.identity import tell_former_names
from casedesk.store.places import Places
from casedesk.store.restore import become_new
from casedesk.store.store import Store

MOST = 4
"""The most desks of a world."""
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PASSPHRASE = "a long enough passphrase"


class Broken(Exception):  # noqa: N818 - a law that did not hold, not an error of the program
    """A law did not hold."""


class Crash(Exception):  # noqa: N818 - the power went
    """The power went in the middle of an import."""


@contextmanager
def seeded(seed: int) -> Iterator[random.Random]:
    """Let everything that is drawn by chance follow from the seed: ids too, because they break ties."""
    drawn = random.Random(f"ids {seed}")
    began = int(START.timestamp()) * 1_000_000_000
    with (
        patch("time.time_ns", count(began, 1_000_000).__next__),
        patch("secrets.token_bytes", drawn.randbytes),
        patch("secrets.token_hex", lambda count: drawn.randbytes(count).hex()),
    ):
        yield random.Random(seed)


@dataclass
class WrongClock:
    """A clock that is off by some fixed span."""

    true: Callable[[], datetime]
    off: timedelta

    def __call__(self) -> datetime:
        return self.true() + self.off


@dataclass
class Place:
    """One desk of the world."""

    name: str
    desk: Desk
    clock: WrongClock
    formers: set[bytes] = field(default_factory=set)
    """The names it had before it was restored."""

    @property
    def id(self) -> bytes:
        return self.desk.store.identity.device

    @property
    def home(self) -> Path:
        return self.desk.store.places.home

    def colleague(self, other: "Place") -> team.Colleague | None:
        """The other one as this one knows it, if it is a member here."""
        return next((one for one in team.members(self.desk) if one.id == other.id and one.is_active), None)

    def shows(self, case_id: EntityId) -> bool:
        """Whether anything is known of a case here."""
        row = self.desk.store.connection.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone()
        return row is not None

    def back_up(self, to: Path) -> None:
        """Keep the store as it is now."""
        key = self.desk.store.key
        self.desk.close()
        shutil.copytree(self.home, to)
        self._open(key)

    def restore(self, backup: Path) -> None:
        """Bring the store back as it was then. It is another installation after that."""
        key, home = self.desk.store.key, self.home
        self.formers.add(self.id)
        self.desk.close()
        shutil.rmtree(home)
        shutil.copytree(backup, home)
        self._open(key)
        become_new(self.desk.store)
        self.desk.close()
        self._open(key)
        tell_former_names(self.desk.store)

    def opened_from(self, home: Path, name: str) -> "Place":
        """A copy of the store, opened beside it."""
        store = Store(Places(home), self.desk.store.key, self.clock, self.desk.packs)
        return Place(name, Desk(store, self.desk.packs, self.desk.settings, self.clock), self.clock)

    def _open(self, key: bytes) -> None:
        store = Store(self.desk.store.places, key, self.clock, self.desk.packs)
        self.desk = Desk(store, self.desk.packs, self.desk.settings, self.clock)


class Templates:
    """New stores to copy from: making one takes longer than a whole step."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: dict[int, tuple[Path, bytes, Packs]] = {}

    def make_ready(self) -> None:
        """Make all of them now, before a fault is planted."""
        for number in range(MOST):
            self._made_one(number)

    def open(self, number: int, home: Path, clock: Callable[[], datetime]) -> Desk:
        """Open a copy of a new store."""
        template, key, packs = self._made_one(number)
        shutil.copytree(template, home)
        return Desk(Store(Places(home), key, clock, packs), packs, _settings(number), clock)

    def _made_one(self, number: int) -> tuple[Path, bytes, Packs]:
        if number not in self._made:
            folder, settings = Places(self._root / f"template{number}"), _settings(number)
            with (
                seeded(number),
                set_up(folder, PASSPHRASE, settings, _start, cost=keys.GENERATED_COST) as made,
            ):
                self._made[number] = folder.home, made.store.key, packs_for(folder, settings)
        return self._made[number]


def _settings(number: int) -> Settings:
    return Settings(Person(name=f"Desk {number}", number=f"100{number}"))


def _start() -> datetime:
    return START
