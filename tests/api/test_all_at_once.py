"""Sixteen requests in one moment: what may happen once happens once, on either database."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend.db import database
from backend.models import Device, Event, OnceAnswer, Residence, Resident, Session, Visit
from tests.api.scenes import newcomers
from tests.town import API, House, Worker, of_house, people_of

KEY = {"Idempotency-Key": "3f0c-in-the-lift"}


def all_at_once(app: Flask, send: Callable[[Any], TestResponse], times: int = 16) -> Counter[Any]:
    """(status, body) -> how often, of so many threads sending the same."""

    def one(_: int) -> tuple[int, str]:
        try:
            answer = send(app.test_client())
            return answer.status_code, answer.get_data(as_text=True)
        finally:
            database.close()

    with ThreadPoolExecutor(times) as threads:
        return Counter(threads.map(one, range(times)))


@pytest.mark.parametrize("what", ["event", "resident", "device", "visit", "challenge"])
def test_sixteen_at_once_make_one(
    app: Flask, lin: Worker, house: House, opened: object, what: str
) -> None:
    lin.scans(house)
    lease = lin.lease or ""
    path, form, table = {
        "event": (f"/buildings/{house.code}/events", {"event_class": "0101"}, Event),
        "resident": (
            f"/buildings/{house.code}/residents",
            {
                "name": "赵新来",
                "room": of_house(house, "rooms.csv")[0]["code"],
                "residence_kind": "living",
            },
            Resident,
        ),
        "device": ("/devices", {"name": "another phone"}, Device),
        "challenge": ("/visits/challenges", {}, None),
        "visit": ("/visits", None, Visit),
    }[what]
    if what == "visit":
        lin.leaves()
        nonce = lin.asks("POST", "/visits/challenges", {}).json["nonce"]
        form = lin.signed({
            "nonce": nonce, "tag": house.tag, "device_id": lin.device["device_id"],
            "fix": {"lat": house.door[0], "lon": house.door[1], "crs": "wgs84", "accuracy_m": 8,
                    "age_ms": 400, "provider": "fused", "is_mock": False},
        })  # fmt: skip
    before = table.select().count() if table else 0
    head = {"Authorization": f"Bearer {lin.token}", "Visit-Lease": lease, **KEY}
    found = all_at_once(app, lambda client: client.post(API + path, json=form, headers=head))
    statuses = Counter(status for status, _ in found)
    assert set(statuses) <= {201, 409}
    assert len([body for status, body in found if status == 201]) == 1, "one answer for all"
    assert table is None or table.select().count() == before + 1
    assert OnceAnswer.select().count() == 1
    head_again = lin.client.post(API + path, json=form, headers=head)
    assert head_again.get_data(as_text=True) == next(b for s, b in found if s == 201)


def test_sixteen_different_events_at_once_are_sixteen(
    app: Flask, lin: Worker, house: House
) -> None:
    lin.scans(house)
    before = Event.select().count()
    numbers = iter(range(16))

    def send(client: Any) -> TestResponse:
        head = {
            "Authorization": f"Bearer {lin.token}",
            "Visit-Lease": lin.lease or "",
            "Idempotency-Key": f"event-{next(numbers)}",
        }
        form = {"event_class": "0101"}
        return client.post(f"{API}/buildings/{house.code}/events", json=form, headers=head)

    found = all_at_once(app, send)
    assert Counter(status for status, _ in found) == {201: 16}
    assert Event.select().count() == before + 16


def test_one_nonce_at_sixteen_doors_opens_one(app: Flask, lin: Worker, house: House) -> None:
    """Without any key: the challenge itself is used once."""
    nonce = lin.asks("POST", "/visits/challenges", {}).json["nonce"]
    form = lin.signed({
        "nonce": nonce, "tag": house.tag, "device_id": lin.device["device_id"],
        "fix": {"lat": house.door[0], "lon": house.door[1], "crs": "wgs84", "accuracy_m": 8,
                "age_ms": 400, "provider": "fused", "is_mock": False},
    })  # fmt: skip
    head = {"Authorization": f"Bearer {lin.token}"}
    found = all_at_once(app, lambda client: client.post(f"{API}/visits", json=form, headers=head))
    statuses = Counter(status for status, _ in found.elements())
    assert statuses == {201: 1, 409: 15}
    assert Visit.select().count() == 1


def test_one_refresh_token_in_sixteen_hands_ends_the_family(app: Flask, lin: Worker) -> None:
    form = {"refresh_token": lin.refresh}
    found = all_at_once(app, lambda client: client.post(f"{API}/sessions/renewal", json=form))
    statuses = Counter(status for status, _ in found.elements())
    assert statuses == {201: 1, 401: 15}
    assert Session.get_by_id(lin.refresh.partition(".")[0]).ended_reason == "refresh-reused"


def test_one_beat_at_sixteen_times_counts_once(app: Flask, lin: Worker, house: House) -> None:
    lin.scans(house)
    form = lin.signed({"seq": 1, "fix": {"lat": house.door[0], "lon": house.door[1],
                       "crs": "wgs84", "accuracy_m": 8, "age_ms": 400}})  # fmt: skip
    path = f"{API}/visits/{lin.visit['id']}/beats"
    head = {"Authorization": f"Bearer {lin.token}"}
    found = all_at_once(app, lambda client: client.post(path, json=form, headers=head))
    statuses = Counter(status for status, _ in found.elements())
    assert statuses == {200: 1, 409: 15}


def test_the_same_person_added_at_once_by_sixteen_is_one_person(
    app: Flask, lin: Worker, house: House
) -> None:
    lin.scans(house)
    new = newcomers()[0]
    form = {
        "name": new["name"],
        "id_number": new["id_number"],
        "room": of_house(house, "rooms.csv")[0]["code"],
        "residence_kind": "living",
    }
    people, ties = Resident.select().count(), Residence.select().count()
    head = {"Authorization": f"Bearer {lin.token}", "Visit-Lease": lin.lease or ""}
    path = f"{API}/buildings/{house.code}/residents"
    found = all_at_once(app, lambda client: client.post(path, json=form, headers=head))
    assert Counter(status for status, _ in found.elements()) == {201: 1, 409: 15}
    assert (Resident.select().count(), Residence.select().count()) == (people + 1, ties + 1)
    numbers = [one["id_number"] for one in people_of(lin.looks(house).json)]
    assert numbers.count(new["id_number"]) == 1
