"""Everything a dishonest or unlucky phone may try at the door, and what it gets.

The rows of the attack table, one after the other: the photo of a code, pretended positions, and
requests sent again. Phones and clocks follow in test_attacks_by_phone.py, people who may come in
and go too far in test_attacks_from_inside.py.
"""

from collections.abc import Callable
from typing import Any

import pytest

from backend.models import Device, TrailLine, Visit
from mobile_api.walk import fix_at, metres_north
from tests.api.scenes import at_home, in_gcj02, told
from tests.town import Clock, House, Worker, of_house, people_of

# --- A photo of the code -----------------------------------------------------------------


def test_a_photo_scanned_at_home_opens_nothing_and_says_how_far(
    lin: Worker, house: House, trail: Callable[[], list[TrailLine]]
) -> None:
    refused = lin.scans(house, at_home(house))
    assert (refused.status_code, refused.json["code"]) == (403, "too-far")
    assert 1_950 < refused.json["metres"] < 2_050
    assert trail()[-1].outcome == "too-far"
    assert str(refused.json["metres"]) in trail()[-1].facts
    assert people_of(lin.looks(house).json) == []


def test_the_third_photo_of_a_day_is_told_to_the_supervisor_once(
    lin: Worker, du: Worker, house: House, clock: Clock
) -> None:
    for times in (1, 2, 3, 4):
        lin.signs_in().scans(house, at_home(house))
        clock.passes(hours=1)
        du.signs_in()
        known = told(du, "far-scans")
        assert len(known) == (times >= 3)
    assert known == [{"account": "lin", "building": house.code, "times": 3}]


def test_photos_of_different_days_are_no_pattern(
    lin: Worker, du: Worker, house: House, clock: Clock
) -> None:
    for _ in range(4):
        lin.signs_in().scans(house, at_home(house))
        clock.passes(hours=13)
    assert told(du.signs_in(), "far-scans") == []


# --- A position somebody made up ---------------------------------------------------------


@pytest.mark.parametrize("trick", [{"is_mock": True}, {"accuracy_m": 0}, {"altitude_m": 0}])
def test_a_photo_and_a_mocked_position_open_the_work_but_nobody(
    lin: Worker, house: House, trick: dict[str, Any]
) -> None:
    opened = lin.scans(house, fix_at(house.door) | trick)
    assert (opened.status_code, opened.json["presence"]) == (201, "weak")
    assert opened.json["unlock"] == "scan_second_tag"
    sheet = lin.looks(house).json
    assert (sheet["reason"], sheet["unlock"]) == ("second_tag_needed", "scan_second_tag")
    assert (people_of(sheet), sheet["businesses"], sheet["events"]) == ([], [], [])


def test_a_second_tag_within_five_minutes_vouches_for_a_doubtful_phone(
    lin: Worker, house: House, clock: Clock
) -> None:
    lin.scans(house, fix_at(house.door) | {"is_mock": True})
    clock.passes(seconds=60)
    assert lin.beats(tag=house.tag).json["unlock"] == "scan_second_tag"
    assert people_of(lin.looks(house).json) == []
    lin.beats(tag=house.other_tags[0])
    assert len(people_of(lin.looks(house).json)) == len(of_house(house))


def test_a_second_tag_after_five_minutes_is_too_late(
    lin: Worker, house: House, clock: Clock
) -> None:
    mocked = fix_at(house.door) | {"is_mock": True}
    lin.scans(house, mocked)
    for _ in range(6):
        clock.passes(seconds=51)
        lin.beats(fix_at(metres_north(house.door, clock.at.second)) | {"is_mock": True})
    lin.beats(tag=house.other_tags[0])
    assert lin.looks(house).json["reason"] == "second_tag_needed"


def test_the_tag_of_another_building_vouches_for_nothing(
    lin: Worker, house: House, other_house: House
) -> None:
    lin.scans(house, fix_at(house.door) | {"is_mock": True})
    assert lin.beats(tag=other_house.other_tags[0]).json["code"] == "tag-elsewhere"
    assert people_of(lin.looks(house).json) == []


def test_the_same_seven_decimals_four_times_hide_everybody(
    lin: Worker, house: House, clock: Clock
) -> None:
    lin.scans(house)
    for beat in (2, 3, 4):
        assert lin.looks(house).json["visible"] == "open"
        clock.passes(seconds=30)
        presence = lin.beats(fix_at(house.door)).json["presence"]
        assert presence == ("weak" if beat == 4 else "verified")
    assert lin.looks(house).json["reason"] == "second_tag_needed"


def test_satellites_without_any_tremble_hide_everybody(
    lin: Worker, house: House, clock: Clock
) -> None:
    lin.scans(house, fix_at(house.door) | {"provider": "gps"})
    for beat in (1, 2, 3):
        clock.passes(seconds=30)
        lin.beats(fix_at(metres_north(house.door, 0.012 * beat)) | {"provider": "gps"})
    assert lin.visit["presence"] == "weak"
    assert people_of(lin.looks(house).json) == []


def test_a_district_s_receiver_may_come_through_the_mock_interface(
    lin: Worker, house: House
) -> None:
    Device.update(external_receiver=True).where(Device.id == lin.device["device_id"]).execute()
    assert lin.scans(house, fix_at(house.door) | {"is_mock": True}).json["presence"] == "verified"


def test_beijing_s_coordinates_called_american_are_refused_with_a_hint(
    lin: Worker, house: House
) -> None:
    shifted = in_gcj02(house)
    refused = lin.scans(house, shifted | {"crs": "wgs84"})
    assert (refused.status_code, refused.json["code"]) == (422, "datum-suspect")
    assert (refused.json["crs"], refused.json["likely"]) == ("wgs84", "gcj02")
    assert 550 < refused.json["metres"] < 650
    assert people_of(lin.looks(house).json) == []


def test_beijing_s_coordinates_called_by_their_name_open(lin: Worker, house: House) -> None:
    assert lin.scans(house, in_gcj02(house)).json["presence"] == "verified"
    assert lin.looks(house).json["visible"] == "open"


def test_a_position_without_a_datum_is_refused(lin: Worker, house: House) -> None:
    refused = lin.scans(house, fix_at(house.door) | {"crs": None})
    assert (refused.status_code, refused.json["code"]) == (422, "datum-missing")


def test_a_journey_faster_than_the_metro_is_refused(
    lin: Worker, house: House, other_house: House, clock: Clock
) -> None:
    lin.scans(other_house)
    lin.leaves()
    Visit.update(lat=house.door[0] + 0.2).execute()  # 22 km north, ten minutes ago.
    clock.passes(minutes=8)
    refused = lin.scans(house)
    assert (refused.status_code, refused.json["code"]) == (403, "impossible-journey")
    assert 160 < refused.json["speed_kmh"] < 170
    clock.passes(minutes=1)
    assert lin.scans(house).status_code == 201


def test_a_wild_fix_does_not_make_the_next_house_a_journey(
    lin: Worker, house: House, other_house: House, clock: Clock
) -> None:
    lin.scans(house)
    for wild in (at_home(house), fix_at(metres_north(house.door, 9_000), 4_000)):
        clock.passes(seconds=30)
        lin.beats(wild)
    clock.passes(seconds=30)
    assert lin.scans(other_house).status_code == 201


# --- Sent again --------------------------------------------------------------------------


def test_a_replayed_visit_is_refused(lin: Worker, house: House) -> None:
    nonce = lin.asks("POST", "/visits/challenges", {}).json["nonce"]
    form = {
        "nonce": nonce,
        "tag": house.tag,
        "fix": fix_at(house.door),
        "device_id": lin.device["device_id"],
    }
    assert lin.sends_visit(form).status_code == 201
    again = lin.sends_visit(form)
    assert (again.status_code, again.json["code"]) == (409, "nonce-used")


def test_a_challenge_is_for_two_minutes_and_for_one_person(
    lin: Worker, zhao: Worker, house: House, clock: Clock
) -> None:
    nonce = lin.asks("POST", "/visits/challenges", {}).json["nonce"]
    assert zhao.scans(house, nonce=nonce).json["code"] == "nonce-unknown"
    assert lin.scans(house, nonce="made-up").json["code"] == "nonce-unknown"
    clock.passes(seconds=121)
    assert lin.scans(house, nonce=nonce).json["code"] == "nonce-expired"


def test_a_beat_sent_again_is_refused(lin: Worker, house: House) -> None:
    lin.scans(house)
    assert lin.beats(fix_at(house.door)).status_code == 200
    for stale in (1, 0):
        lin.seq = stale - 1
        again = lin.beats(fix_at(house.door))
        assert again.status_code == (409 if stale else 422)
    assert again.json["code"] == "invalid"


def test_a_beat_of_old_cannot_follow_a_newer_one(lin: Worker, house: House) -> None:
    lin.scans(house)
    lin.seq = 6
    assert lin.beats(fix_at(house.door)).json["seq"] == 7
    lin.seq = 2
    refused = lin.beats(fix_at(house.door))
    assert (refused.status_code, refused.json["code"]) == (409, "beat-out-of-order")
    assert refused.json["last_seq"] == 7
