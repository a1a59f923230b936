"""The doctor: looks at everything a store rests on and says of each thing whether it is well and what to do.

Works without the passphrase too, as far as that goes. It changes nothing.
"""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casedesk import __version__
from casedesk.desk import bundle_parts
from casedesk.desk.desk import Desk
from casedesk.desk.identity import renamed
from casedesk.desk.safekeeping import CHANGED_RECOVERY_KEY, recovery_warning
from casedesk.desk.settings import Settings, backup_folder, load_settings
from casedesk.desk.setup import packs_for
from casedesk.model.errors import CasedeskError
from casedesk.model.moments import Clock, show_day, show_instant
from casedesk.model.text import counted
from casedesk.reference.packs import Packs
from casedesk.store import attempts, backup, drives, keys
from casedesk.store.checks import rebuild, verify
from casedesk.store.connection import DatabaseError, cipher_version
from casedesk.store.parked import Why
from casedesk.store.places import Places
from casedesk.store.store import clock_doubt, is_open_elsewhere

_MB = 1024 * 1024
_HARDLY_ANY_MB = 50
_FIRST_YEAR = 2025
"""There was no casedesk before it."""
_YEARS_AHEAD = 20


class Word(StrEnum):
    """How a thing is."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True)
class Line:
    """What the doctor says of one thing."""

    word: Word
    what: str
    said: str
    cure: str = ""


Check = Callable[[], Iterator[Line]]


def examine(
    places: Places, clock: Clock, unlock: Callable[[], Desk] | None, *, deep: bool = False
) -> Iterator[Line]:
    """Look at everything, line by line as it is found.

    ``unlock`` opens the desk, or raises; None when it cannot be asked for the passphrase. With ``deep`` the
    tables are compared with the journal as well, for which the desk must be open for writing.
    """
    surroundings = _Surroundings(places, clock())
    yield from surroundings.lines()
    if not places.store.exists() or not places.key.exists():
        return
    if unlock is None:
        yield Line(
            Word.LOOK, "store", "not unlocked: what is inside was not checked",
            "Run this in a terminal, or name a passphrase file in CASEDESK_PASSPHRASE_FILE.",
        )  # fmt: skip
        yield from surroundings.backups(trial=False)
        return
    try:
        desk = unlock()
    except CasedeskError as error:
        yield Line(Word.BAD, "store", error.message, error.cure)
        yield from surroundings.backups(trial=False)
        return
    with desk:
        yield from _inside(desk, deep)
        yield from surroundings.backups(trial=desk.store.is_trial)


class _Surroundings:
    """What can be seen without the passphrase."""

    def __init__(self, places: Places, now: datetime) -> None:
        self.places = places
        self.now = now
        self.settings = Settings()

    def lines(self) -> Iterator[Line]:
        """Everything but the backups, which depend on what the store is."""
        yield Line(
            Word.OK, "program",
            f"casedesk {__version__}, Python {platform.python_version()}, SQLCipher {cipher_version()}, "
            f"{platform.system()} {platform.release()}",
        )  # fmt: skip
        checks: tuple[tuple[str, Check], ...] = (
            ("settings", self._settings),
            ("clock", self._clock),
            ("packs", self._packs),
            ("folder", self._folder),
            ("files", self._files),
            ("key file", self._key_file),
            ("disk", self._disk),
            ("lock", self._lock),
            ("passphrases", self._attempts),
        )
        for what, check in checks:
            yield from _guarded(what, check)

    def _settings(self) -> Iterator[Line]:
        self.settings = load_settings(self.places.settings)
        yield Line(Word.OK, "settings", f"{self.places.settings} holds together")

    def _clock(self) -> Iterator[Line]:
        shown = f"{show_instant(self.now)} by this computer"
        if _FIRST_YEAR <= self.now.year <= _FIRST_YEAR + _YEARS_AHEAD:
            yield Line(Word.OK, "clock", shown)
        else:
            yield Line(Word.BAD, "clock", f"{shown}: that year cannot be right", "Set the computer's clock.")

    def _packs(self) -> Iterator[Line]:
        from casedesk.desk.check import make_checker
        from casedesk.reference.check import check_packs

        packs = packs_for(self.places, self.settings)
        found = check_packs(packs.overlay, also={"finalisation": lambda over: make_checker(Packs(over))})
        for problem in found:
            yield Line(Word.BAD, "packs", str(problem), problem.cure)
        if found:
            return
        holidays, today = packs.bank_holidays, self.now.date()
        if holidays.ends_within(today, 90):
            word = Word.BAD if holidays.last < today else Word.LOOK
            yield Line(
                word, "packs", f"the bank holidays end {show_day(holidays.last)}",
                "Install a newer casedesk, or lay a newer bank-holidays.toml into the packs folder.",
            )  # fmt: skip
        else:
            yield Line(Word.OK, "packs", f"hold together; bank holidays until {show_day(holidays.last)}")

    def _folder(self) -> Iterator[Line]:
        home = self.places.home
        if not home.is_dir():
            yield Line(
                Word.BAD, "folder", f"{home} is not there", "Run “casedesk init”, or give the right --home."
            )
            return
        why = drives.doubt(home)
        if why:
            word = Word.LOOK if self.settings.paths.allow_any_drive else Word.BAD
            yield Line(
                word, "folder", f"{home} is on {why}", "Move the store to a disk inside this computer."
            )
        if not os.access(home, os.W_OK | os.X_OK):
            yield Line(
                Word.BAD, "folder", f"{home} cannot be written", "Give yourself the right to write in it."
            )
        elif os.name == "posix" and home.stat().st_mode & 0o077:
            yield Line(
                Word.LOOK, "folder", f"other accounts of this computer can look into {home}",
                f"Run: chmod 700 '{home}'",
            )  # fmt: skip
        elif not why:
            yield Line(Word.OK, "folder", f"{home}, yours alone")

    def _files(self) -> Iterator[Line]:
        store, key = self.places.store, self.places.key
        if not store.exists() and not key.exists():
            yield Line(
                Word.BAD, "files", "there is no store here", "Run “casedesk init”, or give the right --home."
            )
            return
        for here, missing in ((store, key), (key, store)):
            if not missing.exists():
                yield Line(
                    Word.BAD, "files", f"{here.name} is here without {missing.name}",
                    f"Put {missing.name} back, or restore a backup into another folder.",
                )  # fmt: skip
        if store.exists() and key.exists():
            yield Line(Word.OK, "files", f"store of {store.stat().st_size / _MB:,.1f} MB and its key file")
        left = sorted(
            path.name
            for path in self.places.home.iterdir()
            if path.name.endswith(".part") or path.name.startswith(f"{store.name}.copy")
        )
        if left:
            yield Line(
                Word.LOOK, "files", f"left over from something that was cut short: {', '.join(left)}",
                "Remove them when no casedesk is running.",
            )  # fmt: skip

    def _key_file(self) -> Iterator[Line]:
        if not self.places.key.exists():
            return
        key_file = keys.read_key_file(self.places.key)
        cost = key_file.cost
        yield Line(
            Word.OK, "key file",
            f"reads; one guess at the passphrase takes {cost.memory_kib // 1024} MiB and {cost.passes} passes",
        )  # fmt: skip

    def _disk(self) -> Iterator[Line]:
        if not self.places.home.is_dir():
            return
        free = shutil.disk_usage(self.places.home).free // _MB
        if free >= self.settings.limits.free_space_mb:
            yield Line(Word.OK, "disk", f"{free:,} MB free")
        else:
            word = Word.BAD if free < _HARDLY_ANY_MB else Word.LOOK
            yield Line(
                word,
                "disk",
                f"only {free:,} MB free",
                "Free some space: nothing can be saved on a full disk.",
            )

    def _lock(self) -> Iterator[Line]:
        if not self.places.store.exists():
            return
        if is_open_elsewhere(self.places):
            yield Line(
                Word.LOOK, "lock", "the store is open in another casedesk", "Close it if it is not yours."
            )
        else:
            yield Line(Word.OK, "lock", "nobody else has the store open")

    def _attempts(self) -> Iterator[Line]:
        count = attempts.waiting(self.places.attempts)
        if count:
            yield Line(
                Word.LOOK, "passphrases", f"{count:,} wrong since the access log was last written",
                "If they were not yours, tell your supervisor.",
            )  # fmt: skip

    def backups(self, *, trial: bool) -> Iterator[Line]:
        """How old the newest backup is, and whether it would outlive the computer."""
        if trial:
            yield Line(Word.OK, "backups", "a trial store needs none")
            return
        yield from _guarded("backups", self._backups)

    def _backups(self) -> Iterator[Line]:
        folder, hours = backup_folder(self.places, self.settings), self.settings.backup.every_hours
        store_id = keys.read_key_file(self.places.key).store_id
        held = backup.list_backups(folder)
        own = [one for one in held if one.store_id == store_id]
        if not own:
            yield Line(Word.BAD, "backups", f"none in {folder}", "Run “casedesk backup”.")
        else:
            yield self._age(own[0], len(own), hours)
        if not hours:
            yield Line(
                Word.LOOK, "backups", "none are made by schedule", "Set backup.every_hours in the settings."
            )
        if len(held) > len(own):
            yield Line(
                Word.LOOK, "backups", f"{len(held) - len(own)} of other stores are in {folder}",
                "They are never removed by themselves: see whether they are still to be kept.",
            )  # fmt: skip
        if folder.is_dir() and folder.stat().st_dev == self.places.home.stat().st_dev:
            yield Line(
                Word.LOOK, "backups", "they are on the same drive as the store: whoever loses one loses both",
                "Name a folder on another drive under [backup] in the settings; backups are encrypted.",
            )  # fmt: skip

    def _age(self, newest: backup.Backup, count: int, hours: int) -> Line:
        age, said = self.now - newest.made_at, f"{count}, the newest of {show_instant(newest.made_at)}"
        if age < timedelta(0):
            return Line(
                Word.LOOK, "backups", f"{said}: the clock stands before it", "Check the computer's clock."
            )
        usual = timedelta(hours=hours or 24 * 7)
        if age < 2 * usual:
            return Line(Word.OK, "backups", said)
        return Line(Word.LOOK if age < 7 * usual else Word.BAD, "backups", said, "Run “casedesk backup”.")


def _inside(desk: Desk, deep: bool) -> Iterator[Line]:
    """What can be seen with the desk open."""
    checks: tuple[tuple[str, Check], ...] = (
        ("clock", lambda: _last_operation(desk)),
        ("recovery key", lambda: _recovery(desk)),
        ("store", lambda: _chains(desk)),
        ("bundles", lambda: _bundles(desk)),
        ("drafts", lambda: _drafts(desk)),
        *((("tables", lambda: _tables(desk)),) if deep else ()),
    )
    for what, check in checks:
        yield from _guarded(what, check)


def _last_operation(desk: Desk) -> Iterator[Line]:
    behind = clock_doubt(desk.store, desk.now)
    if behind is not None:
        yield Line(
            Word.BAD, "clock", f"it stands {_shown(behind)} before the last thing that was saved here",
            "Set the computer's clock. If it is right, it was wrong then: the order of the timeline may be off.",
        )  # fmt: skip


def _recovery(desk: Desk) -> Iterator[Line]:
    warning = recovery_warning(desk)
    if not warning:
        yield Line(
            Word.OK, "recovery key", "a trial store needs none" if desk.store.is_trial else "opens this store"
        )
    elif warning == CHANGED_RECOVERY_KEY:
        yield Line(
            Word.BAD, "recovery key", "that part of the key file was changed outside casedesk",
            "Set it again: “casedesk recovery-key add age1…”, and find out who changed it.",
        )  # fmt: skip
    else:
        yield Line(
            Word.BAD, "recovery key", "there is none: without the passphrase this store is lost",
            "Ask your force for its public recovery key, then “casedesk recovery-key add age1…”.",
        )  # fmt: skip


def _chains(desk: Desk) -> Iterator[Line]:
    if desk.store.newer:
        yield Line(Word.LOOK, "store", "made by a newer casedesk: read only here", "Update casedesk.")
    report = verify(desk.store.connection)
    for problem in report.problems:
        yield Line(
            Word.BAD,
            "store",
            problem,
            "Keep the file as it is; restore the latest backup into another folder.",
        )
    if not report.problems:
        yield Line(
            Word.OK,
            "store",
            f"every page is whole; {report.operations:,} operations in {report.chains} chains hold",
        )
    for gone in report.missing:
        yield Line(
            Word.BAD,
            "documents",
            gone,
            "Take in a colleague's next bundle: it brings it if they have it. Else attach the file again.",
        )
    if not report.missing:
        held = report.documents
        yield Line(
            Word.OK,
            "documents",
            f"{counted(held.count, 'content')} of {held.bytes / _MB:,.1f} MB, none missing",
        )


def _bundles(desk: Desk) -> Iterator[Line]:
    """Whether this store goes by a new name, what came that cannot be taken in, what exports left unfinished."""
    for part in bundle_parts.left(desk):
        yield Line(
            Word.LOOK, "bundles", f"{part} is left over from an export that was cut short",
            "The next export into that folder removes it.",
        )  # fmt: skip
    found = renamed(desk)
    if found is not None:
        said = f"it goes by a new name since {show_instant(found.since)}, for it was restored or copied"
        if found.to_tell:
            yield Line(
                Word.LOOK, "bundles", f"{said}; {', '.join(found.to_tell)} may not know its new card yet",
                "Give it to them: “casedesk team card”. What they make for the old name cannot be opened here.",
            )  # fmt: skip
        else:
            yield Line(Word.OK, "bundles", f"{said}; every colleague knows its card")
    counted_by = dict(
        desk.store.connection.execute("SELECT why, count(*) FROM park GROUP BY why ORDER BY why").fetchall()
    )
    counted_by.pop(Why.REISSUED, None)
    if counted_by:
        kinds = ", ".join(f"{number} {why.replace('-', ' ')}" for why, number in counted_by.items())
        yield Line(
            Word.LOOK, "bundles", f"{counted(sum(counted_by.values()), 'operation')} waiting ({kinds})",
            "See “casedesk bundle waiting”: it says what each needs.",
        )  # fmt: skip
    else:
        yield Line(Word.OK, "bundles", "nothing that came is waiting")


def _drafts(desk: Desk) -> Iterator[Line]:
    (count,) = desk.store.connection.execute("SELECT count(*) FROM draft").fetchone()
    if count:
        yield Line(
            Word.LOOK, "drafts", f"{count} typed and not saved", "Open the app: each is where it was typed."
        )
    else:
        yield Line(Word.OK, "drafts", "none waiting")


def _tables(desk: Desk) -> Iterator[Line]:
    report = rebuild(desk.store, keep=False)
    if report.differing:
        yield Line(
            Word.BAD, "tables", f"not what the journal says: {', '.join(report.differing)}",
            "Run “casedesk store rebuild”, which makes them anew; nothing is lost.",
        )  # fmt: skip
    else:
        yield Line(Word.OK, "tables", "exactly what the journal says")


def _guarded(what: str, check: Check) -> Iterator[Line]:
    """Run a check; what stops it is a finding of its own."""
    try:
        yield from check()
    except CasedeskError as error:
        yield Line(Word.BAD, what, error.message, error.cure)
    except DatabaseError:
        yield Line(
            Word.BAD, what, "the store's file is damaged there",
            "Keep the file as it is; restore the latest backup into another folder.",
        )  # fmt: skip
    except OSError as error:
        yield Line(
            Word.BAD,
            what,
            f"cannot be looked at ({error.strerror or type(error).__name__})",
            "Check the rights.",
        )


def _shown(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 60 * 48 else f"{minutes // 60 // 24} days"
