"""Reports: what one person told the city, through one channel, of one thing or several."""

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DoubleField,
    IntegerField,
    TextField,
)

from backend.db import InstantField, Table


class Report(Table):
    """A telling. Who told it, in which words and under which link is sealed."""

    id = BigIntegerField(primary_key=True)  # Milliseconds, then chance: it tells no count.
    token_index = BlobField(unique=True)  # SHA-256 of the follow-up link's token.
    sealed = BlobField()  # token, words, phone, name, email
    phone_index = BlobField(null=True, index=True)
    channel = CharField(12)
    language = CharField(8)
    at = InstantField(index=True)
    account_id = IntegerField(null=True)  # The clerk or worker who wrote it down.
    client = CharField(40, null=True)  # The Open311 client that sent it.
    lat = DoubleField(null=True)  # Where the reporter said to be, WGS-84 degrees.
    lon = DoubleField(null=True)
    given = TextField(null=True)  # JSON: the position as it came, with its datum.
    forgotten_at = InstantField(null=True)  # Contact and words were wiped.


class Mention(Table):
    """A report names a case; `joined` if somebody had told of it before."""

    id = AutoField()
    report_id = BigIntegerField(index=True)
    case_id = IntegerField(index=True)
    joined = BooleanField()
    answers = TextField(default="{}")  # JSON: what the problem's questions were answered with.
    solved = BooleanField(null=True)
    stars = IntegerField(null=True)  # 1 to 5.
    rated_at = InstantField(null=True)
    reopened_at = InstantField(null=True)
    appealed_at = InstantField(null=True)
