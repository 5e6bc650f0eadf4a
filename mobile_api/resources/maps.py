"""The fire map for map programs, and the smart ID of a rental building."""

import math
from typing import Any

from flask.views import MethodView

from backend.errors import Invalid
from backend.services import fire_maps, smart_ids
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import maps as wire

blp = Blueprint("maps", __name__, description="The fire map, and smart IDs of buildings")


@blp.route("/fire-map")
class FireMap(MethodView):
    @blp.arguments(wire.BoxQuery, location="query")
    @blp.operation("showFireMap", wire.FireMap)
    def get(self, query: dict[str, Any]) -> Any:
        """The houses of your areas inside a box with grades, hazards and fire gear, as GeoJSON"""
        return fire_maps.around(_box(query["bbox"]), query["crs"], by=current_actor())


@blp.route("/fire-map/hydrants")
class Hydrants(MethodView):
    @blp.arguments(wire.BoxQuery, location="query")
    @blp.operation("showHydrants", wire.HydrantMap)
    def get(self, query: dict[str, Any]) -> Any:
        """The hydrants of your areas inside a box with what is wrong with them, as GeoJSON"""
        return fire_maps.hydrants_around(_box(query["bbox"]), query["crs"], by=current_actor())


@blp.route("/buildings/<code>/smart-id")
class SmartId(MethodView):
    @blp.operation("showSmartId", wire.SmartId, public=True)
    def get(self, code: str) -> Any:
        """What anybody at its door may know of a building: counts, grade, hazards, duties"""
        return smart_ids.show(code)


def _box(text: str) -> list[float]:
    try:
        found = [float(part) for part in text.split(",")]
        if len(found) != 4 or not all(map(math.isfinite, found)):
            raise ValueError
    except ValueError:
        raise Invalid(errors={"bbox": ["Send west,south,east,north in degrees."]}) from None
    return found
