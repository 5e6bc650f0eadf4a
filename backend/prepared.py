"""A peewee query whose SQL text is built once and then only bound.

Building the text of a scan's queries costs four times what running them does (measured), and
peewee keeps no compiled statements. The query is still written, and checked, as peewee.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import peewee

from backend.db import database


class Prepared:
    """`Prepared(lambda building: Room.select(...).where(Room.building == building))`.

    Call it with the same arguments to get all rows as plain tuples, values as the database
    holds them (instants are milliseconds).
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self.names = list(inspect.signature(build).parameters)
        self.compiled: dict[type, tuple[str, list[object]]] = {}

    def __call__(self, *values: object) -> Sequence[tuple[Any, ...]]:
        sql, slots = self.compiled.get(type(database.obj)) or self._compile()
        arguments = [values[slot.place] if isinstance(slot, _Slot) else slot for slot in slots]
        rows: Sequence[tuple[Any, ...]] = database.execute_sql(sql, arguments).fetchall()
        return rows

    def first(self, *values: object) -> tuple[Any, ...] | None:
        rows = self(*values)
        return rows[0] if rows else None

    def _compile(self) -> tuple[str, list[object]]:
        slots = [peewee.Value(_Slot(place), converter=False) for place in range(len(self.names))]
        sql, parameters = self.build(*slots).sql()
        self.compiled[type(database.obj)] = sql, list(parameters)
        return sql, list(parameters)


class _Slot:
    """Stands for the argument at `place` while the text is built."""

    def __init__(self, place: int) -> None:
        self.place = place
