"""Workers with a good account who go further than they may, and those whose rights move on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backend import house as house_module
from backend.house import House as Opened
from backend.models import Tag, TrailLine
from backend.services import allowances
from mobile_api.walk import fix_at, metres_north
from tests.api.scenes import told
from tests.town import Clock, House, Worker, houses, of_house, people_of


@pytest.fixture
def limits(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change numbers of fixtures/policy/visits.toml for one story."""

    def change(**numbers: float) -> None:
        changed = replace(opened.policy, limits=replace(opened.policy.limits, **numbers))
        monkeypatch.setattr(house_module, "_house", replace(opened, policy=changed))

    return change


def end_duties(guan: Worker, account: str, house: House) -> None:
    """Whoever is to be known by an area alone has no duty at the house."""
    known = guan.asks("GET", f"/duties?building={house.code}&account={account}").json["items"]
    for duty in known:
        guan.asks("DELETE", f"/duties/{duty['id']}")


# --- Scraping ----------------------------------------------------------------------------


@pytest.mark.wide
def test_from_home_a_whole_grid_yields_counts_and_nobody(lin: Worker) -> None:
    mine = [house for house in houses() if house.area == houses()[0].area]
    for house in mine:
        for part in ("", "/rooms", "/residents", "/businesses", "/events"):
            answer = lin.looks(house, part)
            assert (answer.status_code, answer.json["visible"]) == (200, "masked")
            text = answer.get_data(as_text=True)
            for person in of_house(house):
                known = filter(None, (person["name"], person["phone"], person["id_number"]))
                assert not any(value in text for value in known)


def test_the_ids_of_two_visits_cannot_be_joined(lin: Worker, house: House, clock: Clock) -> None:
    lists = []
    for _ in range(2):
        lin.scans(house)
        lists.append({one["id"] for one in people_of(lin.looks(house).json)})
        lin.leaves()
        clock.passes(minutes=1)
    assert len(lists[0]) == len(lists[1]) == len(of_house(house))
    assert not lists[0] & lists[1]


def test_an_id_of_the_last_visit_names_nobody_in_this_one(
    lin: Worker, house: House, clock: Clock
) -> None:
    lin.scans(house)
    known = people_of(lin.looks(house).json)[0]["id"]
    assert lin.looks(house, f"/residents/{known}").status_code == 200
    lin.leaves()
    clock.passes(minutes=1)
    lin.scans(house)
    assert lin.looks(house, f"/residents/{known}").json["code"] == "not-found"


def test_a_script_that_looks_around_faster_than_a_person_must_wait(
    lin: Worker, zhao: Worker, house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowances, "LOOK_UPS_MOST", 12.0)
    for path in (
        f"/buildings/{house.code}",
        f"/buildings/{house.code}/residents",
        f"/addresses?q={house.code}",
        f"/buildings?near={house.door[0]},{house.door[1]}&crs=wgs84",
    ):
        for _ in range(3):
            assert lin.asks("GET", path).status_code == 200
    for path in (f"/buildings/{house.code}", f"/addresses?q={house.code}"):
        refused = lin.asks("GET", path)
        assert (refused.status_code, refused.json["code"]) == (429, "too-many-look-ups")
        assert not {"rooms", "items", "counts"} & refused.json.keys()
        assert refused.headers["Retry-After"] == str(refused.json["retry_after_s"])
    assert zhao.asks("GET", f"/buildings/{house.code}").status_code == 200
    clock.passes(seconds=int(refused.headers["Retry-After"]))
    assert lin.asks("GET", f"/buildings/{house.code}").status_code == 200


def test_who_stands_there_may_read_as_often_as_they_like(
    lin: Worker, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowances, "LOOK_UPS_MOST", 2.0)
    lin.scans(house)
    for _ in range(5):
        assert lin.looks(house).json["visible"] == "open"


def test_a_round_of_too_many_buildings_must_wait(
    lin: Worker, clock: Clock, limits: Callable[..., None]
) -> None:
    limits(buildings_per_hour=3)
    first, second, third, fourth = houses()[:4]
    for house in (first, second, third, third):
        assert lin.scans(house).status_code == 201
        clock.passes(minutes=1)
    refused = lin.scans(fourth)
    assert (refused.status_code, refused.json["code"]) == (429, "too-many-buildings")
    assert refused.headers["Retry-After"] == "3361"  # Until an hour after the first.
    assert lin.scans(second).status_code == 201, "one that is open already costs nothing"
    clock.passes(seconds=3361)
    assert lin.signs_in().scans(fourth).status_code == 201


# --- When rights move on -----------------------------------------------------------------


ANOTHER_GRID = "440304004028005"


def test_moved_to_another_grid_the_next_look_is_refused_and_the_next_beat_wipes(
    an: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    an.scans(house)
    assert an.looks(house).json["visible"] == "open"
    guan = worker("guan")
    role = guan.asks("GET", "/accounts/an").json["roles"][0]
    assert (role["role"], role["area"]) == ("safety_officer", house.area)
    assert guan.asks("DELETE", f"/accounts/an/roles/{role['id']}").status_code == 204
    given = {"role": "safety_officer", "area": ANOTHER_GRID}
    assert guan.asks("POST", "/accounts/an/roles", given).status_code == 201
    end_duties(guan, "an", house)
    assert an.looks(house).json["code"] == "not-your-area"
    beat = an.beats(fix_at(house.door)).json
    assert (beat["state"], beat["reason"]) == ("closed", "scope_revoked")
    assert (beat["wipe"], beat["lease"]) == ([an.visit["id"]], None)


def test_a_building_that_moves_away_is_closed_to_who_stands_in_it(
    an: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    guan = worker("guan")
    end_duties(guan, "an", house)
    an.scans(house)
    moved = guan.asks(
        "PUT",
        f"/buildings/{house.code}/jurisdiction",
        {"area": ANOTHER_GRID, "reason": "The border was drawn anew"},
        headers={"If-Match": "1"},
    )
    assert moved.status_code == 200
    assert an.looks(house).json["code"] == "not-your-area"
    assert an.beats(fix_at(house.door)).json["wipe"] == [an.visit["id"]]


def test_a_role_that_ends_takes_the_visit_with_it(
    lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    lin.scans(house)
    guan = worker("guan")
    role = guan.asks("GET", "/accounts/lin").json["roles"][0]
    guan.asks("DELETE", f"/accounts/lin/roles/{role['id']}")
    assert lin.looks(house).json["code"] == "not-allowed"
    assert lin.beats(fix_at(house.door)).json["code"] == "not-allowed"


def test_a_duty_that_ends_counts_no_more_on_the_next_request(
    chen: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    chen.scans(house)
    assert chen.looks(house).json["visible"] == "open"
    guan = worker("guan")
    end_duties(guan, "chen", house)
    assert chen.looks(house).json["code"] == "not-your-area"
    assert chen.beats(fix_at(house.door)).json["state"] == "closed"


def test_a_disabled_worker_is_out_on_the_next_request(
    lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    lin.scans(house)
    guan = worker("guan")
    version = guan.asks("GET", "/accounts/lin").headers["ETag"]
    shut = guan.asks("PATCH", "/accounts/lin", {"active": False}, headers={"If-Match": version})
    assert shut.status_code == 200
    for refused in (lin.looks(house), lin.beats(fix_at(house.door)), lin.scans(house)):
        assert (refused.status_code, refused.json["code"]) == (401, "session-ended")


def test_a_tag_withdrawn_in_mid_visit_ends_it_with_the_next_beat(
    lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    lin.scans(house)
    mei = worker("mei")
    assert (
        mei.asks("POST", f"/tags/{house.tag}/retirement", {"reason": "misused"}).status_code == 200
    )
    beat = lin.beats(fix_at(metres_north(house.door, 2))).json
    assert (beat["state"], beat["wipe"]) == ("closed", [lin.visit["id"]])
    assert people_of(lin.looks(house).json) == []
    assert lin.scans(house).json["code"] == "tag-revoked"


def test_a_tag_that_is_not_ours_leads_nowhere(lin: Worker, house: House) -> None:
    for text in ("7K3M9QX2DHV5", "https://evil.example/t/", "x" * 200, "水围"):
        refused = lin.scans(house, tag=text)
        assert (refused.status_code, refused.json["code"]) == (404, "tag-unknown")


def test_the_codes_that_prove_presence_are_not_told_to_who_must_prove_it(
    lin: Worker, an: Worker, chen: Worker, zhao: Worker, house: House
) -> None:
    for one in (lin, an, chen, zhao):
        answer = one.asks("GET", f"/buildings/{house.code}/tags")
        for tag in (house.tag, *house.other_tags):
            assert tag not in answer.get_data(as_text=True)


def test_nobody_else_s_visit_is_there(lin: Worker, zhao: Worker, house: House) -> None:
    lin.scans(house)
    zhao.visit = dict(lin.visit)
    path = f"/visits/{lin.visit['id']}"
    answers: list[Any] = [
        zhao.asks("GET", path),
        zhao.asks("POST", f"{path}/end"),
        zhao.asks("POST", f"{path}/wiped"),
        zhao.beats(fix_at(house.door)),
    ]
    for refused in answers:
        assert (refused.status_code, refused.json["code"]) == (404, "not-found")
    assert lin.looks(house).json["visible"] == "open"
    assert Tag.select().where(Tag.state == "revoked").count() == 0
    assert TrailLine.select().where(TrailLine.outcome == "not-found").count() == 4
    assert told(zhao, "visit-alarm") == []
