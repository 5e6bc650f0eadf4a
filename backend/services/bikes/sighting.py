"""A stolen bike's code was scanned, by anybody: when, and where and with which photo if they say.

Whoever scans it learns that it is stolen, and nothing else; what they tell is for its owner and
for officers. One phone is one sighting in ten minutes, however often it scans.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend import clock, together
from backend.actor import Actor
from backend.db import locked
from backend.errors import TagUnknown
from backend.house import house
from backend.models import Bike, Ownership, Sighting
from backend.rules.presence import Fix
from backend.services import allowances, notices, photos, tags
from backend.services.bikes import owners
from backend.services.tags import positions

ONE_SIGHTING = timedelta(minutes=10)
ONE_NOTICE = timedelta(hours=1)
MOST_A_DAY = 300
"""Rows of one bike: a bike whose code is shared on the net is not everybody's diary."""


def seen(
    code: str,
    source: str,
    *,
    by: Actor | None = None,
    fix: Mapping[str, Any] | None = None,
    photo: str | None = None,
    owner_token: str | None = None,
) -> bool:
    """Note that a code was scanned; whether that is a sighting.

    Nothing happens if its bike is not stolen, or if whoever scans has the owner's link. What is
    told later by the same phone (a position, a photo) goes to the same sighting. Raises NotFound
    for a photo that is not fresh, and refuses a position without a datum.
    """
    found = Bike.get_or_none((Bike.code == code) & (Bike.state == "stolen"))
    if found is None or _is_owners(found, owner_token):
        return False
    here = positions.fix_of(fix) if fix else None
    return together.write(lambda: _noted(found.id, _who(found, source, by), by, here, photo))


def seen_text(text: str, source: str, **more: Any) -> bool:
    """The same for what was scanned or typed; what is no code of ours is no sighting."""
    try:
        return seen(tags.read(text), source, **more)
    except TagUnknown:
        return False


def _noted(bike_id: int, who: bytes, by: Actor | None, here: Fix | None, photo: str | None) -> bool:
    """Held by its bike: two scans of one phone at one moment are one sighting."""
    bike = locked(Bike.select().where(Bike.id == bike_id)).get()
    if bike.state != "stolen":
        return False
    row = _standing(bike_id, who)
    if row is None:
        if _of_today(bike_id) >= MOST_A_DAY:
            return False
        _tell_officers(bike)
        row = Sighting(bike_id=bike_id, at=clock.now(), source=who)
        row.account_id = by.account_id if by else None
    if here is not None and (row.accuracy_m is None or here.accuracy_m <= row.accuracy_m):
        row.lat, row.lon, row.accuracy_m = here.lat, here.lon, here.accuracy_m
    if photo is not None and row.photo is None:
        photos.tie_to_bike([photo], bike_id, bike.area_path, "sighting")
        row.photo = photo
    row.save()
    return True


def _standing(bike_id: int, who: bytes) -> Sighting | None:
    """What this phone told a moment ago."""
    mine = (Sighting.bike_id == bike_id) & (Sighting.source == who)
    fresh = mine & (Sighting.at > clock.now() - ONE_SIGHTING)
    row: Sighting | None = Sighting.select().where(fresh).order_by(Sighting.id.desc()).first()
    return row


def _of_today(bike_id: int) -> int:
    since = (Sighting.bike_id == bike_id) & (Sighting.at > clock.now() - timedelta(days=1))
    return int(Sighting.select().where(since).count())


def _tell_officers(bike: Bike) -> None:
    """Officers are told once an hour: the list has the rest."""
    lately = (Sighting.bike_id == bike.id) & (Sighting.at > clock.now() - ONE_NOTICE)
    if Sighting.select().where(lately).exists():
        return
    facts = {"brand": bike.brand, "colour": bike.colour, "tag": bike.code}
    notices.tell_role("police_officer", bike.area_path, "bike-seen", facts, reaches_down=True)


def _is_owners(bike: Bike, token: str | None) -> bool:
    """An owner who scans the plate that they have found again, or its picture, saw no thief."""
    if not token:
        return False
    mine = (Ownership.live_key == bike.id) & (Ownership.token_index == owners.index_of(token))
    return Ownership.select().where(mine).exists()


def _who(bike: Bike, source: str, by: Actor | None) -> bytes:
    """One phone and one bike, as a keyed hash: no address, and nothing of what else it scanned."""
    who = f"account:{by.account_id}" if by else allowances.network(source)
    return house().vault.index("sighting", f"{bike.id}:{who}")
