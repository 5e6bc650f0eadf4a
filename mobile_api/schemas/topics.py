"""Topics: what many suddenly tell of in one place, and what becomes of it."""

from datetime import date
from typing import Any

from marshmallow import fields, validate

from backend.services import topics
from mobile_api.schemas.cases import CaseLine, CaseUnit
from mobile_api.schemas.fields import Base, CursorQuery, Day, Flag, Instant, Whole, one_of, text


class TopicsQuery(CursorQuery):
    state = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(topics.STATES),
        metadata={"description": "Left out: open and assigned."},
    )


class TopicLine(Base):
    """A topic in the ledger."""

    id = Whole(required=True)
    state = one_of(*topics.STATES, required=True)
    phrase = fields.String(
        required=True, metadata={"description": "At least three reporters wrote it so."}
    )
    area = fields.String(required=True)
    area_name = fields.String(required=True, allow_none=True)
    reporters = Whole(required=True, metadata={"description": "How many people told of it."})
    cases_count = Whole(required=True)
    found_at = Instant(required=True)
    first_at = Instant(required=True)
    last_at = Instant(required=True)
    unit = fields.Nested(CaseUnit, required=True, allow_none=True)
    account = fields.String(
        required=True, allow_none=True, metadata={"description": "The name of who has it."}
    )
    due_on = fields.Date(required=True, allow_none=True)
    is_late = Flag(required=True)
    version = Whole(required=True)


class TopicDay(Base):
    day = fields.Date(required=True)
    reports = Whole(required=True)


class Topic(TopicLine):
    """A topic with its cases, and how many told of it each day."""

    words = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    days = fields.List(fields.Nested(TopicDay), required=True)
    cases = fields.List(fields.Nested(CaseLine), required=True)
    assigned_at = Instant(required=True, allow_none=True)
    assigned_by = fields.String(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_by = fields.String(required=True, allow_none=True)
    actions = fields.List(
        fields.String(), required=True, metadata={"description": "What you may do with it now."}
    )


class AsDate(Day):
    """A calendar day, as one."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:  # type: ignore[override]
        return date.fromisoformat(super()._deserialize(value, attr, data, **kwargs))


class Assignment(Base):
    """Whose it is: a unit or a person, one of the two."""

    unit = text(20, load_default=None, allow_none=True)
    account = text(40, load_default=None, allow_none=True)
    due_on = AsDate(required=True)
    words = text(topics.MOST_WORDS, load_default=None, allow_none=True)


class TopicNote(Base):
    note = text(topics.MOST_WORDS, required=True)


class TopicKept(Base):
    id = Whole(required=True)
    state = one_of(*topics.STATES, required=True)
    version = Whole(required=True)
