"""Tags that hang elsewhere: two workers' positions agree on a place far from the building."""

import json
from datetime import timedelta
from typing import Any

from backend import clock
from backend.house import house
from backend.models import Building, Tag, TrailLine
from backend.rules.datum import Position
from backend.rules.geometry import distance_m, distance_to_footprint_m
from backend.services import notices

LOOKED_BACK = timedelta(days=30)
AGREE_M = 60.0  # Two good fixes of one place lie nearer than this.


def suspect(tag: str, building: Building, here: Position) -> None:
    """Mark the tag, once, if another worker was refused with it at this same place.

    Called after the refusal is on the trail, which is where those before are found.
    """
    limits = house().policy.limits
    if distance_to_footprint_m(here, json.loads(building.footprint)) <= limits.moved_tag_m:
        return
    columns = (TrailLine.account, TrailLine.lat, TrailLine.lon, TrailLine.facts)
    lines: Any = (
        TrailLine.select(*columns)
        .where(
            (TrailLine.building_id == building.id)
            & (TrailLine.outcome == "too-far")
            & (TrailLine.at > clock.now() - LOOKED_BACK)
            & TrailLine.lat.is_null(False)
        )
        .tuples()
    )
    found_by = {
        account
        for account, lat, lon, facts in lines
        if json.loads(facts).get("tag") == tag and distance_m(here, Position(lat, lon)) <= AGREE_M
    }
    if len(found_by) < limits.moved_tag_workers:
        return
    marked = (
        Tag.update(suspected_at=clock.now())
        .where((Tag.code == tag) & Tag.suspected_at.is_null())
        .execute()
    )
    if marked:
        facts = {"building": building.code, "workers": len(found_by)}
        for role in ("supervisor", "building_manager"):
            notices.tell_role(role, building.area.path, "tag-moved", facts)
