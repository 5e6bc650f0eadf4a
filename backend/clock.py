"""The only clock: everything that needs the time asks here, so a test can move it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)
