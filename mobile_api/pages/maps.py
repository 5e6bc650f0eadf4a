"""The fire map of one's areas, and the smart ID at a building's door."""

from typing import Any

from flask import Blueprint
from markupsafe import Markup

from backend.actor import Actor
from backend.house import house
from backend.services import fire_maps, smart_ids
from backend.services.accounts import me
from mobile_api import auth
from mobile_api.pages.render import page

blp = Blueprint("map_pages", __name__)


@blp.get("/map")
def mine() -> Any:
    """The fire map of all of one's areas"""
    return _map(None, auth.current_actor())


@blp.get("/map/<area>")
def of_area(area: str) -> Any:
    """The fire map of an area"""
    return _map(area, auth.current_actor())


@blp.get("/id/<code>")
def smart_id(code: str) -> Any:
    """What anybody at the door may know of a building"""
    by = auth.actor_or_none()
    verbs = me.show(by=by)["verbs"] if by else []
    return page("maps/smart_id.html", found=smart_ids.show(code), verbs=verbs)


def _map(area: str | None, by: Actor) -> Any:
    settings = house().settings
    found = fire_maps.show(area, crs=settings.map_datum, by=by)
    # Drawn by rules.drawings from numbers alone: nothing that anybody typed is in it.
    drawing = Markup(found["drawing"])  # noqa: S704
    base = {
        "url": settings.BASE_MAP_URL,
        "attribution": settings.BASE_MAP_ATTRIBUTION,
        "datum": settings.map_datum,
    }
    verbs = me.show(by=by)["verbs"]
    return page("maps/map.html", found=found, drawing=drawing, base=base, verbs=verbs)
