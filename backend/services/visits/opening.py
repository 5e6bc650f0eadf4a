"""Opening a visit: challenge, scan, fix, signature; each refusal says what to do."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.errors import (
    NonceExpired,
    NonceUnknown,
    NonceUsed,
    Refused,
    ScanNeeded,
    SignatureWrong,
    TooFar,
    TooManyBuildings,
)
from backend.house import house
from backend.models import Building, Challenge, Device, Fix, Visit
from backend.rules import datum, presence
from backend.services import notices, places, scope, tags, trail
from backend.services.accounts import devices
from backend.services.visits import moved, states
from backend.verbs import verb


@dataclass(frozen=True)
class Issued:
    """A challenge: scan and measure after it, answer before it expires."""

    nonce: str
    expires_in: int
    server_time: Any


@verb("visit.challenge")
def challenge(device_id: str | None, *, by: Actor) -> Issued:
    """Ask for a nonce; what is scanned after it cannot have been recorded before it"""
    device_id = device_id or by.device_id
    if device_id is not None:
        devices.own(device_id, by.account_id)
    now = clock.now()
    nonce = secrets.token_urlsafe(24)
    Challenge.create(nonce=nonce, account_id=by.account_id, device_id=device_id, issued_at=now)
    return Issued(nonce, house().policy.limits.nonce_life_s, now)


def fix_of(sent: Mapping[str, Any]) -> presence.Fix:
    """A sent fix with its position turned into WGS-84. Refuses a missing or unknown datum."""
    return presence.reported(
        lat=sent["lat"],
        lon=sent["lon"],
        crs=sent["crs"],
        accuracy_m=sent["accuracy_m"],
        age_ms=sent["age_ms"],
        provider=sent["provider"],
        is_mock=sent["is_mock"],
        satellites=sent["satellites"],
        altitude_m=sent["altitude_m"],
    )


@verb("visit.begin")
def begin(form: Mapping[str, Any], raw: bytes, *, by: Actor) -> dict[str, Any]:
    """Open a visit at the building whose tag was scanned; people open while the lease lives"""
    device = devices.own(form["device_id"], by.account_id)
    _check_signature(device, raw, form["sig"], by)
    devices.tie(device, by)
    _use_nonce(form["nonce"], device, by)
    tag = tags.resolve(form["tag"]) if form["tag"] is not None else None
    building = places.by_id(tag.building_id) if tag else places.find_building(form["building"])
    path = building.area.path
    roles = scope.check(by, "visit.begin", building.id, path)
    fix = fix_of(form["fix"])
    judged = _judge(fix, building, device, by, tag.code if tag else None)
    if tag is None:
        _check_located(fix, building)
    _check_budget(building.id, by)
    states.close_others(by, device)
    if tag and tag.accepted_at is None and judged.presence == "verified":
        tags.accept(tag.code)
    visit = _create(building, tag.code if tag else None, device, fix, judged, by)
    trail.write(
        by,
        "visit.begin",
        roles=roles,
        visit_id=visit.id,
        building_id=building.id,
        area_path=path,
        place=(fix.lat, fix.lon),
        facts={
            "tag": visit.tag,
            "metres": round(judged.metres, 1),
            "accuracy_m": fix.accuracy_m,
            "presence": judged.presence,
            "flags": list(judged.flags),
            "device_time": str(form.get("device_time")),
        },
    )
    return states.sheet(visit, building, by)


def _check_signature(device: Device, raw: bytes, signature: str, by: Actor) -> None:
    try:
        devices.check_signature(device, raw, signature)
    except SignatureWrong as refusal:
        # A copied token on another phone: whoever holds it, the open visit is no longer safe.
        refusal.aftermath = lambda: states.close_all(by, "signature_wrong", alarm=True)
        raise


def _use_nonce(nonce: str, device: Device, by: Actor) -> None:
    found = Challenge.get_or_none(Challenge.nonce == nonce)
    if found is None or found.account_id != by.account_id:
        raise NonceUnknown()
    if found.device_id is not None and found.device_id != device.id:
        raise NonceUnknown()
    if found.used_at is not None:
        raise NonceUsed()
    now = clock.now()
    if now - found.issued_at > timedelta(seconds=house().policy.limits.nonce_life_s):
        raise NonceExpired()
    is_first = Challenge.update(used_at=now).where(
        (Challenge.nonce == nonce) & Challenge.used_at.is_null()
    )
    if not is_first.execute():  # PostgreSQL: somebody else was faster.
        raise NonceUsed()


def _check_located(fix: presence.Fix, building: Building) -> None:
    """Without a scan the position must tell the building all by itself."""
    limits = house().policy.limits
    near = places.around(fix.position, limits.located_ratio * limits.located_accuracy_m)
    is_nearest = bool(near) and near[0][1] == building.id
    distances = [metres for metres, _ in near]
    if not is_nearest or not presence.is_located(fix.accuracy_m, distances, limits):
        raise ScanNeeded(building_id=building.id)


def _judge(
    fix: presence.Fix, building: Building, device: Device, by: Actor, tag: str | None
) -> presence.Opening:
    last = (
        Visit.select(Visit.lat, Visit.lon, Visit.last_presence_at)
        .where((Visit.account_id == by.account_id) & Visit.lat.is_null(False))
        .order_by(Visit.last_presence_at.desc())
        .first()
    )
    anchor = (
        presence.Anchor(datum.Position(last.lat, last.lon), last.last_presence_at) if last else None
    )
    try:
        return presence.judge_opening(
            fix,
            json.loads(building.footprint),
            house().policy.limits,
            anchor=anchor,
            now=clock.now(),
            trusted_receiver=device.external_receiver,
            learned_offset_m=building.learned_offset_m,
        )
    except TooFar as refusal:
        refusal.facts |= {"building_id": building.id, "place": (fix.lat, fix.lon)}
        if tag is not None:
            refusal.facts["tag"] = tag
            refusal.aftermath = lambda: _after_far_scan(fix, building, tag, by)
        raise
    except Refused as refusal:
        refusal.facts["building_id"] = building.id
        raise


def _after_far_scan(fix: presence.Fix, building: Building, tag: str, by: Actor) -> None:
    """Once the refusal is on the trail: is it a habit, or has the tag been moved?"""
    _count_far_scans(building, by)
    moved.suspect(tag, building, fix.position)


def _count_far_scans(building: Building, by: Actor) -> None:
    """The third scan from too far in a day is told to the supervisor."""
    since = clock.now() - timedelta(days=1)
    far = trail.count(by.account_id, "visit.begin", outcome="too-far", since=since)
    if far == house().policy.limits.far_scans_a_day:
        notices.tell_role(
            "supervisor",
            building.area.path,
            "far-scans",
            {"account": by.name, "building": building.code, "times": far},
        )


def _check_budget(building_id: int, by: Actor) -> None:
    """A worker opens so many buildings an hour; more looks like harvesting."""
    most = house().policy.limits.buildings_per_hour
    hour_ago = clock.now() - timedelta(hours=1)
    rows = (
        Visit.select(Visit.building_id, Visit.opened_at)
        .where((Visit.account_id == by.account_id) & (Visit.opened_at > hour_ago))
        .order_by(Visit.opened_at)
    )
    opened = {row.building_id: row.opened_at for row in rows}
    if building_id not in opened and len(opened) >= most:
        wait = min(opened.values()) - hour_ago
        raise TooManyBuildings(opened=len(opened), retry_after_s=int(wait.total_seconds()) + 1)


def _create(
    building: Building,
    tag: str | None,
    device: Device,
    fix: presence.Fix,
    judged: presence.Opening,
    by: Actor,
) -> Visit:
    now = clock.now()
    visit = Visit(
        id=secrets.token_hex(16),
        account_id=by.account_id,
        device_id=device.id,
        session_id=by.session_id,
        building_id=building.id,
        lat=fix.lat,
        lon=fix.lon,
        tag=tag,
    )
    states.fill(visit, _begun(now, judged, fix, tag))
    visit.save(force_insert=True)
    keep_fix(visit, 0, fix, judged.metres, judged.flags)
    return visit


def _begun(
    now: datetime, judged: presence.Opening, fix: presence.Fix, tag: str | None
) -> presence.VisitState:
    limits = house().policy.limits
    kind: presence.Kind = "scan" if tag else "located"
    return presence.begun(limits, now, kind=kind, opening=judged, fix=fix, tag=tag)


def keep_fix(
    visit: Visit, seq: int, fix: presence.Fix, metres: float, flags: tuple[str, ...] | list[str]
) -> None:
    """Remember a claimed position, for 90 days."""
    Fix.create(
        visit_id=visit.id,
        seq=seq,
        at=clock.now(),
        age_ms=fix.age_ms,
        lat=fix.lat,
        lon=fix.lon,
        accuracy_m=fix.accuracy_m,
        crs=fix.crs,
        provider=fix.provider,
        is_mock=fix.is_mock,
        metres=metres,
        flags=",".join(flags),
    )
