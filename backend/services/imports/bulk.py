"""Many rows at once: found by their keys, inserted and changed, on either database.

Peewee's own insert_many reaches an eighth of what executemany does (measured), so the text of
each statement is made here from the model, once, and the values go to the driver as they are:
instants as milliseconds, everything as the database holds it.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

import orjson

from backend.db import Table, database, is_sqlite
from backend.models import keys

Values = Sequence[Any]


class TooMany(Exception):
    """A building has no serial left for another row of one kind."""

    def __init__(self, building: int) -> None:
        super().__init__(
            f"holds one too many for the building with the number {building}: "
            f"at most {(1 << keys.SERIAL_BITS) - 1:,} rows of a kind belong to one building."
        )


def hold(tables: Iterable[type[Table]]) -> None:
    """Let nobody else write to these tables until the transaction ends; reading goes on.

    Keys are counted up from the highest there is, so two writers must not count at once.
    """
    if not is_sqlite():
        names = ", ".join(_table(table) for table in tables)
        database.execute_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def insert(model: type[Table], columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Add `rows`, each with its values in the order of `columns`."""
    if not rows:
        return
    names = ", ".join(_column(model, name) for name in columns)
    table = _table(model)
    if is_sqlite():
        marks = ", ".join("?" * len(columns))
        database.cursor().executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of our own tables
    else:
        with database.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def update(model: type[Table], columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Change rows: the values of `columns`, then the row's key."""
    if not rows:
        return
    mark = "?" if is_sqlite() else "%s"
    changes = ", ".join(f"{_column(model, name)} = {mark}" for name in columns)
    primary: Any = model._meta.primary_key
    key = _column(model, primary.name)
    database.cursor().executemany(
        f"UPDATE {_table(model)} SET {changes} WHERE {key} = {mark}",  # noqa: S608
        rows,
    )


def found(
    model: type[Table], columns: Sequence[str], by: str, values: Collection[Any]
) -> list[tuple[Any, ...]]:
    """The rows whose `by` is among `values` (text or whole numbers), as `columns`."""
    if not values:
        return []
    names = ", ".join(f"t.{_column(model, name)}" for name in columns)
    # CROSS JOIN tells SQLite to walk the short list and look up in the long table.
    sql = (
        f"SELECT {names} FROM {_list_of(values)} CROSS JOIN {_table(model)} t "  # noqa: S608
        f"WHERE t.{_column(model, by)} = wanted.value"
    )
    return _run(sql, values)


def children(
    model: type[Table], columns: Sequence[str], buildings: Collection[int]
) -> list[tuple[Any, ...]]:
    """All rows of these buildings, found by their keys' beginning."""
    if not buildings:
        return []
    names = ", ".join(f"t.{_column(model, name)}" for name in columns)
    first, last = f"wanted.value << {keys.SERIAL_BITS}", f"(wanted.value + 1) << {keys.SERIAL_BITS}"
    sql = (
        f"SELECT {names} FROM {_list_of(buildings)} CROSS JOIN {_table(model)} t "  # noqa: S608
        f"WHERE t.id >= ({first}) AND t.id < ({last})"
    )
    return _run(sql, buildings)


def set_aside_indexes(model: type[Table]) -> list[str]:
    """Drop a table's indexes but its key, and return the statements that make them again.

    For the first load of a large table in one transaction: building an index from sorted
    values takes a fraction of what entering them in the order of the rows does.
    """
    sql = _INDEXES_OF_SQLITE if is_sqlite() else _INDEXES_OF_POSTGRESQL
    found = database.execute_sql(sql, (model._meta.table_name,)).fetchall()
    for name, _ in found:
        database.execute_sql(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]


def put_back_indexes(statements: Iterable[str]) -> None:
    """Make again what `set_aside_indexes` dropped."""
    for statement in statements:
        database.execute_sql(statement)


_INDEXES_OF_SQLITE = """
    SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL
"""
_INDEXES_OF_POSTGRESQL = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = %s
      AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


class Serials:
    """The next free key of each building in one table; right while the transaction lasts."""

    def __init__(self, model: type[Table]) -> None:
        self.model = model
        self.last: dict[int, int] = {}

    def prepare(self, buildings: Iterable[int]) -> None:
        """Look up several buildings at once."""
        unknown = set(buildings) - self.last.keys()
        if not unknown:
            return
        low, high = (
            f"wanted.value << {keys.SERIAL_BITS}",
            f"(wanted.value + 1) << {keys.SERIAL_BITS}",
        )
        sql = (
            f"SELECT wanted.value, (SELECT max(t.id) FROM {_table(self.model)} t "  # noqa: S608
            f"WHERE t.id >= ({low}) AND t.id < ({high})) FROM {_list_of(unknown)}"
        )
        for building, last in _run(sql, unknown):
            self.last[building] = last or keys.first(building)

    def next(self, building: int) -> int:
        """Raises TooMany."""
        if building not in self.last:
            self.prepare([building])
        key = self.last[building] + 1
        if key > keys.last(building):
            raise TooMany(building)
        self.last[building] = key
        return key


@lru_cache(maxsize=500)
def _column(model: type[Table], name: str) -> str:
    return f'"{model._meta.fields[name].column_name}"'


def _table(model: type[Table]) -> str:
    return f'"{model._meta.table_name}"'


def _list_of(values: Collection[Any]) -> str:
    if is_sqlite():
        return "json_each(?) AS wanted"
    kind = "bigint" if isinstance(next(iter(values)), int) else "text"
    return f"unnest(%s::{kind}[]) AS wanted(value)"


def _run(sql: str, values: Collection[Any]) -> list[tuple[Any, ...]]:
    wanted: Any = list(values)
    if is_sqlite():
        wanted = orjson.dumps(wanted).decode()
    rows: list[tuple[Any, ...]] = database.execute_sql(sql, (wanted,)).fetchall()
    return rows
