"""Before the public sees a photo somebody has looked at it, or its case is closed."""

from typing import Any

from peewee import Expression

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Invalid, NotFound
from backend.house import house
from backend.models import Photo
from backend.services import scope, trail
from backend.services.photos.recycling import within
from backend.services.photos.showing import view
from backend.verbs import verb

DECISIONS = ("released", "withheld")
MOST_LISTED = 50


def release(case_id: int) -> None:
    """Its case is closed: what nobody withheld may be seen. Inside the caller's transaction."""
    Photo.update(review="released", reviewed_at=clock.now(), reviewed_by=0).where(
        (Photo.case_id == case_id) & Photo.review.is_null()
    ).execute()


@verb("photo.review")
def review(photo_id: str, decision: str, *, by: Actor) -> dict[str, Any]:
    """Let everybody see a photo, or nobody outside: faces, number plates, insults"""
    if decision not in DECISIONS:
        raise Invalid(errors={"decision": [f"One of {', '.join(DECISIONS)}."]})
    row: Photo | None = locked(Photo.select().where(Photo.id == photo_id)).get_or_none()
    if row is None or row.area_path is None:
        raise NotFound(noun="photo")
    scope.check_area(by, "photo.review", row.area_path)
    row.review, row.reviewed_at, row.reviewed_by = decision, clock.now(), by.account_id
    row.save()
    facts = {"photo": photo_id, "decision": decision, "case": row.case_id}
    trail.write(by, "photo.review", area_path=row.area_path, facts=facts)
    return view(row)


@verb("photo.to-review", reads=True)
def to_review(*, by: Actor) -> list[dict[str, Any]]:
    """List the photos of one's areas on which nobody has decided yet, the oldest first"""
    waiting = (Photo.state == "ready") & Photo.review.is_null() & _in_areas(by)
    rows = Photo.select().where(waiting).order_by(Photo.taken_at, Photo.id).limit(MOST_LISTED)
    found = [view(row) for row in rows]
    trail.write(by, "photo.to-review", facts={"photos": len(found)})
    return found


def _in_areas(by: Actor) -> Expression:
    verbs = house().policy.verbs
    found: Expression = Photo.id.in_([])
    for grant in by.grants:
        if grant.scope_path is not None and "photo.review" in verbs[grant.role]:
            found |= within(grant.scope_path)
    return found
