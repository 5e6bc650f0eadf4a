"""The desk: cases as staff see them, and what they do with them."""

from marshmallow import fields, validate

from backend.rules import workflow
from backend.rules.deadlines import UNITS
from mobile_api.schemas.cases import CaseLine, CaseStep, PublicCase
from mobile_api.schemas.facilities import InWords
from mobile_api.schemas.fields import Base, CursorQuery, Day, Instant, Whole, text
from mobile_api.schemas.photos import Photo

MOST_NOTE = 500


class CasesQuery(CursorQuery):
    area = text(15, load_default=None, allow_none=True)
    state = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(list(workflow.STATES)),
        metadata={"description": "Left out: all that are open."},
    )
    kind = text(16, load_default=None, allow_none=True)
    unit = text(20, load_default=None, allow_none=True)


class DeskLine(CaseLine):
    """A case in the list of the desk."""

    channel = fields.String(required=True)
    version = Whole(required=True)


class DeskStep(CaseStep):
    by = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class Answered(Base):
    question = fields.Nested(InWords, required=True)
    answer = fields.Nested(InWords, required=True)


class Said(Base):
    at = Instant(required=True)
    channel = fields.String(required=True)
    words = fields.String(required=True, allow_none=True)
    answers = fields.List(fields.Nested(Answered), required=True)


class Condition(Base):
    """What the city's standard says of such a problem; null where the limit is of our own."""

    code = fields.String(required=True, allow_none=True)
    class_code = fields.String(required=True, allow_none=True)
    class_name = fields.String(required=True, allow_none=True)
    filing = fields.String(required=True, allow_none=True)
    closing = fields.String(required=True, allow_none=True)
    limit_value = fields.Float(required=True)
    limit_unit = fields.String(required=True, validate=validate.OneOf(list(UNITS)))


class DeskCase(PublicCase):
    """A case as staff see it; who told of it is asked for apart, and leaves a line."""

    channel = fields.String(required=True)
    version = Whole(required=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What you may do with it now."}
    )
    asked = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(sorted(workflow.ASKS.values())),
        metadata={"description": "What waits for somebody to grant it."},
    )
    handler = fields.String(required=True, allow_none=True)
    history = fields.List(fields.Nested(DeskStep), required=True)
    said = fields.List(fields.Nested(Said), required=True)
    condition = fields.Nested(Condition, required=True)
    photos = fields.List(fields.Nested(Photo), required=True)


class Contact(Base):
    at = Instant(required=True)
    phone = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)


class Contacts(Base):
    items = fields.List(fields.Nested(Contact), required=True)


class Move(Base):
    action = fields.String(required=True, validate=validate.OneOf(list(workflow.MOVES)))
    note = text(MOST_NOTE, metadata={"description": "For everybody to read."})
    reason = text(MOST_NOTE, metadata={"description": "For staff."})
    unit = text(20)
    photo = text(32, metadata={"description": "Of `POST /photos`: the thing as it is now."})
    to = text(40, metadata={"description": "A colleague's account."})
    until = Day(metadata={"description": "Until when it waits."})
    into = text(20, metadata={"description": "The number of the case it joins."})


class Moved(Base):
    number = fields.String(required=True)
    state = fields.String(required=True)
    version = Whole(required=True)
