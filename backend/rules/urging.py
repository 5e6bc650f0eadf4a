"""When a share of a case's time is gone, and who hears of it: by the clocks of its deadline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from backend.rules.deadlines import Limit, Span, due
from backend.rules.workdays import Calendar

CLOCKS = ("dispatch", "handling", "feedback")
LISTENERS = ("handler", "head", "desk", "supervisor", "above")
OVERDUE = 100


class Ticking(NamedTuple):
    """A clock that runs: since when, how much time it gives, and when it stood still."""

    start: datetime
    limit: Limit
    pauses: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Urging:
    """`[urging]` of cases.toml: by clock, the shares in percent and whom each adds."""

    by_clock: Mapping[str, Mapping[int, tuple[str, ...]]]

    @classmethod
    def from_mapping(cls, mapping: object) -> "Urging":
        """Raises ValueError naming the word that is wrong."""
        if not isinstance(mapping, Mapping) or set(mapping) != set(CLOCKS):
            raise ValueError(f"cases.toml: [urging] has a table each for {', '.join(CLOCKS)}")
        return cls({clock: _shares(clock, said) for clock, said in mapping.items()})

    def shares(self, clock: str) -> list[int]:
        """Of which somebody is told, the smallest first."""
        return sorted(self.by_clock[clock])

    def listeners(self, clock: str, share: int) -> frozenset[str]:
        """Who is told of a share: whom it adds, and all whom smaller ones named."""
        said = self.by_clock[clock]
        return frozenset(name for at, names in said.items() if at <= share for name in names)


def gone_at(clock: Ticking, share: int, calendar: Calendar) -> datetime | None:
    """When so many percent of its time are gone, on a whole millisecond; None: never."""
    part = Limit(clock.limit.value * share / 100, clock.limit.unit)
    at = due(clock.start, part, calendar, clock.pauses)
    return at and at.replace(microsecond=at.microsecond // 1000 * 1000)


def gone(clock: Ticking, shares: Iterable[int], now: datetime, calendar: Calendar) -> int:
    """The largest of the shares that is gone by now; 0: none of them."""
    for share in sorted(shares, reverse=True):
        at = gone_at(clock, share, calendar)
        if at is not None and at <= now:
            return share
    return 0


def next_at(
    clock: Ticking, shares: Iterable[int], told: int, calendar: Calendar
) -> datetime | None:
    """When the first share above the one that was told of is gone."""
    above = [share for share in shares if share > told]
    return gone_at(clock, min(above), calendar) if above else None


def _shares(clock: str, said: object) -> dict[int, tuple[str, ...]]:
    if not isinstance(said, Mapping) or not said:
        raise ValueError(f"cases.toml: urging.{clock} says which share tells whom")
    return {_percent(clock, share): _names(clock, names) for share, names in said.items()}


def _percent(clock: str, share: str) -> int:
    if not share.isdecimal() or not 0 < int(share) <= 1_000:
        raise ValueError(f"cases.toml: urging.{clock}: {share!r} is no share in percent")
    return int(share)


def _names(clock: str, names: object) -> tuple[str, ...]:
    if not isinstance(names, list) or not set(names) <= set(LISTENERS):
        raise ValueError(f"cases.toml: urging.{clock}: name some of {', '.join(LISTENERS)}")
    return tuple(names)
