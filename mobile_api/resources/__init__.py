"""JSON resources: one module a noun; each parses, calls one verb, answers."""

from mobile_api.blueprint import Blueprint
from mobile_api.resources import (
    buildings,
    devices,
    facilities,
    people,
    places,
    sessions,
    staff,
    tags,
    trail,
    visits,
)

BLUEPRINTS: list[Blueprint] = [
    sessions.blp,
    devices.blp,
    visits.blp,
    buildings.blp,
    people.blp,
    places.blp,
    facilities.blp,
    tags.blp,
    staff.blp,
    trail.blp,
]
