"""What a tag's life on the wall is judged by: how near a scan is, when a claim may be undone."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from backend.rules.datum import Position
from backend.rules.geometry import distance_m


@dataclass(frozen=True)
class TagLimits:
    """The numbers of `fixtures/policy/tags.toml`, where each has its reason."""

    near_m: float
    moved_m: float
    agree_m: float
    moved_workers: int
    moved_days: int
    undo_s: int
    replace_workdays: int

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "TagLimits":
        """Raises ValueError naming what is unknown, missing or no number above 0."""
        names = {field.name for field in fields(cls)}
        if wrong := sorted(names ^ mapping.keys()):
            raise ValueError(f"tag limits, unknown or missing: {', '.join(wrong)}")
        for name, value in mapping.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise ValueError(f"tag limits: {name} = {value!r} is not a number above 0")
        return cls(**mapping)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sighting:
    """Somebody read a tag, somewhere, so many metres from its thing."""

    account_id: int
    position: Position
    metres: float


def is_near(metres: float, accuracy_m: float, limits: TagLimits) -> bool:
    """Whether a scan was at its thing, giving the phone (a part of) its own error."""
    return metres - min(accuracy_m, limits.near_m) <= limits.near_m


def is_moved(now: Sighting, before: list[Sighting], limits: TagLimits) -> bool:
    """Whether enough workers found a tag at one place, far from its thing.

    A plain distance, and only a flag: what it means is for a person to say.
    """
    if now.metres <= limits.moved_m:
        return False
    agreeing = {
        each.account_id
        for each in [now, *before]
        if each.metres > limits.moved_m
        and distance_m(each.position, now.position) <= limits.agree_m
    }
    return len(agreeing) >= limits.moved_workers


def may_undo(claimed_at: datetime, now: datetime, limits: TagLimits) -> bool:
    return (now - claimed_at).total_seconds() <= limits.undo_s
