"""What officers ask of e-bikes: on duty, for a case and a reason."""

from marshmallow import fields, validate

from backend.rules import bikes as life
from mobile_api.schemas.bikes import BikeArea
from mobile_api.schemas.fields import Base, Flag, Instant, Number, Whole, one_of, text
from mobile_api.schemas.reports import PHOTO
from mobile_api.schemas.visits import Fix

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class Shift(Base):
    on_duty = Flag(required=True)
    began_at = Instant(required=True, allow_none=True)
    until = Instant(required=True, allow_none=True)


class AskedFor(Base):
    """A look is never without these two; both stand on the trail."""

    case_number = text(40, load_default=None, allow_none=True)
    reason = text(
        20,
        load_default=None,
        allow_none=True,
        metadata={"description": f"One of {', '.join(life.REASONS)}."},
    )
    words = text(200, load_default=None, allow_none=True)


class LookUpBike(AskedFor):
    """By its code or its frame number."""

    code = text(200, load_default=None, allow_none=True)
    frame = text(40, load_default=None, allow_none=True)
    delay_days = Whole(
        load_default=None,
        allow_none=True,
        metadata={"description": "So long its owner shall not read it, if a supervisor agrees."},
    )


class SearchBikes(AskedFor):
    """At least two of a part of the code, colour and brand."""

    code_part = text(24, load_default=None, allow_none=True)
    colour = text(20, load_default=None, allow_none=True)
    brand = text(40, load_default=None, allow_none=True)


class KnownBike(Base):
    """A bike as an officer sees it; nothing of whose it is."""

    id = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    brand = fields.String(required=True)
    colour = fields.String(required=True)
    frame = fields.String(required=True)
    state = one_of(*life.STATES, required=True)
    area = fields.Nested(BikeArea, required=True)
    stolen_at = Instant(required=True, allow_none=True)


class KnownOwner(Base):
    """As much as the role may see."""

    name = fields.String(required=True, allow_none=True)
    id_number = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)


class DutyUnit(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    duty_phone = fields.String(required=True, allow_none=True)


class LookedUp(Base):
    look_up = Whole(required=True)
    bike = fields.Nested(KnownBike, required=True)
    notice = one_of("lost", "revoked", "replaced", required=True, allow_none=True)
    owner = fields.Nested(KnownOwner, required=True, allow_none=True)
    unit = fields.Nested(DutyUnit, required=True, allow_none=True)
    owner_reads_from = Instant(required=True)


class FoundBikes(Base):
    items = fields.List(fields.Nested(KnownBike), required=True)
    is_more = Flag(required=True)


class SightingSeen(Base):
    at = Instant(required=True)
    lat = Number(required=True, allow_none=True)
    lon = Number(required=True, allow_none=True)
    accuracy_m = Number(required=True, allow_none=True)
    photo = fields.String(required=True, allow_none=True)
    by = one_of("staff", "citizen", required=True)


class StolenBike(KnownBike):
    words = fields.String(required=True, allow_none=True)
    sightings = fields.List(fields.Nested(SightingSeen), required=True)


class StolenBikes(Base):
    items = fields.List(fields.Nested(StolenBike), required=True)


class FleetQuery(Base):
    q = text(
        40,
        load_default=None,
        allow_none=True,
        metadata={"description": "A code or a part of one, or how a frame number begins."},
    )


class FleetBike(KnownBike):
    actions = fields.List(fields.String(), required=True)
    sightings = fields.List(fields.Nested(SightingSeen), required=True)


class Fleet(Base):
    unit = fields.Nested(DutyUnit, required=True, allow_none=True)
    counts = fields.Dict(
        keys=fields.String(), values=Whole(), required=True, metadata={"description": "By state."}
    )
    items = fields.List(fields.Nested(FleetBike), required=True)
    is_more = Flag(required=True)


class FleetAct(Base):
    action = one_of("cry-theft", "find", "retag", "scrap", required=True)
    words = text(200, load_default=None, allow_none=True)


class DelayedBike(Base):
    brand = fields.String(required=True)
    colour = fields.String(required=True)


class Delay(Base):
    id = Whole(required=True)
    at = Instant(required=True)
    by = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, allow_none=True)
    case_number = fields.String(required=True)
    reason = fields.String(required=True)
    words = fields.String(required=True, allow_none=True)
    days = Whole(required=True)
    decide_until = Instant(required=True)
    bike = fields.Nested(DelayedBike, required=True)


class Delays(Base):
    items = fields.List(fields.Nested(Delay), required=True)


class DecideDelay(Base):
    approve = Flag(required=True)


class DecidedDelay(Base):
    id = Whole(required=True)
    owner_reads_from = Instant(required=True)


class SawBike(Base):
    """Somebody scanned a bike; where, and with a photo of `POST /report-photos`, if they say."""

    code = text(200, required=True)
    fix = fields.Nested(Fix, load_default=None, allow_none=True)
    photo = text(32, pattern=PHOTO, load_default=None, allow_none=True)


class Saw(Base):
    is_sighting = Flag(required=True)


class MonthsQuery(Base):
    first = text(7, pattern=MONTH, load_default=None, allow_none=True)
    last = text(7, pattern=MONTH, load_default=None, allow_none=True)


class BikeFigures(Base):
    """null: so few that they are told in a rest, or not at all."""

    month = fields.String(required=True)
    level = fields.String(required=True)
    area = fields.String(required=True)
    name = fields.String(required=True)
    registered = Whole(required=True, allow_none=True)
    stolen = Whole(required=True, allow_none=True)
    found = Whole(required=True, allow_none=True)
    scrapped = Whole(required=True, allow_none=True)


class BikeStatistics(Base):
    items = fields.List(
        fields.Nested(BikeFigures), required=True, validate=validate.Length(max=100_000)
    )
