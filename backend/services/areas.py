"""Areas: the tree of the city, and what changes in it."""

from typing import Any

from peewee import Value, fn

from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound, VersionMissing, VersionStale
from backend.models import Account, Area
from backend.services import scope, trail
from backend.verbs import verb

LEVELS = {"city": 4, "district": 6, "street": 9, "community": 12, "grid": 15}
"""Each level and the digits of its codes, from the top down."""


@verb("area.tree", anyone=True, reads=True)
def tree(parent: str | None = None, *, by: Actor) -> list[dict[str, Any]]:
    """The areas directly below one, or the top of the tree, with how many lie below each"""
    if parent is not None:
        find(parent)
    below = Area.alias()
    count = below.select(fn.COUNT(below.code)).where(below.parent == Area.code)
    rows = (
        Area.select(
            Area.code, Area.name, Area.level, Area.is_virtual, Area.version, count.alias("below")
        )
        .where(Area.parent.is_null() if parent is None else Area.parent == parent)
        .order_by(Area.code)
    )
    found: list[dict[str, Any]] = list(rows.dicts())  # type: ignore[arg-type]
    return found


@verb("area.add")
def add(code: str, name: str, parent: str, *, by: Actor) -> dict[str, Any]:
    """Add an area below another: a new grid, a new community"""
    above = find(parent)
    scope.check_area(by, "area.add", above.path)
    levels = list(LEVELS)
    level = levels[min(levels.index(above.level) + 1, len(levels) - 1)]
    if above.level == "grid":
        raise Invalid(errors={"parent": ["A grid is the smallest area."]})
    if not code.isascii() or not code.isdigit() or len(code) != LEVELS[level]:
        raise Invalid(errors={"code": [f"The code of a {level} has {LEVELS[level]} digits."]})
    name = _named(name)
    if Area.get_or_none(Area.code == code) is not None:
        raise Conflict(errors={"code": ["There is an area with this code already."]})
    path = f"{above.path}/{code}"
    Area.create(code=code, name=name, level=level, parent=above, path=path)
    trail.write(by, "area.add", area_path=path, facts={"area": code})
    return _view(find(code))


@verb("area.rename")
def rename(code: str, name: str, version: str | None, *, by: Actor) -> dict[str, Any]:
    """Give an area another name"""
    area = find(code)
    scope.check_area(by, "area.rename", area.path)
    if version is None:
        raise VersionMissing()
    if version != str(area.version):
        raise VersionStale()
    area.name = _named(name)
    area.version += 1
    area.save()
    trail.write(by, "area.rename", area_path=area.path, facts={"area": code})
    return _view(area)


def find(code: str) -> Area:
    """The area, or a refusal."""
    area = Area.get_or_none(Area.code == code)
    if area is None:
        raise NotFound(noun="area")
    return area


def move_paths(old: str, new: str) -> None:
    """Make everything at and below the path `old` stand at `new`.

    Grants hold paths in the memory of every server process, so all of them are read again.
    """
    behind = fn.SUBSTR(Area.path, len(old) + 1)
    Area.update(path=Value(new).concat(behind)).where(
        (Area.path == old) | Area.path.startswith(old + "/")
    ).execute()
    Account.update(stamp=Account.stamp + 1).execute()


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 60:
        raise Invalid(errors={"name": ["A name has 1 to 60 characters."]})
    return name


def _view(area: Area) -> dict[str, Any]:
    return {
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "parent": area.parent and area.parent.code,
        "is_virtual": area.is_virtual,
        "version": area.version,
    }
