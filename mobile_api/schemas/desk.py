"""The desk: cases as staff see them, and what they do with them."""

from marshmallow import Schema, fields, validate

from backend.rules import workflow
from backend.rules.deadlines import UNITS
from backend.services.cases import MOST_PARTS
from mobile_api.schemas.cases import CaseLine, CaseStep, CaseUnit, PublicCase
from mobile_api.schemas.facilities import InWords, PublicProblem
from mobile_api.schemas.fields import (
    Base,
    CursorQuery,
    Day,
    Flag,
    Instant,
    Number,
    Whole,
    one_of,
    text,
)
from mobile_api.schemas.photos import Photo
from mobile_api.schemas.visits import Fix

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


class Decided(Schema):
    """What one who moves a case on wants to know first."""

    proposed = fields.Nested(
        CaseUnit,
        required=True,
        allow_none=True,
        metadata={"description": "The unit that a rule or a returner thinks right."},
    )
    sureness = Number(
        required=True, allow_none=True, metadata={"description": "How sure the rule is, 0 to 1."}
    )
    returns = Whole(required=True)
    asked = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(sorted(workflow.ASKS.values())),
        metadata={"description": "What waits for somebody to grant it."},
    )
    accept_by = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Until when its unit may send it back."},
    )


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
    class_scheme = fields.String(required=True, allow_none=True)
    class_code = fields.String(required=True, allow_none=True)
    class_name = fields.String(required=True, allow_none=True)
    filing = fields.String(required=True, allow_none=True)
    closing = fields.String(required=True, allow_none=True)
    limit_value = fields.Float(required=True)
    limit_unit = fields.String(required=True, validate=validate.OneOf(list(UNITS)))


class Conditions(Base):
    items = fields.List(fields.Nested(Condition), required=True)


class ConditionsQuery(Base):
    q = text(40, load_default="", metadata={"description": "Words, such as 路灯 不亮."})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 600))


class Task(Base):
    """What one unit does of a case that several handle together."""

    unit = fields.Nested(CaseUnit, required=True, allow_none=True)
    part = one_of("lead", "assist", required=True)
    words = fields.String(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)
    given_at = Instant(required=True)
    accepted_at = Instant(required=True, allow_none=True)
    done_at = Instant(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class Proposal(Base):
    """What a case's words say that it may be."""

    unit = fields.Nested(CaseUnit, required=True, allow_none=True)
    problem = fields.Nested(PublicProblem, required=True, allow_none=True)
    condition = fields.String(required=True, allow_none=True)
    sureness = Number(required=True)
    why = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Words that spoke for it, with a +, and against it, with a -."},
    )


class DeskCase(Decided, PublicCase):
    """A case as staff see it; who told of it is asked for apart, and leaves a line."""

    channel = fields.String(required=True)
    version = Whole(required=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What you may do with it now."}
    )
    ready = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(InWords)),
        required=True,
        metadata={"description": "Action -> what one may want to say with it."},
    )
    arbiter = fields.Nested(
        CaseUnit,
        required=True,
        allow_none=True,
        metadata={"description": "The desk that decides whose it is, without appeal."},
    )
    proposals = fields.List(fields.Nested(Proposal), required=True)
    tasks = fields.List(fields.Nested(Task), required=True)
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


class Part(Base):
    """One of the cases that a case is split into; with a unit it is sent there at once."""

    words = text(MOST_NOTE, required=True, metadata={"description": "For everybody to read."})
    problem = text(40, load_default=None, allow_none=True)
    condition = text(24, load_default=None, allow_none=True)
    unit = text(20, load_default=None, allow_none=True)


class Move(Base):
    action = fields.String(required=True, validate=validate.OneOf(list(workflow.MOVES)))
    note = text(MOST_NOTE, metadata={"description": "For everybody to read."})
    reason = text(MOST_NOTE, metadata={"description": "For staff."})
    unit = text(20)
    photo = text(32, metadata={"description": "Of `POST /photos`: the thing as it is now."})
    to = text(40, metadata={"description": "A colleague's account."})
    until = Day(metadata={"description": "Until when it waits."})
    into = text(20, metadata={"description": "The number of the case it joins."})
    words = text(MOST_NOTE, metadata={"description": "What a unit that assists is to do."})
    condition = text(24, metadata={"description": "Of the standard: what it is filed under."})
    closing = text(
        24, metadata={"description": "The code of the condition whose closing is fulfilled."}
    )
    confirmed = Flag(metadata={"description": "Whether it is as reported."})
    parts = fields.List(fields.Nested(Part), validate=validate.Length(2, MOST_PARTS))
    fix = fields.Nested(Fix, metadata={"description": "Where it was done."})


class Moved(Base):
    number = fields.String(required=True)
    state = fields.String(required=True)
    version = Whole(required=True)
