"""The desk on a phone: what needs a person now, all cases of my areas, and one of them."""

from typing import Any

from flask import Blueprint, request

from backend.actor import Actor
from backend.errors import NotFound
from backend.rules import workflow
from backend.services import cases, photos
from mobile_api import auth, casework
from mobile_api.cursors import number as cursor
from mobile_api.pages.render import asked, page, see, sent

blp = Blueprint("desk_pages", __name__, url_prefix="/desk")

FIRST = 5
"""So many of each queue stand on the first screen."""
MOST = 30
MOST_CONDITIONS = 50


@blp.get("")
def desk() -> Any:
    """What needs a person now, the most pressing first; one queue with all that wait in it."""
    by = auth.current_actor()
    if not cases.may_somewhere("case.queues", by=by):
        return see("/desk/cases")
    chosen = asked("queue", 12)
    counts = cases.queues.queues(by=by)
    if chosen:
        found = cases.queues.queue(chosen, cursor=_cursor(), most=MOST, by=by)
        return page("desk/queue.html", name=chosen, found=found)
    filled = [one for one in counts if one["count"]]
    for one in filled:
        one["found"] = cases.queues.queue(one["queue"], most=FIRST, by=by)
    return page("desk/desk.html", queues=filled)


@blp.get("/cases")
def list_of_cases() -> Any:
    """Cases of my areas: what is open, or all of one state."""
    by = auth.current_actor()
    number = asked("number", 20)
    if number and _is_case(number):
        return see(f"/desk/{number}")
    state = request.args.get("state", "")
    found = cases.listed(
        state=state if state in workflow.STATES else None,
        before=cursor(request.args.get("before")),
        most=MOST,
        by=by,
    )
    return page("desk/list.html", found=found, state=state, states=workflow.STATES, unknown=number)


@blp.get("/<case>")
def one(case: str) -> Any:
    """A case, how it came to be what it is, and what I may do with it."""
    opened = casework.chosen(asked("action", 20), asked("condition", 24))
    rows = cases.MOST_PARTS if asked("parts", 2) else 0
    return _case(case, opened, rows=rows)


@blp.get("/<case>/conditions")
def conditions(case: str) -> Any:
    """Conditions of the standard to choose from; each leads back to the form that asked for it."""
    by = auth.current_actor()
    words = asked("q", 40)
    return page(
        "desk/conditions.html",
        case=cases.show(case, by=by),
        action=asked("action", 20),
        words=words,
        found=cases.conditions(words, MOST_CONDITIONS, by=by) if words else [],
        most=MOST_CONDITIONS,
    )


@blp.post("/<case>/moves")
def move(case: str) -> Any:
    """One move on; back to the case."""
    tried = casework.take(case, auth.current_actor())
    return _case(case, tried) if tried.refused else see(f"/desk/{case}")


@blp.post("/<case>/merges")
def merges(case: str) -> Any:
    """Others that are the same are put with this one."""
    tried = casework.merge(case, auth.current_actor())
    return _case(case, tried) if tried.refused else see(f"/desk/{case}")


@blp.post("/<case>/photos/<photo>")
def review(case: str, photo: str) -> Any:
    """Let everybody see a photo, or nobody outside."""
    photos.review(photo, sent("decision", 10), by=auth.current_actor())
    return see(f"/desk/{case}")


@blp.post("/<case>/contacts")
def contacts(case: str) -> Any:
    """Who told of it. A button, not a link: nobody looks by accident, and the look is kept."""
    sent("look")
    return _case(case, contacts=cases.contact(case, by=auth.current_actor()))


def _case(
    number: str,
    tried: casework.Tried | None = None,
    contacts: list[dict[str, Any]] | None = None,
    rows: int = 0,
) -> Any:
    by = auth.current_actor()
    shown = casework.shown(number, by, tried, rows)
    return page(
        "desk/case.html",
        tried.status if tried else 200,
        **shown,
        twins=_twins(shown["case"], by),
        may_ask=cases.may(number, "case.contact", by=by),
        may_review=cases.may(number, "photo.review", by=by),
        contacts=contacts,
    )


def _twins(case: dict[str, Any], by: Actor) -> list[dict[str, Any]]:
    """What it may be the same as, for whoever may put them together."""
    if not cases.may(case["number"], "case.candidates", by=by):
        return []
    return cases.candidates(case["number"], by=by) if case["state"] in workflow.OPEN else []


def _is_case(number: str) -> bool:
    try:
        cases.find(number)
    except NotFound:
        return False
    return True


def _cursor() -> str | None:
    return asked("cursor", 40) or None
