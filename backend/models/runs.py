"""Print runs: so many tags of one kind, ordered, drawn, printed and handed out together."""

from peewee import (
    AutoField,
    BigIntegerField,
    CharField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table
from backend.models.areas import Area


class Run(Table):
    """One order of tags, and how it is to be printed. Its tags carry `run_id` and `piece`.

    The number people say (R2026-00012) is made of the year and `id`. Lengths are mm.
    """

    id = AutoField()
    state = CharField(12, default="ordered")  # ordered, released, printed, issued, cancelled
    kind = CharField(20)
    area = ForeignKeyField(Area)  # For which area it was ordered: its managers look after it.
    count = IntegerField()
    host = CharField(253)  # What the symbols say, for ever.
    company = CharField(12, null=True)  # GS1 company prefix, for /8004/ links.
    form = CharField(20)
    copies = IntegerField()
    module_mm = FloatField()
    grade = CharField(12, default="")  # Of pieces that have none of their own.
    dpi = IntegerField()
    start = IntegerField(default=1)  # First free position on a used page.
    right_mm = FloatField(default=0.0)  # How this printer must be humoured.
    down_mm = FloatField(default=0.0)
    across_mm = FloatField(default=100.0)  # What the test page's rulers measure.
    along_mm = FloatField(default=100.0)
    replaces_id = IntegerField(null=True)  # The run whose spoiled pieces are made anew here.
    ordered_at = InstantField()
    ordered_by = CharField(40)
    released_at = InstantField(null=True)
    printed_at = InstantField(null=True)
    issued_at = InstantField(null=True)
    issued_to = ForeignKeyField(Area, null=True)  # Whose team may put its blanks up.
    cancelled_at = InstantField(null=True)


class RunPiece(Table):
    """What one label of a run says about its thing, as it stood when it was ordered.

    The key is `run << 20 | piece`, pieces from 1. Blanks know no thing and have no rows here.
    """

    id = BigIntegerField(primary_key=True)
    thing = CharField(60)  # Building code, house code or facility number.
    title = TextField()
    place = TextField()
    grade = CharField(12, default="")
