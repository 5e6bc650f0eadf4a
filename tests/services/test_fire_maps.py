"""The fire map and the smart ID: what stands where, in a few kilobytes, and no person in it."""

import json
import re
from xml.etree import ElementTree

import pytest

from backend import load
from backend.db import database
from backend.errors import Invalid, NotYourArea
from backend.models import Residence, keys
from backend.rules import datum, drawings, geometry
from backend.rules.datum import Position
from backend.rules.drawings import Shape, Spot
from backend.rules.grading import GRADES
from backend.services import facilities, fire_maps, inspections, migrations, smart_ids
from backend.start import start
from tests import town
from tests.services import rounds
from tests.services.cast import actor
from tests.services.rounds import inspects, wrong

SHUIWEI = "440304004028"
BOX = [[114.0, 22.5], [114.001, 22.5], [114.001, 22.501], [114.0, 22.501], [114.0, 22.5]]


def boxes_of(drawing, kind=None):
    """Where each house, or spot of a kind, was drawn, told back from the paths."""
    found = []
    for path in ElementTree.fromstring(drawing).findall("path"):
        colour = path.get("class")
        if ("spot" in colour) != (kind is not None) or kind not in (None, colour):
            continue
        x = y = 0
        moves = re.findall(r"m(-?\d+) ?(-?\d+)h(\d+)v(\d+)h-(\d+)z", path.get("d"))
        for right, down, width, height, _ in moves:
            x, y = x + int(right), y + int(down)
            found.append((colour, x, y, int(width), int(height)))
    return found


def marks_of(drawing):
    """The marks in the order in which they are drawn, each with how many dots it has."""
    tree = ElementTree.fromstring(drawing)
    dots = {path.get("id"): path.get("d").count("h0") for path in tree.iter("path")}
    return [(use.get("class")[5:], dots[use.get("href")[1:]]) for use in tree.findall("use")]


def test_a_drawing_shows_every_house_where_it_stands():
    east = [[lon + 0.002, lat] for lon, lat in BOX]
    drawn = drawings.draw([Shape(BOX, "red", ("hazard",)), Shape(east, "green")])
    (one, x1, y1, *_), (two, x2, y2, *_) = boxes_of(drawn)
    assert (one, two) == ("green", "red")
    assert (x2, y1) == (0, y2)
    assert x1 > 300
    assert marks_of(drawn) == [("hazard", 1)]
    assert drawings.draw([]) == ""
    assert len(boxes_of(drawings.draw([Shape(BOX, "none")]))) == 1


def test_the_smaller_dot_lies_above_and_a_hydrant_beside_the_house():
    marks = ("hazard", "place-red", "extinguisher")
    well = Spot((BOX[1][0] + 0.0005, BOX[1][1]), "hydrant")
    drawn = drawings.draw([Shape(BOX, "none", marks)] * 2, [well])
    assert marks_of(drawn) == [(mark, 2) for mark in marks]
    [(_, left, *_)] = boxes_of(drawn, "spot hydrant")
    assert left > 300


def test_a_village_in_its_worst_state_fits_into_ten_kilobytes():
    """Every house with every mark there is, in every colour: 318 houses and 36 hydrants."""
    features = json.loads((town.TOWN / "buildings.geojson").read_text(encoding="utf-8"))["features"]
    rings = [one["geometry"]["coordinates"][0] for one in features]
    worst = [f"place-{grade}" for grade in GRADES[1:]]
    shapes = [
        Shape(ring, (*GRADES, "none")[number % 5], ("hazard", worst[number % 3], "extinguisher"))
        for number, ring in enumerate(rings)
    ]
    wells = [
        Spot((float(row["lon"]), float(row["lat"])), ("hydrant", "hydrant-wrong")[number % 2])
        for number, row in enumerate(town.rows("hydrants.csv"))
    ]
    drawn = drawings.draw(shapes, wells)
    print(f"fire_map_worst_bytes {len(drawn.encode())}")
    assert len(boxes_of(drawn)) == 318
    assert len(drawn.encode()) <= 10_240


def test_the_map_of_two_houses(village):
    rounds.settle()
    an = rounds.actor(rounds.account("an", "safety_officer"), "safety_officer")
    inspections.enrol()
    inspects(an, gas=wrong(an), pledge=wrong(an))
    by = rounds.actor(3, "supervisor")
    told = fire_maps.show(SHUIWEI, by=by)
    assert told["counts"]["houses"]["green"] == 2
    assert told["counts"]["places"] == {"green": 1, "yellow": 0, "orange": 1, "red": 0}
    assert told["counts"]["hazards"] == 2
    first = told["houses"][0]
    assert (first["hazards"], first["places"]) == (2, {"green": 1, "orange": 1})
    assert ("place-orange", 1) in marks_of(told["drawing"])
    with pytest.raises(NotYourArea):
        fire_maps.show("440304004029", by=by)


HERE = [114.058, 22.524, 114.0586, 22.525]


def test_a_box_holds_what_is_mine_in_it(village):
    rounds.settle()
    hydrant("H1", 22.5244, 114.0583)
    hydrant("H2", 22.5344, 114.0583)
    du, elsewhere = rounds.actor(3, "supervisor"), rounds.actor(8, "supervisor", "440304004029")
    [house] = fire_maps.around(HERE, by=du)["features"]
    assert house["properties"]["code"] == "4403040040280100001"
    [well] = fire_maps.hydrants_around(HERE, by=du)["features"]
    assert well["properties"]["number"] == "H1"
    assert well["properties"]["form"] == {"zh": "地上式", "en": "above the ground"}
    assert fire_maps.around(HERE, by=elsewhere)["features"] == []
    assert fire_maps.hydrants_around(HERE, by=elsewhere)["features"] == []


@pytest.mark.parametrize("box", [[2, 1, 1, 2], [1, 2, 2, 1], [114.0, 22.5, 114.2, 22.6]])
def test_what_is_no_box_or_a_whole_district_is_refused(village, box):
    with pytest.raises(Invalid):
        fire_maps.around(box, by=rounds.actor(3, "supervisor"))


def test_a_box_too_full_to_be_read_is_refused(village, monkeypatch):
    monkeypatch.setattr(fire_maps.houses, "MOST", 0)
    with pytest.raises(Invalid):
        fire_maps.around(HERE, by=rounds.actor(3, "supervisor"))


def test_a_map_drawn_in_another_datum_gets_its_houses_there(village):
    """606 m away; the shift that a phone adds is right to centimetres in a box of this size."""
    rounds.settle()
    hydrant("H1", 22.5244, 114.0583)
    du = rounds.actor(3, "supervisor")
    south, west = datum.from_wgs84(Position(HERE[1], HERE[0]), "gcj02")
    north, east = datum.from_wgs84(Position(HERE[3], HERE[2]), "gcj02")
    [here] = fire_maps.around(HERE, by=du)["features"]
    told = fire_maps.around([west, south, east, north], "gcj02", by=du)
    [there] = told["features"]
    for one, other in zip(corners(here), corners(there), strict=True):
        assert geometry.distance_m(other, Position(*datum.from_wgs84(one, "gcj02"))) < 0.02
        moved = Position(one.lat + told["shift"]["lat"], one.lon + told["shift"]["lon"])
        assert geometry.distance_m(other, moved) < 0.3
        assert 550 < geometry.distance_m(one, other) < 660
    assert fire_maps.around(HERE, by=du)["shift"] == {"lat": 0, "lon": 0}
    [well] = fire_maps.hydrants_around([west, south, east, north], "gcj02", by=du)["features"]
    lon, lat = well["geometry"]["coordinates"]
    home = datum.to_wgs84(lat, lon, "gcj02")
    assert geometry.distance_m(home, Position(22.5244, 114.0583)) < 0.02


def corners(feature):
    return [Position(lat, lon) for lon, lat in feature["geometry"]["coordinates"][0]]


def hydrant(number, lat, lon):
    place = {"lat": lat, "lon": lon, "crs": "wgs84", "area": SHUIWEI}
    form = {"kind": "hydrant", "number": number, "facts": {"form": "above_ground"}, **place}
    facilities.register(form, by=rounds.actor(900, "building_manager"))


def test_a_hydrant_stands_on_the_map_and_shows_that_it_gives_no_water(village):
    rounds.settle()
    hydrant("H1", 22.5244, 114.0583)
    by = rounds.actor(3, "supervisor")
    assert len(boxes_of(fire_maps.show(SHUIWEI, by=by)["drawing"], "spot hydrant")) == 1
    an = rounds.actor(rounds.account("an", "safety_officer"), "safety_officer")
    but = {"gives_water": wrong(an)}
    inspections.submit(rounds.sheet("facility:H1", "hydrant", but=but), by=an)
    told = fire_maps.show(SHUIWEI, by=by)
    assert len(boxes_of(told["drawing"], "spot hydrant-wrong")) == 1
    assert [(one["number"], one["hazards"]) for one in told["hydrants"]] == [("H1", 1)]
    assert told["counts"]["hydrants"] == 1


def test_who_has_too_many_houses_chooses_an_area_first(village, monkeypatch):
    monkeypatch.setattr(fire_maps.houses, "MOST", 1)
    du = rounds.actor(3, "supervisor", "440304004")
    told = fire_maps.show(by=du)
    assert (told["houses"], told["drawing"], told["box"]) == ([], "", None)
    assert SHUIWEI in [one["code"] for one in told["choices"]]
    with pytest.raises(Invalid):  # Here is nothing smaller to choose.
        fire_maps.show(SHUIWEI, by=du)


def test_a_smart_id_counts_people_from_three_on(village):
    rounds.settle()
    house = inspections.subjects.named("building:4403040040280100001")
    for number in range(4):
        told = smart_ids.show("4403040040280100001")
        assert told["residents"] == (None if number < 3 else number)
        Residence.create(
            id=keys.first(house.building_id) + 10 + number,
            resident_id=number,
            room_id=keys.first(house.building_id) + 1,
            kind="living",
            source="visit",
            updated_at=rounds.clock.now(),
            updated_by="x",
        )
    assert told["rooms"] == 2
    assert told["area_m2"] == 105
    assert told["grade"] is None
    assert len(told["landlord_duties"]) >= 4


@pytest.fixture
def village_of_demo(tmp_path):
    """The whole demo town."""
    start(town.settings(f"sqlite:///{tmp_path}/demo.db"))
    migrations.migrate()
    load.load_demo()
    yield
    database.close()


@pytest.mark.proof
def test_shuiwei_fits_into_ten_kilobytes_and_all_of_it_is_there(village_of_demo):
    """318 houses and 660 small places, graded as they are loaded."""
    assert inspections.enrol() == 869  # 209 houses that are let
    told = fire_maps.show(SHUIWEI, by=actor("du"))
    print(f"fire_map_bytes {len(told['drawing'].encode())}")
    assert len(told["drawing"].encode()) <= 10_240
    assert len(told["houses"]) == len(boxes_of(told["drawing"])) == 318
    assert sum(told["counts"]["places"].values()) == 660
    assert len(boxes_of(told["drawing"], "spot hydrant")) == len(told["hydrants"]) == 36
