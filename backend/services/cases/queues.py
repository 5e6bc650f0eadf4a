"""What needs a person of the desk now: queues, each with the verb by which it is emptied."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import NotFound
from backend.models import Case, Unit
from backend.rules import workflow
from backend.rules.areas import path_contains
from backend.services import scope
from backend.services.cases import lines
from backend.verbs import verb

MACHINE = timedelta(minutes=1)
"""So long the machine has a case that was just taken on; what it did not send is for people."""


@dataclass(frozen=True)
class Queue:
    """`wanted` says which cases of these areas wait in it, for this actor."""

    name: str
    verb: str
    wanted: Callable[[Actor], Any]


def _of_desk(condition: Callable[[], Any], verb: str) -> Callable[[Actor], Any]:
    return lambda by: condition() & lines.mine(by, verb)


def _unsure() -> Any:
    fresh = Case.arbiter.is_null() & (Case.returns == 0) & Case.proposed.is_null(False)
    return Case.state.in_(("received", "filed")) & fresh


def _returned() -> Any:
    return (Case.state == "filed") & Case.arbiter.is_null() & (Case.returns > 0)


def _received() -> Any:
    return (Case.state == "received") & Case.proposed.is_null()


def _unsent() -> Any:
    """Taken on, and no rule knew where it goes; or the machine has not done its part."""
    machine_had_it = Case.rule.is_null(False) | (Case.updated_at < clock.now() - MACHINE)
    fresh = Case.arbiter.is_null() & (Case.returns == 0) & Case.proposed.is_null()
    return (Case.state == "filed") & fresh & machine_had_it


def _arbitration(by: Actor) -> Any:
    """Twice returned: for the dispatchers of the desk that decides, or of one above it."""
    mine = scope.paths(by, "case.dispatch")
    desks = [
        desk.code
        for desk in Unit.select(Unit.code, Unit.area_path).where(Unit.is_desk)
        if any(path_contains(path, desk.area_path) for path in mine)
    ]
    return (Case.state == "filed") & Case.arbiter.in_(desks)


def _asked(by: Actor) -> Any:
    """What somebody else asked for and this actor may grant."""
    condition = Case.id.is_null()
    for action, what in workflow.ASKS.items():
        here = lines.mine(by, f"case.{action}")
        condition |= (Case.asked == what) & here
    return condition & (Case.asked_by != by.account_id)


QUEUES = {
    queue.name: queue
    for queue in (
        Queue("arbitration", "case.dispatch", _arbitration),
        Queue("returned", "case.dispatch", _of_desk(_returned, "case.dispatch")),
        Queue("unsure", "case.dispatch", _of_desk(_unsure, "case.dispatch")),
        Queue("received", "case.file", _of_desk(_received, "case.file")),
        Queue("unsent", "case.dispatch", _of_desk(_unsent, "case.dispatch")),
        Queue("asked", "case.refuse", _asked),
    )
}
"""In the order in which they press."""

BY_DISPATCH = lines.Order(Case.dispatch_by, lambda case: case.dispatch_by)


@verb("case.queues", reads=True)
def queues(*, by: Actor) -> list[dict[str, Any]]:
    """How many cases wait for a person, in each queue of one's desk"""
    return [{"queue": queue.name, "count": _count(queue, by)} for queue in _mine(by)]


@verb("case.queue", reads=True)
def queue(name: str, *, cursor: str | None = None, most: int = 30, by: Actor) -> dict[str, Any]:
    """The cases that wait in one queue, those with the least time first"""
    known = QUEUES.get(name)
    if known is None:
        raise NotFound(noun="queue")
    order = lines.BY_DUE if name == "asked" else BY_DISPATCH
    return order.page(known.wanted(by), cursor, most, _line)


def waiting(by: Actor) -> int:
    """How many wait at the desk for this actor, for the front page."""
    return sum(_count(queue, by) for queue in _mine(by))


def _mine(by: Actor) -> list[Queue]:
    return [queue for queue in QUEUES.values() if scope.paths(by, queue.verb)]


def _count(queue: Queue, by: Actor) -> int:
    return int(Case.select().where(queue.wanted(by)).count())


def _line(case: Case) -> dict[str, Any]:
    return {**lines.waiting(case), "reason": lines.reason(case)}
