"""Reports."""

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DoubleField,
    FloatField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class Case(Model):
        state = CharField(index=True, max_length=12)
        open_key = CharField(unique=True, null=True, max_length=80)
        kind = CharField(max_length=16)
        problem = CharField(max_length=40)
        facility_id = IntegerField(index=True, null=True)
        building_id = BigIntegerField(index=True, null=True)
        thing = TextField(null=True)
        name = TextField()
        address = TextField(null=True)
        lat = DoubleField(null=True)
        lon = DoubleField(null=True)
        cell = BigIntegerField(index=True, null=True)
        area_path = CharField(index=True, max_length=80)
        channel = CharField(max_length=12)
        unit = CharField(null=True, max_length=20)
        rule = CharField(null=True, max_length=50)
        account_id = IntegerField(null=True)
        words = TextField(null=True)
        reports = IntegerField(default=0)
        round = IntegerField(default=1)
        asked = CharField(null=True, max_length=12)
        asked_by = IntegerField(null=True)
        asked_facts = TextField(null=True)
        shelved_until = BigIntegerField(null=True)
        voided_at = BigIntegerField(null=True)
        merged_into = IntegerField(null=True)
        opened_at = BigIntegerField(index=True)
        updated_at = BigIntegerField(index=True)
        closed_at = BigIntegerField(null=True)
        handled_at = BigIntegerField(null=True)
        due_at = BigIntegerField(index=True, null=True)
        standard = CharField(null=True, max_length=12)
        limit_value = FloatField(null=True)
        limit_unit = CharField(null=True, max_length=12)
        version = IntegerField(default=1)

        class Meta:
            database = db
            table_name = "case"

    db.create_tables([Case])

    class CaseStep(Model):
        case_id = IntegerField(index=True)
        at = BigIntegerField(index=True)
        action = CharField(max_length=16)
        state = CharField(max_length=12)
        account_id = IntegerField(null=True)
        unit = CharField(null=True, max_length=20)
        note = TextField(null=True)
        facts = TextField(default="{}")

        class Meta:
            database = db
            table_name = "case_step"

    db.create_tables([CaseStep])

    class Changeset(Model):
        digest = CharField(max_length=64)
        at = BigIntegerField()

        class Meta:
            database = db
            table_name = "changeset"

    db.create_tables([Changeset])

    class Client(Model):
        name = CharField(unique=True, max_length=40)
        contact = TextField()
        key_index = BlobField(unique=True)
        created_at = BigIntegerField()
        revoked_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "client"

    db.create_tables([Client])

    class ClientUpdate(Model):
        client = CharField(max_length=40)
        update_id = CharField(max_length=100)
        step_id = IntegerField()
        report_id = BigIntegerField()

        class Meta:
            database = db
            table_name = "client_update"
            indexes = ((("client", "update_id"), True),)

    db.create_tables([ClientUpdate])

    class Mention(Model):
        report_id = BigIntegerField(index=True)
        case_id = IntegerField(index=True)
        joined = BooleanField()
        answers = TextField(default="{}")
        solved = BooleanField(null=True)
        stars = IntegerField(null=True)
        rated_at = BigIntegerField(null=True)
        reopened_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "mention"

    db.create_tables([Mention])

    class Message(Model):
        report_id = BigIntegerField(index=True)
        case_id = IntegerField(null=True)
        kind = CharField(max_length=20)
        facts = TextField(default="{}")
        due_at = BigIntegerField(index=True, null=True)
        tries = IntegerField(default=0)
        at = BigIntegerField()
        sent_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "message"

    db.create_tables([Message])

    class Remit(Model):
        key = CharField(unique=True, max_length=40)
        kind = CharField(index=True, max_length=16)
        problem = CharField(null=True, max_length=40)
        area_path = CharField(max_length=80)
        unit = CharField(max_length=20)
        since = CharField(null=True, max_length=10)
        until = CharField(null=True, max_length=10)

        class Meta:
            database = db
            table_name = "remit"

    db.create_tables([Remit])

    class Report(Model):
        id = BigIntegerField(primary_key=True)
        token_index = BlobField(unique=True)
        sealed = BlobField()
        phone_index = BlobField(index=True, null=True)
        channel = CharField(max_length=12)
        language = CharField(max_length=8)
        at = BigIntegerField(index=True)
        account_id = IntegerField(null=True)
        client = CharField(null=True, max_length=40)
        lat = DoubleField(null=True)
        lon = DoubleField(null=True)
        given = TextField(null=True)
        forgotten_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "report"

    db.create_tables([Report])

    class Unit(Model):
        code = CharField(primary_key=True, max_length=20)
        name = TextField()
        level = CharField(max_length=12)
        area_path = CharField(index=True, max_length=80)
        duty_phone = CharField(null=True, max_length=20)
        email = TextField(null=True)

        class Meta:
            database = db
            table_name = "unit"

    db.create_tables([Unit])

    migrator.migrate(migrator.add_column("facility", "photo", CharField(null=True, max_length=32)))
    migrator.migrate(
        migrator.add_column("facility", "inspected_on", CharField(null=True, max_length=10))
    )
    migrator.migrate(
        migrator.add_column("photo", "state", CharField(max_length=10, default="ready"))
    )
    migrator.migrate(migrator.add_column("photo", "form", CharField(null=True, max_length=4)))
    migrator.migrate(
        migrator.add_column("photo", "original", CharField(index=True, null=True, max_length=64))
    )
    migrator.migrate(
        migrator.add_column("photo", "copy", CharField(index=True, null=True, max_length=64))
    )
    migrator.migrate(migrator.add_column("photo", "marks", BlobField(null=True)))
    migrator.migrate(migrator.add_column("photo", "due_at", BigIntegerField(index=True, null=True)))
    migrator.migrate(migrator.add_column("photo", "tries", IntegerField(default=0)))
    migrator.migrate(
        migrator.add_column("photo", "case_id", BigIntegerField(index=True, null=True))
    )
    migrator.migrate(
        migrator.add_column("photo", "report_id", BigIntegerField(index=True, null=True))
    )
    migrator.migrate(migrator.add_column("photo", "purpose", CharField(null=True, max_length=10)))
    migrator.migrate(
        migrator.add_column("photo", "recycled_of", CharField(null=True, max_length=32))
    )
    migrator.migrate(
        migrator.add_column("photo", "review", CharField(index=True, null=True, max_length=10))
    )
    migrator.migrate(migrator.add_column("photo", "reviewed_at", BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column("photo", "reviewed_by", IntegerField(null=True)))
    migrator.migrate(migrator.add_index("photo", ("area_path", "taken_at")))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("photo", "photo_review"))
    migrator.migrate(migrator.drop_index("photo", "photo_report_id"))
    migrator.migrate(migrator.drop_index("photo", "photo_original"))
    migrator.migrate(migrator.drop_index("photo", "photo_due_at"))
    migrator.migrate(migrator.drop_index("photo", "photo_copy"))
    migrator.migrate(migrator.drop_index("photo", "photo_case_id"))
    migrator.migrate(migrator.drop_index("photo", "photo_area_path_taken_at"))
    migrator.migrate(migrator.drop_column("photo", "reviewed_by"))
    migrator.migrate(migrator.drop_column("photo", "reviewed_at"))
    migrator.migrate(migrator.drop_column("photo", "review"))
    migrator.migrate(migrator.drop_column("photo", "recycled_of"))
    migrator.migrate(migrator.drop_column("photo", "purpose"))
    migrator.migrate(migrator.drop_column("photo", "report_id"))
    migrator.migrate(migrator.drop_column("photo", "case_id"))
    migrator.migrate(migrator.drop_column("photo", "tries"))
    migrator.migrate(migrator.drop_column("photo", "due_at"))
    migrator.migrate(migrator.drop_column("photo", "marks"))
    migrator.migrate(migrator.drop_column("photo", "copy"))
    migrator.migrate(migrator.drop_column("photo", "original"))
    migrator.migrate(migrator.drop_column("photo", "form"))
    migrator.migrate(migrator.drop_column("photo", "state"))
    migrator.migrate(migrator.drop_column("facility", "inspected_on"))
    migrator.migrate(migrator.drop_column("facility", "photo"))
    migrator.migrate(migrator.drop_table("unit"))
    migrator.migrate(migrator.drop_table("report"))
    migrator.migrate(migrator.drop_table("remit"))
    migrator.migrate(migrator.drop_table("message"))
    migrator.migrate(migrator.drop_table("mention"))
    migrator.migrate(migrator.drop_table("client_update"))
    migrator.migrate(migrator.drop_table("client"))
    migrator.migrate(migrator.drop_table("changeset"))
    migrator.migrate(migrator.drop_table("case_step"))
    migrator.migrate(migrator.drop_table("case"))
