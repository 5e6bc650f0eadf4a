"""300 invented people who must never be seen from afar: in no body, header, log, error or file."""

import csv
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend import logs
from backend.actor import SYSTEM
from backend.db import database
from backend.models import TABLES, Resident
from backend.services import imports
from backend.services.imports import Options
from backend.services.records import sheet
from tests import databases
from tests.api.canaries import BORN, NAME, PHONE, WORDS, canary, found, found_in, id_number
from tests.api.matrix.report import Operation, operations, play, played
from tests.api.matrix.requests import SAMPLES, Ask, Cell
from tests.api.matrix.world import WHO, World
from tests.town import House, Worker

pytestmark = pytest.mark.wide


@pytest.fixture(scope="module")
def cage(world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The town of the matrix with 100 canaries in each of its three houses, by the real import."""
    houses = (world.places["own"].house, world.places["other"].house, world.elsewhere)
    birds = [canary(serial, houses[serial % 3]) for serial in range(300)]
    path = tmp_path_factory.mktemp("canaries") / "residents.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(birds[0]))
        writer.writeheader()
        writer.writerows(birds)
    report = imports.run(imports.KINDS["residents"], path, Options(), by=SYSTEM)
    assert (report.errors, report.added) == (0, 300), list(report.lines())
    return world


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """Everything a server with LOG_LEVEL=DEBUG has written by now."""
    stream, root = io.StringIO(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", *logs.QUIET)}
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root.addHandler(handler)
    for name, level in {"": logging.DEBUG, **logs.QUIET}.items():
        logging.getLogger(name).setLevel(level)
    yield stream.getvalue
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="module")
def known(app: Flask) -> dict[str, Operation]:
    return operations(app)


# --- The answers -------------------------------------------------------------------------


def test_who_may_see_them_sees_a_hundred_of_them(cage: World, known: dict[str, Operation]) -> None:
    """Else nothing below would prove anything."""
    answer = played(Cell(cage, "collector", "own", "live"), "showBuilding", known["showBuilding"])
    assert found(answer) == ["name", "id_number", "phone"]
    assert len(set(re.findall(rf"{PHONE}\d{{3}}", answer.get_data(as_text=True)))) == 100


@pytest.mark.parametrize("who", WHO)
def test_from_afar_no_operation_gives_anybody_any_of_them(
    cage: World, known: dict[str, Operation], who: str
) -> None:
    for name, operation in known.items():
        for visit in ("none", "lapsed", "elsewhere"):
            for place in ("own", "other"):
                if visit == "elsewhere" and place == "other":
                    continue  # The same house as above.
                answer = played(Cell(cage, who, place, visit), name, operation)
                assert found(answer) == [], (name, visit, place)


MAY_SEE = {
    "collector": {"name", "id_number", "phone"},
    "police_officer": {"name", "id_number", "phone"},
    "building_head": {"name", "phone"},
}


@pytest.mark.parametrize("who", [who for who in WHO if who not in ("collector", "police_officer")])
def test_on_site_a_masked_role_sees_no_full_value(
    cage: World, known: dict[str, Operation], who: str
) -> None:
    hidden = WORDS.keys() - MAY_SEE.get(who, set())
    for name, operation in known.items():
        answer = played(Cell(cage, who, "own", "live"), name, operation)
        assert found(answer, hidden) == [], name


@pytest.mark.parametrize("visit", ["none", "live", "lapsed", "elsewhere"])
def test_in_another_s_area_even_a_live_visit_gives_none(
    cage: World, known: dict[str, Operation], visit: str
) -> None:
    for who in ("collector", "police_officer"):
        for name, operation in known.items():
            assert found(played(Cell(cage, who, "other", visit), name, operation)) == [], name


def test_after_signing_out_there_is_nothing(cage: World, known: dict[str, Operation]) -> None:
    cell = Cell(cage, "collector", "own", "live")
    with database.atomic() as undone:
        assert play(cell, known["signOut"], Ask()).status_code == 204
        for name, operation in known.items():
            if operation.method == "GET":
                answer = play(cell, operation, SAMPLES[name](cell))
                assert found(answer) == []
                assert answer.status_code in (200, 401)
        undone.rollback()


# --- Errors ------------------------------------------------------------------------------


@pytest.fixture
def asked(cage: World) -> Iterator[Any]:
    """Lin on site asks something; whatever it does is undone."""
    lin = Cell(cage, "collector", "own", "live")

    def ask(method: str, path: str, form: Any, query: Any = None) -> TestResponse:
        full = path.replace("{code}", lin.at.house.code)
        return play(lin, Operation(method, full), Ask(body=form, query=query or {}))

    with database.atomic() as undone:
        yield ask
        undone.rollback()


def bird(house: House, **changes: Any) -> dict[str, Any]:
    one = canary(0, house)
    known = {name: one[name] for name in ("name", "id_number", "phone", "room")}
    return {**known, "residence_kind": "living", **changes}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "别人"},  # Recorded under another name.
        {"id_number": f"440399{BORN}0000"},
        {"phone": f"{PHONE}x"},
        {"name": {"is": f"金{NAME}甲"}},
        {"residence_kind": f"金{NAME}甲"},
        {"people_class": PHONE},
        {"source": f"金{NAME}甲" * 20},
        {f"金{NAME}甲": 1},
        {"room": id_number(7)},
        {"since": f"{PHONE}001"},
    ],
)
def test_a_refusal_repeats_nothing_of_what_was_typed(
    cage: World, asked: Any, wrong: dict[str, Any], logged: Callable[[], str]
) -> None:
    form = bird(cage.places["own"].house, **wrong)
    refused = asked("POST", "/buildings/{code}/residents", form)
    assert refused.status_code in (409, 422)
    known_field = {key for key in wrong if NAME in key}
    text = refused.get_data(as_text=True)
    for field in known_field:  # The name of a field that is none may be named.
        text = text.replace(field, "")
    assert found_in(text) == []
    assert_clean(logged())


def test_an_address_that_names_somebody_is_not_repeated(
    asked: Any, logged: Callable[[], str]
) -> None:
    for path, query in (
        (f"/buildings/{quote(NAME)}", {}),
        (f"/buildings/{id_number(1)}", {}),
        (f"/accounts/{id_number(1)}", {}),
        ("/addresses", {"q": NAME, "limit": "x"}),
        ("/addresses", {"q": id_number(1)}),
        ("/trail", {"account": f"{PHONE}001", "verb": NAME}),
        (f"/nowhere/{id_number(1)}", {}),
    ):
        assert found(asked("GET", path, None, query)) == []
    assert_clean(logged())


def test_an_error_of_ours_tells_its_kind_and_place_only(
    cage: World,
    known: dict[str, Operation],
    monkeypatch: pytest.MonkeyPatch,
    logged: Callable[[], str],
) -> None:
    def breaks(*args: Any) -> Any:
        raise ValueError(f"cannot read 金{NAME}甲 {id_number(0)} {PHONE}000")

    monkeypatch.setattr(sheet, "residents_of", breaks)
    answer = played(Cell(cage, "collector", "own", "live"), "showBuilding", known["showBuilding"])
    assert (answer.status_code, answer.json["code"]) == (500, "internal-error")
    assert found(answer) == []
    log = logged()
    assert '"error":"ValueError"' in log, "it is logged all the same"
    assert_clean(log)


# --- Logs and files ----------------------------------------------------------------------


def test_no_log_of_any_level_holds_any_of_them(
    cage: World, known: dict[str, Operation], logged: Callable[[], str]
) -> None:
    for name, operation in known.items():
        for who in ("collector", "police_officer", "auditor"):
            played(Cell(cage, who, "own", "live"), name, operation)
    log = logged()
    assert log.count('"message":"request"') == 3 * len(known)
    assert_clean(log)


def test_a_server_at_debug_keeps_queries_to_itself() -> None:
    """In a process of its own: that is where a server prepares its logs."""
    told = "from backend import logs; import logging; logs.prepare('DEBUG');"
    told += "logging.getLogger('peewee').debug('typed'); logging.getLogger('gridtag').debug('ok')"
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert [json.loads(line)["message"] for line in said.stderr.splitlines()] == ["ok"]


def assert_clean(log: str) -> None:
    assert log, "nothing was logged, so nothing is proved"
    assert found_in(log) == []
    assert found_in(json.dumps([json.loads(line) for line in log.splitlines()])) == []


def test_no_table_holds_any_of_them_in_clear(cage: World) -> None:
    assert Resident.select().where(Resident.key.startswith("canary-")).count() == 300
    for table in TABLES:
        for row in table.select().tuples().iterator():
            for value in row:
                text = bytes(value).decode("latin-1") if is_bytes(value) else str(value)
                assert found_in(text) == [], table.__name__
                assert not is_bytes(value) or NAME.encode() not in bytes(value)


def is_bytes(value: object) -> bool:
    return isinstance(value, bytes | bytearray | memoryview)


@pytest.mark.skipif(databases.is_postgresql_run(), reason="one file is SQLite's")
def test_no_byte_of_the_database_s_files_names_any_of_them(cage: World) -> None:
    file = Path(cage.house.settings.DATABASE_URL.removeprefix("sqlite:///"))
    kept = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    assert {path.suffix for path in kept} >= {".db", ".db-wal"}
    for path in kept:
        content = path.read_bytes()
        for word in (NAME, f"440399{BORN}", PHONE):
            for coding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
                assert word.encode(coding) not in content, path.name


# --- A worker's day ----------------------------------------------------------------------


def test_lin_s_day_leaves_none_of_them_behind(cage: World, logged: Callable[[], str]) -> None:
    """Scan, read, walk out, read again: with the lease she had, and with none."""
    house = cage.places["own"].house
    with database.atomic() as undone:
        lin = Worker(cage.client, "lin").signs_in().enrols()
        lin.scans(house)
        parts = ("", "/rooms", "/residents", "/businesses", "/events")
        on_site = [lin.looks(house, part) for part in parts]
        assert found(on_site[0]) == list(WORDS)
        one = on_site[0].json["rooms"][0]["residents"][0]
        lease = lin.lease
        lin.leaves()
        for part in (*parts, f"/residents/{one['id']}"):
            for head in ({}, {"If-None-Match": on_site[0].headers["ETag"]}):
                for shown in (lease, None):
                    gone = lin.asks(
                        "GET", f"/buildings/{house.code}{part}", lease=shown, headers=head
                    )
                    assert gone.status_code in (200, 403), "never a 304 of what was open"
                    assert found(gone) == []
        trail = lin.asks("GET", "/me/trail")
        assert found(trail) == []
        assert len(trail.json["items"]) > 5
        undone.rollback()
    assert_clean(logged())
