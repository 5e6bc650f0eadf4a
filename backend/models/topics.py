"""Topics: what many suddenly tell of in one place, and what becomes of it."""

from peewee import AutoField, BigIntegerField, BlobField, CharField, IntegerField, TextField

from backend.db import InstantField, Table


class Topic(Table):
    """A burst of reports in the same words, as an item of a ledger: whose, until when, settled."""

    id = AutoField()
    state = CharField(10, index=True)  # open, assigned, settled, dismissed
    phrase = TextField()  # What at least three reporters wrote.
    grams = TextField()  # JSON: what else they have in common; later reports join by it.
    area_path = CharField(80, index=True)
    reporters = IntegerField()
    found_at = InstantField(index=True)
    first_at = InstantField()  # When the first of its reports came in.
    last_at = InstantField()
    unit = CharField(20, null=True)  # Who has it.
    account_id = IntegerField(null=True)  # Or which person.
    due_on = CharField(10, null=True)  # ISO day.
    words = TextField(null=True)  # What was asked of them.
    assigned_at = InstantField(null=True)
    assigned_by = IntegerField(null=True)
    note = TextField(null=True)  # What came of it, or why it was none.
    ended_at = InstantField(null=True)
    ended_by = IntegerField(null=True)
    version = IntegerField(default=1)


class TopicCase(Table):
    """A report of a topic, and the case that it told of."""

    id = AutoField()
    topic_id = IntegerField(index=True)
    case_id = IntegerField(index=True)
    report_id = BigIntegerField()
    person = BigIntegerField()  # A number that says only whether two were told by the same.
    at = InstantField()  # When that report came in.


class WordWeek(Table):
    """How often which words came in a place in a week: counters, from which no word can be read.

    `key` is week and area.
    """

    key = CharField(100, primary_key=True)
    week = IntegerField(index=True)  # Since 1970.
    area_path = CharField(80)
    reports = IntegerField()
    counts = BlobField()


class WordMark(Table):
    """Until when the weeks have counted: one row."""

    id = IntegerField(primary_key=True)
    until = InstantField()
