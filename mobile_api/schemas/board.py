"""The wire of the board: what is late, figures with their counts, and the cases behind them."""

from marshmallow import fields, validate

from backend.rules.figures import periods, table
from backend.services import figures
from backend.services.inspections import overdue
from mobile_api.schemas.facilities import InWords
from mobile_api.schemas.fields import Base, CursorQuery, Day, Instant, Whole, one_of, text
from mobile_api.schemas.inspections import SubjectOf


class Narrowed(Base):
    """Whose cases, and of which days. Left out: all of one's areas, this month so far."""

    area = text(15, load_default=None, allow_none=True)
    unit = text(
        20,
        load_default=None,
        allow_none=True,
        metadata={"description": "A unit's code; `none`: cases that are no unit's yet."},
    )
    klass = text(
        60,
        data_key="class",
        load_default=None,
        allow_none=True,
        metadata={"description": "A kind, or kind and problem: `streetlight.dark`."},
    )
    channel = text(12, load_default=None, allow_none=True)
    period = one_of(*periods.NAMES, load_default=None, allow_none=True)
    since = Day(load_default=None, allow_none=True, validate=validate.Length(equal=10))
    until = Day(load_default=None, allow_none=True, validate=validate.Length(equal=10))


class BoardQuery(Narrowed):
    """Of the board itself nothing else is asked."""


class FiguresQuery(Narrowed):
    by = one_of(*figures.FACETS, load_default="unit")


class ReportQuery(Base):
    area = text(15, load_default=None, allow_none=True)


class BoardCasesQuery(Narrowed, CursorQuery):
    why = one_of(*figures.WHY, "any", load_default=None, allow_none=True)
    mark = one_of(*figures.MARKS, load_default=None, allow_none=True)
    count = text(16, load_default=None, allow_none=True)
    lacks = text(16, load_default=None, allow_none=True)


class NamedArea(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)


class NamedUnit(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)


class LeveledUnit(NamedUnit):
    level = fields.String(required=True)


class Days(Base):
    first = Day(required=True)
    last = Day(required=True)


class Frame(Base):
    """Everything that happened before `as_of` is counted; `is_behind`: that is too long ago."""

    as_of = Instant(required=True)
    is_behind = fields.Boolean(required=True)
    areas = fields.List(fields.Nested(NamedArea), required=True)
    period = fields.Nested(Days, required=True)


class LateWhy(Base):
    why = one_of(*figures.WHY, required=True)
    cases = Whole(required=True)
    since = Instant(required=True, allow_none=True)


class LateUnit(Base):
    """`unit` null: cases that are no unit's yet. `why`: how many for each reason."""

    unit = fields.Nested(LeveledUnit, required=True, allow_none=True)
    cases = Whole(required=True)
    since = Instant(required=True, allow_none=True)
    why = fields.Dict(keys=fields.String(), values=Whole(), required=True)


class Mark(Base):
    mark = one_of(*figures.MARKS, required=True)
    cases = Whole(required=True)


class LateNow(Base):
    cases = Whole(required=True)
    since = Instant(required=True, allow_none=True)
    why = fields.List(fields.Nested(LateWhy), required=True)
    units = fields.List(fields.Nested(LateUnit), required=True)
    marks = fields.List(fields.Nested(Mark), required=True)


class Portion(Base):
    part = Whole(required=True)
    whole = Whole(required=True)
    share = fields.Float(required=True, allow_none=True)


class FigureLine(Portion):
    """A share and the two counts it is made of, as docs/FIGURES.md defines them."""

    name = one_of(*table.FIGURES, required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    is_good = fields.Boolean(required=True, metadata={"description": "More is better."})
    part_of = one_of(*table.MEASURES, required=True)
    whole_of = one_of(*table.MEASURES, required=True)
    before = fields.Nested(Portion, required=True, allow_none=True)


class StageLine(Base):
    """How long a part of the way took; medians are true to within 2.5 %."""

    name = one_of(*table.STAGES, required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    cases = Whole(required=True)
    median_s = fields.Float(required=True, allow_none=True)
    p90_s = fields.Float(required=True, allow_none=True)
    before_s = fields.Float(required=True, allow_none=True)


class SpanLine(Base):
    span = fields.String(required=True, metadata={"description": "2026-11-21, or 2026-11."})
    received = Whole(required=True)
    closed = Whole(required=True)


class Board(Frame):
    before = fields.Nested(Days, required=True)
    late = fields.Nested(LateNow, required=True)
    figures = fields.List(fields.Nested(FigureLine), required=True)
    stages = fields.List(fields.Nested(StageLine), required=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    series = fields.List(fields.Nested(SpanLine), required=True)


class FigureRow(Base):
    code = fields.String(required=True)
    name = fields.Nested(InWords, required=True, allow_none=True)
    late = Whole(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    figures = fields.List(fields.Nested(FigureLine), required=True)
    stages = fields.List(fields.Nested(StageLine), required=True)


class FigureRows(Frame):
    by = one_of(*figures.FACETS, required=True)
    rows = fields.List(fields.Nested(FigureRow), required=True)


class MonthReport(Frame):
    month = fields.String(required=True)
    before = fields.Nested(Days, required=True)
    figures = fields.List(fields.Nested(FigureLine), required=True)
    stages = fields.List(fields.Nested(StageLine), required=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    series = fields.List(fields.Nested(SpanLine), required=True)
    units = fields.List(fields.Nested(FigureRow), required=True)
    levels = fields.List(fields.Nested(FigureRow), required=True)
    better = fields.List(fields.String(), required=True)
    worse = fields.List(fields.String(), required=True)


class PatrolsQuery(Base):
    area = text(15, load_default=None, allow_none=True)


class LateTasksQuery(CursorQuery):
    area = text(15, load_default=None, allow_none=True)
    reason = one_of(*overdue.REASONS, load_default=None, allow_none=True)
    post = text(
        20,
        load_default=None,
        allow_none=True,
        metadata={"description": "A role; `none`: whoever inspects there."},
    )


class LateReason(Base):
    reason = one_of(*overdue.REASONS, required=True)
    late = Whole(required=True)


class LateArea(Base):
    code = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    late = Whole(required=True)
    reasons = fields.Dict(keys=fields.String(), values=Whole(), required=True)


class LatePost(Base):
    """Posts, never people."""

    post = fields.String(required=True)
    title = fields.Nested(InWords, required=True, allow_none=True)
    late = Whole(required=True)
    reasons = fields.Dict(keys=fields.String(), values=Whole(), required=True)


class LatePatrols(Base):
    late = Whole(required=True)
    since = Day(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(LateReason), required=True)
    areas = fields.List(fields.Nested(LateArea), required=True)
    posts = fields.List(fields.Nested(LatePost), required=True)


class LateTask(Base):
    id = Whole(required=True)
    reason = one_of(*overdue.REASONS, required=True)
    subject = fields.Nested(SubjectOf, required=True)
    due = Day(required=True)
    post = fields.String(required=True, allow_none=True)
    title = fields.Nested(InWords, required=True, allow_none=True)


class LateTasks(Base):
    total = Whole(required=True)
    items = fields.List(fields.Nested(LateTask), required=True)
    next = fields.String(required=True, allow_none=True)


class BoardCase(Base):
    """`at`: since when it is late, or when it was counted."""

    number = fields.String(required=True)
    state = fields.String(required=True)
    kind = fields.String(required=True)
    problem = fields.Nested(InWords, required=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    unit = fields.Nested(NamedUnit, required=True, allow_none=True)
    opened_at = Instant(required=True)
    due_at = Instant(required=True, allow_none=True)
    at = Instant(required=True, allow_none=True)


class BoardCases(Base):
    total = Whole(required=True)
    items = fields.List(fields.Nested(BoardCase), required=True)
    next = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Send it back as `cursor`; null at the end."},
    )
    period = fields.Nested(Days, required=True)
