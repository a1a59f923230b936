"""What is open behind the screens: the desk once it is unlocked, and what the app asks of it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from casedesk.desk.desk import Desk
from casedesk.desk.settings import Settings, load_settings, save_settings
from casedesk.model.moments import Clock
from casedesk.store.connection import Connection
from casedesk.store.places import Places
from casedesk.store.queue import QueueReader
from casedesk.widgets.services import DeskStatus, Drafts


class NoDrafts:
    """Before a store is open nothing typed can be kept: it would lie on the disk unencrypted."""

    def load(self, key: str) -> dict[str, str] | None:
        """Nothing was kept."""
        return None

    def save(self, key: str, draft: dict[str, str]) -> None:
        """Keep nothing."""

    def drop(self, key: str) -> None:
        """Nothing to drop."""


class StoreDrafts:
    """Keeps drafts in the open store."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store

    def load(self, key: str) -> dict[str, str] | None:
        """Give the draft back."""
        return self._store.load_draft(key)

    def save(self, key: str, draft: dict[str, str]) -> None:
        """Keep the draft."""
        self._store.save_draft(key, draft)

    def drop(self, key: str) -> None:
        """Forget the draft."""
        self._store.drop_draft(key)


class Session:
    """The app's services, over a desk that is locked at first. One desk at a time."""

    def __init__(self, places: Places, clock: Clock, desk: Desk | None = None) -> None:
        """Raises BadInputError when the settings file does not hold together."""
        self.places = places
        self.clock = clock
        self._desk = desk
        self.is_demo = desk is not None
        """Whether the desk came open: a demo, which has no passphrase anybody knows."""
        self._reader: Connection | None = None
        self.settings: Settings = desk.settings if desk else load_settings(places.settings)

    @property
    def desk(self) -> Desk:
        """The open desk. Only screens behind the unlocking ask for it."""
        if self._desk is None:
            raise LookupError("the desk is locked")
        return self._desk

    @property
    def is_open(self) -> bool:
        """Whether a desk is open."""
        return self._desk is not None

    def open(self, desk: Desk) -> None:
        """Work with this desk from now on."""
        self._desk = desk
        self.settings = desk.settings

    def close(self) -> None:
        """Lock: let go of the desk, its connections and its key."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self.__dict__.pop("queue", None)
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    @cached_property
    def queue(self) -> QueueReader:
        """Reads the queue for painting, on a connection of its own: a running import does not show half-done."""
        self._reader = self.desk.store.reader(lean=True)
        return QueueReader(self._reader)

    # What the app asks

    @property
    def theme(self) -> str:
        """The theme to start with."""
        return self.settings.theme

    @property
    def keymap(self) -> Mapping[str, str]:
        """The user's own keys."""
        return self.settings.keymap

    @property
    def log_path(self) -> Path:
        """Where faults are logged."""
        return self.places.log

    @property
    def drafts(self) -> Drafts:
        """Where drafts are kept."""
        return StoreDrafts(self._desk) if self._desk else NoDrafts()

    def status(self) -> DeskStatus:
        """What the header shows."""
        if self._desk is None:
            return DeskStatus(marking=self.settings.marking)
        return DeskStatus(
            self.settings.person.name or self.settings.person.actor,
            self.settings.marking,
            self._desk.unbundled(),
            _conflicts(self._desk),
            tuple(self._desk.warnings()),
        )

    def keep_theme(self, name: str) -> None:
        """Remember the theme that the user chose, where there is a desk to remember it for."""
        self.settings = replace(self.settings, theme=name)
        if self._desk is not None:
            save_settings(self._desk.store.places.settings, self.settings)


def _conflicts(desk: Desk) -> int:
    (number,) = desk.store.connection.execute("SELECT count(*) FROM conflict").fetchone()
    return int(number)
