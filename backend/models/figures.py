"""What figures are made of: a row for each round of a case, sums of them, and how far they go.

All of it follows from the cases and their steps, and can be made anew from them.
"""

from peewee import AutoField, CharField, CompositeKey, IntegerField, TextField

from backend.db import InstantField, Table


class CaseFact(Table):
    """A round of a case, as `backend.rules.figures.facts.Fact` says it, field by field."""

    case_id = IntegerField()
    round = IntegerField()
    step_id = IntegerField()
    area_path = CharField(80, index=True)
    unit = CharField(20, null=True, index=True)
    kind = CharField(16)
    problem = CharField(40)
    channel = CharField(12)
    opened_at = InstantField(null=True, index=True)
    dispatched_at = InstantField(null=True, index=True)
    accepted_at = InstantField(null=True)
    handled_at = InstantField(null=True)
    closed_at = InstantField(null=True, index=True)
    due_at = InstantField(null=True, index=True)
    answered_at = InstantField(null=True)
    voided_at = InstantField(null=True)
    pending = InstantField(null=True, index=True)
    last_at = InstantField(index=True)
    received = IntegerField()
    reports = IntegerField()
    joined = IntegerField()
    filed = IntegerField()
    declined = IntegerField()
    prompt = IntegerField()
    once = IntegerField()
    returned = IntegerField()
    extended = IntegerField()
    shelved = IntegerField()
    accepted_soon = IntegerField()
    reworked = IntegerField()
    owed = IntegerField()
    deferred = IntegerField()
    done = IntegerField()
    kept = IntegerField()
    again = IntegerField()
    told = IntegerField()
    answered = IntegerField()
    answered_soon = IntegerField()
    rated = IntegerField()
    solved = IntegerField()
    starred = IntegerField()
    pleased = IntegerField()

    class Meta:
        primary_key = CompositeKey("case_id", "round")


class CaseTally(Table):
    """The sums of an area in a day or month: of all cases, or of one unit, class or channel."""

    area_path = CharField(80)
    facet = CharField(8)  # all, unit, class, channel
    span = CharField(10)  # 2026-11 or 2026-11-21
    value = CharField(60)
    sums = TextField()  # JSON: measure -> count; see backend.rules.figures.table.

    class Meta:
        primary_key = CompositeKey("area_path", "facet", "span", "value")


class CaseCursor(Table):
    """How far steps and reports have been read into the figures. One row, whose id is 1."""

    id = AutoField()
    step_id = IntegerField(default=0)
    mention_id = IntegerField(default=0)
    version = IntegerField(default=0)  # One more with every writing: two keepers take turns.
    as_of = InstantField(default=0)  # Everything that happened before is in the figures.
