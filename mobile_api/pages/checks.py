"""A checker's day on a phone: what is to be looked at, the nearest first, and the verdict."""

from typing import Any

from flask import Blueprint

from backend.services import cases
from mobile_api import auth, casework, positions
from mobile_api.pages.render import asked, page, see

blp = Blueprint("check_pages", __name__, url_prefix="/checks")

MOST = 30


@blp.get("")
def checks() -> Any:
    """What others have put right, those that wait longest first."""
    found = cases.checks.checks(
        cursor=asked("cursor", 40) or None, most=MOST, by=auth.current_actor()
    )
    return page("checks/checks.html", found=found)


@blp.get("/near")
def near() -> Any:
    """The same list, the nearest first: a piece for the page that is open, never an address."""
    here = positions.near(asked("near", 60))
    found = cases.checks.checks(here, asked("crs", 20), most=MOST, by=auth.current_actor())
    return page("checks/list.html", found=found)


@blp.get("/<case>")
def one(case: str) -> Any:
    """Before and after side by side, and when it may be closed."""
    return _check(case)


@blp.post("/<case>/moves")
def move(case: str) -> Any:
    """Closed, or back to its handler; on to the next."""
    tried = casework.take(case, auth.current_actor())
    return _check(case, tried) if tried.refused else see("/checks")


def _check(number: str, tried: casework.Tried | None = None) -> Any:
    shown = casework.shown(number, auth.current_actor(), tried)
    return page(
        "checks/check.html",
        tried.status if tried else 200,
        **shown,
        way=casework.way_to(shown["case"]),
    )
