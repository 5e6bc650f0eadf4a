"""The register of facilities: Mei keeps it, workers read it, citizens see its public face."""

from pathlib import Path
from typing import Any

import pytest

from backend.errors import (
    Conflict,
    DatumMissing,
    Invalid,
    NotAllowed,
    NotFound,
    NotYourArea,
    VersionMissing,
    VersionStale,
)
from backend.models import Facility, TrailLine
from backend.rules import datum
from backend.rules.datum import Position
from backend.services import facilities
from backend.services.facilities.kinds import FOLDER, BadKind, read_kind
from tests import town
from tests.services.cast import actor

pytestmark = pytest.mark.usefixtures("clock")

SHUIWEI, GRID_1 = "440304004028", "440304004028001"


@pytest.fixture(autouse=True)
def _nothing_stands_yet(clock):
    """The small town's own inventory out of the way."""
    Facility.delete().execute()


def lamp(**changes: Any) -> dict[str, Any]:
    lat, lon = town.houses()[0].door
    form = {
        "kind": "streetlight",
        "number": "sw-l001",
        "owner_unit": "福田区城市管理局",
        "responsible_post": "水围照明管养岗",
        "area": GRID_1,
        "lat": lat,
        "lon": lon,
        "crs": "wgs84",
        "address": "水围一街东侧",
        "facts": {"lamp": "led", "power_w": 120, "cabinet": "K-7"},
    }
    return {**form, **changes}


def stands(**changes: Any) -> dict[str, Any]:
    return facilities.register(lamp(**changes), by=actor("mei"))


def last_line() -> TrailLine:
    return TrailLine.select().order_by(TrailLine.id.desc()).first()


# --- The ordinary day ---------------------------------------------------------------------


def test_mei_registers_a_lamp_and_lin_reads_it():
    made = stands()
    assert (made["number"], made["version"], made["state"]) == ("SW-L001", 1, "in_use")
    assert made["class"]["scheme"] == "futian2018"
    assert made["class"]["code"] == "0118"
    assert made["facts"] == {"lamp": "led", "power_w": 120.0, "cabinet": "K-7"}
    assert last_line().verb == "facility.register"
    assert facilities.show("sw-l001", by=actor("lin")) == made


def test_mei_corrects_it_and_an_old_version_is_refused():
    stands()
    changes = {"address": "水围二街", "facts": {"power_w": 60, "cabinet": None}}
    made = facilities.amend("SW-L001", changes, "1", by=actor("mei"))
    assert made["facts"] == {"lamp": "led", "power_w": 60.0}
    assert (made["address"], made["version"]) == ("水围二街", 2)
    with pytest.raises(VersionStale):
        facilities.amend("SW-L001", changes, "1", by=actor("mei"))
    with pytest.raises(VersionMissing):
        facilities.amend("SW-L001", changes, None, by=actor("mei"))


def test_a_removed_lamp_keeps_its_number_for_ever():
    stands()
    facilities.remove("SW-L001", "1", by=actor("mei"))
    assert facilities.show("SW-L001", by=actor("lin"))["state"] == "removed"
    assert facilities.listed(by=actor("lin"))["items"] == []
    with pytest.raises(Conflict):
        stands()
    with pytest.raises(Conflict):
        facilities.amend("SW-L001", {"name": "x"}, "2", by=actor("mei"))
    with pytest.raises(Conflict):
        facilities.remove("SW-L001", "2", by=actor("mei"))


def test_a_facility_without_a_number_gets_the_next_one():
    first, second = stands(number=None), stands(number=None)
    assert [first["number"], second["number"]] == ["4403040118000001", "4403040118000002"]
    cover = stands(number=None, kind="manhole_cover", facts={})
    assert cover["number"] == "4403040000000001"
    assert cover["class"] is None


def test_a_facility_without_an_area_belongs_where_the_nearest_building_does():
    assert stands(area=None)["area"]["code"] == town.houses()[0].area
    with pytest.raises(Invalid):
        stands(area=None, number="far", lat=22.9, lon=114.5)


def test_a_position_in_another_datum_is_kept_as_wgs84():
    lat, lon = town.houses()[0].door
    shifted = datum.from_wgs84(Position(lat, lon), "gcj02")
    made = stands(lat=shifted[0], lon=shifted[1], crs="gcj02")
    assert (made["lat"], made["lon"]) == pytest.approx((lat, lon), abs=1e-6)


# --- Lists --------------------------------------------------------------------------------


def numbers(**wanted: Any) -> list[str]:
    return [one["number"] for one in facilities.listed(**wanted, by=actor("lin"))["items"]]


def test_lists_by_area_kind_words_and_place():
    lat, lon = town.houses()[0].door
    stands()
    stands(number="B1", kind="bin", facts={}, name="市场门口", lat=lat + 0.0005)
    stands(number="far", lat=lat + 0.01, address="福强路")
    assert numbers() == ["SW-L001", "B1", "FAR"]
    assert numbers(area="440304") == numbers(area=SHUIWEI) == numbers(area=GRID_1) == numbers()
    assert numbers(area="440305") == numbers(area="440304004028002") == []
    assert numbers(kind="bin") == ["B1"]
    assert numbers(q="sw-") == ["SW-L001"]
    assert numbers(q="市场") == ["B1"]
    assert numbers(q="福强") == ["FAR"]
    assert numbers(q="%") == numbers(q="_") == []
    found = facilities.listed(near=(lat, lon), crs="wgs84", by=actor("lin"))["items"]
    assert [(one["number"], one["distance_m"]) for one in found] == [("SW-L001", 0), ("B1", 55)]


def test_pages_follow_one_another():
    for serial in range(5):
        stands(number=f"L{serial}")
    first = facilities.listed(most=2, by=actor("lin"))
    second = facilities.listed(most=2, after=int(first["next"]), by=actor("lin"))
    third = facilities.listed(most=2, after=int(second["next"]), by=actor("lin"))
    pages = [[one["number"] for one in page["items"]] for page in (first, second, third)]
    assert pages == [["L0", "L1"], ["L2", "L3"], ["L4"]]
    assert third["next"] is None


# --- Who must not -------------------------------------------------------------------------


def test_lin_may_not_register_and_han_may_not_look():
    with pytest.raises(NotAllowed):
        facilities.register(lamp(), by=actor("lin"))
    stands()
    with pytest.raises(NotAllowed):
        facilities.show("SW-L001", by=actor("han"))
    with pytest.raises(NotAllowed):
        facilities.listed(by=actor("shen"))


def test_mei_keeps_shuiwei_and_nothing_else():
    with pytest.raises(NotYourArea):
        stands(area="440304004027")
    stands()
    with pytest.raises(NotYourArea):
        facilities.amend("SW-L001", {"area": "440304004027"}, "1", by=actor("mei"))
    moved = facilities.amend("SW-L001", {"area": "440304004027"}, "1", by=actor("guan"))
    assert moved["area"]["code"] == "440304004027"
    with pytest.raises(NotYourArea):
        facilities.remove("SW-L001", "2", by=actor("mei"))


# --- What is broken -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"kind": "elephant"}),
        ("number", {"number": "a/b"}),
        ("number", {"number": " "}),
        ("class_scheme", {"class_code": "0118"}),
        ("class_scheme", {"class_scheme": "gb", "class_code": "0118"}),
        ("class_code", {"class_scheme": "yuncheng", "class_code": "0118"}),
        ("facts.wings", {"facts": {"wings": 2}}),
        ("facts.power_w", {"facts": {"power_w": "120"}}),
        ("facts.power_w", {"facts": {"power_w": True}}),
        ("facts.power_w", {"facts": {"power_w": -1}}),
        ("facts.lamp", {"facts": {"lamp": "candle"}}),
        ("facts.lamps", {"facts": {"lamps": 1.5}}),
        ("facts.built_year", {"facts": {"built_year": 20}}),
        ("lat", {"lat": None}),
    ],
)
def test_what_cannot_be_is_named(field, changes):
    with pytest.raises(Invalid) as refused:
        stands(**changes)
    assert list(refused.value.facts["errors"]) == [field]
    assert not Facility.select().exists()


def test_a_position_says_its_datum_and_a_number_is_taken_once():
    with pytest.raises(DatumMissing):
        stands(crs=None)
    stands()
    with pytest.raises(Conflict):
        stands(number="Sw-L001", kind="bin", facts={})
    with pytest.raises(NotFound):
        facilities.show("nothing", by=actor("lin"))
    with pytest.raises(NotFound):
        stands(number="x", area="999")


# --- The public face ----------------------------------------------------------------------


def test_a_citizen_sees_what_it_is_and_who_answers_but_no_staff_fact():
    stands()
    face = facilities.face(facilities.find("SW-L001").id)
    assert face["kind_name"] == {"zh": "路灯", "en": "street light"}
    assert face["owner_unit"] == "福田区城市管理局"
    assert [fact["code"] for fact in face["facts"]] == ["lamp", "power_w"]
    assert face["facts"][0]["value_zh"] == "LED灯"
    assert (face["facts"][1]["value_en"], face["facts"][1]["unit"]) == ("120", "W")
    assert not face.keys() & {"lat", "lon", "id", "version"}


def test_a_class_is_named_where_it_says_more_than_the_kind():
    stands()
    stands(number="C1", kind="manhole_cover", class_scheme="yuncheng", class_code="0118", facts={})
    assert facilities.face(facilities.find("SW-L001").id)["class_name"] is None
    cover = facilities.face(facilities.find("C1").id)
    assert cover["class_name"] == {"zh": "化粪池井盖", "en": "septic tank"}


# --- Kinds are files ----------------------------------------------------------------------


def test_every_kind_is_whole_and_the_readme_knows_every_key():
    assert list(facilities.kinds()) == [
        "bin", "charging_point", "hydrant", "manhole_cover", "newsstand", "streetlight",
    ]  # fmt: skip
    for kind in facilities.kinds().values():
        assert kind.facts
        assert kind.problems
        assert kind.checklist[-1].code == "tag_true"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('zh = "垃圾箱"', ""), "lacks 'zh'"),
        (('label = "bin"', 'label = "bun"'), "no label design 'bun'"),
        (('type = "whole"', 'type = "hole"'), "has the type 'hole'"),
        (('["futian2018", "0305"]', '["futian2018", "9"]'), "default class"),
        (('code = "dirty"', 'code = "full"'), "'full' stands twice among its problems"),
        (('code = "dirty"', 'code = "Dirty!"'), "is no code"),
        (("least = 1", 'colour = "red"'), "colour"),
        (("least = 1", "least = "), "Invalid"),
        (("least = 1", "choices = [{ code = 'a', zh = 'a', en = 'a' }]"), "choices go with"),
        (('label = "bin"', 'label = "bin"\nsmell = 3'), "unknown keys smell"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path: Path, change, said):
    text = (FOLDER / "bin.toml").read_text(encoding="utf-8")
    assert change[0] in text
    bad = tmp_path / "bin.toml"
    bad.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(BadKind) as fault:
        read_kind(bad)
    assert "fixtures/kinds/bin.toml" in str(fault.value)
    assert said in str(fault.value)
