"""Visits: challenge, scan and fix, lease, beats."""

from marshmallow import ValidationError, fields, validate, validates_schema

from mobile_api.schemas.fields import Base, Flag, Instant, Number, Whole, one_of, text


class AskChallenge(Base):
    device_id = text(32, load_default=None, allow_none=True)


class Challenge(Base):
    nonce = fields.String(required=True)
    expires_in = Whole(required=True, metadata={"description": "seconds"})
    server_time = Instant(required=True)


class Fix(Base):
    """A position as the phone measured it, with its datum."""

    lat = Number(required=True, validate=validate.Range(-90, 90))
    lon = Number(required=True, validate=validate.Range(-180, 180))
    crs = text(
        20,
        load_default=None,
        allow_none=True,
        metadata={"description": "wgs84, gcj02, bd09 or cgcs2000. Refused without one."},
    )
    accuracy_m = Number(
        required=True,
        validate=validate.Range(0, 1_000_000),
        metadata={"description": "68 % radius"},
    )
    age_ms = Whole(
        required=True,
        validate=validate.Range(0, 2**53),
        metadata={"description": "since measured, by a monotonic clock"},
    )
    provider = text(20, load_default="unknown")
    is_mock = Flag(load_default=False)
    satellites = Whole(load_default=None, allow_none=True, validate=validate.Range(0, 1000))
    altitude_m = Number(load_default=None, allow_none=True)
    speed_mps = Number(load_default=None, allow_none=True)
    heading_deg = Number(load_default=None, allow_none=True)


class BeginVisit(Base):
    """Signed by the device: see docs/SIGNING.md. A building's code instead of a tag asks to be
    let in by position alone, which only a lone building and a sharp fix allow."""

    nonce = text(64, required=True)
    tag = text(200, load_default=None, allow_none=True)
    building = text(19, load_default=None, allow_none=True)
    fix = fields.Nested(Fix, required=True)
    device_id = text(32, required=True)
    device_time = text(40, load_default=None, allow_none=True)
    sig = text(128, required=True)

    @validates_schema
    def names_one_place(self, data: dict[str, object], **_: object) -> None:
        if (data.get("tag") is None) == (data.get("building") is None):
            raise ValidationError("Send a tag or a building, one of them.", "tag")


class Beat(Base):
    """A fix, or another tag of the same building; signed like a visit."""

    seq = Whole(required=True, validate=validate.Range(1, 2**31 - 1))
    fix = fields.Nested(Fix, load_default=None, allow_none=True)
    tag = text(200, load_default=None, allow_none=True)
    device_id = text(32, load_default=None, allow_none=True)
    device_time = text(40, load_default=None, allow_none=True)
    prev = text(128, load_default=None, allow_none=True)
    sig = text(128, required=True)

    @validates_schema
    def has_one_proof(self, data: dict[str, object], **_: object) -> None:
        if (data.get("fix") is None) == (data.get("tag") is None):
            raise ValidationError("Send a fix or a tag, one of them.", "fix")


class VisitedBuilding(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)


class Lease(Base):
    token = fields.String(required=True)
    expires_at = Instant(required=True)


class Visit(Base):
    id = fields.String(required=True)
    kind = one_of("scan", "located", "remote", "break_glass", required=True)
    state = one_of("open", "suspended", "closed", required=True)
    presence = one_of("verified", "weak", "unverified", "contradicted", required=True)
    reason = fields.String(required=True, allow_none=True)
    unlock = fields.String(required=True, allow_none=True)
    building = fields.Nested(VisitedBuilding, required=True)
    opened_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)
    beat_every_s = Whole(required=True)
    seq = Whole(required=True)
    lease = fields.Nested(Lease, required=True, allow_none=True)
    wipe = fields.List(fields.String(), required=True)


class BreakGlass(Base):
    building = text(19, required=True)
    reason_code = text(40, required=True)
    reason_text = text(500, required=True, least=4)


class GrantRemote(Base):
    building = text(19, required=True)
    account = text(40, required=True)
    reason = text(500, required=True, least=4)


class Review(Base):
    verdict = text(20, required=True)


class ToReview(Base):
    id = fields.String(required=True)
    kind = fields.String(required=True)
    account = fields.String(required=True)
    building = fields.String(required=True)
    opened_at = Instant(required=True)
    reason_code = fields.String(required=True, allow_none=True)
    reason_text = fields.String(required=True, allow_none=True)
    granted_by = fields.String(required=True, allow_none=True)


class DoubtfulVisit(Base):
    id = fields.String(required=True)
    account = fields.String(required=True)
    building = fields.String(required=True)
    opened_at = Instant(required=True)
    presence = fields.String(required=True)
    doubts = fields.List(fields.String(), required=True)


class ToReviewList(Base):
    items = fields.List(fields.Nested(ToReview), required=True)
