"""What staff do with a case, one verb a move; the table in `rules.workflow` says when.

Each takes the version that was read, so that two who act at once do not undo each other: the
second is told to read again.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Invalid, SecondPersonNeeded, WrongState
from backend.models import Case
from backend.rules import workflow
from backend.services import messages, photos, scope, trail, units
from backend.services.cases import faces
from backend.services.cases.opening import step
from backend.services.places import check_version
from backend.verbs import verb

MOST_NOTE = 500
Moved = dict[str, Any]
"""`number`, `state` and `version` after the move."""


def take(number: str, version: str | None, form: Mapping[str, Any], *, by: Actor) -> Moved:
    """The move that `form["action"]` names, with the words it needs. Refuses if one is missing."""
    action = form["action"]
    missing = sorted(name for name in workflow.MOVES[action].needs if not form.get(name))
    if missing:
        raise Invalid(errors={name: ["Say it in a few words."] for name in missing})
    words = {name: form[name] for name in TAKES[action] if form.get(name)}
    return TAKEN_BY[action](number, version, **words, by=by)


@verb("case.file")
def file(number: str, version: str | None, *, by: Actor) -> Moved:
    """Take a case on"""
    return _moved(_held(number, "file", version, by), "file", by)


@verb("case.decline")
def decline(number: str, version: str | None, note: str, *, by: Actor) -> Moved:
    """Take a report on no further, and tell the reporter why"""
    case = _held(number, "decline", version, by)
    return _moved(case, "decline", by, note=_said(note, "note"))


@verb("case.merge")
def merge(number: str, version: str | None, into: str, *, by: Actor) -> Moved:
    """Put a case with another of the same; its reporters hear of that one from now on"""
    case = _held(number, "merge", version, by)
    other = _parent(into, case)
    scope.check_area(by, "case.merge", other.area_path)
    case.merged_into = other.id
    other.reports += case.reports
    step(other, "absorb", account_id=by.account_id, facts={"case": number})
    return _moved(case, "merge", by, facts={"into": into})


@verb("case.dispatch")
def dispatch(
    number: str, version: str | None, unit: str, note: str | None = None, *, by: Actor
) -> Moved:
    """Send a case to the unit that handles it"""
    case = _held(number, "dispatch", version, by)
    case.unit = units.find(unit).code
    return _moved(case, "dispatch", by, note=note)


@verb("case.accept")
def accept(number: str, version: str | None, *, by: Actor) -> Moved:
    """Take a case into one's own hands"""
    case = _held(number, "accept", version, by)
    case.account_id = by.account_id
    return _moved(case, "accept", by)


@verb("case.return")
def return_(number: str, version: str | None, reason: str, *, by: Actor) -> Moved:
    """Send a case back to the desk: it is not ours"""
    case = _held(number, "return", version, by)
    case.account_id = None
    return _moved(case, "return", by, facts={"reason": _said(reason, "reason")})


@verb("case.reassign")
def reassign(number: str, version: str | None, unit: str, *, by: Actor) -> Moved:
    """Send a case to another unit"""
    case = _held(number, "reassign", version, by)
    case.unit, case.account_id = units.find(unit).code, None
    return _moved(case, "reassign", by)


@verb("case.feed-back")
def feed_back(
    number: str, version: str | None, note: str, photo: str | None = None, *, by: Actor
) -> Moved:
    """Say what was done, with a photo of the thing; somebody else checks it"""
    case = _held(number, "feed-back", version, by)
    if photo is not None:
        photos.use(photo, case.area_path, by=by, purpose="after", case_id=case.id)
    elif case.facility_id is not None:
        raise Invalid(errors={"photo": ["Take a photo of it as it is now."]})
    case.account_id = by.account_id
    return _moved(case, "feed-back", by, note=_said(note, "note"), facts={"photo": photo})


@verb("case.rework")
def rework(number: str, version: str | None, reason: str, *, by: Actor) -> Moved:
    """Send a case back to its handler: it is not right yet"""
    case = _held(number, "rework", version, by)
    _refuse_handler(case, by)
    return _moved(case, "rework", by, facts={"reason": _said(reason, "reason")})


@verb("case.close")
def close(number: str, version: str | None, note: str | None = None, *, by: Actor) -> Moved:
    """Close a case that was put right, as somebody who did not handle it"""
    case = _held(number, "close", version, by)
    _refuse_handler(case, by)
    photos.release(case.id)
    return _moved(case, "close", by, note=note)


@verb("case.comment")
def comment(number: str, version: str | None, note: str, *, by: Actor) -> Moved:
    """Tell everybody how far a case is"""
    case = _held(number, "comment", version, by)
    return _moved(case, "comment", by, note=_said(note, "note"))


def _held(number: str, action: str, version: str | None, by: Actor) -> Case:
    """The case as it was read, in a state from which this leads on, and nobody else's meanwhile."""
    found = faces.find(number)
    case: Case = locked(Case.select().where(Case.id == found.id)).get()
    scope.check_area(by, f"case.{action}", case.area_path)
    check_version(version, case.version)
    if not workflow.may(action, case.state):
        raise WrongState(action=action, state=case.state)
    return case


def _moved(
    case: Case,
    action: str,
    by: Actor,
    *,
    note: str | None = None,
    facts: dict[str, object] | None = None,
) -> Moved:
    case.state = workflow.MOVES[action].to or case.state
    if case.state not in workflow.OPEN:
        case.open_key, case.closed_at = None, clock.now()
    step(
        case,
        action,
        account_id=by.account_id,
        unit=case.unit,
        note=_short(note),
        facts=facts,
    )
    if action in TOLD:
        messages.tell(case, TOLD[action], _short(note))
    number = faces.number_of(case)
    place = None if case.lat is None or case.lon is None else (case.lat, case.lon)
    trail.write(by, f"case.{action}", area_path=case.area_path, place=place, facts={"case": number})
    return {"number": number, "state": case.state, "version": case.version}


TOLD = {"close": "closed", "decline": "declined", "merge": "merged"}
"""What its reporters are told at once, beside the page that they can look at."""


def _parent(into: str, case: Case) -> Case:
    """The open case that this one joins; one that was merged itself takes nobody in."""
    other: Case = locked(Case.select().where(Case.id == faces.find(into).id)).get()
    if other.id == case.id or other.state not in workflow.OPEN:
        raise Invalid(errors={"into": ["Name another case that is open."]})
    return other


def _refuse_handler(case: Case, by: Actor) -> None:
    if case.account_id == by.account_id:
        raise SecondPersonNeeded()


def _said(text: str | None, name: str) -> str:
    if not (text or "").strip():
        raise Invalid(errors={name: ["Say it in a few words."]})
    return str(_short(text))


def _short(text: str | None) -> str | None:
    text = (text or "").strip()
    if len(text) > MOST_NOTE:
        raise Invalid(errors={"note": [f"At most {MOST_NOTE} characters."]})
    return text or None


TAKEN_BY: Mapping[str, Callable[..., Moved]] = {
    "file": file,
    "decline": decline,
    "merge": merge,
    "dispatch": dispatch,
    "accept": accept,
    "return": return_,
    "reassign": reassign,
    "feed-back": feed_back,
    "rework": rework,
    "close": close,
    "comment": comment,
}
TAKES = {
    action: inspect.signature(function).parameters.keys() - {"number", "version", "by"}
    for action, function in TAKEN_BY.items()
}
"""The words of a form that each move takes."""
