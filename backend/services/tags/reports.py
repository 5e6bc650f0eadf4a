"""Anybody may say that a tag is wrong or unknown; whoever looks after tags there is told."""

from collections.abc import Mapping
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import writing
from backend.errors import Invalid, Refused, TagUnknown, TooManyScans
from backend.models import Area, Building, Tag
from backend.services import allowances, notices, places
from backend.services.tags import positions, things
from backend.services.tags.reading import read
from qr import codes

REASONS = ("unknown", "wrong-place", "pasted-over", "damaged", "asks-for-money", "other")
MOST, PER_S = 5.0, 1 / 600
"""From one address: a street's worth of stickers, not a flood."""
TOLD_MOST, TOLD_PER_S = 3.0, 1 / 3_600
"""About one tag: the fourth report of the day tells a manager nothing new."""
AROUND_M = 300


def report(form: Mapping[str, Any], *, by: Actor | None, source: str) -> dict[str, Any]:
    """Take a report about a tag. Nothing the reporter typed is repeated to anybody.

    What was reported is told by its code, if it is one; where, by the tag's thing or the fix.
    """
    if form["reason"] not in REASONS:
        raise Invalid(errors={"reason": [f"One of {', '.join(REASONS)}."]})
    who = f"account:{by.account_id}" if by else allowances.network(source)
    here = positions.fix_of(form["fix"]) if form.get("fix") else None
    allowances.spend(f"tag-report:{who}"[:120], most=MOST, per_s=PER_S, refusal=TooManyScans)
    with writing():
        code, notice, place = _about(form["code"], here)
        if _is_news(code or f"near {place[1]}"):
            facts = {
                "code": codes.show(code) if code else "?",
                "reason": form["reason"],
                "notice": notice,
                "building": place[1],
                "lat": round(here.lat, 5) if here else None,
                "lon": round(here.lon, 5) if here else None,
            }
            notices.tell_role("building_manager", place[0], "tag-report", facts)
    return {"code": codes.show(code) if code else None, "reason": form["reason"], "at": clock.now()}


def _about(text: str, here: Any) -> tuple[str | None, str, tuple[str, str]]:
    """Code, what is wrong with it, and (area path, name of the place)."""
    try:
        code = read(text)
    except TagUnknown as refusal:
        known = codes.spell(text) if codes.is_well_formed(text) else None
        return known, str(refusal.facts["why"]), _nearest(here)
    tag = Tag.get_or_none(Tag.code == code)
    if tag is None:
        return code, "unknown", _nearest(here)
    thing = things.of_tag(tag)
    if thing is None:
        return code, "not_hung", _nearest(here)
    return code, str(tag.state), (thing.area_path, thing.name)


def _nearest(here: Any) -> tuple[str, str]:
    """The building around; without a position whoever answers for the whole city is told."""
    near = places.around(here.position, AROUND_M) if here else []
    if near:
        building: Building = places.by_id(near[0][1])
        return str(building.area.path), str(building.code)
    top = Area.select(Area.path).where(Area.parent.is_null()).order_by(Area.code).first()
    return (str(top.path) if top else ""), "?"


def _is_news(about: str) -> bool:
    try:
        allowances.spend(
            f"tag-report-of:{about}", most=TOLD_MOST, per_s=TOLD_PER_S, refusal=Refused
        )
    except Refused:
        return False
    return True
