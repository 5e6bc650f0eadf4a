"""The tables: made quickly, once, and just as the models say."""

import time
from pathlib import Path

import pytest

from backend.db import database
from backend.migrations import FOLDER
from backend.models import TABLES
from backend.services import migrations
from backend.start import start
from tests import town


@pytest.fixture
def empty(tmp_path: Path) -> None:
    """The house, opened on a database without tables."""
    start(town.settings(f"sqlite:///{tmp_path}/empty.db"))
    yield
    database.close()


def test_a_new_database_gets_its_tables_at_once(empty):
    assert migrations.pending() == [path.stem for path in sorted(FOLDER.glob("0*.py"))]
    started = time.process_time()
    assert migrations.migrate()[0] == "0001_initial"
    assert time.process_time() - started < 0.3
    assert set(database.get_tables()) == {
        *(table._meta.table_name for table in TABLES),
        "schema_migration",
    }


def test_a_second_time_there_is_nothing_to_do(empty):
    migrations.migrate()
    assert migrations.migrate() == []
    assert migrations.pending() == []
    assert not any(step.is_missing for step in migrations.status())


def test_the_migrations_make_what_the_models_say(village):
    assert migrations.drift() == ""


def test_a_missing_column_is_drift(village):
    database.execute_sql("ALTER TABLE tag DROP COLUMN kind")
    assert migrations.drift() == "add column tag.kind"


def test_the_migrations_make_types_and_nulls_as_the_models_say(empty):
    """Which drift does not see."""
    migrations.migrate()
    migrated = {table._meta.table_name: columns_of(table) for table in TABLES}
    database.drop_tables(TABLES)
    database.create_tables(TABLES)
    assert migrated == {table._meta.table_name: columns_of(table) for table in TABLES}


def columns_of(table) -> set[tuple[str, str, bool, bool]]:
    rows = database.get_columns(table._meta.table_name)
    return {(row.name, row.data_type.upper(), row.null, row.primary_key) for row in rows}


def test_the_next_migration_is_written_from_what_differs(empty, tmp_path, monkeypatch):
    migrations.migrate()
    assert migrations.write_next("nothing") is None
    database.execute_sql("DROP TABLE notice")
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    path = migrations.write_next("tell people")
    assert path is not None
    body = path.read_text(encoding="utf-8")
    assert body.startswith('"""Tell people."""')
    assert "class Notice(Model)" in body
    assert "import *" not in body
    compile(body, str(path), "exec")


def test_a_migration_that_fails_leaves_nothing(empty, tmp_path, monkeypatch):
    migrations.migrate()
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    (tmp_path / "__init__.py").touch()
    (tmp_path / "0009_broken.py").write_text(
        "def up(migrator, db):\n"
        "    db.execute_sql('CREATE TABLE half (id INTEGER)')\n"
        "    raise RuntimeError('no further')\n"
    )
    with pytest.raises(RuntimeError):
        migrations.migrate()
    assert "half" not in database.get_tables()
    assert migrations.pending() == ["0009_broken"]


def test_a_city_of_the_release_before_keeps_its_cases_and_their_times(empty, tmp_path):
    """0003 on a database with cases at the desk, at a unit, in hand and opened again."""
    before = [path.stem for path in sorted(FOLDER.glob("0*.py"))][:2]
    migrations._runner().up(before[-1])
    minute, now = 60_000, 1_800_000_000_000
    for number, state, rule, round_ in (
        (1, "filed", None, 1), (2, "dispatched", "owner", 1), (3, "handling", "remit:7", 1),
        (4, "dispatched", "owner", 2),
    ):  # fmt: skip
        database.execute_sql(
            'INSERT INTO "case" (id, state, kind, problem, name, area_path, channel, unit, rule,'
            " reports, round, opened_at, updated_at, version)"
            " VALUES (?, ?, 'bin', 'full', 'B', 'x',"
            " 'scan', 'LD', ?, 1, ?, ?, ?, 1)",
            (number, state, rule, round_, now, now),
        )
    for case, action, at in (
        (2, "dispatch", 3), (3, "dispatch", 5), (3, "accept", 9),
        (4, "dispatch", 2), (4, "accept", 4), (4, "reopen", 50), (4, "dispatch", 55),
    ):  # fmt: skip
        database.execute_sql(
            "INSERT INTO case_step (case_id, at, action, state, facts) VALUES (?, ?, ?, ?, '{}')",
            (case, now + at * minute, action, "dispatched"),
        )
    assert migrations.migrate() == [
        path.stem for path in sorted(FOLDER.glob("0*.py")) if path.stem not in before
    ]
    assert migrations.drift() == ""
    columns = "owner, dispatch_by, dispatched_at, accepted_at, accept_by IS NOT NULL"
    rows = database.execute_sql(f'SELECT {columns} FROM "case" ORDER BY id').fetchall()
    assert rows == [
        ("LD", now + 30 * minute, None, None, 0),
        ("LD", now + 30 * minute, now + 3 * minute, None, 1),
        (None, now + 30 * minute, now + 5 * minute, now + 9 * minute, 0),
        ("LD", now + 80 * minute, now + 55 * minute, None, 1),
    ]
