"""Where the sealed files lie: each under the SHA-256 of its own bytes, and never changed.

So whoever keeps a copy of the folder can prove every file in it without holding a key.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from backend.config import Settings
from backend.db import from_ms, translated
from backend.house import house
from backend.services.photos.missing import Missing

__all__ = ["Folder", "Missing", "Store", "keep", "store"]


class Store(Protocol):
    """Four verbs, over whatever keeps files."""

    def put(self, name: str, content: bytes) -> None:
        """Durable when this returns. The same name has the same content, always."""

    def get(self, name: str) -> bytes:
        """Raises Missing."""

    def delete(self, name: str) -> None:
        """Gone; also if it never was."""

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Every file and when it came."""


def keep(sealed: bytes) -> str:
    """Store a sealed file for good; its name."""
    name = hashlib.sha256(sealed).hexdigest()
    store().put(name, sealed)
    return name


def store() -> Store:
    """The one of the settings."""
    return _store(house().settings)


@lru_cache(maxsize=4)
def _store(settings: Settings) -> Store:
    if not settings.PHOTOS.startswith("s3://"):
        return Folder(Path(settings.PHOTOS))
    from backend.services.photos.buckets import Bucket  # Most cities never need it.

    return Bucket(settings)


class Folder:
    """A folder of this machine, in 256 parts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes) -> None:
        """A draft, synced, moved into place, and the folder synced."""
        place = self.path(name)
        try:
            _write(place, content)
        except OSError as error:
            raise translated(error) from error

    def get(self, name: str) -> bytes:
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            raise Missing(name) from None

    def delete(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        for part in sorted(self.folder.glob("??")):
            for file in part.iterdir():
                with contextlib.suppress(FileNotFoundError):
                    yield file.name, from_ms(int(file.stat().st_mtime * 1000))

    def path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _write(place: Path, content: bytes) -> None:
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}.draft")
    try:
        handle = _created(draft)
        with open(handle, "wb", buffering=0) as file:
            file.write(content)
            os.fsync(handle)
        draft.rename(place)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    _sync(place.parent)


def _created(draft: Path) -> int:
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
    try:
        return os.open(draft, flags, 0o600)
    except FileNotFoundError:
        missing = [folder for folder in draft.parents if not folder.exists()]
        draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in missing:
            _sync(folder.parent)  # A folder is lost with its power like a file.
        return os.open(draft, flags, 0o600)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
