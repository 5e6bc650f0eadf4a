"""Cases: what the city has taken on, one problem at one thing, and every step since."""

from peewee import (
    AutoField,
    BigIntegerField,
    CharField,
    DoubleField,
    FloatField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table


class Case(Table):
    """A problem the city answers for. Its steps say how it came to be what it is now.

    `open_key` names thing and problem while the case is open and is null otherwise: the same
    problem of the same thing cannot be open twice.
    """

    id = AutoField()
    state = CharField(12, index=True)  # See backend.rules.workflow.
    open_key = CharField(80, null=True, unique=True)
    kind = CharField(16)  # Of facility, or building, or street: whose list the problem is of.
    problem = CharField(40)
    facility_id = IntegerField(null=True, index=True)
    building_id = BigIntegerField(null=True, index=True)
    thing = TextField(null=True)  # Its number, or the building's code.
    name = TextField()  # What people call it.
    address = TextField(null=True)
    lat = DoubleField(null=True)  # WGS-84 degrees.
    lon = DoubleField(null=True)
    cell = BigIntegerField(null=True, index=True)
    area_path = CharField(80, index=True)
    channel = CharField(12)  # Of its first report.
    unit = CharField(20, null=True)  # Who handles it: a unit's code.
    rule = CharField(50, null=True)  # What chose the unit: owner, remit:KEY, desk, or null: nobody.
    account_id = IntegerField(null=True)  # The person of that unit who took it.
    words = TextField(null=True)  # What everybody may read of it; written or let pass by staff.
    reports = IntegerField(default=0)
    round = IntegerField(default=1)  # One more each time it is opened again.
    asked = CharField(12, null=True)  # extension, shelving, void: waits for somebody to grant it.
    asked_by = IntegerField(null=True)
    asked_facts = TextField(null=True)  # JSON
    shelved_until = InstantField(null=True)
    voided_at = InstantField(null=True)  # A test or an abuse: in no figure.
    merged_into = IntegerField(null=True)
    opened_at = InstantField(index=True)
    updated_at = InstantField(index=True)
    closed_at = InstantField(null=True)
    handled_at = InstantField(null=True)  # Since when its clock stands still: handled, shelved.
    due_at = InstantField(null=True, index=True)  # Until when it must be put right.
    standard = CharField(12, null=True)  # The version of the standard that says so.
    limit_value = FloatField(null=True)  # What it allowed: see backend.rules.deadlines.
    limit_unit = CharField(12, null=True)
    version = IntegerField(default=1)


class CaseStep(Table):
    """One thing that happened to a case. Steps are added, never changed."""

    id = AutoField()
    case_id = IntegerField(index=True)
    at = InstantField(index=True)
    action = CharField(16)
    state = CharField(12)  # After it.
    account_id = IntegerField(null=True)  # None: the reporter, or a rule.
    unit = CharField(20, null=True)
    note = TextField(null=True)  # For everybody to read.
    facts = TextField(default="{}")  # JSON; never a personal value.
