"""A photo of a tag, from a phone whose camera opens nothing."""

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tests.api.matrix.requests import photo_of
from tests.api.pages.reading import ENGLISH, OURS, read
from tests.town import House


def sends(client: FlaskClient, photo: bytes, head: dict[str, str] = OURS) -> TestResponse:
    form = {"photo": (io.BytesIO(photo), "x.jpg")}
    return client.post("/c/photo", data=form, headers={**ENGLISH, **head})


def test_a_photo_leads_where_the_link_would(client: FlaskClient, house: House) -> None:
    form = read(client.get("/c/photo", headers=ENGLISH))
    assert form.all("form", action="/c/photo", enctype="multipart/form-data")
    assert not form.all("script"), "it is for old phones"
    answer = sends(client, photo_of(house.tag))
    assert (answer.status_code, answer.location) == (303, f"/{house.tag}")


def empty() -> bytes:
    file = io.BytesIO()
    Image.new("L", (200, 200), 128).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("photo", "status", "words"),
    [
        (empty(), 422, "No code can be read in this photo."),
        (b"no photo", 422, "This is not a photo that can be opened."),
        (photo_of("7K3M9QX2DHV5"), 404, "This code has a typing error"),
    ],
)
def test_what_cannot_be_read_is_said(
    client: FlaskClient, photo: bytes, status: int, words: str
) -> None:
    answer = sends(client, photo)
    assert answer.status_code == status
    assert words in read(answer).text


def test_another_site_sends_nothing_and_nobody_sends_much(
    client: FlaskClient, house: House
) -> None:
    assert sends(client, photo_of(house.tag), {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/c/photo", data={"photo": "a word"}, headers=OURS).status_code == 415
    for _ in range(6):
        sends(client, photo_of(house.tag))
    answer = sends(client, photo_of(house.tag))
    assert answer.status_code == 429
    assert "Too many scans" in read(answer).text
