"""What is kept for a while only, and forgotten in small portions, so that nobody waits for it."""

from datetime import timedelta
from typing import Any

from backend import clock
from backend.db import Table, writing
from backend.models import Challenge, Fix, Session, TagScan

CHALLENGES = timedelta(days=1)  # A nonce lives two minutes; a day is for whoever looks into it.
FIXES = timedelta(days=90)  # Where workers were is personal, too.
SESSIONS = timedelta(days=30)

PORTION = 5_000  # Rows deleted in one transaction.


def forget_challenges() -> int:
    """Nonces a day after they were issued."""
    return _forget(Challenge, Challenge.issued_at < clock.now() - CHALLENGES)


def forget_fixes() -> int:
    """Claimed positions after 90 days."""
    return _forget(Fix, Fix.at < clock.now() - FIXES)


def forget_scans() -> int:
    """Where workers scanned tags, after 90 days: whether a tag was moved is known long before."""
    return _forget(TagScan, TagScan.at < clock.now() - FIXES)


def forget_sessions() -> int:
    """Sessions 30 days after they ended or ran out; the trail still names them."""
    before = clock.now() - SESSIONS
    return _forget(Session, (Session.ended_at < before) | (Session.expires_at < before))


def _forget(table: type[Table], which: object) -> int:
    key: Any = table._meta.primary_key
    total = 0
    while True:
        with writing():
            portion = table.select(key).where(which).limit(PORTION)
            gone = int(table.delete().where(key.in_(portion)).execute())
        total += gone
        if gone < PORTION:
            return total
