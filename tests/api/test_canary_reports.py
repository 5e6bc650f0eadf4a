"""A reporter's words, phone, name and mail: for the desk alone; in no page, answer, log or file."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend import logs
from backend.db import database
from backend.models import TABLES, Report
from backend.services import messages, reports
from tests import databases
from tests.api.matrix.report import Operation, operations, played
from tests.api.matrix.requests import Cell
from tests.api.matrix.world import WHO, World

pytestmark = pytest.mark.wide

WORDS, PHONE, NAME, MAIL = "丝雀三更", "16099942777", "金丝雀某", "canary@roost.example"
SAID = {"words": f"{WORDS}还在路灯下", "phone": PHONE, "name": NAME, "email": MAIL}
CANARIES = (WORDS, PHONE, NAME, MAIL, quote(WORDS), WORDS.encode("unicode-escape").decode())


@pytest.fixture(scope="module")
def token(world: World) -> str:
    """A stranger joins the case of the lamp at "own", and leaves everything behind."""
    things = [{"facility": world.places["own"].facility}]
    filed = reports.file(
        {"things": things, "problem": "dark", **SAID}, channel="web", source="203.0.113.9"
    )
    assert filed["cases"][0]["number"] == world.places["own"].case
    return str(filed["token"])


@pytest.fixture(scope="module")
def known(app: Flask) -> dict[str, Operation]:
    return operations(app)


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """Everything a server with LOG_LEVEL=DEBUG has written by now."""
    stream, root = io.StringIO(), logging.getLogger()
    level = root.level
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name, quiet in logs.QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


def found(answer: TestResponse) -> set[str]:
    text = f"{answer.data.decode(errors='replace')}\n{answer.headers}"
    return {word for word in CANARIES if word in text}


def may(world: World, who: str, verb: str) -> bool:
    return who != "nobody" and any(
        verb in world.house.policy.verbs[role] for role in world.people[who].actor.roles
    )


@pytest.mark.parametrize("who", WHO)
def test_the_desk_alone_reads_them(
    world: World, known: dict[str, Operation], token: str, who: str
) -> None:
    """Words for those who work a case, the phone for those who may ask for it."""
    met = set()
    for name, operation in known.items():
        for place in ("own", "other"):
            answer = played(Cell(world, who, place, "live"), name, operation)
            seen = found(answer)
            met |= seen
            assert place == "own" or not seen, name
            assert not seen or name in ("showCaseAtDesk", "showCaseContacts"), name
    wanted = {WORDS} if may(world, who, "case.show") else set()
    wanted |= {PHONE, NAME, MAIL} if may(world, who, "case.contact") else set()
    assert met == wanted


def test_somebody_may_read_them(world: World) -> None:
    """Else nothing above would prove anything."""
    assert may(world, "dispatcher", "case.contact")
    assert not may(world, "handler", "case.contact")


def test_no_page_shows_them_not_even_the_reporter_s_own(world: World, token: str) -> None:
    at, client = world.places["own"], world.app.test_client()
    day = at.case.partition("-")[0]
    start = f"{day[:4]}-{day[4:6]}-{day[6:]}T00:00:00Z"
    paths = [
        f"/r/{token}",
        f"/cases/{at.case}",
        f"/api/v1/cases/{at.case}",
        f"/api/v1/reports/{token}",
        f"/{at.house.tag}",
        *(f"/open311/v2/requests/{at.case}.{form}?extensions=true" for form in ("xml", "json")),
        f"/open311/v2/requests.json?start_date={start}&extensions=true",
        f"/open311/v2/servicerequestupdates.json?start_date={start}",
    ]
    for path in paths:
        answer = client.get(path, headers={"Accept": "*/*"})
        assert answer.status_code == 200, path
        assert found(answer) == set(), path


@pytest.mark.parametrize(
    "change",
    [
        {"problem": WORDS},
        {"phone": f"{PHONE}x"},
        {"words": WORDS * 2_000},
        {"name": {"is": NAME}},
        {"things": [{"tag": NAME}]},
        {"things": [{"facility": PHONE}]},
        {"photos": [PHONE]},
    ],
)
def test_a_refusal_repeats_nothing(
    world: World, change: dict[str, object], logged: Callable[[], str]
) -> None:
    form = {"things": [{"building": world.places["own"].house.code}], "problem": "noise", **SAID}
    with database.atomic() as undone:
        refused = world.app.test_client().post("/api/v1/reports", json={**form, **change})
        undone.rollback()
    assert refused.status_code >= 400
    assert found(refused) == set()
    assert not any(word in logged() for word in CANARIES)


def test_no_log_names_them(world: World, known: dict[str, Operation], token: str,
                           logged: Callable[[], str]) -> None:  # fmt: skip
    for name in ("fileReport", "followReport", "rateReport", "showCase", "showCaseContacts"):
        played(Cell(world, "dispatcher", "own", "none"), name, known[name])
    with database.atomic() as undone:
        messages.deliver()
        undone.rollback()
    log = logged()
    assert log.count('"message":"request"') == 5
    assert not any(word in log for word in CANARIES)
    assert token not in log


def test_no_table_and_no_file_holds_them_in_clear(world: World, token: str) -> None:
    assert Report.select().count() > 1
    for table in TABLES:
        for row in table.select().tuples().iterator():
            for value in row:
                raw = bytes(value) if isinstance(value, bytes | memoryview) else b""
                text = raw.decode("latin-1") if raw else str(value)
                assert not any(word in text for word in CANARIES), table.__name__
                assert not any(word.encode() in raw for word in CANARIES), table.__name__
                assert token not in text, table.__name__
    if databases.is_postgresql_run():
        return
    file = Path(world.house.settings.DATABASE_URL.removeprefix("sqlite:///"))
    for path in file.parent.glob(f"{file.name}*"):
        content = path.read_bytes()
        for word in (*CANARIES, token):
            assert word.encode() not in content, path.name


def test_100_guesses_and_those_beside_a_token_find_nothing(world: World, token: str) -> None:
    client = world.app.test_client()
    beside = [
        f"{token[:at]}{'B' if token[at] == 'A' else 'A'}{token[at + 1 :]}" for at in range(22)
    ]
    said = set()
    for guess in (*beside, *(f"{number:022d}" for number in range(100))):
        answer = client.get(f"/api/v1/reports/{guess}")
        said.add((answer.status_code, re.sub(r'"request_id":"\w+"', "", answer.text)))
    assert {status for status, _ in said} == {404}
    assert len(said) == 1, "one answer for every guess"
