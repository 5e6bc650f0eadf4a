"""Photos: what a worker saw, kept once by its content, and shown to those who answer for the place.

The file is there, whole and synced, before the row that names it; a file without a row is
swept after a day, like a photo that nobody used.
"""

import contextlib
import hashlib
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from backend import clock, turns, verbs
from backend.actor import Actor
from backend.db import writing
from backend.errors import NotFound, NotYourArea, TooManyPhotos
from backend.house import house
from backend.models import Photo
from backend.rules import pictures
from backend.services import allowances, scope, trail
from backend.verbs import verb

MOST_BYTES = 8 * 1024 * 1024
KEPT_MOST, KEPT_PER_S = 60.0, 1 / 30
UNUSED = timedelta(days=1)


def keep(photo: bytes, *, by: Actor) -> dict[str, Any]:
    """Keep what a phone sent. Decoding takes a while, so it is done outside any transaction."""
    verbs.check(by, "photo.keep")
    allowances.spend(
        f"keep-photo:{by.account_id}", most=KEPT_MOST, per_s=KEPT_PER_S, refusal=TooManyPhotos
    )
    with turns.aside():
        copy = pictures.plain_copy(photo)
    digest = hashlib.sha256(copy).hexdigest()
    _store(copy, digest)
    return note(digest, len(copy), by=by)


@verb("photo.keep")
def note(digest: str, size: int, *, by: Actor) -> dict[str, Any]:
    """Keep a photo, for what one is about to record"""
    row = Photo.create(
        id=secrets.token_hex(16),
        sha256=digest,
        size=size,
        account_id=by.account_id,
        taken_at=clock.now(),
    )
    trail.write(by, "photo.keep", facts={"photo": row.id, "sha256": digest})
    return {"id": row.id, "sha256": digest, "size": size, "taken_at": row.taken_at}


def use(photo_id: str, area_path: str, *, by: Actor) -> str:
    """Tie one's own fresh photo to a place; for other verbs, inside their transaction."""
    tied = (
        Photo.update(area_path=area_path)
        .where((Photo.id == photo_id) & (Photo.account_id == by.account_id))
        .where(Photo.area_path.is_null())
        .execute()
    )
    if not tied:
        raise NotFound(noun="photo")
    return photo_id


@verb("photo.show", reads=True)
def show(photo_id: str, *, by: Actor) -> bytes:
    """A photo of a place one answers for, or one's own"""
    row = Photo.get_or_none(Photo.id == photo_id)
    if row is None:
        raise NotFound(noun="photo")
    if row.account_id != by.account_id and not (
        row.area_path and scope.holds_area(by, "photo.show", row.area_path)
    ):
        raise NotYourArea()
    content = path_of(row.sha256).read_bytes()
    trail.write(by, "photo.show", area_path=row.area_path, facts={"photo": photo_id})
    return content


def forget_unused() -> int:
    """Photos nobody used within a day, rows first; whatever file no row names goes with them."""
    before = clock.now() - UNUSED
    with writing():
        unused = Photo.area_path.is_null() & (Photo.taken_at < before)
        digests = [row.sha256 for row in Photo.select(Photo.sha256).where(unused)]
        gone = int(Photo.delete().where(unused).execute())
        for digest in digests:
            if not Photo.select().where(Photo.sha256 == digest).exists():
                path_of(digest).unlink(missing_ok=True)
    return gone


def path_of(digest: str) -> Path:
    return Path(house().settings.PHOTOS) / digest[:2] / f"{digest}.jpg"


def _store(content: bytes, digest: str) -> None:
    """Durable before it is named: a draft, synced, moved into place, and the folder synced."""
    place = path_of(digest)
    if place.exists():
        os.utime(place)  # In use again: not to be swept under our hands.
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_name(f"{digest}.{secrets.token_hex(4)}.draft")
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(place)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
