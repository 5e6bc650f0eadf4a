"""A visit's row and the pure state it stands for; closing; the lease; what the phone is told."""

import json
from collections.abc import Iterable
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import NotFound
from backend.house import house
from backend.models import Building, Device, Visit
from backend.rules import presence, tokens
from backend.services import notices, places, trail


def own(visit_id: str, by: Actor) -> Visit:
    """One's own visit; anybody else's is not there."""
    mine = Visit.select().where((Visit.id == visit_id) & (Visit.account_id == by.account_id))
    visit: Visit | None = locked(mine).first()
    if visit is None:
        raise NotFound(noun="visit")
    return visit


COLUMNS = (
    "kind",
    "state",
    "presence",
    "opened_at",
    "lease_until",
    "last_presence_at",
    "last_read_at",
    "suspended_at",
    "closed_at",
    "reason",
    "outside_fixes",
    "beat_seq",
)


def state_of(visit: Visit) -> presence.VisitState:
    """The row as the rules see it."""
    columns = {name: getattr(visit, name) for name in COLUMNS}
    return presence.VisitState.restored(json.loads(visit.evidence), **columns)


def fill(visit: Visit, state: presence.VisitState) -> None:
    """The state into the row, unsaved."""
    for name in COLUMNS:
        setattr(visit, name, getattr(state, name))
    visit.shows_people = state.shows_people
    visit.evidence = json.dumps(state.evidence)


def keep_state(visit: Visit, state: presence.VisitState, by: Actor) -> None:
    """Write the new state down, and on the trail if it changed what may be seen."""
    before = visit.state
    fill(visit, state)
    visit.save()
    if state.state != before:
        trail.write(
            by,
            STEP[state.state],
            visit_id=visit.id,
            building_id=visit.building_id,
            facts={"reason": state.reason, "from": before},
        )


STEP = {"open": "visit.reopen", "suspended": "visit.suspend", "closed": "visit.end"}


def close(visit: Visit, reason: str, by: Actor) -> None:
    """Close for good: a new scan is needed."""
    keep_state(visit, presence.close(state_of(visit), reason, clock.now()), by)


def close_others(by: Actor, device: Device) -> None:
    """One visit a worker, one a device: the second opens, the first closes."""
    mine = (Visit.account_id == by.account_id) | (Visit.device_id == device.id)
    for visit in _live(mine):
        close(visit, "second_visit", by)


def close_all(by: Actor, reason: str, *, alarm: bool = False) -> None:
    """Close whatever this worker has open; with `alarm` tell those who supervise there."""
    for visit in _live(Visit.account_id == by.account_id):
        close(visit, reason, by)
        if alarm:
            building = places.by_id(visit.building_id)
            facts = {"account": by.name, "building": building.code, "reason": reason}
            notices.tell_role("supervisor", building.area.path, "visit-alarm", facts)


def _live(whose: Any) -> Iterable[Visit]:
    return list(locked(Visit.select().where((Visit.state != "closed") & whose)))


def lease_of(visit: Visit, by: Actor) -> dict[str, Any] | None:
    """A new lease token for an open visit, good until the row says."""
    if visit.state != "open" or visit.lease_until <= clock.now() or not visit.device_id:
        return None
    now = clock.now()
    token = tokens.issue_lease(
        house().token_keys,
        account_id=by.account_id,
        device_id=visit.device_id,
        visit_id=visit.id,
        building=str(visit.building_id),
        scope=("people",) if visit.shows_people else (),
        presence=visit.presence,
        now=now,
        life_s=max(1, int((visit.lease_until - now).total_seconds())),
    )
    return {"token": token, "expires_at": visit.lease_until}


def sheet(visit: Visit, building: Building | None, by: Actor) -> dict[str, Any]:
    """What the phone is told about a visit."""
    building = building or places.by_id(visit.building_id)
    limits = house().policy.limits
    return {
        "id": visit.id,
        "kind": visit.kind,
        "state": visit.state,
        "presence": visit.presence,
        "reason": visit.reason,
        "unlock": None if visit.shows_people else "scan_second_tag",
        "building": {"code": building.code, "name": building.name, "address": building.address},
        "opened_at": visit.opened_at,
        "closed_at": visit.closed_at,
        "beat_every_s": presence.next_beat_s(state_of(visit), limits),
        "seq": visit.beat_seq,
        "lease": lease_of(visit, by),
        "wipe": [visit.id] if visit.state == "closed" else [],
    }
