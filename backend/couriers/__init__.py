"""Couriers: ways out of the house for what reporters and units are told.

A courier carries a message once: asked again under the same key, it does nothing. A gateway for
text messages would be a third module here, given the key as its own idempotency key.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol

from backend.couriers.file import FileCourier
from backend.couriers.letters import Bulletin, Letter
from backend.couriers.log import LogCourier

__all__ = ["COURIERS", "Bulletin", "Courier", "Letter", "courier"]


class Courier(Protocol):
    """Raises OSError if it cannot carry all of them now; it is asked again later."""

    def carry(self, letters: Sequence[Letter | Bulletin]) -> None: ...


COURIERS: Mapping[str, Callable[[str], Courier]] = {
    "file": FileCourier,
    "log": lambda place: LogCourier(),
}
"""By the words of the setting COURIER; each is made with MESSAGES."""


@cache
def courier(name: str, place: str) -> Courier:
    """The courier of that name, made once."""
    return COURIERS[name](place)
