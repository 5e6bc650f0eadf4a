"""Who sees a photo: the public what was released, staff what lies in their area."""

import hashlib
from collections.abc import Sequence
from typing import Any

from backend.actor import Actor
from backend.db import reading
from backend.errors import NotFound, NotYourArea, PhotoGone, PhotoUnreadable
from backend.house import house
from backend.models import Photo
from backend.services import scope, trail
from backend.services.photos import copying, storing
from backend.verbs import verb


def of_case(case_id: int, *, public: bool) -> list[dict[str, Any]]:
    """The photos of a case, the oldest first; the public sees those that were released."""
    which = Photo.case_id == case_id
    if public:
        which &= IS_PUBLIC
    rows = Photo.select().where(which).order_by(Photo.taken_at, Photo.id)
    if public:
        return [_public(row) for row in rows]
    return [view(row) for row in rows]


def released_of(case_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What everybody sees of many cases, with one question."""
    found: dict[int, list[dict[str, Any]]] = {}
    rows = Photo.select().where(Photo.case_id.in_(case_ids), IS_PUBLIC)
    for row in rows.order_by(Photo.taken_at, Photo.id):
        found.setdefault(row.case_id or 0, []).append(_public(row))
    return found


def of_report(report_id: int, case_id: int) -> list[dict[str, Any]]:
    """What became of the photos that came with a report, for its reporter; never the pictures."""
    which = (Photo.report_id == report_id) & (Photo.case_id == case_id)
    rows = Photo.select().where(which).order_by(Photo.taken_at, Photo.id)
    return [{"state": row.state, "at": row.taken_at} for row in rows]


IS_PUBLIC = (Photo.state == "ready") & (Photo.review == "released")


def _public(row: Photo) -> dict[str, Any]:
    return {"id": row.id, "purpose": row.purpose, "at": row.taken_at, "state": row.state}


def sight(photo_id: str) -> dict[str, Any]:
    """`view`, by number."""
    return view(_found(photo_id))


def is_public(photo_id: str | None) -> bool:
    """Whether everybody may see this photo, if it is one."""
    return photo_id is not None and Photo.select().where(IS_PUBLIC, Photo.id == photo_id).exists()


def view(row: Photo) -> dict[str, Any]:
    """What staff may know of a photo beside the picture."""
    return {
        **_public(row),
        "sha256": row.sha256,
        "review": row.review,
        "is_public": row.state == "ready" and row.review == "released",
        "recycled_of": row.recycled_of,
    }


def public_copy(photo_id: str, *, small: bool = False) -> bytes:
    """A picture that everybody may see. Refuses any other as if it did not exist."""
    with reading():
        row = Photo.get_or_none((Photo.id == photo_id) & IS_PUBLIC)
    if row is None:
        raise NotFound(noun="photo")
    return _copy(row, small)


def show(photo_id: str, *, by: Actor) -> bytes:
    """A photo of a place one answers for, or one's own; made now if nobody has made it yet."""
    if look(photo_id, by=by) == "waiting":
        copying.make_now(photo_id)
    row = _found(photo_id)
    if row.state != "ready":
        raise PhotoUnreadable()
    return _copy(row)


@verb("photo.show", reads=True)
def look(photo_id: str, *, by: Actor) -> str:
    """See a photo of a place one answers for, or one's own"""
    row = _found(photo_id)
    if row.account_id != by.account_id or not by.account_id:
        _check(row, "photo.show", by)
    trail.write(by, "photo.show", area_path=row.area_path, facts={"photo": photo_id})
    return str(row.state)


def of_sighting(photo_id: str, bike_id: int) -> bytes:
    """What somebody sent who saw a stolen bike; for its owner and officers. Refuses any other."""
    row = _found(photo_id)
    if row.bike_id != bike_id or row.purpose != "sighting":
        raise NotFound(noun="photo")
    if row.state == "waiting":
        copying.make_now(photo_id)
        row = _found(photo_id)
    if row.state != "ready":
        raise PhotoUnreadable()
    return _copy(row)


def original(photo_id: str, *, by: Actor) -> tuple[bytes, str]:
    """What was sent, byte for byte, and its SHA-256; for who must prove it. Raises PhotoGone."""
    take_out(photo_id, by=by)
    row = _found(photo_id)
    if row.original is None:
        raise PhotoGone()
    try:
        sealed = storing.store().get(row.original)
    except storing.Missing:
        raise PhotoGone() from None
    content = house().vault.open_file(copying.name_of(row.sha256), sealed)
    assert hashlib.sha256(content).hexdigest() == row.sha256
    return content, row.sha256


@verb("photo.original", reads=True)
def take_out(photo_id: str, *, by: Actor) -> None:
    """See what was sent, byte for byte: evidence, with all that a phone says of its owner"""
    row = _found(photo_id)
    _check(row, "photo.original", by)
    facts = {"photo": photo_id, "sha256": row.sha256}
    trail.write(by, "photo.original", area_path=row.area_path, facts=facts)


def _found(photo_id: str) -> Photo:
    row: Photo | None = Photo.get_or_none(Photo.id == photo_id)
    if row is None:
        raise NotFound(noun="photo")
    return row


def _check(row: Photo, permit: str, by: Actor) -> None:
    if row.area_path is None or not scope.holds_area(by, permit, row.area_path):
        raise NotYourArea()


def _copy(row: Photo, small: bool = False) -> bytes:
    try:
        if row.copy is None:  # From before originals were kept.
            return storing.store().get(f"{row.sha256}.jpg")
        sealed = storing.store().get(row.copy)
    except storing.Missing:
        raise PhotoGone() from None
    both = house().vault.open_file(copying.copy_name_of(row.sha256), sealed)
    end = copying.SMALL.size + copying.SMALL.unpack_from(both)[0]
    return both[copying.SMALL.size : end] if small and end > copying.SMALL.size else both[end:]
