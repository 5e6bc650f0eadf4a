"""A step of a bike's life: what it is now, and the line that says how it came to be."""

from collections.abc import Mapping

import orjson

from backend import clock
from backend.db import locked, to_ms
from backend.errors import NotFound, WrongState
from backend.models import Bike, BikeStep, keys
from backend.prepared import Prepared
from backend.rules import bikes as life


def number() -> int:
    """A new row's key: when, then chance, so that it tells no count."""
    return keys.of_the_moment()


def number_in(text: str) -> int:
    """A row's key as it stands in an address. Refuses what is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise NotFound(noun="bike")
    return int(text)


def held(bike_id: int, action: str) -> Bike:
    """The bike, in a state from which this leads on, and nobody else's until the end."""
    bike: Bike | None = locked(Bike.select().where(Bike.id == bike_id)).get_or_none()
    if bike is None:
        raise NotFound(noun="bike")
    if not life.may(action, bike.state):
        raise WrongState(action=action, state=bike.state)
    return bike


def step(
    bike: Bike,
    action: str,
    *,
    account_id: int | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Save where the action leads, and write it down. `facts` hold no personal value."""
    bike.state = life.MOVES[action].to or bike.state
    if bike.state not in life.LIVE:
        bike.frame_key = None
    bike.updated_at = clock.now()
    bike.version += 1
    bike.save()
    write(bike.id, action, bike.state, account_id, facts)


def write(
    bike_id: int,
    action: str,
    state: str,
    account_id: int | None,
    facts: Mapping[str, object] | None,
) -> None:
    """The line alone, where the row is written by other means."""
    written = orjson.dumps(facts or {}).decode()
    _write.write(bike_id, to_ms(clock.now()), action, state, account_id, written)


_write = Prepared(
    lambda bike, at, action, state, account, facts: BikeStep.insert(
        bike_id=bike, at=at, action=action, state=state, account_id=account, facts=facts
    )
)
