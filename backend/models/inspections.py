"""Inspections: what was asked and answered on the spot, what was wrong, and what follows from it.

A `subject` names what is inspected, in one column for all of these tables: `place:12` (a small
place), `building:34`, `facility:56`.
"""

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DoubleField,
    FloatField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table


class Form(Table):
    """One version of a checklist. Published ones never change; a newer one replaces them."""

    id = AutoField()
    code = CharField(40)
    version = IntegerField()
    subject = CharField(16)  # small_place, building, or a kind of facility.
    body = TextField()  # JSON: see backend.rules.forms.
    digest = CharField(64)
    published_at = InstantField()
    published_by = TextField()
    replaced_at = InstantField(null=True)

    class Meta:
        indexes = ((("code", "version"), True),)


class Inspection(Table):
    """A checklist answered. The answers are one JSON value: they are read together or not at all.

    `uuid` is drawn by the phone: however often it is sent, there is one row.
    """

    id = AutoField()
    uuid = CharField(32, unique=True)
    digest = CharField(64)  # Of what was sent: the same uuid with other answers is refused.
    subject = CharField(40)
    area_path = CharField(80)
    form = CharField(40)
    version = IntegerField()
    account_id = IntegerField(null=True)  # None: the owner, who checked for themself.
    at = InstantField()  # When it came in.
    made_at = InstantField()  # When it was answered, by the phone's clock.
    presence = CharField(12)  # verified, weak, unverified, contradicted
    metres = FloatField(null=True)  # From the thing.
    lat = DoubleField(null=True)  # WGS-84 degrees.
    lon = DoubleField(null=True)
    answers = TextField()  # JSON
    wrong = IntegerField(default=0)
    fixed = IntegerField(default=0)  # Of those: put right on the spot.
    notice = CharField(16, null=True, unique=True)  # The code by which the owner's notice is true.

    class Meta:
        indexes = (
            (("subject", "at"), False),
            (("area_path", "at"), False),
            (("account_id", "at"), False),
        )


class Hazard(Table):
    """Something wrong. fixed: on the spot; open until seen put right; passed_on: it is a case."""

    id = AutoField()
    inspection_id = IntegerField(index=True)
    subject = CharField(40, index=True)
    area_path = CharField(80, index=True)
    form = CharField(40)
    version = IntegerField()
    item = CharField(40)
    level = CharField(8)  # general, major
    note = TextField(null=True)
    before = CharField(32, null=True)  # Photos by number.
    after = CharField(32, null=True)
    state = CharField(10)  # fixed, open, passed_on, closed
    found_at = InstantField(index=True)
    found_by = IntegerField()
    due = CharField(10, null=True)  # The last day to put it right, ISO; null: fixed at once.
    overdue_at = InstantField(null=True)  # When its day had passed without anybody having seen it.
    is_repeat = BooleanField(default=False)  # Wrong again within a year of having been put right.
    ended_at = InstantField(null=True)
    ended_by = IntegerField(null=True)
    case_id = IntegerField(null=True, index=True)


class Grade(Table):
    """The grade of a place or rental building as it is now, and when it was last looked at."""

    subject = CharField(40, primary_key=True)
    area_path = CharField(80, index=True)
    building_id = BigIntegerField(index=True)
    grade = CharField(8)  # green, yellow, orange, red
    reasons = TextField(default="[]")  # JSON, in both languages.
    since = InstantField()
    inspected_on = CharField(10, null=True)  # The day of the last patrol, ISO.


class GradeChange(Table):
    """A grade became another one, and why. Rows are added, never changed."""

    id = AutoField()
    subject = CharField(40, index=True)
    before = CharField(8, null=True)
    grade = CharField(8)
    reasons = TextField()  # JSON
    at = InstantField(index=True)
    inspection_id = IntegerField(null=True)  # What brought it about; null: time did.


class PatrolTask(Table):
    """Somebody has to look at a subject by a day. Nobody named: whoever works in the area.

    `open_key` is the reason and the subject while it is open: there is one of a kind at a time.
    """

    id = AutoField()
    open_key = CharField(80, null=True, unique=True)
    reason = CharField(10)  # patrol, recheck, campaign, verify
    subject = CharField(40, index=True)
    area_path = CharField(80)
    building_id = BigIntegerField(null=True)
    form = CharField(40, null=True)
    campaign_id = IntegerField(null=True, index=True)
    flaw_id = IntegerField(null=True, index=True)  # Of a record that is to be verified.
    account_id = IntegerField(null=True)
    role = CharField(20, null=True)  # The post whose it is; null: whoever inspects there.
    since = CharField(10, null=True)  # ISO day; before it nobody is sent.
    due = CharField(10)  # ISO day.
    opened_at = InstantField()
    handed_by = IntegerField(null=True)  # Who gave it to somebody else.
    done_at = InstantField(null=True)
    done_by = IntegerField(null=True)
    inspection_id = IntegerField(null=True)
    words = TextField(null=True)  # What is to be verified.
    result = CharField(10, null=True)  # What was found of it: confirmed, corrected, missing.

    class Meta:
        indexes = (
            (("account_id", "done_at", "due"), False),
            (("area_path", "done_at", "due"), False),
        )


class Campaign(Table):
    """Look at all of these within some days: a list of tasks, and how far it is."""

    id = AutoField()
    name = TextField()
    form = CharField(40)
    area_path = CharField(80)
    since = CharField(10)
    until = CharField(10)  # The last day, ISO.
    opened_at = InstantField()
    opened_by = IntegerField()


class Flaw(Table):
    """A record that can hardly be right, by a rule of fixtures/policy/quality.toml.

    `record` names the row, `mark` its state when somebody judged it: while that stays, what was
    confirmed stays confirmed.
    """

    id = AutoField()
    rule = CharField(20)
    record = CharField(60)  # resident:12, business:34, ...
    mark = CharField(40)
    subject = CharField(40, index=True)  # Where somebody goes to look.
    area_path = CharField(80)
    room = CharField(40, null=True)  # Its number; never anything of a person.
    count = IntegerField(null=True)  # How many, where a rule counts.
    state = CharField(10)  # found, given, confirmed, corrected, missing, gone
    times = IntegerField(default=1)  # How often it was found.
    found_at = InstantField()
    ended_at = InstantField(null=True)
    ended_by = IntegerField(null=True)  # Null: the record was put right before anybody looked.

    class Meta:
        indexes = (
            (("rule", "record"), True),
            (("area_path", "state"), False),
            (("state", "id"), False),
        )


class FlawCheck(Table):
    """One night's look over all records: what was found, and how much of it was new."""

    day = CharField(10, primary_key=True)
    at = InstantField()
    found = IntegerField()
    new = IntegerField()
    gone = IntegerField()
    given = IntegerField()


class Registration(Table):
    """A firm as the commercial register knows it: with an address in words, true or not."""

    key = CharField(40, primary_key=True)
    name = TextField()
    credit_code = CharField(18, null=True, index=True)
    address = TextField()
    area_path = CharField(80)  # Whose register it came from.
    until = CharField(10, null=True)
