"""Clients: the programs of others that send reports, and what they were told we take."""

from peewee import AutoField, BigIntegerField, BlobField, CharField, IntegerField, TextField

from backend.db import InstantField, Table


class Client(Table):
    """A program with a key. The key itself is nowhere: it was shown once, to who asked for it."""

    id = AutoField()
    name = CharField(40, unique=True)
    contact = TextField()  # Of the firm or office that answers for it.
    key_index = BlobField(unique=True)  # SHA-256 of the key.
    created_at = InstantField()
    revoked_at = InstantField(null=True)


class ClientUpdate(Table):
    """What a client added to a case of its own, under the client's name for it: once."""

    id = AutoField()
    client = CharField(40)
    update_id = CharField(100)
    step_id = IntegerField()
    report_id = BigIntegerField()  # Its words, sealed.

    class Meta:
        indexes = ((("client", "update_id"), True),)


class Changeset(Table):
    """From when on we offered these services with these questions."""

    id = AutoField()
    digest = CharField(64)
    at = InstantField()
