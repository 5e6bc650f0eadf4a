"""A worker's round on a phone: what is due, a form with a thumb's buttons, what comes next."""

import secrets
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext

from backend.actor import Actor
from backend.errors import Invalid, NotFound, Refused
from backend.rules import forms as rules
from backend.services import inspections
from mobile_api import answering, auth, positions, problems, telling
from mobile_api.answering import Draft
from mobile_api.pages.render import asked, page, see, sent

blp = Blueprint("round_pages", __name__)

THING = "<path:thing>"


@blp.get("/rounds")
def due() -> Any:
    """What I have to look at; in the order of a walk once the phone has said where it is"""
    near = asked("near", 60)
    found = inspections.due(
        near=positions.near(near) if near else None, crs=asked("crs", 20), by=auth.current_actor()
    )
    return page("rounds/due.html", found=found, walks=bool(near))


@blp.get("/rounds/at/<code>")
def at(code: str) -> Any:
    """What can be inspected in a building"""
    return page("rounds/at.html", found=inspections.at(code, by=auth.current_actor()))


@blp.get(f"/rounds/{THING}")
def ask(thing: str) -> Any:
    """The form of a thing, empty; a draft on the phone fills it in by itself"""
    return _form(thing, auth.current_actor())


@blp.post(f"/rounds/{THING}")
def send(thing: str) -> Any:
    """Take it in; by script JSON comes back, so that the phone knows what it may forget"""
    by = auth.current_actor()
    sent("uuid", 36)
    found = inspections.ask(thing, form=sent("form", 40) or None, version=_version(), by=by)
    draft = answering.read(found["form"], by)
    try:
        told = inspections.submit(_as_sent(thing, found, draft), by=by)
    except (Invalid, NotFound) as refused:
        return _refused(thing, by, found, draft, refused)
    link = f"/inspections/{told['uuid']}"
    if not telling.wants_json():
        return see(link)
    answer: Response = jsonify({"link": link})
    answer.status_code = 201
    return answer


@blp.get("/inspections/<uuid>")
def sent_one(uuid: str) -> Any:
    """An inspection: what it found and what comes next"""
    return page("rounds/sent.html", found=inspections.show(uuid, by=auth.current_actor()))


def _version() -> int | None:
    text = request.values.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 8 else None


def _as_sent(thing: str, found: dict[str, Any], draft: Draft) -> dict[str, Any]:
    return {
        "uuid": draft.uuid,
        "subject": thing,
        "form": found["form"]["code"],
        "version": found["form"]["version"],
        "answers": draft.answers,
        "fix": draft.fix,
    }


def _refused(thing: str, by: Actor, found: dict[str, Any], draft: Draft, refused: Refused) -> Any:
    """The form again with an error for each answer; to a script, the same as JSON."""
    if telling.wants_json():
        return problems.from_refusal(refused)
    errors: Any = refused.facts.get("errors") or {"": [str(refused)]}
    for name, said in errors.items():
        draft.errors.setdefault(name.removeprefix("answers."), gettext(said[0]))
    return _form(thing, by, draft, problems.status_of(type(refused)), found)


def _form(
    thing: str,
    by: Actor,
    draft: Draft | None = None,
    status: int = 200,
    found: dict[str, Any] | None = None,
) -> Any:
    form = asked("form", 40) or None
    found = found or inspections.ask(thing, form=form, version=_version(), by=by)
    return page(
        "rounds/form.html",
        status,
        found=found,
        action=f"/rounds/{quote(thing, safe=':')}",
        draft=draft or Draft(uuid=secrets.token_hex(16), version=found["form"]["version"]),
        results=rules.RESULTS,
    )
