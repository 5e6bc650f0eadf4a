"""Grades of places and rental buildings: rules over facts, explained; the worst one that holds.

The rules are data (`fixtures/policy/inspections.toml`). A fact is a count, each rule asks whether
one is at least so many, so that more of what is bad can never make a grade better.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

GRADES = ("green", "yellow", "orange", "red")
"""宽管, 关注, 严管, 禁止: from the best to the worst."""


@dataclass(frozen=True)
class Facts:
    """What is known of a place. All are counts; the year is the last 365 days."""

    general_open: int = 0  # Hazards that nobody has put right yet.
    major_open: int = 0
    overdue: int = 0  # Of those: past their day.
    major_overdue: int = 0
    found_in_year: int = 0  # Fixed on the spot or not.
    repeated_in_year: int = 0  # The same item found wrong again after it had been put right.
    unresolved_cases: int = 0  # Hazards that had to become a case and still are one.
    incidents_in_year: int = 0  # Events of fire, gas or the house itself on record.


@dataclass(frozen=True)
class Rule:
    """`fact` of at least `least` makes a place `grade` or worse."""

    grade: str
    fact: str
    least: int
    zh: str
    en: str

    def holds(self, facts: Facts) -> bool:
        return int(getattr(facts, self.fact)) >= self.least

    def reason(self, facts: Facts) -> dict[str, Any]:
        """Why, with the number that decided."""
        count = getattr(facts, self.fact)
        return {"fact": self.fact, "count": count, "zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Verdict:
    """The grade, and every rule that asks for it; none is needed for green."""

    grade: str
    reasons: tuple[dict[str, Any], ...]


def judge(facts: Facts, rules: Sequence[Rule]) -> Verdict:
    """The worst grade that a rule asks for."""
    holding = [rule for rule in rules if rule.holds(facts)]
    grade = max((rule.grade for rule in holding), key=GRADES.index, default=GRADES[0])
    reasons = [rule.reason(facts) for rule in holding if rule.grade == grade]
    return Verdict(grade, tuple(reasons))


def rules_of(entries: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules of a policy file. Raises ValueError."""
    known = asdict(Facts())
    found = tuple(Rule(**entry) for entry in entries)
    for rule in found:
        if rule.grade not in GRADES[1:] or rule.fact not in known or rule.least < 1:
            raise ValueError(f"grading rule {rule.grade} {rule.fact} {rule.least} makes no sense")
    return found


# --- The policy ---------------------------------------------------------------------------


@dataclass(frozen=True)
class RentalKind:
    """A sort of rental house; `classes` are the beginnings of the house classes that tell it."""

    code: str
    zh: str
    en: str
    classes: tuple[str, ...]

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class InspectionLimits:
    """The numbers of `fixtures/policy/inspections.toml`, where each has its reason."""

    draft_days: int
    recheck_days: int
    rental_classes: tuple[str, ...]  # Beginnings of house classes whose buildings are let.
    incident_classes: tuple[str, ...]  # Beginnings of event classes that count as incidents.
    patrol_forms: Mapping[str, str]  # Small places and buildings: the form that counts as a patrol.
    patrol_days: Mapping[str, int]
    facility_post: str  # The role that looks at facilities.
    facility_days: Mapping[str, int]  # By kind; those that are not named are not patrolled.
    rules: tuple[Rule, ...]
    rental_kinds: tuple[RentalKind, ...] = ()

    def rental_kind(self, house_class: str | None, answered: str | None) -> RentalKind | None:
        """The sort of a house: as somebody answered there, else by its class; None: not let."""
        for one in self.rental_kinds:
            if one.code == answered:
                return one
        if house_class is None or not house_class.startswith(self.rental_classes):
            return None
        fits = (one for one in self.rental_kinds if house_class.startswith(one.classes))
        return next(fits, None)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "InspectionLimits":
        """Raises ValueError naming what is wrong."""
        days = dict(mapping["patrol_days"])
        if tuple(days) != GRADES or any(not 1 <= one <= 366 for one in days.values()):
            raise ValueError("patrol_days: 1 to 366 for green, yellow, orange and red")
        if list(days.values()) != sorted(days.values(), reverse=True):
            raise ValueError("patrol_days: a worse grade is not visited less often")
        limits = {name: int(mapping[name]) for name in ("draft_days", "recheck_days")}
        if min(limits.values()) < 1:
            raise ValueError("inspections: days are counted from 1")
        classes = {name: tuple(mapping[name]) for name in ("rental_classes", "incident_classes")}
        asked = dict(mapping["patrol_forms"])
        if sorted(asked) != ["building", "small_place"]:
            raise ValueError("patrol_forms: a form for small_place and one for building")
        kinds = dict(mapping.get("facility_days", {}))
        if any(not isinstance(one, int) or not 1 <= one <= 1_000 for one in kinds.values()):
            raise ValueError("facility_days: 1 to 1000 for each kind that is patrolled")
        known: dict[str, Any] = {**limits, **classes, "patrol_forms": asked, "patrol_days": days}
        sorts = tuple(
            RentalKind(**{**entry, "classes": tuple(entry["classes"])})
            for entry in mapping["rental_kinds"]
        )
        known |= {"facility_post": str(mapping["facility_post"]), "facility_days": kinds}
        return cls(**known, rules=rules_of(mapping["grades"]), rental_kinds=sorts)
