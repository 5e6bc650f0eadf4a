"""Cases: what everybody may read of them. What staff see beside it is in `desk`."""

from marshmallow import fields, validate

from backend.rules import workflow
from backend.services import photos
from mobile_api.schemas.facilities import PublicProblem
from mobile_api.schemas.fields import Base, Flag, Instant, Whole


class CaseUnit(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    duty_phone = fields.String(required=True, allow_none=True)


class CaseStep(Base):
    at = Instant(required=True)
    action = fields.String(required=True)
    state = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)


class CasePhoto(Base):
    """A photo that everybody may see, at `/p/{id}.jpg`."""

    id = fields.String(required=True)
    purpose = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(photos.PURPOSES)
    )
    at = Instant(required=True)
    state = fields.String(required=True)


class CaseLine(Base):
    """A case in a list."""

    number = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(workflow.STATES)))
    reports = Whole(required=True, metadata={"description": "How many people told of it."})
    opened_at = Instant(required=True)
    updated_at = Instant(required=True)
    due_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "At the desk: until when it is sent on; then, put right."},
    )
    is_late = Flag(required=True)
    kind = fields.String(required=True)
    problem = fields.Nested(PublicProblem, required=True)
    thing = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    unit = fields.Nested(CaseUnit, required=True, allow_none=True)


class CasePart(Base):
    number = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(workflow.STATES)))


class PublicCase(CaseLine):
    """A case with its steps: no reporter, no worker."""

    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    words = fields.String(required=True, allow_none=True)
    round = Whole(required=True)
    merged_into = fields.String(required=True, allow_none=True)
    split_from = fields.String(required=True, allow_none=True)
    parts = fields.List(
        fields.Nested(CasePart),
        required=True,
        metadata={"description": "The cases it was split into; it closes with the last of them."},
    )
    closed_at = Instant(required=True, allow_none=True)
    photos = fields.List(fields.Nested(CasePhoto), required=True)
    steps = fields.List(fields.Nested(CaseStep), required=True)
