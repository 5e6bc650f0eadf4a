"""Which of a case's clocks run: read from its steps alone, so that nothing is lost by a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from backend.rules.deadlines import Span


@dataclass(frozen=True)
class CaseLimits:
    """The numbers of `fixtures/policy/cases.toml`, where each has its reason."""

    dispatch_min: int

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "CaseLimits":
        """Raises ValueError naming what is unknown, missing or no number above 0."""
        if mapping.keys() != {"dispatch_min"}:
            raise ValueError("cases.toml knows dispatch_min, and nothing else")
        minutes = mapping["dispatch_min"]
        if isinstance(minutes, bool) or not isinstance(minutes, int) or minutes <= 0:
            raise ValueError(f"cases.toml: dispatch_min = {minutes!r} is no number above 0")
        return cls(minutes)


class Step(NamedTuple):
    """What happened to a case, and the state after it."""

    at: datetime
    action: str
    state: str


class Handling(NamedTuple):
    """The handling clock: since when, the pauses that are over, and since when it stands still."""

    start: datetime | None = None
    pauses: tuple[Span, ...] = ()
    paused_at: datetime | None = None


STANDS_STILL = frozenset({"handled", "shelved"})
"""While somebody checks what was done, or while it was granted to wait, nobody's time runs."""


def handling(steps: Sequence[Step]) -> Handling:
    """The clock of the present round: from the first dispatch, not stopped by a return.

    A case that comes back to the desk keeps its time, so that nobody gains any by sending it
    on; a case that is opened again begins anew.
    """
    clock = Handling()
    for step in steps:
        if step.action == "reopen":
            clock = Handling()
        elif step.action == "dispatch" and clock.start is None:
            clock = Handling(step.at)
        elif clock.start is None:
            continue
        elif step.state in STANDS_STILL and clock.paused_at is None:
            clock = clock._replace(paused_at=step.at)
        elif step.state not in STANDS_STILL and clock.paused_at is not None:
            pause = Span(clock.paused_at, step.at)
            clock = clock._replace(pauses=(*clock.pauses, pause), paused_at=None)
    return clock
