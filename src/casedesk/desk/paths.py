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


def is_there(path: Path) -> bool:
    """Whether anything of this name is there, a dead link too."""
    return is_file(path) or is_folder(path) or _is_link(path)


def is_name(path: Path) -> bool:
    """Whether a file can be called so: not with more bytes than a file system takes."""
    return bool(path.name) and len(path.name.encode("utf-8", "surrogatepass")) <= _LONGEST


_LONGEST = 255


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:
        return False
