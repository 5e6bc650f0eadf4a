"""Answers kept under an idempotency key, sealed: they may hold tokens or personal data."""

import hmac
from datetime import timedelta

from backend import clock
from backend.db import to_ms
from backend.errors import KeyBusy, KeyReused
from backend.house import house
from backend.models import OnceAnswer
from backend.prepared import Prepared

KEPT = timedelta(days=30)


def find(key: str, digest: bytes) -> tuple[int, str, str] | None:
    """(status, head, body) kept under `key`; refuses another request under the same key."""
    row = _kept.first(key)
    if row is None:
        return None
    known, status, sealed = row
    if not hmac.compare_digest(bytes(known), digest):
        raise KeyReused()
    head, body = house().vault.open(_row(key), bytes(sealed or b""))
    return status or 200, head or "", body or ""


def keep(key: str, digest: bytes, status: int, head: str, body: str) -> None:
    """Keep an answer for 30 days."""
    sealed = house().vault.seal(_row(key), head, body)
    if not _keep.write(key, digest, status, sealed, to_ms(clock.now())):
        raise KeyBusy()  # PostgreSQL: the other request with this key committed first.


def sweep() -> int:
    """Forget answers older than 30 days."""
    return int(OnceAnswer.delete().where(OnceAnswer.at < clock.now() - KEPT).execute())


def _row(key: str) -> bytes:
    return f"answer:{key}".encode()


_kept = Prepared(
    lambda key: OnceAnswer.select(OnceAnswer.digest, OnceAnswer.status, OnceAnswer.sealed).where(
        OnceAnswer.key == key
    )
)
_keep = Prepared(
    lambda key, digest, status, sealed, at: OnceAnswer.insert(
        key=key, digest=digest, status=status, sealed=sealed, at=at
    ).on_conflict_ignore()
)
