"""Buildings: candidates near by, the sheet, and its parts page by page."""

from collections.abc import Callable
from typing import Any

from flask.views import MethodView

from backend.services import places
from backend.services.records import lists, sheet
from mobile_api import positions
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint, etag
from mobile_api.lease import LEASE, NO_STORE, lease_token
from mobile_api.schemas import buildings as wire
from mobile_api.schemas.fields import CursorQuery, page_of

blp = Blueprint("buildings", __name__, description="Buildings and what a scan of them shows")


@blp.route("/buildings")
class Buildings(MethodView):
    @blp.arguments(wire.NearQuery, location="query")
    @blp.operation("listBuildingsNear", page_of(wire.Candidate, "CandidatePage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Buildings around a position, nearest first: counts only, nobody in them"""
        lat, lon = positions.near(query["near"])
        found = places.near(
            lat, lon, query["crs"], accuracy_m=query["accuracy_m"], by=current_actor()
        )
        return {"items": found[: query["limit"]], "next": None}


@blp.route("/buildings/<code>")
class BuildingByCode(MethodView):
    @blp.doc(parameters=[LEASE])
    @blp.operation("showBuilding", wire.Sheet, ready=True)
    def get(self, code: str) -> Any:
        """The sheet of a building: people, firms, events on site; counts in buckets elsewhere"""
        found = sheet.look(code, lease_token(), by=current_actor())
        return found, NO_STORE | etag(found["version"])


Part = Callable[..., dict[str, Any]]


def _part(name: str, path: str, schema: type, part: Part) -> None:
    """One of the lists below a building."""

    class BuildingPart(MethodView):
        @blp.arguments(CursorQuery, location="query")
        @blp.doc(parameters=[LEASE])
        @blp.operation(name, schema, ready=True)
        def get(self, query: dict[str, Any], code: str) -> Any:
            found = part(code, lease_token(), query["cursor"], query["limit"], by=current_actor())
            return found, NO_STORE

        get.__doc__ = part.__doc__

    blp.add_url_rule(f"/buildings/<code>/{path}", name, BuildingPart)


_part("listRooms", "rooms", wire.RoomPage, lists.rooms)
_part("listResidents", "residents", wire.ResidentPage, lists.residents)
_part("listBusinesses", "businesses", wire.BusinessPage, lists.businesses)
_part("listEvents", "events", wire.EventPage, lists.events)
