"""Tags: what a scan says, claims, losses and the tasks that follow from them."""

from marshmallow import ValidationError, fields, validate, validates_schema

from mobile_api.schemas.facilities import PublicFacility, RegisterFacility
from mobile_api.schemas.fields import Base, CursorQuery, Day, Flag, Instant, Whole, one_of, text
from mobile_api.schemas.visits import Fix

LONGEST_LINK = 2_048


class Tag(Base):
    tag = fields.String(required=True)
    kind = fields.String(required=True)
    room = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    bound_at = Instant(required=True, allow_none=True)
    accepted_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "The first scan by a worker on the wall, near its thing."},
    )
    ended_at = Instant(required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True)
    replaced_by = fields.String(required=True, allow_none=True)
    suspected_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When two workers found it far from its building."},
    )


class Tags(Base):
    items = fields.List(fields.Nested(Tag), required=True)


class RevokeTag(Base):
    reason = text(40, required=True)


class RevokedTag(Base):
    tag = fields.String(required=True)
    state = fields.String(required=True)
    ended_at = Instant(required=True)


class Scan(Base):
    """What the camera saw, a link or a code, or what somebody typed."""

    code = text(LONGEST_LINK, required=True)
    fix = fields.Nested(Fix, load_default=None, allow_none=True)


class ScannedBike(Base):
    """All that anybody learns of an e-bike."""

    brand = fields.String(required=True)
    colour = fields.String(required=True)
    state = one_of("registered", "stolen", required=True)


class Subject(Base):
    """What a tag hangs at: what anybody in the street may know of it."""

    type = one_of("building", "room", "facility", "bike", required=True)
    code = fields.String(
        required=True, allow_none=True, metadata={"description": "null for a bike"}
    )
    name = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    room = fields.String(required=True, allow_none=True)
    area = fields.String(required=True, allow_none=True)
    bike = fields.Nested(
        ScannedBike, required=True, allow_none=True, metadata={"description": "if it is one"}
    )


class Face(Base):
    code = fields.String(required=True, allow_none=True)
    shown = fields.String(
        required=True, allow_none=True, metadata={"description": "as on the tag: 7K3M-9QX2-DHV5"}
    )
    kind = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, allow_none=True)
    notice = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(
            (
                *("mistyped", "foreign", "forged", "unknown"),
                *("not_hung", "replaced", "lost", "revoked"),
            )
        ),
        metadata={"description": "What is wrong with it; null: all is well."},
    )
    subject = fields.Nested(Subject, required=True, allow_none=True)
    facility = fields.Nested(PublicFacility, required=True, allow_none=True)
    next = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "report, claim, open-visit, report-loss, replace"},
    )


class NewFacility(RegisterFacility):
    """A facility nobody has recorded yet. It is of the tag's kind and stands at the fix."""

    class Meta(RegisterFacility.Meta):
        exclude = ("kind", "lat", "lon", "crs")


class Claim(Base):
    """What it hangs at, one of four. The kind of the tag must be one that hangs there."""

    building = text(19, load_default=None, allow_none=True)
    room = text(25, load_default=None, allow_none=True)
    facility = text(40, load_default=None, allow_none=True)
    new_facility = fields.Nested(NewFacility, load_default=None, allow_none=True)
    photo = text(32, load_default=None, allow_none=True)
    fix = fields.Nested(Fix, required=True)

    @validates_schema
    def names_one_thing(self, data: dict[str, object], **_: object) -> None:
        names = ("building", "room", "facility", "new_facility")
        if sum(data.get(name) is not None for name in names) != 1:
            raise ValidationError("Name what the tag hangs at.", "building")


class Replacement(Base):
    code = text(LONGEST_LINK, required=True, metadata={"description": "the new tag"})
    fix = fields.Nested(Fix, required=True)


class HungTag(Base):
    tag = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    bound_at = Instant(required=True, allow_none=True)
    accepted_at = Instant(required=True, allow_none=True)
    replaced_by = fields.String(required=True, allow_none=True)
    subject = fields.Nested(Subject, required=True, allow_none=True)


class Loss(Base):
    reason = text(20, required=True, metadata={"description": "lost or damaged"})


class Missing(Base):
    """Where it hung, one of three, when there is nothing left to scan."""

    building = text(19, load_default=None, allow_none=True)
    room = text(25, load_default=None, allow_none=True)
    facility = text(40, load_default=None, allow_none=True)
    kind = text(20, required=True, metadata={"description": "of tag: building, streetlight ..."})
    reason = text(20, required=True, metadata={"description": "lost or damaged"})

    @validates_schema
    def names_one_thing(self, data: dict[str, object], **_: object) -> None:
        if sum(data.get(name) is not None for name in ("building", "room", "facility")) != 1:
            raise ValidationError("Name what the tag hangs at.", "building")


class TagTask(Base):
    id = Whole(required=True)
    tag = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Its code; hidden while it opens anything, from who scans it."},
    )
    kind = fields.String(required=True)
    reason = one_of("lost", "damaged", "regraded", required=True)
    subject = fields.Nested(Subject, required=True)
    opened_at = Instant(required=True)
    due = Day(required=True, metadata={"description": "the last day, nine working days on"})
    is_overdue = Flag(required=True)
    done_at = Instant(required=True, allow_none=True)


class TagTaskQuery(CursorQuery):
    done = fields.Boolean(load_default=False)


class TagReport(Base):
    code = text(LONGEST_LINK, required=True)
    reason = text(
        20,
        required=True,
        metadata={
            "description": "unknown, wrong-place, pasted-over, damaged, asks-for-money or other"
        },
    )
    fix = fields.Nested(Fix, load_default=None, allow_none=True)


class TakenReport(Base):
    code = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    at = Instant(required=True)
