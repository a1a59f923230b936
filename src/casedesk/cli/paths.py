"""Looking at what was typed as a path: a name that no file can have is simply not there."""

from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether a file of this name is there."""
    try:
        return path.is_file()
    except OSError:  # a name too long for any file
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder of this name is there."""
    try:
        return path.is_dir()
    except OSError:
        return False
