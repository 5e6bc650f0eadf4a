"""Codes on things, from the mint to the wall and after. A code is never given out twice."""

from peewee import (
    AutoField,
    BigIntegerField,
    CharField,
    DoubleField,
    FloatField,
    IntegerField,
)

from backend.db import InstantField, Table


class Tag(Table):
    """A code and what it hangs at, if anything yet. Rows stay for ever.

    minted -> printed -> issued -> bound -> replaced | lost | revoked. A tag ordered for a named
    thing has its subject from the start; a blank gets it from a worker's claim on site.
    """

    code = CharField(12, primary_key=True)
    kind = CharField(20)  # Of label: building, room, streetlight ...
    state = CharField(10)
    building_id = BigIntegerField(null=True, index=True)
    room_id = BigIntegerField(null=True)
    facility_id = BigIntegerField(null=True, index=True)
    bike_id = BigIntegerField(null=True, index=True)
    run_id = BigIntegerField(null=True)
    piece = IntegerField(null=True)  # Its number within the run, from 1.
    minted_at = InstantField()
    bound_at = InstantField(null=True)
    bound_by = IntegerField(null=True)  # The account that claimed it on site.
    accepted_at = InstantField(null=True)  # The first worker's scan on the wall, near its thing.
    lat = DoubleField(null=True)  # Where it was claimed, WGS-84.
    lon = DoubleField(null=True)
    photo = CharField(64, null=True)
    ended_at = InstantField(null=True)
    end_reason = CharField(20, null=True)
    replaced_by = CharField(12, null=True)
    suspected_at = InstantField(null=True)  # Two workers found it elsewhere: was it moved?

    class Meta:
        indexes = ((("run_id", "piece"), True),)


class TagScan(Table):
    """A worker read a tag and said where; what strangers scan is not kept. 90 days."""

    id = AutoField()
    code = CharField(12, index=True)
    account_id = IntegerField()
    at = InstantField(index=True)
    lat = DoubleField()  # WGS-84
    lon = DoubleField()
    accuracy_m = FloatField()
    metres = FloatField()  # From its thing.


class TagTask(Table):
    """A tag is lost or damaged and somebody has to hang another one, by `due`."""

    id = AutoField()
    code = CharField(12, index=True)
    kind = CharField(20)
    reason = CharField(10)  # lost, damaged, regraded
    building_id = BigIntegerField(null=True)
    room_id = BigIntegerField(null=True)
    facility_id = BigIntegerField(null=True)
    area_path = CharField(80, index=True)
    opened_at = InstantField()
    opened_by = IntegerField()
    due = CharField(10)  # The last day, ISO.
    done_at = InstantField(null=True)
    done_by = IntegerField(null=True)
    new_code = CharField(12, null=True)
