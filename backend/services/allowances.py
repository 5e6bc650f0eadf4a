"""How often something may be done: token buckets in the database, exact across processes."""

import logging
from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from backend import clock
from backend.actor import Actor
from backend.db import database, from_ms, is_sqlite, is_writing, to_ms, writing
from backend.errors import Refused, StorageFull, TooManyLookUps
from backend.models import Allowance

log = logging.getLogger("gridtag.allowances")

LOOK_UPS_MOST, LOOK_UPS_PER_S = 240.0, 2.0


def spend_look_up(by: Actor, verb: str) -> None:
    """Looking around costs one of 240, back at two a second: a round, not a harvest.

    Nobody is unmasked by it, so it goes on while the disk is full and nothing can be counted.
    """
    try:
        spend(
            f"look-up:{by.account_id}",
            most=LOOK_UPS_MOST,
            per_s=LOOK_UPS_PER_S,
            refusal=TooManyLookUps,
        )
    except TooManyLookUps as refusal:
        refusal.asked = (by, verb)
        raise
    except StorageFull:
        log.warning("a look was not counted: the disk is full")


def spend(key: str, *, most: float, per_s: float, refusal: type[Refused]) -> None:
    """Take one from a bucket that holds `most` and refills by `per_s` a second.

    Commits by itself: what was spent stays spent, whatever becomes of the caller's verb.
    """
    bucket = [Bucket(key, most, per_s)]
    with writing():
        left = levels(bucket)
        _refuse_if_empty(left[key], per_s, refusal)
        take(bucket, left)


class Bucket(NamedTuple):
    """A bucket by its key: it holds `most`, and refills by `per_s` a second."""

    key: str
    most: float
    per_s: float


def levels(buckets: Sequence[Bucket]) -> Mapping[str, float]:
    """How much each bucket holds now. Inside a write transaction nobody else takes meanwhile."""
    now, keys = to_ms(clock.now()), sorted({bucket.key for bucket in buckets})
    found = {key: (left, at) for key, left, at in _rows(keys)}
    return {
        bucket.key: min(bucket.most, left + max(0, now - at) / 1000 * bucket.per_s)
        for bucket in buckets
        for left, at in [found.get(bucket.key, (bucket.most, now))]
    }


def take(buckets: Sequence[Bucket], levels: Mapping[str, float]) -> None:
    """Take one from each, in the caller's transaction. Nothing is taken from an empty one."""
    now = to_ms(clock.now())
    lefts = {each.key: max(0.0, levels[each.key] - 1) for each in buckets}
    rows = [value for key, left in sorted(lefts.items()) for value in (key, left, now)]
    _run(
        f'INSERT INTO allowance (key, "left", at) VALUES {_marks(len(lefts), 3)} '  # noqa: S608
        'ON CONFLICT (key) DO UPDATE SET "left" = excluded."left", at = excluded.at',
        rows,
    )


def use_once(key: str) -> bool:
    """Whether this is the first time; in the caller's transaction. Forgotten after a day."""
    first = _run(
        'INSERT INTO allowance (key, "left", at) VALUES '  # noqa: S608
        f"{_marks(1, 3)} ON CONFLICT (key) DO NOTHING RETURNING key",
        [key, 0.0, to_ms(clock.now())],
    )
    return bool(first)


def was_used(key: str) -> bool:
    """Whether `use_once` was called with it within the day."""
    return bool(_rows([key]))


def _rows(keys: Sequence[str]) -> Sequence[tuple[str, float, int]]:
    held = ""
    if is_writing() and not is_sqlite():
        # A bucket nobody has touched yet is held as well: two must not find it full at once.
        _run(
            f'INSERT INTO allowance (key, "left", at) VALUES {_marks(len(keys), 3)} '  # noqa: S608
            "ON CONFLICT (key) DO NOTHING",
            [value for key in keys for value in (key, _FULL, 0)],
        )
        held = " ORDER BY key FOR UPDATE"
    return _run(
        f'SELECT key, "left", at FROM allowance WHERE key IN {_marks(1, len(keys))}{held}',  # noqa: S608
        keys,
    )


_FULL = 1e9  # More than any bucket holds.


def _run(sql: str, values: Sequence[object]) -> Sequence[tuple[str, float, int]]:
    # The texts are our own, with marks alone; the values are bound.
    cursor = database.execute_sql(sql, values)
    return cursor.fetchall() if cursor.description else []


def _marks(rows: int, columns: int) -> str:
    mark = "?" if is_sqlite() else "%s"
    return ",".join([f"({','.join([mark] * columns)})"] * rows)


def network(source: str) -> str:
    """Whom an address is counted for: with IPv6 everybody has 2**64 of their own."""
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if address.version == 4 or address.ipv4_mapped:
        return source
    return str(ip_network((address, 64), strict=False))


def give_back(key: str) -> None:
    """Put one back that was spent for nothing; a full bucket does not overflow."""
    Allowance.update(left=Allowance.left + 1).where(Allowance.key == key).execute()


def sweep(older_than_s: float = 86_400) -> int:
    """Forget buckets nobody touched for a day; they are full again."""
    before = to_ms(clock.now()) - int(older_than_s * 1000)
    return int(Allowance.delete().where(Allowance.at < from_ms(before)).execute())


def _refuse_if_empty(left: float, per_s: float, refusal: type[Refused]) -> None:
    if left < 1:
        raise refusal(retry_after_s=max(1, round((1 - left) / per_s)))
