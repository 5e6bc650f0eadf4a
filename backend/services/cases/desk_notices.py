"""A desk is told that cases wait for it: once, until somebody has read that."""

from datetime import timedelta

from backend import clock
from backend.models import Case, Notice, Unit
from backend.services import notices
from backend.services.cases import faces

AGAIN = timedelta(minutes=30)
"""Who leaves it unread is told anew: the promise of half an hour is running out."""


def tell(desk: str | None, case: Case) -> None:
    """The dispatchers of the desk, unless they have an unread notice of these minutes."""
    unit = Unit.get_or_none(Unit.code == desk) if desk else None
    area_path = unit.area_path if unit else case.area_path
    lately = (Notice.at > clock.now() - AGAIN) & Notice.read_at.is_null()
    same = (Notice.kind == "case-waits") & (Notice.area_path == area_path)
    if not Notice.select(Notice.id).where(lately & same).exists():
        facts = {"case": faces.number_of(case), "name": case.name}
        notices.tell_role("dispatcher", area_path, "case-waits", facts)
