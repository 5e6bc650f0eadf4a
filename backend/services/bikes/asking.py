"""What an officer says before anything is told: under which case, why, and on duty; and how far.

Case numbers are another system's, so that one exists is not looked up; it stands on the trail and
on the owner's page, and whoever invents one has signed for it.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from backend.actor import Actor
from backend.errors import Invalid, NotYourArea, TooManyLookUps
from backend.house import house
from backend.models import Bike
from backend.rules import bikes as life
from backend.rules.areas import path_contains
from backend.services import allowances, scope, shifts

MOST_WORDS = 200
_CASE = re.compile(r"[\w()（）〔〕\[\]#/.-]{4,40}")


class Asked(NamedTuple):
    """A case and a reason; `delay_days` if the owner shall not read it before."""

    case_number: str
    reason: str
    words: str | None
    delay_days: int | None

    def facts(self) -> dict[str, object]:
        """For the trail. The words are not: they may name somebody."""
        return {"case_number": self.case_number, "reason": self.reason}


def checked(form: Mapping[str, Any], *, by: Actor) -> Asked:
    """Refuses who is off duty, and whoever does not say for which case and why."""
    shifts.check(by)
    errors: dict[str, list[str]] = {}
    case_number = "".join(str(form.get("case_number") or "").split())
    if not _CASE.fullmatch(case_number) or not any(mark.isdigit() for mark in case_number):
        errors["case_number"] = ["Say under which case: its number, 4 to 40 characters."]
    reason = str(form.get("reason") or "")
    if reason not in life.REASONS:
        errors["reason"] = [f"One of {', '.join(life.REASONS)}."]
    words = " ".join(str(form.get("words") or "").split()) or None
    if words and (len(words) > MOST_WORDS or not words.isprintable()):
        errors["words"] = [f"At most {MOST_WORDS} characters."]
    days, longest = form.get("delay_days"), house().policy.bikes.longest_delay_days
    if days is not None:
        if type(days) is not int or not 1 <= days <= longest:
            errors["delay_days"] = [f"1 to {longest} days."]
        if not words:
            errors["words"] = ["Say why its owner shall not read this yet."]
    if errors:
        raise Invalid(errors=errors)
    return Asked(case_number, reason, words, days)


def spend(by: Actor, verb_name: str, *, most: float, per_s: float) -> None:
    """Who asks too often is refused; what was spent stays spent, whatever comes of the asking."""
    try:
        key = f"{verb_name}:{by.account_id}"
        allowances.spend(key, most=most, per_s=per_s, refusal=TooManyLookUps)
    except TooManyLookUps as refusal:
        refusal.asked = (by, verb_name)
        raise


def scopes(by: Actor, verb_name: str) -> list[tuple[str, str]]:
    """The roles that may ask, each with how far: bikes are ridden beyond an officer's own streets,
    so it is the whole of what `reach_depth` of the policy says."""
    policy = house().policy
    return [
        (grant.role, "/".join(grant.scope_path.split("/")[: policy.bikes.reach_depth]))
        for grant in by.grants
        if grant.scope_path is not None and verb_name in policy.verbs[grant.role]
    ]


def in_reach(by: Actor, verb_name: str) -> Any:
    """The bikes that one of these roles reaches, as a condition."""
    return scope.within(Bike.area_path, [far for _, far in scopes(by, verb_name)])


def roles_at(by: Actor, verb_name: str, area_path: str) -> list[str]:
    """The roles that reach a bike kept there; refuses if there is none."""
    roles = [role for role, far in scopes(by, verb_name) if path_contains(far, area_path)]
    if not roles:
        raise NotYourArea()
    return list(dict.fromkeys(roles))
