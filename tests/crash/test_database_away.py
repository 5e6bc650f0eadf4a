"""PostgreSQL goes away and comes back: people are told to try again, and nobody restarts us."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.db import database, writing
from backend.errors import StorageFull
from backend.start import start
from mobile_api.problems import MEDIA_TYPE
from mobile_api.walk import fix_at
from tests import town
from tests.crash import audit, writers
from tests.crash.postgres import Postgres, postgres
from tests.crash.servers import Servers
from tests.crash.test_kill import Capsys, tell, work
from tests.crash.writers import Writers
from tests.town import API, House, Worker, people_of


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        writers.build(running.url)
        yield running


@pytest.fixture
def client(app: Flask, server: Postgres) -> Iterator[FlaskClient]:
    start(town.settings(server.url))
    yield app.test_client()
    database.close()


def is_away(answer: TestResponse) -> bool:
    assert answer.mimetype == MEDIA_TYPE
    assert answer.json["code"] == "unavailable"
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1


@contextmanager
def away(server: Postgres) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


def as_browser(worker: Worker) -> dict[str, str]:
    return {"Accept": "text/html", "Authorization": f"Bearer {worker.token}"}


def test_whatever_is_asked_is_to_be_tried_again(
    client: FlaskClient, server: Postgres, house: House
) -> None:
    lin = Worker(client, "lin").signs_in().enrols()
    lin.scans(house)
    stranger = Worker(client, "lin")
    with away(server):
        for _ in range(3):
            assert is_away(lin.looks(house))
            assert is_away(lin.asks("GET", f"/buildings/{house.code}"))
            assert is_away(lin.asks("POST", "/visits/challenges", {}))
            assert is_away(lin.asks("DELETE", "/sessions/current"))
            assert is_away(stranger.asks("POST", "/sessions", {"account": "lin", "password": "x"}))
            assert is_away(lin.beats(fix_at(house.door)))
            assert lin.asks("GET", "/me", headers={"Authorization": "Bearer x"}).status_code == 401
            assert client.get("/b/x", headers=as_browser(lin)).status_code == 503
            assert client.get("/healthz").status_code == 200, "the process lives"
            assert client.get("/readyz").status_code == 503, "but is of no use"
            assert client.get(f"{API}/openapi.json").status_code == 200
    sheet = lin.looks(house)  # The very next one.
    assert sheet.status_code == 200
    assert people_of(sheet.json)
    assert client.get("/readyz").status_code == 200


def test_its_full_disk_is_understood_in_any_language(client: FlaskClient) -> None:
    said = "DO $$ BEGIN RAISE EXCEPTION '设备上没有空间' USING ERRCODE = '53100'; END $$"
    with pytest.raises(StorageFull), writing():
        database.execute_sql(said)


def restarted(server: Postgres, folder: Path, restarts: int, kills: int, capsys: Capsys) -> None:
    """Eight people write while the database is stopped or killed and started again."""
    slowest = 0.0
    with Servers(server.url, folder) as servers:
        with Writers(servers.port, expected=frozenset({"unavailable"})) as book:
            for how in [server.stop] * restarts + [server.kill] * kills:
                work(book)
                how()
                met = book.refused.get("unavailable", 0)
                while book.refused.get("unavailable", 0) < met + 8:
                    time.sleep(0.01)
                server.start()
                back = time.monotonic()
                work(book, answers=24)
                slowest = max(slowest, time.monotonic() - back)
            away = book.refused.pop("unavailable")
        servers.kill()
        wrong = audit.faults(servers.known, book)
    figures = f"{restarts} restarts and {kills} kills of PostgreSQL, {away} answers of 503"
    tell(capsys, f"{figures}, slowest recovery {slowest:.2f} s: {audit.story(book)}")
    assert wrong == []
    assert book.broken == []
    assert slowest < 2


def test_nothing_is_lost_when_it_is_restarted_and_killed(
    server: Postgres, tmp_path: Path, capsys: Capsys
) -> None:
    restarted(server, tmp_path, 2, 1, capsys)


@pytest.mark.proof
def test_nothing_is_lost_in_50_restarts_and_200_kills(tmp_path: Path, capsys: Capsys) -> None:
    with postgres() as server:
        writers.build(server.url)
        restarted(server, tmp_path, 50, 200, capsys)
