"""Messages waiting for somebody, written in the transaction that caused them."""

from peewee import AutoField, BooleanField, CharField, IntegerField, TextField

from backend.db import InstantField, Table


class Notice(Table):
    """A message to everyone who holds `role` over `area_path`, or to one account."""

    id = AutoField()
    kind = CharField(40)
    role = CharField(20, null=True)
    area_path = CharField(80, null=True)
    account_id = IntegerField(null=True)
    reaches_down = BooleanField(default=False)  # Also who holds it over a part of the area.
    facts = TextField(default="{}")  # JSON; never a personal value of a resident.
    at = InstantField(index=True)
    read_at = InstantField(null=True)
    read_by = TextField(null=True)
