"""Inspections."""

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    DoubleField,
    FloatField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class Campaign(Model):
        name = TextField()
        form = CharField(max_length=40)
        area_path = CharField(max_length=80)
        since = CharField(max_length=10)
        until = CharField(max_length=10)
        opened_at = BigIntegerField()
        opened_by = IntegerField()

        class Meta:
            database = db
            table_name = "campaign"

    db.create_tables([Campaign])

    class Flaw(Model):
        rule = CharField(max_length=20)
        record = CharField(max_length=60)
        mark = CharField(max_length=40)
        subject = CharField(index=True, max_length=40)
        area_path = CharField(max_length=80)
        room = CharField(null=True, max_length=40)
        count = IntegerField(null=True)
        state = CharField(max_length=10)
        times = IntegerField(default=1)
        found_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        ended_by = IntegerField(null=True)

        class Meta:
            database = db
            table_name = "flaw"
            indexes = (
                (("rule", "record"), True),
                (("area_path", "state"), False),
                (("state", "id"), False),
            )

    db.create_tables([Flaw])

    class FlawCheck(Model):
        day = CharField(primary_key=True, max_length=10)
        at = BigIntegerField()
        found = IntegerField()
        new = IntegerField()
        gone = IntegerField()
        given = IntegerField()

        class Meta:
            database = db
            table_name = "flaw_check"

    db.create_tables([FlawCheck])

    class Form(Model):
        code = CharField(max_length=40)
        version = IntegerField()
        subject = CharField(max_length=16)
        body = TextField()
        digest = CharField(max_length=64)
        published_at = BigIntegerField()
        published_by = TextField()
        replaced_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "form"
            indexes = ((("code", "version"), True),)

    db.create_tables([Form])

    class Grade(Model):
        subject = CharField(primary_key=True, max_length=40)
        area_path = CharField(index=True, max_length=80)
        building_id = BigIntegerField(index=True)
        grade = CharField(max_length=8)
        reasons = TextField(default="[]")
        since = BigIntegerField()
        inspected_on = CharField(null=True, max_length=10)

        class Meta:
            database = db
            table_name = "grade"

    db.create_tables([Grade])

    class GradeChange(Model):
        subject = CharField(index=True, max_length=40)
        before = CharField(null=True, max_length=8)
        grade = CharField(max_length=8)
        reasons = TextField()
        at = BigIntegerField(index=True)
        inspection_id = IntegerField(null=True)

        class Meta:
            database = db
            table_name = "grade_change"

    db.create_tables([GradeChange])

    class Hazard(Model):
        inspection_id = IntegerField(index=True)
        subject = CharField(index=True, max_length=40)
        area_path = CharField(index=True, max_length=80)
        form = CharField(max_length=40)
        version = IntegerField()
        item = CharField(max_length=40)
        level = CharField(max_length=8)
        note = TextField(null=True)
        before = CharField(null=True, max_length=32)
        after = CharField(null=True, max_length=32)
        state = CharField(max_length=10)
        found_at = BigIntegerField(index=True)
        found_by = IntegerField()
        due = CharField(null=True, max_length=10)
        overdue_at = BigIntegerField(null=True)
        is_repeat = BooleanField(default=False)
        ended_at = BigIntegerField(null=True)
        ended_by = IntegerField(null=True)
        case_id = IntegerField(index=True, null=True)

        class Meta:
            database = db
            table_name = "hazard"

    db.create_tables([Hazard])

    class Inspection(Model):
        uuid = CharField(unique=True, max_length=32)
        digest = CharField(max_length=64)
        subject = CharField(max_length=40)
        area_path = CharField(max_length=80)
        form = CharField(max_length=40)
        version = IntegerField()
        account_id = IntegerField(null=True)
        at = BigIntegerField()
        made_at = BigIntegerField()
        presence = CharField(max_length=12)
        metres = FloatField(null=True)
        lat = DoubleField(null=True)
        lon = DoubleField(null=True)
        answers = TextField()
        wrong = IntegerField(default=0)
        fixed = IntegerField(default=0)
        notice = CharField(unique=True, null=True, max_length=16)

        class Meta:
            database = db
            table_name = "inspection"
            indexes = (
                (("subject", "at"), False),
                (("area_path", "at"), False),
                (("account_id", "at"), False),
            )

    db.create_tables([Inspection])

    class PatrolTask(Model):
        open_key = CharField(unique=True, null=True, max_length=80)
        reason = CharField(max_length=10)
        subject = CharField(index=True, max_length=40)
        area_path = CharField(max_length=80)
        building_id = BigIntegerField(null=True)
        form = CharField(null=True, max_length=40)
        campaign_id = IntegerField(index=True, null=True)
        flaw_id = IntegerField(index=True, null=True)
        account_id = IntegerField(null=True)
        role = CharField(null=True, max_length=20)
        since = CharField(null=True, max_length=10)
        due = CharField(max_length=10)
        opened_at = BigIntegerField()
        handed_by = IntegerField(null=True)
        done_at = BigIntegerField(null=True)
        done_by = IntegerField(null=True)
        inspection_id = IntegerField(null=True)
        words = TextField(null=True)
        result = CharField(null=True, max_length=10)

        class Meta:
            database = db
            table_name = "patrol_task"
            indexes = (
                (("account_id", "done_at", "due"), False),
                (("area_path", "done_at", "due"), False),
            )

    db.create_tables([PatrolTask])

    class Registration(Model):
        key = CharField(primary_key=True, max_length=40)
        name = TextField()
        credit_code = CharField(index=True, null=True, max_length=18)
        address = TextField()
        area_path = CharField(max_length=80)
        until = CharField(null=True, max_length=10)

        class Meta:
            database = db
            table_name = "registration"

    db.create_tables([Registration])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("registration"))
    migrator.migrate(migrator.drop_table("patrol_task"))
    migrator.migrate(migrator.drop_table("inspection"))
    migrator.migrate(migrator.drop_table("hazard"))
    migrator.migrate(migrator.drop_table("grade_change"))
    migrator.migrate(migrator.drop_table("grade"))
    migrator.migrate(migrator.drop_table("form"))
    migrator.migrate(migrator.drop_table("flaw_check"))
    migrator.migrate(migrator.drop_table("flaw"))
    migrator.migrate(migrator.drop_table("campaign"))
