"""Which unit a case goes to: the thing's owner, else the duty list, else a person decides."""

from collections.abc import Iterable
from typing import NamedTuple

from backend.rules.areas import path_contains


class Line(NamedTuple):
    """A line of the duty list; a `problem` of None is all of the kind."""

    key: str
    problem: str | None
    area_path: str
    unit: str
    since: str | None
    until: str | None


class Choice(NamedTuple):
    """A unit, and what chose it: owner, or remit:KEY."""

    unit: str
    rule: str


def choose(
    owner: str | None, lines: Iterable[Line], problem: str, area_path: str, today: str
) -> Choice | None:
    """The unit, or None: a person decides. `lines` are those of the case's kind.

    A line for the problem beats one for all of the kind, a smaller area a larger one. Two that
    are equally near but name different units are a contradiction, and nobody is chosen by chance.
    """
    if owner is not None:
        return Choice(owner, "owner")
    fitting = [line for line in lines if _fits(line, problem, area_path, today)]
    if not fitting:
        return None
    best = max(_nearness(line) for line in fitting)
    nearest = [line for line in fitting if _nearness(line) == best]
    if len({line.unit for line in nearest}) > 1:
        return None
    return Choice(nearest[0].unit, f"remit:{min(line.key for line in nearest)}")


def _fits(line: Line, problem: str, area_path: str, today: str) -> bool:
    return (
        line.problem in (None, problem)
        and path_contains(line.area_path, area_path)
        and (line.since is None or line.since <= today)
        and (line.until is None or line.until > today)
    )


def _nearness(line: Line) -> tuple[bool, int]:
    return (line.problem is not None, line.area_path.count("/"))
