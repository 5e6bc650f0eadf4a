"""Signing in, devices, and who I am."""

from marshmallow import fields

from mobile_api.schemas.fields import Base, Instant, Whole, text


class SignIn(Base):
    account = text(40, required=True)
    password = text(200, required=True)
    device_id = text(32, load_default=None, allow_none=True)


class Renewal(Base):
    """`device_id`, `device_time` and `sig` let an enrolled device repeat a lost renewal."""

    refresh_token = text(200, required=True)
    device_id = text(32, load_default=None, allow_none=True)
    device_time = text(40, load_default=None, allow_none=True)
    sig = text(128, load_default=None, allow_none=True)


class ChangePassword(Base):
    present = text(200, required=True)
    new = text(128, required=True)


class Tokens(Base):
    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    expires_in = Whole(required=True, metadata={"description": "seconds"})


class EnrolDevice(Base):
    name = text(80, load_default="", least=0)
    platform = text(80, load_default="", least=0)
    device_time = Instant(load_default=None, allow_none=True)


class EnrolledDevice(Base):
    device_id = fields.String(required=True)
    secret = fields.String(required=True, metadata={"description": "Shown this once."})


class Device(Base):
    device_id = fields.String(required=True)
    name = fields.String(required=True)
    enrolled_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


class Devices(Base):
    items = fields.List(fields.Nested(Device), required=True)


class Role(Base):
    role = fields.String(required=True)
    title = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    area = fields.String(required=True, allow_none=True)


class Me(Base):
    account = fields.String(required=True)
    full_name = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.Nested(Role), required=True)
    verbs = fields.List(fields.String(), required=True)
    device_id = fields.String(required=True, allow_none=True)
