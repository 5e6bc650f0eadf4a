"""Instant approval (秒批): a registration is approved, turned away or given to a person, and why.

Every rule says what it found, so that the decision can be read, and argued with. A rule that
does not know sends to a person; only what is certainly wrong is turned away by a machine.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

from backend.rules.frames import Frame
from backend.rules.identity import birth_date_of
from backend.rules.sight import BEST_FIRST, ROLES, Action


@dataclass(frozen=True)
class BikeLimits:
    """The numbers and words of `fixtures/policy/bikes.toml`, where each has its reason."""

    least_age: int
    most_each: int
    served: tuple[str, ...]
    offer_hours: int
    shift_hours: int
    reach_depth: int
    pending_delay_hours: int
    longest_delay_days: int
    least_count: int
    law_keeps_days: int
    shown: Mapping[str, Mapping[str, Action]]

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "BikeLimits":
        """Raises ValueError naming what is unknown, missing or of the wrong sort."""
        names = {field.name for field in fields(cls)}
        if wrong := sorted(names ^ mapping.keys()):
            raise ValueError(f"bikes.toml, unknown or missing: {', '.join(wrong)}")
        for name, value in mapping.items():
            if name == "served":
                if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                    raise ValueError("bikes.toml: served is no list of codes of areas")
            elif name == "shown":
                _check_shown(value)
            elif isinstance(value, bool) or not isinstance(value, int) or value <= 0:
                raise ValueError(f"bikes.toml: {name} = {value!r} is no number above 0")
        return cls(**{**mapping, "served": tuple(mapping["served"])})  # type: ignore[arg-type]

    def action(self, roles: Collection[str], name: str) -> Action:
        """The best that any of the roles is shown of a field of the owner; what is absent, not."""
        words = {self.shown.get(role, {}).get(name, "hide") for role in roles}
        return next(word for word in BEST_FIRST if word in words or word == "hide")


OWNER = ("name", "id_number", "phone")
"""What there is to be shown of an owner."""


def _check_shown(value: object) -> None:
    if not isinstance(value, Mapping) or not value.keys() <= ROLES:
        raise ValueError("bikes.toml: shown is no table by role")
    for role, fields_ in value.items():
        if not isinstance(fields_, Mapping) or not fields_.keys() <= {*OWNER}:
            raise ValueError(f"bikes.toml: shown.{role} knows {', '.join(OWNER)} alone")
        if not {*fields_.values()} <= {*BEST_FIRST}:
            raise ValueError(f"bikes.toml: shown.{role}: one of {', '.join(BEST_FIRST)}")


@dataclass(frozen=True)
class Asked:
    """What is known of a registration when it is judged."""

    id_number: str
    frame: Frame
    area_path: str
    is_phone_proved: bool
    is_frame_taken: bool  # By a living registration that is not reported stolen.
    is_frame_stolen: bool
    bikes_before: int


class Finding(NamedTuple):
    """What one rule found: passed, flagged, doubtful (a person decides) or failed."""

    rule: str
    outcome: str


@dataclass(frozen=True)
class Decision:
    """`state` is registered, review or rejected; `findings` are all rules', in their order."""

    state: str
    findings: tuple[Finding, ...]

    def reasons(self) -> list[str]:
        """The rules that did not simply pass."""
        return [one.rule for one in self.findings if one.outcome != "passed"]


def judge(asked: Asked, limits: BikeLimits, today: date) -> Decision:
    """All rules are asked, so that nobody is turned away twice for two reasons."""
    findings = tuple(_findings(asked, limits, today))
    outcomes = {one.outcome for one in findings}
    state = "rejected" if "failed" in outcomes else "review" if "doubtful" in outcomes else None
    return Decision(state or "registered", findings)


def _findings(asked: Asked, limits: BikeLimits, today: date) -> Iterator[Finding]:
    born = birth_date_of(asked.id_number)
    is_served = not set(limits.served).isdisjoint(asked.area_path.split("/"))
    frame = asked.frame
    yield Finding("phone-proved", "passed" if asked.is_phone_proved else "failed")
    yield Finding("adult", "passed" if _age(born, today) >= limits.least_age else "failed")
    yield Finding("area-served", "passed" if is_served else "failed")
    yield Finding("frame-form", "passed" if frame.form == "national" else "flagged")
    yield Finding("frame-sort", "passed" if frame.sort in (None, "e-bike") else "doubtful")
    yield Finding("frame-unique", "failed" if asked.is_frame_taken else "passed")
    # Whoever has it may have bought it in good faith, or may be its owner: a person asks.
    yield Finding("not-stolen", "doubtful" if asked.is_frame_stolen else "passed")
    yield Finding("not-many", "passed" if asked.bikes_before < limits.most_each else "doubtful")


def _age(born: date, today: date) -> int:
    """Whole years; who was born on a 29th of February has a birthday on March 1st."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
