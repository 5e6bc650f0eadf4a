"""Which case another one joins because things failed together: several dark lamps, one case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from backend.rules.datum import Position
from backend.rules.geometry import distance_m


@dataclass(frozen=True)
class Rule:
    """One table of `fixtures/standards/merging.toml`, where each word has its reason."""

    key: str
    kind: str
    problems: frozenset[str]
    same: str
    metres: float
    metres_same: float
    hours: float

    @classmethod
    def from_mapping(cls, key: str, mapping: Mapping[str, object]) -> "Rule":
        """Raises ValueError naming what is unknown, missing or of the wrong sort."""
        wanted = {"kind", "problems", "same", "metres", "metres_same", "hours"}
        if wrong := sorted(wanted ^ mapping.keys()):
            raise ValueError(f"merging, {key}: unknown or missing: {', '.join(wrong)}")
        problems = mapping["problems"]
        if not isinstance(problems, list) or not problems:
            raise ValueError(f"merging, {key}: problems is no list of words")
        metres, near, hours = (
            _above_0(key, name, mapping[name]) for name in ("metres", "metres_same", "hours")
        )
        said = (str(mapping["kind"]), frozenset(map(str, problems)), str(mapping["same"]))
        return cls(key, *said, metres, near, hours)

    @property
    def reach(self) -> float:
        """Further away nothing is looked for."""
        return max(self.metres, self.metres_same)

    @property
    def span(self) -> timedelta:
        return timedelta(hours=self.hours)


def _above_0(key: str, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ValueError(f"merging, {key}: {name} = {value!r} is no number above 0")
    return float(value)


class Thing(NamedTuple):
    """An open case of a thing of the register; `same` is what the thing says of the rule's word."""

    case_id: int
    problem: str
    owner: str | None
    place: Position
    opened_at: datetime
    same: str | None


class Joined(NamedTuple):
    """The case that takes another in, how far away its thing is, and whether `same` is known."""

    case_id: int
    metres: float
    is_same: bool


def first_of(rule: Rule, mine: Thing, others: Iterable[Thing]) -> Joined | None:
    """The oldest case that this one joins."""
    found = [(other, joined) for other in others if (joined := _joined(rule, mine, other))]
    return min(found, key=lambda pair: (pair[0].opened_at, pair[0].case_id))[1] if found else None


def _joined(rule: Rule, mine: Thing, other: Thing) -> Joined | None:
    if mine.problem not in rule.problems or other.problem != mine.problem:
        return None
    if other.owner != mine.owner or other.case_id >= mine.case_id:
        return None
    if not timedelta() <= mine.opened_at - other.opened_at <= rule.span:
        return None
    is_known = mine.same is not None and other.same is not None
    if is_known and mine.same != other.same:
        return None
    metres = distance_m(mine.place, other.place)
    if metres > (rule.metres_same if is_known else rule.metres):
        return None
    return Joined(other.case_id, metres, is_known)
