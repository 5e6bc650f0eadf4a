"""On-site visits: challenge, scan, beats, leaving; and the exceptions."""

from typing import Any

from flask import request
from flask.views import MethodView

from backend.services.visits import beats, doubts, exceptional, opening
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.cursors import number
from mobile_api.schemas import visits as wire
from mobile_api.schemas.fields import CursorQuery, page_of

blp = Blueprint("visits", __name__, description="Who is on site, by what proof, until when")


@blp.route("/visits/challenges")
class Challenges(MethodView):
    @blp.arguments(wire.AskChallenge)
    @blp.operation("askChallenge", wire.Challenge, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Ask for a nonce before scanning; it lives two minutes and serves once"""
        return opening.challenge(form["device_id"], by=current_actor())


@blp.route("/visits")
class Visits(MethodView):
    @blp.arguments(wire.BeginVisit)
    @blp.operation("beginVisit", wire.Visit, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Open a visit: nonce, scanned tag and fix, signed by the device"""
        return opening.begin(form, request.get_data(), by=current_actor())


@blp.route("/visits/doubtful")
class DoubtfulVisits(MethodView):
    @blp.arguments(CursorQuery, location="query")
    @blp.operation("listDoubtfulVisits", page_of(wire.DoubtfulVisit, "DoubtfulVisitPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """The last week's visits that look too good to be true, or too quiet"""
        most = query["limit"]
        found = doubts.doubtful(number(query["cursor"]) or 0, most + 1, by=current_actor())
        more = len(found) > most
        return {"items": found[:most], "next": found[most - 1]["next"] if more else None}


@blp.route("/visits/<visit_id>")
class VisitById(MethodView):
    @blp.operation("showVisit", wire.Visit)
    def get(self, visit_id: str) -> Any:
        """One of my visits as it stands now; its lease comes with the beats alone"""
        return beats.show(visit_id, by=current_actor())


@blp.route("/visits/<visit_id>/beats")
class VisitBeats(MethodView):
    @blp.arguments(wire.Beat)
    @blp.operation("beatVisit", wire.Visit)
    def post(self, form: dict[str, Any], visit_id: str) -> Any:
        """Prove again to be there; renews the lease"""
        return beats.beat(visit_id, form, request.get_data(), by=current_actor())


@blp.route("/visits/<visit_id>/end")
class VisitEnd(MethodView):
    @blp.operation("endVisit", wire.Visit)
    def post(self, visit_id: str) -> Any:
        """Leave; the lease ends at once"""
        return beats.end(visit_id, by=current_actor())


@blp.route("/visits/<visit_id>/wiped")
class VisitWiped(MethodView):
    @blp.operation("confirmWipe", status=204)
    def post(self, visit_id: str) -> None:
        """Say that this phone has dropped what it held of a visit"""
        beats.wiped(visit_id, by=current_actor())


@blp.route("/break-glass")
class BreakGlass(MethodView):
    @blp.operation("listExceptionalVisits", wire.ToReviewList)
    def get(self) -> Any:
        """Exceptional visits in my areas that wait for a review"""
        return {"items": exceptional.to_review(by=current_actor())}

    @blp.arguments(wire.BreakGlass)
    @blp.operation("breakGlass", wire.Visit, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Open a building for 15 minutes in an emergency; told to the supervisor at once"""
        return exceptional.break_glass(
            form["building"], form["reason_code"], form["reason_text"], by=current_actor()
        )


@blp.route("/break-glass/<visit_id>/review")
class BreakGlassReview(MethodView):
    @blp.arguments(wire.Review)
    @blp.operation("reviewExceptionalVisit", status=204)
    def post(self, form: dict[str, Any], visit_id: str) -> None:
        """Say whether it was justified"""
        exceptional.review(visit_id, form["verdict"], by=current_actor())


@blp.route("/remote-visits")
class RemoteVisits(MethodView):
    @blp.arguments(wire.GrantRemote)
    @blp.operation("grantRemoteVisit", wire.Visit, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Let a worker see a building for 30 minutes from elsewhere"""
        return exceptional.grant_remote(
            form["building"], form["account"], form["reason"], by=current_actor()
        )


@blp.route("/remote-visits/<visit_id>/take")
class RemoteVisitTake(MethodView):
    @blp.operation("takeRemoteVisit", wire.Visit)
    def post(self, visit_id: str) -> Any:
        """Take up a remote visit granted to me, on this device"""
        return exceptional.take_remote(visit_id, by=current_actor())
