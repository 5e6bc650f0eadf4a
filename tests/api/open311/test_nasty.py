"""Whatever is sent into whatever slot: an answer in the format asked for, and never our fault."""

from collections.abc import Callable
from itertools import cycle

import pytest
from flask import Flask

from backend.db import database
from tests.api.open311 import schemas, spark
from tests.api.open311.program import V2, Program
from tests.api.raw import Answer, Sent
from tests.api.slots import in_header, in_query, quoted
from tests.nasty import VALUES, Nasty

pytestmark = pytest.mark.wide

FORM = {
    "service_code": b"streetlight.dark",
    "lat": b"22.5",
    "long": b"114.05",
    "address_string": b"x",
    "address_id": b"",
    "description": b"dark",
    "attribute[how_many]": b"one",
    "attribute[since]": b"2026-11-01T20:00:00Z",
    "attribute[tag]": b"",
    "attribute[asset]": b"",
    "email": b"a@example.org",
    "first_name": b"A",
    "last_name": b"B",
    "phone": b"1",
    "media_url": b"https://example.org/",
    "device_id": b"1",
    "account_id": b"1",
    "locale": b"en",
    "jurisdiction_id": b"",
}
UPDATE = {
    "service_request_id": b"20261102-1",
    "update_id": b"1",
    "description": b"x",
    "status": b"OPEN",
    "updated_datetime": b"2026-11-01T20:00:00Z",
}
KIND = {"Content-Type": b"application/x-www-form-urlencoded"}

Way = Callable[[Nasty, str, str], Sent]


def path(pattern: str) -> Way:
    return lambda value, suffix, _: Sent(
        "GET", (V2 + pattern).encode() % (value.text, suffix.encode())
    )


def query(page: str, name: str) -> Way:
    return lambda value, suffix, _: Sent(
        "GET", f"{V2}{page}.{suffix}".encode(), name.encode() + b"=" + in_query(value.text)
    )


def field(page: str, form: dict[str, bytes], name: str) -> Way:
    def send(value: Nasty, suffix: str, key: str) -> Sent:
        given = {**form, "api_key": key.encode(), name: value.text}
        body = b"&".join(b"%s=%s" % (quoted(n.encode()), quoted(t)) for n, t in given.items())
        return Sent("POST", f"{V2}{page}.{suffix}".encode(), head=KIND, body=body)

    return send


def named(page: str, form: dict[str, bytes]) -> Way:
    """Another name for a parameter, and for an attribute."""

    def send(value: Nasty, suffix: str, key: str) -> Sent:
        given = {**{n.encode(): t for n, t in form.items()}, b"api_key": key.encode()}
        given |= {value.text: b"1", b"attribute[%s]" % value.text: b"1"}
        body = b"&".join(b"%s=%s" % (quoted(n), quoted(t)) for n, t in given.items())
        return Sent("POST", f"{V2}{page}.{suffix}".encode(), head=KIND, body=body)

    return send


def raw(kind: bytes) -> Way:
    return lambda value, suffix, key: Sent(
        "POST",
        f"{V2}/requests.{suffix}".encode(),
        f"api_key={key}".encode(),
        {"Content-Type": kind},
        value.text,
    )


def head(name: str) -> Way:
    return lambda value, suffix, _: Sent(
        "GET", f"{V2}/services.{suffix}".encode(), head={name: in_header(name, value.text)}
    )


ASKED = (
    "service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size",
    "updated_after", "updated_before", "extensions", "jurisdiction_id", "locale", "api_key",
)  # fmt: skip
WAYS: dict[str, Way] = {
    "service": path("/services/%s.%s"),
    "request": path("/requests/%s.%s"),
    "token": path("/tokens/%s.%s"),
    "address": path("/%s.%s"),
    "body": raw(b"application/x-www-form-urlencoded"),
    "multipart body": raw(b"multipart/form-data; boundary=x"),
    "language": head("Accept-Language"),
    "accept": head("Accept"),
    "parameter": named("/requests", FORM),
    **{f"asked {name}": query("/requests", name) for name in ASKED},
    **{f"updates {name}": query("/servicerequestupdates", name) for name in ASKED[:7]},
    **{f"form {name}": field("/requests", FORM, name) for name in (*FORM, "api_key")},
    **{f"update {name}": field("/servicerequestupdates", UPDATE, name) for name in UPDATE},
}


def complaint(answer: Answer, suffix: str) -> str | None:
    """What is wrong with an answer; None if nothing is."""
    if answer.status >= 500:
        return f"{answer.status} {answer.body[:300]!r}"
    kind = answer.headers.get("Content-Type")
    if kind == "text/xml; charset=utf-8":
        root, said = spark.read(answer.body)
        assert (root == "errors") == (answer.status >= 400)
        schemas.check(root, said)
        return None
    return None if kind == "application/json; charset=utf-8" else f"type {kind}"


@pytest.fixture
def tries(app: Flask, program: Program) -> Callable[[Way, Nasty, str], str | None]:
    program.tells_of_lamp()

    def once(way: Way, value: Nasty, suffix: str) -> str | None:
        with database.atomic() as undone:
            answer = way(value, suffix, program.key or "").to(app)
            undone.rollback()
        return complaint(answer, suffix)

    return once


@pytest.mark.parametrize("name", WAYS)
def test_some_values_in_every_slot(tries: Callable[..., str | None], name: str) -> None:
    start = list(WAYS).index(name) * 13 % len(VALUES)
    some = (VALUES[start:] + VALUES[:start])[:24]
    wrong = [
        f"{name} <- {value}: {said}"
        for value, suffix in zip(some, cycle(["xml", "json"]), strict=False)
        if (said := tries(WAYS[name], value, suffix))
    ]
    assert wrong == []


@pytest.mark.proof
@pytest.mark.parametrize("name", WAYS)
def test_every_value_in_every_slot(tries: Callable[..., str | None], name: str) -> None:
    wrong = [
        f"{name} <- {value}.{suffix}: {said}"
        for value in VALUES
        for suffix in ("xml", "json")
        if (said := tries(WAYS[name], value, suffix))
    ]
    assert wrong == []
