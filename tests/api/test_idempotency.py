"""A request sent twice is done once: after a lost reply, or from an impatient thumb."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend.db import database
from backend.models import Event, OnceAnswer, Photo, TrailLine
from backend.services import answers
from mobile_api.walk import fix_at
from tests.api.matrix.report import Operation, operations, play, sections
from tests.api.matrix.requests import SAMPLES, Cell, photo_of
from tests.api.matrix.world import World
from tests.town import API, Clock, House, Worker, of_house

KEY = {"Idempotency-Key": "3f0c-in-the-lift"}
CREATING = [name for name, section in sections().items() if "\n  201 " in section]


def adds_event(worker: Worker, house: House, **head: str) -> TestResponse:
    form = {"event_class": "0101", "event_text": "a bicycle in the stairs"}
    path = f"/buildings/{house.code}/events"
    return worker.asks("POST", path, form, lease=worker.lease, headers=KEY | head)


# --- Every operation that creates ---------------------------------------------------------


@pytest.fixture(scope="module")
def known(app: Flask) -> dict[str, Operation]:
    return operations(app)


def test_every_operation_that_creates_takes_a_key(app: Flask) -> None:
    document = app.test_client().get(f"{API}/openapi.json").json
    taking = {
        path["post"]["operationId"]
        for path in document["paths"].values()
        if any(
            one.get("name") == "Idempotency-Key"
            for one in path.get("post", {}).get("parameters", ())
        )
    }
    # Forms are a city's: nobody of the matrix, where administrators are a district's, may.
    assert taking == {*CREATING, "publishForm"}


def first_served(world: World, name: str) -> Cell:
    """Somebody who may."""
    served = next(line for line in sections()[name].splitlines() if line.startswith("  201 "))
    return Cell(world, served.split()[-1], "own", "live")


@pytest.mark.parametrize("name", CREATING)
def test_the_same_key_brings_the_same_answer_and_another_request_none(
    world: World, known: dict[str, Operation], name: str
) -> None:
    cell = first_served(world, name)
    ask = SAMPLES[name](cell)
    with database.atomic() as undone:
        first = play(cell, known[name], ask, headers=KEY)
        again = play(cell, known[name], ask, headers=KEY)
        ask.body = {**(ask.body or {}), **OTHER_WORDS.get(name, {})}
        ask.files = ask.files and dict.fromkeys(ask.files, photo_of("7K3M9QX2DHV5"))
        other = play(cell, known[name], ask, headers=KEY)
        undone.rollback()
    assert first.status_code == again.status_code == 201
    assert first.get_data() == again.get_data()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    for header in ("Content-Type", "ETag", "Cache-Control"):
        assert first.headers.get(header) == again.headers.get(header)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")


# What makes each request another one, and still a good one.
OTHER_WORDS: dict[str, dict[str, Any]] = {
    "signIn": {"device_id": "0" * 32},
    "renewSession": {"device_time": "2026-11-02T09:00:00+08:00"},
    "askChallenge": {"device_id": None},
    "beginVisit": {"device_time": "2026-11-02T09:00:00+08:00"},
    "breakGlass": {"reason_text": "more smoke"},
    "grantRemoteVisit": {"reason": "the door is nailed shut"},
    "enrolDevice": {"name": "a third phone"},
    "openAccount": {"full_name": "另一人"},
    "giveRole": {"area": None},
    "giveDuty": {"until": "2025-07-01"},
    "addArea": {"name": "another name"},
    "addAlias": {"text": "the green house"},
    "addRoom": {"floor": 8},
    "addResident": {"name": "钱新来"},
    "moveResident": {"since": "2026-10-01"},
    "addBusiness": {"business_name": "又一店"},
    "registerFacility": {"name": "another name"},
    "claimTag": {"room": None},
    "replaceTag": {"fix": fix_at((22.5245, 114.0583))},
    "reportLoss": {"reason": "lost"},
    "reportMissing": {"reason": "lost"},
    "reportTag": {"reason": "damaged"},
    "orderPrintRun": {"dpi": 300},
    "fileReport": {"words": "all night"},
    "moveCase": {"note": "y"},
    "orderSpoiledAnew": {"more": 1},
    "addEvent": {"event_text": "two bicycles in the stairs"},
    "sendInspection": {"uuid": "b" * 32},
    "recheckHazard": {"result": "mended"},
    "finishTask": {"result": "corrected"},
    "openCampaign": {"name": "four days"},
    "handShareOver": {"to": "nan"},
    "registerBike": {"brand": "another"},
}


# --- What a key is -----------------------------------------------------------------------


def test_without_a_key_twice_is_twice(lin: Worker, house: House) -> None:
    lin.scans(house)
    before = Event.select().count()
    for _ in range(2):
        form = {"event_class": "0101"}
        path = f"/buildings/{house.code}/events"
        assert lin.asks("POST", path, form, lease=lin.lease).status_code == 201
    assert Event.select().count() == before + 2


def test_a_key_is_one_person_s_and_one_operation_s(
    lin: Worker, zhao: Worker, house: House, other_house: House
) -> None:
    lin.scans(house)
    zhao.scans(house)
    assert adds_event(lin, house).status_code == 201
    assert "Idempotency-Replayed" not in adds_event(zhao, house).headers
    enrolled = lin.asks("POST", "/devices", {"name": "x"}, headers=KEY)
    assert "Idempotency-Replayed" not in enrolled.headers
    elsewhere = adds_event(lin, other_house)
    assert elsewhere.json["code"] == "idempotency-key-reused"


@pytest.mark.parametrize("key", ["", "   ", "x" * 201, "a\x07b", '""'])
def test_a_key_that_is_none_is_refused(lin: Worker, house: House, key: str) -> None:
    lin.scans(house)
    refused = adds_event(lin, house, **{"Idempotency-Key": key})
    assert (refused.status_code, refused.json["code"]) == (422, "invalid")
    assert list(refused.json["errors"]) == ["Idempotency-Key"]


def test_a_quoted_key_is_the_same_key(lin: Worker, house: House) -> None:
    lin.scans(house)
    first = adds_event(lin, house)
    again = adds_event(lin, house, **{"Idempotency-Key": f'"{KEY["Idempotency-Key"]}"'})
    assert again.get_data() == first.get_data()


def test_what_was_refused_may_be_tried_again_with_its_key(lin: Worker, house: House) -> None:
    assert adds_event(lin, house).json["code"] == "visit-needed"
    lin.scans(house)
    answer = adds_event(lin, house)
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_an_answer_is_kept_for_30_days_and_no_longer(
    lin: Worker, house: House, clock: Clock
) -> None:
    key, form = {"Idempotency-Key": "phone"}, {"name": "my phone"}
    first = lin.asks("POST", "/devices", form, headers=key).json
    clock.passes(days=30)
    answers.sweep()
    assert lin.signs_in().asks("POST", "/devices", form, headers=key).json == first
    clock.passes(seconds=1)
    answers.sweep()
    assert OnceAnswer.select().count() == 0
    assert lin.asks("POST", "/devices", form, headers=key).json != first


def test_kept_answers_can_be_read_by_nobody(lin: Worker, house: House) -> None:
    lin.scans(house)
    adds_event(lin, house)
    secret = lin.asks("POST", "/devices", {"name": "x"}, headers=KEY).json["secret"]
    for row in OnceAnswer.select():
        for word in (b"bicycle", secret.encode(), KEY["Idempotency-Key"].encode()):
            assert word not in bytes(row.sealed)
            assert word not in row.key.encode()


# --- A kept answer is no way around a visit -----------------------------------------------


def test_a_known_person_s_phone_is_not_asked_for_again_from_home(
    lin: Worker, house: House, clock: Clock, trail: Callable[[], list[TrailLine]]
) -> None:
    known = next(row for row in of_house(house) if row["id_number"] and row["phone"])
    lin.scans(house)
    home = next(row for row in of_house(house, "rooms.csv") if row["code"] != known["room"])
    form = {
        "name": known["name"],
        "id_number": known["id_number"],
        "phone": None,
        "room": home["code"],
        "residence_kind": "owning",
    }

    def adds() -> TestResponse:
        path = f"/buildings/{house.code}/residents"
        return lin.asks("POST", path, form, lease=lin.lease, headers=KEY)

    first = adds()
    assert first.json["phone"] == known["phone"]
    looks = [line for line in trail() if line.verb == "building.look"]
    assert adds().json == first.json
    assert len([line for line in trail() if line.verb == "building.look"]) == len(looks) + 1
    lin.leaves()
    from_home = adds()
    assert from_home.status_code == 201
    assert from_home.headers["Idempotency-Replayed"] == "true"
    assert from_home.json.keys() == first.json.keys()
    assert from_home.json["id"] == first.json["id"]
    shown = {name for name, value in from_home.json.items() if value is not None}
    assert shown == {"id", "version", "room", "name", "id_number", "residence_kind"}
    assert known["phone"] not in from_home.get_data(as_text=True)


def test_who_may_look_no_more_gets_no_kept_answer(
    lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    lin.scans(house)
    assert adds_event(lin, house).status_code == 201
    guan = worker("guan")
    role = guan.asks("GET", "/accounts/lin").json["roles"][0]
    guan.asks("DELETE", f"/accounts/lin/roles/{role['id']}")
    assert adds_event(lin, house).json["code"] == "not-allowed"


def test_a_large_photo_sent_again_is_kept_once(lin: Worker) -> None:
    """Each try wraps the same photo in another form."""
    photo = photo_of("7K3M9QX2DHV5") + bytes(2_000_000)
    asks = [
        {"Idempotency-Key": "in-the-lift", "Authorization": f"Bearer {lin.token}"} for _ in range(2)
    ]
    first, again = (
        lin.client.post(
            f"{API}/photos",
            data=wrapped(photo, f"boundary-{number}"),
            content_type=f"multipart/form-data; boundary=boundary-{number}",
            headers=head,
        )
        for number, head in enumerate(asks)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert Photo.select().count() == 1


def wrapped(photo: bytes, boundary: str) -> bytes:
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="x.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    return head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
