"""A look on the spot before a report is taken on: the desk asks, a grid worker answers."""

from collections.abc import Mapping
from typing import Any

from backend.actor import Actor
from backend.errors import Conflict, SecondPersonNeeded
from backend.models import Case
from backend.services import notices, photos
from backend.services.cases import lines
from backend.services.cases.moving import Moved, held, moved, said
from backend.verbs import verb


@verb("case.ask-confirmation")
def ask_confirmation(number: str, version: str | None, reason: str, *, by: Actor) -> Moved:
    """Have a grid worker look whether it is as reported, before it is taken on"""
    case = held(number, "ask-confirmation", version, by)
    if case.asked is not None:
        raise Conflict(errors={"action": ["Something was asked for already."]})
    case.asked, case.asked_by, case.asked_facts = "confirmation", by.account_id, "{}"
    facts = {"case": number, "name": case.name}
    notices.tell_role("collector", case.area_path, "case-to-confirm", facts)
    return moved(case, "ask-confirmation", by, facts={"reason": said(reason, "reason")})


@verb("case.confirm")
def confirm(
    number: str,
    version: str | None,
    confirmed: bool,
    reason: str | None = None,
    photo: str | None = None,
    fix: Mapping[str, Any] | None = None,
    *,
    by: Actor,
) -> Moved:
    """Say whether it is as reported; the desk takes it on or declines it after that"""
    case = held(number, "confirm", version, by)
    if case.asked != "confirmation":
        raise Conflict(errors={"action": ["Nobody has asked for it."]})
    if case.asked_by == by.account_id:
        raise SecondPersonNeeded()
    if photo is not None:
        photos.use(photo, case.area_path, by=by, purpose="before", case_id=case.id)
    case.asked = case.asked_by = case.asked_facts = None
    facts: dict[str, object] = {"confirmed": confirmed}
    return moved(case, "confirm", by, facts=facts | ({"reason": reason} if reason else {}), fix=fix)


@verb("case.to-confirm", reads=True)
def to_confirm(*, by: Actor) -> list[dict[str, Any]]:
    """What waits in my areas for somebody to look at it on the spot, oldest first"""
    rows = Case.select().where(_wanted(by)).order_by(Case.id).limit(lines.MOST)
    return [{**lines.waiting(case), "reason": lines.reason(case)} for case in rows]


def waiting(by: Actor) -> int:
    """How many there are."""
    return int(Case.select().where(_wanted(by)).count())


def _wanted(by: Actor) -> Any:
    mine = lines.mine(by, "case.to-confirm")
    return (Case.asked == "confirmation") & (Case.state == "received") & mine
