"""Buildings, rooms, their many addresses, and the small places in them."""

from peewee import (
    AutoField,
    BigIntegerField,
    CharField,
    DoubleField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table
from backend.models.areas import Area


class Building(Table):
    """A building. `area` is who answers for it now, never what its code begins with."""

    id = BigIntegerField(primary_key=True)
    code = CharField(19, unique=True)
    name = TextField()
    address = TextField()
    area = ForeignKeyField(Area, backref="buildings")
    lat = DoubleField()  # Centre, WGS-84 degrees.
    lon = DoubleField()
    cell = BigIntegerField(index=True)  # Thousandths of a degree: lat * 1,000,000 + lon.
    footprint = TextField()  # GeoJSON rings [[[lon, lat], ...], ...], WGS-84.
    height_m = FloatField(null=True)
    floors = IntegerField(null=True)
    house_class = CharField(20, null=True)
    built_year = IntegerField(null=True)
    # How far off accepted positions lie here (median, metres): canyons of tall houses.
    learned_offset_m = FloatField(default=0.0)
    version = IntegerField(default=1)
    updated_at = InstantField()


class Room(Table):
    """A room or flat; its key begins with the building's number."""

    id = BigIntegerField(primary_key=True)
    code = CharField(25, unique=True)
    number = CharField(40)
    floor = IntegerField(null=True)
    house_class = CharField(20, null=True)
    area_m2 = FloatField(null=True)
    version = IntegerField(default=1)
    updated_at = InstantField()


class Address(Table):
    """One of the many names of a building or room: one code, many addresses."""

    id = BigIntegerField(primary_key=True)
    kind = CharField(20)  # standard, police_door, title_deed, utility_account, nickname
    text = TextField()
    room_id = BigIntegerField(null=True)


class AddressKey(Table):
    """The beginnings under which an address is found: every part from a unit onwards."""

    id = AutoField()
    key = CharField(120, index=True)
    address_id = BigIntegerField(index=True)


class SmallPlace(Table):
    """A small shop, workshop or place of entertainment (三小场所)."""

    id = BigIntegerField(primary_key=True)
    key = CharField(40, unique=True)
    name = TextField()
    kind = CharField(20)  # shop, workshop, entertainment
    room_id = BigIntegerField(null=True)
    business_id = BigIntegerField(null=True)
    area_m2 = FloatField(null=True)
