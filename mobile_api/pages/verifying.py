"""Two things a worker does beside inspecting: verify a record, hand tasks to a colleague."""

from typing import Any

from flask import Blueprint, request

from backend.errors import Conflict, Invalid, NotFound, Refused
from backend.rules.quality import RESULTS
from backend.services import inspections
from mobile_api import auth, problems, words
from mobile_api.pages.render import page, see, sent

blp = Blueprint("verifying_pages", __name__, url_prefix="/rounds")


@blp.get("/tasks/<int:task>")
def task(task: int) -> Any:
    """A record that is to be verified."""
    return _task(task)


@blp.post("/tasks/<int:task>")
def finish(task: int) -> Any:
    """Say what was found, with one tap; on to what is due next."""
    form = {"result": sent("result", 10), "note": sent("note", 500)}
    try:
        inspections.done(task, form, by=auth.current_actor())
    except (Conflict, Invalid) as refused:
        return _task(task, refused, form["note"])
    return see("/rounds")


@blp.get("/hand-over")
def choose() -> Any:
    """What to hand over, and to whom."""
    return _hand_over()


@blp.post("/hand-over")
def hand_over() -> Any:
    """All of what was chosen, or nothing."""
    to = sent("to", 40)
    which = "each" if sent("all", 1) else "task"
    chosen = [int(one) for one in request.form.getlist(which)[:200] if _is_number(one)]
    try:
        inspections.hand_over(chosen, to, by=auth.current_actor())
    except (Invalid, NotFound) as refused:
        return _hand_over(refused, to, chosen)
    return see("/rounds")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 15


def _task(number: int, refused: Refused | None = None, note: str = "") -> Any:
    return page(
        "rounds/verify.html",
        problems.status_of(type(refused)) if refused else 200,
        task=inspections.show_task(number, by=auth.current_actor()),
        results=RESULTS,
        note=note,
        errors=_errors(refused),
    )


def _hand_over(
    refused: Refused | None = None, to: str = "", chosen: list[int] | None = None
) -> Any:
    by = auth.current_actor()
    return page(
        "rounds/hand_over.html",
        problems.status_of(type(refused)) if refused else 200,
        found=inspections.due(by=by),
        colleagues=inspections.colleagues(by=by),
        to=to,
        chosen=chosen or [],
        errors=_errors(refused),
    )


def _errors(refused: Refused | None) -> dict[str, str]:
    if refused is None:
        return {}
    found: Any = refused.facts.get("errors") or {"": [problems.sentence_of(refused)]}
    return {name: words.translated(said)[0] for name, said in found.items()}
