"""Hazards on a phone: those of my areas, and one of them with what I may do about it."""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext

from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound, PhotoUnreadable, Refused
from backend.services import inspections, photos
from backend.services.accounts import me
from backend.services.inspections.hazards import STATES
from mobile_api import auth, problems, uploads
from mobile_api.cursors import number as cursor
from mobile_api.pages.render import asked, page, see, sent

blp = Blueprint("hazard_pages", __name__)

STAYS = (Conflict, Invalid, NotFound, PhotoUnreadable)


@blp.get("/hazards")
def listed() -> Any:
    """Hazards of my areas: what waits, or all of one state"""
    state = request.args.get("state", "")
    found = inspections.hazards.listed(
        state=state if state in STATES else None,
        subject=asked("subject", 48) or None,
        before=cursor(request.args.get("before")),
        most=30,
        by=auth.current_actor(),
    )
    return page("hazards/list.html", found=found, state=state, states=STATES)


@blp.get("/hazards/<int:hazard>")
def one(hazard: int) -> Any:
    """A hazard, with its photos and what became of it"""
    return _hazard(hazard, auth.current_actor())


@blp.post("/hazards/<int:hazard>/recheck")
def recheck(hazard: int) -> Any:
    """Gone, with a photo of it as it is now; or still there"""
    by = auth.current_actor()
    if request.mimetype == uploads.FORM:
        uploads.allow(uploads.MOST_PHOTO)
    form: dict[str, Any] = {"result": sent("result", 10), "note": sent("note", 500).strip()}
    try:
        form["photo"] = _kept_photo(by)
        inspections.hazards.recheck(hazard, form, by=by)
    except STAYS as refused:
        return _hazard(hazard, by, refused)
    return see(f"/hazards/{hazard}")


@blp.post("/hazards/<int:hazard>/case")
def pass_on(hazard: int) -> Any:
    """Make a case of it"""
    sent("case", 5)
    inspections.hazards.pass_on(hazard, by=auth.current_actor())
    return see(f"/hazards/{hazard}")


def _kept_photo(by: Actor) -> str | None:
    file = request.files.get("photo")
    content = file.read() if file else b""
    return str(photos.keep(content, by=by)["id"]) if content else None


def _hazard(number: int, by: Actor, refused: Refused | None = None) -> Any:
    errors: Any = (refused.facts.get("errors") or {"": [str(refused)]}) if refused else {}
    return page(
        "hazards/one.html",
        problems.status_of(type(refused)) if refused else 200,
        hazard=inspections.hazards.show(number, by=by),
        verbs=me.show(by=by)["verbs"],
        errors={name: gettext(said[0]) for name, said in errors.items()},
    )
