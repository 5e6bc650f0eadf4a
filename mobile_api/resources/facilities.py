"""Facilities: what stands in the street, its register and its kinds."""

from typing import Any

from flask.views import MethodView

from backend.services import facilities, portraits
from mobile_api import cursors, positions
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint, etag
from mobile_api.schemas import facilities as wire
from mobile_api.schemas.fields import page_of
from mobile_api.schemas.photos import Photo
from mobile_api.versions import IF_MATCH, version

blp = Blueprint("facilities", __name__, description="Street lights, covers, bins, newsstands")


@blp.route("/facility-kinds")
class FacilityKinds(MethodView):
    @blp.operation("listFacilityKinds", wire.FacilityKinds, public=True)
    def get(self) -> Any:
        """Every kind: its facts, problems, checklist and classes, in Chinese and English"""
        return {"items": facilities.all_kinds()}


@blp.route("/facilities")
class Facilities(MethodView):
    @blp.arguments(wire.FacilitiesQuery, location="query")
    @blp.operation("listFacilities", page_of(wire.Facility, "FacilityPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Facilities in use: of an area, of a kind, by words, or around a position"""
        return facilities.listed(
            area=query["area"],
            kind=query["kind"],
            q=query["q"],
            near=positions.near(query["near"]) if query["near"] else None,
            crs=query["crs"],
            after=cursors.number(query["cursor"]),
            most=query["limit"],
            by=current_actor(),
        )

    @blp.arguments(wire.RegisterFacility)
    @blp.operation("registerFacility", wire.Facility, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Add a facility to the register"""
        found = facilities.register(form, by=current_actor())
        return found, etag(found["version"])


@blp.route("/facilities/<number>")
class FacilityByNumber(MethodView):
    @blp.operation("showFacility", wire.Facility)
    def get(self, number: str) -> Any:
        """Everything recorded of a facility"""
        found = facilities.show(number, by=current_actor())
        return found, etag(found["version"])

    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(wire.AmendFacility)
    @blp.operation("amendFacility", wire.Facility)
    def patch(self, form: dict[str, Any], number: str) -> Any:
        """Correct what is recorded about a facility; a fact that is null is taken away"""
        found = facilities.amend(number, form, version(), by=current_actor())
        return found, etag(found["version"])

    @blp.doc(parameters=[IF_MATCH])
    @blp.operation("removeFacility", status=204)
    def delete(self, number: str) -> None:
        """Take a facility out of use; its number is never given again"""
        facilities.remove(number, version(), by=current_actor())


@blp.route("/facilities/<number>/photo")
class FacilityPhoto(MethodView):
    @blp.arguments(wire.PhotographFacility)
    @blp.operation("photographFacility", Photo)
    def put(self, form: dict[str, Any], number: str) -> Any:
        """Give a facility its picture, taken on site; a review shows it to everybody"""
        return portraits.photograph(number, form, by=current_actor())
