"""Areas, classes, addresses and rooms."""

from marshmallow import fields, validate

from mobile_api.schemas.buildings import AreaName
from mobile_api.schemas.fields import Base, CursorQuery, Flag, Number, Whole, text


class AreasQuery(Base):
    parent = text(15, load_default=None, allow_none=True)


class Area(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    is_virtual = Flag(required=True)
    version = Whole(required=True)
    below = Whole(metadata={"description": "How many areas lie directly below."})


class AddedArea(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    is_virtual = Flag(required=True)
    version = Whole(required=True)


class Areas(Base):
    items = fields.List(fields.Nested(Area), required=True)


class AddArea(Base):
    code = text(15, required=True)
    name = text(60, required=True)
    parent = text(15, required=True)


class RenameArea(Base):
    name = text(60, required=True)


class ClassesQuery(Base):
    subject = text(20, required=True)
    scheme = text(40, load_default=None, allow_none=True)


class ClassCode(Base):
    scheme = fields.String(required=True)
    code = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)


class Classes(Base):
    items = fields.List(fields.Nested(ClassCode), required=True)


class AddressQuery(CursorQuery):
    q = text(200, required=True, metadata={"description": "Any part of an address, or a code."})


class BuildingName(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)


class FoundAddress(Base):
    kind = fields.String(required=True)
    text = fields.String(required=True)
    building = fields.Nested(BuildingName, required=True)
    room = fields.String(required=True, allow_none=True)


class Alias(Base):
    id = Whole(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    room = fields.String(required=True, allow_none=True)


class Aliases(Base):
    items = fields.List(fields.Nested(Alias), required=True)


class AddAlias(Base):
    room = text(25, load_default=None, allow_none=True)
    kind = text(20, required=True)
    text = text(200, required=True)


class AmendBuilding(Base):
    name = text(80)
    address = text(200)
    floors = Whole(allow_none=True, validate=validate.Range(1, 200))
    height_m = Number(allow_none=True, validate=validate.Range(0, 1000))
    house_class = text(20, allow_none=True)
    built_year = Whole(allow_none=True, validate=validate.Range(1000, 2100))


class MoveBuilding(Base):
    area = text(15, required=True)
    reason = text(200, required=True)


class Building(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    lat = Number(required=True)
    lon = Number(required=True)
    floors = Whole(required=True, allow_none=True)
    height_m = Number(required=True, allow_none=True)
    house_class = fields.String(required=True, allow_none=True)
    built_year = Whole(required=True, allow_none=True)
    area = fields.Nested(AreaName, required=True)
    version = Whole(required=True)


class AddRoom(Base):
    number = text(40, required=True)
    floor = Whole(load_default=None, allow_none=True, validate=validate.Range(-10, 200))
    house_class = text(20, load_default=None, allow_none=True)
    area_m2 = Number(load_default=None, allow_none=True, validate=validate.Range(0, 100_000))


class AmendRoom(Base):
    number = text(40)
    floor = Whole(allow_none=True, validate=validate.Range(-10, 200))
    house_class = text(20, allow_none=True)
    area_m2 = Number(allow_none=True, validate=validate.Range(0, 100_000))


class PlainRoom(Base):
    code = fields.String(required=True)
    number = fields.String(required=True)
    floor = Whole(required=True, allow_none=True)
    house_class = fields.String(required=True, allow_none=True)
    area_m2 = Number(required=True, allow_none=True)
    version = Whole(required=True)
