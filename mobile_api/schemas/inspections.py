"""Inspections: forms, what is sent of them, hazards, tasks and campaigns."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from backend.rules import forms, quality
from backend.rules.grading import GRADES
from backend.services.inspections import campaigns, progress
from backend.services.inspections.hazards import STATES
from mobile_api.schemas.facilities import InWords
from mobile_api.schemas.fields import Base, CursorQuery, Day, Instant, Whole, one_of, text
from mobile_api.schemas.visits import Fix

CODE = forms.CODE.pattern
SUBJECT = text(
    48,
    required=True,
    pattern=r"^(place|building|facility):\S.*$",
    metadata={"description": "place:P0001, building:4403…, facility:SW-L001"},
)


class ItemChoice(InWords):
    code = fields.String(required=True)


class Item(InWords):
    """One thing asked. What is answered with `wrong` is a hazard of this level and law."""

    code = fields.String(required=True)
    hint = fields.Nested(InWords, required=True, allow_none=True)
    fault = fields.Nested(InWords, required=True)
    type = one_of(*forms.TYPES, required=True)
    required = fields.Boolean(required=True)
    choices = fields.List(fields.Nested(ItemChoice), required=True)
    relevant = fields.String(required=True, allow_none=True)
    constraint = fields.String(required=True, allow_none=True)
    sum = fields.String(required=True, allow_none=True)
    message = fields.String(required=True)
    message_en = fields.String(required=True)
    level = one_of(*forms.LEVELS, required=True)
    law = fields.String(required=True)
    days = Whole(required=True)
    problem = fields.String(required=True, allow_none=True)
    at_once = fields.Boolean(required=True)
    photo = fields.Boolean(required=True)


class FormLine(InWords):
    code = fields.String(required=True)
    version = Whole(required=True)
    subject = fields.String(required=True)
    items = Whole(required=True)
    published_at = Instant(required=True)


class Forms(Base):
    items = fields.List(fields.Nested(FormLine), required=True)


class Form(InWords):
    code = fields.String(required=True)
    version = Whole(required=True)
    subject = fields.String(required=True)
    items = fields.List(fields.Nested(Item), required=True)


class FormQuery(Base):
    version = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, 1_000_000)
    )


class FormImportQuery(Base):
    subject = text(
        40,
        load_default=None,
        allow_none=True,
        pattern=f"^{CODE}$",
        metadata={"description": "What it is asked of, if the file does not say so itself."},
    )
    dry_run = fields.Boolean(load_default=False)


class PublishForm(Base):
    """A form as fixtures/forms/README.md tells it; what is wrong with it is said by item."""

    code = text(40, required=True, pattern=f"^{CODE}$")
    subject = text(16, required=True)
    zh = text(80, required=True)
    en = text(120)
    items = fields.List(
        fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True)),
        required=True,
        validate=validate.Length(1, forms.MOST_ITEMS),
    )


class SubjectOf(Base):
    code = fields.String(required=True)
    sort = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class Reason(InWords):
    fact = fields.String(required=True)
    count = Whole(required=True)


class PlaceGrade(Base):
    grade = one_of(*GRADES, required=True)
    since = Instant(required=True)
    inspected_on = fields.String(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(Reason), required=True)
    patrol_due = fields.String(required=True, allow_none=True)


class Hazard(Base):
    id = Whole(required=True)
    subject = fields.Nested(SubjectOf, required=True)
    item = fields.String(required=True)
    words = fields.Nested(InWords, required=True)
    law = fields.String(required=True, allow_none=True)
    level = one_of(*forms.LEVELS, required=True)
    state = one_of(*STATES, required=True)
    note = fields.String(required=True, allow_none=True)
    found_at = Instant(required=True)
    due = fields.String(required=True, allow_none=True)
    is_overdue = fields.Boolean(required=True)
    is_repeat = fields.Boolean(required=True)
    ended_at = Instant(required=True, allow_none=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    case = fields.String(required=True, allow_none=True)


class HazardsQuery(CursorQuery):
    state = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(STATES),
        metadata={"description": "Left out: open and passed_on."},
    )
    subject = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 48))


class Answers(fields.Dict):
    """Answers by code, as they were sent: each is held against its item by the form itself.

    Marshmallow would take longer over 250 of them than all the rest does.
    """

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > forms.MOST_ITEMS:
            raise ValidationError(forms.SENTENCES["form"])
        return value


class SendInspection(Base):
    """`answers` go by the items' codes: ok, na, or {result: wrong, photo, after, note, level}."""

    uuid = text(36, required=True, least=32)
    subject = SUBJECT
    form = text(40, required=True, pattern=f"^{CODE}$")
    version = Whole(required=True, validate=validate.Range(1, 1_000_000))
    made_at = Instant(load_default=None, allow_none=True)
    fix = fields.Nested(Fix, load_default=None, allow_none=True)
    visit = text(32, load_default=None, allow_none=True)
    answers = Answers(required=True)


class SentInspection(Base):
    """What it found and what comes next."""

    uuid = fields.String(required=True)
    form = fields.String(required=True)
    version = Whole(required=True)
    at = Instant(required=True)
    made_at = Instant(required=True)
    presence = one_of("verified", "weak", "unverified", "contradicted", required=True)
    wrong = Whole(required=True)
    fixed = Whole(required=True)
    hazards = fields.List(fields.Nested(Hazard), required=True)
    grade = fields.Nested(PlaceGrade, required=True, allow_none=True)
    notice = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The owner's notice: /n/{notice}, and as a PDF /n/{notice}.pdf"},
    )
    is_duplicate = fields.Boolean(required=True)


class AnsweredItem(Item):
    answer = fields.Raw(required=True)


class Inspection(SentInspection):
    subject = fields.Nested(SubjectOf, required=True)
    title = fields.Nested(InWords, required=True)
    is_own_check = fields.Boolean(required=True)
    metres = fields.Float(required=True, allow_none=True)
    answers = fields.List(fields.Nested(AnsweredItem), required=True)


class TaskFlaw(InWords):
    rule = fields.String(required=True)
    room = fields.String(required=True, allow_none=True)
    count = Whole(required=True, allow_none=True)


class PatrolTask(Base):
    id = Whole(required=True)
    reason = one_of("patrol", "recheck", "campaign", "verify", required=True)
    subject = fields.Nested(SubjectOf, required=True)
    form = fields.String(required=True, allow_none=True)
    due = fields.String(required=True)
    is_overdue = fields.Boolean(required=True)
    role = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The post whose it is; null: whoever inspects there."},
    )
    words = fields.String(required=True, allow_none=True)
    flaw = fields.Nested(
        TaskFlaw,
        required=True,
        allow_none=True,
        metadata={"description": "Of a record to be verified: which rule doubts it, and where."},
    )
    result = one_of(*quality.RESULTS, required=True, allow_none=True)
    done_at = Instant(required=True, allow_none=True)


class DueQuery(Base):
    near = text(60, load_default=None, allow_none=True)
    crs = text(20, load_default=None, allow_none=True)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class Due(Base):
    items = fields.List(fields.Nested(PatrolTask), required=True)
    waiting = Whole(required=True)
    overdue = Whole(required=True)


class AskQuery(FormQuery):
    subject = SUBJECT
    form = text(40, load_default=None, allow_none=True)


class FormName(InWords):
    code = fields.String(required=True)


class OwnCheck(Base):
    """What the owner found who checked for themself."""

    at = Instant(required=True)
    wrong = fields.List(fields.Nested(InWords), required=True)


class Asked(Base):
    subject = fields.Nested(SubjectOf, required=True)
    form = fields.Nested(Form, required=True)
    forms = fields.List(fields.Nested(FormName), required=True)
    tasks = fields.List(fields.Nested(PatrolTask), required=True)
    hazards = fields.List(fields.Nested(Hazard), required=True)
    own_check = fields.Nested(OwnCheck, required=True, allow_none=True)
    grade = fields.Nested(PlaceGrade, required=True, allow_none=True)


class Recheck(Base):
    result = one_of("mended", "still", required=True)
    photo = text(32, load_default=None, allow_none=True)
    note = text(forms.LONGEST_TEXT, load_default=None, allow_none=True)


class HandOver(Base):
    to = text(40, required=True, metadata={"description": "A colleague's account."})


class Finding(Base):
    """`confirmed`: it is right as it stands; `missing`: it cannot be found there."""

    result = one_of(*quality.RESULTS, required=True)
    note = text(500, least=0, load_default=None, allow_none=True)


class Colleague(Base):
    account = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class Colleagues(Base):
    items = fields.List(fields.Nested(Colleague), required=True)


class OpenCampaign(Base):
    name = text(60, required=True)
    area = text(15, required=True)
    form = text(40, required=True, pattern=f"^{CODE}$")
    since = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "The first day; left out: today."},
    )
    until = Day(required=True)
    grades = fields.List(
        one_of(*GRADES),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 4),
        metadata={"description": "Only what is graded so."},
    )
    kinds = fields.List(
        one_of(*campaigns.PLACE_KINDS),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 3),
        metadata={"description": "Only small places of these kinds."},
    )
    subjects = fields.List(
        fields.String(validate=validate.Length(1, 48)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 5_000),
        metadata={"description": "Left out: all that are graded in the area."},
    )


class Campaign(Base):
    id = Whole(required=True)
    name = fields.String(required=True)
    form = fields.String(required=True)
    area = fields.String(required=True)
    area_name = fields.String(required=True, allow_none=True)
    since = fields.String(required=True)
    until = fields.String(required=True)
    is_over = fields.Boolean(required=True)
    tasks = Whole(required=True)
    done = Whole(required=True)
    left = Whole(required=True)
    late = Whole(required=True)
    hazards = Whole(required=True)
    fixed_on_spot = Whole(required=True)
    dispatched = Whole(
        required=True,
        metadata={"description": "What became a case, whatever has come of that since."},
    )
    open = Whole(required=True)
    passed_on = Whole(required=True)
    closed = Whole(required=True)


class Campaigns(Base):
    items = fields.List(fields.Nested(Campaign), required=True)


class Share(Base):
    account = fields.String(required=True, allow_none=True)
    tasks = Whole(required=True)
    done = Whole(required=True)
    left = Whole(required=True)
    late = Whole(required=True)


class CampaignShares(Campaign):
    workers = fields.List(fields.Nested(Share), required=True)


class HandShare(Base):
    giver = text(
        40,
        data_key="from",
        load_default=None,
        allow_none=True,
        metadata={"description": "An account; left out: what is nobody's yet."},
    )
    to = text(40, required=True, metadata={"description": "A colleague's account."})


class HandedOver(Base):
    tasks = Whole(required=True)


class CampaignTasksQuery(CursorQuery):
    state = one_of(*progress.TASK_STATES, load_default="all")
    worker = text(40, least=0, load_default=None, allow_none=True)


class CampaignTask(Base):
    id = Whole(required=True)
    subject = fields.Nested(SubjectOf, required=True)
    account = fields.String(required=True, allow_none=True)
    due = fields.String(required=True)
    is_late = fields.Boolean(required=True)
    done_at = Instant(required=True, allow_none=True)


class CampaignTasks(Base):
    total = Whole(required=True)
    items = fields.List(fields.Nested(CampaignTask), required=True)
    next = fields.String(required=True, allow_none=True)


class CampaignHazardsQuery(CursorQuery):
    state = one_of(*progress.HAZARD_STATES, load_default="all")


class CampaignHazards(Base):
    total = Whole(required=True)
    items = fields.List(fields.Nested(Hazard), required=True)
    next = fields.String(required=True, allow_none=True)


class FlawsQuery(CursorQuery):
    rule = one_of(*quality.CODES, load_default=None, allow_none=True)
    state = one_of(*quality.STATES, load_default=None, allow_none=True)
    area = text(15, load_default=None, allow_none=True)


class Flaw(TaskFlaw):
    """A record that a rule doubts: where it is, never whose."""

    id = Whole(required=True)
    state = one_of(*quality.STATES, required=True)
    times = Whole(required=True)
    subject = fields.Nested(SubjectOf, required=True)
    found_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class FlawCountsQuery(Base):
    area = text(15, load_default=None, allow_none=True)


class FlawsOfRule(InWords):
    rule = fields.String(required=True)
    found = Whole(required=True)
    given = Whole(required=True)
    confirmed = Whole(required=True)
    corrected = Whole(required=True)
    missing = Whole(required=True)
    gone = Whole(required=True)


class FlawsOfArea(Base):
    area = fields.String(required=True)
    name = fields.String(required=True)
    open = Whole(required=True)
    rules = fields.Dict(keys=fields.String(), values=Whole(), required=True)


class FlawCounts(Base):
    checked_at = Instant(required=True, allow_none=True)
    rules = fields.List(fields.Nested(FlawsOfRule), required=True)
    areas = fields.List(fields.Nested(FlawsOfArea), required=True)


class NoticeItem(Base):
    words = fields.Nested(InWords, required=True)
    law = fields.String(required=True, allow_none=True)
    level = one_of(*forms.LEVELS, required=True)
    due = fields.String(required=True, allow_none=True)
    state = one_of(*STATES, required=True)
    ended_at = Instant(required=True, allow_none=True)


class Issuer(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    duty_phone = fields.String(required=True, allow_none=True)


class OwnersNotice(Base):
    """A notice as it was issued, and as it stands now."""

    code = fields.String(required=True)
    number = fields.String(required=True)
    issued_at = Instant(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    title = fields.Nested(InWords, required=True)
    issuer = fields.Nested(Issuer, required=True, allow_none=True)
    items = fields.List(fields.Nested(NoticeItem), required=True)
