"""A desk: an open store with the packs, the clock and the settings that the verbs need."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.ids import EntityId
from casedesk.model.moments import Clock, show_day
from casedesk.reference.packs import Packs
from casedesk.store.connection import Connection
from casedesk.store.outgoing import not_in_a_bundle
from casedesk.store.reading import unreadable
from casedesk.store.records import CaseBundle, find_reference, read_case
from casedesk.store.registry import formers
from casedesk.store.store import Store

if TYPE_CHECKING:
    from casedesk.desk.settings import Settings
    from casedesk.rules.finalisation import Checker
    from casedesk.rules.paths import Paths


@dataclass
class Desk:
    """What every verb is given."""

    store: Store
    packs: Packs
    settings: "Settings"
    clock: Clock

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock()

    @cached_property
    def checker(self) -> "Checker":
        """The finalisation rules, compiled."""
        from casedesk.desk.check import make_checker

        return make_checker(self.packs)

    @cached_property
    def paths(self) -> "Paths":
        """The decision paths, compiled."""
        from casedesk.rules.paths import compile_paths

        return compile_paths(self.packs.paths, self.checker)

    def case(self, case_id: EntityId) -> CaseBundle:
        """Read one case whole. Raises NotFoundError when it is not in this store."""
        found = read_case(self.store.connection, case_id)
        if found is None:
            raise NotFoundError("That case is not in this store.", "Go back to the queue and open it again.")
        return found

    def find(self, reference: str) -> EntityId:
        """The case that an occurrence number names; its first characters do when they name only one.

        Raises NotFoundError when there is none, BadInputError when there are several.
        """
        number = reference.strip()
        found = find_reference(self.store.connection, number) or find_reference(
            self.store.connection, number.upper()
        )
        if not found:
            raise NotFoundError(
                f"No case here has the reference {reference!r}.",
                "Check the number, or import the extract it is in.",
            )
        if len(found) > 1:
            raise BadInputError(
                f"{reference!r} begins {len(found)} or more references.", "Give more of the number."
            )
        return found[0]

    @contextmanager
    def reading(self, *, lean: bool = False) -> Iterator[Connection]:
        """A connection of its own, for a thread that only reads; a ``lean`` one keeps less in memory."""
        connection = self.store.reader(lean=lean)
        try:
            yield connection
        finally:
            connection.close()

    def unbundled(self) -> int:
        """How many acts of this installation are in no bundle yet: they exist on this machine alone."""
        return not_in_a_bundle(self.store.connection, self.store.device)

    def warnings(self) -> list[str]:
        """What must be seen on every screen: short words for the header."""
        said = ["made by a newer casedesk: read only"] if self.store.newer else []
        if self._recovery_warning:
            said.append(self._recovery_warning)
        if self._card_warning:
            said.append(self._card_warning)
        holidays = self.packs.bank_holidays
        if holidays.ends_within(self.now.date(), 90):
            said.append(f"bank holidays end {show_day(holidays.last)}")
        return said

    @property
    def _card_warning(self) -> str:
        if not formers(self.store.connection):
            return ""
        from casedesk.desk.identity import card_warning

        return card_warning(self)

    @cached_property
    def _recovery_warning(self) -> str:
        from casedesk.desk.safekeeping import recovery_warning

        return recovery_warning(self)

    def forget_warnings(self) -> None:
        """Look at the key file again for the next warnings: its recovery keys were changed."""
        self.__dict__.pop("_recovery_warning", None)

    def backup_due(self, now: datetime) -> bool:
        """Whether the settings ask for a backup now. Raises StoreError when the backup folder cannot be read."""
        from casedesk.desk.safekeeping import is_backup_due

        return is_backup_due(self, now)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Close; a database error met while reading becomes a StoreError with a cure."""
        self.close()
        told = unreadable(self.store.places.store, error) if error is not None else None
        if told is not None:
            raise told from None
