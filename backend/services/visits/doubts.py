"""Visits that look too good to be true, or too quiet: for a supervisor's weekly look."""

import json
from datetime import timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import from_ms, to_ms
from backend.house import house
from backend.models import Account, Area, Building, Fix, Visit
from backend.rules.datum import Position
from backend.rules.geometry import distance_m
from backend.services import scope
from backend.verbs import verb

WEEK = timedelta(days=7)


@verb("visit.doubt", reads=True)
def doubtful(after: int, most: int, *, by: Actor) -> list[dict[str, Any]]:
    """The last week's visits with doubts, in my areas, oldest first; a doubt is not a proof

    `after` is the opening instant, in milliseconds, of the last one seen before.
    """
    rows = (
        Visit.select(Visit, Account.name.alias("worker"), Building.code.alias("place"), Area.path)
        .join(Account, on=(Visit.account_id == Account.id))
        .join_from(Visit, Building, on=(Visit.building_id == Building.id))
        .join_from(Building, Area)
        .where(Visit.opened_at > max(clock.now() - WEEK, from_ms(after)))
        .order_by(Visit.opened_at)
        .objects()
    )
    found = []
    for visit in rows.iterator():
        doubts = _doubts(visit)
        if doubts and scope.holds_area(by, "visit.doubt", visit.path):
            found.append(_view(visit, doubts))
            if len(found) == most:
                break
    return found


def _doubts(visit: Visit) -> list[str]:
    doubts = list(json.loads(visit.evidence).get("flags", ()))
    ended = visit.closed_at or clock.now()
    still = timedelta(seconds=house().policy.limits.still_s)
    if ended - visit.opened_at > still and _never_moved(visit):
        doubts.append("still")
    return doubts


STILL_M = 3.0  # Even a phone on a table wanders further than this in two hours.


def _never_moved(visit: Visit) -> bool:
    fixes = Fix.select(Fix.lat, Fix.lon).where(Fix.visit_id == visit.id).order_by(Fix.seq)
    places = [Position(fix.lat, fix.lon) for fix in fixes]
    return len(places) > 1 and all(distance_m(places[0], here) < STILL_M for here in places)


def _view(visit: Any, doubts: list[str]) -> dict[str, Any]:  # A Visit with .worker and .place.
    return {
        "id": visit.id,
        "account": visit.worker,
        "building": visit.place,
        "opened_at": visit.opened_at,
        "presence": visit.presence,
        "doubts": doubts,
        "next": str(to_ms(visit.opened_at)),
    }
