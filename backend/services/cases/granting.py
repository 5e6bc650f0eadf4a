"""What one asks for and somebody else grants: more time, waiting until a day, striking out.

What was asked for stands on the case until it is granted or refused; meanwhile all clocks run on.
"""

from datetime import date, datetime, time
from typing import Any

import orjson

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, Invalid, SecondPersonNeeded
from backend.models import Case
from backend.rules import workflow
from backend.rules.deadlines import CHINA
from backend.services import scope
from backend.services.cases import clocks, parts
from backend.services.cases.moving import Moved, held, moved, said
from backend.verbs import verb

MOST_EXTENSIONS = 2
LONGEST_WAIT_DAYS = 365


@verb("case.ask-extension")
def ask_extension(
    number: str, version: str | None, reason: str, *, share: float = 0.5, by: Actor
) -> Moved:
    """Ask for more time, before it has run out; at most as much again, in two portions"""
    case = held(number, "ask-extension", version, by)
    _refuse_second_asking(case)
    if case.due_at is None or clock.now() > case.due_at:
        raise Conflict(errors={"reason": ["Its time has run out already."]})
    granted = clocks.extensions(case)
    if len(granted) >= MOST_EXTENSIONS or sum(granted) + share > 1:
        raise Conflict(errors={"reason": ["No more time can be granted for it."]})
    return _asked(case, "extension", by, reason, {"share": share})


@verb("case.extend")
def extend(number: str, version: str | None, *, by: Actor) -> Moved:
    """Grant the time that was asked for; the second time only a supervisor does"""
    case = held(number, "extend", version, by)
    asked = _granted(case, "extension", by)
    if clocks.extensions(case) and not scope.holds_area(by, "case.shelve", case.area_path):
        raise Conflict(errors={"action": ["The second time a supervisor grants it."]})
    case.limit_value = (case.limit_value or 0) * _stretch(case, asked["share"])
    before = case.due_at
    return moved(case, "extend", by, facts={"share": asked["share"], "before": before})


@verb("case.ask-shelving")
def ask_shelving(number: str, version: str | None, until: str, reason: str, *, by: Actor) -> Moved:
    """Ask to let a case wait until a day, for a season or a building site"""
    case = held(number, "ask-shelving", version, by)
    _refuse_second_asking(case)
    day = _day(until)
    if not 0 < (day - clock.now().astimezone(CHINA).date()).days <= LONGEST_WAIT_DAYS:
        raise Invalid(errors={"until": ["A day from tomorrow on, within a year."]})
    return _asked(case, "shelving", by, reason, {"until": until})


@verb("case.shelve")
def shelve(number: str, version: str | None, *, by: Actor) -> Moved:
    """Let a case wait until the day that was asked for; nobody's time runs meanwhile"""
    case = held(number, "shelve", version, by)
    asked = _granted(case, "shelving", by)
    case.shelved_until = datetime.combine(_day(asked["until"]), time(), CHINA)
    return moved(case, "shelve", by, facts={"until": asked["until"]})


@verb("case.resume")
def resume(number: str, version: str | None, *, by: Actor) -> Moved:
    """Take a case up again that was waiting"""
    case = held(number, "resume", version, by)
    case.shelved_until = None
    return moved(case, "resume", by)


@verb("case.ask-void")
def ask_void(number: str, version: str | None, reason: str, *, by: Actor) -> Moved:
    """Ask to strike a case out: it was a test, or an abuse"""
    case = held(number, "ask-void", version, by)
    _refuse_second_asking(case)
    return _asked(case, "void", by, reason, {})


@verb("case.void")
def void(number: str, version: str | None, *, by: Actor) -> Moved:
    """Strike a case out, as a second person; it stays listed and counts in no figure"""
    case = held(number, "void", version, by)
    _granted(case, "void", by)
    case.voided_at = clock.now()
    found = moved(case, "void", by)
    for part in parts.of_case(case):
        if part.state in workflow.OPEN:
            part.voided_at = case.voided_at
            moved(part, "void", by)
    return found


@verb("case.refuse")
def refuse(number: str, version: str | None, reason: str, *, by: Actor) -> Moved:
    """Do not grant what was asked for"""
    case = held(number, "refuse", version, by)
    if case.asked is None:
        raise Conflict(errors={"action": ["Nobody has asked for it."]})
    case.asked = case.asked_by = case.asked_facts = None
    return moved(case, "refuse", by, facts={"reason": said(reason, "reason")})


def resume_due() -> int:
    """Cases whose day has come go on by themselves; for the keeper."""
    due = (Case.state == "shelved") & (Case.shelved_until <= clock.now())
    numbers = list(Case.select().where(due).order_by(Case.id).limit(200))
    for case in numbers:
        case.shelved_until = None
        moved(case, "resume", None)
    return len(numbers)


def _asked(case: Case, what: str, by: Actor, reason: str, facts: dict[str, Any]) -> Moved:
    case.asked, case.asked_by = what, by.account_id
    case.asked_facts = orjson.dumps(facts).decode()
    told = {"reason": said(reason, "reason"), **facts}
    return moved(case, f"ask-{what}", by, facts=told)


def _granted(case: Case, what: str, by: Actor) -> dict[str, Any]:
    """What was asked for, by somebody else; it stands no longer on the case."""
    if case.asked != what:
        raise Conflict(errors={"action": ["Nobody has asked for it."]})
    if case.asked_by == by.account_id:
        raise SecondPersonNeeded()
    facts: dict[str, Any] = orjson.loads(case.asked_facts or "{}")
    case.asked = case.asked_by = case.asked_facts = None
    return facts


def _refuse_second_asking(case: Case) -> None:
    if case.asked is not None:
        raise Conflict(errors={"action": ["Something was asked for already."]})


def _stretch(case: Case, share: float) -> float:
    """By how much the present limit grows if so much of the first one is added."""
    whole = 1 + sum(clocks.extensions(case))
    return (whole + share) / whole


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(errors={"until": ["A day such as 2026-11-21."]}) from None
