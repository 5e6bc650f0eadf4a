"""Codes on things. Until the codes themselves are minted here, a tag is opaque text."""

from peewee import BigIntegerField, CharField

from backend.db import InstantField, Table


class Tag(Table):
    """A code and the building (and room) it hangs at. Rows stay for ever."""

    code = CharField(64, primary_key=True)
    building_id = BigIntegerField(index=True)
    room_id = BigIntegerField(null=True)
    kind = CharField(16)  # plate, door, extinguisher, meter
    state = CharField(12, default="bound")  # bound, revoked
    bound_at = InstantField()
    revoked_at = InstantField(null=True)
    suspected_at = InstantField(null=True)  # Two workers found it elsewhere: was it moved?
