"""Choosing the language one reads, and how large its letters are."""

from typing import Any

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from mobile_api import words
from mobile_api.pages.render import VIEW, local, see, sent

blp = Blueprint("languages", __name__)

YEAR_S = 365 * 86_400


@blp.post("/language")
def choose() -> Any:
    """Remember the language for a year, and go back."""
    answer = see(local(sent("next", 500)))
    chosen = sent("lang")
    if chosen in words.LANGUAGES:
        _remember(answer, words.COOKIE, chosen)
    return answer


@blp.post("/view")
def enlarge() -> Any:
    """Large letters and targets from now on, or the usual ones again."""
    answer = see(local(sent("next", 500)))
    if sent("view") == "elder":
        _remember(answer, VIEW, "elder")
    else:
        answer.delete_cookie(VIEW, httponly=True, samesite="Lax")
    return answer


def _remember(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SECURE"],
    )
