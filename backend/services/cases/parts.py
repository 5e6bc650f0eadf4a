"""Cases that were split: a parent and its parts, and when the parent is done."""

from backend.db import locked
from backend.models import Case
from backend.rules import workflow

MOST_PARTS = 10


def has_open(case: Case) -> bool:
    """Whether it was split and something of it is not done yet."""
    return any(_is_open(part) for part in of_case(case))


def of_case(case: Case) -> list[Case]:
    """Its parts, in the order they were made."""
    return list(Case.select().where(Case.parent_id == case.id).order_by(Case.id))


def finished_parents(case: Case) -> list[Case]:
    """Cases in parts that are done now that this one is: its own, and those of what joined it."""
    joined = Case.select(Case.parent_id).where(Case.merged_into == case.id)
    wanted = [case.parent_id, *(row.parent_id for row in joined)]
    found = []
    for parent_id in sorted({one for one in wanted if one is not None}):
        parent = locked(Case.select().where(Case.id == parent_id)).get()
        if parent.state == "handling" and not has_open(parent):
            found.append(parent)
    return found


def _is_open(part: Case) -> bool:
    """Whether it is open, itself or as the case that it was put with."""
    while part.state == "merged" and part.merged_into is not None:
        part = Case.get_by_id(part.merged_into)
    return part.state in workflow.OPEN
