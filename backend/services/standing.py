"""How the house itself is doing."""

import peewee

from backend.db import database, translated
from backend.errors import Refused
from backend.models import Account


def checks() -> dict[str, bool]:
    """Whether the database answers and holds our tables."""
    try:
        database.execute_sql("SELECT 1").fetchone()
        Account.select(Account.id).limit(1).tuples().first()
    except (peewee.PeeweeException, Refused) as error:
        translated(error)  # Hangs up: the next question dials again.
        return {"database": False}
    return {"database": True}
