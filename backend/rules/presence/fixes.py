"""A position a phone claims: what it proves about a building, and what makes it doubtful."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

from backend.errors import FixImplausible
from backend.rules import datum
from backend.rules.datum import Position
from backend.rules.geometry import Rings, circumradius_m, distance_m, distance_to_footprint_m
from backend.rules.presence.limits import Limits


@dataclass(frozen=True)
class Fix:
    """`lat` and `lon` are WGS-84; `raw_lat` and `raw_lon` are what was sent, meant in `crs`.

    `accuracy_m` is the phone's own 68 % radius; `age_ms` comes from a clock that only runs
    forward. Raises FixImplausible for numbers that no receiver can mean.
    """

    lat: float
    lon: float
    accuracy_m: float
    age_ms: int
    provider: str
    is_mock: bool
    crs: str
    raw_lat: float
    raw_lon: float
    satellites: int | None = None
    altitude_m: float | None = None

    def __post_init__(self) -> None:
        numbers = (self.lat, self.lon, self.accuracy_m, self.raw_lat, self.raw_lon)
        if not all(map(isfinite, numbers)) or self.accuracy_m < 0 or self.age_ms < 0:
            raise FixImplausible()
        if abs(self.lat) > 90 or abs(self.lon) > 180:
            raise FixImplausible()

    @property
    def position(self) -> Position:
        return Position(self.lat, self.lon)


def reported(
    *,
    lat: float,
    lon: float,
    crs: str | None,
    accuracy_m: float,
    age_ms: int,
    provider: str = "unknown",
    is_mock: bool = False,
    satellites: int | None = None,
    altitude_m: float | None = None,
) -> Fix:
    """A fix as a phone sends it. Raises what `datum.to_wgs84` raises, and FixImplausible."""
    at = datum.to_wgs84(lat, lon, crs)
    return Fix(
        lat=at.lat,
        lon=at.lon,
        accuracy_m=accuracy_m,
        age_ms=age_ms,
        provider=provider,
        is_mock=is_mock,
        crs=datum.known_crs(crs),
        raw_lat=lat,
        raw_lon=lon,
        satellites=satellites,
        altitude_m=altitude_m,
    )


# --- Near or far -------------------------------------------------------------------------


def opening_radius_m(footprint: Rings, limits: Limits, learned_offset_m: float = 0.0) -> float:
    """How far from its walls a building can still be opened.

    `learned_offset_m` is how far accepted fixes usually lie off at this building; it widens
    the radius where high walls bend the signal.
    """
    radius = circumradius_m(footprint) + limits.radius_margin_m
    radius = min(max(radius, limits.radius_min_m), limits.radius_max_m)
    return min(radius + max(learned_offset_m, 0.0), limits.radius_learned_max_m)


def reach_m(fix: Fix, footprint: Rings, limits: Limits) -> float:
    """Metres from the walls at the nearest, giving the fix (a part of) its own error."""
    away = distance_to_footprint_m(fix.position, footprint)
    return away - min(fix.accuracy_m, limits.accuracy_credit_m)


def is_inside(fix: Fix, footprint: Rings, limits: Limits, *, learned_offset_m: float = 0.0) -> bool:
    """Whether the fix proves presence: fresh, sharp and near enough."""
    return _is_usable(fix, limits) and reach_m(fix, footprint, limits) <= opening_radius_m(
        footprint, limits, learned_offset_m
    )


def is_convincingly_outside(
    fix: Fix, footprint: Rings, limits: Limits, *, learned_offset_m: float = 0.0
) -> bool:
    """Whether the fix proves absence. A vague, stale or borderline one proves neither."""
    return _is_usable(fix, limits) and reach_m(fix, footprint, limits) > (
        opening_radius_m(footprint, limits, learned_offset_m) + limits.exit_margin_m
    )


def _is_usable(fix: Fix, limits: Limits) -> bool:
    return (
        fix.age_ms <= limits.fix_age_beat_s * 1000 and fix.accuracy_m <= limits.accuracy_refused_m
    )


def is_located(accuracy_m: float, distances_m: Sequence[float], limits: Limits) -> bool:
    """Whether a position alone tells the building, without a scan.

    `distances_m` are those to every footprint around. The fix must be sharp, touch the
    nearest building with its own error, and have the next one further than three times that.
    """
    if not distances_m or not 0 < accuracy_m <= limits.located_accuracy_m:
        return False
    nearest, *others = sorted(distances_m)
    alone = not others or others[0] > limits.located_ratio * accuracy_m
    return nearest <= accuracy_m and alone


# --- Too good to be true -----------------------------------------------------------------


class Trace(NamedTuple):
    """What is remembered of a fix, to see whether the next ones tremble as real ones do."""

    lat: float
    lon: float
    provider: str


def trace_of(fix: Fix) -> Trace:
    """The numbers as sent, to the 7 decimals (1 cm) in which spoofed fixes repeat."""
    return Trace(round(fix.raw_lat, 7), round(fix.raw_lon, 7), fix.provider)


def doubts(fix: Fix, *, trusted_receiver: bool = False) -> tuple[str, ...]:
    """What is suspicious in one fix alone: "mock", "zero-accuracy", "zero-altitude".

    None of them is proof, all of them are cheap; an external receiver that the district
    trusts reaches the phone through the mock interface and is excused.
    """
    if trusted_receiver:
        return ()
    found = []
    if fix.is_mock:
        found.append("mock")
    if fix.accuracy_m == 0:
        found.append("zero-accuracy")
    if fix.altitude_m == 0:
        found.append("zero-altitude")
    return tuple(found)


def doubts_in_a_row(
    recent: Sequence[Trace], limits: Limits, *, trusted_receiver: bool = False
) -> tuple[str, ...]:
    """What is suspicious in the last fixes together: "identical" or "no-jitter"."""
    last = recent[-limits.identical_beats :]
    if trusted_receiver or len(last) < limits.identical_beats:
        return ()
    if len({(trace.lat, trace.lon) for trace in last}) == 1:
        return ("identical",)
    # A phone asks satellites, Wi-Fi and cells; a spoofing app answers as "gps" alone.
    if all(trace.provider.lower() == "gps" for trace in last):
        first = Position(last[0].lat, last[0].lon)
        moved = max(distance_m(first, Position(t.lat, t.lon)) for t in last)
        if moved < limits.jitter_min_m:
            return ("no-jitter",)
    return ()
