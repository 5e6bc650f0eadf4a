"""Units: the offices and firms that own things and put them right."""

from peewee import AutoField, BlobField, BooleanField, CharField, IntegerField, TextField

from backend.db import InstantField, Table


class Unit(Table):
    """An office or firm with a duty phone. Its people are accounts; here stands none of them."""

    code = CharField(20, primary_key=True)
    name = TextField()
    level = CharField(12)  # district, street, community, grid
    area_path = CharField(80, index=True)
    duty_phone = CharField(20, null=True)
    email = TextField(null=True)
    is_desk = BooleanField(default=False)  # Takes what no rule places, and decides disputes.
    head = CharField(40, null=True)  # The account that answers until somebody accepts a case.
    sealed = BlobField(null=True)  # Where notices go beside e-mail: an address with a secret in it.


class Remit(Table):
    """A unit handles a problem in an area, from one day to another: a line of the duty list."""

    id = AutoField()
    key = CharField(40, unique=True)  # Its number in the list that it came from.
    kind = CharField(16, index=True)  # Of facility, or building, or street.
    problem = CharField(40, null=True)  # Null: all of the kind.
    area_path = CharField(80)
    unit = CharField(20)
    since = CharField(10, null=True)  # ISO days; the last one is not in it.
    until = CharField(10, null=True)
    condition = CharField(24, null=True)  # Of the standard, or its class; then it comes first.
    grade = CharField(8, null=True)  # urgent: emergencies alone; ordinary: all but these.
    owner = CharField(20, null=True)  # Only things of this unit; it comes before the owner itself.


class RuleFault(Table):
    """A rule of dispatch that failed on a day: told once, counted as often as a case met it."""

    id = AutoField()
    day = CharField(10)
    rule = CharField(60)
    reason = CharField(20)
    cases = IntegerField(default=0)
    case_id = IntegerField(null=True)  # The first one.
    at = InstantField()

    class Meta:
        indexes = ((("day", "rule", "reason"), True),)
