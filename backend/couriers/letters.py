"""What a courier is given."""

from collections.abc import Mapping
from typing import NamedTuple


class Letter(NamedTuple):
    """One message: `key` is its own for good, `to` a phone number."""

    key: str
    to: str
    text: str


class Bulletin(NamedTuple):
    """One message to a unit, `to` its code: for people as `text`, for programs the rest."""

    key: str
    to: str
    text: str
    kind: str
    case: str
    at: str  # RFC 3339
    link: str
    facts: Mapping[str, object]


class Unwelcome(Exception):
    """This message was refused for its own sake; others of the same unit may be taken."""
