"""What waits in an outbox: taken a few at a time under a lease, and later each time it fails.

For tables with `id`, `due_at` and `tries`. Who dies with a lease leaves it to lapse.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from backend import clock
from backend.db import Table, is_sqlite

LEASE = timedelta(seconds=120)
WAITS = (60, 300, 1_800, 7_200, 21_600)  # Seconds after the first failures; then the last one.


def take(table: type[Table], most: int, *conditions: Any) -> list[int]:
    """Those due longest; nobody else takes them until the lease lapses. Inside a transaction."""
    kind: Any = table
    now = clock.now()
    due = kind.select(kind.id).where(kind.due_at <= now, *conditions)
    wanted = due.order_by(kind.due_at, kind.id).limit(most)
    rows = wanted if is_sqlite() else wanted.for_update(skip_locked=True)
    mine = [row.id for row in rows]
    lease = kind.update(due_at=now + LEASE, tries=kind.tries + 1)
    lease.where(kind.id.in_(mine)).execute()
    return mine


def is_any_due(table: type[Table], *conditions: Any) -> bool:
    """Whether something waits; without a lock."""
    kind: Any = table
    return bool(kind.select(kind.id).where(kind.due_at <= clock.now(), *conditions).exists())


def later(tries: int) -> datetime:
    """When to try again what has been tried so often."""
    return clock.now() + timedelta(seconds=WAITS[min(max(tries, 1), len(WAITS)) - 1])


def sent(table: type[Table], numbers: Sequence[int]) -> None:
    """Note that these have gone out. Inside a transaction."""
    kind: Any = table
    done = kind.update(sent_at=clock.now(), due_at=None)
    done.where(kind.id.in_(list(numbers))).execute()
