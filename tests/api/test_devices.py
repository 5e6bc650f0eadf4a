"""Phones: enrolled with a secret that is shown once, listed, lost and revoked."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.models import Device, Session, TrailLine, Visit
from backend.services.visits import leavers
from mobile_api.walk import fix_at
from tests.api.scenes import renews
from tests.town import PASSWORD, Clock, House, Worker, people_of


def test_lin_enrols_her_phone_and_its_secret_is_shown_once(
    lin: Worker, trail: Callable[[], list[TrailLine]]
) -> None:
    form = {"name": "Lin's", "platform": "iPhone 12"}
    enrolled = lin.asks("POST", "/devices", form)
    assert enrolled.status_code == 201
    assert enrolled.json.keys() == {"device_id", "secret"}
    assert len(enrolled.json["secret"]) >= 43, "at least 256 bits"
    assert enrolled.headers["Cache-Control"] == "no-store"
    listed = lin.asks("GET", "/devices")
    assert "Lin's iPhone 12" in [one["name"] for one in listed.json["items"]]
    assert enrolled.json["secret"] not in listed.get_data(as_text=True)
    line = next(line for line in reversed(trail()) if line.verb == "device.enrol")
    assert enrolled.json["device_id"] in line.facts
    assert enrolled.json["secret"] not in line.facts


def test_the_phone_one_enrols_is_the_session_s_phone(lin: Worker) -> None:
    assert lin.asks("GET", "/me").json["device_id"] == lin.device["device_id"]


def test_devices_are_one_s_own(lin: Worker, zhao: Worker) -> None:
    mine = {one["device_id"] for one in lin.asks("GET", "/devices").json["items"]}
    assert mine == {lin.device["device_id"]}
    refused = zhao.asks("DELETE", f"/devices/{lin.device['device_id']}")
    assert (refused.status_code, refused.json["code"]) == (404, "not-found")
    assert lin.asks("GET", "/me").status_code == 200


def test_one_signs_in_on_one_s_own_phone_only(lin: Worker, zhao: Worker) -> None:
    for device_id in (zhao.device["device_id"], "0" * 32):
        form = {"account": "lin", "password": PASSWORD, "device_id": device_id}
        refused = lin.asks("POST", "/sessions", form)
        assert (refused.status_code, refused.json["code"]) == (403, "device-unknown")


def test_a_lost_phone_is_out_on_its_next_request(
    lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    lin.scans(house)
    lost, visit = lin.device["device_id"], lin.visit["id"]
    tablet = worker("lin")
    assert tablet.asks("DELETE", f"/devices/{lost}").status_code == 204
    for refused in (lin.looks(house), lin.beats(fix_at(house.door)), lin.scans(house)):
        assert (refused.status_code, refused.json["code"]) == (401, "device-revoked")
    assert renews(lin).json["code"] == "device-revoked"
    assert tablet.asks("GET", "/me").status_code == 200
    assert leavers.close_left() == 1
    assert Visit.get_by_id(visit).reason == "device_revoked"


def test_a_lost_phone_takes_the_sessions_that_forgot_to_name_it_along(
    lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    lin.signs_in()  # Without saying on which phone.
    assert lin.asks("GET", "/me").json["device_id"] is None
    lin.scans(house)
    assert lin.asks("GET", "/me").json["device_id"] == lin.device["device_id"]
    guan = worker("guan")
    assert guan.asks("POST", f"/devices/{lin.device['device_id']}/revocation").status_code == 204
    assert lin.looks(house).json["code"] == "device-revoked"


def test_a_beat_as_well_ties_the_session_to_the_phone_that_signed(
    lin: Worker, house: House
) -> None:
    lin.scans(house)
    lin.signs_in()
    assert lin.looks(house).json["reason"] == "lease_invalid", "not this session's phone"
    lin.beats(fix_at(house.door))
    assert lin.looks(house).json["visible"] == "open"


def test_a_revoked_phone_cannot_sign_in_again(lin: Worker) -> None:
    device_id = lin.device["device_id"]
    lin.asks("DELETE", f"/devices/{device_id}")
    form = {"account": "lin", "password": PASSWORD, "device_id": device_id}
    assert lin.asks("POST", "/sessions", form).json["code"] == "device-revoked"
    lin.signs_in()
    assert lin.asks("DELETE", f"/devices/{device_id}").json["code"] == "not-found"
    assert lin.asks("GET", "/devices").json["items"][0]["revoked_at"] is not None


def test_an_administrator_revokes_phones_of_their_own_area_only(
    lin: Worker, worker: Callable[[str], Worker]
) -> None:
    guan = worker("guan")
    elsewhere = {
        "name": "bao", "full_name": "包明", "password": "long enough", "area": "440305",
        "roles": [{"role": "administrator", "area": "440305"}],
    }  # fmt: skip
    assert guan.asks("POST", "/accounts", elsewhere).status_code == 201
    bao = Worker(lin.client, "bao").signs_in("long enough")
    path = f"/devices/{lin.device['device_id']}/revocation"
    assert bao.asks("POST", path).json["code"] == "not-your-area"
    assert lin.asks("POST", path).json["code"] == "not-allowed"
    assert lin.asks("GET", "/me").status_code == 200
    assert guan.asks("POST", path).status_code == 204
    assert guan.asks("POST", f"/devices/{'0' * 32}/revocation").json["code"] == "not-found"


@pytest.mark.parametrize(
    ("hours", "status"),
    [(0, 201), (23.9, 201), (-23.9, 201), (24.1, 422), (-24.1, 422), (24 * 400, 422)],
)
def test_a_phone_whose_clock_is_a_day_off_is_set_first(
    lin: Worker, clock: Clock, hours: float, status: int
) -> None:
    at = (clock.at + timedelta(hours=hours)).isoformat()
    answer = lin.asks("POST", "/devices", {"name": "x", "device_time": at})
    assert answer.status_code == status
    if status == 422:
        assert answer.json["code"] == "device-clock-wrong"
        assert answer.json["skew_s"] == hours * 3600


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "x" * 81}, "name"),
        ({"name": 7}, "name"),
        ({"device_time": "now"}, "device_time"),
        ({"external_receiver": True}, "external_receiver"),
        ({"device_id": "0" * 32}, "device_id"),
    ],
)
def test_nothing_else_can_be_said_of_a_phone(
    lin: Worker, form: dict[str, object], field: str
) -> None:
    refused = lin.asks("POST", "/devices", form)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])


def test_a_secret_sealed_for_one_phone_does_not_open_for_another(
    lin: Worker, zhao: Worker, house: House
) -> None:
    """Whoever can write to the database cannot lend a phone somebody's secret."""
    theirs = Device.get_by_id(zhao.device["device_id"]).sealed
    Device.update(sealed=theirs).where(Device.id == lin.device["device_id"]).execute()
    lin.device["secret"] = zhao.device["secret"]
    assert lin.scans(house).status_code >= 400
    assert people_of(lin.looks(house).json) == []
    assert Session.select().count() >= 2
