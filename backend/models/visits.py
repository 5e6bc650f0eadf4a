"""Who was on site, where, until when, and by what proof."""

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DoubleField,
    FloatField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table


class Challenge(Table):
    """A nonce: what is scanned and measured after it cannot have been recorded before it."""

    nonce = CharField(43, primary_key=True)
    account_id = IntegerField()
    device_id = CharField(32, null=True)
    issued_at = InstantField(index=True)
    used_at = InstantField(null=True)


class Visit(Table):
    """A worker at a building. Read people only while it is open and its lease lives."""

    id = CharField(32, primary_key=True)
    account_id = IntegerField()
    device_id = CharField(32)
    session_id = CharField(32)
    building_id = BigIntegerField(index=True)
    kind = CharField(12)  # scan, located, remote, break_glass
    state = CharField(10)  # open, suspended, closed
    presence = CharField(12)  # verified, weak, unverified, contradicted
    shows_people = BooleanField(default=False)  # Verified, or weak and a second tag scanned.
    lat = DoubleField(null=True)  # The last accepted fix, WGS-84.
    lon = DoubleField(null=True)
    opened_at = InstantField()
    lease_until = InstantField()
    suspended_at = InstantField(null=True)
    closed_at = InstantField(null=True)
    reason = CharField(40, null=True)
    outside_fixes = IntegerField(default=0)
    beat_seq = IntegerField(default=0)
    last_presence_at = InstantField()
    last_read_at = InstantField()
    tag = CharField(64, null=True)  # What was scanned to open it.
    evidence = TextField(default="{}")  # JSON: flags, recent raw fixes, second tags.
    wiped_at = InstantField(null=True)
    # Break-glass and remote visits say why, and are looked at afterwards.
    reason_code = CharField(40, null=True)
    reason_text = TextField(null=True)
    granted_by = TextField(null=True)
    reviewed_by = TextField(null=True)
    reviewed_at = InstantField(null=True)
    verdict = CharField(20, null=True)

    class Meta:
        indexes = ((("account_id", "state"), False), (("device_id", "state"), False))


class Fix(Table):
    """A position a device claimed. Kept 90 days."""

    id = AutoField()
    visit_id = CharField(32, index=True)
    seq = IntegerField()
    at = InstantField(index=True)
    age_ms = IntegerField()
    lat = DoubleField()  # WGS-84
    lon = DoubleField()
    accuracy_m = FloatField()
    crs = CharField(10)
    provider = CharField(20)
    is_mock = BooleanField(default=False)
    metres = FloatField()  # From the footprint.
    flags = TextField(default="")
