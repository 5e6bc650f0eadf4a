"""What outside clients are written against: the document, and the shape of every error."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mobile_api.problems import MEDIA_TYPE
from tests import town
from tests.town import API, House, Worker

Operation = dict[str, Any]

UNDOCUMENTED = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"}  # below API


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    return client.get(f"{API}/openapi.json").json


@pytest.fixture
def operations(document: dict[str, Any]) -> list[tuple[str, str, Operation]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]


def is_problem(answer: TestResponse, status: int, code: str) -> bool:
    """Whether this is a whole RFC 9457 document, agreeing with itself."""
    assert answer.mimetype == MEDIA_TYPE
    body = answer.json
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"/problems/{code}"
    assert body["title"] and body["detail"]  # noqa: PT018 - one thought.
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return True


# --- The document --------------------------------------------------------------------------


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    shape = jsonschema_rs.validator_for(json.loads(SHAPE.read_text(encoding="utf-8")))
    assert [error.message for error in shape.iter_errors(document)] == []
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name


SHAPE = Path(__file__).parent / "openapi" / "schema.json"


def test_nothing_it_points_at_is_missing(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    pointed_at = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', text))
    assert text.count('"$ref"') == text.count('"$ref": "#/components/schemas/')
    assert pointed_at == document["components"]["schemas"].keys()
    for path, methods in document["paths"].items():
        declared = {each["name"] for each in methods.get("parameters", ()) if each["in"] == "path"}
        assert declared == set(re.findall(r"\{(\w+)\}", path))


def test_every_route_is_documented_and_nothing_else(
    app: Flask, operations: list[tuple[str, str, Operation]]
) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in api_rules(app)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations} == routes


def api_rules(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(API) and rule.rule.removeprefix(API) not in UNDOCUMENTED:
            yield rule


def test_every_operation_has_a_name_of_its_own(
    operations: list[tuple[str, str, Operation]],
) -> None:
    names = Counter(operation["operationId"] for _, _, operation in operations)
    assert set(names.values()) == {1}
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name) for name in names)
    assert all(operation["summary"] for _, _, operation in operations)


def test_every_operation_says_how_it_refuses(
    operations: list[tuple[str, str, Operation]],
) -> None:
    for _, _, operation in operations:
        for statuses in ("4XX", "5XX"):
            assert list(operation["responses"][statuses]["content"]) == [MEDIA_TYPE]


def test_who_is_not_signed_in_may_sign_in_and_read_what_is_public(
    operations: list[tuple[str, str, Operation]],
) -> None:
    public = {each["operationId"] for _, _, each in operations if each["security"] == []}
    assert public == {
        *("signIn", "renewSession", "listFacilityKinds"),
        *("scanTag", "scanPhoto", "reportTag"),
        *("listProblems", "giveReportTicket", "keepReportPhoto", "fileReport"),
        *("sendPhoneCode", "provePhone", "registerBike", "listMyBikes", "showMyBike"),
        *("withdrawMyBike", "actOnMyBike", "offerMyBike", "takeBackMyBike", "showBikeOffer"),
        *("acceptBikeOffer", "refuseBikeOffer", "noteBikeSighting"),
        *("listBikeStatistics", "downloadBikeStatistics"),
        *("followReport", "rateReport", "appealReport", "sendPhotoOfReport", "showCase"),
        *("showSmartId", "verifyOwnersNotice"),
    }


def test_every_post_that_creates_takes_an_idempotency_key(
    operations: list[tuple[str, str, Operation]],
) -> None:
    creating = [each for _, _, each in operations if "201" in each["responses"]]
    assert len(creating) > 10
    for operation in creating:
        headers = {each["name"] for each in operation["parameters"] if each["in"] == "header"}
        assert "Idempotency-Key" in headers, operation["operationId"]


def test_what_is_read_page_by_page_takes_a_cursor_and_gives_one(
    operations: list[tuple[str, str, Operation]], document: dict[str, Any]
) -> None:
    pages = 0
    for _, _, operation in operations:
        answer = operation["responses"].get("200", {}).get("content", {})
        name = answer.get("application/json", {}).get("schema", {}).get("$ref", "")
        if not name.endswith("Page"):
            continue
        pages += 1
        schema = document["components"]["schemas"][name.rpartition("/")[2]]
        assert {"items", "next"} <= set(schema["required"])
        taken = {each["name"] for each in operation.get("parameters", ())}
        assert {"cursor", "limit"} <= taken or "requestBody" in operation, operation["operationId"]
    assert pages > 8


# --- Reading it ----------------------------------------------------------------------------


class Addresses(HTMLParser):
    """Every address a page makes its reader's browser go to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [text or "" for name, text in attrs if name in ("src", "href", "action")]


def test_the_page_to_read_it_needs_nobody_else(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    found = Addresses(page.get_data(as_text=True)).found
    assert len(found) > 4
    for address in found:
        assert re.match(r"/(?!/)", address), address
        with client.get(address, headers={"Accept": "text/html"}) as answer:
            assert answer.status_code in (200, 303)
    rules = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert not re.search(r"https?:|//|\*|unsafe-eval|script-src[^;]*unsafe", rules)


def test_each_problem_has_a_page_of_its_own(client: FlaskClient) -> None:
    assert client.get("/problems/too-far", headers={"Accept": "text/html"}).status_code == 200
    assert client.get("/problems/no-such").status_code == 404


# --- Every error ---------------------------------------------------------------------------


def test_an_address_that_is_not_there(client: FlaskClient) -> None:
    assert is_problem(client.get(f"{API}/nothing"), 404, "not-found")


def test_a_method_that_is_not_taken_is_told_which_are(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    for path in document["paths"]:
        address = re.sub(r"\{\w+_id\}", "7", re.sub(r"\{\w+(?<!_id)\}", "x", path))
        taken = methods_at(document, address)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "LINK"} - taken:
            answer = client.open(address, method=method)
            assert is_problem(answer, 405, "method-not-allowed")
            allowed = {word.strip() for word in answer.headers["Allow"].split(",")}
            assert allowed - {"HEAD", "OPTIONS"} == taken, (method, address)


def methods_at(document: dict[str, Any], address: str) -> set[str]:
    """What may be done there; /visits/challenges is a /visits/{visit_id} as well."""
    return {
        method.upper()
        for path, methods in document["paths"].items()
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), address)
        for method in methods
        if method != "parameters"
    }


def test_a_body_that_is_not_announced_as_json(
    lin: Worker, operations: list[tuple[str, str, Operation]]
) -> None:
    with_body = [(method, path) for method, path, each in operations if "requestBody" in each]
    assert len(with_body) > 20
    for method, path in with_body:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
            answer = sends(lin, method, path, b"{}", kind)
            assert is_problem(answer, 415, "media-type-not-supported")


def test_a_body_that_is_too_large(
    lin: Worker, operations: list[tuple[str, str, Operation]]
) -> None:
    for method, path, each in operations:
        if "requestBody" in each:
            answer = sends(lin, method, path, b" " * (1024 * 1024 + 1), "application/json")
            assert is_problem(answer, 413, "too-large")


def sends(worker: Worker, method: str, path: str, body: bytes, kind: str) -> TestResponse:
    return worker.client.open(
        re.sub(r"\{\w+\}", "x", re.sub(r"\{\w+_id\}", "1", path)),
        method=method,
        data=body,
        headers={"Content-Type": kind, "Authorization": f"Bearer {worker.token}"},
    )


@pytest.mark.parametrize("body", ["", "{", '{"a": 1, "a": 2}', "NaN", "{]}", "\ufeff{}", "'{}'"])
def test_a_body_that_is_not_json(lin: Worker, body: str) -> None:
    answer = sends(lin, "POST", f"{API}/sessions", body.encode(), "application/json")
    if body:
        assert is_problem(answer, 400, "malformed")
    else:
        assert is_problem(answer, 422, "invalid")


def test_values_that_are_not_acceptable_are_named(lin: Worker) -> None:
    answer = lin.asks("POST", "/sessions", {"account": 7, "password": "x", "nickname": "y"})
    assert is_problem(answer, 422, "invalid")
    assert answer.json["errors"].keys() == {"account", "nickname"}


def test_nobody_is_asked_to_sign_in(
    client: FlaskClient, operations: list[tuple[str, str, Operation]]
) -> None:
    """Whatever needs a token says so, and how, before it says anything else."""
    for method, path, each in operations:
        if each["security"] and "requestBody" not in each and method == "GET":
            answer = client.open(re.sub(r"\{\w+\}", "7", path), method=method)
            if answer.status_code != 422:
                assert is_problem(answer, 401, "not-signed-in")
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_who_guesses_passwords_is_told_when_to_come_back(client: FlaskClient) -> None:
    guesser = Worker(client, "lin")
    for _ in range(10):
        answer = guesser.asks("POST", "/sessions", {"account": "lin", "password": "wrong"})
        assert is_problem(answer, 401, "wrong-password")
    answer = guesser.asks("POST", "/sessions", {"account": "lin", "password": town.PASSWORD})
    assert is_problem(answer, 429, "too-many-attempts")
    assert 1 <= int(answer.headers["Retry-After"]) <= 300


def test_a_change_says_what_it_is_based_on(house: House, worker: Any) -> None:
    mei: Worker = worker("mei")
    path = f"/buildings/{house.code}"
    assert is_problem(mei.asks("PATCH", path, {"floors": 7}), 428, "version-missing")
    old = {"If-Match": '"999"'}
    assert is_problem(mei.asks("PATCH", path, {"floors": 7}, headers=old), 412, "version-stale")
    known = mei.asks("GET", path).headers["ETag"]
    changed = mei.asks("PATCH", path, {"floors": 7}, headers={"If-Match": known})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != known


def test_every_answer_keeps_its_head_down(client: FlaskClient, lin: Worker, house: House) -> None:
    """Nothing is stored, guessed or framed, whatever the answer is."""
    answers = [
        lin.looks(house),
        lin.asks("GET", "/me"),
        client.get(f"{API}/nothing"),
        client.get(f"{API}/me"),
        client.get("/healthz"),
        client.get("/"),
        client.post(f"{API}/sessions", json={}),
    ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers.getlist("Cache-Control") == ["no-store"]
