"""Tags: what hangs where, from the mint to the wall and after.

`read` turns a scanned or typed text into a code, `resolve` a code into a building, `face` into
what anybody may know about it.
"""

from backend.services.tags.claiming import claim, replace, undo
from backend.services.tags.faces import face, photo_of
from backend.services.tags.losses import LOSSES, report_loss, report_missing, tasks
from backend.services.tags.minting import Subject, mint_bound, mint_for, move_run, spoil
from backend.services.tags.positions import accept
from backend.services.tags.reading import TagFound, is_bound, read, resolve
from backend.services.tags.regrading import regraded
from backend.services.tags.reports import report
from backend.services.tags.scanning import scan, scan_photo
from backend.services.tags.stock import mint, stock
from backend.services.tags.withdrawing import REASONS, revoke, tags_of, tags_of_facility

__all__ = [
    "LOSSES",
    "REASONS",
    "Subject",
    "TagFound",
    "accept",
    "claim",
    "face",
    "is_bound",
    "mint",
    "mint_bound",
    "mint_for",
    "move_run",
    "photo_of",
    "read",
    "regraded",
    "replace",
    "report",
    "report_loss",
    "report_missing",
    "resolve",
    "revoke",
    "scan",
    "scan_photo",
    "spoil",
    "stock",
    "tags_of",
    "tags_of_facility",
    "tasks",
    "undo",
]
