"""New keys for old, file by file: the new one is there before its row names it.

The old files are named by nobody then, and go with the next sweep.
"""

from collections.abc import Callable
from typing import Any

from backend.db import writing
from backend.house import house
from backend.models import Photo
from backend.services.photos import copying, storing
from backend.vault import Broken

CHUNK = 200


def reseal(seen: Callable[[int, int], None]) -> tuple[int, int, int]:
    """Seal every file again that is not under the newest key: files, resealed, broken.

    `seen` is told how many photos were gone through, of how many.
    """
    total, done, after = Photo.select().count(), 0, ""
    files = resealed = broken = 0
    while rows := list(Photo.select().where(Photo.id > after).order_by(Photo.id).limit(CHUNK)):
        for row in rows:
            for column, name in _files(row):
                files += 1
                try:
                    resealed += _reseal(row, column, name)
                except (Broken, storing.Missing):
                    broken += 1
        after, done = rows[-1].id, done + len(rows)
        seen(done, total)
    return files, resealed, broken


def _files(row: Photo) -> list[tuple[Any, bytes]]:
    """Which files it has, and what each is sealed as."""
    found: list[tuple[Any, bytes]] = []
    if row.original is not None:
        found.append((Photo.original, copying.name_of(row.sha256)))
    if row.state == "ready":
        found.append((Photo.copy, copying.copy_name_of(row.sha256)))
    return found


def _reseal(row: Photo, column: Any, name: bytes) -> bool:
    vault, old = house().vault, getattr(row, column.name)
    if old is None:  # From before photos were sealed.
        plain = storing.store().get(f"{row.sha256}.jpg")
        content = copying.SMALL.pack(0) + plain
        same = Photo.id == row.id
    else:
        sealed = storing.store().get(old)
        if vault.is_current(sealed):
            return False
        content = vault.open_file(name, sealed)
        same = column == old
    new = storing.keep(vault.seal_file(name, content))
    with writing():
        Photo.update({column: new}).where(same).execute()
    return True
