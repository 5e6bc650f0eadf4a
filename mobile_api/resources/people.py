"""Collecting and correcting people, firms and events, on site and with a version."""

from typing import Any

from flask import request
from flask.views import MethodView

from backend.services.records import again, firms, people
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint, etag
from mobile_api.lease import LEASE, NO_STORE, lease_token
from mobile_api.schemas import buildings as wire
from mobile_api.versions import IF_MATCH, version

blp = Blueprint("records", __name__, description="People, firms and events, collected once")


def _again(kept: dict[str, Any], code: str, **_: str) -> dict[str, Any]:
    """An answer that got lost may be asked for anywhere. What it adds to the question, like the
    phone of somebody who was known already, is for whoever stands there."""
    if again.may_see(code, lease_token(), by=current_actor()):
        return kept
    told = request.get_json() | {name: kept[name] for name in ("id", "version", "room")}
    return {name: told.get(name) for name in kept}


def _with_version(found: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    return found, NO_STORE | etag(found["version"])


@blp.route("/buildings/<code>/residents", methods=["POST"])
@blp.doc(parameters=[LEASE])
@blp.arguments(wire.AddResident)
@blp.operation("addResident", wire.PagedResident, status=201, ready=True, again=_again)
def add_resident(form: dict[str, Any], code: str) -> Any:
    """Record a person at a room; one already known by ID number is only tied to it"""
    return _with_version(people.add(code, form, lease_token(), by=current_actor()))


@blp.route("/buildings/<code>/residents/<resident_id>")
class ResidentById(MethodView):
    @blp.doc(parameters=[LEASE])
    @blp.operation("showResident", wire.PagedResident, ready=True)
    def get(self, code: str, resident_id: str) -> Any:
        """One person, as my role may see them"""
        return _with_version(people.show(resident_id, code, lease_token(), by=current_actor()))

    @blp.doc(parameters=[LEASE, IF_MATCH])
    @blp.arguments(wire.AmendResident)
    @blp.operation("amendResident", wire.PagedResident, ready=True)
    def patch(self, form: dict[str, Any], code: str, resident_id: str) -> Any:
        """Correct what is recorded about a person"""
        return _with_version(
            people.amend(resident_id, code, form, version(), lease_token(), by=current_actor())
        )

    @blp.doc(parameters=[LEASE, IF_MATCH])
    @blp.arguments(wire.LeaveQuery, location="query")
    @blp.operation("endResidence", status=204)
    def delete(self, query: dict[str, Any], code: str, resident_id: str) -> None:
        """End a person's tie to a room; the history stays"""
        people.leave(
            resident_id, code, query["until"], version(), lease_token(), by=current_actor()
        )


@blp.route("/buildings/<code>/residents/<resident_id>/moves")
class ResidentMoves(MethodView):
    @blp.doc(parameters=[LEASE, IF_MATCH])
    @blp.arguments(wire.MoveResident)
    @blp.operation("moveResident", wire.PagedResident, status=201, ready=True, again=_again)
    def post(self, form: dict[str, Any], code: str, resident_id: str) -> Any:
        """Move a person to another room of the building"""
        return _with_version(
            people.move(resident_id, code, form, version(), lease_token(), by=current_actor())
        )


@blp.route("/buildings/<code>/businesses", methods=["POST"])
@blp.doc(parameters=[LEASE])
@blp.arguments(wire.AddBusiness)
@blp.operation("addBusiness", wire.Business, status=201, ready=True, again=_again)
def add_business(form: dict[str, Any], code: str) -> Any:
    """Record a firm or shop"""
    return _with_version(firms.add_business(code, form, lease_token(), by=current_actor()))


@blp.route("/buildings/<code>/businesses/<business_id>")
class BusinessById(MethodView):
    @blp.doc(parameters=[LEASE, IF_MATCH])
    @blp.arguments(wire.AmendBusiness)
    @blp.operation("amendBusiness", wire.Business, ready=True)
    def patch(self, form: dict[str, Any], code: str, business_id: str) -> Any:
        """Correct what is recorded about a firm"""
        return _with_version(
            firms.amend_business(
                business_id, code, form, version(), lease_token(), by=current_actor()
            )
        )


@blp.route("/buildings/<code>/events", methods=["POST"])
@blp.doc(parameters=[LEASE])
@blp.arguments(wire.AddEvent)
@blp.operation("addEvent", wire.Event, status=201, ready=True, again=_again)
def add_event(form: dict[str, Any], code: str) -> Any:
    """Record something that happened"""
    return _with_version(firms.add_event(code, form, lease_token(), by=current_actor()))


@blp.route("/buildings/<code>/events/<event_id>")
class EventById(MethodView):
    @blp.doc(parameters=[LEASE, IF_MATCH])
    @blp.arguments(wire.AmendEvent)
    @blp.operation("amendEvent", wire.Event, ready=True)
    def patch(self, form: dict[str, Any], code: str, event_id: str) -> Any:
        """Correct or close an event"""
        return _with_version(
            firms.amend_event(event_id, code, form, version(), lease_token(), by=current_actor())
        )
