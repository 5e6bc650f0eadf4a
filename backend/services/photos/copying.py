"""The copy that may be shown, and whether the picture was used before: once, by whichever keeper
holds the lease.

A lease is an instant: until it has passed, nobody else tries. A keeper that dies leaves nothing
behind but the instant.
"""

import logging
import struct
from dataclasses import dataclass
from datetime import timedelta

from backend import clock, sandbox
from backend.db import locked, writing
from backend.errors import PhotoUnreadable, Refused, Unavailable
from backend.house import house
from backend.models import Photo
from backend.rules import pictures, pixels
from backend.sandbox import Failed, Limits
from backend.services.photos import recycling, storing
from backend.vault import Broken

log = logging.getLogger("gridtag.photos")

LEASE = timedelta(minutes=2)
PORTION = 4  # As many as surely fit into a lease.
MOST_TRIES = 3
UNHURRIED = Limits(cpu_s=8, wall_s=25, nice=19)
"""For the keeper. The largest photo a phone takes needs some seconds of a slow core."""


@dataclass(frozen=True, slots=True)
class Made:
    """A stored copy."""

    copy: str
    marks: bytes


def make_copies() -> int:
    """Make the copies that are due, a few at a time, until none is; how many were made."""
    made = 0
    while rows := _leased():
        for row in rows:
            if row.state == "waiting":
                made += _make(row, UNHURRIED)
            else:
                _compare(row)
    return made


def make_now(photo_id: str) -> None:
    """Somebody waits for this one."""
    row = Photo.get_or_none((Photo.id == photo_id) & (Photo.state == "waiting"))
    if row is not None:
        _make(row, Limits())


def made_at_once(content: bytes, digest: str) -> Made:
    """The same while somebody waits. Raises PhotoUnreadable, or Unavailable if we are too busy."""
    try:
        return made_of(content, digest)
    except Failed as failure:
        raise refused(failure) from failure


def refused(failure: Failed) -> Refused:
    """How a failure of the sandbox is said to who sent the picture."""
    return Unavailable(retry_after_s=10) if failure.why == "late" else PhotoUnreadable()


def made_of(content: bytes, digest: str, limits: Limits | None = None) -> Made:
    """The copy of what has this digest, stored. Raises Failed."""
    answer = sandbox.run(pixels.publish, content, limits)
    return _stored(answer, digest)


def name_of(digest: str) -> bytes:
    """What an original is sealed as."""
    return f"photo:{digest}".encode()


def copy_name_of(digest: str) -> bytes:
    return f"photo-copy:{digest}".encode()


def _leased() -> list[Photo]:
    """Photos to be copied or compared; for the time of a lease they are ours."""
    now = clock.now()
    with writing():
        due = Photo.due_at <= now
        rows = list(locked(Photo.select().where(due).order_by(Photo.due_at).limit(PORTION)))
        ours = Photo.id.in_([row.id for row in rows])
        if rows:
            Photo.update(due_at=now + LEASE, tries=Photo.tries + 1).where(ours).execute()
    return rows


def _make(row: Photo, limits: Limits) -> bool:
    """Make one. What the sandbox refuses is no photo; what dies there is tried again, then none."""
    try:
        made = made_of(_original(row), row.sha256, limits)
    except (Failed, storing.Missing, Broken) as failure:
        _give_up(row, failure)
        return False
    _settle(row, state="ready", copy=made.copy, marks=made.marks, due_at=clock.now())
    return True


def _compare(row: Photo) -> None:
    """Was it used before? Of one without a case nobody can say yet."""
    found = recycling.earlier(row) if row.case_id is not None else None
    with writing():
        same_case = Photo.case_id == row.case_id if row.case_id else Photo.case_id.is_null()
        Photo.update(recycled_of=found, due_at=None).where(
            (Photo.id == row.id) & same_case
        ).execute()


def _original(row: Photo) -> bytes:
    sealed = storing.store().get(str(row.original))
    return house().vault.open_file(name_of(row.sha256), sealed)


def _give_up(row: Photo, failure: Exception) -> None:
    is_refused = isinstance(failure, Failed) and failure.why == "refused"
    if not isinstance(failure, Failed):
        log.error("the original of a photo does not open", extra={"photo": row.id})
    if is_refused or row.tries + 1 >= MOST_TRIES:
        _settle(row, state="unreadable", due_at=None)


def _settle(row: Photo, **values: object) -> None:
    """The same for every row over the same file: one report may have named several things."""
    with writing():
        same = (Photo.original == row.original) & (Photo.state == "waiting")
        Photo.update(**values).where(same).execute()


def _stored(answer: bytes, digest: str) -> Made:
    try:
        copies = pictures.unpacked(answer)
    except PhotoUnreadable:
        raise Failed("died") from None
    both = SMALL.pack(len(copies.small)) + copies.small + copies.large
    sealed = house().vault.seal_file(copy_name_of(digest), both)
    return Made(storing.keep(sealed), copies.marks)


SMALL = struct.Struct(">I")  # How long the small copy is, in front of both.
