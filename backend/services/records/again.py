"""Answers that are asked for again because they got lost on their way."""

from backend.actor import Actor
from backend.services import trail
from backend.services.records import sheet
from backend.verbs import verb


@verb("building.look", reads=True)
def may_see(code: str, lease: str | None, *, by: Actor) -> bool:
    """Whether an answer about people of this building may be shown once more: a look like any"""
    arrived = sheet.arrive(code, lease, by)
    if arrived.standing.is_open:
        trail.write(
            by,
            "building.look",
            roles=arrived.roles,
            visit_id=arrived.standing.visit_id,
            building_id=arrived.building_id,
            area_path=arrived.head["area"]["path"],
            place=arrived.standing.place,
            facts={"again": True},
        )
    return arrived.standing.is_open
