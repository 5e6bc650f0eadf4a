"""Messages to reporters and units: outboxes, written in the transaction that caused them."""

from peewee import AutoField, BigIntegerField, CharField, IntegerField, TextField

from backend.db import InstantField, Table


class Message(Table):
    """One message to one reporter. Where it goes is the report's, and stays sealed there."""

    id = AutoField()
    report_id = BigIntegerField(index=True)
    case_id = IntegerField(null=True)
    kind = CharField(20)
    facts = TextField(default="{}")  # JSON; never a personal value.
    due_at = InstantField(null=True, index=True)  # Null: sent, or nobody is left to tell.
    tries = IntegerField(default=0)
    at = InstantField()
    sent_at = InstantField(null=True)


class UnitMessage(Table):
    """One message to one unit by one way. Its address is the unit's, read when it is carried."""

    id = AutoField()
    key = CharField(120, unique=True)  # Case, version, kind, unit, way: nothing is told twice.
    unit = CharField(20, index=True)
    way = CharField(8)  # See backend.services.outbox.
    case_id = IntegerField(index=True)
    kind = CharField(20)
    facts = TextField(default="{}")  # JSON; never a personal value.
    due_at = InstantField(null=True, index=True)  # Null: sent, or given up.
    tries = IntegerField(default=0)
    at = InstantField(index=True)
    sent_at = InstantField(null=True)
    given_up_at = InstantField(null=True)
    fault = TextField(null=True)  # Why it was not carried the last time.
