"""The wire of photos."""

from marshmallow import fields
from marshmallow.validate import OneOf

from backend.services import photos
from mobile_api.schemas.fields import Base


class KeptPhoto(Base):
    """`id` is what a claim names; `sha256` and `size` are those of the file as it was sent."""

    id = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True)
    taken_at = fields.AwareDateTime(required=True)


class ReviewPhoto(Base):
    """Whether the public may see it."""

    decision = fields.String(required=True, validate=OneOf(photos.DECISIONS))


class Photo(Base):
    """What staff know of a photo beside the picture. `at` is when it came."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=OneOf(("waiting", "ready", "unreadable")))
    purpose = fields.String(required=True, allow_none=True, validate=OneOf(photos.PURPOSES))
    at = fields.AwareDateTime(required=True)
    sha256 = fields.String(required=True)
    review = fields.String(required=True, allow_none=True, validate=OneOf(photos.DECISIONS))
    is_public = fields.Boolean(required=True)
    recycled_of = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "An earlier photo of another case that looks the same."},
    )


class PhotosToReview(Base):
    """The oldest fifty; those that are decided on make room for others."""

    items = fields.List(fields.Nested(Photo), required=True)
