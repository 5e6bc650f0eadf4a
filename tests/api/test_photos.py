"""A photo goes with a claim, and the building manager sees it."""

import io
from typing import Any

from flask.testing import FlaskClient

from mobile_api.walk import fix_at
from tests.api.matrix.places import blank, snapshot
from tests.town import API, House, Worker


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
