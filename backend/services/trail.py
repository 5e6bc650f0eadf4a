"""The trail: every look, act and refusal is a line, kept before anybody gets an answer.

A verb that writes keeps its line in its own transaction. A verb that only reads hands its line
to the group commit of its process: readers that arrive together share one durable commit, and
none waits for a row that another holds. Each line carries a keyed seal of its own; the keeper
(`backend.tasks.keeper`) chains them in batches, SEAL_EVERY_S apart.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from backend import clock, db, turns
from backend.actor import Actor
from backend.db import database, to_ms, writing
from backend.errors import Refused, Unavailable
from backend.house import house
from backend.models import TrailLine
from backend.rules import ranges, seals

COLUMNS = (
    "at",
    "verb",
    "outcome",
    "account_id",
    "account",
    "roles",
    "device_id",
    "session_id",
    "visit_id",
    "building_id",
    "area_path",
    "lat",
    "lon",
    "subjects",
    "fields",
    "facts",
)


def write(
    by: Actor,
    verb: str,
    /,
    *,
    outcome: str = "done",
    roles: Sequence[str] | None = None,
    visit_id: str | None = None,
    building_id: int | None = None,
    area_path: str | None = None,
    place: tuple[float, float] | None = None,
    subjects: Iterable[int] = (),
    fields: Iterable[str] = (),
    facts: Mapping[str, object] | None = None,
) -> None:
    """Keep one line. `place` is (lat, lon) WGS-84; `fields` those shown in full.

    `facts` are numbers and codes, never a personal value.
    """
    line = (
        to_ms(clock.now()),
        verb,
        outcome,
        by.account_id,
        by.name,
        ",".join(by.roles if roles is None else roles),
        by.device_id,
        by.session_id,
        visit_id,
        building_id,
        area_path,
        _degrees(place[0]) if place else None,
        _degrees(place[1]) if place else None,
        ranges.pack(subjects),
        ",".join(fields),
        orjson.dumps(facts, default=str).decode() if facts else "{}",
    )
    if db.is_writing():
        _insert([_sealed(line)])
    else:
        db.after_commit(lambda: _together.keep(_sealed(line)))


def write_refusal(by: Actor, verb: str, refusal: Refused) -> None:
    """Keep what was refused; called once the refused verb has been undone."""
    facts = {name: value for name, value in refusal.facts.items() if name not in _PRIVATE}
    known = {name: facts.pop(name) for name in _COLUMN_FACTS if name in facts}
    write(by, verb, outcome=refusal.code, facts=facts, **known)  # type: ignore[arg-type]


_COLUMN_FACTS = ("visit_id", "building_id", "place")
_PRIVATE = frozenset({"errors"})  # May repeat what somebody typed.


def _degrees(value: float) -> float:
    """As the database will give it back: 22 as 22.0, and no negative zero. The mac sees both."""
    return float(value) + 0.0


def _sealed(line: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*line, seals.line_mac(house().trail_keys[0], line))


def _insert(lines: Sequence[tuple[Any, ...]]) -> None:
    mark = "?" if db.is_sqlite() else "%s"
    row = f"({','.join([mark] * (len(COLUMNS) + 1))})"
    # The column names are our own constants and the values are bound.
    sql = f"INSERT INTO trail_line ({','.join(COLUMNS)},mac) VALUES {','.join([row] * len(lines))}"  # noqa: S608
    database.execute_sql(sql, [value for line in lines for value in line])


class _Ticket:
    """A line waiting for its commit, and what became of it."""

    __slots__ = ("done", "error", "line")

    def __init__(self, line: tuple[Any, ...]) -> None:
        self.line = line
        self.done = False
        self.error: Exception | None = None


class _GroupCommit:
    """Lines of several threads in one durable commit: whoever comes first commits for all.

    Those who arrive while a commit is under way gather for the next one, and the longer that
    has to wait for the disk or for other processes, the more go along.
    """

    MOST = 50  # Bound variables of one statement stay below SQLite's 32,766.

    def __init__(self) -> None:
        self.gathering = threading.Lock()
        self.turn = threading.Lock()
        self.waiting: list[_Ticket] = []

    def keep(self, line: tuple[Any, ...]) -> None:
        """Return once `line` is durable. Raises what the commit raised."""
        ticket = _Ticket(line)
        with self.gathering:
            self.waiting.append(ticket)
        with turns.aside(), self.turn:
            if not ticket.done:
                self._commit()
        if ticket.error is not None:
            raise ticket.error

    def _commit(self) -> None:
        tickets: list[_Ticket] = []
        # Until the commit is through, nothing is kept: an interrupt must not look like success.
        error: Exception | None = Unavailable(retry_after_s=1)
        try:
            with writing():
                tickets = self._gathered()  # With those who came while we waited for the lock.
                for start in range(0, len(tickets), self.MOST):
                    _insert([ticket.line for ticket in tickets[start : start + self.MOST]])
            error = None
        except Exception as caught:  # noqa: BLE001 - every waiting reader must hear of it.
            error = caught
        finally:
            for ticket in tickets or self._gathered():
                ticket.error, ticket.done = error, True

    def _gathered(self) -> list[_Ticket]:
        with self.gathering:
            tickets, self.waiting = self.waiting, []
        return tickets


_together = _GroupCommit()


def count(account_id: int, verb: str, *, outcome: str, since: datetime) -> int:
    """How many such lines an account has left since then."""
    return int(
        TrailLine.select()
        .where(
            (TrailLine.account_id == account_id)
            & (TrailLine.verb == verb)
            & (TrailLine.outcome == outcome)
            & (TrailLine.at >= since)
        )
        .count()
    )
