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
        self.compiled: dict[type, tuple[str, Arrange]] = {}

    def __call__(self, *values: object) -> Sequence[tuple[Any, ...]]:
        rows: Sequence[tuple[Any, ...]] = self._run(values).fetchall()
        return rows

    def write(self, *values: object) -> int:
        """Run it where it changes rows: how many."""
        return int(self._run(values).rowcount)

    def _run(self, values: tuple[object, ...]) -> Any:
        opened = database.obj
        sql, arranged = self.compiled.get(type(opened)) or self._compile()
        try:
            # Past `execute_sql`, whose wrapping costs as much as a small query.
            return opened.connection().execute(sql, arranged(values))
        except Exception:
            with _IN_PEEWEES_WORDS:
                raise

    def first(self, *values: object) -> tuple[Any, ...] | None:
        rows = self(*values)
        return rows[0] if rows else None

    def _compile(self) -> tuple[str, "Arrange"]:
        slots = [peewee.Value(_Slot(place), converter=False) for place in range(len(self.names))]
        sql, parameters = self.build(*slots).sql()
        self.compiled[type(database.obj)] = compiled = sql, _arranging(parameters)
        return compiled


Arrange = Callable[[tuple[object, ...]], Sequence[object]]

_IN_PEEWEES_WORDS = vars(peewee)["__exception_wrapper__"]  # What its own `execute_sql` uses.


def _arranging(parameters: Sequence[object]) -> Arrange:
    """From the arguments as they are called with to those that the text wants, in its order."""
    places = [slot.place if isinstance(slot, _Slot) else None for slot in parameters]
    if places == list(range(len(places))):
        return lambda values: values
    return lambda values: [
        values[slot.place] if isinstance(slot, _Slot) else slot for slot in parameters
    ]


class _Slot:
    """Stands for the argument at `place` while the text is built."""

    def __init__(self, place: int) -> None:
        self.place = place
