"""A program of somebody else's with a key, and the city's people who work on what it sends."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.actor import SYSTEM, Actor
from backend.models import Area
from backend.rules.permits import Grant
from backend.services import cases, clients, photos
from tests.api.open311.program import Program, jpeg

SHUIWEI = "440304004028"


@pytest.fixture
def program(client: FlaskClient) -> Program:
    """A neighbourhood app that was given a key."""
    return Program(client, clients.add("fix-shuiwei", "hello@example.org", by=SYSTEM)["key"])


@pytest.fixture
def other_program(client: FlaskClient) -> Program:
    return Program(client, clients.add("lamps-today", "0755-1", by=SYSTEM)["key"])


@pytest.fixture
def stranger(client: FlaskClient) -> Program:
    """Somebody's script, without a key."""
    return Program(client, None)


Does = Callable[..., dict]


@pytest.fixture
def city(program: Program) -> Does:
    """What the city does: `city(number, "dispatch", unit="FT-LD")`."""

    def does(number: str, action: str, **words: str) -> dict:
        version = str(cases.find(number).version)
        by = worker(ROLES.get(action, "dispatcher"))
        if action == "feed-back":
            words.setdefault("photo", photos.keep(jpeg(), by=by)["id"])
            words.setdefault("reason", "定位不可用")
        if action == "close":
            closing = cases.show(number, by=by)["condition"]
            words.setdefault("closing", closing["code"] if closing["closing"] else None)
        return cases.moves.take(number, version, {"action": action, **words}, by=by)

    return does


ROLES = {
    "urge": "supervisor",
    "accept": "handler",
    "feed-back": "handler",
    "close": "checker",
    "rework": "checker",
}


def worker(role: str) -> Actor:
    grant = Grant(role, Area.get_by_id(SHUIWEI).path)
    number = 900 + ("dispatcher", "handler", "checker", "supervisor").index(role)
    return Actor(number, f"w{number}", role, (grant,), roles=(role,))


@pytest.fixture
def closed(city: Does) -> Callable[[str], None]:
    """The whole way of a filed case to its end."""

    def closes(number: str, note: str = "已更换灯泡") -> None:
        city(number, "dispatch", unit="FT-LD")
        city(number, "accept")
        city(number, "feed-back", note=note)
        city(number, "close")

    return closes
