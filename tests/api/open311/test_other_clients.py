"""Programs that others wrote read us: one from the package index, two as their source has it."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import requests
from flask.testing import FlaskClient
from georeport import GeoReport

from backend.models import Case
from backend.services import cases
from tests.api.open311.program import HERE, LAMP, V2, Program, jpeg

ROOT = "http://127.0.0.1:8000"


@pytest.fixture
def wire(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a client asks of the network, our door answers."""

    def get(address: str, params: dict[str, Any] | None = None) -> requests.Response:
        assert address.startswith(ROOT)
        answer = client.get(urlsplit(address).path, query_string=params)
        made = requests.Response()
        made.status_code, made._content = answer.status_code, answer.data
        made.headers.update(answer.headers)
        return made

    monkeypatch.setattr(requests, "get", get)


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.usefixtures("wire")
def test_georeport_reads_everything(program: Program, form: str) -> None:
    """georeport 0.3.1 (PyPI): what it calls a list in XML must hold two."""
    numbers = [program.tells_of_lamp("rust"), program.tells_of_lamp()]
    theirs = GeoReport(f"{ROOT}{V2}/", jurisdiction="127.0.0.1", output_format=form)
    services = theirs.get_service_list()
    assert len(services) > 40
    assert services[0]["service_code"] == "bin.full"
    definition = theirs.get_service_definition("streetlight.dark")
    attributes = definition["attributes"]
    listed = attributes if form == "json" else attributes["attribute"]
    assert [one["code"] for one in listed] == ["tag", "asset", "how_many", "since"]
    found = theirs.get_service_requests(status="open", start_date="2026-11-01T00:00:00Z")
    assert [one["service_request_id"] for one in found] == numbers[::-1]
    assert theirs.get_service_request(numbers[0])["address_id"] == LAMP
    with pytest.raises(requests.HTTPError):
        theirs.get_service_request("20261102-99")


def test_fixmystreet_sends_polls_and_follows(program: Program, city: Callable[..., dict]) -> None:
    """As perllib/Open311.pm does it: XML alone, photos as photo1 and on, a token asked five times,
    errors told as code and description, an update known again by the id we gave it.
    """

    def said(answer: Any) -> ElementTree.Element:
        return ElementTree.fromstring(answer.data)

    form = {
        "service_code": "streetlight.dark",
        **HERE,
        "description": "title: 路灯\n\ndetail: 不亮\n\nurl: https://fms.example/report/1",
        "first_name": "Test",
        "last_name": "User",
        "email": "test@example.org",
        "device_id": "",
        "jurisdiction_id": "127.0.0.1",
        "attribute[how_many]": "one",
        "photo1": (io.BytesIO(jpeg()), "1.jpg"),
        "photo2": (io.BytesIO(jpeg("red")), "2.jpg"),
    }
    request = said(program.posts(f"{V2}/requests.xml", form)).find("request")
    assert request is not None
    assert request.find("service_request_id") is None
    token = request.findtext("token")

    def asks_for_id() -> str | None:
        return said(program.raw(f"/tokens/{token}.xml")).findtext("request/service_request_id")

    assert [asks_for_id() for _ in range(5)] == [None] * 5
    city(cases.number_of(Case.get()), "file")
    number = asks_for_id()
    assert number == cases.number_of(Case.get())

    update = {"service_request_id": number, "update_id": "512", "status": "OPEN"}
    update |= {"description": "还在黑", "updated_datetime": "2026-11-02T09:00:00+08:00"}
    posted = said(program.posts(f"{V2}/servicerequestupdates.xml", {**update, **form_of_user()}))
    external_id = posted.findtext("request_update/update_id")
    fetched = said(program.raw("/servicerequestupdates.xml", api_key=program.key or ""))
    ids = [one.findtext("update_id") for one in fetched.findall("request_update")]
    assert external_id in ids
    assert len(set(ids)) == len(ids)

    errors = said(program.posts(f"{V2}/requests.xml", {"service_code": "nothing", **HERE}))
    told = [(e.findtext("code"), e.findtext("description")) for e in errors.findall("error")]
    assert told[0][0] == "404"
    assert told[0][1]


def form_of_user() -> dict[str, str]:
    return {"first_name": "Test", "last_name": "User", "email": "test@example.org"}


def test_three_sends_a_file_called_media_and_the_key_beside(program: Program) -> None:
    """As three/core.py of Code for America posts: everything in the body, `name` split in two."""
    answer = program.client.post(
        f"{V2}/requests.json",
        data={
            "service_code": "streetlight.dark",
            "address_string": "水围村一坊1栋",
            "first_name": "Zach",
            "last_name": "Williams",
            "phone": "555-5555",
            "description": "My issue description.",
            "api_key": program.key,
            "media": (io.BytesIO(jpeg()), "photo.png"),
        },
    )
    assert answer.status_code == 201
    assert answer.json[0]["token"]
