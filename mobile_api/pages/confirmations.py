"""A grid worker is asked to look whether something is as reported, before the city takes it on."""

from typing import Any

from flask import Blueprint

from backend.actor import Actor
from backend.errors import NotFound
from backend.services import cases, phrases
from mobile_api import auth, casework
from mobile_api.pages.render import page, see

blp = Blueprint("confirmation_pages", __name__, url_prefix="/confirmations")


@blp.get("")
def confirmations() -> Any:
    """What the desk wants looked at in my areas, oldest first."""
    return page("confirmations/list.html", found=cases.to_confirm(by=auth.current_actor()))


@blp.get("/<case>")
def one(case: str) -> Any:
    """One of them, with the form of the answer."""
    return _one(case)


@blp.post("/<case>/moves")
def answer(case: str) -> Any:
    """Yes or no, with a photo if one likes; on to the next."""
    tried = casework.take(case, auth.current_actor())
    return _one(case, tried) if tried.refused else see("/confirmations")


def _one(number: str, tried: casework.Tried | None = None) -> Any:
    """A grid worker sees what everybody sees of a case, and what the desk asks."""
    tried = tried or casework.Tried()
    case = _found(number, auth.current_actor())
    return page(
        "confirmations/one.html",
        tried.status,
        case=case,
        way=casework.way_to(case),
        **casework.form_of("confirm", tried),
    )


def _found(number: str, by: Actor) -> dict[str, Any]:
    for one in cases.to_confirm(by=by):
        if one["number"] == number:
            ready = phrases.of_move("confirm", one["kind"], one["problem"]["code"])
            return {**one, "ready": {"confirm": ready}}
    raise NotFound(noun="case")
