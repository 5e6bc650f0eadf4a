"""Answers kept under an idempotency key, sealed: they may hold tokens or personal data."""

import hmac
from datetime import timedelta

from peewee import IntegrityError

from backend import clock
from backend.errors import KeyBusy, KeyReused
from backend.house import house
from backend.models import OnceAnswer

KEPT = timedelta(days=30)


def find(key: str, digest: bytes) -> tuple[int, str, str] | None:
    """(status, head, body) kept under `key`; refuses another request under the same key."""
    row = OnceAnswer.get_or_none(OnceAnswer.key == key)
    if row is None:
        return None
    if not hmac.compare_digest(bytes(row.digest), digest):
        raise KeyReused()
    head, body = house().vault.open(_row(key), bytes(row.sealed or b""))
    return row.status or 200, head or "", body or ""


def keep(key: str, digest: bytes, status: int, head: str, body: str) -> None:
    """Keep an answer for 30 days."""
    try:
        OnceAnswer.create(
            key=key,
            digest=digest,
            status=status,
            sealed=house().vault.seal(_row(key), head, body),
            at=clock.now(),
        )
    except IntegrityError:  # PostgreSQL: the other request with this key committed first.
        raise KeyBusy() from None


def sweep() -> int:
    """Forget answers older than 30 days."""
    return int(OnceAnswer.delete().where(OnceAnswer.at < clock.now() - KEPT).execute())


def _row(key: str) -> bytes:
    return f"answer:{key}".encode()
