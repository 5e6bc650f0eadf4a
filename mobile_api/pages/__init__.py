"""HTML for people, over the same services and schemas as the API."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from backend.errors import Refused
from mobile_api import problems
from mobile_api.pages import (
    bike_desk,
    bikes,
    board,
    campaigns,
    checks,
    codes,
    confirmations,
    desk,
    flaws,
    front,
    hazards,
    languages,
    maps,
    outbox,
    own_checks,
    owners_notices,
    photo,
    printing,
    released,
    reports,
    rounds,
    sessions,
    topics,
    untagged,
    verifying,
    visits,
    work,
)
from mobile_api.pages.render import frame, here, page, see

BLUEPRINTS: list[Blueprint] = [
    front.blp,
    sessions.blp,
    languages.blp,
    visits.blp,
    printing.blp,
    topics.blp,
    desk.blp,
    board.blp,
    work.blp,
    checks.blp,
    outbox.blp,
    confirmations.blp,
    rounds.blp,
    hazards.blp,
    campaigns.blp,
    flaws.blp,
    verifying.blp,
    owners_notices.blp,
    own_checks.blp,
    maps.blp,
    codes.blp,
    reports.blp,
    untagged.blp,
    photo.blp,
    released.blp,
    bike_desk.blp,
    bikes.blp,
]
front.blp.app_context_processor(frame)

# What signing in again mends.
SIGN_IN_MENDS = frozenset({"not-signed-in", "token-invalid", "token-expired", "session-ended"})


def refusal(refused: Refused) -> Response:
    """A refusal as a page: the sentence, and what one may do now."""
    answer = problems.from_refusal(refused)
    if refused.code in SIGN_IN_MENDS and request.method == "GET":
        return see(f"/sign-in?{urlencode({'next': here(), 'why': refused.code})}")  # type: ignore[return-value]
    made = page(
        "refusal.html",
        answer.status_code,
        sentence=problems.sentence_of(refused),
        code=refused.code,
    )
    return _with_headers_of(answer, made)


def http_error(error: HTTPException) -> Response:
    """An error of HTTP as a page."""
    answer = problems.from_http(error)
    sentence = SENTENCES.get(answer.status_code) or problems.SENTENCES.get(answer.status_code)
    made = page(
        "refusal.html",
        answer.status_code,
        sentence=gettext(sentence) if sentence else error.name,
        code=problems.CODES.get(answer.status_code, f"http-{answer.status_code}"),
    )
    return _with_headers_of(answer, made)


# Said to a person, where the API says something to a program.
SENTENCES = {
    403: "This form came from another site, or was open for too long. Go back and send it again.",
    404: "There is no such page.",
}


def _with_headers_of(answer: Response, made: Response) -> Response:
    """Allow, Retry-After and their like stay true on a page."""
    for name, value in answer.headers:
        made.headers.setdefault(name, value)
    return made
