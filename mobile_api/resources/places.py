"""Areas, classes, addresses, rooms: what stands, without anybody in it."""

from typing import Any

from flask.views import MethodView

from backend.services import areas, classes, places
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint, etag
from mobile_api.schemas import places as wire
from mobile_api.schemas.fields import page_of
from mobile_api.versions import IF_MATCH, version

blp = Blueprint("places", __name__, description="Areas, addresses and rooms")


@blp.route("/areas")
class Areas(MethodView):
    @blp.arguments(wire.AreasQuery, location="query")
    @blp.operation("listAreas", wire.Areas)
    def get(self, query: dict[str, Any]) -> Any:
        """The areas directly below one, or the top of the tree"""
        return {"items": areas.tree(query["parent"], by=current_actor())}

    @blp.arguments(wire.AddArea)
    @blp.operation("addArea", wire.AddedArea, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Add an area below another"""
        return areas.add(**form, by=current_actor())


@blp.route("/areas/<code>")
class AreaByCode(MethodView):
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(wire.RenameArea)
    @blp.operation("renameArea", wire.AddedArea)
    def patch(self, form: dict[str, Any], code: str) -> Any:
        """Give an area another name"""
        found = areas.rename(code, form["name"], version(), by=current_actor())
        return found, etag(found["version"])


@blp.route("/classes")
class Classes(MethodView):
    @blp.arguments(wire.ClassesQuery, location="query")
    @blp.operation("listClasses", wire.Classes)
    def get(self, query: dict[str, Any]) -> Any:
        """The classes of people, legal_person, house or event"""
        found = classes.of_subject(query["subject"], query["scheme"], by=current_actor())
        return {"items": found}


@blp.route("/addresses")
class Addresses(MethodView):
    @blp.arguments(wire.AddressQuery, location="query")
    @blp.operation("findAddresses", page_of(wire.FoundAddress, "AddressPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Places by any of their names or by a code; nothing about people"""
        return places.look_up(query["q"], query["cursor"], query["limit"], by=current_actor())


@blp.route("/buildings/<code>", methods=["PATCH"])
@blp.doc(parameters=[IF_MATCH])
@blp.arguments(wire.AmendBuilding)
@blp.operation("amendBuilding", wire.Building)
def amend_building(form: dict[str, Any], code: str) -> Any:
    """Correct what is recorded about a building itself"""
    found = places.amend_building(code, form, version(), by=current_actor())
    return found, etag(found["version"])


@blp.route("/buildings/<code>/jurisdiction", methods=["PUT"])
@blp.doc(parameters=[IF_MATCH])
@blp.arguments(wire.MoveBuilding)
@blp.operation("moveBuilding", wire.Building)
def move_building(form: dict[str, Any], code: str) -> Any:
    """Let another area answer for a building; its code stays"""
    found = places.move_building(code, form["area"], form["reason"], version(), by=current_actor())
    return found, etag(found["version"])


@blp.route("/buildings/<code>/addresses")
class BuildingAddresses(MethodView):
    @blp.operation("listAliases", wire.Aliases)
    def get(self, code: str) -> Any:
        """Every name of a building and of its rooms"""
        return {"items": places.aliases(code, by=current_actor())}

    @blp.arguments(wire.AddAlias)
    @blp.operation("addAlias", wire.Alias, status=201)
    def post(self, form: dict[str, Any], code: str) -> Any:
        """Add a name to a building, or to one of its rooms"""
        return places.add_alias(
            form["room"] or code, form["kind"], form["text"], by=current_actor()
        )


@blp.route("/buildings/<code>/addresses/<int:alias_id>")
class BuildingAddressById(MethodView):
    @blp.operation("removeAlias", status=204)
    def delete(self, code: str, alias_id: int) -> None:
        """Remove a name of a building"""
        places.remove_alias(code, alias_id, by=current_actor())


@blp.route("/buildings/<code>/rooms", methods=["POST"])
@blp.arguments(wire.AddRoom)
@blp.operation("addRoom", wire.PlainRoom, status=201)
def add_room(form: dict[str, Any], code: str) -> Any:
    """Add a room; it gets the next house code"""
    found = places.add_room(code, form, by=current_actor())
    return found, etag(found["version"])


@blp.route("/rooms/<code>", methods=["PATCH"])
@blp.doc(parameters=[IF_MATCH])
@blp.arguments(wire.AmendRoom)
@blp.operation("amendRoom", wire.PlainRoom)
def amend_room(form: dict[str, Any], code: str) -> Any:
    """Correct what is recorded about a room"""
    found = places.amend_room(code, form, version(), by=current_actor())
    return found, etag(found["version"])
