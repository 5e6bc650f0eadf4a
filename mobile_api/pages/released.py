"""A photo that was released, for everybody: the address behind every <img> of a public page."""

from flask import Blueprint, Response, request

from backend.services import photos

blp = Blueprint("released_pages", __name__)

A_WHILE = "public, max-age=300"  # One that is withheld again is gone from phones in minutes.


@blp.get("/p/<photo_id>.jpg")
def shown(photo_id: str) -> Response:
    """The picture itself"""
    return _picture(photo_id, small=False)


@blp.get("/p/small/<photo_id>.jpg")
def shown_small(photo_id: str) -> Response:
    """At most 320 pixels wide or high, for pages that must be light"""
    return _picture(photo_id, small=True)


def _picture(photo_id: str, *, small: bool) -> Response:
    answer = Response(photos.public_copy(photo_id, small=small), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = A_WHILE
    answer.set_etag(f"{photo_id}-small" if small else photo_id)  # Its bytes never change.
    answer.make_conditional(request)
    return answer
