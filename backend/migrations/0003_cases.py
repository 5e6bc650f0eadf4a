"""Cases."""

import time

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DoubleField,
    FloatField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class CaseCursor(Model):
        step_id = IntegerField(default=0)
        mention_id = IntegerField(default=0)
        version = IntegerField(default=0)
        as_of = BigIntegerField(default=0)

        class Meta:
            database = db
            table_name = "case_cursor"

    db.create_tables([CaseCursor])

    class CaseFact(Model):
        case_id = IntegerField()
        round = IntegerField()
        step_id = IntegerField()
        area_path = CharField(index=True, max_length=80)
        unit = CharField(index=True, null=True, max_length=20)
        kind = CharField(max_length=16)
        problem = CharField(max_length=40)
        channel = CharField(max_length=12)
        opened_at = BigIntegerField(index=True, null=True)
        dispatched_at = BigIntegerField(index=True, null=True)
        accepted_at = BigIntegerField(null=True)
        handled_at = BigIntegerField(null=True)
        closed_at = BigIntegerField(index=True, null=True)
        due_at = BigIntegerField(index=True, null=True)
        answered_at = BigIntegerField(null=True)
        voided_at = BigIntegerField(null=True)
        pending = BigIntegerField(index=True, null=True)
        last_at = BigIntegerField(index=True)
        received = IntegerField()
        reports = IntegerField()
        joined = IntegerField()
        filed = IntegerField()
        declined = IntegerField()
        prompt = IntegerField()
        once = IntegerField()
        returned = IntegerField()
        extended = IntegerField()
        shelved = IntegerField()
        accepted_soon = IntegerField()
        reworked = IntegerField()
        owed = IntegerField()
        deferred = IntegerField()
        done = IntegerField()
        kept = IntegerField()
        again = IntegerField()
        told = IntegerField()
        answered = IntegerField()
        answered_soon = IntegerField()
        rated = IntegerField()
        solved = IntegerField()
        starred = IntegerField()
        pleased = IntegerField()

        class Meta:
            database = db
            table_name = "case_fact"
            primary_key = CompositeKey("case_id", "round")

    db.create_tables([CaseFact])

    class CaseTally(Model):
        area_path = CharField(max_length=80)
        facet = CharField(max_length=8)
        span = CharField(max_length=10)
        value = CharField(max_length=60)
        sums = TextField()

        class Meta:
            database = db
            table_name = "case_tally"
            primary_key = CompositeKey("area_path", "facet", "span", "value")

    db.create_tables([CaseTally])

    class CaseTask(Model):
        case_id = IntegerField(index=True)
        round = IntegerField(default=1)
        unit = CharField(index=True, max_length=20)
        part = CharField(max_length=8)
        words = TextField(null=True)
        account_id = IntegerField(null=True)
        given_at = BigIntegerField()
        accepted_at = BigIntegerField(null=True)
        done_at = BigIntegerField(null=True)
        note = TextField(null=True)

        class Meta:
            database = db
            table_name = "case_task"

    db.create_tables([CaseTask])

    class LearntWords(Model):
        at = BigIntegerField()
        figures = TextField()
        auto_from = FloatField()
        sealed = BlobField()

        class Meta:
            database = db
            table_name = "learnt_words"

    db.create_tables([LearntWords])

    class Lesson(Model):
        id = BigIntegerField(primary_key=True)
        text_index = BlobField(unique=True)
        sealed = BlobField()
        label = CharField(max_length=60)
        at = BigIntegerField(index=True)

        class Meta:
            database = db
            table_name = "lesson"

    db.create_tables([Lesson])

    class RuleFault(Model):
        day = CharField(max_length=10)
        rule = CharField(max_length=60)
        reason = CharField(max_length=20)
        cases = IntegerField(default=0)
        case_id = IntegerField(null=True)
        at = BigIntegerField()

        class Meta:
            database = db
            table_name = "rule_fault"
            indexes = ((("day", "rule", "reason"), True),)

    db.create_tables([RuleFault])

    class Topic(Model):
        state = CharField(index=True, max_length=10)
        phrase = TextField()
        grams = TextField()
        area_path = CharField(index=True, max_length=80)
        reporters = IntegerField()
        found_at = BigIntegerField(index=True)
        first_at = BigIntegerField()
        last_at = BigIntegerField()
        unit = CharField(null=True, max_length=20)
        account_id = IntegerField(null=True)
        due_on = CharField(null=True, max_length=10)
        words = TextField(null=True)
        assigned_at = BigIntegerField(null=True)
        assigned_by = IntegerField(null=True)
        note = TextField(null=True)
        ended_at = BigIntegerField(null=True)
        ended_by = IntegerField(null=True)
        version = IntegerField(default=1)

        class Meta:
            database = db
            table_name = "topic"

    db.create_tables([Topic])

    class TopicCase(Model):
        topic_id = IntegerField(index=True)
        case_id = IntegerField(index=True)
        report_id = BigIntegerField()
        person = BigIntegerField()
        at = BigIntegerField()

        class Meta:
            database = db
            table_name = "topic_case"

    db.create_tables([TopicCase])

    class UnitMessage(Model):
        key = CharField(unique=True, max_length=120)
        unit = CharField(index=True, max_length=20)
        way = CharField(max_length=8)
        case_id = IntegerField(index=True)
        kind = CharField(max_length=20)
        facts = TextField(default="{}")
        due_at = BigIntegerField(index=True, null=True)
        tries = IntegerField(default=0)
        at = BigIntegerField(index=True)
        sent_at = BigIntegerField(null=True)
        given_up_at = BigIntegerField(null=True)
        fault = TextField(null=True)

        class Meta:
            database = db
            table_name = "unit_message"

    db.create_tables([UnitMessage])

    class WordMark(Model):
        id = IntegerField(primary_key=True)
        until = BigIntegerField()

        class Meta:
            database = db
            table_name = "word_mark"

    db.create_tables([WordMark])

    class WordWeek(Model):
        key = CharField(primary_key=True, max_length=100)
        week = IntegerField(index=True)
        area_path = CharField(max_length=80)
        reports = IntegerField()
        counts = BlobField()

        class Meta:
            database = db
            table_name = "word_week"

    db.create_tables([WordWeek])

    migrator.migrate(
        migrator.add_column("account", "unit", CharField(index=True, null=True, max_length=20))
    )
    migrator.migrate(migrator.add_column("case", "owner", CharField(null=True, max_length=20)))
    migrator.migrate(migrator.add_column("case", "condition", CharField(null=True, max_length=24)))
    migrator.migrate(migrator.add_column("case", "proposed", CharField(null=True, max_length=20)))
    migrator.migrate(migrator.add_column("case", "sureness", FloatField(null=True)))
    migrator.migrate(migrator.add_column("case", "returns", IntegerField(default=0)))
    migrator.migrate(migrator.add_column("case", "arbiter", CharField(null=True, max_length=20)))
    migrator.migrate(migrator.add_column("case", "parent_id", IntegerField(index=True, null=True)))
    migrator.migrate(
        migrator.add_column("case", "dispatch_by", BigIntegerField(index=True, null=True))
    )
    migrator.migrate(migrator.add_column("case", "dispatched_at", BigIntegerField(null=True)))
    migrator.migrate(
        migrator.add_column("case", "accept_by", BigIntegerField(index=True, null=True))
    )
    migrator.migrate(migrator.add_column("case", "accepted_at", BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column("case", "overdue_at", BigIntegerField(null=True)))
    migrator.migrate(
        migrator.add_column("case", "answer_by", BigIntegerField(index=True, null=True))
    )
    migrator.migrate(migrator.add_column("case", "answered_at", BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column("case", "urge_at", BigIntegerField(index=True, null=True)))
    migrator.migrate(migrator.add_column("case", "urged", IntegerField(default=0)))
    migrator.migrate(migrator.add_column("case", "steps", IntegerField(default=0)))
    migrator.migrate(migrator.add_column("case", "mac", BlobField(null=True)))
    migrator.migrate(
        migrator.add_column("case_step", "before", CharField(null=True, max_length=12))
    )
    migrator.migrate(migrator.add_column("case_step", "role", CharField(null=True, max_length=20)))
    migrator.migrate(
        migrator.add_column("case_step", "device_id", CharField(null=True, max_length=32))
    )
    migrator.migrate(migrator.add_column("case_step", "lat", DoubleField(null=True)))
    migrator.migrate(migrator.add_column("case_step", "lon", DoubleField(null=True)))
    migrator.migrate(migrator.add_column("case_step", "serial", IntegerField(null=True)))
    migrator.migrate(migrator.add_column("case_step", "mac", BlobField(null=True)))
    migrator.migrate(migrator.add_column("remit", "condition", CharField(null=True, max_length=24)))
    migrator.migrate(migrator.add_column("remit", "grade", CharField(null=True, max_length=8)))
    migrator.migrate(migrator.add_column("remit", "owner", CharField(null=True, max_length=20)))
    migrator.migrate(migrator.add_column("unit", "is_desk", BooleanField(default=False)))
    migrator.migrate(migrator.add_column("unit", "head", CharField(null=True, max_length=40)))
    migrator.migrate(migrator.add_column("unit", "sealed", BlobField(null=True)))
    migrator.migrate(migrator.add_index("case", ("asked",)))
    migrator.migrate(migrator.add_index("case", ("unit",)))
    migrator.migrate(migrator.add_column("mention", "appealed_at", BigIntegerField(null=True)))
    fill(db)


def fill(db):
    """What cases from before this know of themselves: read from their rows and steps."""
    steps = 'FROM case_step s WHERE s.case_id = "case".id'
    began = f"COALESCE((SELECT MAX(s.at) {steps} AND s.action = 'reopen'), opened_at)"
    sent = f"(SELECT MIN(s.at) {steps} AND s.action = 'dispatch' AND s.at >= {began})"
    taken = f"(SELECT MAX(s.at) {steps} AND s.action = 'accept' AND s.at >= {began})"
    in_an_hour = int(time.time() * 1000) + 3_600_000
    for change in (
        "owner = unit WHERE rule IS NULL OR rule = 'owner'",
        f"dispatch_by = {began} + 1800000, dispatched_at = {sent}",
        f"accepted_at = {taken} WHERE state NOT IN ('filed', 'dispatched')",
        f"accept_by = {in_an_hour} WHERE state = 'dispatched'",
        # The keeper looks at each once, and aims at its next share.
        "urge_at = updated_at WHERE state NOT IN ('closed', 'declined', 'merged')",
    ):
        db.execute_sql(f'UPDATE "case" SET {change}')  # noqa: S608


def down(migrator, db):
    migrator.migrate(migrator.drop_column("mention", "appealed_at"))
    migrator.migrate(migrator.drop_index("case", "case_urge_at"))
    migrator.migrate(migrator.drop_index("case", "case_unit"))
    migrator.migrate(migrator.drop_index("case", "case_parent_id"))
    migrator.migrate(migrator.drop_index("case", "case_dispatch_by"))
    migrator.migrate(migrator.drop_index("case", "case_asked"))
    migrator.migrate(migrator.drop_index("case", "case_answer_by"))
    migrator.migrate(migrator.drop_index("case", "case_accept_by"))
    migrator.migrate(migrator.drop_index("account", "account_unit"))
    migrator.migrate(migrator.drop_column("unit", "sealed"))
    migrator.migrate(migrator.drop_column("unit", "head"))
    migrator.migrate(migrator.drop_column("unit", "is_desk"))
    migrator.migrate(migrator.drop_column("remit", "owner"))
    migrator.migrate(migrator.drop_column("remit", "grade"))
    migrator.migrate(migrator.drop_column("remit", "condition"))
    migrator.migrate(migrator.drop_column("case_step", "mac"))
    migrator.migrate(migrator.drop_column("case_step", "serial"))
    migrator.migrate(migrator.drop_column("case_step", "lon"))
    migrator.migrate(migrator.drop_column("case_step", "lat"))
    migrator.migrate(migrator.drop_column("case_step", "device_id"))
    migrator.migrate(migrator.drop_column("case_step", "role"))
    migrator.migrate(migrator.drop_column("case_step", "before"))
    migrator.migrate(migrator.drop_column("case", "mac"))
    migrator.migrate(migrator.drop_column("case", "steps"))
    migrator.migrate(migrator.drop_column("case", "urged"))
    migrator.migrate(migrator.drop_column("case", "urge_at"))
    migrator.migrate(migrator.drop_column("case", "answered_at"))
    migrator.migrate(migrator.drop_column("case", "answer_by"))
    migrator.migrate(migrator.drop_column("case", "overdue_at"))
    migrator.migrate(migrator.drop_column("case", "accepted_at"))
    migrator.migrate(migrator.drop_column("case", "accept_by"))
    migrator.migrate(migrator.drop_column("case", "dispatched_at"))
    migrator.migrate(migrator.drop_column("case", "dispatch_by"))
    migrator.migrate(migrator.drop_column("case", "parent_id"))
    migrator.migrate(migrator.drop_column("case", "arbiter"))
    migrator.migrate(migrator.drop_column("case", "returns"))
    migrator.migrate(migrator.drop_column("case", "sureness"))
    migrator.migrate(migrator.drop_column("case", "proposed"))
    migrator.migrate(migrator.drop_column("case", "condition"))
    migrator.migrate(migrator.drop_column("case", "owner"))
    migrator.migrate(migrator.drop_column("account", "unit"))
    migrator.migrate(migrator.drop_table("word_week"))
    migrator.migrate(migrator.drop_table("word_mark"))
    migrator.migrate(migrator.drop_table("unit_message"))
    migrator.migrate(migrator.drop_table("topic_case"))
    migrator.migrate(migrator.drop_table("topic"))
    migrator.migrate(migrator.drop_table("rule_fault"))
    migrator.migrate(migrator.drop_table("lesson"))
    migrator.migrate(migrator.drop_table("learnt_words"))
    migrator.migrate(migrator.drop_table("case_task"))
    migrator.migrate(migrator.drop_table("case_tally"))
    migrator.migrate(migrator.drop_table("case_fact"))
    migrator.migrate(migrator.drop_table("case_cursor"))
