"""The fire map and the smart ID of a building."""

from marshmallow import fields, validate

from backend.rules.grading import GRADES
from mobile_api.schemas.facilities import InWords
from mobile_api.schemas.fields import Base, Whole, one_of, text
from mobile_api.schemas.inspections import Issuer, PlaceGrade


class BoxQuery(Base):
    bbox = text(
        80,
        required=True,
        metadata={"description": "west,south,east,north in degrees, WGS-84"},
    )


class MappedHouse(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    grade = fields.String(required=True, allow_none=True, validate=validate.OneOf(GRADES))
    places = fields.Dict(
        keys=one_of(*GRADES),
        values=Whole(),
        required=True,
        metadata={"description": "Small places by grade."},
    )
    hazards = Whole(required=True)
    extinguishers = Whole(required=True)


class Outline(Base):
    type = one_of("Polygon", required=True)
    coordinates = fields.List(
        fields.List(fields.List(fields.Float())), required=True, metadata={"description": "WGS-84"}
    )


class HouseFeature(Base):
    type = one_of("Feature", required=True)
    geometry = fields.Nested(Outline, required=True)
    properties = fields.Nested(MappedHouse, required=True)


class FireMap(Base):
    """GeoJSON: the houses inside a box."""

    type = one_of("FeatureCollection", required=True)
    features = fields.List(fields.Nested(HouseFeature), required=True)


class OtherName(Base):
    kind = fields.String(required=True)
    text = fields.String(required=True)


class HouseArea(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)


class FireGear(Base):
    extinguishers = Whole(required=True)


class OpenHazards(Base):
    general = Whole(required=True)
    major = Whole(required=True)


class Incidents(Base):
    in_building = Whole(required=True)
    near_by = Whole(required=True)
    open_cases = Whole(required=True)


class Service(InWords):
    kind = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    metres = Whole(required=True)


class SmartId(Base):
    """What anybody at the door may know: counts and duties, never a person."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    names = fields.List(fields.Nested(OtherName), required=True)
    area = fields.Nested(HouseArea, required=True)
    floors = Whole(required=True, allow_none=True)
    built_year = Whole(required=True, allow_none=True)
    rooms = Whole(required=True)
    area_m2 = Whole(required=True, allow_none=True)
    residents = Whole(
        required=True, allow_none=True, metadata={"description": "null: fewer than three"}
    )
    fire_gear = fields.Nested(FireGear, required=True)
    grade = fields.Nested(PlaceGrade, required=True, allow_none=True)
    hazards = fields.Nested(OpenHazards, required=True)
    incidents = fields.Nested(Incidents, required=True)
    services = fields.List(fields.Nested(Service), required=True)
    office = fields.Nested(Issuer, required=True, allow_none=True)
    landlord_duties = fields.List(fields.Nested(InWords), required=True)
