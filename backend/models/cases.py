"""Cases: what the city has taken on, one problem at one thing, and every step since."""

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
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
    bike_id = BigIntegerField(null=True)  # That stands there; told to staff alone.
    thing = TextField(null=True)  # Its number, or the building's code.
    name = TextField()  # What people call it.
    address = TextField(null=True)
    lat = DoubleField(null=True)  # WGS-84 degrees.
    lon = DoubleField(null=True)
    cell = BigIntegerField(null=True, index=True)
    area_path = CharField(80, index=True)
    channel = CharField(12)  # Of its first report.
    owner = CharField(20, null=True)  # The unit whose thing it is.
    condition = CharField(24, null=True)  # Of the standard, if a person chose another one.
    unit = CharField(20, null=True, index=True)  # Who answers for it: a unit's code.
    rule = CharField(50, null=True)  # What chose the unit: owner, remit:KEY, desk, or null: nobody.
    proposed = CharField(20, null=True)  # The unit that a rule or a returner thinks right.
    sureness = FloatField(null=True)  # How sure the rule is of it, 0 to 1.
    returns = IntegerField(default=0)  # In this round; the second one goes to the arbiter.
    arbiter = CharField(20, null=True)  # The desk that decides whose it is, without appeal.
    parent_id = IntegerField(null=True, index=True)  # The case that it was split from.
    account_id = IntegerField(null=True)  # The person of that unit who took it.
    words = TextField(null=True)  # What everybody may read of it; written or let pass by staff.
    reports = IntegerField(default=0)
    round = IntegerField(default=1)  # One more each time it is opened again.
    asked = CharField(12, null=True, index=True)  # extension, shelving, void: to be granted.
    asked_by = IntegerField(null=True)
    asked_facts = TextField(null=True)  # JSON
    shelved_until = InstantField(null=True)
    voided_at = InstantField(null=True)  # A test or an abuse: in no figure.
    merged_into = IntegerField(null=True)
    opened_at = InstantField(index=True)
    updated_at = InstantField(index=True)
    closed_at = InstantField(null=True)
    dispatch_by = InstantField(null=True, index=True)  # Until when it must be at a unit.
    dispatched_at = InstantField(null=True)  # First, in this round.
    accept_by = InstantField(null=True, index=True)  # Until when its unit may send it back.
    accepted_at = InstantField(null=True)
    overdue_at = InstantField(null=True)  # Since when it is late; stays in this round.
    answer_by = InstantField(null=True, index=True)  # Until when its reporters must be told.
    answered_at = InstantField(null=True)
    urge_at = InstantField(null=True, index=True)  # When the next share of its time is gone.
    urged = IntegerField(default=0)  # The share that was told of, in percent of its time.
    handled_at = InstantField(null=True)  # Since when its clock stands still: handled, shelved.
    due_at = InstantField(null=True, index=True)  # Until when it must be put right.
    standard = CharField(12, null=True)  # The version of the standard that says so.
    limit_value = FloatField(null=True)  # What it allowed: see backend.rules.deadlines.
    limit_unit = CharField(12, null=True)
    version = IntegerField(default=1)
    steps = IntegerField(default=0)  # How many, and the mac of the last: see CaseStep.
    mac = BlobField(null=True)

    class Meta:
        only_save_dirty = True  # A step changes a few columns of very many.


class CaseStep(Table):
    """One thing that happened to a case. Steps are added, never changed.

    Each bears a keyed mac over its values and the mac of the step before it.
    """

    id = AutoField()
    case_id = IntegerField(index=True)
    at = InstantField(index=True)
    action = CharField(16)
    state = CharField(12)  # After it.
    account_id = IntegerField(null=True)  # None: the reporter, or a rule.
    unit = CharField(20, null=True)
    note = TextField(null=True)  # For everybody to read.
    facts = TextField(default="{}")  # JSON; never a personal value.
    before = CharField(12, null=True)  # The state before it.
    role = CharField(20, null=True)  # In which it was taken.
    device_id = CharField(32, null=True)
    lat = DoubleField(null=True)  # Where, WGS-84 degrees, if the phone said so.
    lon = DoubleField(null=True)
    serial = IntegerField(null=True)  # Its place among the steps of the case, from 1.
    mac = BlobField(null=True)


class CaseTask(Table):
    """What one unit does of a case that several handle together: the lead, or one that assists."""

    id = AutoField()
    case_id = IntegerField(index=True)
    round = IntegerField(default=1)
    unit = CharField(20, index=True)
    part = CharField(8)  # lead, assist
    words = TextField(null=True)  # What it is asked to do.
    account_id = IntegerField(null=True)  # Who accepted it.
    given_at = InstantField()
    accepted_at = InstantField(null=True)
    done_at = InstantField(null=True)
    note = TextField(null=True)  # What was done.
