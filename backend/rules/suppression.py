"""Counts by area that anybody may read, without telling of the few.

What is published are disjoint groups of at least `least`, and sums of whole groups: whatever
somebody adds and subtracts, they never get at less than a group. An area with few goes into the
rest of the area above it. A rest that is too small, or that could be made up in one way alone
(two areas of at most four each, together eight), is joined by a published neighbour; where there
is none it moves up. A total is told only if no group reaches beyond its area.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Cell(NamedTuple):
    """All of an area, or the rest of it: the areas below that are too small to stand alone."""

    path: str
    is_rest: bool = False


@dataclass
class _Group:
    """Areas that are told together, and where: below `home`, or nowhere (None)."""

    home: str | None
    members: list[str] = field(default_factory=list)
    count: int = 0
    is_joined: bool = False
    is_edge: bool = False


def publish(counts: Mapping[str, int], leaves: Collection[str], least: int) -> dict[Cell, int]:
    """What may be told. `counts` are by the path of a leaf, or of an area above leaves (of bikes
    that are kept there, nobody says where); `leaves` are all that there are, also those with 0.
    """
    tree = _Tree(counts, leaves, least)
    for root in tree.roots:
        tree.settle(root)
    return dict(tree.told())


class _Tree:
    def __init__(self, counts: Mapping[str, int], leaves: Collection[str], least: int) -> None:
        self.least = least
        self.leaves = sorted({*leaves})
        self.counts = dict(counts)
        self.below: dict[str, list[str]] = {}
        self.roots: list[str] = []
        for path in sorted({*_with_above(self.leaves), *_with_above(counts)}):
            above = path.rpartition("/")[0]
            (self.below.setdefault(above, []) if above else self.roots).append(path)
        self.groups: list[_Group] = []

    def settle(self, path: str, *, is_root: bool = True) -> _Group | None:
        """Make the groups of an area; what cannot be told here is returned, for the one above."""
        if path not in self.below:
            count = self.counts.get(path, 0)
            if count < self.least:
                return _Group(None, [path], count)
            self.groups.append(_Group(path, [path], count))
            return None
        before = len(self.groups)
        parts = [self.settle(below, is_root=False) for below in self.below[path]]
        rest = self._rest(path, [part for part in parts if part is not None])
        while self._tells(rest):
            mine = [group for group in self.groups[before:] if group.count]
            if not mine:
                rest.home = None
                if is_root:
                    self.groups.append(rest)  # Told nowhere, but no total may hold it.
                return rest
            self._join(rest, mine)
        self.groups.append(rest)
        return None

    def _rest(self, path: str, parts: list[_Group]) -> _Group:
        """What is too small below, and what is kept in the area, nobody says where."""
        rest = _Group(path, [path], self.counts.get(path, 0))
        for part in parts:
            rest.members += part.members
            rest.count += part.count
        # That it moved up says something of each part's count: never told without another.
        rest.is_edge = any(part.members[0] in self.below for part in parts)
        return rest

    def _tells(self, rest: _Group) -> bool:
        """Whether a rest is too small, or could be made up of its parts in one way alone."""
        if rest.count == 0:
            return False
        if rest.is_joined:
            return rest.count < 2 * self.least
        areas = sum(1 for member in rest.members if member not in self.below)
        is_full = rest.count == areas * (self.least - 1)
        return rest.count < self.least or is_full or rest.is_edge

    def _join(self, rest: _Group, groups: list[_Group]) -> None:
        """The first by its code, not the smallest: the choice must say nothing of its count."""
        joined = min(groups, key=lambda group: group.members)
        self.groups.remove(joined)
        rest.members += joined.members
        rest.count += joined.count
        rest.is_joined = True

    def told(self) -> Iterator[tuple[Cell, int]]:
        for path in self.below:
            inside = [group for group in self.groups if self._touches(group, path)]
            if all(self._is_inside(group, path) for group in inside):
                yield Cell(path), sum(group.count for group in inside)
                # That nothing is there is told only where nothing has moved up.
                yield from ((Cell(one), 0) for one in self._empty(path))
        for group in self.groups:
            if group.home is not None and group.count:
                yield Cell(group.home, is_rest=group.home in self.below), group.count

    def _empty(self, path: str) -> list[str]:
        """The leaves of an area whose whole rest is nothing."""
        rests = [group for group in self.groups if group.home == path and not group.count]
        return [one for rest in rests for one in rest.members if one not in self.below]

    def _touches(self, group: _Group, path: str) -> bool:
        return any(one == path or one.startswith(f"{path}/") for one in group.members)

    def _is_inside(self, group: _Group, path: str) -> bool:
        home = group.home
        return home is not None and (home == path or home.startswith(f"{path}/"))


def _with_above(paths: Collection[str]) -> Iterator[str]:
    for path in paths:
        parts = path.split("/")
        yield from ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
