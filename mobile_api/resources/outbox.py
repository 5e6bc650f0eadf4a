"""What goes out to units, and where they are told."""

from typing import Any

from flask.views import MethodView

from backend.services import outgoing, unit_ways
from mobile_api import cursors
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import outbox as wire
from mobile_api.schemas.fields import page_of

blp = Blueprint("outbox", __name__, description="Messages to units, and how they reach them")


@blp.route("/outbox")
class Outbox(MethodView):
    @blp.arguments(wire.OutboxQuery, location="query")
    @blp.operation("listOutbox", page_of(wire.UnitMessage, "OutboxPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Messages to units, or about cases, of your areas, the latest first"""
        return outgoing.listed(
            query["state"],
            before=cursors.number(query["cursor"]),
            most=query["limit"],
            by=current_actor(),
        )


@blp.route("/outbox/figures")
class OutboxFigures(MethodView):
    @blp.operation("countOutbox", wire.OutboxFigures)
    def get(self) -> Any:
        """How many messages to units wait, failed, and went today"""
        return outgoing.counted(by=current_actor())


@blp.route("/outbox/<int:message_id>/retry", methods=["POST"])
@blp.operation("retryMessage", status=204)
def retry(message_id: int) -> None:
    """Try a message to a unit again now, one that was given up, too"""
    outgoing.retry(message_id, by=current_actor())


@blp.route("/units/<code>/address")
class UnitAddress(MethodView):
    @blp.operation("showUnitAddress", wire.UnitAddress)
    def get(self, code: str) -> Any:
        """How a unit is told of its cases, without what opens it"""
        return unit_ways.show(code, by=current_actor())

    @blp.arguments(wire.SetAddress)
    @blp.operation("setUnitAddress", wire.UnitAddressSet)
    def put(self, form: dict[str, Any], code: str) -> Any:
        """Have a unit told by a webhook or in a chat; a webhook's secret is shown this once"""
        return unit_ways.set_address(code, form["address"], form["secret"], by=current_actor())

    @blp.operation("forgetUnitAddress", status=204)
    def delete(self, code: str) -> None:
        """Tell a unit by mail again, or by the house's own courier; what waits goes there, too"""
        unit_ways.forget_address(code, by=current_actor())
