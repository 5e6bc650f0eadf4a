"""Disks that lose their power, and disks that are full: a file system of the test's own.

Both need root. Where the machine does not let us, the test is skipped and says why.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# EXT4_IOC_SHUTDOWN, _IOR('X', 125, __u32): the file system ends at once. With NOLOGFLUSH nothing
# more is written, neither data nor journal: what the device holds is what a power cut leaves.
SHUTDOWN = (2 << 30) | (4 << 16) | (ord("X") << 8) | 125
NOLOGFLUSH = 2


class Disk:
    """An ext4 on a loop device whose power can be cut; `place` is where it is mounted."""

    def __init__(self, folder: Path, mebibytes: int) -> None:
        self.image, self.place = folder / "disk.img", folder / "disk"
        self.place.mkdir()
        with self.image.open("wb") as file:
            file.truncate(mebibytes * 1024 * 1024)
        _run("mkfs.ext4", "-q", "-F", str(self.image))
        self.mount()

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self.image), str(self.place))

    def unmount(self) -> None:
        _run("umount", str(self.place))

    def settle(self) -> None:
        """Everything so far is on the device."""
        _run("sync", "-f", str(self.place))

    def cut(self) -> None:
        """The power fails: whatever has not reached the device by now is gone."""
        handle = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        finally:
            os.close(handle)

    def back(self) -> None:
        """The power is back: the journal is played, the files are what they are."""
        self.unmount()
        self.mount()


@contextmanager
def disk(folder: Path, mebibytes: int = 96) -> Iterator[Disk]:
    """A disk for one test."""
    _needs("mkfs.ext4", "mount", "umount")
    # In memory if it can be: the cuts are what is tried here, not the machine's own disk.
    shared = Path("/dev/shm")
    home = Path(tempfile.mkdtemp(dir=shared if os.access(shared, os.W_OK) else folder))
    home.chmod(0o755)  # Another user's database server may have to come in.
    try:
        made = Disk(home, mebibytes)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(home, ignore_errors=True)
        pytest.skip(f"no power cuts here: {_why(error)}")
    try:
        yield made
    finally:
        subprocess.run(["umount", "--lazy", str(made.place)], check=False)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """A file system in memory of that size, which a test can fill."""
    _needs("mount", "umount")
    place = folder / "small"
    place.mkdir()
    size = f"size={mebibytes}m"
    try:
        _run("mount", "-t", "tmpfs", "-o", size, "none", str(place))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no full disk here: {_why(error)}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def fill(place: Path) -> Path:
    """Take every byte that is left; remove the file to give them back."""
    greedy = place / "greedy"
    with greedy.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    file.write(b"\xff" * size)
            except OSError:
                continue
    return greedy


def _needs(*commands: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("disks of our own need root")
    missing = [command for command in commands if shutil.which(command) is None]
    if missing:
        pytest.skip(f"disks of our own need {', '.join(missing)}")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return str(error.stderr).strip() or str(error)
    return str(error)
