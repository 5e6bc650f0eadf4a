"""Footprints: real ones, made-up ones, and those in the wrong datum."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.models import Address, AddressKey, Building, Jurisdiction
from backend.rules import datum, geometry
from backend.rules.datum import Position
from backend.services import places
from tests import town

NANSHAN = town.FIXTURES / "footprints" / "nanshan.geojson"
HOUSE = "4403040040280100001"
SQUARE = [
    [114.06, 22.53],
    [114.0602, 22.53],
    [114.0602, 22.5302],
    [114.06, 22.5302],
    [114.06, 22.53],
]
SHUIWEI = "440304004028"


def feature(ring: Any = SQUARE, **changes: Any) -> dict[str, Any]:
    properties = {"code": "4403040040280100009", "name": "9栋", "area": SHUIWEI} | changes
    return {
        "type": "Feature",
        "properties": {name: value for name, value in properties.items() if value != "absent"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def shifted(crs: str) -> str:
    """The village's two houses as a map in another datum draws them, and a third."""
    found = []
    for code, west in (
        (HOUSE, 114.0583),
        ("4403040040280100002", 114.0587),
        ("4403040040280100003", 114.059),
    ):
        ring = [
            list(reversed(datum.from_wgs84(Position(lat, lon), crs)))
            for lon, lat in (
                (west, 22.5244),
                (west + 0.0002, 22.5244),
                (west + 0.0002, 22.5246),
                (west, 22.5246),
                (west, 22.5244),
            )
        ]
        found.append(feature(ring, code=code, name=f"水围村一坊{code[-1]}栋"))
    return collection(*found)


# --- The ordinary day ---------------------------------------------------------------------


@pytest.mark.wide
def test_the_real_footprints_of_nanshan_load_and_load_again(bring):
    options = {"crs": "wgs84", "area": "440305", "community": "440305001001"}
    report = bring("buildings", NANSHAN, **options)
    assert (report.rows, report.added, report.errors) == (5438, 5438, 0)
    assert any("'cx'" in notice for notice in report.notices)
    first = Building.get(Building.code == "4403050010010000001")
    assert (first.area.code, first.height_m) == ("440305", 18)
    assert geometry.distance_m(Position(first.lat, first.lon), Position(22.497284, 113.946272)) < 1
    again = bring("buildings", NANSHAN, **options)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 5438)


def test_a_building_is_found_by_its_standard_address_and_by_place(bring):
    building = Building.get(Building.code == HOUSE)
    address = Address.get(Address.id == (building.id << 20) + 1)
    assert (address.kind, address.text) == ("standard", building.address)
    assert AddressKey.select().where(AddressKey.address_id == address.id).exists()
    assert building.cell == places.cell_of(22.5245, 114.0584) == 22524_114058


def test_another_address_replaces_the_keys_of_the_former(bring):
    bring("buildings", collection(feature(address="水围村一坊9栋")), crs="wgs84")
    report = bring("buildings", collection(feature(address="金地路9号")), crs="wgs84")
    assert report.changed == 1
    building = Building.get(Building.code == "4403040040280100009")
    texts = [a.text for a in Address.select().where(Address.id >= building.id << 20)]
    assert texts == ["金地路9号"]
    found = [k.key for k in AddressKey.select().where(AddressKey.address_id >= building.id << 20)]
    assert "金地路9号" in found
    assert not any("水围" in key for key in found)


def test_a_building_whose_area_changes_keeps_the_former_one(bring):
    bring("buildings", collection(feature()), crs="wgs84")
    bring("buildings", collection(feature(area="440304004")), crs="wgs84")
    building = Building.get(Building.code == "4403040040280100009")
    assert building.area.code == "440304004"
    before = Jurisdiction.get(Jurisdiction.building_id == building.id)
    assert (before.area.code, before.moved_by) == (SHUIWEI, "system")


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_other_datums_end_up_in_the_same_place(bring, crs):
    report = bring("buildings", shifted(crs), crs=crs)
    assert (report.added, report.changed, report.errors) == (1, 2, 0)
    building = Building.get(Building.code == HOUSE)
    moved = geometry.distance_m(Position(building.lat, building.lon), Position(22.5245, 114.0584))
    assert moved < 0.02


def test_the_parts_and_courtyards_of_a_multipolygon_are_kept(bring):
    yard = [[114.06005, 22.53005], [114.0601, 22.53005], [114.0601, 22.5301], [114.06005, 22.53005]]
    other = [[lon + 0.001, lat] for lon, lat in SQUARE]
    item = feature()
    item["geometry"] = {"type": "MultiPolygon", "coordinates": [[SQUARE, yard], [other]]}
    assert bring("buildings", collection(item), crs="wgs84").added == 1
    rings = json.loads(Building.get(Building.code == "4403040040280100009").footprint)
    assert [len(ring) for ring in rings] == [5, 4, 5]


def test_a_code_may_hold_a_letter_t(bring):
    code = "44030400401103T0002"
    assert bring("buildings", collection(feature(code=code)), crs="wgs84").added == 1
    assert places.find_building(code).name == "9栋"


# --- What is broken -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ring", "words"),
    [
        (SQUARE[:-1], "not closed"),
        ([SQUARE[0]] * 5, "encloses no ground"),
        ([SQUARE[0], SQUARE[1], SQUARE[0]], "encloses no ground"),
        ([[lat, lon] for lon, lat in SQUARE], "latitude before longitude"),
        ([[lon - 100, lat] for lon, lat in SQUARE], "outside Shenzhen"),
        ([[113621.39, 16365.87], [113631, 16365], [113631, 16375], [113621.39, 16365.87]], "plane"),
        ([["114", "22"]] * 4, "no list"),
        ([[114.06]] * 4, "no list"),
        ("nothing", "no list"),
        ([], "encloses no ground"),
        (None, "no list"),
    ],
)
def test_a_ring_that_cannot_be(bring, ring, words):
    report = bring("buildings", collection(feature(ring)), crs="wgs84")
    assert report.errors == 1
    assert words in report.listed[0].message
    assert (report.listed[0].row, report.listed[0].column) == (1, "geometry")


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"code": "440304"}, "code", "19 characters"),
        ({"code": "absent"}, "code", "--community"),
        ({"area": "999999999999"}, "area", "unknown"),
        ({"area": "absent"}, "area", "--area"),
        ({"house_class": "9999"}, "house_class", "no class of gridtag-houses-1"),
        ({"height_m": "high"}, "height_m", "number"),
        ({"floors": 0}, "floors", "between 1 and 200"),
        ({"code": HOUSE, "built_year": 20}, "built_year", "between 1000 and 2100"),
    ],
)
def test_a_property_that_cannot_be(bring, changes, column, words):
    report = bring("buildings", collection(feature(**changes)), crs="wgs84")
    assert report.errors == 1
    assert report.listed[0].column == column
    assert words in report.listed[0].message


def test_a_code_given_twice(bring):
    report = bring("buildings", collection(feature(), feature()), crs="wgs84")
    assert "feature 1 already" in report.listed[0].message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "needs --crs"),
        ({"crs": "wgs72"}, "needs another --crs"),
        ({"crs": "wgs84", "area": "999999"}, "unknown --area"),
        ({"crs": "wgs84", "community": "4403"}, "12 digits"),
    ],
)
def test_an_option_that_cannot_be(bring, options, words):
    report = bring("buildings", collection(feature()), **options)
    assert words in report.listed[0].message


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{}",
        '{"features": ["x"]}',
        '{"features": [{"type": "Feature"',
        '{"features": [{"type": "Feature"}, ',
        '{"features": {"type": "Feature"}}',
        '{"features": []}',
        "not json",
        NANSHAN.read_text(encoding="utf-8")[:100_000],
    ],
)
def test_a_file_that_is_no_feature_collection(bring, content):
    report = bring("buildings", content, crs="wgs84")
    assert report.errors >= 1
    assert Building.select().count() == 2


def test_a_file_in_the_wrong_datum_is_noticed(bring):
    bring("buildings", shifted("wgs84"), crs="wgs84")
    report = bring("buildings", shifted("gcj02"), crs="wgs84")
    assert report.errors == 1
    assert "another --crs" in report.listed[0].message
    assert "606 m" in report.listed[0].message
    assert abs(Building.get(Building.code == HOUSE).lat - 22.5245) < 1e-6


def test_a_town_that_really_moved_can_be_loaded_all_the_same(bring):
    bring("buildings", shifted("wgs84"), crs="wgs84")
    assert bring("buildings", shifted("gcj02"), crs="wgs84", trust_crs=True).changed == 3


def test_a_footprint_that_crosses_itself_is_loaded_with_a_notice(bring):
    bow = [
        [114.06, 22.53],
        [114.0602, 22.5302],
        [114.0602, 22.53],
        [114.06, 22.5302],
        [114.06, 22.53],
    ]
    report = bring("buildings", collection(feature(bow)), crs="wgs84")
    assert (report.added, report.errors) == (1, 0)
    assert "crosses or touches itself" in report.notices[0]


# --- What is strange ----------------------------------------------------------------------


def test_pretty_printed_and_one_line_files_are_the_same(bring, tmp_path: Path):
    pretty = json.dumps(json.loads(collection(feature())), indent=4)
    assert bring("buildings", pretty, crs="wgs84").added == 1
    assert bring("buildings", collection(feature()), crs="wgs84").unchanged == 1


def test_a_footprint_of_many_corners_is_one_too_many(bring):
    ring = [[114.06 + i * 1e-7, 22.53 + (i % 2) * 1e-4] for i in range(20_001)]
    report = bring("buildings", collection(feature([*ring, ring[0]])), crs="wgs84")
    assert "corners" in report.listed[0].message
