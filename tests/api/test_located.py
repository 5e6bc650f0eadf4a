"""In without a scan, tags that hang elsewhere, buildings that teach, visits that look odd."""

import json
from collections.abc import Callable

from backend.models import Building, Fix, Tag, Visit
from backend.services.visits import learning
from mobile_api.walk import fix_at, metres_north
from tests.town import Clock, House, Worker, people_of


def sharp(house: House) -> dict[str, object]:
    return fix_at(house.door, accuracy_m=4)


def stand_alone(house: House) -> None:
    """Leave only this house in the town, as a farm stands alone."""
    Building.delete().where(Building.code != house.code).execute()


def test_a_lone_building_opens_to_a_sharp_position(lin: Worker, house: House) -> None:
    stand_alone(house)
    answer = lin.scans(house, sharp(house), tag=None, building=house.code)
    assert (answer.status_code, answer.json["kind"]) == (201, "located")
    assert people_of(lin.looks(house).json)


def test_a_vague_position_must_scan(lin: Worker, house: House) -> None:
    stand_alone(house)
    vague = fix_at(house.door, accuracy_m=16)
    assert lin.scans(house, vague, tag=None, building=house.code).json["code"] == "scan-needed"


def test_between_neighbours_a_position_is_not_enough(lin: Worker, house: House) -> None:
    far = {**fix_at(house.door), "accuracy_m": 15.0}
    refused = lin.scans(house, far, tag=None, building=house.code)
    assert refused.json["code"] == "scan-needed"


def test_a_neighbour_is_never_opened_by_position(
    lin: Worker, house: House, other_house: House
) -> None:
    refused = lin.scans(house, sharp(house), tag=None, building=other_house.code)
    assert refused.json["code"] in ("scan-needed", "too-far")


def test_a_tag_and_a_building_at_once_make_no_sense(lin: Worker, house: House) -> None:
    assert lin.scans(house, building=house.code).status_code == 422


def test_two_workers_far_off_at_one_place_make_a_tag_suspect(
    lin: Worker, zhao: Worker, du: Worker, house: House, clock: Clock
) -> None:
    glued_to = metres_north(house.door, 300)
    assert lin.scans(house, fix_at(glued_to)).json["code"] == "too-far"
    clock.passes(minutes=5)
    assert lin.scans(house, fix_at(glued_to)).json["code"] == "too-far"
    assert Tag.get_by_id(house.tag).suspected_at is None, "one worker may have a bad phone"
    assert zhao.scans(house, fix_at(metres_north(glued_to, 20))).json["code"] == "too-far"
    assert Tag.get_by_id(house.tag).suspected_at == clock.at
    kinds = [notice["kind"] for notice in du.asks("GET", "/notices").json["items"]]
    assert "tag-moved" in kinds


def test_a_building_between_towers_learns_how_far_off_phones_are(lin: Worker, house: House) -> None:
    lin.scans(house)
    template = Fix.get()
    for number in range(25):
        copy = Visit.get()
        copy.id = f"{number:032x}"
        copy.save(force_insert=True)
        Fix.create(**{**template.__data__, "id": None, "visit_id": copy.id, "metres": 40 + number})
    assert learning.learn_offsets() == 1
    assert Building.get(Building.code == house.code).learned_offset_m == 51.5
    assert learning.learn_offsets() == 0, "what is known is not written again"


def test_the_supervisor_sees_which_visits_look_odd(
    lin: Worker, du: Worker, han: Worker, house: House, clock: Clock
) -> None:
    lin.scans(house, fix_at(house.door) | {"is_mock": True})
    found = du.asks("GET", "/visits/doubtful").json["items"]
    assert [(one["account"], one["doubts"]) for one in found] == [("lin", ["mock"])]
    assert han.asks("GET", "/visits/doubtful").status_code == 403
    clock.passes(days=8)
    du.signs_in()
    assert du.asks("GET", "/visits/doubtful").json["items"] == []


def test_a_phone_that_lies_still_for_two_hours_is_noted(
    lin: Worker, du: Worker, house: House, clock: Clock, trail: Callable[[], list[object]]
) -> None:
    lin.scans(house)
    visit = Visit.get()
    for seq in range(1, 4):
        Fix.create(**{**Fix.get().__data__, "id": None, "seq": seq})
    clock.passes(hours=2, minutes=1)
    du.signs_in()
    found = du.asks("GET", "/visits/doubtful").json["items"]
    assert json.loads(visit.evidence)["flags"] == []
    assert [one["doubts"] for one in found] == [["still"]]


def test_looking_around_has_its_measure(lin: Worker, house: House, clock: Clock) -> None:
    around = f"/buildings?near={house.door[0]},{house.door[1]}&crs=wgs84"
    for _ in range(240):
        assert lin.asks("GET", around).status_code == 200
    refused = lin.asks("GET", around)
    assert (refused.status_code, refused.json["code"]) == (429, "too-many-look-ups")
    clock.passes(seconds=int(refused.headers["Retry-After"]))
    assert lin.asks("GET", around).status_code == 200
