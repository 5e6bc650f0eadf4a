"""Owners check for themselves: the form of their own place, behind the tag at their door."""

import secrets
from typing import Any

from flask import Blueprint
from flask_babel import gettext

from backend.errors import Invalid
from backend.rules import forms as rules
from backend.services import inspections
from mobile_api import answering, auth
from mobile_api.answering import Draft
from mobile_api.pages.render import page, written

blp = Blueprint("own_check_pages", __name__)


@blp.get("/check/<text>")
def offered(text: str) -> Any:
    """What hangs together with this tag and may be checked"""
    found = inspections.own_checks.offered(text)
    if len(found["items"]) == 1:
        return _form(text, found["items"][0]["code"])
    return page("own_checks/choose.html", found=found)


@blp.get("/check/<text>/<subject>")
def ask(text: str, subject: str) -> Any:
    """The form of one of them"""
    return _form(text, subject)


@blp.post("/check/<text>/<subject>")
def send(text: str, subject: str) -> Any:
    """What has to be put right, and by which law"""
    found = inspections.own_checks.ask(text, subject)
    draft = answering.read(found["form"], None)
    said = {"uuid": draft.uuid, "version": draft.version, "answers": draft.answers}
    try:
        told = inspections.own_checks.send(text, subject, said, source=auth.source())
    except Invalid as refused:
        errors: Any = refused.facts["errors"]
        for name, sentences in errors.items():
            draft.errors.setdefault(name.removeprefix("answers."), gettext(sentences[0]))
        return _form(text, subject, draft, 422)
    return page("own_checks/done.html", told=told, tag=written("tag", 40) or text)


def _form(text: str, subject: str, draft: Draft | None = None, status: int = 200) -> Any:
    found = inspections.own_checks.ask(text, subject)
    return page(
        "own_checks/form.html",
        status,
        found=found,
        tag=text,
        draft=draft or Draft(uuid=secrets.token_hex(16), version=found["form"]["version"]),
        results=rules.RESULTS,
    )
