"""Clients: the programs that speak Open311: their keys, and what they send and ask for."""

from backend.services.clients.changesets import changeset
from backend.services.clients.keys import DEMO_KEY, Known, add, add_demo, known, listed, revoke
from backend.services.clients.offer import Service, offered, service
from backend.services.clients.sending import send, take_photos
from backend.services.clients.tokens import case_of
from backend.services.clients.trying import tried
from backend.services.clients.updates import update

__all__ = [
    "DEMO_KEY",
    "Known",
    "Service",
    "add",
    "add_demo",
    "case_of",
    "changeset",
    "known",
    "listed",
    "offered",
    "revoke",
    "send",
    "service",
    "take_photos",
    "tried",
    "update",
]
