"""Since when the services are what they are: clients read them again when this changes."""

import hashlib
from datetime import datetime
from functools import cache

import orjson

from backend import clock
from backend.db import writing
from backend.models import Changeset
from backend.services.clients.offer import offered


def changeset() -> datetime:
    """When these services were first offered. Whoever asks first after a change notes it."""
    newest = _newest()
    if newest is None or newest.digest != _digest():
        with writing():
            newest = _newest()
            if newest is None or newest.digest != _digest():
                newest = Changeset.create(digest=_digest(), at=clock.now())
    at: datetime = newest.at
    return at


def _newest() -> Changeset | None:
    row: Changeset | None = Changeset.select().order_by(Changeset.id.desc()).first()
    return row


@cache
def _digest() -> str:
    said = orjson.dumps([service.as_dict() for service in offered()])
    return hashlib.sha256(said).hexdigest()
