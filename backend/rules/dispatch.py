"""Which unit a case goes to: the thing's owner, else the duty list, else a person decides.

A line of the list that is broken is named and passed over: the next nearest one counts, so that
no mistake in a file leaves a case with nobody.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from backend.rules.areas import path_contains

GRADES = ("urgent", "ordinary")
"""Of a line: for cases whose limit knows no night, or for all others."""


@dataclass(frozen=True)
class DispatchLimits:
    """The numbers of `fixtures/policy/dispatch.toml`, where each has its reason."""

    auto_from: float
    propose_from: float

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "DispatchLimits":
        """Raises ValueError naming what is unknown, missing or no share of one."""
        wanted = ("auto_from", "propose_from")
        if mapping.keys() != set(wanted):
            raise ValueError(f"dispatch.toml knows {' and '.join(wanted)}, and nothing else")
        for name, value in mapping.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
                raise ValueError(f"dispatch.toml: {name} = {value!r} is not above 0 and at most 1")
        known: dict[str, float] = mapping  # type: ignore[assignment]
        return cls(known["auto_from"], known["propose_from"])


class Line(NamedTuple):
    """A line of the duty list. What is None does not matter to it."""

    key: str
    kind: str
    problem: str | None
    area_path: str
    unit: str
    since: str | None = None
    until: str | None = None
    condition: str | None = None  # A code of the standard, or the class that it begins with.
    grade: str | None = None  # See GRADES.
    owner: str | None = None  # Things of this unit alone; then it comes before the owner itself.


class Asked(NamedTuple):
    """What is known of a case that looks for its unit."""

    kind: str
    problem: str
    area_path: str
    owner: str | None = None
    condition: str | None = None
    is_urgent: bool = False


class Fault(NamedTuple):
    """A rule that is broken, and what is wrong with it: see REASONS."""

    rule: str
    reason: str


REASONS = (
    "unit-gone", "area-gone", "area-moved", "problem-gone", "bad-days", "contradiction", "raised",
    "no-desk",
)  # fmt: skip


class Found(NamedTuple):
    """The unit and what chose it (`owner`, or `remit:KEY`), if anything did, and what failed."""

    unit: str | None
    rule: str | None
    line: Line | None
    faults: tuple[Fault, ...]


def choose(asked: Asked, lines: Iterable[Line], units: Collection[str], today: str) -> Found:
    """The unit that answers, or none: a person decides.

    First a line about things of this owner, then the owner, then the other lines: the emergencies'
    before any, one for the condition before one for the problem before one for all of the kind,
    a smaller area before a larger. Lines that are equally near but name different units are a
    contradiction: nobody is chosen by chance, the next nearest line counts.
    """
    faults: list[Fault] = []
    counting = [line for line in lines if _counts(line, asked, units, today, faults)]
    nearest = _nearest((line for line in counting if line.owner is not None), faults)
    if nearest is None and asked.owner is not None:
        if asked.owner in units:
            return Found(asked.owner, "owner", None, tuple(faults))
        faults.append(Fault(f"owner:{asked.owner}", "unit-gone"))
    nearest = nearest or _nearest((line for line in counting if line.owner is None), faults)
    if nearest is None:
        return Found(None, None, None, tuple(faults))
    return Found(nearest.unit, rule_of(nearest), nearest, tuple(faults))


def rule_of(line: Line) -> str:
    """What a case remembers of the line that chose its unit."""
    return f"remit:{line.key}"


def desk_of(area_path: str, desks: Mapping[str, str]) -> str | None:
    """The desk nearest above an area, of those by their area's path; else the city's largest."""
    above = [path for path in desks if path_contains(path, area_path)]
    if above:
        return desks[max(above, key=len)]
    return desks[min(desks, key=lambda path: (path.count("/"), path))] if desks else None


def _counts(
    line: Line, asked: Asked, units: Collection[str], today: str, faults: list[Fault]
) -> bool:
    """Whether it speaks of this case and can be followed; if only that fails, it is a fault."""
    try:
        if not _speaks_of(line, asked) or not _is_in_force(line, today):
            return False
        reason = None
        if not path_contains(line.area_path, asked.area_path):
            reason = "area-moved"
        elif line.unit not in units:
            reason = "unit-gone"
    except (ValueError, TypeError, AttributeError):
        reason = "raised"  # A line that nobody could have imported: somebody wrote the table.
    if reason is not None:
        faults.append(Fault(rule_of(line), reason))
    return reason is None


def _speaks_of(line: Line, asked: Asked) -> bool:
    """A line whose area has moved in the tree still speaks of those who live there."""
    return (
        line.kind == asked.kind
        and line.problem in (None, asked.problem)
        and line.owner in (None, asked.owner)
        and (line.grade is None or (line.grade == "urgent") == asked.is_urgent)
        and (line.condition is None or _is_of(line.condition, asked.condition))
        and line.area_path.rpartition("/")[2] in asked.area_path.split("/")
    )


def _is_of(wanted: str, condition: str | None) -> bool:
    """Whether a condition is the one wanted, or of the class wanted."""
    return condition is not None and (condition == wanted or condition.startswith(f"{wanted}-"))


def _is_in_force(line: Line, today: str) -> bool:
    for day in (line.since, line.until):
        if day is not None:
            date.fromisoformat(day)
    return (line.since is None or line.since <= today) and (
        line.until is None or line.until > today
    )


def _nearest(lines: Iterable[Line], faults: list[Fault]) -> Line | None:
    """The nearest line; where several are equally near and differ, they are passed over."""
    by_nearness: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        by_nearness.setdefault(_nearness(line), []).append(line)
    for nearness in sorted(by_nearness, reverse=True):
        equal = sorted(by_nearness[nearness], key=lambda line: line.key)
        if len({line.unit for line in equal}) == 1:
            return equal[0]
        faults.extend(Fault(rule_of(line), "contradiction") for line in equal)
    return None


def _nearness(line: Line) -> tuple[bool, int, int, bool]:
    """Emergencies first; an item by its condition, its problem, its kind; the smaller area."""
    item = 2 * len(line.condition) if line.condition else 1 if line.problem else 0
    return (line.grade == "urgent", item, line.area_path.count("/"), line.grade is not None)


# --- The list as a whole ------------------------------------------------------------------


def faults_of(
    lines: Iterable[Line],
    units: Collection[str],
    areas: Collection[str],
    problems: Mapping[str, Collection[str]],
) -> Iterator[Fault]:
    """What is broken in a list whatever case comes; `areas` are paths, `problems` by kind."""
    alike: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        reason = _fault_of(line, units, areas, problems)
        if reason is not None:
            yield Fault(rule_of(line), reason)
        else:
            same = (line.kind, line.problem, line.condition, line.grade, line.owner)
            alike.setdefault((*same, line.area_path), []).append(line)
    for group in alike.values():
        yield from _contradictions(group)


def _fault_of(
    line: Line,
    units: Collection[str],
    areas: Collection[str],
    problems: Mapping[str, Collection[str]],
) -> str | None:
    try:
        _is_in_force(line, "")
    except (ValueError, TypeError):
        return "bad-days"
    if line.area_path not in areas:
        return "area-gone"
    if line.unit not in units:
        return "unit-gone"
    known = problems.get(line.kind)
    is_known = known is not None and (line.problem is None or line.problem in known)
    return None if is_known else "problem-gone"


def _contradictions(group: list[Line]) -> Iterator[Fault]:
    """Lines about the very same that name different units on some same day."""
    for line in group:
        others = (one for one in group if one.unit != line.unit)
        if any(_overlap(line, other) for other in others):
            yield Fault(rule_of(line), "contradiction")


def _overlap(one: Line, other: Line) -> bool:
    starts = max(one.since or "", other.since or "")
    return all(starts < end for end in (one.until, other.until) if end is not None)
