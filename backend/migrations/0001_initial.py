"""Initial."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DoubleField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class Area(Model):
        code = CharField(primary_key=True, max_length=15)
        name = TextField()
        level = CharField(max_length=12)
        parent = ForeignKeyField("self", null=True)
        path = CharField(index=True, max_length=80)
        is_virtual = BooleanField(default=False)
        version = IntegerField(default=1)

        class Meta:
            database = db
            table_name = "area"

    db.create_tables([Area])

    class Account(Model):
        name = CharField(unique=True, max_length=40)
        full_name = TextField()
        password_hash = TextField()
        active = BooleanField(default=True)
        area = ForeignKeyField(Area, null=True)
        stamp = IntegerField(default=1)
        version = IntegerField(default=1)
        created_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "account"

    db.create_tables([Account])

    class Address(Model):
        id = BigIntegerField(primary_key=True)
        kind = CharField(max_length=20)
        text = TextField()
        room_id = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "address"

    db.create_tables([Address])

    class AddressKey(Model):
        key = CharField(index=True, max_length=120)
        address_id = BigIntegerField(index=True)

        class Meta:
            database = db
            table_name = "address_key"

    db.create_tables([AddressKey])

    class Allowance(Model):
        key = CharField(primary_key=True, max_length=120)
        left = DoubleField()
        at = BigIntegerField()

        class Meta:
            database = db
            table_name = "allowance"

    db.create_tables([Allowance])

    class Building(Model):
        id = BigIntegerField(primary_key=True)
        code = CharField(unique=True, max_length=19)
        name = TextField()
        address = TextField()
        area = ForeignKeyField(Area)
        lat = DoubleField()
        lon = DoubleField()
        cell = BigIntegerField(index=True)
        footprint = TextField()
        height_m = FloatField(null=True)
        floors = IntegerField(null=True)
        house_class = CharField(null=True, max_length=20)
        built_year = IntegerField(null=True)
        learned_offset_m = FloatField(default=0.0)
        version = IntegerField(default=1)
        updated_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "building"

    db.create_tables([Building])

    class Business(Model):
        id = BigIntegerField(primary_key=True)
        key = CharField(unique=True, null=True, max_length=40)
        name = TextField()
        credit_code = CharField(index=True, null=True, max_length=18)
        business_class = CharField(null=True, max_length=20)
        sealed = BlobField()
        room_id = BigIntegerField(null=True)
        since = CharField(null=True, max_length=10)
        until = CharField(null=True, max_length=10)
        source = CharField(max_length=40)
        verified_at = CharField(null=True, max_length=10)
        version = IntegerField(default=1)
        updated_at = BigIntegerField()
        updated_by = TextField()

        class Meta:
            database = db
            table_name = "business"

    db.create_tables([Business])

    class Challenge(Model):
        nonce = CharField(primary_key=True, max_length=43)
        account_id = IntegerField()
        device_id = CharField(null=True, max_length=32)
        issued_at = BigIntegerField(index=True)
        used_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "challenge"

    db.create_tables([Challenge])

    class ClassCode(Model):
        scheme = CharField(max_length=40)
        code = CharField(max_length=20)
        parent = CharField(null=True, max_length=20)
        name = TextField()
        subject = CharField(max_length=20)

        class Meta:
            database = db
            table_name = "class_code"
            primary_key = CompositeKey("scheme", "code")

    db.create_tables([ClassCode])

    class Device(Model):
        id = CharField(primary_key=True, max_length=32)
        account = ForeignKeyField(Account)
        name = TextField(default="")
        sealed = BlobField()
        external_receiver = BooleanField(default=False)
        enrolled_at = BigIntegerField()
        revoked_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "device"

    db.create_tables([Device])

    class Duty(Model):
        building_id = BigIntegerField()
        account = ForeignKeyField(Account)
        role = CharField(max_length=20)
        since = CharField(max_length=10)
        until = CharField(null=True, max_length=10)

        class Meta:
            database = db
            table_name = "duty"
            indexes = ((("account", "building_id"), False), (("building_id",), False))

    db.create_tables([Duty])

    class Event(Model):
        id = BigIntegerField(primary_key=True)
        key = CharField(unique=True, null=True, max_length=40)
        event_class = CharField(max_length=20)
        at = BigIntegerField()
        status = CharField(max_length=20)
        sealed = BlobField()
        room_id = BigIntegerField(null=True)
        version = IntegerField(default=1)
        updated_at = BigIntegerField()
        updated_by = TextField()

        class Meta:
            database = db
            table_name = "event"

    db.create_tables([Event])

    class Facility(Model):
        number = CharField(unique=True, max_length=40)
        kind = CharField(index=True, max_length=16)
        name = TextField(null=True)
        class_scheme = CharField(null=True, max_length=40)
        class_code = CharField(null=True, max_length=20)
        owner_unit = TextField(null=True)
        responsible_post = TextField(null=True)
        area = ForeignKeyField(Area)
        lat = DoubleField()
        lon = DoubleField()
        cell = BigIntegerField(index=True)
        address = TextField(null=True)
        facts = TextField(default="{}")
        state = CharField(max_length=12, default="in_use")
        version = IntegerField(default=1)
        updated_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "facility"

    db.create_tables([Facility])

    class Fix(Model):
        visit_id = CharField(index=True, max_length=32)
        seq = IntegerField()
        at = BigIntegerField(index=True)
        age_ms = IntegerField()
        lat = DoubleField()
        lon = DoubleField()
        accuracy_m = FloatField()
        crs = CharField(max_length=10)
        provider = CharField(max_length=20)
        is_mock = BooleanField(default=False)
        metres = FloatField()
        flags = TextField(default="")

        class Meta:
            database = db
            table_name = "fix"

    db.create_tables([Fix])

    class Jurisdiction(Model):
        building_id = BigIntegerField(index=True)
        area = ForeignKeyField(Area)
        until = BigIntegerField()
        moved_by = TextField()
        reason = TextField()

        class Meta:
            database = db
            table_name = "jurisdiction"

    db.create_tables([Jurisdiction])

    class Notice(Model):
        kind = CharField(max_length=40)
        role = CharField(null=True, max_length=20)
        area_path = CharField(null=True, max_length=80)
        account_id = IntegerField(null=True)
        facts = TextField(default="{}")
        at = BigIntegerField(index=True)
        read_at = BigIntegerField(null=True)
        read_by = TextField(null=True)

        class Meta:
            database = db
            table_name = "notice"

    db.create_tables([Notice])

    class OnceAnswer(Model):
        key = CharField(primary_key=True, max_length=64)
        digest = BlobField()
        status = IntegerField(null=True)
        sealed = BlobField(null=True)
        at = BigIntegerField(index=True)

        class Meta:
            database = db
            table_name = "once_answer"

    db.create_tables([OnceAnswer])

    class Photo(Model):
        id = CharField(primary_key=True, max_length=32)
        sha256 = CharField(index=True, max_length=64)
        size = IntegerField()
        account_id = IntegerField()
        taken_at = BigIntegerField()
        area_path = CharField(null=True, max_length=80)

        class Meta:
            database = db
            table_name = "photo"

    db.create_tables([Photo])

    class Residence(Model):
        id = BigIntegerField(primary_key=True)
        resident_id = BigIntegerField(index=True)
        room_id = BigIntegerField()
        kind = CharField(max_length=12)
        since = CharField(null=True, max_length=10)
        until = CharField(null=True, max_length=10)
        source = CharField(max_length=40)
        verified_at = CharField(null=True, max_length=10)
        version = IntegerField(default=1)
        updated_at = BigIntegerField()
        updated_by = TextField()

        class Meta:
            database = db
            table_name = "residence"

    db.create_tables([Residence])

    class Resident(Model):
        id = BigIntegerField(primary_key=True)
        key = CharField(unique=True, null=True, max_length=40)
        sealed = BlobField()
        id_index = BlobField(index=True, null=True)
        phone_index = BlobField(index=True, null=True)
        sex = CharField(null=True, max_length=1)
        people_class = CharField(null=True, max_length=20)
        version = IntegerField(default=1)
        updated_at = BigIntegerField()
        updated_by = TextField()

        class Meta:
            database = db
            table_name = "resident"

    db.create_tables([Resident])

    class RoleGrant(Model):
        account = ForeignKeyField(Account)
        role = CharField(max_length=20)
        area = ForeignKeyField(Area, null=True)
        since = BigIntegerField()
        until = BigIntegerField(null=True)
        granted_by = TextField()

        class Meta:
            database = db
            table_name = "role_grant"

    db.create_tables([RoleGrant])

    class Room(Model):
        id = BigIntegerField(primary_key=True)
        code = CharField(unique=True, max_length=25)
        number = CharField(max_length=40)
        floor = IntegerField(null=True)
        house_class = CharField(null=True, max_length=20)
        area_m2 = FloatField(null=True)
        version = IntegerField(default=1)
        updated_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "room"

    db.create_tables([Room])

    class Run(Model):
        state = CharField(max_length=12, default="ordered")
        kind = CharField(max_length=20)
        area = ForeignKeyField(Area)
        count = IntegerField()
        host = CharField(max_length=253)
        company = CharField(null=True, max_length=12)
        form = CharField(max_length=20)
        copies = IntegerField()
        module_mm = FloatField()
        grade = CharField(max_length=12, default="")
        dpi = IntegerField()
        start = IntegerField(default=1)
        right_mm = FloatField(default=0.0)
        down_mm = FloatField(default=0.0)
        across_mm = FloatField(default=100.0)
        along_mm = FloatField(default=100.0)
        replaces_id = IntegerField(null=True)
        ordered_at = BigIntegerField()
        ordered_by = CharField(max_length=40)
        released_at = BigIntegerField(null=True)
        printed_at = BigIntegerField(null=True)
        issued_at = BigIntegerField(null=True)
        issued_to = ForeignKeyField(Area, null=True)
        cancelled_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "run"

    db.create_tables([Run])

    class RunPiece(Model):
        id = BigIntegerField(primary_key=True)
        thing = CharField(max_length=60)
        title = TextField()
        place = TextField()
        grade = CharField(max_length=12, default="")

        class Meta:
            database = db
            table_name = "run_piece"

    db.create_tables([RunPiece])

    class Session(Model):
        id = CharField(primary_key=True, max_length=32)
        account = ForeignKeyField(Account)
        device = ForeignKeyField(Device, null=True)
        kind = CharField(max_length=8)
        token_hash = BlobField()
        previous_hash = BlobField(null=True)
        rotated_at = BigIntegerField(null=True)
        sealed_reply = BlobField(null=True)
        created_at = BigIntegerField()
        expires_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        ended_reason = CharField(null=True, max_length=40)

        class Meta:
            database = db
            table_name = "session"

    db.create_tables([Session])

    class SmallPlace(Model):
        id = BigIntegerField(primary_key=True)
        key = CharField(unique=True, max_length=40)
        name = TextField()
        kind = CharField(max_length=20)
        room_id = BigIntegerField(null=True)
        business_id = BigIntegerField(null=True)
        area_m2 = FloatField(null=True)

        class Meta:
            database = db
            table_name = "small_place"

    db.create_tables([SmallPlace])

    class Tag(Model):
        code = CharField(primary_key=True, max_length=12)
        kind = CharField(max_length=20)
        state = CharField(max_length=10)
        building_id = BigIntegerField(index=True, null=True)
        room_id = BigIntegerField(null=True)
        facility_id = BigIntegerField(index=True, null=True)
        run_id = BigIntegerField(null=True)
        piece = IntegerField(null=True)
        minted_at = BigIntegerField()
        bound_at = BigIntegerField(null=True)
        bound_by = IntegerField(null=True)
        accepted_at = BigIntegerField(null=True)
        lat = DoubleField(null=True)
        lon = DoubleField(null=True)
        photo = CharField(null=True, max_length=64)
        ended_at = BigIntegerField(null=True)
        end_reason = CharField(null=True, max_length=20)
        replaced_by = CharField(null=True, max_length=12)
        suspected_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "tag"
            indexes = ((("run_id", "piece"), True),)

    db.create_tables([Tag])

    class TagScan(Model):
        code = CharField(index=True, max_length=12)
        account_id = IntegerField()
        at = BigIntegerField(index=True)
        lat = DoubleField()
        lon = DoubleField()
        accuracy_m = FloatField()
        metres = FloatField()

        class Meta:
            database = db
            table_name = "tag_scan"

    db.create_tables([TagScan])

    class TagTask(Model):
        code = CharField(index=True, max_length=12)
        kind = CharField(max_length=20)
        reason = CharField(max_length=10)
        building_id = BigIntegerField(null=True)
        room_id = BigIntegerField(null=True)
        facility_id = BigIntegerField(null=True)
        area_path = CharField(index=True, max_length=80)
        opened_at = BigIntegerField()
        opened_by = IntegerField()
        due = CharField(max_length=10)
        done_at = BigIntegerField(null=True)
        done_by = IntegerField(null=True)
        new_code = CharField(null=True, max_length=12)

        class Meta:
            database = db
            table_name = "tag_task"

    db.create_tables([TagTask])

    class TrailBatch(Model):
        id = BigAutoField()
        first_line = BigIntegerField()
        last_line = BigIntegerField(index=True)
        entries = BlobField()
        seal = BlobField()
        sealed_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "trail_batch"

    db.create_tables([TrailBatch])

    class TrailCheckpoint(Model):
        id = BigAutoField()
        batch_id = BigIntegerField()
        last_line = BigIntegerField()
        seal = BlobField()
        signed_at = BigIntegerField()
        signature = BlobField()

        class Meta:
            database = db
            table_name = "trail_checkpoint"

    db.create_tables([TrailCheckpoint])

    class TrailLine(Model):
        id = BigAutoField()
        at = BigIntegerField()
        verb = CharField(max_length=40)
        outcome = CharField(max_length=40)
        account_id = IntegerField()
        account = CharField(max_length=40)
        roles = TextField()
        device_id = CharField(null=True, max_length=32)
        session_id = CharField(null=True, max_length=32)
        visit_id = CharField(null=True, max_length=32)
        building_id = BigIntegerField(null=True)
        area_path = CharField(null=True, max_length=80)
        lat = DoubleField(null=True)
        lon = DoubleField(null=True)
        subjects = TextField(default="")
        fields = TextField(default="")
        facts = TextField(default="{}")
        mac = BlobField()

        class Meta:
            database = db
            table_name = "trail_line"
            indexes = ((("building_id", "id"), False), (("account_id", "id"), False))

    db.create_tables([TrailLine])

    class Visit(Model):
        id = CharField(primary_key=True, max_length=32)
        account_id = IntegerField()
        device_id = CharField(max_length=32)
        session_id = CharField(max_length=32)
        building_id = BigIntegerField(index=True)
        kind = CharField(max_length=12)
        state = CharField(max_length=10)
        presence = CharField(max_length=12)
        shows_people = BooleanField(default=False)
        lat = DoubleField(null=True)
        lon = DoubleField(null=True)
        opened_at = BigIntegerField()
        lease_until = BigIntegerField()
        suspended_at = BigIntegerField(null=True)
        closed_at = BigIntegerField(null=True)
        reason = CharField(null=True, max_length=40)
        outside_fixes = IntegerField(default=0)
        beat_seq = IntegerField(default=0)
        last_presence_at = BigIntegerField()
        last_read_at = BigIntegerField()
        tag = CharField(null=True, max_length=64)
        evidence = TextField(default="{}")
        wiped_at = BigIntegerField(null=True)
        reason_code = CharField(null=True, max_length=40)
        reason_text = TextField(null=True)
        granted_by = TextField(null=True)
        reviewed_by = TextField(null=True)
        reviewed_at = BigIntegerField(null=True)
        verdict = CharField(null=True, max_length=20)

        class Meta:
            database = db
            table_name = "visit"
            indexes = ((("account_id", "state"), False), (("device_id", "state"), False))

    db.create_tables([Visit])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("visit"))
    migrator.migrate(migrator.drop_table("trail_line"))
    migrator.migrate(migrator.drop_table("trail_checkpoint"))
    migrator.migrate(migrator.drop_table("trail_batch"))
    migrator.migrate(migrator.drop_table("tag_task"))
    migrator.migrate(migrator.drop_table("tag_scan"))
    migrator.migrate(migrator.drop_table("tag"))
    migrator.migrate(migrator.drop_table("small_place"))
    migrator.migrate(migrator.drop_table("session"))
    migrator.migrate(migrator.drop_table("run_piece"))
    migrator.migrate(migrator.drop_table("run"))
    migrator.migrate(migrator.drop_table("room"))
    migrator.migrate(migrator.drop_table("role_grant"))
    migrator.migrate(migrator.drop_table("resident"))
    migrator.migrate(migrator.drop_table("residence"))
    migrator.migrate(migrator.drop_table("photo"))
    migrator.migrate(migrator.drop_table("once_answer"))
    migrator.migrate(migrator.drop_table("notice"))
    migrator.migrate(migrator.drop_table("jurisdiction"))
    migrator.migrate(migrator.drop_table("fix"))
    migrator.migrate(migrator.drop_table("facility"))
    migrator.migrate(migrator.drop_table("event"))
    migrator.migrate(migrator.drop_table("duty"))
    migrator.migrate(migrator.drop_table("device"))
    migrator.migrate(migrator.drop_table("class_code"))
    migrator.migrate(migrator.drop_table("challenge"))
    migrator.migrate(migrator.drop_table("business"))
    migrator.migrate(migrator.drop_table("building"))
    migrator.migrate(migrator.drop_table("allowance"))
    migrator.migrate(migrator.drop_table("address_key"))
    migrator.migrate(migrator.drop_table("address"))
    migrator.migrate(migrator.drop_table("account"))
    migrator.migrate(migrator.drop_table("area"))
