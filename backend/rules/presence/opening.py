"""May a scan open a building: the fix that comes with it is judged, in this order.

Too old, too vague, too far (or only in the wrong datum), an impossible journey: refused, with
what to do about it. Doubtful but near: opened, and people stay closed until a second tag of
the building is scanned. Satellites never block work, only the sight of people.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.errors import (
    DatumSuspect,
    FixTooOld,
    FixTooVague,
    ImpossibleJourney,
    OutsideChina,
    TooFar,
)
from backend.rules import datum
from backend.rules.datum import Position
from backend.rules.geometry import Rings, distance_m, distance_to_footprint_m
from backend.rules.presence.fixes import Fix, doubts, opening_radius_m
from backend.rules.presence.limits import Limits

Presence = Literal["verified", "weak", "unverified"]


@dataclass(frozen=True)
class Anchor:
    """Where the worker's last accepted fix was, and when."""

    position: Position
    at: datetime


@dataclass(frozen=True)
class Opening:
    """`metres` from the walls; `flags` says what was noticed, "vague" and "fast" included."""

    presence: Presence
    metres: float
    flags: tuple[str, ...]

    @property
    def opens_people(self) -> bool:
        """A weak opening shows people only after a second tag of the building."""
        return self.presence == "verified"


def judge_opening(
    fix: Fix,
    footprint: Rings,
    limits: Limits,
    *,
    anchor: Anchor | None,
    now: datetime,
    trusted_receiver: bool = False,
    learned_offset_m: float = 0.0,
) -> Opening:
    """What a fix is worth at the building whose tag was scanned.

    Raises FixTooOld, FixTooVague, DatumSuspect, TooFar and ImpossibleJourney, in this order.
    """
    _check_age(fix, limits)
    _check_accuracy(fix, limits)
    flags = list(doubts(fix, trusted_receiver=trusted_receiver))
    if fix.accuracy_m > limits.accuracy_full_m:
        flags.append("vague")
    presence: Presence = "weak" if flags else "verified"
    metres = _check_distance(fix, footprint, limits, learned_offset_m)
    if _check_journey(fix, anchor, now, limits):
        flags.append("fast")
    return Opening(presence, metres, tuple(flags))


def _check_age(fix: Fix, limits: Limits) -> None:
    if fix.age_ms > limits.fix_age_open_s * 1000:
        raise FixTooOld(age_s=-(-fix.age_ms // 1000), limit_s=limits.fix_age_open_s)


def _check_accuracy(fix: Fix, limits: Limits) -> None:
    if fix.accuracy_m > limits.accuracy_refused_m:
        raise FixTooVague(accuracy=round(fix.accuracy_m), limit=round(limits.accuracy_refused_m))


def _check_distance(fix: Fix, footprint: Rings, limits: Limits, learned_offset_m: float) -> float:
    metres = distance_to_footprint_m(fix.position, footprint)
    radius = opening_radius_m(footprint, limits, learned_offset_m)
    if metres - min(fix.accuracy_m, limits.accuracy_credit_m) <= radius:
        return metres
    likely = _datum_that_fits(fix, footprint, limits)
    if likely is not None:
        raise DatumSuspect(metres=round(metres), crs=fix.crs, likely=likely)
    raise TooFar(metres=round(metres), accuracy=round(fix.accuracy_m), limit=round(radius))


def _datum_that_fits(fix: Fix, footprint: Rings, limits: Limits) -> str | None:
    """The datum in which the same numbers lie at the building: a hint, never an acceptance."""
    said = datum.known_crs(fix.crs)
    for other in ("wgs84", "gcj02", "bd09"):
        if other == said or (said == "cgcs2000" and other == "wgs84"):
            continue
        try:
            meant = datum.to_wgs84(fix.raw_lat, fix.raw_lon, other)
        except OutsideChina:
            continue
        if distance_to_footprint_m(meant, footprint) <= limits.datum_suspect_m:
            return other
    return None


def _check_journey(fix: Fix, anchor: Anchor | None, now: datetime, limits: Limits) -> bool:
    """Whether the worker came remarkably fast; refuses what no train can do."""
    if anchor is None:
        return False
    seconds = (now - anchor.at).total_seconds()
    # Two fixes of one moment tell nothing about speed, and nobody remembers an hour later.
    if not limits.journey_anchor_min_s <= seconds <= limits.journey_anchor_max_s:
        return False
    speed = distance_m(anchor.position, fix.position) / seconds
    if speed > limits.journey_refused_mps:
        raise ImpossibleJourney(speed_kmh=round(speed * 3.6))
    return speed > limits.journey_flagged_mps
