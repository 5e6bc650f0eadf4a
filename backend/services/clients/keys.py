"""The keys of clients: made once, shown once, kept as a hash, withdrawn for good."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Any

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.errors import ClientTooFast, ClientUnknown, Conflict, Invalid, NotFound
from backend.models import Client
from backend.services import allowances, trail
from backend.verbs import verb

NAME = re.compile("[a-z0-9][a-z0-9._-]{0,39}")
MOST, PER_S = 300.0, 1.0
"""What a client may send: the backlog of a bad night at once, then one a second."""
DEMO = "demo"
DEMO_KEY = "shuiwei-open311"


@dataclass(frozen=True, slots=True)
class Known:
    """A client that has shown its key."""

    id: int
    name: str


@verb("client.add")
def add(name: str, contact: str, *, by: Actor) -> dict[str, Any]:
    """Give another program a key; it is shown this once"""
    return {"name": name, "key": _added(name, contact, secrets.token_urlsafe(24), by)}


def add_demo() -> None:
    """The key of the demo town, which everybody knows; no other house has it."""
    if not Client.select().where(Client.name == DEMO).exists():
        _added(DEMO, "README.md", DEMO_KEY, SYSTEM)


@verb("client.list", reads=True)
def listed(*, by: Actor) -> list[dict[str, Any]]:
    """Every client that ever had a key"""
    return [
        {
            "name": row.name,
            "contact": row.contact,
            "created_at": row.created_at,
            "revoked_at": row.revoked_at,
        }
        for row in Client.select().order_by(Client.id)
    ]


@verb("client.revoke")
def revoke(name: str, *, by: Actor) -> None:
    """Withdraw the key of a client; what it sent stays"""
    row = Client.get_or_none(Client.name == name)
    if row is None:
        raise NotFound(noun="client")
    if row.revoked_at is not None:
        raise Conflict(errors={"name": ["Its key was withdrawn before."]})
    row.revoked_at = clock.now()
    row.save()
    trail.write(by, "client.revoke", facts={"client": name})


def known(key: str | None) -> Known:
    """The client whose key this is. Refuses every other, and none."""
    row = Client.get_or_none(Client.key_index == _index(key)) if key else None
    if row is None or row.revoked_at is not None:
        raise ClientUnknown()
    return Known(row.id, row.name)


def spend(client: Known) -> None:
    """One of what this client may send; inside the transaction of what it sends."""
    allowances.spend(f"client:{client.id}", most=MOST, per_s=PER_S, refusal=ClientTooFast)


def _added(name: str, contact: str, key: str, by: Actor) -> str:
    errors = {}
    if not NAME.fullmatch(name):
        errors["name"] = ["Small letters, digits, dots and dashes; at most 40."]
    if not 1 <= len(contact.strip()) <= 200:
        errors["contact"] = ["Say who answers for it, in 1 to 200 characters."]
    if errors:
        raise Invalid(errors=errors)
    if Client.select().where(Client.name == name).exists():
        raise Conflict(errors={"name": ["Another client has, or had, this name."]})
    Client.create(name=name, contact=contact.strip(), key_index=_index(key), created_at=clock.now())
    trail.write(by, "client.add", facts={"client": name})
    return key


def _index(key: str) -> bytes:
    """What a key is found by. It is 192 bits of chance, so a plain hash says nothing of it."""
    return hashlib.sha256(key.encode(errors="replace")).digest()
