"""Phones: enrol, list, forget."""

from typing import Any

from flask.views import MethodView

from backend.services.accounts import devices
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import sessions as wire

blp = Blueprint("devices", __name__, description="Enrolled phones, which sign their visits")


@blp.route("/devices")
class Devices(MethodView):
    @blp.operation("listDevices", wire.Devices)
    def get(self) -> Any:
        """My own devices"""
        return {"items": devices.own_devices(by=current_actor())}

    @blp.arguments(wire.EnrolDevice)
    @blp.operation("enrolDevice", wire.EnrolledDevice, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Enrol this phone; its secret is shown this once"""
        name = " ".join(filter(None, (form["name"], form["platform"])))
        return devices.enrol(name, form["device_time"], by=current_actor())


@blp.route("/devices/<device_id>")
class DeviceById(MethodView):
    @blp.operation("forgetDevice", status=204)
    def delete(self, device_id: str) -> None:
        """Revoke one of my devices; it is out on its next request"""
        devices.forget(device_id, by=current_actor())
