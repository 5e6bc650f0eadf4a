"""The wire of photos."""

from marshmallow import fields

from mobile_api.schemas.fields import Base


class KeptPhoto(Base):
    """`id` is what a claim names; the file is what `sha256` says, without the phone's metadata."""

    id = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True)
    taken_at = fields.AwareDateTime(required=True)
