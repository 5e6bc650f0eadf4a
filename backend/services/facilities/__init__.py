"""Facilities: the things of the city in the street, each of a kind that is a file."""

from backend.services.facilities.kinds import all_kinds, find_kind, kinds
from backend.services.facilities.listing import around, called, listed, show
from backend.services.facilities.register import add, amend, register, remove
from backend.services.facilities.rows import (
    by_id,
    face,
    find,
    hold,
    note_inspected,
    public,
    view,
)

__all__ = [
    "add",
    "all_kinds",
    "amend",
    "around",
    "by_id",
    "called",
    "face",
    "find",
    "find_kind",
    "hold",
    "kinds",
    "listed",
    "note_inspected",
    "public",
    "register",
    "remove",
    "show",
    "view",
]
