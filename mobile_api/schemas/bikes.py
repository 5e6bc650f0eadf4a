"""E-bikes on the wire: what an owner says, what an owner is told, what a machine decided."""

from marshmallow import fields, validate

from backend.rules import bikes as life
from mobile_api.schemas.fields import Base, CursorQuery, Flag, Instant, Number, Whole, one_of, text
from mobile_api.schemas.reports import PHOTO
from mobile_api.words import LANGUAGES

PHONE = r"^[+0-9()\- ‐-―]{6,24}$"
TOKEN = r"^[A-Za-z0-9_-]{22}$"  # noqa: S105 - a shape, not a secret.
RULES = (
    "phone-proved", "adult", "area-served", "frame-form", "frame-sort", "frame-unique",
    "not-stolen", "not-many",
)  # fmt: skip


def language() -> fields.String:
    """Of the pages and messages for this person."""
    return one_of(*LANGUAGES, load_default=None, allow_none=True)


class AskCode(Base):
    phone = text(24, pattern=PHONE, required=True)
    language = language()


class CodeSent(Base):
    lives_s = Whole(required=True, metadata={"description": "So long the code is good."})


class TypedCode(Base):
    phone = text(24, pattern=PHONE, required=True)
    code = text(6, least=6, pattern=r"^[0-9]{6}$", required=True)


class PhoneProof(Base):
    proof = fields.String(required=True, metadata={"description": "For this phone alone."})
    lives_s = Whole(required=True)


class ProvedPhone(Base):
    phone = text(24, pattern=PHONE, required=True)
    proof = text(100, load_default=None, allow_none=True)


class PersonForm(ProvedPhone):
    """A person with papers and a phone."""

    name = text(60, required=True)
    id_number = text(18, least=15, required=True)
    language = language()


class RegisterBike(PersonForm):
    area = text(15, pattern=r"^[0-9]{4,15}$", required=True)
    brand = text(40, required=True)
    colour = one_of(*life.COLOURS, required=True)
    frame = text(40, required=True, metadata={"description": "15 digits of GB 17761, or older."})
    photos = fields.List(
        text(32, pattern=PHOTO), load_default=list, validate=validate.Length(max=3)
    )


class BikeFinding(Base):
    rule = one_of(*RULES, required=True)
    outcome = one_of("passed", "flagged", "doubtful", "failed", required=True)


class RegisteredBike(Base):
    state = one_of(*life.STATES, required=True)
    token = fields.String(required=True, metadata={"description": "The owner's own link."})
    link = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    findings = fields.List(fields.Nested(BikeFinding), required=True)


class BikeFace(Base):
    state = one_of(*life.STATES, required=True)
    code = fields.String(required=True, allow_none=True)
    brand = fields.String(required=True)
    colour = fields.String(required=True)
    asked_at = Instant(required=True)
    registered_at = Instant(required=True, allow_none=True)
    stolen_at = Instant(required=True, allow_none=True)


class MyBike(BikeFace):
    token = fields.String(required=True)


class MyBikes(Base):
    items = fields.List(fields.Nested(MyBike), required=True)


class BikeOwner(Base):
    name = fields.String(required=True)
    id_number = fields.String(required=True)
    phone = fields.String(required=True)


class BikeArea(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)


class BikeStep(Base):
    at = Instant(required=True)
    action = fields.String(required=True)
    state = one_of(*life.STATES, required=True)
    by = one_of("owner", "staff", required=True)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class BikeLookUp(Base):
    id = Whole(
        required=True, metadata={"description": "Of the look-up: named by whoever asks who."}
    )
    role = fields.String(required=True, metadata={"description": "In which it was asked."})
    at = Instant(required=True)
    case_number = fields.String(required=True)
    reason = fields.String(required=True)


class BikeSighting(Base):
    at = Instant(required=True)
    lat = Number(required=True, allow_none=True)
    lon = Number(required=True, allow_none=True)
    accuracy_m = Number(required=True, allow_none=True)
    photo = fields.String(required=True, allow_none=True)


class OwnedBike(BikeFace):
    """A bike as its owner sees it; one that was given away is told of no further."""

    is_mine = Flag(required=True)
    frame = fields.String(required=True)
    frame_form = one_of("national", "free", required=True)
    area = fields.Nested(BikeArea, required=True)
    owner = fields.Nested(BikeOwner, required=True, allow_none=True)
    actions = fields.List(fields.String(), required=True)
    version = Whole(required=True)
    steps = fields.List(fields.Nested(BikeStep), required=True)
    look_ups = fields.List(fields.Nested(BikeLookUp), required=True)
    sightings = fields.List(fields.Nested(BikeSighting), required=True)
    offer_until = Instant(required=True, allow_none=True)


class BikeAct(Base):
    """What the owner does: `words` for a theft or a review, the rest for a correction."""

    action = one_of("cry-theft", "find", "scrap", "retag", "correct", "ask-review", required=True)
    words = text(200, load_default=None, allow_none=True)
    made_at = Instant(load_default=None, allow_none=True)
    brand = text(40, load_default=None, allow_none=True)
    colour = one_of(*life.COLOURS, load_default=None, allow_none=True)
    phone = text(24, pattern=PHONE, load_default=None, allow_none=True)
    proof = text(100, load_default=None, allow_none=True)


class OfferTo(Base):
    phone = text(24, pattern=PHONE, required=True)


class BikeOffer(Base):
    token = fields.String(required=True)
    link = fields.String(required=True)
    until = Instant(required=True)


class OfferedBike(Base):
    brand = fields.String(required=True)
    colour = fields.String(required=True)
    frame = fields.String(required=True)
    until = Instant(required=True)


class TakenBike(Base):
    token = fields.String(required=True)
    link = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)


class ReviewStep(Base):
    at = Instant(required=True)
    action = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class BikeToReview(Base):
    id = fields.String(required=True)
    brand = fields.String(required=True)
    colour = fields.String(required=True)
    frame = fields.String(required=True)
    frame_form = one_of("national", "free", required=True)
    asked_at = Instant(required=True)
    owner = fields.Nested(BikeOwner, required=True, allow_none=True)
    is_served = Flag(required=True)
    steps = fields.List(fields.Nested(ReviewStep), required=True)


class BikesToReview(Base):
    items = fields.List(fields.Nested(BikeToReview), required=True)


class ReviewQuery(CursorQuery):
    """`cursor` is not used: what was decided leaves the list."""


class DecideBike(Base):
    outcome = one_of("approve", "reject", required=True)
    reason = text(200, load_default=None, allow_none=True)


class RecoverBike(Base):
    code = text(200, required=True, metadata={"description": "As scanned."})
    case_number = text(40, required=True)


class BikeState(Base):
    id = fields.String(required=True)
    state = one_of(*life.STATES, required=True)
    code = fields.String(required=True, allow_none=True)
