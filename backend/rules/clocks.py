"""Which of a case's clocks run: read from its steps alone, so that nothing is lost by a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple

from backend.rules.deadlines import Span


@dataclass(frozen=True)
class CaseLimits:
    """The numbers of `fixtures/policy/cases.toml`, where each has its reason."""

    dispatch_min: int
    accept_min: int
    feedback_min: int
    scan_min: int
    asset_m: int

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "CaseLimits":
        """Raises ValueError naming what is unknown, missing or no number above 0."""
        names = {field.name for field in fields(cls)}
        if wrong := sorted(names ^ mapping.keys()):
            raise ValueError(f"cases.toml, unknown or missing: {', '.join(wrong)}")
        for name, value in mapping.items():
            if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
                raise ValueError(f"cases.toml: {name} = {value!r} is no whole number above 0")
        return cls(**mapping)  # type: ignore[arg-type]


class Step(NamedTuple):
    """What happened to a case, and the state after it."""

    at: datetime
    action: str
    state: str


class Round(NamedTuple):
    """How far a case is in its present round: when each of its stations was passed."""

    began: datetime
    dispatched_at: datetime | None = None  # First.
    sent_at: datetime | None = None  # To the unit that has it now, which may still send it back.
    accepted_at: datetime | None = None
    ended_at: datetime | None = None


SENT = frozenset({"dispatch", "reassign"})
AGAIN = frozenset({"reopen", "appeal"})
"""What a reporter begins a case anew with."""
TOLD = frozenset({"close", "decline", "merge"})
"""What its reporters must be told of at once."""


def round_of(opened_at: datetime, steps: Sequence[Step]) -> Round:
    """The present round, read from the steps alone."""
    found = Round(opened_at)
    for step in steps:
        if step.action in AGAIN:
            found = Round(step.at)
        elif step.action in SENT:
            first = found.dispatched_at or step.at
            found = Round(found.began, first, step.at)
        elif step.action == "split":
            found = found._replace(dispatched_at=found.dispatched_at or step.at)
        elif step.action == "accept":
            found = found._replace(accepted_at=step.at)
        elif step.action in ("return", "unanswered"):
            found = found._replace(sent_at=None, accepted_at=None)
        elif step.action in TOLD:
            found = found._replace(ended_at=step.at)
        elif step.action == "unmerge":
            found = found._replace(ended_at=None)
    return found


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
