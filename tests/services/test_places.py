"""Finding, correcting and moving buildings, rooms and their many names."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.actor import SYSTEM
from backend.db import database
from backend.errors import (
    Conflict,
    DatumMissing,
    Invalid,
    NotAllowed,
    NotFound,
    NotYourArea,
    OutsideChina,
    Refused,
    VersionMissing,
    VersionStale,
)
from backend.models import Building, Jurisdiction, Room, TrailLine
from backend.rules import datum
from backend.rules.datum import Position
from backend.services import places
from backend.services.places import buildings
from backend.services.places.cells import cell_of, ranges_around
from tests import town
from tests.services.cast import actor

pytestmark = pytest.mark.usefixtures("clock")

SHUIWEI = "440304004028"


def last_line() -> TrailLine:
    return TrailLine.select().order_by(TrailLine.id.desc()).first()


def texts(page: dict) -> list[str]:
    return [item["text"] for item in page["items"]]


# --- Near by ------------------------------------------------------------------------------


def test_lin_sees_her_nearest_buildings_and_nobody_in_them(house):
    found = places.near(*house.door, "wgs84", by=actor("lin"))
    assert (found[0]["code"], found[0]["distance_m"]) == (house.code, 0)
    assert [one["distance_m"] for one in found] == sorted(one["distance_m"] for one in found)
    assert set(found[0]) == {"code", "name", "address", "distance_m", "counts"}
    assert found[0]["counts"]["residents"] == "21+"
    assert all(one["distance_m"] <= 150 for one in found)


def test_the_counts_are_of_today(house, clock):
    before = places.near(*house.door, "wgs84", by=actor("lin"))[0]["counts"]
    assert set(before) == {"rooms", "residents", "businesses", "events"}
    assert before["rooms"] == "6-20"
    assert before["businesses"] == "1-5"


def test_only_ones_own_buildings_are_near(house, far_house):
    mine = {one["code"] for one in places.near(*house.door, "wgs84", by=actor("lin"))}
    assert far_house.code not in mine
    assert places.near(*far_house.door, "wgs84", by=actor("lin")) == [
        one
        for one in places.near(*far_house.door, "wgs84", by=actor("lin"))
        if one["code"] in {known.code for known in town.houses()[:6]}
    ]


def test_the_same_numbers_in_another_datum_are_elsewhere(house):
    lat, lon = datum.from_wgs84(Position(*house.door), "gcj02")
    assert places.near(lat, lon, "gcj02", by=actor("lin"))[0]["code"] == house.code
    assert places.near(lat, lon, "wgs84", by=actor("lin")) == []


def test_han_may_not_ask_what_is_near(house):
    with pytest.raises(NotAllowed):
        places.near(*house.door, "wgs84", by=actor("han"))


def test_a_position_needs_its_datum(house):
    with pytest.raises(DatumMissing):
        places.near(*house.door, None, by=actor("lin"))
    with pytest.raises(OutsideChina):
        places.near(-33.9, 151.2, "gcj02", by=actor("lin"))
    assert places.near(-33.9, 151.2, "wgs84", by=actor("lin")) == []
    assert places.near(90, 180, "wgs84", by=actor("lin")) == []


def test_a_vague_position_reaches_further_but_not_for_ever(house):
    lat, lon = house.door
    away = lat - 0.0020  # 220 m south of everything
    sharp = places.near(away, lon, "wgs84", accuracy_m=5, by=actor("lin"))
    vague = places.near(away, lon, "wgs84", accuracy_m=100_000, by=actor("lin"))
    assert len(sharp) < len(vague)
    assert all(one["distance_m"] <= 300 for one in vague)


def test_a_long_house_is_near_when_its_wall_is(house):
    building = places.find_building(house.code)
    far = Position(building.lat, building.lon + 0.0018)  # 185 m east of its centre
    before = places.near(*far, "wgs84", by=actor("lin"))
    assert house.code not in {one["code"] for one in before}
    lon, lat = building.lon, building.lat
    building.footprint = (
        f"[[[{lon - 0.0018},{lat}],[{lon + 0.0018},{lat}],"
        f"[{lon + 0.0018},{lat + 0.0001}],[{lon - 0.0018},{lat + 0.0001}],[{lon - 0.0018},{lat}]]]"
    )
    building.save()
    after = places.near(*far, "wgs84", by=actor("lin"))
    assert after[0]["code"] == house.code


@pytest.mark.parametrize("metres", [1, 150, 400])
@pytest.mark.parametrize("lat", [22.5, 22.9999, 45.0, 0.0001])
def test_no_place_within_reach_lies_outside_the_cells(lat, metres):
    ranges = ranges_around(lat, 114.0583, metres)
    for degrees in range(0, 360, 15):
        north = metres * math.cos(math.radians(degrees)) / 110_574
        east = metres * math.sin(math.radians(degrees)) / (111_320 * math.cos(math.radians(lat)))
        cell = cell_of(lat + north, 114.0583 + east)
        assert any(first <= cell <= last for first, last in ranges)


# --- Looking up ---------------------------------------------------------------------------


def test_a_building_is_found_however_it_is_typed(house):
    building = places.find_building(house.code)
    for typed in (
        building.address,
        building.name,
        f" {building.name} ",
        building.name.replace("栋", "幢"),
        building.name.replace("水围村", ""),
        house.code,
        house.code.lower(),
    ):
        page = places.look_up(typed, by=actor("fen"))
        assert house.code in [item["building"]["code"] for item in page["items"]], typed


def test_a_room_is_found_behind_its_building(house):
    building = places.find_building(house.code)
    room = Room.select().where(Room.id >= building.id << 20).order_by(Room.id).first()
    page = places.look_up(f"{building.name}{room.number}", by=actor("fen"))
    assert [item["room"] for item in page["items"]] == [room.code]
    assert page["items"][0]["text"] == f"{building.address}{room.number}"
    by_code = places.look_up(room.code, by=actor("fen"))
    assert [item["room"] for item in by_code["items"]] == [room.code]


def test_a_bill_finds_its_room(house):
    bill = next(
        row
        for row in town.rows("addresses.csv")
        if row["kind"] == "utility_account"
        and len(row["code"]) == 25
        and row["code"][:19] == house.code
    )
    item = places.look_up(bill["text"], by=actor("fen"))["items"][0]
    assert (item["kind"], item["room"]) == ("utility_account", bill["code"])


def test_pages_follow_one_another_without_repeats_or_gaps():
    whole = places.look_up("水围", None, 200, by=actor("fen"))
    assert whole["next"] is None or len(whole["items"]) == 200
    seen, cursor = [], None
    while True:
        page = places.look_up("水围", cursor, 3, by=actor("fen"))
        assert len(page["items"]) <= 3
        seen += [(item["kind"], item["text"], item["room"]) for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) > 9
    assert seen[: len(whole["items"])] == [
        (item["kind"], item["text"], item["room"]) for item in whole["items"]
    ]


@pytest.mark.parametrize("start", ["1", "4403040040", "水围村一坊"])
def test_every_way_of_finding_has_pages(start):
    whole = texts(places.look_up(start, None, 200, by=actor("fen")))
    seen, cursor = [], None
    while True:
        page = places.look_up(start, cursor, 2, by=actor("fen"))
        seen += texts(page)
        cursor = page["next"]
        if cursor is None:
            break
    assert seen[: len(whole)] == whole


def test_what_is_found_says_nothing_about_people(house):
    page = places.look_up("水围", None, 200, by=actor("fen"))
    for item in page["items"]:
        assert set(item) == {"kind", "text", "building", "room"}
        assert set(item["building"]) == {"code", "name"}
    names = {row["name"] for row in town.rows("residents.csv")}
    assert not names & set(texts(page))


@pytest.mark.parametrize("text", ["", "  ", "。，", "\x00", "%", "_", "\U0010ffff"])
def test_nothing_typed_is_refused(text):
    with pytest.raises(Invalid):
        places.look_up(text, by=actor("fen"))


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE building;--", "1" * 5000, "𠮷野家", "a%b_c\\", "\ud800x"]
)
def test_strange_texts_find_nothing_and_harm_nothing(text):
    assert places.look_up(text, by=actor("fen"))["items"] == []
    assert Building.select().count() == 9


@pytest.mark.parametrize(
    "cursor",
    ["x", "", "e30", "WzAsIDFd", "WzksIG51bGxd", "WzEsIFsxLCAyXV0", "W1tdLCBbXV0", "=" * 9, "é"],
)
def test_a_cursor_of_ones_own_making_is_refused(cursor):
    with pytest.raises(Invalid):
        places.look_up("水围", cursor, by=actor("fen"))


def test_han_may_not_look_anything_up():
    with pytest.raises(NotAllowed):
        places.look_up("水围", by=actor("han"))


# --- One code, many addresses -------------------------------------------------------------


def test_a_nickname_is_added_found_and_removed(house):
    made = places.add_alias(house.code, "nickname", " 红楼 ", by=actor("mei"))
    assert (made["text"], made["room"]) == ("红楼", None)
    assert last_line().verb == "address.add"
    found = places.look_up("红楼", by=actor("fen"))["items"]
    assert [item["building"]["code"] for item in found] == [house.code]
    assert made["id"] in [one["id"] for one in places.aliases(house.code, by=SYSTEM)]
    places.remove_alias(house.code, made["id"], by=actor("mei"))
    assert places.look_up("红楼", by=actor("fen"))["items"] == []
    assert last_line().verb == "address.remove"


def test_a_room_has_names_of_its_own(house):
    room = town.of_house(house, "rooms.csv")[0]["code"]
    made = places.add_alias(room, "title_deed", "深房地字第3000123456号", by=actor("mei"))
    assert made["room"] == room
    found = places.look_up("深房地字第3000123456号", by=actor("fen"))["items"]
    assert [item["room"] for item in found] == [room]


def test_a_name_that_cannot_be(house):
    mei = actor("mei")
    places.add_alias(house.code, "nickname", "红楼", by=mei)
    with pytest.raises(Conflict):
        places.add_alias(house.code, "nickname", "红楼", by=mei)
    for kind, text in (
        ("standard", "x"),
        ("poem", "x"),
        ("nickname", "。"),
        ("nickname", "x" * 201),
    ):
        with pytest.raises(Invalid):
            places.add_alias(house.code, kind, text, by=mei)
    with pytest.raises(NotFound):
        places.add_alias("4403040040289999999", "nickname", "x", by=mei)
    with pytest.raises(NotFound):
        places.add_alias(f"{house.code}999999", "nickname", "x", by=mei)


def test_the_standard_address_stays(house):
    standard = next(a for a in places.aliases(house.code, by=SYSTEM) if a["kind"] == "standard")
    with pytest.raises(Conflict):
        places.remove_alias(house.code, standard["id"], by=actor("mei"))
    for number in (0, -1, 999_999, 2**40):
        with pytest.raises(NotFound):
            places.remove_alias(house.code, number, by=actor("mei"))


def test_lin_names_nothing_outside_her_grid(far_house):
    with pytest.raises(NotYourArea):
        places.add_alias(far_house.code, "nickname", "红楼", by=actor("lin"))


# --- Correcting ---------------------------------------------------------------------------


def test_a_building_is_corrected_with_its_version(house):
    before = places.find_building(house.code)
    after = places.amend_building(
        house.code, {"name": "一号楼", "floors": 8}, str(before.version), by=actor("lin")
    )
    assert (after["name"], after["floors"], after["version"]) == ("一号楼", 8, before.version + 1)
    line = last_line()
    assert (line.verb, line.fields, line.roles) == ("building.amend", "floors,name", "collector")


def test_a_corrected_address_is_found_and_the_former_is_not(house):
    before = places.find_building(house.code)
    places.amend_building(
        house.code, {"address": "金地路9号"}, str(before.version), by=actor("mei")
    )
    found = places.look_up("金地路9号", by=actor("fen"))["items"]
    assert [item["building"]["code"] for item in found] == [house.code]
    codes = [
        i["building"]["code"] for i in places.look_up(before.address, by=actor("fen"))["items"]
    ]
    assert house.code not in codes


def test_two_who_correct_at_once(house):
    before = places.find_building(house.code)
    places.amend_building(house.code, {"floors": 8}, str(before.version), by=actor("lin"))
    with pytest.raises(VersionStale):
        places.amend_building(house.code, {"floors": 9}, str(before.version), by=actor("mei"))
    with pytest.raises(VersionMissing):
        places.amend_building(house.code, {"floors": 9}, None, by=actor("mei"))
    assert places.find_building(house.code).floors == 8


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"code": "4403040040280100099"},
        {"name": ""},
        {"name": None},
        {"name": "x" * 81},
        {"address": " "},
        {"floors": 0},
        {"floors": 201},
        {"built_year": 3000},
        {"house_class": "9999"},
    ],
)
def test_a_correction_that_cannot_be(house, changes):
    before = places.find_building(house.code)
    with pytest.raises(Invalid):
        places.amend_building(house.code, changes, str(before.version), by=actor("lin"))
    assert places.find_building(house.code).version == before.version


def test_zhao_corrects_no_building(house):
    with pytest.raises(NotAllowed):
        places.amend_building(house.code, {"floors": 8}, "1", by=actor("zhao"))


# --- Rooms --------------------------------------------------------------------------------


def test_a_new_room_gets_the_next_house_code(house):
    codes = [row["code"] for row in town.of_house(house, "rooms.csv")]
    made = places.add_room(house.code, {"number": "1001", "floor": 10}, by=actor("lin"))
    assert made["code"] == f"{house.code}{int(max(codes)[19:]) + 1:06d}"
    assert (made["number"], made["floor"], made["version"]) == ("1001", 10, 1)
    assert last_line().verb == "room.add"


def test_a_room_is_corrected_with_its_version(house):
    code = town.of_house(house, "rooms.csv")[0]["code"]
    after = places.amend_room(code, {"area_m2": 33.5}, "1", by=actor("lin"))
    assert (after["area_m2"], after["version"]) == (33.5, 2)
    with pytest.raises(VersionStale):
        places.amend_room(code, {"area_m2": 34}, "1", by=actor("lin"))


def test_a_room_that_cannot_be(house):
    lin = actor("lin")
    number = town.of_house(house, "rooms.csv")[0]["number"]
    for form in (
        {"number": number},
        {"number": ""},
        {"floor": 1},
        {"number": "1", "floor": 999},
        {"number": "1", "area_m2": -1},
        {"number": "1", "house_class": "9999"},
        {"number": "x" * 41},
        {"number": "1", "people": 3},
    ):
        with pytest.raises(Invalid):
            places.add_room(house.code, form, by=lin)
    with pytest.raises(NotFound):
        places.amend_room("4403040040289999999000001", {"floor": 1}, "1", by=lin)
    with pytest.raises(NotFound):
        places.add_room("4403040040289999999", {"number": "1"}, by=lin)


def test_a_room_keeps_its_own_number_when_corrected(house):
    row = town.of_house(house, "rooms.csv")[0]
    after = places.amend_room(
        row["code"], {"number": row["number"], "floor": 2}, "1", by=actor("lin")
    )
    assert after["floor"] == 2


# --- Moving between areas -----------------------------------------------------------------


def test_a_building_moves_to_another_grid_and_its_collector_may_correct_it(house, far_house):
    liu = actor("liu")  # Collects in the next grid.
    before = places.find_building(house.code)
    with pytest.raises(NotYourArea):
        places.amend_building(house.code, {"floors": 8}, str(before.version), by=liu)
    target = places.find_building(far_house.code).area.code
    after = places.move_building(
        house.code, target, "新划分", str(before.version), by=actor("guan")
    )
    assert after["area"]["code"] == target
    kept = Jurisdiction.get(Jurisdiction.building_id == before.id)
    assert (kept.area_id, kept.moved_by, kept.reason) == (before.area.code, "guan", "新划分")
    line = last_line()
    assert (line.verb, line.area_path) == ("building.move", after["area"]["path"])
    places.amend_building(house.code, {"floors": 8}, str(after["version"]), by=liu)


def test_whoever_moves_a_building_answers_for_both_areas(house):
    version = str(places.find_building(house.code).version)
    with pytest.raises(NotYourArea):
        places.move_building(house.code, "440305", "x", version, by=actor("du"))
    with pytest.raises(NotAllowed):
        places.move_building(house.code, SHUIWEI, "x", version, by=actor("lin"))


def test_a_move_that_cannot_be(house):
    guan = actor("guan")
    building = places.find_building(house.code)
    version = str(building.version)
    with pytest.raises(NotFound):
        places.move_building(house.code, "999999", "x", version, by=guan)
    for area, reason in ((building.area.code, "x"), (SHUIWEI, " "), (SHUIWEI, "x" * 201)):
        with pytest.raises(Invalid):
            places.move_building(house.code, area, reason, version, by=guan)
    with pytest.raises(VersionStale):
        places.move_building(house.code, SHUIWEI, "x", "0", by=guan)


# --- At the same time ---------------------------------------------------------------------


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at once, each in a thread of its own; answers, or the refusals instead."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=10)
            return act()
        except Refused as refusal:
            return refusal.code
        finally:
            database.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_corrections_at_the_same_time_one_is_stale(house, monkeypatch):
    # Long enough between reading the version and writing the next one for both to be there.
    monkeypatch.setattr(buildings, "_check", lambda changes: time.sleep(0.1))
    version = str(places.find_building(house.code).version)
    lin, mei = actor("lin"), actor("mei")
    answers = together(
        lambda: places.amend_building(house.code, {"floors": 8}, version, by=lin)["floors"],
        lambda: places.amend_building(house.code, {"floors": 9}, version, by=mei)["floors"],
    )
    assert sorted(map(str, answers))[1] == "version-stale"
    assert places.find_building(house.code).floors in answers


def test_rooms_and_names_added_at_the_same_time_get_keys_of_their_own(house):
    mei = actor("mei")
    rooms = together(
        *(
            lambda number=number: places.add_room(house.code, {"number": f"X{number}"}, by=mei)[
                "code"
            ]
            for number in range(4)
        )
    )
    assert len(set(rooms)) == 4
    names = together(
        *(
            lambda number=number: places.add_alias(house.code, "nickname", f"楼{number}", by=mei)[
                "id"
            ]
            for number in range(4)
        )
    )
    assert len(set(names)) == 4
