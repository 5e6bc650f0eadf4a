"""A handler's day on a phone: my tasks by deadline, and one of them with what I do next."""

from typing import Any

from flask import Blueprint

from backend.services import cases
from mobile_api import auth, casework
from mobile_api.pages.render import asked, page, see

blp = Blueprint("work_pages", __name__, url_prefix="/work")

MOST = 30
FIRST = ("mine", "new", "joint")
"""What stands on the first screen; the rest is a tap away."""


@blp.get("")
def tasks() -> Any:
    """My cases, then what my unit has not taken yet, each by deadline; or one list of them."""
    by = auth.current_actor()
    chosen = asked("part", 10)
    after = asked("cursor", 40) or None
    lists = [
        (part, cases.handlers.assigned(part, cursor=after, most=MOST, by=by))
        for part in ([chosen] if chosen else FIRST)
    ]
    return page("work/tasks.html", lists=lists, chosen=chosen, counts=cases.handlers.waiting(by))


@blp.get("/<case>")
def one(case: str) -> Any:
    """One task: where it is, what is wrong, and the button that comes next."""
    return _task(case)


@blp.post("/<case>/moves")
def move(case: str) -> Any:
    """One move on: accepted, it stays on the screen; done, back to the list."""
    tried = casework.take(case, auth.current_actor())
    if tried.refused:
        return _task(case, tried)
    return see("/work" if tried.form["action"] in LEAVES else f"/work/{case}")


LEAVES = frozenset({"feed-back", "return", "pass-on"})
"""After these the case is somebody else's."""


def _task(number: str, tried: casework.Tried | None = None) -> Any:
    shown = casework.shown(number, auth.current_actor(), tried)
    return page(
        "work/task.html",
        tried.status if tried else 200,
        **shown,
        way=casework.way_to(shown["case"]),
    )
