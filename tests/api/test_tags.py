"""Tags over HTTP: what a guesser, a citizen, a worker and a photo get."""

import io
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from backend.db import database
from backend.house import House as Opened
from backend.models import Notice, Tag, TrailLine
from backend.services import tags
from mobile_api.walk import fix_at, metres_north
from qr import codes
from tests.api.matrix.places import blank
from tests.api.matrix.requests import photo_of
from tests.town import API, House, Worker, houses

TEAM = "440304004028"


def scans(client: FlaskClient, text: str) -> TestResponse:
    return client.post(f"{API}/scans", json={"code": text})


def shows(client: FlaskClient, photo: bytes, name: str = "photo", **more: Any) -> TestResponse:
    form = {name: (io.BytesIO(photo), "x.jpg"), **more}
    return client.post(f"{API}/scans/image", data=form)


class Spy:
    """Counts what the database is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.asked += 1
        return self.real(*args, **kwargs)


@pytest.fixture
def spy(client: FlaskClient) -> Iterator[Spy]:
    found = Spy()
    found.real = database.obj.execute_sql
    with mock.patch.object(database.obj, "execute_sql", found):
        yield found


# --- Junk ---------------------------------------------------------------------------------


def typing_errors(code: str) -> Iterator[str]:
    """Every single error, and every swap of neighbours and of next neighbours."""
    for place, right in enumerate(code):
        for wrong in codes.ALPHABET:
            if wrong != right:
                yield code[:place] + wrong + code[place + 1 :]
    for step in (1, 2):
        for place in range(codes.LENGTH - step):
            letters = list(code)
            letters[place], letters[place + step] = letters[place + step], letters[place]
            if "".join(letters) != code:
                yield "".join(letters)


def test_every_typing_error_is_named_and_the_database_not_asked(
    client: FlaskClient, house: House, spy: Spy
) -> None:
    errors = list(typing_errors(house.tag))
    assert len(errors) > 380
    said = Counter(scans(client, text).json["notice"] for text in errors)
    assert said == {"mistyped": len(errors)}
    assert spy.asked == 0
    assert scans(client, house.tag).json["notice"] is None
    assert spy.asked > 0, "the spy does count"


def guesses(chance: Random, how_many: int) -> Iterator[str]:
    """Codes without typing errors, by somebody who read the source but not the key."""
    for _ in range(how_many):
        body = "".join(chance.choices(codes.ALPHABET, k=11))
        yield body + codes.ALPHABET[codes._TIMES_A[codes._remainder(body)]]


@pytest.mark.wide
def test_a_hundred_thousand_guesses_hit_nothing_and_hardly_reach_the_database(
    opened: Opened, spy: Spy
) -> None:
    said = Counter(tags.face(guess)["notice"] for guess in guesses(Random(7), 100_000))
    assert said.keys() <= {"forged", "unknown"}, "0 hits"
    assert said["unknown"] <= 15, "one in 32,768 passes the hash"
    assert spy.asked == said["unknown"]


def test_guessing_over_http_asks_the_database_nothing(client: FlaskClient, spy: Spy) -> None:
    said = Counter(scans(client, guess).json["notice"] for guess in guesses(Random(8), 1_000))
    assert (said, spy.asked) == ({"forged": 1_000}, 0)


def test_a_nearly_right_guess_takes_as_long_as_a_wholly_wrong_one(house: House) -> None:
    """The best of many rounds, so that other work on the machine does not count."""
    keys = codes.Keys(b"k" * 32, b"p" * 32)
    genuine = codes.mint(keys, Random(1).randbytes)
    near = genuine[:8] + next(genuine[8:10] + x for x in codes.ALPHABET if x != genuine[10])
    near += codes.ALPHABET[codes._TIMES_A[codes._remainder(near)]]
    far = next(guesses(Random(2), 1))
    best = {near: 1.0, far: 1.0}
    for _ in range(200):
        for guess in (near, far):
            started = time.perf_counter()
            for _ in range(20):
                with pytest.raises(codes.Forged):
                    codes.read(guess, keys)
            best[guess] = min(best[guess], time.perf_counter() - started)
    assert 0.8 < best[near] / best[far] < 1.25


@pytest.mark.parametrize("keep", ["https://q.example.cn/{}", "HTTPS://Q.EXAMPLE.CN/{}", " {} "])
def test_a_link_and_a_typed_code_are_the_same(client: FlaskClient, house: House, keep: str) -> None:
    spaced = f"{house.tag[:4]}-{house.tag[4:8]}-{house.tag[8:]}".lower()
    for written in (house.tag, spaced):
        answer = scans(client, keep.format(written)).json
        assert (answer["code"], answer["subject"]["code"]) == (house.tag, house.code)
    gs1 = f"https://q.example.cn/8004/6901234{house.tag}"
    assert scans(client, gs1).json["code"] == house.tag


# --- Who scans ----------------------------------------------------------------------------


def test_citizen_and_worker_get_one_face_with_other_doors(
    client: FlaskClient, lin: Worker, house: House
) -> None:
    citizen = scans(client, house.tag)
    worker = lin.asks("POST", "/scans", {"code": house.tag, "fix": fix_at(house.door)})
    assert citizen.status_code == worker.status_code == 200
    assert citizen.json["next"] == ["report"]
    assert worker.json == citizen.json | {"next": worker.json["next"]}
    assert worker.json["next"] == ["report", "open-visit", "report-loss", "replace"]
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (line.verb, line.account) == ("tag.scan", "lin")
    assert line.lat == pytest.approx(house.door[0], abs=1e-6)
    assert Tag.get_by_id(house.tag).accepted_at is not None


def test_opening_a_visit_accepts_the_plate(lin: Worker, house: House) -> None:
    assert lin.scans(house).status_code == 201
    assert Tag.get_by_id(house.tag).accepted_at is not None


def test_a_doubtful_position_opens_but_accepts_nothing(lin: Worker, house: House) -> None:
    mock_fix = {**fix_at(house.door), "is_mock": True}
    assert lin.scans(house, mock_fix).status_code == 201
    assert Tag.get_by_id(house.tag).accepted_at is None


def test_a_position_without_its_datum_is_refused(lin: Worker, house: House) -> None:
    fix = {**fix_at(house.door), "crs": None}
    refused = lin.asks("POST", "/scans", {"code": house.tag, "fix": fix})
    assert (refused.status_code, refused.json["code"]) == (422, "datum-missing")


def test_a_stranger_scans_so_often_and_another_address_is_not_in_the_way(
    client: FlaskClient, house: House
) -> None:
    said = Counter(scans(client, house.tag).status_code for _ in range(125))
    assert said == {200: 120, 429: 5}
    refused = scans(client, house.tag)
    assert refused.json["code"] == "too-many-scans"
    assert int(refused.headers["Retry-After"]) >= 1
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    form = {"code": house.tag}
    assert client.post(f"{API}/scans", json=form, environ_base=elsewhere).status_code == 200


def test_a_withdrawn_plate_leads_nowhere_and_a_replaced_one_to_its_house(
    client: FlaskClient, lin: Worker, worker: Callable[[str], Worker], house: House
) -> None:
    code = blank(TEAM)
    form = {"code": code, "fix": fix_at(house.door)}
    answer = lin.asks("POST", f"/tags/{house.tag}/replacement", form)
    assert (answer.status_code, answer.json["tag"]) == (201, code)
    old = scans(client, house.tag).json
    assert (old["notice"], old["subject"]["code"]) == ("replaced", house.code)
    assert code not in scans(client, house.tag).get_data(as_text=True)
    assert lin.scans(house).json["code"] == "tag-replaced"
    assert lin.scans(house, tag=code).status_code == 201
    worker("mei").asks("POST", f"/tags/{code}/retirement", {"reason": "torn"})
    gone = scans(client, code).json
    assert (gone["notice"], gone["subject"], gone["next"]) == ("revoked", None, ["report"])


def test_a_visit_opened_with_a_plate_that_is_lost_ends(lin: Worker, house: House) -> None:
    lin.scans(house)
    assert lin.asks("POST", f"/tags/{house.tag}/loss", {"reason": "lost"}).status_code == 201
    assert lin.beats(fix_at(metres_north(house.door, 2))).json["state"] == "closed"


# --- Claims -------------------------------------------------------------------------------


def test_two_workers_and_one_blank(app: Flask, lin: Worker, an: Worker) -> None:
    mine, theirs = houses()[:2]
    code = blank(TEAM)

    def claims(who: Worker, house: House) -> tuple[int, str]:
        phone = Worker(app.test_client(), who.name)
        phone.token = who.token
        form = {"building": house.code, "fix": fix_at(house.door)}
        try:
            answer = phone.asks("POST", f"/tags/{code}/claim", form)
            return answer.status_code, answer.json.get("code", "")
        finally:
            database.close()

    pairs = [(lin, mine), (an, theirs)] * 8
    with ThreadPoolExecutor(len(pairs)) as threads:
        said = Counter(threads.map(claims, *zip(*pairs, strict=True)))
    assert said == {(201, ""): 1, (409, "tag-bound"): 15}
    assert (
        TrailLine.select().where(TrailLine.verb == "tag.claim", TrailLine.outcome == "done").count()
        == 1
    )


def test_a_claim_and_its_undoing(lin: Worker, an: Worker, house: House) -> None:
    code = blank(TEAM)
    form = {"building": house.code, "fix": fix_at(house.door)}
    assert lin.asks("POST", f"/tags/{code}/claim", form).status_code == 201
    assert an.asks("DELETE", f"/tags/{code}/claim").status_code == 403
    undone = lin.asks("DELETE", f"/tags/{code}/claim")
    assert (undone.status_code, undone.json["state"]) == (200, "issued")
    assert lin.asks("DELETE", f"/tags/{code}/claim").status_code == 409


@pytest.mark.parametrize(
    "named", [{}, {"building": "a", "room": "b"}, {"facility": "A", "new_facility": {}}]
)
def test_a_claim_names_one_thing(lin: Worker, house: House, named: dict[str, Any]) -> None:
    answer = lin.asks("POST", f"/tags/{blank(TEAM)}/claim", {"fix": fix_at(house.door), **named})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["building"])


# --- Reports and tasks --------------------------------------------------------------------


def test_anybody_reports_a_wrong_tag_and_mei_is_told(
    client: FlaskClient, worker: Callable[[str], Worker], house: House
) -> None:
    form = {"code": house.tag, "reason": "pasted-over", "fix": fix_at(house.door)}
    taken = client.post(f"{API}/tag-reports", json=form)
    assert (taken.status_code, taken.json["code"]) == (201, codes.show(house.tag))
    [told] = [
        one
        for one in worker("mei").asks("GET", "/notices").json["items"]
        if one["kind"] == "tag-report"
    ]
    assert told["facts"]["building"] == house.code
    for _ in range(4):
        assert client.post(f"{API}/tag-reports", json=form).status_code == 201
    assert client.post(f"{API}/tag-reports", json=form).status_code == 429
    assert Notice.select().where(Notice.kind == "tag-report").count() == 3
    wrong = client.post(f"{API}/tag-reports", json={**form, "reason": "boredom"})
    assert wrong.status_code == 422


def test_tasks_come_page_by_page(lin: Worker, house: House) -> None:
    for code in (house.tag, *house.other_tags[:2]):
        made = lin.asks("POST", f"/tags/{code}/loss", {"reason": "damaged"})
        assert (made.status_code, made.json["due"]) == (201, "2026-11-13")
    first = lin.asks("GET", "/tag-tasks?limit=2").json
    rest = lin.asks("GET", f"/tag-tasks?limit=2&cursor={first['next']}").json
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert lin.asks("GET", "/tag-tasks?done=true").json["items"] == []


# --- Photos -------------------------------------------------------------------------------


def test_a_photo_is_read_here(client: FlaskClient, house: House) -> None:
    answer = shows(client, photo_of(house.tag))
    assert (answer.status_code, answer.json["subject"]["code"]) == (200, house.code)


def test_a_phone_held_sideways_and_a_large_photo(client: FlaskClient, house: House) -> None:
    tag = Image.open(io.BytesIO(photo_of(house.tag)))
    wall = Image.new("L", (4000, 3000), 180)  # A form of half a megabyte leaves a file behind.
    wall.paste(tag, (1800, 1200))
    file = io.BytesIO()
    turned = wall.rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # "Turn me by a quarter."
    turned.save(file, "JPEG", exif=exif)
    assert shows(client, file.getvalue()).json["code"] == house.tag


def png(width: int, height: int) -> bytes:
    """A head that promises many pixels and brings none."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    body = struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    "photo",
    [
        b"",
        b"no picture",
        b"\xff\xd8\xff\xe0 broken",
        png(60_000, 60_000),
        png(5_000, 5_000),
        png(10, 10),
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        photo_of("7K3M9QX2DHV5")[:300],
    ],
    ids=["empty", "text", "jpeg", "bomb", "large", "cut", "gif", "half"],
)
def test_what_is_no_photo_is_refused(client: FlaskClient, photo: bytes) -> None:
    answer = shows(client, photo)
    assert (answer.status_code, answer.json["code"]) == (422, "photo-unreadable")


def test_a_photo_without_a_tag(client: FlaskClient) -> None:
    file = io.BytesIO()
    Image.effect_noise((400, 300), 60).save(file, "PNG")
    answer = shows(client, file.getvalue())
    assert (answer.status_code, answer.json["code"]) == (422, "no-tag-in-photo")


def test_a_form_that_is_none(client: FlaskClient, house: House) -> None:
    photo = photo_of(house.tag)
    for answer in (
        shows(client, photo, name="picture"),
        shows(client, photo, words="more"),
        client.post(
            f"{API}/scans/image", data={"photo": "a word"}, content_type="multipart/form-data"
        ),
    ):
        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    plain = client.post(f"{API}/scans/image", data=photo, content_type="image/jpeg")
    assert plain.status_code == 415
    large = client.post(
        f"{API}/scans/image",
        data=bytes(9 * 1024 * 1024),
        content_type="multipart/form-data; boundary=x",
    )
    assert large.status_code == 413


def test_photos_are_few(client: FlaskClient, house: House) -> None:
    """Reading one may take more than a second of the processor."""
    said = [shows(client, photo_of(house.tag)).status_code for _ in range(8)]
    assert said == [200] * 6 + [429] * 2


def test_a_household_of_endless_addresses_is_one_stranger(
    client: FlaskClient, house: House
) -> None:
    def from_address(address: str) -> int:
        return client.post(
            f"{API}/tag-reports",
            json={"code": house.tag, "reason": "other"},
            environ_base={"REMOTE_ADDR": address},
        ).status_code

    said = [from_address(f"2001:db8:0:1::{number}") for number in range(6)]
    assert said == [201] * 5 + [429]
    assert from_address("2001:db8:0:2::1") == from_address("::ffff:192.0.2.1") == 201


def test_strangers_of_many_addresses_share_what_there_is(
    client: FlaskClient, lin: Worker, house: House
) -> None:
    def from_address(number: int, head: dict[str, str]) -> int:
        return client.post(
            f"{API}/scans/image",
            data={"photo": (io.BytesIO(photo_of(house.tag)), "x.png")},
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
            headers=head,
        ).status_code

    said = [from_address(number, {}) for number in range(62)]
    assert said == [200] * 60 + [429] * 2
    assert from_address(99, {"Authorization": f"Bearer {lin.token}"}) == 200
