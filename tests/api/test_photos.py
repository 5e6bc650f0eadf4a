"""A photo goes with a claim, and the building manager sees it."""

import base64
import hashlib
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend import db, sandbox
from backend.services import facilities, photos
from backend.services.photos import storing
from mobile_api.walk import fix_at
from tests.api.matrix.places import blank, snapshot
from tests.services.cast import actor
from tests.town import API, FACILITIES, House, Worker


def sends(client: FlaskClient, who: Worker, **form: Any) -> Any:
    head = {"Authorization": f"Bearer {who.token}"}
    return client.post(f"{API}/photos", data=form, headers=head)


def a_photo(content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(snapshot() if content is None else content), "lamp.jpg"


def test_a_claim_brings_its_photo(
    client: FlaskClient, lin: Worker, mei: Worker, han: Worker, house: House
) -> None:
    kept = sends(client, lin, photo=a_photo())
    assert kept.status_code == 201
    form = {"building": house.code, "fix": fix_at(house.door), "photo": kept.json["id"]}
    path = f"/photos/{kept.json['id']}"
    assert mei.asks("GET", path).json["code"] == "not-your-area"
    assert lin.asks("POST", f"/tags/{blank(house.area)}/claim", form).status_code == 201
    seen = mei.asks("GET", path)
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.data.startswith(b"\xff\xd8")
    assert han.asks("GET", path).json["code"] == "not-allowed"
    again = lin.asks("POST", f"/tags/{blank(house.area)}/claim", form)
    assert again.json["code"] == "not-found", "a photo shows one thing"


def test_what_is_no_photo_is_said(client: FlaskClient, lin: Worker) -> None:
    assert sends(client, lin, photo=a_photo(b"nothing")).json["code"] == "photo-unreadable"
    assert sends(client, lin, picture=a_photo()).status_code == 422
    assert sends(client, lin, photo=a_photo(), words="hello").status_code == 422


def test_a_body_that_is_no_form_or_too_large(client: FlaskClient, lin: Worker) -> None:
    def posts(body: bytes, media: str) -> int:
        head = {"Authorization": f"Bearer {lin.token}", "Content-Type": media}
        return client.post(f"{API}/photos", data=body, headers=head).status_code

    assert posts(snapshot(), "image/jpeg") == 415
    assert posts(b"\0" * 9_000_000, "multipart/form-data; boundary=x") == 413
    assert posts(b"\0" * 9_000_000, "image/jpeg") == 413


def test_the_original_comes_with_its_digest(client: FlaskClient, lin: Worker, du: Worker) -> None:
    photo = sends(client, lin, photo=a_photo()).json["id"]
    photos.use(photo, "4403/440304/440304004/440304004028", by=actor("lin"))
    answer = du.asks("GET", f"/photos/{photo}/original")
    digest = base64.b64encode(hashlib.sha256(snapshot()).digest()).decode()
    assert answer.data == snapshot()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert answer.mimetype == "application/octet-stream"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_lamp_gets_its_picture_once_it_is_released(
    client: FlaskClient, lin: Worker, mei: Worker, house: House
) -> None:
    photo = sends(client, lin, photo=a_photo()).json["id"]
    path = f"/facilities/{FACILITIES[0]}"
    row = mei.asks("GET", path).json
    far = {"photo": photo, "fix": fix_at((22.6, 114.1))}
    assert lin.asks("PUT", f"{path}/photo", far).json["code"] == "too-far-from-thing"
    form = {"photo": photo, "fix": fix_at((row["lat"], row["lon"]))}
    assert lin.asks("PUT", f"{path}/photo", form).json["is_public"] is False
    assert client.get(f"/p/{photo}.jpg").status_code == 404
    assert facilities.public(FACILITIES[0])["photo"] is None
    assert [one["id"] for one in mei.asks("GET", "/photos").json["items"]] == [photo]
    released = {"decision": "released"}
    assert mei.asks("PUT", f"/photos/{photo}/review", released).json["is_public"] is True
    assert facilities.public(FACILITIES[0])["photo"] == photo
    seen = client.get(f"/p/{photo}.jpg")
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert seen.headers["Cache-Control"] == "public, max-age=300"
    small = client.get(f"/p/small/{photo}.jpg")
    assert (small.status_code, small.mimetype) == (200, "image/jpeg")
    assert small.headers["ETag"] != seen.headers["ETag"]
    again = client.get(f"/p/{photo}.jpg", headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert mei.asks("GET", "/photos").json["items"] == []


def test_nobody_waits_for_the_pixels_of_a_photo_with_a_key(
    client: FlaskClient, lin: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key's request holds the write lock; what decodes and stores comes before it."""
    was_writing = []
    run, put = sandbox.run, storing.Folder.put

    def runs(*args: Any) -> bytes:
        was_writing.append(db.is_writing())
        return run(*args)

    def puts(*args: Any) -> None:
        was_writing.append(db.is_writing())
        put(*args)

    monkeypatch.setattr(sandbox, "run", runs)
    monkeypatch.setattr(storing.Folder, "put", puts)
    head = {"Authorization": f"Bearer {lin.token}", "Idempotency-Key": "k" * 30}
    for path in ("/photos", "/report-photos"):
        answer = client.post(f"{API}{path}", data={"photo": a_photo()}, headers=head)
        assert answer.status_code == 201
    assert was_writing == [False] * 4
