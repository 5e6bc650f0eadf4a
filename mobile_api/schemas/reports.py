"""Reports and cases as everybody sees them."""

from marshmallow import fields, validate

from mobile_api.schemas.cases import PublicCase
from mobile_api.schemas.facilities import InWords, PublicProblem
from mobile_api.schemas.fields import Base, Flag, Instant, Number, Whole, one_of, text
from mobile_api.words import LANGUAGES

MOST_THINGS = 10
MOST_PHOTOS = 5
PHONE = r"^\+?[0-9][0-9 -]{4,18}[0-9]$"
PHOTO = r"^[0-9a-f]{32}$"


class ReportedPlace(Base):
    """A place that bears no tag: a position, an address, or both."""

    lat = Number(validate=validate.Range(-90, 90), load_default=None, allow_none=True)
    lon = Number(validate=validate.Range(-180, 180), load_default=None, allow_none=True)
    crs = text(20, load_default=None, allow_none=True)
    address = text(200, load_default=None, allow_none=True)


class ReportedThing(Base):
    """What a report is about: one of these; of a bike, its tag and the place where it stands."""

    tag = text(200, load_default=None, allow_none=True, metadata={"description": "As scanned."})
    facility = text(40, load_default=None, allow_none=True, metadata={"description": "Its number."})
    building = text(19, load_default=None, allow_none=True, metadata={"description": "Its code."})
    case = text(
        20,
        load_default=None,
        allow_none=True,
        metadata={"description": "The number of an open public case: it is the same."},
    )
    place = fields.Nested(ReportedPlace, load_default=None, allow_none=True)


class ReporterFix(Base):
    """Where the reporter stands."""

    lat = Number(required=True, validate=validate.Range(-90, 90))
    lon = Number(required=True, validate=validate.Range(-180, 180))
    crs = text(20, required=True)


class FileReport(Base):
    things = fields.List(
        fields.Nested(ReportedThing), required=True, validate=validate.Length(1, MOST_THINGS)
    )
    problem = text(40, required=True, metadata={"description": "A code of `GET /problems`."})
    words = text(4_000, load_default=None, allow_none=True)
    phone = text(20, pattern=PHONE, load_default=None, allow_none=True)
    name = text(80, load_default=None, allow_none=True)
    email = text(120, load_default=None, allow_none=True)
    fix = fields.Nested(ReporterFix, load_default=None, allow_none=True)
    photos = fields.List(
        text(32, pattern=PHOTO),
        load_default=list,
        validate=validate.Length(0, MOST_PHOTOS),
        metadata={"description": "Ids of `POST /report-photos`."},
    )
    language = one_of(
        *LANGUAGES, load_default=None, metadata={"description": "Of messages to the reporter."}
    )
    channel = one_of(
        "worker",
        "hotline",
        load_default=None,
        metadata={"description": "Staff: seen on a round, or told by a caller."},
    )
    ticket = text(80, load_default=None, metadata={"description": "Of `POST /report-tickets`."})
    can_work = Flag(
        load_default=False,
        metadata={
            "description": "This phone can solve a challenge, if 429 work-needed brings one."
        },
    )
    work = text(
        200, load_default=None, metadata={"description": "salt:number:mac of a solved challenge."}
    )


class FiledCase(Base):
    number = fields.String(required=True)
    joined = Flag(required=True, metadata={"description": "Somebody had told of it before."})


class FiledReport(Base):
    token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of its own link; null if it was only counted: see the case."},
    )
    link = fields.String(required=True, allow_none=True)
    at = Instant(required=True)
    cases = fields.List(fields.Nested(FiledCase), required=True)


class TicketFor(Base):
    tag = text(200, load_default=None, allow_none=True, metadata={"description": "As scanned."})


class WorkChallenge(Base):
    """Find the number below `most` for which SHA-256(salt + number) is `hash`, in hex."""

    salt = fields.String(required=True)
    hash = fields.String(required=True)
    most = Whole(required=True)
    mac = fields.String(required=True)
    lives_s = Whole(required=True)


class Ticket(Base):
    ticket = fields.String(required=True)
    challenge = fields.Nested(WorkChallenge, required=True, allow_none=True)


class KeptReportPhoto(Base):
    id = fields.String(required=True)


class SentPhoto(Base):
    """`unreadable`: it could not be opened; send another."""

    state = one_of("waiting", "ready", "unreadable", required=True)
    at = Instant(required=True)


class PhotoOfReport(Base):
    case = text(20, required=True, metadata={"description": "Its number."})
    photo = text(
        32,
        required=True,
        pattern=PHOTO,
        metadata={"description": "Its id, of `POST /report-photos`."},
    )


class FollowedCase(PublicCase):
    joined = Flag(required=True)
    solved = Flag(required=True, allow_none=True)
    stars = Whole(required=True, allow_none=True)
    may_rate = Flag(required=True)
    may_reopen = Flag(required=True)
    may_appeal = Flag(required=True)
    sent_photos = fields.List(fields.Nested(SentPhoto), required=True)
    may_send_photo = Flag(required=True)


class FollowedReport(Base):
    at = Instant(required=True)
    channel = fields.String(required=True)
    language = fields.String(required=True)
    cases = fields.List(fields.Nested(FollowedCase), required=True)


class Rating(Base):
    case = text(20, required=True, metadata={"description": "Its number."})
    solved = Flag(required=True)
    stars = Whole(load_default=None, allow_none=True, validate=validate.Range(1, 5))
    again = Flag(
        load_default=False,
        metadata={"description": "Not solved: open it again, once and within 15 days."},
    )


class Appeal(Base):
    case = text(20, required=True, metadata={"description": "Its number."})
    words = text(500, required=True, metadata={"description": "Why. Staff read this."})


class ProblemSubject(InWords):
    kind = fields.String(required=True)
    problems = fields.List(fields.Nested(PublicProblem), required=True)


class Subjects(Base):
    items = fields.List(fields.Nested(ProblemSubject), required=True)
