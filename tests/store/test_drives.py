"""Where a store may be: on a disk inside the computer, unless the force says otherwise."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from casedesk.desk.settings import Person, Settings, load_settings, save_settings
from casedesk.desk.setup import set_up, unlock
from casedesk.model.errors import StoreError
from casedesk.store import drives, keys
from casedesk.store.places import Places
from tests.conftest import PASSPHRASE, FrozenClock

MOUNTS = r"""
/dev/sda2 / ext4 rw 0 0
proc /proc proc rw 0 0
tmpfs /tmp tmpfs rw 0 0
/dev/mapper/home /home ext4 rw 0 0
server:/export /home/share nfs4 rw 0 0
//server/x /mnt/cifs cifs rw 0 0
me@host:/ /mnt/far fuse.sshfs rw 0 0
/dev/sdb1 /media/my\040stick vfat rw 0 0
/dev/sdc1 /media/disk ext4 rw 0 0
/dev/sdd1 /media/card exfat rw 0 0
/dev/mmcblk0p1 /media/sd vfat rw 0 0
/dev/mmcblk1p1 /srv ext4 rw 0 0
/dev/dm-3 /media/locked ext4 rw 0 0
/dev/sda9 /data vfat rw 0 0
server:/export /over nfs4 rw 0 0
/dev/sda3 /over ext4 rw 0 0
"""


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A made-up /sys: an inner disk, a stick, a USB disk, a drive that says so, a card, a soldered one, a cipher."""

    def disk(place: str, partition: str, removable: str, kind: str = "") -> Path:
        folder = tmp_path / "devices" / place
        (folder / partition).mkdir(parents=True)
        (folder / "removable").write_text(removable + "\n")
        if kind:
            (folder / "device").mkdir()
            (folder / "device" / "type").write_text(kind + "\n")
        blocks = tmp_path / "class" / "block"
        blocks.mkdir(parents=True, exist_ok=True)
        for name, target in ((folder.name, folder), (partition, folder / partition)):
            if not (blocks / name).exists():
                (blocks / name).symlink_to(target)
        return folder

    for partition in ("sda2", "sda3", "sda9"):
        (tmp_path / "devices/pci0/ata1/block/sda" / partition).mkdir(parents=True)
    disk("pci0/ata1/block/sda", "sda1", "0")
    for partition in ("sda2", "sda3", "sda9"):
        (tmp_path / "class/block" / partition).symlink_to(
            tmp_path / "devices/pci0/ata1/block/sda" / partition
        )
    disk("pci0/usb2/2-1/block/sdb", "sdb1", "1")
    usb = disk("pci0/usb1/1-4/block/sdc", "sdc1", "0")
    disk("pci0/ata2/block/sdd", "sdd1", "1")
    disk("pci0/mmc_host/mmc0/block/mmcblk0", "mmcblk0p1", "0", "SD")
    disk("pci0/mmc_host/mmc1/block/mmcblk1", "mmcblk1p1", "0", "MMC")
    cipher = disk("virtual/block/dm-3", "unused", "0")
    (cipher / "slaves").mkdir()
    (cipher / "slaves" / usb.name).symlink_to(usb)
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/home/alex/casedesk", ""),
        ("/", ""),
        ("/tmp/x", ""),
        ("/data/x", ""),
        ("/srv/x", ""),
        ("/over/x", ""),
        ("/home/share", "a network share (nfs4)"),
        ("/home/share/alex/x", "a network share (nfs4)"),
        ("/home/sharepoint", ""),
        ("/mnt/cifs/x", "a network share (cifs)"),
        ("/mnt/far/x", "a network share (fuse.sshfs)"),
        ("/media/my stick/x", "a removable drive (vfat)"),
        ("/media/disk/x", "a removable drive (ext4)"),
        ("/media/card/x", "a removable drive (exfat)"),
        ("/media/sd/x", "a removable drive (vfat)"),
        ("/media/locked/x", "a removable drive (ext4)"),
    ],
)
def test_linux_drives_are_told_apart(folder: str, said: str, system: Path) -> None:
    assert drives.linux_doubt(Path(folder), MOUNTS, system) == said


def test_a_system_that_says_nothing_is_trusted(tmp_path: Path) -> None:
    assert drives.linux_doubt(Path("/home"), "", tmp_path) == ""
    assert drives.linux_doubt(Path("/home"), "nonsense\n\n", tmp_path) == ""


MAC = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)
//alex@server/share on /Volumes/share (smbfs, nodev, nosuid, mounted by alex)
/dev/disk4s1 on /Volumes/My (odd) stick (msdos, local, nodev, nosuid)
"""


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/Users/alex", ""),
        ("/Volumes/share/x", "a network share (smbfs)"),
        ("/Volumes/My (odd) stick/x", "a removable drive (msdos)"),
    ],
)
def test_mac_drives_are_told_apart(folder: str, said: str) -> None:
    assert drives.macos_doubt(Path(folder), MAC) == said


def test_a_store_on_a_share_or_stick_is_refused_unless_allowed(
    places: Places, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drives, "doubt", lambda _: "a network share (nfs4)")
    settings = Settings(Person(number="1"))
    with pytest.raises(StoreError, match="network share") as raised:
        set_up(places, PASSPHRASE, settings, clock, cost=keys.GENERATED_COST)
    assert "--allow-any-drive" in raised.value.cure
    assert not places.home.exists()

    allowed = replace(settings, paths=replace(settings.paths, allow_any_drive=True))
    set_up(places, PASSPHRASE, allowed, clock, cost=keys.GENERATED_COST).close()
    unlock(places, PASSPHRASE, clock).close()

    save_settings(places.settings, replace(load_settings(places.settings), paths=settings.paths))
    with pytest.raises(StoreError, match="network share"):
        unlock(places, PASSPHRASE, clock)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the mounts of Linux")
def test_a_folder_yet_to_be_made_is_judged_by_the_one_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(folder: Path, *_: object) -> str:
        seen.append(folder)
        return "a network share (nfs4)"

    monkeypatch.setattr(drives, "linux_doubt", look)
    assert drives.doubt(tmp_path / "not" / "yet") == "a network share (nfs4)"
    assert seen == [tmp_path.resolve()]
