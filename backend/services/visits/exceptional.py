"""Seeing without standing there: break-glass for officers, remote visits a supervisor grants.

Both last a fixed time, tell somebody at once, and are looked at afterwards.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound, SecondPersonNeeded
from backend.house import house
from backend.models import Account, Building, Visit
from backend.services import notices, places, scope, trail
from backend.services.accounts import devices
from backend.services.visits import states
from backend.verbs import verb

BREAK_GLASS_REASONS = ("life_in_danger", "fire", "crime_in_progress", "missing_person")
VERDICTS = ("justified", "not_justified")


@verb("break-glass.begin")
def break_glass(
    building_code: str, reason_code: str, reason_text: str, *, by: Actor
) -> dict[str, Any]:
    """Open a building's people for 15 minutes in an emergency; the supervisor is told at once"""
    if reason_code not in BREAK_GLASS_REASONS:
        raise Invalid(errors={"reason_code": [f"One of {', '.join(BREAK_GLASS_REASONS)}."]})
    building = places.find_building(building_code)
    scope.check(by, "break-glass.begin", building.id, building.area.path)
    seconds = house().policy.limits.break_glass_s
    visit = _open("break_glass", building, by.account_id, _device_of(by), seconds, by)
    visit.reason_code, visit.reason_text = reason_code, reason_text
    visit.save()
    _tell(visit, building, by, "break-glass")
    return states.sheet(visit, building, by)


@verb("remote-visit.grant")
def grant_remote(building_code: str, account: str, reason: str, *, by: Actor) -> dict[str, Any]:
    """Let a worker see a building for 30 minutes from elsewhere, with a reason"""
    building = places.find_building(building_code)
    scope.check_area(by, "remote-visit.grant", building.area.path)
    worker = Account.get_or_none((Account.name == account) & (Account.active == True))  # noqa: E712
    if worker is None:
        raise NotFound(noun="account")
    if worker.id == by.account_id:
        raise SecondPersonNeeded()
    seconds = house().policy.limits.remote_visit_s
    visit = _open("remote", building, worker.id, None, seconds, by)
    visit.reason_text, visit.granted_by = reason, by.name
    visit.save()
    notices.tell_account(worker.id, "remote-visit", {"visit": visit.id, "building": building.code})
    trail.write(
        by,
        "remote-visit.grant",
        visit_id=visit.id,
        building_id=building.id,
        area_path=building.area.path,
        facts={"account": worker.name, "seconds": seconds},
    )
    return {**states.sheet(visit, building, by), "lease": None}


@verb("remote-visit.take")
def take_remote(visit_id: str, *, by: Actor) -> dict[str, Any]:
    """Take up a remote visit that was granted to me, on this device"""
    visit = states.own(visit_id, by)
    if visit.kind != "remote" or visit.state != "open" or visit.lease_until <= clock.now():
        raise NotFound(noun="remote visit")
    building = places.by_id(visit.building_id)
    scope.check(by, "remote-visit.take", building.id, building.area.path)
    visit.device_id = _device_of(by)
    visit.session_id = by.session_id or ""
    visit.save()
    trail.write(by, "remote-visit.take", visit_id=visit.id, building_id=building.id)
    return states.sheet(visit, building, by)


@verb("break-glass.list", reads=True)
def to_review(*, by: Actor) -> list[dict[str, Any]]:
    """Exceptional visits in my areas that nobody has reviewed yet, oldest first"""
    rows = (
        Visit.select(Visit, Account.name.alias("worker"))
        .join(Account, on=(Visit.account_id == Account.id))
        .where(Visit.kind.in_(("break_glass", "remote")) & Visit.reviewed_at.is_null())
        .order_by(Visit.opened_at)
        .objects()
    )
    found = []
    for visit in rows:
        building = places.by_id(visit.building_id)
        if scope.holds_area(by, "break-glass.list", building.area.path):
            found.append(_review_view(visit, building))
    return found


@verb("break-glass.review")
def review(visit_id: str, verdict: str, *, by: Actor) -> None:
    """Say whether an exceptional visit was justified; not by whoever made or granted it"""
    if verdict not in VERDICTS:
        raise Invalid(errors={"verdict": [f"One of {', '.join(VERDICTS)}."]})
    visit = Visit.get_or_none((Visit.id == visit_id) & Visit.kind.in_(("break_glass", "remote")))
    if visit is None:
        raise NotFound(noun="visit")
    building = places.by_id(visit.building_id)
    scope.check_area(by, "break-glass.review", building.area.path)
    if by.account_id == visit.account_id or by.name == visit.granted_by:
        raise SecondPersonNeeded()
    if visit.reviewed_at is not None:
        raise Conflict()
    visit.reviewed_by, visit.reviewed_at, visit.verdict = by.name, clock.now(), verdict
    visit.save()
    trail.write(
        by,
        "break-glass.review",
        visit_id=visit.id,
        building_id=building.id,
        facts={"verdict": verdict},
    )


def remind_reviews() -> int:
    """Tell the supervisors of visits still unreviewed after 24 hours; once each."""
    within = timedelta(seconds=house().policy.limits.break_glass_review_s)
    late = Visit.select().where(
        Visit.kind.in_(("break_glass", "remote"))
        & Visit.reviewed_at.is_null()
        & (Visit.opened_at < clock.now() - within)
        & Visit.verdict.is_null()
    )
    told = 0
    for visit in late:
        building = places.by_id(visit.building_id)
        facts = {"visit": visit.id, "building": building.code}
        notices.tell_role("supervisor", building.area.path, "review-late", facts)
        visit.verdict = "late"
        visit.save()
        told += 1
    return told


def _open(
    kind: str, building: Building, account_id: int, device_id: str | None, seconds: int, by: Actor
) -> Visit:
    now: datetime = clock.now()
    return Visit.create(
        id=secrets.token_hex(16),
        account_id=account_id,
        device_id=device_id or "",
        session_id=by.session_id or "",
        building_id=building.id,
        kind=kind,
        state="open",
        presence="unverified",
        shows_people=True,
        opened_at=now,
        lease_until=now + timedelta(seconds=seconds),
        last_presence_at=now,
        last_read_at=now,
    )


def _device_of(by: Actor) -> str:
    """Even without a position, only an enrolled device opens people."""
    return devices.own(by.device_id or "", by.account_id).id


def _tell(visit: Visit, building: Building, by: Actor, kind: str) -> None:
    facts = {"account": by.name, "building": building.code, "visit": visit.id}
    notices.tell_role("supervisor", building.area.path, kind, facts)
    trail.write(
        by,
        f"{kind}.begin",
        visit_id=visit.id,
        building_id=building.id,
        area_path=building.area.path,
        facts={"reason_code": visit.reason_code, "until": str(visit.lease_until)},
    )


def _review_view(visit: Any, building: Building) -> dict[str, Any]:
    return {
        "id": visit.id,
        "kind": visit.kind,
        "account": visit.worker,
        "building": building.code,
        "opened_at": visit.opened_at,
        "reason_code": visit.reason_code,
        "reason_text": visit.reason_text,
        "granted_by": visit.granted_by,
    }
