"""The desk on a phone: the cases of my areas, and one of them with a button for each move."""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext

from backend.actor import Actor
from backend.errors import (
    Conflict,
    Invalid,
    PhotoUnreadable,
    Refused,
    SecondPersonNeeded,
    VersionStale,
    WrongState,
)
from backend.rules import workflow
from backend.services import cases, photos, units
from mobile_api import auth, problems, uploads, words
from mobile_api.cursors import number as cursor
from mobile_api.pages.render import page, see, sent

blp = Blueprint("desk_pages", __name__, url_prefix="/desk")

STAYS = (Conflict, Invalid, PhotoUnreadable, SecondPersonNeeded, VersionStale, WrongState)
"""What is said beside the form it answers; any other refusal is a page of its own."""
FIELDS = {"note": 500, "reason": 500, "unit": 20, "into": 20, "photo": 32, "to": 40, "until": 10}
FIELDS |= {"words": 500, "condition": 24, "closing": 24}


@blp.get("")
def list_of_cases() -> Any:
    """Cases of my areas: what is open, or all of one state."""
    state = request.args.get("state", "")
    found = cases.listed(
        state=state if state in workflow.STATES else None,
        before=cursor(request.args.get("before")),
        most=30,
        by=auth.current_actor(),
    )
    return page("desk/list.html", found=found, state=state, states=workflow.STATES)


@blp.get("/<case>")
def one(case: str) -> Any:
    """A case, how it came to be what it is, and what I may do with it."""
    return _case(case)


@blp.post("/<case>/moves")
def move(case: str) -> Any:
    """One move on; back to the case."""
    by = auth.current_actor()
    if request.mimetype == uploads.FORM:
        uploads.allow(uploads.MOST_PHOTO)
    action = sent("action", 20)
    form = {"action": action, **{name: sent(name, most) for name, most in FIELDS.items()}}
    if action not in workflow.MOVES:
        raise Invalid(errors={"action": ["There is no such move."]})
    try:
        form["photo"] = _kept_photo(by) or form["photo"]
        cases.moves.take(case, sent("version", 10), form, by=by)
    except STAYS as refused:
        return _case(case, refused, form)
    return see(f"/desk/{case}")


@blp.post("/<case>/photos/<photo>")
def review(case: str, photo: str) -> Any:
    """Let everybody see a photo, or nobody outside."""
    photos.review(photo, sent("decision", 10), by=auth.current_actor())
    return see(f"/desk/{case}")


@blp.post("/<case>/contacts")
def contacts(case: str) -> Any:
    """Who told of it. A button, not a link: nobody looks by accident, and the look is kept."""
    sent("look")
    return _case(case, shown=cases.contact(case, by=auth.current_actor()))


def _case(
    number: str,
    refused: Refused | None = None,
    form: dict[str, Any] | None = None,
    shown: list[dict[str, Any]] | None = None,
) -> Any:
    by = auth.current_actor()
    case = cases.show(number, by=by)
    return page(
        "desk/case.html",
        problems.status_of(type(refused)) if refused else 200,
        case=case,
        moves=workflow.MOVES,
        units=units.all_units(),
        may_ask=cases.may(number, "case.contact", by=by),
        may_review=cases.may(number, "photo.review", by=by),
        contacts=shown,
        form=form or {},
        errors=_errors(refused) if refused else {},
        problem=_sentence(refused) if refused else None,
    )


def _kept_photo(by: Actor) -> str | None:
    """The number of the photo that came with the form, if one did."""
    file = request.files.get("photo")
    content = file.read() if file else b""
    return str(photos.keep(content, by=by)["id"]) if content else None


def _sentence(refused: Refused) -> str:
    told = words.word(refused.code, "case_problem")
    return problems.sentence_of(refused) if told == refused.code else told


def _errors(refused: Refused) -> dict[str, str]:
    found: Any = refused.facts.get("errors") or {}
    return {name: gettext(said[0]) for name, said in found.items()}
