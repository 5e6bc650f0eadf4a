"""Photos: sent before the record they belong to, shown to who answers for the place."""

from typing import Any

from flask.views import MethodView

from backend.services import photos
from mobile_api import uploads
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import photos as wire

blp = Blueprint("photos", __name__, description="Photos of things on site")


@blp.route("/photos", methods=["POST"])
@blp.doc(requestBody=uploads.body("photo"))
@blp.operation("keepPhoto", wire.KeptPhoto, status=201, most_body=uploads.MOST_PHOTO)
def keep_photo() -> Any:
    """Keep a photo (JPEG, PNG or WebP); what a phone adds to it is left out"""
    return photos.keep(uploads.one_file("photo").read(), by=current_actor())


@blp.route("/photos/<photo_id>")
class PhotoById(MethodView):
    @blp.operation("showPhoto", media="image/jpeg")
    def get(self, photo_id: str) -> Any:
        """A photo: one's own, or of a place one answers for"""
        content = photos.show(photo_id, by=current_actor())
        return content, {"Content-Disposition": "inline"}
