"""The ground of a house's tag is its grade: a re-grade makes the tag on the wall a wrong one."""

from backend.actor import SYSTEM
from backend.models import RunPiece, Tag
from backend.services import places
from backend.services.tags import losses
from backend.services.tags.things import Place

PIECE_BITS = 20


def regraded(building_id: int, grade: str) -> None:
    """Let tags that were printed on the ground of another grade be replaced; those whose ground
    is right again may stay.

    A tag without a ground of its own, as most are, stays right: its page shows the grade.
    """
    hanging = list(_printed(building_id))
    if not hanging:
        return
    thing = Place(places.by_id(building_id))
    for tag in hanging:
        ground = _ground(tag)
        if ground and ground != grade:
            losses.wants_replacing(tag, thing, "regraded", SYSTEM)
        elif ground:
            losses.may_stay(tag)


def _printed(building_id: int) -> list[Tag]:
    rows = Tag.select().where((Tag.building_id == building_id) & Tag.room_id.is_null())
    return list(rows.where((Tag.state == "bound") & Tag.piece.is_null(False)))


def _ground(tag: Tag) -> str:
    if tag.run_id is None or tag.piece is None:
        return ""
    piece = RunPiece.get_or_none(RunPiece.id == (tag.run_id << PIECE_BITS | tag.piece))
    return str(piece.grade) if piece else ""
