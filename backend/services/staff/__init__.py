"""Who works here: accounts, the roles given to them, and their duties at buildings.

Signing in is `services.accounts`; this stands above it and above visits, because whoever is
shut out must also leave the building they are in, in the same transaction.

Every change makes the account's `stamp` grow. Each request compares it, so that what changed
counts from the very next one.
"""

from backend.services.staff.accounts import (
    amend_account,
    list_accounts,
    open_account,
    show_account,
)
from backend.services.staff.duties import end_duty, give_duty, list_duties
from backend.services.staff.roles import end_role, give_role

__all__ = [
    "amend_account",
    "end_duty",
    "end_role",
    "give_duty",
    "give_role",
    "list_accounts",
    "list_duties",
    "open_account",
    "show_account",
]
