"""Fields that do not guess: a number is a number, an instant knows its zone."""

import math
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from marshmallow.validate import Length, Regexp


class Base(Schema):
    """What is not in the schema is refused, not dropped."""

    class Meta:
        unknown = "raise"


class Number(fields.Float):
    """A JSON number; no string, no boolean, nothing infinite."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Send a number.")
        if not math.isfinite(value):
            raise ValidationError("Send a finite number.")
        return float(value)


class Whole(fields.Integer):
    """A JSON number without a fraction, within 53 bits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise ValidationError("Send a whole number.")
        if abs(value) > 2**53:
            raise ValidationError("This number is too large.")
        return int(value)


class Flag(fields.Boolean):
    """true or false, nothing that looks like it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Send true or false.")
        return value


class Instant(fields.AwareDateTime):
    """RFC 3339 with a zone; leaves in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise ValidationError("Send an instant like 2026-11-21T08:00:00Z.")
        try:
            found: datetime = super()._deserialize(value, attr, data, **kwargs)
        except (OverflowError, ValueError):
            raise ValidationError("Send an instant like 2026-11-21T08:00:00Z.") from None
        if not 1970 <= found.year <= 2100:
            raise ValidationError("This year is out of range.")
        return found


class Day(fields.String):
    """A calendar day, YYYY-MM-DD, kept as text."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ValidationError("Send a day like 2026-11-21.") from None
        if len(text) != 10 or not 1880 <= day.year <= 2200:
            raise ValidationError("Send a day like 2026-11-21.")
        return text


def text(most: int, *, least: int = 1, pattern: str | None = None, **kwargs: Any) -> fields.String:
    """A string of `least` to `most` characters."""
    checks: list[validate.Validator] = [Length(least, most)]
    if pattern is not None:
        checks.append(Regexp(pattern))
    return fields.String(validate=checks, **kwargs)


def one_of(*words: str, **kwargs: Any) -> fields.String:
    """One of these words."""
    return fields.String(validate=validate.OneOf(words), **kwargs)


def page_of(item: type[Schema], name: str) -> type[Schema]:
    """A cursor page: `items`, and the `next` cursor or null at the end."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                allow_none=True,
                required=True,
                metadata={"description": "Send it back as `cursor`; null at the end."},
            ),
        },
        name=name,
    )


class CursorQuery(Base):
    """Where a page starts and how long it may be."""

    cursor = text(200, load_default=None, allow_none=True)
    limit = fields.Integer(
        load_default=100, validate=validate.Range(1, 200), metadata={"description": "1-200"}
    )
