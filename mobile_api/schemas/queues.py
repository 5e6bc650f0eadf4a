"""What waits for whom: the desk's queues, a handler's tasks, a checker's checks."""

from marshmallow import fields, validate

from backend.services import cases
from mobile_api.schemas.desk import Decided, DeskLine
from mobile_api.schemas.fields import Base, CursorQuery, Instant, Number, Whole, text


class WaitingLine(Decided, DeskLine):
    """A case that waits for somebody."""

    lat = Number(required=True, allow_none=True)
    lon = Number(required=True, allow_none=True)


class QueueLine(WaitingLine):
    """A case in a queue of the desk."""

    reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it came back, or why somebody asks."},
    )


class Confirmations(Base):
    items = fields.List(fields.Nested(QueueLine), required=True)


class QueueCount(Base):
    queue = fields.String(required=True, validate=validate.OneOf(list(cases.queues.QUEUES)))
    count = Whole(required=True)


class QueueCounts(Base):
    items = fields.List(fields.Nested(QueueCount), required=True)


class TasksQuery(CursorQuery):
    part = fields.String(
        load_default="mine",
        validate=validate.OneOf(cases.handlers.PARTS),
        metadata={"description": "Mine, my unit's new ones, those we assist in, colleagues'."},
    )


class ChecksQuery(CursorQuery):
    near = text(
        60,
        load_default=None,
        allow_none=True,
        metadata={"description": "lat,lon: the nearest first, one page of them."},
    )
    crs = text(20, load_default=None, allow_none=True)


class NearLine(WaitingLine):
    """A case and how far it is."""

    distance_m = Number(
        required=True, allow_none=True, metadata={"description": "Null unless you said where."}
    )


class Check(NearLine):
    """A case to be checked."""

    handled_at = Instant(required=True, allow_none=True)


class Candidates(Base):
    items = fields.List(fields.Nested(NearLine), required=True)
