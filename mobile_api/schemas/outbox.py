"""The outbox to units, and where a unit is told."""

from marshmallow import fields, validate

from backend.services import outbox, outgoing
from mobile_api.schemas.fields import Base, CursorQuery, Instant, Whole, one_of, text


class OutboxQuery(CursorQuery):
    state = one_of(*outgoing.STATES, load_default="waiting")


class UnitMessage(Base):
    """A message to a unit; never its text, which is made when it goes."""

    id = Whole(required=True)
    unit = fields.String(required=True)
    name = fields.String(required=True)
    way = fields.String(required=True, validate=validate.OneOf(outbox.WAYS))
    kind = fields.String(required=True)
    case = fields.String(required=True)
    at = Instant(required=True)
    due_at = Instant(
        required=True, allow_none=True, metadata={"description": "When it is tried next."}
    )
    tries = Whole(required=True)
    fault = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it did not go out."}
    )
    sent_at = Instant(required=True, allow_none=True)
    given_up_at = Instant(required=True, allow_none=True)


class OutboxFigures(Base):
    waiting = Whole(required=True)
    troubled = Whole(required=True, metadata={"description": "Of these, tried in vain so far."})
    failed = Whole(required=True)
    sent_today = Whole(required=True)


class SetAddress(Base):
    """`https://...` for a program, or a robot: dingtalk://, wecombot://, feishu://, lark://."""

    address = text(500, required=True)
    secret = text(
        200,
        load_default=None,
        allow_none=True,
        metadata={"description": "whsec_ and base64; left out, one is made."},
    )


class UnitAddress(Base):
    unit = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, allow_none=True)
    address = fields.String(
        required=True, allow_none=True, metadata={"description": "Without what opens it."}
    )
    ways = fields.List(fields.String(validate=validate.OneOf(outbox.WAYS)), required=True)


class UnitAddressSet(UnitAddress):
    secret = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What a webhook is signed with; shown this once."},
    )
