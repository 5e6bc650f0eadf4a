"""A photo comes in: looked at, sealed and stored at once; its pixels are for later.

The sealed file is durable before the row that names it. A file without a row is swept after a
day, like a photo that nobody used.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend import clock, turns, verbs
from backend.actor import Actor
from backend.db import to_ms, writing
from backend.errors import NotFound, PhotoUnreadable, TooManyPhotos
from backend.house import house
from backend.models import Photo
from backend.prepared import Prepared
from backend.rules import pictures
from backend.services import allowances, trail
from backend.services.photos import copying, storing
from backend.verbs import verb

MOST_BYTES = 8 * 1024 * 1024
KEPT_MOST, KEPT_PER_S = 60.0, 1 / 30
PURPOSES = ("reported", "before", "after", "facility")
OF_BIKES = ("bike", "sighting")


@dataclass(frozen=True, slots=True)
class Taken:
    """A photo that is stored and has no row yet."""

    sha256: str
    size: int
    form: str
    original: str


def receive(content: bytes, *, by: Actor | None) -> str:
    """Take a photo in, from a citizen or a worker; its number. Raises PhotoUnreadable."""
    taken = take(content)
    return enter(taken, by=by)


def take(content: bytes) -> Taken:
    """Seal and store what was sent, without decoding it. To be called outside transactions."""
    if len(content) > MOST_BYTES:
        raise PhotoUnreadable()
    look = pictures.look(content)
    with turns.aside():
        digest = hashlib.sha256(content).hexdigest()
        sealed = house().vault.seal_file(copying.name_of(digest), content)
        original = storing.keep(sealed)
    return Taken(digest, len(content), look.form, original)


def enter(taken: Taken, *, by: Actor | None) -> str:
    """The row of a stored photo, in the caller's transaction if there is one; its number."""
    now = to_ms(clock.now())
    row = {**_fresh(taken, by), "taken_at": now, "due_at": now}
    with writing():
        _enter.write(*row.values())
    return str(row["id"])


def _fresh(taken: Taken, by: Actor | None) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(16),
        "sha256": taken.sha256,
        "size": taken.size,
        "form": taken.form,
        "original": taken.original,
        "account_id": by.account_id if by else 0,
        "taken_at": clock.now(),
    }


_enter = Prepared(
    lambda number, sha256, size, form, original, account, at, due: Photo.insert(
        id=number, sha256=sha256, size=size, form=form, original=original, account_id=account,
        taken_at=at, due_at=due, state="waiting",
    )
)  # fmt: skip
_tie = Prepared(
    lambda case, report, area, purpose, due, number: (
        Photo.update(case_id=case, report_id=report, area_path=area, purpose=purpose, due_at=due)
        .where((Photo.id == number) & Photo.case_id.is_null() & Photo.area_path.is_null())
    )
)  # fmt: skip
_tie_to_bike = Prepared(
    lambda bike, area, purpose, number: (
        Photo.update(bike_id=bike, area_path=area, purpose=purpose)
        .where((Photo.id == number) & Photo.area_path.is_null())
    )
)  # fmt: skip


# --- Workers -----------------------------------------------------------------------------


def keep(content: bytes, *, by: Actor) -> dict[str, Any]:
    """Keep a worker's photo. It is decoded at once: who stands there can take another."""
    return note(*develop(content, by=by), by=by)


def develop(content: bytes, *, by: Actor) -> tuple[Taken, copying.Made]:
    """What takes its time, for whoever may `photo.keep`: outside any transaction."""
    verbs.check(by, "photo.keep")
    allowances.spend(
        f"keep-photo:{by.account_id}", most=KEPT_MOST, per_s=KEPT_PER_S, refusal=TooManyPhotos
    )
    taken = take(content)
    with turns.aside():
        made = copying.made_at_once(content, taken.sha256)
    return taken, made


@verb("photo.keep")
def note(taken: Taken, made: copying.Made, *, by: Actor) -> dict[str, Any]:
    """Keep a photo, for what one is about to record"""
    row = Photo.create(**_fresh(taken, by), state="ready", copy=made.copy, marks=made.marks)
    trail.write(by, "photo.keep", facts={"photo": row.id, "sha256": row.sha256})
    return {"id": row.id, "sha256": row.sha256, "size": row.size, "taken_at": row.taken_at}


def use(
    photo_id: str,
    area_path: str,
    *,
    by: Actor,
    purpose: str | None = None,
    case_id: int | None = None,
) -> str:
    """Tie one's own fresh photo to a place; for other verbs, inside their transaction."""
    due_at = clock.now() if case_id is not None else None  # Was it used for another before?
    tied = (
        Photo.update(area_path=area_path, purpose=purpose, case_id=case_id, due_at=due_at)
        .where((Photo.id == photo_id) & (Photo.account_id == by.account_id))
        .where(Photo.area_path.is_null())
        .execute()
    )
    if not tied:
        raise NotFound(noun="photo")
    return photo_id


# --- What it shows -----------------------------------------------------------------------


def tie(
    photo_ids: Sequence[str], *, case_id: int, report_id: int | None, area_path: str, purpose: str
) -> None:
    """Say what photos are of; inside the caller's transaction. Raises NotFound.

    A fresh photo can be tied by who knows its number. If one report names several objects, the
    case of each has a row of its own over the same files.
    """
    assert purpose in PURPOSES
    place: dict[str, Any] = {"case_id": case_id, "report_id": report_id}
    place |= {"area_path": area_path, "purpose": purpose, "due_at": to_ms(clock.now())}
    for photo_id in dict.fromkeys(photo_ids):
        if _tie.write(*place.values(), photo_id):
            continue
        _tie_again(photo_id, place)


def tie_to_bike(photo_ids: Sequence[str], bike_id: int, area_path: str, purpose: str) -> None:
    """Say that fresh photos are of a bike; inside the caller's transaction. Raises NotFound."""
    assert purpose in OF_BIKES
    for photo_id in dict.fromkeys(photo_ids):
        if not _tie_to_bike.write(bike_id, area_path, purpose, photo_id):
            raise NotFound(noun="photo")


def _tie_again(photo_id: str, place: dict[str, Any]) -> None:
    row = Photo.get_or_none(Photo.id == photo_id)
    if row is None or row.report_id is None or row.report_id != place["report_id"]:
        raise NotFound(noun="photo")
    if row.case_id != place["case_id"]:
        Photo.create(**{**row.__data__, "id": secrets.token_hex(16), **place})
