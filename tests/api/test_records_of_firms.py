"""Firms and events of a building: recorded, corrected and closed on site."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from backend.models import Business, Event, TrailLine
from tests.town import Clock, House, Worker, of_house

FIRM = {
    "business_name": "小林五金店",
    "credit_code": "92440399MATNCJ454W",
    "legal_name": "赵新来",
    "legal_phone": "16012345678",
}
HAPPENED = {"event_class": "0101", "event_text": "一楼楼梯间停放电动自行车"}


@pytest.fixture
def inside(lin: Worker, house: House) -> Worker:
    """Lin, who stands at the house."""
    lin.scans(house)
    return lin


def adds(worker: Worker, house: House, kind: str, form: dict[str, Any]) -> TestResponse:
    return worker.asks("POST", f"/buildings/{house.code}/{kind}", form, lease=worker.lease)


def amends(
    worker: Worker,
    house: House,
    kind: str,
    record: dict[str, Any],
    form: dict[str, Any],
    version: str | None = "",
) -> TestResponse:
    version = f'"{record["version"]}"' if version == "" else version
    head = {} if version is None else {"If-Match": version}
    path = f"/buildings/{house.code}/{kind}/{record['id']}"
    return worker.asks("PATCH", path, form, lease=worker.lease, headers=head)


def items(worker: Worker, house: House, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = worker.looks(house, f"/{kind}").json["items"]
    return found


# --- The ordinary day --------------------------------------------------------------------


def test_lin_records_a_shop(
    inside: Worker, house: House, trail: Callable[[], list[TrailLine]]
) -> None:
    room = of_house(house, "rooms.csv")[0]["code"]
    added = adds(inside, house, "businesses", FIRM | {"room": room})
    assert added.status_code == 201
    assert added.headers["ETag"] == '"1"'
    assert {name: added.json[name] for name in FIRM} == FIRM
    assert added.json["room"] == room
    assert added.json["id"] in {one["id"] for one in items(inside, house, "businesses")}
    assert "business.add" in [line.verb for line in trail()]
    sealed = bytes(Business.get(Business.name == FIRM["business_name"]).sealed)
    assert "赵新来".encode() not in sealed


def test_lin_corrects_a_shop_and_may_take_a_value_away(inside: Worker, house: House) -> None:
    one = items(inside, house, "businesses")[0]
    amended = amends(inside, house, "businesses", one, {"legal_phone": "16012345679"})
    assert amended.status_code == 200
    expected = one | {"legal_phone": "16012345679", "version": "2"}
    assert amended.json == expected
    cleared = amends(inside, house, "businesses", amended.json, {"legal_phone": None})
    assert cleared.json["legal_phone"] is None
    assert (
        amends(inside, house, "businesses", cleared.json, {"credit_code": None}).json["credit_code"]
        is None
    )


def test_a_shop_that_closed_is_listed_no_more(inside: Worker, house: House) -> None:
    one = items(inside, house, "businesses")[0]
    closed = amends(inside, house, "businesses", one, {"until": "2026-11-02"})
    assert closed.status_code == 200
    assert one["id"] not in {each["id"] for each in items(inside, house, "businesses")}


def test_lin_records_what_happened_and_an_closes_it(
    inside: Worker, an: Worker, house: House, clock: Clock
) -> None:
    added = adds(inside, house, "events", HAPPENED)
    assert (added.status_code, added.json["event_status"]) == (201, "reported")
    assert added.json["event_at"].startswith("2026-11-02T01:00:00")
    assert added.json["event_text"] == HAPPENED["event_text"]
    clock.passes(seconds=30)
    an.scans(house)
    theirs = next(
        one for one in items(an, house, "events") if one["event_text"] == HAPPENED["event_text"]
    )
    closed = amends(an, house, "events", theirs, {"event_status": "closed"})
    assert (closed.json["event_status"], closed.json["version"]) == ("closed", "2")
    assert closed.json["event_text"] == HAPPENED["event_text"]
    assert Event.get(Event.updated_by == "an").status == "closed"


def test_a_building_head_tells_what_happened(chen: Worker, house: House) -> None:
    chen.scans(house)
    assert adds(chen, house, "events", HAPPENED).status_code == 201
    one = items(chen, house, "events")[0]
    assert amends(chen, house, "events", one, {"event_status": "closed"}).json["code"] == (
        "not-allowed"
    )


# --- What is broken ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"business_name": " "}, "business_name", "invalid"),
        ({"business_name": "店" * 121}, "business_name", "invalid"),
        ({"credit_code": "92440399MATNCJ454X"}, "credit_code", "bad-credit-code"),
        ({"legal_phone": "x"}, "legal_phone", "bad-phone"),
        ({"business_class": "9999"}, "business_class", "invalid"),
        ({"room": "4403040040280100001999999"}, "room", "invalid"),
        ({"since": "2026-11-01", "until": "2026-10-31"}, "until", "invalid"),
        ({"since": "2026-13-01"}, "since", "invalid"),
        ({"owner": "x"}, "owner", "invalid"),
    ],
)
def test_what_is_wrong_with_a_shop_is_said_by_field(
    inside: Worker, house: House, wrong: dict[str, Any], field: str, code: str
) -> None:
    before = Business.select().count()
    refused = adds(inside, house, "businesses", FIRM | wrong)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert list(refused.json["errors"]) == [field]
    assert Business.select().count() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"event_class": "no such"}, "event_class"),
        ({"event_class": None}, "event_class"),
        ({"event_status": "done"}, "event_status"),
        ({"event_at": "2026-11-02 09:00"}, "event_at"),
        ({"event_at": "2026-11-02T09:00:00"}, "event_at"),
        ({"event_text": "x" * 2001}, "event_text"),
        ({"room": "x"}, "room"),
        ({"status": "closed"}, "status"),
    ],
)
def test_what_is_wrong_with_an_event_is_said_by_field(
    inside: Worker, house: House, wrong: dict[str, Any], field: str
) -> None:
    before = Event.select().count()
    refused = adds(inside, house, "events", HAPPENED | wrong)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert Event.select().count() == before


@pytest.mark.parametrize("kind", ["businesses", "events"])
def test_no_version_is_428_an_old_one_412_and_a_strange_id_404(
    inside: Worker, house: House, kind: str
) -> None:
    one = items(inside, house, kind)[0]
    form = {"businesses": {"legal_name": "钱"}, "events": {"event_status": "handled"}}[kind]
    assert amends(inside, house, kind, one, form, version=None).status_code == 428
    assert amends(inside, house, kind, one, form, version='"0"').status_code == 412
    other = {"businesses": "events", "events": "businesses"}[kind]
    stranger = items(inside, house, other)[0] | {"version": "1"}
    assert amends(inside, house, kind, stranger, form).json["code"] == "not-found"
    assert amends(inside, house, kind, one, {}).status_code == 422
    assert amends(inside, house, kind, one, form).status_code == 200
    assert amends(inside, house, kind, one, form).status_code == 412


@pytest.mark.parametrize("kind", ["businesses", "events"])
def test_away_from_the_house_nothing_is_recorded(
    inside: Worker, house: House, clock: Clock, kind: str
) -> None:
    one = items(inside, house, kind)[0]
    clock.passes(seconds=91)
    form = FIRM if kind == "businesses" else HAPPENED
    assert adds(inside, house, kind, form).json["code"] == "visit-needed"
    assert amends(inside, house, kind, one, form).json["code"] == "visit-needed"
