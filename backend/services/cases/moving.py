"""A step of a case as staff take it: held as it was read, moved, kept, told to its reporters."""

from collections.abc import Mapping
from typing import Any

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.db import locked
from backend.errors import CaseMoved, Invalid, VersionMissing, WrongState
from backend.models import Case
from backend.rules import datum, workflow
from backend.services import messages, outbox, scope, trail
from backend.services.cases import faces, guards, parts, tasks
from backend.services.cases.opening import step

MOST_NOTE = 500
Moved = dict[str, Any]
"""`number`, `state` and `version` after the move."""
TOLD = {"close": "closed", "decline": "declined", "merge": "merged"}
"""What its reporters are told at once, beside the page that they can look at."""


def held(number: str, action: str, version: str | None, by: Actor) -> Case:
    """The case as it was read, in a state from which this leads on, and nobody else's meanwhile."""
    found = faces.find(number)
    case: Case = locked(Case.select().where(Case.id == found.id)).get()
    scope.check_area(by, f"case.{action}", case.area_path)
    _check_version(version, case.version)
    if not workflow.may(action, case.state):
        raise WrongState(action=action, state=case.state)
    guards.check(case, action, by)
    return case


def _check_version(read: str | None, present: int) -> None:
    """Refuse to move what has moved since it was read."""
    if read is None:
        raise VersionMissing()
    if read != str(present):
        raise CaseMoved()


def moved(
    case: Case,
    action: str,
    by: Actor | None,
    *,
    note: str | None = None,
    facts: dict[str, object] | None = None,
    fix: Mapping[str, Any] | None = None,
    unit: str | None = None,
) -> Moved:
    """Where the action leads; `by` None is time itself.

    `fix` is where it was done; `unit` whose step it is, if not that of the case.
    """
    before, had_it, was_open = case.state, _unit_before(case, action), case.state in workflow.OPEN
    case.state = workflow.MOVES[action].to or case.state
    if was_open and case.state not in workflow.OPEN:
        case.open_key, case.closed_at = None, clock.now()
    if case.asked == "confirmation" and case.state != "received":
        case.asked = case.asked_by = case.asked_facts = None  # The desk did not wait for it.
    facts = {**(facts or {}), **_told(case, action, short(note))}
    step(
        case,
        action,
        before=before,
        account_id=by.account_id if by else None,
        role=_role(by, action, case) if by else None,
        unit=unit or case.unit,
        device_id=by.device_id if by else None,
        place=_place(fix),
        note=short(note),
        facts=facts,
    )
    tasks.follow(case, action)
    outbox.tell_of_move(case, action, before=had_it)
    number = faces.number_of(case)
    place = None if case.lat is None or case.lon is None else (case.lat, case.lon)
    facts = {"case": number}
    trail.write(by or SYSTEM, f"case.{action}", area_path=case.area_path, place=place, facts=facts)
    if was_open and case.state not in workflow.OPEN:
        for parent in parts.finished_parents(case):
            moved(parent, "close", None, facts={"parts": True})
    return {"number": number, "state": case.state, "version": case.version}


def _told(case: Case, action: str, note: str | None) -> dict[str, object]:
    """Tell its reporters of its end: how many. With nobody to tell, that is done at once."""
    if action not in TOLD:
        return {}
    told = messages.tell(case, TOLD[action], note)
    case.answered_at = None if told else case.closed_at
    return {"told": told}


def _unit_before(case: Case, action: str) -> str | None:
    """Who had it until now; asked of the table, because the row in hand is changed already."""
    if action != "reassign":
        return None
    row = Case.select(Case.unit).where(Case.id == case.id).get()
    unit: str | None = row.unit
    return unit


def _role(by: Actor, action: str, case: Case) -> str | None:
    """In which of the roles that include it, and hold there, the actor does this."""
    return next(iter(scope.roles_in(by, f"case.{action}", case.area_path)), None)


def _place(fix: Mapping[str, Any] | None) -> tuple[float, float] | None:
    if fix is None:
        return None
    here = datum.to_wgs84(fix["lat"], fix["lon"], fix.get("crs"))
    return here.lat, here.lon


def said(text: str | None, name: str) -> str:
    """Words that may not be missing."""
    if not (text or "").strip():
        raise Invalid(errors={name: ["Say it in a few words."]})
    return str(short(text))


def short(text: str | None) -> str | None:
    text = (text or "").strip()
    if len(text) > MOST_NOTE:
        raise Invalid(errors={"note": [f"At most {MOST_NOTE} characters."]})
    return text or None
