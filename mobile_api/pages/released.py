"""A photo that was released, for everybody: the address behind every <img> of a public page."""

from flask import Blueprint, Response, request

from backend.services import photos

blp = Blueprint("released_pages", __name__)

A_WHILE = "public, max-age=300"  # One that is withheld again is gone from phones in minutes.


@blp.get("/p/<photo_id>.jpg")
def shown(photo_id: str) -> Response:
    """The picture itself"""
    answer = Response(photos.public_copy(photo_id), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = A_WHILE
    answer.set_etag(photo_id)  # Its bytes never change.
    answer.make_conditional(request)
    return answer
