"""Bikes."""

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
    class Bike(Model):
        id = BigIntegerField(primary_key=True)
        state = CharField(index=True, max_length=12)
        frame = CharField(index=True, max_length=20)
        frame_key = CharField(unique=True, null=True, max_length=20)
        frame_form = CharField(max_length=8)
        brand = CharField(max_length=40)
        colour = CharField(max_length=20)
        area_path = CharField(index=True, max_length=80)
        operator = CharField(index=True, null=True, max_length=20)
        code = CharField(index=True, null=True, max_length=12)
        asked_at = BigIntegerField(index=True)
        registered_at = BigIntegerField(null=True)
        stolen_at = BigIntegerField(null=True)
        updated_at = BigIntegerField()
        version = IntegerField(default=1)

        class Meta:
            database = db
            table_name = "bike"
            indexes = ((("colour", "brand"), False),)

    db.create_tables([Bike])

    class BikeMonth(Model):
        month = CharField(primary_key=True, max_length=7)
        lines = TextField()
        kept_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "bike_month"

    db.create_tables([BikeMonth])

    class BikeStep(Model):
        bike_id = BigIntegerField(index=True)
        at = BigIntegerField(index=True)
        action = CharField(max_length=16)
        state = CharField(max_length=12)
        account_id = IntegerField(null=True)
        facts = TextField(default="{}")

        class Meta:
            database = db
            table_name = "bike_step"

    db.create_tables([BikeStep])

    class LookUp(Model):
        bike_id = BigIntegerField(index=True)
        ownership_id = BigIntegerField(index=True, null=True)
        account_id = IntegerField(index=True)
        role = CharField(max_length=20)
        at = BigIntegerField()
        case_number = TextField()
        reason = CharField(max_length=20)
        words = TextField(null=True)
        hidden_until = BigIntegerField(null=True)
        delay_asked = IntegerField(null=True)
        approved_by = IntegerField(null=True)
        approved_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "look_up"

    db.create_tables([LookUp])

    class Ownership(Model):
        id = BigIntegerField(primary_key=True)
        bike_id = BigIntegerField(index=True)
        live_key = BigIntegerField(unique=True, null=True)
        sealed = BlobField()
        id_index = BlobField(index=True, null=True)
        phone_index = BlobField(index=True, null=True)
        token_index = BlobField(unique=True, null=True)
        language = CharField(max_length=8)
        how = CharField(max_length=12)
        since = BigIntegerField()
        until = BigIntegerField(null=True)
        forgotten_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "ownership"

    db.create_tables([Ownership])

    class PhoneCode(Model):
        phone_index = BlobField(index=True)
        sealed = BlobField()
        language = CharField(max_length=8)
        at = BigIntegerField(index=True)
        until = BigIntegerField()
        tries = IntegerField(default=0)
        used_at = BigIntegerField(null=True)
        due_at = BigIntegerField(index=True, null=True)
        sendings = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "phone_code"

    db.create_tables([PhoneCode])

    class Shift(Model):
        account_id = IntegerField(index=True)
        began_at = BigIntegerField()
        until = BigIntegerField()
        ended_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "shift"

    db.create_tables([Shift])

    class Sighting(Model):
        bike_id = BigIntegerField(index=True)
        at = BigIntegerField()
        lat = DoubleField(null=True)
        lon = DoubleField(null=True)
        accuracy_m = FloatField(null=True)
        photo = CharField(null=True, max_length=32)
        account_id = IntegerField(null=True)
        source = BlobField(null=True)

        class Meta:
            database = db
            table_name = "sighting"

    db.create_tables([Sighting])

    class Transfer(Model):
        bike_id = BigIntegerField(index=True)
        open_key = BigIntegerField(unique=True, null=True)
        ownership_id = BigIntegerField()
        phone_index = BlobField()
        token_index = BlobField(unique=True)
        offered_at = BigIntegerField()
        until = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        outcome = CharField(null=True, max_length=10)

        class Meta:
            database = db
            table_name = "transfer"

    db.create_tables([Transfer])

    migrator.migrate(migrator.add_column("case", "bike_id", BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column("notice", "reaches_down", BooleanField(default=False)))
    migrator.migrate(
        migrator.add_column("photo", "bike_id", BigIntegerField(index=True, null=True))
    )
    migrator.migrate(migrator.add_column("tag", "bike_id", BigIntegerField(index=True, null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("tag", "tag_bike_id"))
    migrator.migrate(migrator.drop_index("photo", "photo_bike_id"))
    migrator.migrate(migrator.drop_column("tag", "bike_id"))
    migrator.migrate(migrator.drop_column("photo", "bike_id"))
    migrator.migrate(migrator.drop_column("notice", "reaches_down"))
    migrator.migrate(migrator.drop_column("case", "bike_id"))
    migrator.migrate(migrator.drop_table("transfer"))
    migrator.migrate(migrator.drop_table("sighting"))
    migrator.migrate(migrator.drop_table("shift"))
    migrator.migrate(migrator.drop_table("phone_code"))
    migrator.migrate(migrator.drop_table("ownership"))
    migrator.migrate(migrator.drop_table("look_up"))
    migrator.migrate(migrator.drop_table("bike_step"))
    migrator.migrate(migrator.drop_table("bike_month"))
    migrator.migrate(migrator.drop_table("bike"))
