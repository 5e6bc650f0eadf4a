"""Accounts, roles, duties, notices and the trail."""

from marshmallow import fields, validate

from mobile_api.schemas.fields import Base, CursorQuery, Day, Flag, Instant, Number, Whole, text


class RoleGiven(Base):
    id = Whole(required=True)
    role = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    since = Instant(required=True)
    until = Instant(required=True, allow_none=True)
    granted_by = fields.String(required=True)


class AccountLine(Base):
    name = fields.String(required=True)
    full_name = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    unit = fields.String(
        required=True, allow_none=True, metadata={"description": "Whose cases they handle."}
    )
    active = Flag(required=True)


class Account(AccountLine):
    roles = fields.List(fields.Nested(RoleGiven), required=True)
    created_at = Instant(required=True)
    version = fields.String(required=True)


class AccountsQuery(CursorQuery):
    area = text(15, load_default=None, allow_none=True)
    role = text(20, load_default=None, allow_none=True)


class GiveRole(Base):
    role = text(20, required=True)
    area = text(15, load_default=None, allow_none=True)
    until = Instant(load_default=None, allow_none=True)


class OpenAccount(Base):
    name = text(40, required=True)
    full_name = text(60, required=True)
    password = text(128, required=True)
    area = text(15, required=True)
    unit = text(20, load_default=None, allow_none=True)
    roles = fields.List(
        fields.Nested(GiveRole), load_default=list, validate=validate.Length(max=20)
    )


class AmendAccount(Base):
    full_name = text(60)
    area = text(15)
    unit = text(20, allow_none=True)
    active = Flag()
    password = text(128)


class DutiesQuery(CursorQuery):
    building = text(19, load_default=None, allow_none=True)
    account = text(40, load_default=None, allow_none=True)


class GiveDuty(Base):
    building = text(19, required=True)
    account = text(40, required=True)
    role = text(20, required=True)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


class Duty(Base):
    id = Whole(required=True)
    building = fields.String(required=True)
    account = fields.String(required=True)
    role = fields.String(required=True)
    since = fields.String(required=True)
    until = fields.String(required=True, allow_none=True)


class Notice(Base):
    id = Whole(required=True)
    kind = fields.String(required=True)
    at = Instant(required=True)
    facts = fields.Dict(required=True)


class TrailQuery(CursorQuery):
    building = text(19, load_default=None, allow_none=True)
    account = text(40, load_default=None, allow_none=True)
    verb = text(40, load_default=None, allow_none=True)
    resident = text(40, load_default=None, allow_none=True)
    since = Instant(load_default=None, allow_none=True)
    until = Instant(load_default=None, allow_none=True)


class PersonQuery(Base):
    id_number = text(18, required=True)
    cursor = text(200, load_default=None, allow_none=True)
    limit = Whole(load_default=50, validate=validate.Range(1, 200))


class TrailLine(Base):
    """Who, in which role, did what, where, when; how many people instead of whom."""

    line = Whole(required=True)
    at = Instant(required=True)
    verb = fields.String(required=True)
    outcome = fields.String(required=True)
    account = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    device = fields.String(required=True, allow_none=True)
    visit = fields.String(required=True, allow_none=True)
    building = fields.String(required=True, allow_none=True)
    area = fields.String(required=True, allow_none=True)
    lat = Number(required=True, allow_none=True)
    lon = Number(required=True, allow_none=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    subjects = Whole(required=True)
    facts = fields.Dict(required=True)
