"""What is not kept: photos nobody used, files nobody names, originals after three years."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from backend import clock
from backend.db import writing
from backend.house import house
from backend.models import Photo
from backend.services.photos.storing import store

UNUSED = timedelta(days=1)
PORTION = 500


def forget_unused() -> int:
    """Photos nobody used within a day: rows first, then their files."""
    unused = Photo.area_path.is_null() & (Photo.taken_at < clock.now() - UNUSED)
    total = 0
    while True:
        with writing():
            rows = list(Photo.select().where(unused).limit(PORTION))
            Photo.delete().where(Photo.id.in_([row.id for row in rows])).execute()
        _delete(name for row in rows for name in _names(row))
        total += len(rows)
        if len(rows) < PORTION:
            return total


def forget_originals() -> int:
    """What was sent, after PHOTO_ORIGINALS_DAYS: the copy and the digest stay."""
    kept = timedelta(days=house().settings.PHOTO_ORIGINALS_DAYS)
    old = Photo.original.is_null(False) & (Photo.taken_at < clock.now() - kept)
    total = 0
    while True:
        with writing():
            rows = list(Photo.select(Photo.id, Photo.original).where(old).limit(PORTION))
            ours = Photo.id.in_([row.id for row in rows])
            Photo.update(original=None).where(ours).execute()
        _delete(str(row.original) for row in rows)
        total += len(rows)
        if len(rows) < PORTION:
            return total


def sweep() -> int:
    """Files that no row names after a day: their report was refused, or the power failed."""
    before, gone = clock.now() - UNUSED, 0
    old = (name for name, at in store().names() if at < before)
    while portion := list(islice(old, PORTION)):
        gone += _delete(portion)
    return gone


def _delete(names: Iterable[str]) -> int:
    """Delete these files unless a row names them; how many."""
    found = list(names)
    named = set(_named(found))
    for name in found:
        if name not in named:
            store().delete(name)
    return len(found) - len(named & set(found))


def _named(names: list[str]) -> Iterator[str]:
    digests = [name.removesuffix(".jpg") for name in names if name.endswith(".jpg")]
    for column, wanted in ((Photo.original, names), (Photo.copy, names), (Photo.sha256, digests)):
        suffix = ".jpg" if column is Photo.sha256 else ""
        for value in Photo.select(column).where(column.in_(wanted)).scalars():
            yield f"{value}{suffix}"


def _names(row: Photo) -> Iterator[str]:
    yield from (name for name in (row.original, row.copy) if name)
    if row.copy is None:
        yield f"{row.sha256}.jpg"
