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
