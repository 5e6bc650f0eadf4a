"""The trail: append-only lines, sealed in batches, witnessed by signed checkpoints."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    CharField,
    DoubleField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table


class TrailLine(Table):
    """One look, act or refusal: who, in which role, with what, where, on what, when."""

    id = BigAutoField()
    at = InstantField()
    verb = CharField(40)
    outcome = CharField(40)  # done, or the code of the refusal
    account_id = IntegerField()
    account = CharField(40)
    roles = TextField()
    device_id = CharField(32, null=True)
    session_id = CharField(32, null=True)
    visit_id = CharField(32, null=True)
    building_id = BigIntegerField(null=True)
    area_path = CharField(80, null=True)
    lat = DoubleField(null=True)
    lon = DoubleField(null=True)
    subjects = TextField(default="")  # Keys touched, as ranges: see rules.ranges.
    fields = TextField(default="")  # Field names shown in full, comma-separated.
    facts = TextField(default="{}")  # JSON; never a personal value.
    mac = BlobField()  # Keyed seal of this line alone.

    class Meta:
        indexes = ((("building_id", "id"), False), (("account_id", "id"), False))


class TrailBatch(Table):
    """The lines sealed together; `seal` chains this batch to the one before."""

    id = BigAutoField()
    first_line = BigIntegerField()
    last_line = BigIntegerField(index=True)
    entries = BlobField()  # Line number and mac of each line: see rules.seals.
    seal = BlobField()
    sealed_at = InstantField()


class TrailCheckpoint(Table):
    """An Ed25519 signature over a batch's seal; a copy goes to a file outside the database."""

    id = BigAutoField()
    batch_id = BigIntegerField()
    last_line = BigIntegerField()
    seal = BlobField()
    signed_at = InstantField()
    signature = BlobField()
