"""Whatever is sent, into whatever slot of whatever operation, by whomever: never an error of ours.

Every day each slot of each operation meets one of the nasty values for each kind of person, so
that every value meets many slots; `make proof` sends all of them everywhere. What a request does
is undone, so that the next one meets the same town.
"""

import json
import os
from collections.abc import Iterable, Iterator
from itertools import cycle

import pytest
from flask import Flask

from backend.db import database
from mobile_api.problems import MEDIA_TYPE
from tests import databases, town
from tests.api.matrix.report import API, Operation, operations
from tests.api.matrix.requests import SAMPLES, Ask, Cell
from tests.api.matrix.world import World
from tests.api.raw import Answer
from tests.api.slots import HEADERS, Slot, all_slots, request
from tests.nasty import VALUES, Nasty

pytestmark = pytest.mark.wide

ROLES = {
    "nobody": "nobody",
    "han": "han",
    "lin": "collector",  # On site, with a lease that lives.
    "zhao": "police_officer",
    "guan": "administrator",
    "shen": "auditor",
}
# Those that answer in JSON; who asks for health or for the document has nothing to fill in.
OPERATIONS = [
    name for name in SAMPLES if name not in ("docs", "openapi", "healthz", "readyz", "metrics")
]


class Tries:
    """Sends values into slots, and keeps what came back wrong."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.operations: dict[str, Operation] = operations(world.app)
        self.slots = list(all_slots(world.client.get(f"{API}/openapi.json").json))
        self.asks: dict[tuple[str, str], tuple[Cell, Ask]] = {}

    def all(self, role: str, pairs: Iterable[tuple[Slot, Nasty]]) -> None:
        wrong = []
        for slot, value in pairs:
            found = complaint(self.answer(role, slot, value))
            if found is not None:
                wrong.append(f"{role}: {slot} <- {value}: {found}")
        assert not wrong, f"{len(wrong)} wrong answers:\n" + "\n".join(wrong[:40])

    def answer(self, role: str, slot: Slot, value: Nasty) -> Answer:
        cell, ask = self.good(role, slot.operation)
        sent = request(cell, ask, self.operations[slot.operation], slot, value)
        with database.atomic() as undone:
            answer = sent.to(self.world.app)
            undone.rollback()
        return answer

    def good(self, role: str, operation: str) -> tuple[Cell, Ask]:
        if (role, operation) not in self.asks:
            cell = Cell(self.world, ROLES[role], "own", "live")
            self.asks[role, operation] = cell, SAMPLES[operation](cell)
        return self.asks[role, operation]


def complaint(answer: Answer) -> str | None:
    """What is wrong with an answer; None if nothing is."""
    if answer.status >= 500:
        return f"{answer.status} {answer.body[:200]!r}"
    if answer.status == 204:
        return None if answer.body == b"" else "204 with a body"
    kind = answer.headers.get("Content-Type")
    if answer.status == 200 and "Content-Disposition" in answer.headers:
        return None  # A file, whose type is its own.
    if kind != (MEDIA_TYPE if answer.status >= 400 else "application/json"):
        return f"{answer.status} of type {kind}: {answer.body[:200]!r}"
    try:
        said = json.loads(answer.body.decode())
    except ValueError:
        return f"{answer.status} without JSON: {answer.body[:200]!r}"
    if answer.status >= 400 and (said["status"], said["type"]) != (
        answer.status,
        f"/problems/{said['code']}",
    ):
        return f"{answer.status} but {said}"
    return None


@pytest.fixture(scope="module")
def tries(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tries]:
    """A town in which everybody stands in the house with a lease."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    if databases.is_postgresql_run():
        url = databases.fresh_postgres(town.build, f"nasty_{worker}")
    else:
        url = databases.fresh_sqlite(town.build, tmp_path_factory.mktemp("nasty"))
    world = World(app, url)
    with world.stopped():
        yield Tries(world)
    database.close()
    if databases.is_postgresql_run():
        databases.drop_postgres(url)


def test_there_are_enough_values_and_slots(tries: Tries) -> None:
    assert len({value.name for value in VALUES}) == len(VALUES) >= 120
    assert {slot.operation for slot in tries.slots} == {*OPERATIONS}
    kinds = {slot.kind for slot in tries.slots}
    assert kinds == {"path", "query", "head", "member", "name", "body"}
    assert Slot("beginVisit", "member", "fix.lat") in tries.slots
    assert Slot("openAccount", "member", "roles.0.area") in tries.slots


def test_the_good_requests_are_good(tries: Tries) -> None:
    """Else everything below would meet no more than the first check of each operation."""
    for role, operation in (
        ("lin", "showBuilding"),
        ("lin", "addResident"),
        ("lin", "amendResident"),
        ("lin", "beginVisit"),
        ("lin", "beatVisit"),
        ("zhao", "breakGlass"),
        ("guan", "openAccount"),
        ("shen", "readTrail"),
    ):
        answer = tries.answer(role, Slot(operation, "none"), VALUES[0])
        assert answer.status in (200, 201), (operation, answer.body)


@pytest.mark.parametrize("role", ROLES)
def test_a_value_in_every_slot(tries: Tries, role: str) -> None:
    start = list(ROLES).index(role) * 31
    shifted = VALUES[start:] + VALUES[:start]
    tries.all(role, zip(tries.slots, cycle(shifted), strict=False))


@pytest.mark.parametrize("header", HEADERS)
def test_every_value_in_every_header(tries: Tries, header: str) -> None:
    """Each to another operation, each by another person."""
    start = HEADERS.index(header) * 7 % len(OPERATIONS)
    shifted = OPERATIONS[start:] + OPERATIONS[:start]
    for value, operation, role in zip(VALUES, cycle(shifted), cycle(ROLES), strict=False):
        tries.all(role, [(Slot(operation, "head", header), value)])


@pytest.mark.proof
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_value_in_every_slot(tries: Tries, role: str, operation: str) -> None:
    mine = [slot for slot in tries.slots if slot.operation == operation]
    tries.all(role, ((slot, value) for slot in mine for value in VALUES))
    headers = [Slot(operation, "head", header) for header in HEADERS]
    tries.all(role, zip(cycle(headers), VALUES, strict=False))
