"""Paths that are typed or dropped onto the terminal, and the folder that bundles were last in."""

import shlex
from contextlib import suppress
from pathlib import Path

from casedesk.desk.settings import bundle_folder
from casedesk.model.errors import CasedeskError
from casedesk.screens.session import Session

_LAST = "bundle-folder"


def path_of(typed: str) -> Path:
    """One path as it was typed, quoted or not."""
    text = typed.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return Path(text).expanduser()


def paths_of(typed: str) -> list[Path]:
    """Several paths as a terminal pastes dropped files: each quoted, or with its spaces escaped.

    A single path with spaces in it, as a person types it, is taken whole.
    """
    whole = path_of(typed)
    with suppress(OSError, ValueError):
        if whole.exists():
            return [whole]
    with suppress(ValueError):
        return [Path(one).expanduser() for one in shlex.split(typed)]
    return [whole]


def first_folder(session: Session) -> str:
    """The folder to offer: where bundles were last, or what the settings name; empty where neither is known."""
    named = bundle_folder(session.places, session.settings)
    return session.desk.store.meta(_LAST) or (str(named) if named else "")


def remember_folder(session: Session, folder: Path) -> None:
    """Offer this folder the next time. That it cannot be kept keeps nothing else from being done."""
    with suppress(CasedeskError):
        session.desk.store.set_meta(_LAST, str(folder))
