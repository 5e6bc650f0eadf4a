"""Print runs: what is ordered, how it is made, how far it has come."""

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.services import runs
from mobile_api.schemas.fields import Base, CursorQuery, Flag, Instant, Number, Whole, one_of, text

STATES = ("ordered", "released", "printed", "issued", "cancelled")
MOST = runs.MOST


class RunArea(Base):
    code = fields.String(required=True)
    name = fields.String(required=True)


class PrinterFields(Base):
    """How one printer must be humoured; found with the test page."""

    start = Whole(
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, 1_000),
        metadata={"description": "First free position on a used page, from 1."},
    )
    right_mm = Number(allow_none=True, load_default=None, validate=validate.Range(-20, 20))
    down_mm = Number(allow_none=True, load_default=None, validate=validate.Range(-20, 20))
    across_mm = Number(
        allow_none=True,
        load_default=None,
        validate=validate.Range(90, 112),
        metadata={"description": "What the ruler across measures on the test page."},
    )
    along_mm = Number(allow_none=True, load_default=None, validate=validate.Range(90, 112))


class Thing(Base):
    code = text(60, required=True, metadata={"description": "Of a building, room or facility."})
    grade = text(12, load_default=None, allow_none=True)


class OrderRun(PrinterFields):
    """Either `count` blanks, one tag for each of `things`, or for all that is `untagged`."""

    kind = text(20, required=True)
    area = text(15, load_default=None, allow_none=True)
    count = Whole(load_default=None, allow_none=True, validate=validate.Range(1, MOST))
    things = fields.List(
        fields.Nested(Thing),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST),
    )
    untagged = Flag(
        load_default=None,
        allow_none=True,
        metadata={"description": "Everything of this kind in the area that has no tag yet."},
    )
    grade = text(12, load_default=None, allow_none=True)
    form = text(20, load_default=None, allow_none=True)
    copies = Whole(load_default=None, allow_none=True, validate=validate.Range(1, 9))
    module_mm = Number(load_default=None, allow_none=True, validate=validate.Range(0.1, 20))
    company = text(12, load_default=None, allow_none=True)
    dpi = Whole(load_default=None, allow_none=True, validate=validate.Range(150, 2_400))


class RunLine(Base):
    number = fields.String(required=True)
    state = one_of(*STATES, required=True)
    kind = fields.String(required=True)
    count = Whole(required=True)
    form = fields.String(required=True)
    area = fields.Nested(RunArea, required=True)
    ordered_at = Instant(required=True)


class Run(RunLine):
    host = fields.String(required=True, metadata={"description": "What the symbols say."})
    company = fields.String(required=True, allow_none=True)
    copies = Whole(required=True)
    module_mm = Number(required=True)
    grade = fields.String(required=True)
    dpi = Whole(required=True)
    start = Whole(required=True)
    right_mm = Number(required=True)
    down_mm = Number(required=True)
    across_mm = Number(required=True)
    along_mm = Number(required=True)
    ordered_by = fields.String(required=True)
    released_at = Instant(required=True, allow_none=True)
    printed_at = Instant(required=True, allow_none=True)
    issued_at = Instant(required=True, allow_none=True)
    issued_to = fields.Nested(RunArea, required=True, allow_none=True)
    cancelled_at = Instant(required=True, allow_none=True)
    replaces = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The run whose spoiled pieces this one makes anew."},
    )
    tags = fields.Dict(
        keys=fields.String(),
        values=Whole(),
        required=True,
        metadata={"description": "How many of its tags are in which state."},
    )
    to_reorder = Whole(
        required=True, metadata={"description": "Spoiled pieces not ordered anew yet."}
    )


class RunPiece(Base):
    piece = Whole(required=True)
    code = fields.String(required=True)
    shown = fields.String(required=True)
    state = fields.String(required=True)
    end_reason = fields.String(required=True, allow_none=True)
    replaced_by = fields.String(required=True, allow_none=True)
    thing = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    place = fields.String(required=True)
    grade = fields.String(required=True)


class RunsQuery(CursorQuery):
    state = one_of(*STATES, load_default=None, allow_none=True)


class IssueRun(Base):
    area = text(
        15,
        load_default=None,
        allow_none=True,
        metadata={"description": "Whose team may put the blanks up; else the run's own area."},
    )


class SpoilPieces(Base):
    pieces = fields.List(
        Whole(validate=validate.Range(1, 1_000_000)),
        required=True,
        validate=validate.Length(1, MOST),
    )


def _count(description: str) -> fields.Integer:
    return fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 1_000_000),
        metadata={"description": description},
    )


def _length(least: float, most: float, description: str = "") -> fields.Float:
    return fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(least, most),
        metadata={"description": description} if description else {},
    )


class PrinterQuery(Base):
    """In a query every value is text."""

    right_mm = _length(-20, 20)
    down_mm = _length(-20, 20)
    across_mm = _length(90, 112, "What the ruler across measures on the test page.")
    along_mm = _length(90, 112)


class DrawQuery(PrinterQuery):
    """A part of a run, on another sheet or another printer."""

    first = _count("First piece; else the first of the run.")
    last = _count("Last piece; else the last of the run.")
    start = _count("First free position on a used page.")

    @validates_schema
    def _in_order(self, data: dict[str, int | None], **_: object) -> None:
        first, last = data.get("first"), data.get("last")
        if first and last and first > last:
            raise ValidationError("The last piece comes after the first.", "last")


class Choice(Base):
    copies = Whole(required=True)
    module_mm = Number(required=True)
    label_mm = fields.List(Number(), required=True)


class Grade(Base):
    grade = fields.String(required=True)
    word = fields.String(required=True)
    ground = fields.String(required=True)


class PrintKind(Base):
    kind = fields.String(required=True)
    name = fields.String(required=True)
    english = fields.String(required=True)
    form = fields.String(required=True)
    named = fields.Boolean(
        required=True, metadata={"description": "Can be ordered for things by name."}
    )
    symbols = fields.List(fields.Nested(Choice), required=True)
    grades = fields.List(fields.Nested(Grade), required=True)


class PrintForm(Base):
    form = fields.String(required=True)
    about = fields.String(required=True)
    dpi = Whole(required=True)
    per_page = Whole(required=True, allow_none=True)


class PrintArea(RunArea):
    level = fields.String(required=True)


class PrintChoices(Base):
    host = fields.String(required=True)
    most = Whole(required=True)
    home = fields.String(required=True, allow_none=True)
    kinds = fields.List(fields.Nested(PrintKind), required=True)
    forms = fields.List(fields.Nested(PrintForm), required=True)
    areas = fields.List(fields.Nested(PrintArea), required=True)
