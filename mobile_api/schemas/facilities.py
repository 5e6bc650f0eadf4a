"""Facilities: street lights, manhole covers, bins, newsstands."""

from typing import Any

from marshmallow import fields, validate

from mobile_api.schemas.fields import Base, CursorQuery, Flag, Instant, Number, Whole, text
from mobile_api.schemas.visits import Fix

INSPECTED_ON = fields.String(
    required=True,
    allow_none=True,
    metadata={"description": "The day of the last inspection, YYYY-MM-DD, if it is known."},
)


class FacilitiesQuery(CursorQuery):
    area = text(
        15, load_default=None, allow_none=True, metadata={"description": "With all below it."}
    )
    kind = text(16, load_default=None, allow_none=True)
    q = text(
        80,
        load_default=None,
        allow_none=True,
        metadata={"description": "The beginning of a number, or a part of a name or address."},
    )
    near = text(
        60,
        load_default=None,
        allow_none=True,
        metadata={"description": "lat,lon in degrees: those within 150 m, nearest first"},
    )
    crs = text(20, load_default=None, allow_none=True)


class FacilityClass(Base):
    scheme = fields.String(required=True)
    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class FacilityArea(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)


def facts(**more: Any) -> fields.Dict:
    """Facts by code; which there are, the kind says."""
    return fields.Dict(
        keys=text(40),
        values=fields.Raw(allow_none=True),
        metadata={"description": "By code, as `GET /facility-kinds` lists them."},
        **more,
    )


class Facility(Base):
    number = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    class_ = fields.Nested(
        FacilityClass, required=True, allow_none=True, data_key="class", attribute="class"
    )
    owner_unit = fields.String(required=True, allow_none=True)
    responsible_post = fields.String(required=True, allow_none=True)
    area = fields.Nested(FacilityArea, required=True)
    lat = Number(required=True)
    lon = Number(required=True)
    address = fields.String(required=True, allow_none=True)
    facts = facts(required=True)
    inspected_on = INSPECTED_ON
    state = fields.String(required=True, metadata={"description": "in_use or removed"})
    version = Whole(required=True)
    updated_at = Instant(required=True)
    distance_m = Whole(metadata={"description": "Only when asked for those near a position."})


class InWords(Base):
    zh = fields.String(required=True)
    en = fields.String(required=True)


class PublicFact(InWords):
    code = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    value = fields.Raw(required=True)
    value_zh = fields.String(required=True)
    value_en = fields.String(required=True)


class PublicProblem(InWords):
    code = fields.String(required=True)


class PublicFacility(Base):
    """What anybody in the street may know: no position but its address, no person."""

    number = fields.String(required=True)
    kind = fields.String(required=True)
    kind_name = fields.Nested(InWords, required=True)
    name = fields.String(required=True, allow_none=True)
    class_name = fields.Nested(InWords, required=True, allow_none=True)
    owner_unit = fields.String(required=True, allow_none=True)
    duty_phone = fields.String(
        required=True, allow_none=True, metadata={"description": "The owner's, for anybody."}
    )
    responsible_post = fields.String(required=True, allow_none=True)
    area = fields.String(required=True, metadata={"description": "Its name."})
    address = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"description": "in_use or removed"})
    inspected_on = INSPECTED_ON
    facts = fields.List(fields.Nested(PublicFact), required=True)
    problems = fields.List(fields.Nested(PublicProblem), required=True)
    photo = fields.String(
        required=True, allow_none=True, metadata={"description": "Its picture: `/p/ID.jpg`."}
    )


class PhotographFacility(Base):
    """Its picture, kept before by `POST /photos`, and where the phone is."""

    photo = text(32, required=True)
    fix = fields.Nested(Fix, required=True)


class RegisterFacility(Base):
    kind = text(16, required=True)
    number = text(
        40,
        load_default=None,
        allow_none=True,
        metadata={"description": "Left out: district, class and a serial, sixteen digits."},
    )
    name = text(80, load_default=None, allow_none=True)
    class_scheme = text(40, load_default=None, allow_none=True)
    class_code = text(20, load_default=None, allow_none=True)
    owner_unit = text(80, load_default=None, allow_none=True)
    responsible_post = text(80, load_default=None, allow_none=True)
    area = text(
        15,
        load_default=None,
        allow_none=True,
        metadata={"description": "Left out: that of the nearest building within 500 m."},
    )
    lat = Number(required=True, validate=validate.Range(-90, 90))
    lon = Number(required=True, validate=validate.Range(-180, 180))
    crs = text(20, required=True)
    address = text(200, load_default=None, allow_none=True)
    facts = facts(load_default=dict)


class AmendFacility(Base):
    name = text(80, allow_none=True)
    class_scheme = text(40, allow_none=True)
    class_code = text(20, allow_none=True)
    owner_unit = text(80, allow_none=True)
    responsible_post = text(80, allow_none=True)
    area = text(15)
    lat = Number(validate=validate.Range(-90, 90))
    lon = Number(validate=validate.Range(-180, 180))
    crs = text(20)
    address = text(200, allow_none=True)
    facts = facts()


class FacilityWord(Base):
    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class FacilityFact(FacilityWord):
    type = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    least = Number(required=True, allow_none=True)
    most = Number(required=True, allow_none=True)
    choices = fields.List(fields.Nested(FacilityWord), required=True)
    public = Flag(required=True)


class FacilityKind(Base):
    kind = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    label = fields.String(required=True)
    classes = fields.List(fields.Nested(FacilityClass), required=True)
    facts = fields.List(fields.Nested(FacilityFact), required=True)
    problems = fields.List(fields.Nested(FacilityWord), required=True)
    checklist = fields.List(fields.Nested(FacilityWord), required=True)


class FacilityKinds(Base):
    items = fields.List(fields.Nested(FacilityKind), required=True)


class ImportQuery(Base):
    kind = text(16, load_default=None, allow_none=True)
    # Not required here: a file without it is refused like any other that cannot be read.
    crs = text(
        20,
        load_default=None,
        allow_none=True,
        metadata={"description": "The datum of all positions. Nothing is loaded without it."},
    )
    area = text(
        15,
        load_default=None,
        allow_none=True,
        metadata={"description": "Who answers for those that name no area."},
    )
    scheme = text(
        40, load_default=None, allow_none=True, metadata={"description": "Of the class codes."}
    )
    map = text(
        2_000,
        load_default=None,
        allow_none=True,
        metadata={"description": "Our columns and theirs: number=id;power_w=watts"},
    )
    skip_others = fields.Boolean(
        load_default=False,
        metadata={"description": "Leave out columns that are neither ours nor mapped."},
    )
    trust_crs = fields.Boolean(
        load_default=False, metadata={"description": "Load although the datum looks wrong."}
    )
    dry_run = fields.Boolean(load_default=False)


class ImportFinding(Base):
    row = Whole(required=True, allow_none=True)
    column = fields.String(required=True, allow_none=True)
    message = fields.String(required=True)
    value = fields.String(required=True)


class ImportReport(Base):
    sha256 = fields.String(required=True)
    dry_run = Flag(required=True)
    rows = Whole(required=True)
    added = Whole(required=True)
    changed = Whole(required=True)
    unchanged = Whole(required=True)
    errors = Whole(required=True)
    listed = fields.List(
        fields.Nested(ImportFinding),
        required=True,
        metadata={"description": "The first 200 errors by row and the file's own column."},
    )
    notices = fields.List(fields.String(), required=True)
