"""Answers that do not pass through marshmallow are what marshmallow would have said.

The hot answers are made in the shape of the wire by the backend (`ready=True`). Their schema
stays the contract and is here the oracle: it must take the answer in without a complaint and
give out the same again. What is not ready is held against its schema as well.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, ValidationError
from werkzeug.test import TestResponse

from mobile_api.resources import BLUEPRINTS
from tests import riders
from tests.town import House, Worker, people_of

OPERATIONS = {
    (f"{blueprint.name}.{endpoint}", method.upper()): note
    for blueprint in BLUEPRINTS
    for endpoint, methods in blueprint._docs.items()
    for method, note in methods.items()
    if method != "parameters"
}
READY = {note["manual_doc"]["operationId"] for note in OPERATIONS.values() if note["ready"]}


class Oracle:
    """Listens to every answer, and remembers which operations it has heard."""

    def __init__(self) -> None:
        self.heard: set[str] = set()

    def hear(self, endpoint: str, answer: TestResponse) -> None:
        note = OPERATIONS.get((endpoint, answer.request.method))
        if note is None or answer.status_code >= 400 or answer.status_code == 204:
            return
        self.heard.add(note["manual_doc"]["operationId"])
        schema = next(iter(note["response"]["responses"].values()))[0]["schema"]
        assert isinstance(schema, Schema)
        said = orjson.loads(answer.data)
        assert again(schema, said) == said


def again(schema: Schema, said: Any) -> Any:
    """What marshmallow gives out for what it has taken in."""
    return orjson.loads(orjson.dumps(schema.dump(schema.load(said))))


@pytest.fixture
def oracle(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Oracle]:
    """Every answer to the cast goes past it."""
    oracle = Oracle()
    ask = Worker.asks

    def asks(worker: Worker, method: str, path: str, *rest: Any, **more: Any) -> TestResponse:
        answer = ask(worker, method, path, *rest, **more)
        endpoint, _ = app.url_map.bind("").match(answer.request.path, method)
        oracle.hear(endpoint, answer)
        return answer

    monkeypatch.setattr(Worker, "asks", asks)
    return oracle


PARTS = ("", "/rooms", "/residents", "/businesses", "/events")


def looks_around(worker: Worker, house: House) -> dict[str, Any]:
    """Everything about a house, on as many pages as there are."""
    sheets = {part: worker.looks(house, part).json for part in PARTS}
    for part in PARTS[1:]:
        following = worker.looks(house, f"{part}?limit=2").json["next"]
        if following is not None:
            worker.looks(house, f"{part}?limit=2&cursor={following}")
    return sheets


def test_what_is_seen_on_site(oracle: Oracle, lin: Worker, house: House) -> None:
    lin.scans(house)
    sheets = looks_around(lin, house)
    assert people_of(sheets[""])
    assert sheets["/residents"]["items"]
    person = sheets["/residents"]["items"][0]
    lin.looks(house, f"/residents/{person['id']}")
    assert {"showBuilding", "listResidents", "showResident", "beginVisit"} <= oracle.heard


def test_what_is_masked_for_a_role(oracle: Oracle, an: Worker, zhao: Worker, house: House) -> None:
    for worker in (an, zhao):
        worker.scans(house)
        assert looks_around(worker, house)["/residents"]["items"]


def test_what_is_left_elsewhere_has_the_same_keys(
    oracle: Oracle, lin: Worker, house: House
) -> None:
    lin.scans(house)
    there = looks_around(lin, house)
    lin.leaves()
    elsewhere = looks_around(lin, house)
    for part in PARTS:
        assert elsewhere[part]["visible"] == "masked"
        assert elsewhere[part].keys() == there[part].keys()


def test_what_is_collected(oracle: Oracle, lin: Worker, house: House) -> None:
    lin.scans(house)
    sheet = lin.looks(house).json
    rooms = [room["code"] for room in sheet["rooms"]]
    base = f"/buildings/{house.code}"
    form = {"room": rooms[0], "name": "周小文", "residence_kind": "living"}
    made = lin.asks("POST", f"{base}/residents", form, lease=lin.lease).json
    person = f"{base}/residents/{made['id']}"
    for method, path, changes in (
        ("PATCH", person, {"phone": "13800138000"}),
        ("POST", f"{person}/moves", {"room": rooms[1]}),
    ):
        version = {"If-Match": made["version"]}
        made = lin.asks(method, path, changes, lease=lin.lease, headers=version).json
    firm = {"business_name": "小文面馆", "legal_name": "周小文"}
    made = lin.asks("POST", f"{base}/businesses", firm, lease=lin.lease).json
    version = {"If-Match": made["version"]}
    changes = {"business_name": "小文面店"}
    lin.asks("PATCH", f"{base}/businesses/{made['id']}", changes, lease=lin.lease, headers=version)
    event = {"event_class": sheet["events"][0]["event_class"], "event_text": "漏水"}
    made = lin.asks("POST", f"{base}/events", event, lease=lin.lease).json
    version = {"If-Match": made["version"]}
    changes = {"event_status": "closed"}
    lin.asks("PATCH", f"{base}/events/{made['id']}", changes, lease=lin.lease, headers=version)
    looks_around(lin, house)
    lin.looks(house, f"/residents/{people_of(sheet)[0]['id']}")
    for changes in ({}, {"area": "440305"}):  # One that is registered, one that is turned away.
        lin.asks("POST", "/bikes", riders.form(1, **changes))
    assert oracle.heard >= READY, "this story must tell of every operation that is ready"


def test_the_oracle_hears_what_is_wrong(house: House) -> None:
    note = OPERATIONS["buildings.listEvents", "GET"]
    schema = next(iter(note["response"]["responses"].values()))[0]["schema"]
    page = {"visible": "open", "reason": None, "unlock": None, "count": "0", "items": []}
    assert again(schema, page | {"next": None}) == page | {"next": None}
    for wrong in ({}, {"next": 7}, {"next": None, "more": 1}, {"next": None, "visible": "ajar"}):
        with pytest.raises(ValidationError):
            schema.load(page | wrong)
