"""Where things are on this computer."""

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "CASEDESK_HOME"


@dataclass(frozen=True)
class Places:
    """The files of one installation, all in one folder."""

    home: Path

    @property
    def store(self) -> Path:
        """The encrypted database."""
        return self.home / "casedesk.db"

    @property
    def key(self) -> Path:
        """The store's key, wrapped: useless without the passphrase or the recovery key."""
        return self.home / "casedesk.key"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.home / "settings.toml"

    @property
    def packs(self) -> Path:
        """The force's overlay of the data packs."""
        return self.home / "packs"

    @property
    def log(self) -> Path:
        """The fault log: no personal data."""
        return self.home / "casedesk.log"

    @property
    def lock(self) -> Path:
        """Held by the one process that has the store open."""
        return self.home / "casedesk.lock"

    @property
    def attempts(self) -> Path:
        """When wrong passphrases were given, and nothing else."""
        return self.home / "attempts.json"

    @property
    def recovery_keys(self) -> Path:
        """The force's public recovery keys, one a line, for setting up: a roll-out puts this file there."""
        return self.home / "recovery-key.txt"

    @property
    def backups(self) -> Path:
        """Encrypted backups."""
        return self.home / "backups"


def default_home() -> Path:
    """The folder named by ``CASEDESK_HOME``, else the user's data folder of this operating system."""
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("casedesk", appauthor=False, roaming=False)


def demo_home() -> Path:
    """Where demo caseloads live: a cache folder, because nothing in them is anybody's work."""
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named).expanduser() / "demo"
    import platformdirs

    return platformdirs.user_cache_path("casedesk", appauthor=False) / "demo"
