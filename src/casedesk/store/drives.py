"""What kind of drive a folder is on: a store belongs on a disk inside the computer.

On a network share two computers can write at once and locks are not to be relied on; a removable drive is
lost or pulled out in the middle of a write.
"""

import re
import sys
from pathlib import Path

from casedesk.model.errors import StoreError

_NETWORK = frozenset(
    {
        "afpfs", "afs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4",
        "smb", "smb2", "smb3", "smbfs", "sshfs", "webdav",
    }
)  # fmt: skip
"""File systems of network shares, as Linux and macOS name them; on Linux every ``fuse.…`` counts as well."""
_STICKS = frozenset({"exfat", "msdos"})
"""What macOS calls the formats of memory sticks and cards."""
_ESCAPED = re.compile(r"\\([0-7]{3})")


def doubt(folder: Path) -> str:
    """Say why a store should not be in this folder, e.g. “a network share (nfs4)”; empty when it may."""
    there = _existing(folder)
    if sys.platform == "win32":
        return _windows(there)
    if sys.platform == "darwin":
        return _macos(there)
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    return linux_doubt(there, mounts, Path("/sys"))


def refuse(folder: Path) -> None:
    """Raise StoreError when the folder is on a network share or a removable drive."""
    why = doubt(folder)
    if why:
        raise StoreError(
            f"{folder} is on {why}; a store there can be damaged or lost.",
            "Keep it on a disk inside this computer; --allow-any-drive if your force has decided otherwise.",
        )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    return there.resolve()


def linux_doubt(folder: Path, mounts: str, system: Path) -> str:
    """The same from the text of /proc/self/mounts and the folder /sys."""
    device, kind = _linux_mount(folder, mounts)
    if kind in _NETWORK or kind.startswith("fuse."):
        return f"a network share ({kind})"
    if device.startswith("/dev/") and _is_removable(system, Path(device).resolve().name):
        return f"a removable drive ({kind})"
    return ""


def _linux_mount(folder: Path, mounts: str) -> tuple[str, str]:
    """The device and file system of the mount a folder is on: the last of those with the longest path."""
    found, best = ("", ""), -1
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = Path(_ESCAPED.sub(lambda code: chr(int(code[1], 8)), parts[1]))
        if folder.is_relative_to(point) and len(point.parts) >= best:
            found, best = (parts[0], parts[2]), len(point.parts)
    return found


def _is_removable(system: Path, device: str) -> bool:
    """Whether a disk, or one it lies on, hangs on USB, is a card, or is called removable by the kernel."""
    place = (system / "class" / "block" / device).resolve()
    disk = place if (place / "removable").is_file() else place.parent
    if not (disk / "removable").is_file():
        return False
    if any(re.fullmatch(r"usb\d+", part) for part in disk.parts) or _word(disk / "device" / "type") == "SD":
        return True
    under = disk / "slaves"
    return _word(disk / "removable") == "1" or (
        under.is_dir() and any(_is_removable(system, below.name) for below in under.iterdir())
    )


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _macos(folder: Path) -> str:
    import subprocess

    try:
        listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return macos_doubt(folder, listed.stdout)


def macos_doubt(folder: Path, mounts: str) -> str:
    """The same from what /sbin/mount prints: ``//x@server/share on /Volumes/share (smbfs, nodev)``."""
    kind, best = "", -1
    for line in mounts.splitlines():
        said = re.fullmatch(r".* on (/.*) \(([a-z0-9]+)[^()]*\)", line)
        if said and folder.is_relative_to(said[1]) and len(Path(said[1]).parts) >= best:
            kind, best = said[2], len(Path(said[1]).parts)
    if kind in _NETWORK:
        return f"a network share ({kind})"
    return f"a removable drive ({kind})" if kind in _STICKS else ""


def _windows(folder: Path) -> str:
    if sys.platform != "win32":
        return ""
    import ctypes

    kinds = {2: "a removable drive", 4: "a network share", 5: "a CD or DVD"}
    root = folder.anchor
    if root.startswith("\\\\") and not root.startswith("\\\\?\\"):
        return "a network share"
    return kinds.get(ctypes.windll.kernel32.GetDriveTypeW(root), "")
