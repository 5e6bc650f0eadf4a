"""The picture of a facility itself: taken on site by a worker, public once it is released."""

from collections.abc import Mapping
from typing import Any

from backend.actor import Actor
from backend.errors import Conflict
from backend.models import Facility
from backend.services import facilities, photos, scope, trail
from backend.services.tags import claiming, things
from backend.verbs import verb


@verb("facility.photograph")
def photograph(number: str, form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Give a facility its picture, taken on site; a review shows it to everybody"""
    row = facilities.hold(number)
    scope.check_area(by, "facility.photograph", row.area.path)
    if row.state == "removed":
        raise Conflict(errors={"number": ["This facility has been taken out of use."]})
    fix = claiming.on_site(form["fix"], things.Furniture(row))
    photo = photos.use(form["photo"], row.area.path, by=by, purpose="facility")
    Facility.update(photo=photo).where(Facility.id == row.id).execute()
    facts = {"facility": row.number, "photo": photo}
    place = (fix.lat, fix.lon)
    trail.write(by, "facility.photograph", area_path=row.area.path, place=place, facts=facts)
    return photos.sight(photo)
