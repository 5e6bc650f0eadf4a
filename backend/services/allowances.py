"""How often something may be done: token buckets in the database, exact across processes."""

import logging
from ipaddress import ip_address, ip_network

from backend import clock
from backend.actor import Actor
from backend.db import from_ms, locked, to_ms, writing
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
    with writing():
        now = clock.now()
        Allowance.insert(key=key, left=most, at=now).on_conflict_ignore().execute()
        row = locked(Allowance.select().where(Allowance.key == key)).get()
        left = _left(row, most, per_s)
        _refuse_if_empty(left, per_s, refusal)
        Allowance.update(left=left - 1, at=now).where(Allowance.key == key).execute()


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


def _left(row: Allowance, most: float, per_s: float) -> float:
    passed = (clock.now() - row.at).total_seconds()
    return float(min(most, row.left + max(0.0, passed) * per_s))


def _refuse_if_empty(left: float, per_s: float, refusal: type[Refused]) -> None:
    if left < 1:
        raise refusal(retry_after_s=max(1, round((1 - left) / per_s)))
