"""Photos: what a worker saw. The picture itself is a file; this row says whose and where it is."""

from peewee import CharField, IntegerField

from backend.db import InstantField, Table


class Photo(Table):
    """`id` cannot be guessed; `sha256` names the file, so that it can be proved unchanged."""

    id = CharField(32, primary_key=True)
    sha256 = CharField(64, index=True)
    size = IntegerField()  # Bytes.
    account_id = IntegerField()
    taken_at = InstantField()
    area_path = CharField(80, null=True)  # Where it was used; null until then.
