"""Seeing without standing there: an officer's break-glass, and what a supervisor grants.

Both tell somebody at once, last a fixed time, and are reviewed by another person.
"""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from backend.models import TrailLine, Visit
from backend.services.visits import beats, exceptional
from mobile_api.walk import fix_at, metres_north
from tests.api.scenes import renews, told
from tests.town import Clock, House, Worker, of_house, people_of


def breaks_glass(worker: Worker, house: House, **changes: Any) -> TestResponse:
    """Smoke is seen at a house, and the officer is at the station."""
    form = {"building": house.code, "reason_code": "fire", "reason_text": "smoke, floor 3"}
    answer = worker.asks("POST", "/break-glass", form | changes)
    if answer.status_code == 201:
        worker.visit, worker.seq = answer.json, 0
    return answer


def grants(worker: Worker, house: House, account: str = "lin", **changes: Any) -> TestResponse:
    form = {"building": house.code, "account": account, "reason": "the door is bricked up"}
    return worker.asks("POST", "/remote-visits", form | changes)


def takes(worker: Worker, visit_id: str) -> TestResponse:
    answer = worker.asks("POST", f"/remote-visits/{visit_id}/take")
    if answer.status_code == 200:
        worker.visit, worker.seq = answer.json, 0
    return answer


def reviews(worker: Worker, visit_id: str, verdict: str = "justified") -> TestResponse:
    return worker.asks("POST", f"/break-glass/{visit_id}/review", {"verdict": verdict})


# --- Break-glass -------------------------------------------------------------------------


def test_zhao_breaks_the_glass_and_sees_who_is_in_the_house(zhao: Worker, house: House) -> None:
    opened = breaks_glass(zhao, house)
    assert (opened.status_code, opened.json["kind"]) == (201, "break_glass")
    assert (opened.json["state"], opened.json["presence"]) == ("open", "unverified")
    sheet = zhao.looks(house).json
    assert sheet["visible"] == "open"
    assert len(people_of(sheet)) == len(of_house(house))


def test_the_supervisor_knows_before_zhao_has_read_a_name(
    zhao: Worker, du: Worker, house: House, trail: Callable[[], list[TrailLine]]
) -> None:
    breaks_glass(zhao, house)
    assert told(du, "break-glass") == [
        {"account": "zhao", "building": house.code, "visit": zhao.visit["id"]}
    ]
    begun = trail()[-1]
    assert (begun.verb, begun.account, begun.visit_id) == (
        "break-glass.begin", "zhao", zhao.visit["id"],
    )  # fmt: skip
    assert '"reason_code":"fire"' in begun.facts
    zhao.looks(house)
    assert trail()[-1].verb == "building.look"
    assert trail()[-1].visit_id == zhao.visit["id"]


def test_broken_glass_lasts_15_minutes_whatever_the_phone_sends(
    zhao: Worker, house: House, clock: Clock, trail: Callable[[], list[TrailLine]]
) -> None:
    breaks_glass(zhao, house)
    lease = zhao.lease
    for _ in range(14):
        clock.passes(minutes=1)
        zhao.beats(fix_at(metres_north(house.door, 3_000)))
        assert zhao.visit["state"] == "open"
        assert zhao.asks("GET", f"/buildings/{house.code}", lease=lease).json["visible"] == "open"
    clock.passes(seconds=59)
    assert zhao.looks(house).json["visible"] == "open"
    clock.passes(seconds=1)
    zhao.signs_in().asks("GET", "/me")
    assert people_of(zhao.asks("GET", f"/buildings/{house.code}", lease=lease).json) == []
    assert beats.sweep() == 1
    ended = trail()[-1]
    assert (ended.verb, ended.visit_id) == ("visit.end", zhao.visit["id"])
    assert "time_over" in ended.facts


def test_broken_glass_can_be_mended_early(zhao: Worker, house: House) -> None:
    breaks_glass(zhao, house)
    lease = zhao.lease
    assert zhao.leaves().json["state"] == "closed"
    sheet = zhao.asks("GET", f"/buildings/{house.code}", lease=lease).json
    assert (sheet["reason"], people_of(sheet)) == ("left_site", [])


def test_broken_glass_opens_one_house_only(zhao: Worker, house: House, other_house: House) -> None:
    breaks_glass(zhao, house)
    assert zhao.looks(other_house).json["reason"] == "other_building"


def test_a_beat_of_broken_glass_is_not_taken_twice(zhao: Worker, house: House) -> None:
    breaks_glass(zhao, house)
    assert zhao.beats(fix_at(house.door)).status_code == 200
    zhao.seq = 0
    assert zhao.beats(fix_at(house.door)).json["code"] == "beat-out-of-order"


@pytest.mark.parametrize("who", ["lin", "an", "chen", "du", "guan", "han"])
def test_nobody_else_has_a_hammer(worker: Callable[[str], Worker], house: House, who: str) -> None:
    refused = breaks_glass(worker(who), house)
    assert (refused.status_code, refused.json["code"]) == (403, "not-allowed")


def test_a_hammer_is_for_one_s_own_area(worker: Callable[[str], Worker], house: House) -> None:
    assert breaks_glass(worker("qian"), house).json["code"] == "not-your-area"


def test_a_hammer_needs_an_enrolled_phone(zhao: Worker, house: House) -> None:
    assert breaks_glass(zhao.signs_in(), house).json["code"] == "device-unknown"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason_code": "curiosity"}, "reason_code"),
        ({"reason_text": "oh"}, "reason_text"),
        ({"reason_text": ""}, "reason_text"),
        ({"minutes": 60}, "minutes"),
    ],
)
def test_a_hammer_needs_a_reason(
    zhao: Worker, house: House, changes: dict[str, Any], field: str
) -> None:
    refused = breaks_glass(zhao, house, **changes)
    assert refused.status_code == 422
    assert field in refused.json["errors"]


# --- A remote visit ----------------------------------------------------------------------


def test_du_lets_lin_see_a_house_from_elsewhere(
    du: Worker, lin: Worker, house: House, trail: Callable[[], list[TrailLine]]
) -> None:
    granted = grants(du, house)
    assert (granted.status_code, granted.json["kind"]) == (201, "remote")
    assert granted.json["lease"] is None, "it is Lin's to take, not Du's"
    assert trail()[-1].verb == "remote-visit.grant"
    assert told(lin, "remote-visit") == [{"visit": granted.json["id"], "building": house.code}]
    assert takes(lin, granted.json["id"]).status_code == 200
    assert trail()[-1].verb == "remote-visit.take"
    assert len(people_of(lin.looks(house).json)) == len(of_house(house))


def test_a_remote_visit_lasts_30_minutes_from_its_grant(
    du: Worker, lin: Worker, house: House, clock: Clock
) -> None:
    granted = grants(du, house).json
    clock.passes(minutes=14)
    takes(lin, granted["id"])
    renews(lin)
    clock.passes(minutes=14)
    renews(lin)
    assert lin.beats(fix_at(metres_north(house.door, 9_000))).json["state"] == "open"
    assert lin.looks(house).json["visible"] == "open"
    clock.passes(minutes=2)
    assert people_of(lin.looks(house).json) == []
    assert lin.beats(fix_at(house.door)).json["reason"] == "time_over"
    assert takes(lin, granted["id"]).json["code"] == "not-found"


def test_an_officer_or_safety_officer_sees_from_afar_what_the_role_sees_on_site(
    du: Worker, an: Worker, house: House
) -> None:
    takes(an, grants(du, house, "an").json["id"])
    names = {one["name"] for one in people_of(an.looks(house).json)}
    assert all(name.endswith("**") for name in names)


def test_what_was_granted_to_lin_is_nobody_else_s(du: Worker, zhao: Worker, house: House) -> None:
    granted = grants(du, house).json
    assert takes(zhao, granted["id"]).json["code"] == "not-found"
    assert takes(du, granted["id"]).json["code"] == "not-allowed"


def test_a_remote_visit_taken_on_a_second_phone_leaves_the_first(
    du: Worker, lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    granted = grants(du, house).json
    takes(lin, granted["id"])
    second = worker("lin")
    takes(second, granted["id"])
    assert second.looks(house).json["visible"] == "open"
    assert lin.looks(house).json["reason"] == "lease_invalid"


def test_nobody_grants_a_visit_to_themselves_or_to_who_may_not_look(
    du: Worker, lin: Worker, house: House
) -> None:
    assert grants(du, house, "du").json["code"] == "second-person-needed"
    assert grants(lin, house, "zhao").json["code"] == "not-allowed"
    assert grants(du, house, "nobody").json["code"] == "not-found"


def test_a_grant_to_who_does_not_answer_for_the_house_opens_nothing(
    du: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    liu = worker("liu")  # Collects in the next grid.
    granted = grants(du, house, "liu").json
    assert takes(liu, granted["id"]).json["code"] == "not-your-area"
    assert liu.looks(house).status_code == 403


def test_an_account_that_is_shut_takes_nothing(
    du: Worker, lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    granted = grants(du, house).json
    guan = worker("guan")
    head = {"If-Match": guan.asks("GET", "/accounts/lin").headers["ETag"]}
    guan.asks("PATCH", "/accounts/lin", {"active": False}, headers=head)
    assert takes(lin, granted["id"]).json["code"] == "session-ended"
    assert Visit.get_by_id(granted["id"]).state == "closed"
    assert grants(du, house).json["code"] == "not-found"


# --- Reviewed by another person ----------------------------------------------------------


def test_every_exceptional_visit_waits_for_a_review_and_then_no_more(
    zhao: Worker, du: Worker, house: House, trail: Callable[[], list[TrailLine]]
) -> None:
    breaks_glass(zhao, house)
    waiting = du.asks("GET", "/break-glass").json["items"]
    assert [(one["account"], one["kind"], one["building"]) for one in waiting] == [
        ("zhao", "break_glass", house.code)
    ]
    assert (waiting[0]["reason_code"], waiting[0]["reason_text"]) == ("fire", "smoke, floor 3")
    assert reviews(du, zhao.visit["id"], "not_justified").status_code == 204
    assert du.asks("GET", "/break-glass").json["items"] == []
    assert (trail()[-1].verb, trail()[-1].facts) == (
        "break-glass.review", '{"verdict":"not_justified"}',
    )  # fmt: skip
    assert reviews(du, zhao.visit["id"]).json["code"] == "conflict", "once is once"


def test_who_opened_or_granted_does_not_review(
    du: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    granted = grants(du, house).json
    assert reviews(du, granted["id"]).json["code"] == "second-person-needed"
    guan = worker("guan")
    second = {
        "name": "second", "full_name": "另一督查", "password": "long enough", "area": "440304004",
        "roles": [{"role": "supervisor", "area": "440304004"}],
    }  # fmt: skip
    assert guan.asks("POST", "/accounts", second).status_code == 201
    other = Worker(du.client, "second").signs_in("long enough")
    assert reviews(other, granted["id"]).status_code == 204


def test_who_is_both_officer_and_supervisor_does_not_review_oneself(
    zhao: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    given = {"role": "supervisor", "area": "440304004"}
    assert worker("guan").asks("POST", "/accounts/zhao/roles", given).status_code == 201
    breaks_glass(zhao, house)
    assert reviews(zhao, zhao.visit["id"]).json["code"] == "second-person-needed"


def test_a_review_is_for_supervisors_of_the_place(
    zhao: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    breaks_glass(zhao, house)
    for who in ("lin", "shen", "guan", "zhao"):
        assert reviews(worker(who), zhao.visit["id"]).json["code"] == "not-allowed"
    lin = worker("lin")
    assert lin.asks("GET", "/break-glass").status_code == 403


def test_an_ordinary_visit_cannot_be_reviewed_nor_an_unknown_verdict_given(
    lin: Worker, zhao: Worker, du: Worker, house: House
) -> None:
    lin.scans(house)
    breaks_glass(zhao, house)
    assert reviews(du, lin.visit["id"]).json["code"] == "not-found"
    assert "verdict" in reviews(du, zhao.visit["id"], "who cares").json["errors"]


def test_a_review_that_is_late_by_a_day_is_told_once(
    zhao: Worker, du: Worker, house: House, clock: Clock
) -> None:
    breaks_glass(zhao, house)
    clock.passes(hours=24)
    assert exceptional.remind_reviews() == 0
    clock.passes(seconds=1)
    assert exceptional.remind_reviews() == 1
    assert exceptional.remind_reviews() == 0
    du.signs_in()
    assert told(du, "review-late") == [{"visit": zhao.visit["id"], "building": house.code}]
    assert len(du.asks("GET", "/break-glass").json["items"]) == 1, "it waits all the same"
    assert reviews(du, zhao.visit["id"]).status_code == 204
