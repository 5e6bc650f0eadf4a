"""Doubtful records for a supervisor: how many by rule and area, and the list behind a number."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from backend.rules.quality import STATES
from backend.services import inspections
from mobile_api import auth
from mobile_api.cursors import number as cursor
from mobile_api.pages.render import asked, page

blp = Blueprint("flaw_pages", __name__, url_prefix="/flaws")

NAMES = ("rule", "state", "area")


@blp.get("")
def overview() -> Any:
    """By rule and by area."""
    return page("flaws/counts.html", found=inspections.flaws.overview(by=auth.current_actor()))


@blp.get("/list")
def listed() -> Any:
    """The records behind a number."""
    which = {name: asked(name, 20) for name in NAMES if asked(name, 20)}
    found = inspections.flaws.listed(
        rule=which.get("rule"),
        state=which.get("state"),
        area=which.get("area"),
        before=cursor(request.args.get("before")),
        most=30,
        by=auth.current_actor(),
    )
    following = urlencode({**which, "before": found["next"]}) if found["next"] else None
    return page("flaws/list.html", found=found, which=which, states=STATES, following=following)
