"""Scan a building, see what you may, leave, and it is gone."""

from collections.abc import Callable

from mobile_api.walk import fix_at, metres_north
from tests.town import Clock, House, Worker, of_house, people_of


def test_lin_scans_the_plate_and_sees_who_lives_there(lin: Worker, house: House) -> None:
    answer = lin.scans(house)
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["presence"]) == ("open", "verified")
    sheet = lin.looks(house).json
    assert (sheet["visible"], sheet["reason"], sheet["unlock"]) == ("open", None, None)
    assert len(sheet["rooms"]) == 20
    assert len(people_of(sheet)) == len(of_house(house))
    known = {row["id_number"]: row["name"] for row in of_house(house)}
    assert {one["id_number"]: one["name"] for one in people_of(sheet)} == known


def test_after_leaving_nobody_is_there(lin: Worker, house: House) -> None:
    lin.scans(house)
    away = fix_at(metres_north(house.door, 400))
    assert lin.beats(away).json["state"] == "suspended"
    sheet = lin.looks(house).json
    assert sheet["visible"] == "masked"
    assert (people_of(sheet), sheet["businesses"], sheet["events"]) == ([], [], [])
    assert sheet["counts"]["residents"] == "21+"


def test_a_lease_dies_by_itself(lin: Worker, house: House, clock: Clock) -> None:
    lin.scans(house)
    assert lin.looks(house).json["visible"] == "open"
    clock.passes(seconds=91)
    sheet = lin.looks(house).json
    assert (sheet["visible"], sheet["reason"], people_of(sheet)) == ("masked", "lease_expired", [])


def test_a_beat_brings_a_new_lease(lin: Worker, house: House, clock: Clock) -> None:
    lin.scans(house)
    for step in range(6):
        clock.passes(seconds=30)
        lin.beats(fix_at(metres_north(house.door, 3 + 0.7 * step)))
    assert lin.looks(house).json["visible"] == "open"


def test_an_sees_them_masked(an: Worker, house: House) -> None:
    an.scans(house)
    person = people_of(an.looks(house).json)[0]
    row = of_house(house)[0]
    assert person["name"] == row["name"][0] + "**"
    assert row["id_number"] not in str(person)


def test_han_is_refused_everywhere(
    han: Worker, house: House, trail: Callable[[], list[object]]
) -> None:
    assert han.scans(house).json["code"] == "not-allowed"
    assert han.looks(house).status_code == 403
    assert trail()[-1].outcome == "not-allowed"  # type: ignore[attr-defined]
