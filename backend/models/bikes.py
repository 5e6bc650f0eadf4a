"""E-bikes: each with an electronic ID, one owner at a time, and every step of its life."""

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    CharField,
    DoubleField,
    FloatField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table


class Bike(Table):
    """An e-bike that somebody has registered, or asked to. It names nobody.

    `frame_key` is its frame number while the registration lives, so that no frame has two.
    """

    id = BigIntegerField(primary_key=True)  # Milliseconds, then chance: it tells no count.
    state = CharField(12, index=True)  # See backend.rules.bikes.
    frame = CharField(20, index=True)
    frame_key = CharField(20, null=True, unique=True)
    frame_form = CharField(8)  # national: the 15 digits of GB 17761; free: of before
    brand = CharField(40)
    colour = CharField(20)
    area_path = CharField(80, index=True)  # Where it is kept.
    operator = CharField(20, null=True, index=True)  # Of a fleet: a unit. It has no ownership.
    code = CharField(12, null=True, index=True)  # Of the tag that is its ID now.
    asked_at = InstantField(index=True)
    registered_at = InstantField(null=True)
    stolen_at = InstantField(null=True)
    updated_at = InstantField()
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("colour", "brand"), False),)


class Ownership(Table):
    """A person has a bike, from-to. Who that is, and under which link, is sealed."""

    id = BigIntegerField(primary_key=True)
    bike_id = BigIntegerField(index=True)
    live_key = BigIntegerField(null=True, unique=True)  # The bike, while it is theirs.
    sealed = BlobField()  # name, id_number, phone, token
    id_index = BlobField(null=True, index=True)
    phone_index = BlobField(null=True, index=True)
    token_index = BlobField(null=True, unique=True)  # SHA-256 of the owner's link.
    language = CharField(8)
    how = CharField(12)  # registered, transferred
    since = InstantField()
    until = InstantField(null=True)
    forgotten_at = InstantField(null=True)  # Name, number and phone were wiped.


class BikeStep(Table):
    """One thing that happened to a bike. Steps are added, never changed."""

    id = AutoField()
    bike_id = BigIntegerField(index=True)
    at = InstantField(index=True)
    action = CharField(16)
    state = CharField(12)  # After it.
    account_id = IntegerField(null=True)  # None: its owner, or a rule.
    facts = TextField(default="{}")  # JSON; never a personal value.


class Transfer(Table):
    """An owner offers a bike to whoever has this link and that phone; both must agree."""

    id = AutoField()
    bike_id = BigIntegerField(index=True)
    open_key = BigIntegerField(null=True, unique=True)  # The bike, while the offer stands.
    ownership_id = BigIntegerField()
    phone_index = BlobField()  # Of the next owner.
    token_index = BlobField(unique=True)
    offered_at = InstantField()
    until = InstantField()
    ended_at = InstantField(null=True)
    outcome = CharField(10, null=True)  # accepted, refused, withdrawn, lapsed


class Sighting(Table):
    """A stolen bike's code was scanned, by anybody."""

    id = AutoField()
    bike_id = BigIntegerField(index=True)
    at = InstantField()
    lat = DoubleField(null=True)  # WGS-84 degrees.
    lon = DoubleField(null=True)
    accuracy_m = FloatField(null=True)
    photo = CharField(32, null=True)
    account_id = IntegerField(null=True)
    source = BlobField(null=True)  # A keyed hash of the address: one phone, one row in ten minutes.


class LookUp(Table):
    """An officer asked whose a bike is. The owner reads it, once it may be known."""

    id = AutoField()
    bike_id = BigIntegerField(index=True)
    ownership_id = BigIntegerField(null=True, index=True)
    account_id = IntegerField(index=True)
    role = CharField(20)  # In which it was asked: the owner reads this, and no name.
    at = InstantField()
    case_number = TextField()
    reason = CharField(20)
    words = TextField(null=True)
    # Not told before: a day while a delay is asked for, longer once somebody else approved it.
    hidden_until = InstantField(null=True)
    delay_asked = IntegerField(null=True)  # Days.
    approved_by = IntegerField(null=True)
    approved_at = InstantField(null=True)


class Shift(Table):
    """An officer is on duty, from-to."""

    id = AutoField()
    account_id = IntegerField(index=True)
    began_at = InstantField()
    until = InstantField()
    ended_at = InstantField(null=True)


class BikeMonth(Table):
    """The figures of a month as they were told: told once, they stay, whatever moves later."""

    month = CharField(7, primary_key=True)  # 2026-10
    lines = TextField()  # JSON: see backend.services.bikes.statistics.
    kept_at = InstantField()


class PhoneCode(Table):
    """A one-time code on its way to a phone, to prove whose it is."""

    id = AutoField()
    phone_index = BlobField(index=True)
    sealed = BlobField()  # phone, code
    language = CharField(8)
    at = InstantField(index=True)
    until = InstantField()
    tries = IntegerField(default=0)  # Of typing it.
    used_at = InstantField(null=True)
    due_at = InstantField(null=True, index=True)  # Null: sent.
    sendings = IntegerField(default=0)
