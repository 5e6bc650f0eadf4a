"""Of which cases figures are asked: areas the actor answers for, and what else narrows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import fn

from backend.actor import Actor
from backend.db import is_sqlite
from backend.errors import Invalid, NotYourArea
from backend.models import Area
from backend.rules.areas import path_contains
from backend.services import areas, channels, problems, scope, units

VERB = "board.show"


class Narrow(NamedTuple):
    """What is left of all cases. `klass` is a kind, or a kind and a problem: `streetlight.dark`."""

    paths: tuple[str, ...]
    unit: str | None = None
    klass: str | None = None
    channel: str | None = None

    @property
    def filters(self) -> dict[str, str]:
        """By facet, what must stand there."""
        named = {"unit": self.unit, "class": self.klass, "channel": self.channel}
        return {facet: value for facet, value in named.items() if value is not None}


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see, as it was asked. Everything may be left out."""

    area: str | None = None
    unit: str | None = None
    klass: str | None = None
    channel: str | None = None
    period: str | None = None
    since: str | None = None
    until: str | None = None


def narrowed(asked: Asked, by: Actor) -> Narrow:
    """Refuses areas of others, and words that mean nothing."""
    klass = asked.klass
    if klass is not None:
        kind, _, problem = klass.partition(".")
        if kind not in problems.subjects():
            raise Invalid(errors={"class": ["There is no such class."]})
        if problem:
            problems.find(kind, problem)
    if asked.unit:
        units.find(asked.unit)
    if asked.channel is not None and asked.channel not in channels.channels():
        raise Invalid(errors={"channel": ["There is no such channel."]})
    return Narrow(tuple(_paths(asked.area, by)), asked.unit, klass, asked.channel)


def _paths(area: str | None, by: Actor) -> list[str]:
    mine = reach(by)
    if area is None:
        return mine
    path = areas.find(area).path
    scope.check_area(by, VERB, path)
    return [path]


def reach(by: Actor) -> list[str]:
    """The areas for which this actor has the board; none lies within another."""
    mine = set(scope.paths(by, VERB))
    if not mine:
        raise NotYourArea()
    return sorted(
        path
        for path in mine
        if not any(other != path and path_contains(other, path) for other in mine)
    )


WIDE = 2


def within(column: Any, paths: Sequence[str]) -> Any:
    """Rows at these paths or below."""
    condition = column.in_(list(paths))
    for path in paths:
        condition |= _below(column, path)
    return condition


def _below(column: Any, path: str) -> Any:
    """Of a city or district without its index, which would find nearly everything; else as a
    range where bytes are compared, so that the index is used.
    """
    if path.count("/") < WIDE:
        return fn.SUBSTR(column, 1, len(path) + 1) == f"{path}/"
    if is_sqlite():
        return (column > f"{path}/") & (column < f"{path}0")  # "0" follows "/".
    return column.startswith(f"{path}/")


def conditions(table: Any, narrow: Narrow) -> list[Any]:
    """What is left of the rows of a table that says of what a case is: cases, or their facts."""
    found = [within(table.area_path, narrow.paths)]
    if narrow.unit is not None:
        found.append(_of_unit(table.unit, narrow.unit))
    if narrow.klass is not None:
        found.append(_of_class(table.kind, table.problem, narrow.klass))
    if narrow.channel is not None:
        found.append(table.channel == narrow.channel)
    return found


def _of_unit(column: Any, unit: str) -> Any:
    """Rows of a unit; those of nobody for an empty code."""
    return column == unit if unit else column.is_null()


def _of_class(kind: Any, problem: Any, klass: str) -> Any:
    """Rows of a class, by the columns that say it."""
    wanted, _, exactly = klass.partition(".")
    return (kind == wanted) & (problem == exactly) if exactly else kind == wanted


def children(paths: Sequence[str]) -> list[Area]:
    """The areas directly below these."""
    parents = [path.rpartition("/")[2] for path in paths]
    return list(Area.select().where(Area.parent.in_(parents)).order_by(Area.code))
