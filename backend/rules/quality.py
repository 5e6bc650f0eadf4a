"""Which records can hardly be right, who may judge that, and what becomes of a flaw: pure."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.rules import sight

CODES = (
    "room_missing",
    "id_wrong",
    "person_twice",
    "two_homes",
    "no_duty",
    "firm_nowhere",
    "firms_crowded",
    "place_unlicensed",
)
"""What can be asked of the records; which of it is asked is the policy's to say."""
OPEN = ("found", "given")
RESULTS = ("confirmed", "corrected", "missing")
STATES = (*OPEN, *RESULTS, "gone")


@dataclass(frozen=True)
class Rule:
    """A flaw that is looked for; `post` is the role whose work it is to see whether it is one."""

    code: str
    post: str
    zh: str
    en: str
    needs: tuple[str, ...] = ()
    most: int = 0  # Where a rule counts: more are too many.


@dataclass(frozen=True)
class QualityLimits:
    """The numbers of `fixtures/policy/quality.toml`, where each has its reason."""

    hour: int
    most_a_day: int
    within_days: int
    rules: Mapping[str, Rule]

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], seen: sight.Policy) -> "QualityLimits":
        """Raises ValueError naming what is wrong."""
        rules: dict[str, Rule] = {}
        for entry in mapping["rules"]:
            rule = Rule(**{**entry, "needs": tuple(entry.get("needs", ()))})
            _check(rule, seen)
            rules[rule.code] = rule
        limits = {name: int(mapping[name]) for name in ("hour", "most_a_day", "within_days")}
        if not 0 <= limits["hour"] <= 23 or min(limits["most_a_day"], limits["within_days"]) < 1:
            raise ValueError("quality: an hour of the day, and at least one task and one day")
        return cls(**limits, rules=rules)


def _check(rule: Rule, seen: sight.Policy) -> None:
    if rule.code not in CODES or rule.post not in sight.ROLES:
        raise ValueError(f"quality rule {rule.code} of {rule.post}: no such rule or role")
    if (rule.code == "firms_crowded") != (rule.most > 0):
        raise ValueError(f"quality rule {rule.code}: `most` is for firms_crowded")
    for field in rule.needs:
        if seen.action((rule.post,), field) != "show":
            raise ValueError(f"quality rule {rule.code}: a {rule.post} does not see {field}")


def found_again(state: str, mark: str, mark_now: str) -> bool:
    """Whether a flaw that somebody dealt with is one once more.

    What was confirmed, or could not be found, stays so while the record does; what was said to
    be put right must be.
    """
    if state in OPEN:
        return False
    return state in ("corrected", "gone") or mark != mark_now


def portion(
    waiting: Iterable[tuple[int, Hashable]], given: Mapping[Hashable, int], most: int
) -> list[int]:
    """The flaws that are given out now, in their order: nobody gets more than `most` a day."""
    counts, chosen = dict(given), []
    for number, whose in waiting:
        if counts.get(whose, 0) < most:
            counts[whose] = counts.get(whose, 0) + 1
            chosen.append(number)
    return chosen
