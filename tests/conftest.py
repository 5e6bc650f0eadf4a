"""The app once, a fresh town for every test, and the cast by name."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from backend import clock as house_clock
from backend.db import database
from backend.house import House
from backend.models import TrailLine
from backend.start import start
from mobile_api import create_app
from tests import databases, town

# Everyday runs try the same examples each time; the proofs ask for new ones.
settings.register_profile("everyday", derandomize=True, deadline=None)
settings.load_profile("everyday")

_numbers = itertools.count()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The WSGI application; each test moves its house to a fresh database."""
    place = tmp_path_factory.mktemp("app")
    return create_app(town.settings(f"sqlite:///{place}/empty.db"))


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A database of this test's own, holding the small town."""
    if not databases.is_postgresql_run():
        yield databases.fresh_sqlite(town.build, tmp_path)
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    made = databases.fresh_postgres(town.build, f"town_{worker}_{next(_numbers)}")
    yield made
    databases.drop_postgres(made)


@pytest.fixture
def opened(app: Flask, url: str, tmp_path: Path) -> Iterator[House]:
    """The house, opened on this test's town."""
    yield start(town.settings(url, CHECKPOINTS=str(tmp_path / "checkpoints.jsonl")))
    database.close()


@pytest.fixture
def clock(opened: House, monkeypatch: pytest.MonkeyPatch) -> town.Clock:
    """The house's clock, under the test's control."""
    stopped = town.Clock()
    monkeypatch.setattr(house_clock, "now", stopped)
    return stopped


@pytest.fixture
def client(app: Flask, clock: town.Clock) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def house() -> town.House:
    """Building 1: in Lin's grid, headed by Chen; 20 rooms, 40 people, 5 firms."""
    return town.houses()[0]


@pytest.fixture
def other_house() -> town.House:
    """Another building of Lin's grid."""
    return town.houses()[1]


@pytest.fixture
def far_house() -> town.House:
    """A building of the next grid, which is not Lin's."""
    return town.houses()[-1]


@pytest.fixture
def worker(client: FlaskClient) -> Callable[[str], town.Worker]:
    """Anybody of the cast, signed in with an enrolled phone."""
    return lambda name: town.Worker(client, name).signs_in().enrols()


@pytest.fixture
def lin(worker: Callable[[str], town.Worker]) -> town.Worker:
    return worker("lin")


@pytest.fixture
def an(worker: Callable[[str], town.Worker]) -> town.Worker:
    return worker("an")


@pytest.fixture
def chen(worker: Callable[[str], town.Worker]) -> town.Worker:
    return worker("chen")


@pytest.fixture
def zhao(worker: Callable[[str], town.Worker]) -> town.Worker:
    return worker("zhao")


@pytest.fixture
def du(worker: Callable[[str], town.Worker]) -> town.Worker:
    return worker("du")


@pytest.fixture
def mei(worker: Callable[[str], town.Worker]) -> town.Worker:
    return worker("mei")


@pytest.fixture
def han(worker: Callable[[str], town.Worker]) -> town.Worker:
    return worker("han")


@pytest.fixture
def trail(opened: House) -> Callable[[], list[TrailLine]]:
    """Every line so far."""
    return lambda: list(TrailLine.select().order_by(TrailLine.id))
