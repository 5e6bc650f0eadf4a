"""E-bikes, for officers on duty; and what anybody may tell or have of them."""

from typing import Any

from flask.views import MethodView

from backend.house import house
from backend.services import bikes, shifts
from backend.services.bikes import statistics
from mobile_api.auth import actor_if_said, current_actor, source
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import bike_desk as wire

blp = Blueprint("bike_desk", __name__, description="E-bikes, for officers on duty")


@blp.route("/shift")
class MyShift(MethodView):
    @blp.operation("showShift", wire.Shift)
    def get(self) -> Any:
        """Whether I am on duty, and until when"""
        return shifts.show(by=current_actor())

    @blp.operation("beginShift", wire.Shift)
    def post(self) -> Any:
        """Go on duty"""
        return shifts.begin(by=current_actor())

    @blp.operation("endShift", wire.Shift)
    def delete(self) -> Any:
        """Go off duty"""
        return shifts.end(by=current_actor())


@blp.route("/bike-look-ups", methods=["POST"])
@blp.arguments(wire.LookUpBike)
@blp.operation("lookUpBike", wire.LookedUp)
def look_up(form: dict[str, Any]) -> Any:
    """Whose a bike is; its owner can read that it was asked"""
    return bikes.look_up(form, by=current_actor())


@blp.route("/bike-searches", methods=["POST"])
@blp.arguments(wire.SearchBikes)
@blp.operation("searchBikes", wire.FoundBikes)
def search(form: dict[str, Any]) -> Any:
    """Bikes by what a witness remembers; nothing of their owners"""
    return bikes.search(form, by=current_actor())


@blp.route("/stolen-bikes")
class StolenBikes(MethodView):
    @blp.operation("listStolenBikes", wire.StolenBikes)
    def get(self) -> Any:
        """The stolen bikes of your areas, and where each was seen"""
        return {"items": bikes.stolen(by=current_actor())}


@blp.route("/fleet-bikes")
class FleetBikes(MethodView):
    @blp.arguments(wire.FleetQuery, location="query")
    @blp.operation("listFleetBikes", wire.Fleet)
    def get(self, query: dict[str, Any]) -> Any:
        """Your company's stolen bikes and where each was seen; with q, those that go by it"""
        return bikes.fleet(query["q"], by=current_actor())


@blp.route("/fleet-bikes/<number>/acts", methods=["POST"])
@blp.arguments(wire.FleetAct)
@blp.operation("actOnFleetBike", wire.FleetBike)
def act_on_fleet(form: dict[str, Any], number: str) -> Any:
    """Stolen, found again, scrapped, another plate: for whom the bike's company employs"""
    bike_id = bikes.number_in(number)
    return bikes.act_on(bike_id, form["action"], form["words"], by=current_actor())


@blp.route("/bike-delays")
class BikeDelays(MethodView):
    @blp.operation("listBikeDelays", wire.Delays)
    def get(self) -> Any:
        """Look-ups that an officer asks to be told of later, and that you decide"""
        return {"items": bikes.delays(by=current_actor())}


@blp.route("/bike-delays/<int:look_up_id>/decision", methods=["POST"])
@blp.arguments(wire.DecideDelay)
@blp.operation("decideBikeDelay", wire.DecidedDelay)
def decide_delay(form: dict[str, Any], look_up_id: int) -> Any:
    """Let an owner learn of it later, or now"""
    return bikes.decide_delay(look_up_id, form["approve"], by=current_actor())


@blp.route("/bike-sightings", methods=["POST"])
@blp.arguments(wire.SawBike)
@blp.operation("noteBikeSighting", wire.Saw, public=True)
def saw(form: dict[str, Any]) -> Any:
    """A bike's code was scanned here; if it is stolen, that helps its owner"""
    by = actor_if_said()
    seen = bikes.seen_text(form["code"], source(), by=by, fix=form["fix"], photo=form["photo"])
    return {"is_sighting": seen}


@blp.route("/bike-statistics")
class BikeStatistics(MethodView):
    @blp.arguments(wire.MonthsQuery, location="query")
    @blp.operation("listBikeStatistics", wire.BikeStatistics, public=True)
    def get(self, query: dict[str, Any]) -> Any:
        """By month and area, from the city down; never of a few"""
        found = statistics.lines(query["first"], query["last"])
        return {"items": [line._asdict() for line in found]}


@blp.route("/bike-statistics.csv")
class BikeStatisticsFile(MethodView):
    @blp.arguments(wire.MonthsQuery, location="query")
    @blp.operation("downloadBikeStatistics", public=True, media="text/csv")
    def get(self, query: dict[str, Any]) -> Any:
        """The same as CSV, for the city's open data"""
        found = statistics.lines(query["first"], query["last"])
        readme = f'<{house().settings.public_url}/bikes/statistics>; rel="describedby"'
        name = 'attachment; filename="e-bikes.csv"'
        return "".join(statistics.as_csv(found)).encode(), {
            "Link": readme,
            "Content-Disposition": name,
        }
