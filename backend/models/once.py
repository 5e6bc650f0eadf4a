"""Answers kept under their Idempotency-Key, so that a request sent twice is done once."""

from peewee import BlobField, CharField, IntegerField

from backend.db import InstantField, Table


class OnceAnswer(Table):
    """`digest` is of the request; `sealed` the stored answer, absent while it still runs."""

    key = CharField(64, primary_key=True)  # SHA-256 of account, operation and the client's key.
    digest = BlobField()
    status = IntegerField(null=True)
    sealed = BlobField(null=True)
    at = InstantField(index=True)
