"""Tokens carried to another phone, phones carried by others or left behind, and clocks."""

from collections.abc import Callable

import pytest

from backend.models import TrailLine
from mobile_api.walk import fix_at, metres_north
from tests.api.scenes import renews, stays, told
from tests.town import Clock, House, Worker, people_of

# --- Tokens and phones -------------------------------------------------------------------


@pytest.mark.parametrize("where", ["scan", "beat"])
def test_a_token_copied_to_another_phone_ends_the_visit_and_is_told(
    lin: Worker, du: Worker, house: House, where: str
) -> None:
    lin.scans(house)
    assert lin.looks(house).json["visible"] == "open"
    lease, secret = lin.lease, lin.device["secret"]
    lin.device["secret"] = "0" * 64  # The thief has the token, not the phone's secret.
    refused = lin.scans(house) if where == "scan" else lin.beats(fix_at(house.door))
    assert (refused.status_code, refused.json["code"]) == (401, "signature-wrong")
    assert "WWW-Authenticate" in refused.headers
    assert people_of(lin.asks("GET", f"/buildings/{house.code}", lease=lease).json) == []
    lin.device["secret"] = secret
    assert lin.asks("GET", f"/visits/{lin.visit['id']}").json["state"] == "closed"
    assert told(du, "visit-alarm") == [
        {"account": "lin", "building": house.code, "reason": "signature_wrong"}
    ]


def test_a_lease_is_worth_nothing_to_anybody_else(lin: Worker, zhao: Worker, house: House) -> None:
    lin.scans(house)
    answer = zhao.asks("GET", f"/buildings/{house.code}", lease=lin.lease).json
    assert (answer["visible"], answer["reason"]) == ("masked", "lease_invalid")
    assert people_of(answer) == []


def test_a_lease_is_worth_nothing_on_another_phone_of_the_same_worker(
    lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    lin.scans(house)
    at_home = worker("lin")
    answer = at_home.asks("GET", f"/buildings/{house.code}", lease=lin.lease).json
    assert (answer["visible"], answer["reason"]) == ("masked", "lease_invalid")
    assert lin.looks(house).json["visible"] == "open"


def test_one_phone_cannot_stand_for_two_workers(lin: Worker, zhao: Worker, house: House) -> None:
    lin.scans(house)
    zhao.device = lin.device
    assert zhao.scans(house).json["code"] == "device-unknown"
    assert lin.looks(house).json["visible"] == "open"


def test_a_second_phone_opens_and_the_first_closes(
    lin: Worker, worker: Callable[[str], Worker], house: House, other_house: House,
    trail: Callable[[], list[TrailLine]],
) -> None:  # fmt: skip
    lin.scans(house)
    second = worker("lin")
    assert second.scans(other_house).status_code == 201
    closed = lin.beats(fix_at(house.door))
    assert (closed.json["state"], closed.json["reason"]) == ("closed", "second_visit")
    assert closed.json["wipe"] == [lin.visit["id"]]
    assert people_of(lin.looks(house).json) == []
    ended = [line for line in trail() if line.verb == "visit.end"]
    assert [(line.visit_id, '"second_visit"' in line.facts) for line in ended] == [
        (lin.visit["id"], True)
    ]


# --- Time --------------------------------------------------------------------------------


def test_airplane_mode_does_not_stop_the_clock(lin: Worker, house: House, clock: Clock) -> None:
    lin.scans(house)
    clock.passes(seconds=89)
    assert lin.looks(house).json["visible"] == "open"
    clock.passes(seconds=1)
    sheet = lin.looks(house).json
    assert (sheet["visible"], sheet["reason"]) == ("masked", "lease_expired")
    assert people_of(sheet) == []


def test_the_phone_s_own_clock_decides_nothing(lin: Worker, house: House, clock: Clock) -> None:
    lin.scans(house, device_time="1970-01-01T00:00:00+00:00")
    clock.passes(seconds=60)
    lin.beats(fix_at(metres_north(house.door, 2)), device_time="2038-01-19T03:14:07+00:00")
    clock.passes(seconds=91)
    late = "2026-11-02T01:00:00+00:00"  # Set back to the moment of the scan.
    assert people_of(lin.looks(house).json) == []
    assert (
        lin.beats(fix_at(house.door) | {"age_ms": 151_000}, device_time=late).json["lease"] is None
    )
    assert people_of(lin.looks(house).json) == []


def test_an_old_position_opens_nothing(lin: Worker, house: House) -> None:
    refused = lin.scans(house, fix_at(house.door) | {"age_ms": 30_001})
    assert (refused.status_code, refused.json["code"]) == (422, "fix-too-old")


def test_a_vague_position_neither_keeps_nor_ends_a_visit(
    lin: Worker, house: House, clock: Clock
) -> None:
    assert lin.scans(house, fix_at(house.door, 101)).json["code"] == "fix-too-vague"
    lin.scans(house)
    clock.passes(seconds=60)
    lin.beats(fix_at(metres_north(house.door, 5_000), accuracy_m=4_000))
    assert lin.looks(house).json["visible"] == "open"
    clock.passes(seconds=30)
    assert lin.looks(house).json["visible"] == "masked"


def test_a_phone_left_in_the_building_is_masked_after_20_minutes(
    lin: Worker, house: House, clock: Clock
) -> None:
    lin.scans(house)
    stays(lin, house, clock, minutes=19)
    assert lin.visit["state"] == "open"
    stays(lin, house, clock, minutes=1)
    assert (lin.visit["state"], lin.visit["reason"]) == ("suspended", "idle")
    assert lin.visit["lease"] is None
    assert people_of(lin.looks(house).json) == []


def test_a_look_and_a_beat_wake_an_idle_visit(lin: Worker, house: House, clock: Clock) -> None:
    lin.scans(house)
    lease = lin.lease
    stays(lin, house, clock, minutes=21)
    renews(lin)
    lin.beats(fix_at(house.door))
    assert lin.visit["state"] == "suspended"
    lin.asks("GET", f"/buildings/{house.code}", lease=lease)
    lin.beats(fix_at(metres_north(house.door, 3)))
    assert lin.looks(house).json["visible"] == "open"
