"""JSON resources: one module a noun; each parses, calls one verb, answers."""

from mobile_api.blueprint import Blueprint
from mobile_api.resources import (
    board,
    buildings,
    desk,
    devices,
    duty_list,
    facilities,
    facility_imports,
    people,
    photos,
    places,
    print_runs,
    reports,
    sessions,
    staff,
    tags,
    topics,
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
    facility_imports.blp,
    duty_list.blp,
    tags.blp,
    print_runs.blp,
    photos.blp,
    desk.blp,
    board.blp,
    topics.blp,
    staff.blp,
    reports.blp,
    trail.blp,
]
