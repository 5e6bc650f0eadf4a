"""The fire map and the smart ID of a building."""

from typing import get_args

from marshmallow import fields, validate

from backend.rules.datum import CRS
from backend.rules.grading import GRADES
from mobile_api.schemas.facilities import InWords
from mobile_api.schemas.fields import Base, Whole, one_of, text
from mobile_api.schemas.inspections import Issuer, PlaceGrade


class BoxQuery(Base):
    bbox = text(
        80,
        required=True,
        metadata={"description": "west,south,east,north in degrees, at most 0.1 of them apart"},
    )
    crs = one_of(
        *get_args(CRS),
        load_default="wgs84",
        metadata={"description": "The datum of the box and of the answer."},
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
        fields.List(fields.List(fields.Float())),
        required=True,
        metadata={"description": "Longitude, latitude."},
    )


class TileShift(Base):
    """What to add to WGS-84 degrees, such as a phone's, to find them on this map; 0 in WGS-84."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class HouseFeature(Base):
    type = one_of("Feature", required=True)
    geometry = fields.Nested(Outline, required=True)
    properties = fields.Nested(MappedHouse, required=True)


class FireMap(Base):
    """GeoJSON: the houses inside a box."""

    type = one_of("FeatureCollection", required=True)
    shift = fields.Nested(TileShift, required=True)
    features = fields.List(fields.Nested(HouseFeature), required=True)


class MappedHydrant(Base):
    number = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    form = fields.Nested(InWords, required=True, allow_none=True)
    hazards = Whole(required=True)


class Point(Base):
    type = one_of("Point", required=True)
    coordinates = fields.List(
        fields.Float(), required=True, metadata={"description": "Longitude, latitude."}
    )


class HydrantFeature(Base):
    type = one_of("Feature", required=True)
    geometry = fields.Nested(Point, required=True)
    properties = fields.Nested(MappedHydrant, required=True)


class HydrantMap(Base):
    """GeoJSON: the hydrants inside a box."""

    type = one_of("FeatureCollection", required=True)
    shift = fields.Nested(TileShift, required=True)
    features = fields.List(fields.Nested(HydrantFeature), required=True)


class OtherName(Base):
    kind = fields.String(required=True)
    text = fields.String(required=True)


class HouseArea(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)


class NearestHydrant(Base):
    number = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    metres = Whole(required=True)


class FireGear(Base):
    extinguishers = Whole(required=True)
    hydrant = fields.Nested(
        NearestHydrant,
        required=True,
        allow_none=True,
        metadata={"description": "The nearest one within 250 m."},
    )


class RentalKind(InWords):
    code = fields.String(required=True)


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
    rental_kind = fields.Nested(
        RentalKind, required=True, allow_none=True, metadata={"description": "null: it is not let"}
    )
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
