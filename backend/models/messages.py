"""Messages to reporters: an outbox, written in the transaction that caused them."""

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
