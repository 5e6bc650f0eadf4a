"""Tags: what hangs where, from the mint to the wall and after.

`read` turns a scanned or typed text into a code, `resolve` a code into a building.
"""

from backend.services.tags.minting import Subject, mint_for, move_run, spoil
from backend.services.tags.reading import TagFound, is_bound, read, resolve
from backend.services.tags.withdrawing import REASONS, revoke, tags_of

__all__ = [
    "REASONS",
    "Subject",
    "TagFound",
    "is_bound",
    "mint_for",
    "move_run",
    "read",
    "resolve",
    "revoke",
    "spoil",
    "tags_of",
]
