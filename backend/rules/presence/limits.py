"""Every number of a visit, read from `fixtures/policy/visits.toml`, where each has its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Limits:
    """How near, how sharp, how fresh, how long. Units are in the names (mps = metres a second)."""

    radius_margin_m: float
    radius_min_m: float
    radius_max_m: float
    radius_learned_max_m: float
    learned_min_fixes: int
    exit_margin_m: float
    datum_suspect_m: float

    accuracy_full_m: float
    accuracy_refused_m: float
    accuracy_credit_m: float
    located_accuracy_m: float
    located_ratio: float

    fix_age_open_s: int
    fix_age_beat_s: int
    nonce_life_s: int
    clock_warn_s: int
    clock_refused_s: int

    beat_interval_s: int
    lease_s: int
    recheck_s: int
    outside_fixes_to_close: int
    silence_to_close_s: int
    idle_s: int
    visit_max_s: int
    second_tag_s: int
    still_s: int
    offline_grace_s: int
    offline_grace_max_s: int

    journey_refused_mps: float
    journey_flagged_mps: float
    journey_anchor_min_s: int
    journey_anchor_max_s: int
    identical_beats: int
    jitter_min_m: float

    visits_per_worker: int
    visits_per_device: int
    buildings_per_hour: int
    far_scans_a_day: int
    moved_tag_m: float
    moved_tag_workers: int

    break_glass_s: int
    break_glass_notice_s: int
    break_glass_review_s: int
    remote_visit_s: int

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "Limits":
        """Limits from a file. Raises ValueError naming what is unknown, missing or no number."""
        known = {field.name: field.type for field in fields(cls)}
        for problem, names in (
            ("unknown", mapping.keys() - known.keys()),
            ("missing", known.keys() - mapping.keys()),
        ):
            if names:
                raise ValueError(f"visit limits, {problem}: {', '.join(sorted(names))}")
        return cls(**{name: _number(name, mapping[name], kind) for name, kind in known.items()})


def _number(name: str, value: object, kind: object) -> Any:
    # True and False are ints to Python, and no distance.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
        raise ValueError(f"visit limits: {name} = {value!r} is not a number above 0")
    if kind is int and not isinstance(value, int):
        raise ValueError(f"visit limits: {name} = {value!r} is not a whole number")
    return value
