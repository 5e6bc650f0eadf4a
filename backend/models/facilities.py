"""Facilities: street lights, manhole covers, bins, newsstands, and whatever has a kind."""

from peewee import (
    AutoField,
    BigIntegerField,
    CharField,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table
from backend.models.areas import Area


class Facility(Table):
    """One thing of the city in the street. A removed one keeps its row and its number."""

    id = AutoField()
    number = CharField(40, unique=True)  # In upper case, as its owner numbers it.
    kind = CharField(16, index=True)  # A file of fixtures/kinds.
    name = TextField(null=True)
    class_scheme = CharField(40, null=True)
    class_code = CharField(20, null=True)
    owner_unit = TextField(null=True)
    responsible_post = TextField(null=True)  # A post, never a person.
    area = ForeignKeyField(Area, backref="facilities")
    lat = DoubleField()  # WGS-84 degrees.
    lon = DoubleField()
    cell = BigIntegerField(index=True)  # Thousandths of a degree: lat * 1,000,000 + lon.
    address = TextField(null=True)
    facts = TextField(default="{}")  # JSON, what its kind records.
    photo = CharField(32, null=True)  # Its own picture, by the photo's id.
    inspected_on = CharField(10, null=True)  # The day of the last inspection, YYYY-MM-DD.
    state = CharField(12, default="in_use")  # in_use, removed
    version = IntegerField(default=1)
    updated_at = InstantField()
