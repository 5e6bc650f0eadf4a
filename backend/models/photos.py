"""Photos: what somebody saw. The pictures are sealed files; this row says whose and where."""

from peewee import BigIntegerField, BlobField, CharField, IntegerField

from backend.db import InstantField, Table


class Photo(Table):
    """`id` cannot be guessed; `sha256` and `size` are those of the file as it was sent.

    waiting -> ready | unreadable. A row of before issue 4 has neither `original` nor `copy`:
    its file, already a copy, bears the name of its digest.
    """

    id = CharField(32, primary_key=True)
    sha256 = CharField(64, index=True)
    size = IntegerField()  # Bytes.
    account_id = IntegerField()  # 0: a citizen's.
    taken_at = InstantField()
    area_path = CharField(80, null=True)  # Where it was used; null until then.
    state = CharField(10, default="ready")
    form = CharField(4, null=True)  # jpeg, png, webp, heic
    original = CharField(
        64, null=True, index=True
    )  # The sealed file, by its own SHA-256; evidence.
    copy = CharField(64, null=True, index=True)  # The sealed public copy, likewise.
    marks = BlobField(null=True)  # What a picture taken from it would have in common with it.
    due_at = InstantField(null=True, index=True)  # When its copy is to be made; null: never.
    tries = IntegerField(default=0)
    case_id = BigIntegerField(null=True, index=True)
    report_id = BigIntegerField(null=True, index=True)
    bike_id = BigIntegerField(null=True, index=True)
    purpose = CharField(10, null=True)  # reported, before, after, facility, bike, sighting
    recycled_of = CharField(32, null=True)  # An earlier photo, of another case, much like it.
    review = CharField(10, null=True, index=True)  # released, withheld
    reviewed_at = InstantField(null=True)
    reviewed_by = IntegerField(null=True)

    class Meta:
        indexes = ((("area_path", "taken_at"), False),)
