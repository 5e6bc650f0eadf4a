"""Who works here: accounts, the roles and duties given to them, their devices and sessions."""

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table
from backend.models.areas import Area


class Account(Table):
    """A person who can sign in. `stamp` grows with every change of what they may do."""

    id = AutoField()
    name = CharField(40, unique=True)
    full_name = TextField()
    password_hash = TextField()
    active = BooleanField(default=True)
    area = ForeignKeyField(Area, null=True)
    area_id: str | None
    unit = CharField(20, null=True, index=True)  # Whose cases this person handles: a unit's code.
    stamp = IntegerField(default=1)
    version = IntegerField(default=1)
    created_at = InstantField()


class RoleGrant(Table):
    """A role in an area. Without an area it holds only at the buildings of one's duties."""

    id = AutoField()
    account = ForeignKeyField(Account, backref="grants")
    role = CharField(20)
    area = ForeignKeyField(Area, null=True)
    area_id: str | None
    since = InstantField()
    until = InstantField(null=True)
    granted_by = TextField()


class Duty(Table):
    """Building x role x person x from-to: who answers for what."""

    id = AutoField()
    building_id = BigIntegerField()
    account = ForeignKeyField(Account, backref="duties")
    role = CharField(20)
    since = CharField(10)
    until = CharField(10, null=True)

    class Meta:
        indexes = ((("account", "building_id"), False), (("building_id",), False))


class Device(Table):
    """An enrolled phone. Its secret is sealed, and shown once."""

    id = CharField(32, primary_key=True)
    account = ForeignKeyField(Account, backref="devices")
    name = TextField(default="")
    sealed = BlobField()  # secret
    external_receiver = BooleanField(default=False)  # May send mock positions from a GNSS rod.
    enrolled_at = InstantField()
    revoked_at = InstantField(null=True)


class Session(Table):
    """A signed-in family of tokens, or a browser's page session."""

    id = CharField(32, primary_key=True)
    account = ForeignKeyField(Account, backref="sessions")
    account_id: int
    device = ForeignKeyField(Device, null=True)
    device_id: str | None
    kind = CharField(8)  # api, page
    token_hash = BlobField()  # Of the refresh token (api) or the cookie (page) valid now.
    previous_hash = BlobField(null=True)
    rotated_at = InstantField(null=True)
    sealed_reply = BlobField(null=True)  # The last rotation's answer, for a lost reply.
    created_at = InstantField()
    expires_at = InstantField()
    ended_at = InstantField(null=True)
    ended_reason = CharField(40, null=True)


class Allowance(Table):
    """A token bucket: how much of something may still be done, exact across processes."""

    key = CharField(120, primary_key=True)
    left = DoubleField()
    at = InstantField()
