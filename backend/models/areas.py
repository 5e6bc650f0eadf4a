"""Areas (district > street > community > grid) and which of them answers for a building."""

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table


class Area(Table):
    """One node of the tree. `path` is the codes from the district down, joined by "/"."""

    code = CharField(15, primary_key=True)
    name = TextField()
    level = CharField(12)  # city, district, street, community, grid
    parent = ForeignKeyField("self", null=True, backref="children")
    path = CharField(80, index=True)
    is_virtual = BooleanField(default=False)
    version = IntegerField(default=1)


class Jurisdiction(Table):
    """Which area answered for a building before it was moved; the present one is Building.area.

    A building's code keeps the community of its coding day; this relation is what counts.
    """

    id = AutoField()
    building_id = BigIntegerField(index=True)
    area = ForeignKeyField(Area)
    until = InstantField()
    moved_by = TextField()
    reason = TextField()
