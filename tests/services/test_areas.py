"""The tree of areas."""

import pytest

from backend.actor import Actor
from backend.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotYourArea,
    VersionMissing,
    VersionStale,
)
from backend.models import Account, Area, TrailLine
from backend.rules.permits import Grant
from backend.services import areas
from tests.services.cast import actor

pytestmark = pytest.mark.usefixtures("clock")

SHUIWEI = "440304004028"


def test_the_tree_opens_level_by_level():
    top = areas.tree(by=actor("han"))
    assert [(area["code"], area["level"]) for area in top] == [("4403", "city")]
    districts = areas.tree("4403", by=actor("han"))
    assert (len(districts), top[0]["below"]) == (9, 9)
    assert areas.tree(f"{SHUIWEI}001", by=actor("han")) == []


def test_a_new_grid_is_added_below_its_community():
    made = areas.add(f"{SHUIWEI}900", " 水围90 ", SHUIWEI, by=actor("guan"))
    assert made == {
        "code": f"{SHUIWEI}900",
        "name": "水围90",
        "level": "grid",
        "parent": SHUIWEI,
        "is_virtual": False,
        "version": 1,
    }
    assert Area.get(Area.code == f"{SHUIWEI}900").path.endswith(f"{SHUIWEI}/{SHUIWEI}900")
    assert TrailLine.select().order_by(TrailLine.id.desc()).first().verb == "area.add"


def test_an_area_gets_another_name():
    after = areas.rename(SHUIWEI, "水围", "1", by=actor("guan"))
    assert (after["name"], after["version"]) == ("水围", 2)
    assert Area.get(Area.code == SHUIWEI).name == "水围"
    with pytest.raises(VersionStale):
        areas.rename(SHUIWEI, "水围村", "1", by=actor("guan"))
    with pytest.raises(VersionMissing):
        areas.rename(SHUIWEI, "水围村", None, by=actor("guan"))


def test_lin_changes_no_area():
    with pytest.raises(NotAllowed):
        areas.add(f"{SHUIWEI}900", "x", SHUIWEI, by=actor("lin"))
    with pytest.raises(NotAllowed):
        areas.rename(SHUIWEI, "x", "1", by=actor("lin"))


def test_an_administrator_of_one_district_keeps_to_it():
    grants = (Grant("administrator", "4403/440305"),)
    nanshan = Actor(9, "nan", "Nan", grants, roles=("administrator",))
    with pytest.raises(NotYourArea):
        areas.rename(SHUIWEI, "x", "1", by=nanshan)


@pytest.mark.parametrize(
    ("code", "name", "parent", "refusal"),
    [
        (f"{SHUIWEI}001", "x", SHUIWEI, Conflict),
        ("440304004", "x", SHUIWEI, Invalid),
        (f"{SHUIWEI}90a", "x", SHUIWEI, Invalid),
        (f"{SHUIWEI}90²", "x", SHUIWEI, Invalid),
        (f"{SHUIWEI}900", " ", SHUIWEI, Invalid),
        (f"{SHUIWEI}900", "x" * 61, SHUIWEI, Invalid),
        (f"{SHUIWEI}900", "x", "999999", NotFound),
        (f"{SHUIWEI}001001", "x", f"{SHUIWEI}001", Invalid),
    ],
)
def test_an_area_that_cannot_be(code, name, parent, refusal):
    with pytest.raises(refusal):
        areas.add(code, name, parent, by=actor("guan"))


def test_moved_paths_reach_every_session():
    stamps = {row.name: row.stamp for row in Account.select()}
    old = Area.get(Area.code == SHUIWEI).path
    areas.move_paths(old, f"4403/440305/{SHUIWEI}")
    assert Area.get(Area.code == f"{SHUIWEI}001").path == f"4403/440305/{SHUIWEI}/{SHUIWEI}001"
    assert {row.name: row.stamp - 1 for row in Account.select()} == stamps
