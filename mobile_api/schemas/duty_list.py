"""The duty list on the wire: what another one would change, and what is broken in this one."""

from marshmallow import fields, validate

from mobile_api.schemas.facilities import ImportReport
from mobile_api.schemas.fields import Base, Flag, Whole, text


class DryRunQuery(Base):
    days = fields.Integer(
        load_default=30,
        validate=validate.Range(1, 366),
        metadata={"description": "Of past cases."},
    )
    day = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "As of when; else the last day on which a line begins."},
    )


class RuleFault(Base):
    rule = fields.String(required=True, metadata={"description": "remit:KEY, or desk."})
    reason = fields.String(required=True)


class RuleFaultToday(RuleFault):
    cases = Whole(required=True, metadata={"description": "That met it."})


class Faults(Base):
    broken = fields.List(fields.Nested(RuleFault), required=True)
    today = fields.List(fields.Nested(RuleFaultToday), required=True)


class Way(Base):
    kind = text(16, required=True)
    problem = text(40, required=True)
    before = fields.String(required=True, allow_none=True, metadata={"description": "A unit."})
    after = fields.String(
        required=True, allow_none=True, metadata={"description": "A unit; none: the desk."}
    )
    cases = Whole(required=True)


class Rehearsal(Base):
    is_well = Flag(
        required=True,
        metadata={"description": "Nothing breaks, and no case loses the unit it has now."},
    )
    file = fields.Nested(ImportReport, required=True)
    day = fields.String(required=True)
    cases = Whole(required=True)
    same = Whole(required=True)
    elsewhere = Whole(required=True)
    to_nobody = Whole(required=True)
    from_nobody = Whole(required=True)
    ways = fields.List(fields.Nested(Way), required=True)
    faults = fields.List(fields.Nested(RuleFault), required=True)
    new_faults = fields.List(fields.Nested(RuleFault), required=True)
