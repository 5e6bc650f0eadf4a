"""Choosing the language one reads."""

from typing import Any

from flask import Blueprint, current_app

from mobile_api import words
from mobile_api.pages.render import local, see, sent

blp = Blueprint("languages", __name__)

YEAR_S = 365 * 86_400


@blp.post("/language")
def choose() -> Any:
    """Remember the language for a year, and go back."""
    answer = see(local(sent("next", 500)))
    chosen = sent("lang")
    if chosen in words.LANGUAGES:
        answer.set_cookie(
            words.COOKIE,
            chosen,
            max_age=YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SECURE"],
        )
    return answer
