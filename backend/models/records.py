"""What is recorded about the people, firms and happenings of a building.

Names, ID numbers, phones and free text stand sealed (see `backend.vault`); the rest of a row
alone tells nobody apart.
"""

from peewee import BigIntegerField, BlobField, CharField, IntegerField, TextField

from backend.db import InstantField, Table


class Resident(Table):
    """A person, recorded once. The key begins with the building where that first happened."""

    id = BigIntegerField(primary_key=True)
    key = CharField(40, null=True, unique=True)  # The identity in the system it came from.
    sealed = BlobField()  # name, id_number, phone, birth_date
    id_index = BlobField(null=True, index=True)
    phone_index = BlobField(null=True, index=True)
    sex = CharField(1, null=True)  # m, f
    people_class = CharField(20, null=True)
    version = IntegerField(default=1)
    updated_at = InstantField()
    updated_by = TextField()


class Residence(Table):
    """A person's tie to a room: registered, living, owning or working there, from-to."""

    id = BigIntegerField(primary_key=True)
    resident_id = BigIntegerField(index=True)
    room_id = BigIntegerField()
    kind = CharField(12)
    since = CharField(10, null=True)  # ISO dates: days, not instants.
    until = CharField(10, null=True)
    source = CharField(40)
    verified_at = CharField(10, null=True)
    version = IntegerField(default=1)
    updated_at = InstantField()
    updated_by = TextField()


class Business(Table):
    """A firm or shop registered in a building. Who stands for it is sealed."""

    id = BigIntegerField(primary_key=True)
    key = CharField(40, null=True, unique=True)
    name = TextField()
    credit_code = CharField(18, null=True, index=True)
    business_class = CharField(20, null=True)
    sealed = BlobField()  # legal_name, legal_phone
    room_id = BigIntegerField(null=True)
    since = CharField(10, null=True)
    until = CharField(10, null=True)
    source = CharField(40)
    verified_at = CharField(10, null=True)
    version = IntegerField(default=1)
    updated_at = InstantField()
    updated_by = TextField()


class Event(Table):
    """Something that happened in a building. Its words may name people, so they are sealed."""

    id = BigIntegerField(primary_key=True)
    key = CharField(40, null=True, unique=True)
    event_class = CharField(20)
    at = InstantField()
    status = CharField(20)  # reported, dispatched, handled, closed
    sealed = BlobField()  # text
    room_id = BigIntegerField(null=True)
    version = IntegerField(default=1)
    updated_at = InstantField()
    updated_by = TextField()
