"""Couriers: ways out of the house for what reporters and units are told.

A courier of the house carries a message once: asked again under the same key, it does nothing. A
gateway for text messages would be a module here, given the key as its own idempotency key. The
ways out of the house to units (webhook, mail, robots of chats) carry it at least once, and say
its key where they can.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol

from backend.couriers import places
from backend.couriers.chat import Robot
from backend.couriers.file import FileCourier
from backend.couriers.hook import Hook
from backend.couriers.letters import Bulletin, Letter, Unwelcome
from backend.couriers.log import LogCourier

__all__ = ["COURIERS", "Bulletin", "Courier", "Letter", "Unwelcome", "Way", "courier", "way_to"]


class Courier(Protocol):
    """Raises OSError if it cannot carry all of them now; it is asked again later."""

    def carry(self, letters: Sequence[Letter | Bulletin]) -> None: ...


class Way(Protocol):
    """A way to one unit. Raises OSError if it cannot now, Unwelcome if it will not have this.

    `at_once` is how many it takes together.
    """

    @property
    def at_once(self) -> int: ...

    def carry(self, letters: Sequence[Bulletin], *, inside: bool = False) -> None: ...


def way_to(address: str, secret: str) -> Way:
    """The way to a unit's own address."""
    return Robot(address) if places.kind_of(address) in places.ROBOTS else Hook(address, secret)


COURIERS: Mapping[str, Callable[[str], Courier]] = {
    "file": FileCourier,
    "log": lambda place: LogCourier(),
}
"""By the words of the setting COURIER; each is made with MESSAGES."""


@cache
def courier(name: str, place: str) -> Courier:
    """The courier of that name, made once."""
    return COURIERS[name](place)
