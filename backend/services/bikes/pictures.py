"""Photos of a stolen bike that somebody sent who saw it: for its owner, its company and officers.

They are never public: a stranger's garage may be on them.
"""

from backend.actor import Actor
from backend.errors import NotFound
from backend.models import Bike, Sighting
from backend.services import photos, trail, units
from backend.services.bikes import asking, owners
from backend.verbs import verb


def sent_to_owner(token: str, photo_id: str) -> bytes:
    """A photo of a sighting, for whose bike it is."""
    return photos.of_sighting(photo_id, owners.living(token).bike_id)


def sent_to_staff(photo_id: str, *, by: Actor) -> bytes:
    """The same for officers in whose reach the bike is kept, and its company's people."""
    return photos.of_sighting(photo_id, shown(photo_id, by=by))


@verb("bike.sighting-photo", reads=True)
def shown(photo_id: str, *, by: Actor) -> int:
    """See a photo that somebody sent who saw a stolen bike"""
    in_reach = asking.in_reach(by, "bike.stolen")
    is_ours = Bike.operator == (units.of_account(by.account_id) or "")
    sightings = Sighting.select(Bike.id, Bike.area_path)
    rows = sightings.join(Bike, on=(Bike.id == Sighting.bike_id)).where(in_reach | is_ours)
    found = rows.where(Sighting.photo == photo_id).tuples().first()
    if found is None:
        raise NotFound(noun="photo")
    bike_id, area_path = found
    facts = {"photo": photo_id, "bike": str(bike_id)}
    trail.write(by, "bike.sighting-photo", area_path=area_path, facts=facts)
    return int(bike_id)
