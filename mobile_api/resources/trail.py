"""The trail: who looked at what, and did what."""

from typing import Any

from flask.views import MethodView

from backend.services import trail_read
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.cursors import number
from mobile_api.schemas import staff as wire
from mobile_api.schemas.fields import CursorQuery, page_of

blp = Blueprint("trail", __name__, description="Every look, act and refusal, kept and sealed")

TrailPage = page_of(wire.TrailLine, "TrailPage")


@blp.route("/trail")
class Trail(MethodView):
    @blp.arguments(wire.TrailQuery, location="query")
    @blp.operation("readTrail", TrailPage)
    def get(self, query: dict[str, Any]) -> Any:
        """Who looked at what, and did what, where I answer for it; newest first"""
        return _page(
            trail_read.read(
                building=query["building"],
                account=query["account"],
                verb=query["verb"],
                resident_key=query["resident"],
                since=query["since"],
                until=query["until"],
                after=number(query["cursor"]),
                most=query["limit"],
                by=current_actor(),
            )
        )


@blp.route("/me/trail")
class MyTrail(MethodView):
    @blp.arguments(CursorQuery, location="query")
    @blp.operation("readMyTrail", TrailPage)
    def get(self, query: dict[str, Any]) -> Any:
        """What I did and what was refused to me, newest first"""
        return _page(trail_read.own(number(query["cursor"]), query["limit"], by=current_actor()))


@blp.route("/trail/person")
class TrailOfPerson(MethodView):
    @blp.arguments(wire.PersonQuery)
    @blp.operation("readTrailOfPerson", TrailPage)
    def post(self, form: dict[str, Any]) -> Any:
        """Every look at one person and every change, by ID number (in the body, not the URL)"""
        return _page(
            trail_read.of_person(
                form["id_number"], number(form["cursor"]), form["limit"], by=current_actor()
            )
        )


def _page(found: dict[str, Any]) -> dict[str, Any]:
    following = found["next"]
    return {"items": found["items"], "next": None if following is None else str(following)}
