"""Buildings, their rooms, people, firms and events; open on site, masked elsewhere."""

from marshmallow import fields, validate

from mobile_api.schemas.fields import Base, CursorQuery, Day, Instant, Number, Whole, one_of, text

BUCKETS = ("0", "1-5", "6-20", "21+")


class Bucket(Base):
    bucket = one_of(*BUCKETS, required=True)


class AreaName(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    path = fields.String(required=True)


class Resident(Base):
    """A person at a room. What the role may not see is null; `id` holds for this visit only."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    sex = fields.String(required=True, allow_none=True)
    birth_date = fields.String(required=True, allow_none=True)
    id_number = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    people_class = fields.String(required=True, allow_none=True)
    residence_kind = fields.String(required=True, allow_none=True)
    since = fields.String(required=True, allow_none=True)
    until = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    verified_at = fields.String(required=True, allow_none=True)


class PagedResident(Resident):
    room = fields.String(required=True, allow_none=True)


class Business(Base):
    id = fields.String(required=True)
    version = fields.String(required=True)
    room = fields.String(required=True, allow_none=True)
    business_name = fields.String(required=True, allow_none=True)
    credit_code = fields.String(required=True, allow_none=True)
    business_class = fields.String(required=True, allow_none=True)
    since = fields.String(required=True, allow_none=True)
    legal_name = fields.String(required=True, allow_none=True)
    legal_phone = fields.String(required=True, allow_none=True)


class Event(Base):
    id = fields.String(required=True)
    version = fields.String(required=True)
    room = fields.String(required=True, allow_none=True)
    event_class = fields.String(required=True, allow_none=True)
    event_at = Instant(required=True, allow_none=True)
    event_status = fields.String(required=True, allow_none=True)
    event_text = fields.String(required=True, allow_none=True)


class Room(Base):
    code = fields.String(required=True)
    number = fields.String(required=True)
    floor = Whole(required=True, allow_none=True)
    house_class = fields.String(required=True, allow_none=True)
    area_m2 = Number(required=True, allow_none=True)
    version = Whole(required=True)
    occupants = fields.Nested(Bucket, required=True)


class SheetRoom(Room):
    residents = fields.List(fields.Nested(Resident), required=True)


class Counts(Base):
    rooms = one_of(*BUCKETS, required=True)
    residents = one_of(*BUCKETS, required=True)
    businesses = one_of(*BUCKETS, required=True)
    events = one_of(*BUCKETS, required=True)


class LastVisit(Base):
    by = fields.String(required=True)
    at = Instant(required=True)


class Visibility(Base):
    visible = one_of("open", "masked", required=True)
    reason = fields.String(required=True, allow_none=True)
    unlock = fields.String(required=True, allow_none=True)


class Sheet(Visibility):
    """The whole building: the same keys and types whether open or masked."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    lat = Number(required=True)
    lon = Number(required=True)
    floors = Whole(required=True, allow_none=True)
    height_m = Number(required=True, allow_none=True)
    house_class = fields.String(required=True, allow_none=True)
    built_year = Whole(required=True, allow_none=True)
    version = Whole(required=True)
    area = fields.Nested(AreaName, required=True)
    counts = fields.Nested(Counts, required=True)
    rooms = fields.List(fields.Nested(SheetRoom), required=True)
    businesses = fields.List(fields.Nested(Business), required=True)
    events = fields.List(fields.Nested(Event), required=True)
    last_visit = fields.Nested(LastVisit, required=True, allow_none=True)


class RoomPage(Visibility):
    items = fields.List(fields.Nested(Room), required=True)
    next = fields.String(required=True, allow_none=True)


class ResidentPage(Visibility):
    count = one_of(*BUCKETS, required=True)
    items = fields.List(fields.Nested(PagedResident), required=True)
    next = fields.String(required=True, allow_none=True)


class BusinessPage(Visibility):
    count = one_of(*BUCKETS, required=True)
    items = fields.List(fields.Nested(Business), required=True)
    next = fields.String(required=True, allow_none=True)


class EventPage(Visibility):
    count = one_of(*BUCKETS, required=True)
    items = fields.List(fields.Nested(Event), required=True)
    next = fields.String(required=True, allow_none=True)


class NearQuery(CursorQuery):
    near = text(60, required=True, metadata={"description": "lat,lon in degrees"})
    crs = text(20, load_default=None, allow_none=True)
    accuracy_m = fields.Float(load_default=50.0, validate=validate.Range(0, 100_000))


class Candidate(Base):
    """A building near by: counts only, nobody in it."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    distance_m = Number(required=True)
    counts = fields.Nested(Counts, required=True)


class AddResident(Base):
    room = text(25, required=True)
    name = text(60, required=True)
    id_number = text(18, load_default=None, allow_none=True)
    phone = text(20, load_default=None, allow_none=True)
    sex = one_of("m", "f", load_default=None, allow_none=True)
    birth_date = Day(load_default=None, allow_none=True)
    people_class = text(20, load_default=None, allow_none=True)
    residence_kind = text(12, required=True)
    since = Day(load_default=None, allow_none=True)
    source = text(40, load_default=None, allow_none=True)
    verified_at = Day(load_default=None, allow_none=True)


class AmendResident(Base):
    name = text(60)
    id_number = text(18, allow_none=True)
    phone = text(20, allow_none=True)
    sex = one_of("m", "f", allow_none=True)
    birth_date = Day(allow_none=True)
    people_class = text(20, allow_none=True)
    source = text(40)
    verified_at = Day(allow_none=True)


class MoveResident(Base):
    room = text(25, required=True)
    residence_kind = text(12)
    since = Day(load_default=None, allow_none=True)


class LeaveQuery(Base):
    until = Day(load_default=None, allow_none=True)


class AddBusiness(Base):
    business_name = text(120, required=True)
    credit_code = text(18, load_default=None, allow_none=True)
    business_class = text(20, load_default=None, allow_none=True)
    legal_name = text(60, load_default=None, allow_none=True)
    legal_phone = text(20, load_default=None, allow_none=True)
    room = text(25, load_default=None, allow_none=True)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    source = text(40, load_default=None, allow_none=True)


class AmendBusiness(Base):
    business_name = text(120)
    credit_code = text(18, allow_none=True)
    business_class = text(20, allow_none=True)
    legal_name = text(60, allow_none=True)
    legal_phone = text(20, allow_none=True)
    room = text(25)
    since = Day(allow_none=True)
    until = Day(allow_none=True)
    source = text(40)


class AddEvent(Base):
    event_class = text(20, required=True)
    event_text = text(2000, load_default=None, allow_none=True)
    event_status = text(20, load_default="reported")
    event_at = Instant(load_default=None, allow_none=True)
    room = text(25, load_default=None, allow_none=True)


class AmendEvent(Base):
    event_class = text(20)
    event_text = text(2000, allow_none=True)
    event_status = text(20)
    event_at = Instant()
    room = text(25)
