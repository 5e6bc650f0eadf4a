"""A photo of a tag instead of its link: for phones whose camera opens nothing. Needs no script."""

from typing import Any

from flask import Blueprint, abort

from backend.errors import Refused
from backend.services import tags
from mobile_api import auth, problems, uploads, words
from mobile_api.pages.render import page, see

blp = Blueprint("photo_pages", __name__)


@blp.get("/c/photo")
def asked() -> Any:
    """Where to send it"""
    return page("codes/photo.html", problem=None)


@blp.post("/c/photo")
def sent() -> Any:
    """Read here, it leads where the link would have"""
    if not auth.is_from_our_pages():
        abort(403)
    uploads.allow(uploads.MOST_PHOTO)
    try:
        photo = uploads.one_file("photo").read()
        face = tags.scan_photo(photo, by=auth.actor_or_none(), source=auth.source())
    except Refused as refusal:
        return _problem(problems.sentence_of(refusal), problems.status_of(type(refusal)))
    if face["code"] is None:
        return _problem(words.word(face["notice"], "tag_notice_title"), 404)
    return see(f"/{face['code']}")


def _problem(sentence: str, status: int) -> Any:
    return page("codes/photo.html", status, problem=sentence)
