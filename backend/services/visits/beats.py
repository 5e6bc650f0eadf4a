"""Staying: beats that renew the lease, mask at the first doubt, and close only when sure."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.db import locked
from backend.errors import BeatOutOfOrder, DeviceUnknown, NotYourArea, SignatureWrong, TagElsewhere
from backend.house import house
from backend.models import Device, Visit
from backend.rules import presence
from backend.rules.geometry import distance_to_footprint_m
from backend.services import places, scope, tags, trail
from backend.services.accounts import devices
from backend.services.visits import opening, states
from backend.verbs import verb


@verb("visit.beat")
def beat(visit_id: str, form: Mapping[str, Any], raw: bytes, *, by: Actor) -> dict[str, Any]:
    """Prove again to be there: a fresh fix, or another tag of the same building"""
    visit = states.own(visit_id, by)
    device = devices.own(visit.device_id, by.account_id)
    if form.get("device_id") not in (None, device.id):
        raise DeviceUnknown(visit_id=visit.id)
    _check_signature(visit, device, raw, form["sig"], by)
    devices.tie(device, by)
    if form["seq"] <= visit.beat_seq:
        raise BeatOutOfOrder(last_seq=visit.beat_seq, visit_id=visit.id)
    if visit.state == "closed":
        return states.sheet(visit, None, by)
    building = places.by_id(visit.building_id)
    footprint, limits = json.loads(building.footprint), house().policy.limits
    if not _may_stay(visit, building, by):
        visit.beat_seq = form["seq"]
        states.close(visit, "scope_revoked", by)
        return states.sheet(visit, building, by)
    if visit.kind in GRANTED:
        visit.beat_seq = form["seq"]
        visit.save()
        _tick(visit)
        return states.sheet(visit, building, by)
    proof, offset = _proof(visit, form), building.learned_offset_m
    after = presence.beat(
        states.state_of(visit),
        proof,
        footprint,
        limits,
        clock.now(),
        seq=form["seq"],
        learned_offset_m=offset,
        trusted_receiver=device.external_receiver,
    )
    if isinstance(proof, presence.Fix):
        # A wild fix must not make the way to the next house look like a flight.
        if presence.is_inside(proof, footprint, limits, learned_offset_m=offset):
            visit.lat, visit.lon = proof.lat, proof.lon
        metres = distance_to_footprint_m(proof.position, footprint)
        opening.keep_fix(visit, form["seq"], proof, metres, after.flags)
    states.keep_state(visit, after, by)
    return states.sheet(visit, building, by)


# Opened by somebody's word for a fixed time; positions neither prolong nor end them.
GRANTED = ("remote", "break_glass")


def _check_signature(visit: Visit, device: Device, raw: bytes, signature: str, by: Actor) -> None:
    try:
        devices.check_signature(device, raw, signature)
    except SignatureWrong as refusal:
        refusal.facts["visit_id"] = visit.id
        refusal.aftermath = lambda: states.close_all(by, "signature_wrong", alarm=True)
        raise


def _may_stay(visit: Visit, building: Any, by: Actor) -> bool:
    """Whether role, area and the scanned tag still stand since the last beat."""
    if visit.tag is not None and not tags.is_bound(visit.tag):
        return False
    try:
        scope.check(by, "visit.begin", building.id, building.area.path)
    except NotYourArea:
        return False
    return True


def _proof(visit: Visit, form: Mapping[str, Any]) -> presence.Fix | presence.TagScan:
    if form.get("tag") is None:
        return opening.fix_of(form["fix"])
    tag = tags.resolve(form["tag"])
    if tag.building_id != visit.building_id:
        raise TagElsewhere(visit_id=visit.id)
    return presence.TagScan(tag.code)


@verb("visit.end")
def end(visit_id: str, *, by: Actor) -> dict[str, Any]:
    """Leave: the lease ends at once"""
    visit = states.own(visit_id, by)
    states.close(visit, "ended_by_worker", by)
    return states.sheet(visit, None, by)


@verb("visit.show")
def show(visit_id: str, *, by: Actor) -> dict[str, Any]:
    """One's own visit as it stands now"""
    visit = states.own(visit_id, by)
    _tick(visit)
    # Leases go to who signs: with a copied token one could read along for as long as it lives.
    return {**states.sheet(visit, None, by), "lease": None}


@verb("visit.wiped")
def wiped(visit_id: str, *, by: Actor) -> None:
    """The phone says that it has dropped what it held of a visit"""
    visit = states.own(visit_id, by)
    visit.wiped_at = clock.now()
    visit.save()
    trail.write(by, "visit.wiped", visit_id=visit.id, building_id=visit.building_id)


def sweep() -> int:
    """Let time do its work on visits nobody asks about: lapse, idleness, silence."""
    changed = 0
    for visit in locked(Visit.select().where(_may_be_over(clock.now()))):
        changed += _tick(visit)
    return changed


def _may_be_over(now: datetime) -> Any:
    """Open visits that `presence.tick` could change. To ask each of a thousand would hold up
    every scan for a tenth of a second (measured)."""
    limits = house().policy.limits
    return (Visit.state != "closed") & (
        (Visit.lease_until <= now)
        | (Visit.last_read_at <= now - timedelta(seconds=limits.idle_s))
        | (Visit.last_presence_at <= now - timedelta(seconds=limits.silence_to_close_s))
        | (Visit.opened_at <= now - timedelta(seconds=limits.visit_max_s))
    )


def _tick(visit: Visit) -> bool:
    if visit.state == "closed":
        return False
    if visit.kind in GRANTED:
        if visit.lease_until > clock.now():
            return False
        states.close(visit, "time_over", SYSTEM)
        return True
    before = states.state_of(visit)
    after = presence.tick(before, house().policy.limits, clock.now())
    if after == before:
        return False
    states.keep_state(visit, after, SYSTEM)
    return True
