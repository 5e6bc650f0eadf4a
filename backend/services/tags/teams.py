"""Which team a blank was handed out to, and whether somebody belongs to it."""

from backend.actor import Actor
from backend.house import house
from backend.models import Area, Run, Tag
from backend.rules.areas import path_contains


def area_of(tag: Tag) -> str | None:
    """The area whose team may hang this tag; None: it was made without a run, any team may."""
    if tag.run_id is None:
        return None
    path: str | None = (
        Run.select(Area.path)
        .join(Area, on=(Run.issued_to == Area.code))
        .where(Run.id == tag.run_id)
        .scalar()
    )
    return path or NOBODY


NOBODY = "-"  # No area's path: a run that was handed out to no team.


def may_hang(tag: Tag, by: Actor) -> bool:
    """Whether one of the actor's roles that claims lies in the team's area, or above it.

    A role without an area counts at buildings of one's duties; its team is the home area's.
    """
    issued_to = area_of(tag)
    verbs = house().policy.verbs
    mine = [grant for grant in by.grants if "tag.claim" in verbs[grant.role]]
    paths = {grant.scope_path or _home(by) for grant in mine}
    if issued_to is None:
        return bool(paths)
    return any(path_contains(issued_to, path) or path_contains(path, issued_to) for path in paths)


def _home(by: Actor) -> str:
    if by.home_area is None:
        return ""
    path: str | None = Area.select(Area.path).where(Area.code == by.home_area).scalar()
    return path or ""
