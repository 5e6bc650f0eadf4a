"""Photos: sent before the record they belong to, shown to who answers for the place."""

from base64 import b64encode
from typing import Any

from flask import g
from flask.views import MethodView

from backend.services import photos
from mobile_api import uploads
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import photos as wire

blp = Blueprint("photos", __name__, description="Photos of things on site")


@blp.route("/photos")
class Photos(MethodView):
    @blp.operation("listPhotosToReview", wire.PhotosToReview)
    def get(self) -> Any:
        """Photos of one's areas that nobody has released or withheld yet, the oldest first"""
        return {"items": photos.to_review(by=current_actor())}

    @blp.doc(requestBody=uploads.body("photo"))
    @blp.operation(
        "keepPhoto",
        wire.KeptPhoto,
        status=201,
        most_body=uploads.MOST_PHOTO,
        first=lambda: photos.develop(uploads.one_file("photo").read(), by=current_actor()),
    )
    def post(self) -> Any:
        """Keep a photo (JPEG, PNG, WebP or HEIC); what is shown of it is the picture alone"""
        return photos.note(*g.first, by=current_actor())


@blp.route("/photos/<photo_id>")
class PhotoById(MethodView):
    @blp.operation("showPhoto", media="image/jpeg")
    def get(self, photo_id: str) -> Any:
        """A photo: one's own, or of a place one answers for"""
        content = photos.show(photo_id, by=current_actor())
        return content, {"Content-Disposition": "inline"}


@blp.route("/photos/<photo_id>/original")
class OriginalPhoto(MethodView):
    @blp.operation("showOriginalPhoto", media="application/octet-stream")
    def get(self, photo_id: str) -> Any:
        """A photo as it was sent, byte for byte; Repr-Digest is its SHA-256 (RFC 9530)"""
        content, digest = photos.original(photo_id, by=current_actor())
        said = b64encode(bytes.fromhex(digest)).decode()
        # Never opened by a browser: it is whatever a stranger sent.
        return content, {
            "Content-Disposition": f'attachment; filename="{photo_id}.bin"',
            "Repr-Digest": f"sha-256=:{said}:",
        }


@blp.route("/photos/<photo_id>/review")
class PhotoReview(MethodView):
    @blp.arguments(wire.ReviewPhoto)
    @blp.operation("reviewPhoto", wire.Photo)
    def put(self, form: dict[str, Any], photo_id: str) -> Any:
        """Release a photo to the public, or withhold it"""
        return photos.review(photo_id, form["decision"], by=current_actor())
