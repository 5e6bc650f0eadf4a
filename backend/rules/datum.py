"""Which point on earth a pair of numbers means: WGS-84, GCJ-02, BD-09 and CGCS2000.

Chinese maps are shifted on purpose: the same numbers read in the wrong datum lie about 600 m
(GCJ-02) or 1,200 m (BD-09) away in Shenzhen, further than an urban village is wide. So every
position that comes in says its datum and becomes WGS-84 here, once.

The forward formulas are the public ones (Krasovsky ellipsoid for GCJ-02). They have no closed
inverse; ours is iterated to less than a millimetre.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, isfinite, pi, radians, sin, sqrt
from typing import Literal, NamedTuple, get_args

from backend.errors import DatumMissing, DatumUnknown, FixImplausible, OutsideChina

CRS = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]


class Position(NamedTuple):
    """A point in WGS-84 degrees."""

    lat: float
    lon: float


def to_wgs84(lat: float, lon: float, crs: str | None) -> Position:
    """The WGS-84 point that these degrees mean in `crs`, to 0.01 m.

    Raises DatumMissing, DatumUnknown, OutsideChina (GCJ-02 and BD-09 exist only there) and
    FixImplausible for numbers that are no place at all.
    """
    datum = known_crs(crs)
    if not (isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise FixImplausible()
    return _TO_WGS84[datum](Position(lat, lon))


def from_wgs84(position: Position, crs: str | None) -> tuple[float, float]:
    """(lat, lon) of a WGS-84 point in `crs`. Raises as `to_wgs84` does."""
    return _FROM_WGS84[known_crs(crs)](position)


def known_crs(crs: str | None) -> CRS:
    """The datum's one spelling: "GCJ-02" and "gcj02" are the same."""
    if not crs:
        raise DatumMissing()
    wanted = crs.lower().replace("-", "")
    for known in _ALL:
        if wanted == known:
            return known
    raise DatumUnknown(crs=crs[:20])


_ALL: tuple[CRS, ...] = get_args(CRS)

# --- The shifts --------------------------------------------------------------------------

_A = 6378245.0  # Krasovsky 1940, metres
_EE = 0.00669342162296594323  # its first eccentricity, squared
_BD_TURNS = pi * 3000 / 180


def _same(point: Position) -> Position:
    """CGCS2000 and WGS-84 differ by centimetres, less than any phone can tell."""
    return point


def _to_gcj02(point: Position) -> Position:
    _check_in_china(point)
    lat, lon = point
    x, y = lon - 105.0, lat - 35.0
    both = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y / 30.0 * pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    flat = 1 - _EE * sin(radians(lat)) ** 2
    metres_north = radians(_A * (1 - _EE) / (flat * sqrt(flat)))  # a degree of latitude
    metres_east = radians(_A / sqrt(flat) * cos(radians(lat)))  # a degree of longitude
    return Position(lat + north / metres_north, lon + east / metres_east)


def _gcj02_to_bd09(point: Position) -> Position:
    lat, lon = point
    length = hypot(lon, lat) + 0.00002 * sin(lat * _BD_TURNS)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD_TURNS)
    return Position(length * sin(angle) + 0.006, length * cos(angle) + 0.0065)


def _to_bd09(point: Position) -> Position:
    return _gcj02_to_bd09(_to_gcj02(point))


def _inverse(forward: Callable[[Position], Position]) -> Callable[[Position], Position]:
    """Undo a shift: move the guess by what is still missing until less than 0.1 mm is."""

    def undo(target: Position) -> Position:
        _check_in_china(target)
        guess = target
        for _ in range(20):  # Four to six rounds are enough: a round shrinks the error 200-fold.
            reached = forward(guess)
            missing = (target.lat - reached.lat, target.lon - reached.lon)
            guess = Position(guess.lat + missing[0], guess.lon + missing[1])
            if max(map(abs, missing)) < 1e-9:
                break
        return guess

    return undo


def _check_in_china(point: Position) -> None:
    """The box within which map vendors shift."""
    if not (0.8293 <= point.lat <= 55.8271 and 72.004 <= point.lon <= 137.8347):
        raise OutsideChina()


_FROM_WGS84: dict[CRS, Callable[[Position], Position]] = {
    "wgs84": _same,
    "cgcs2000": _same,
    "gcj02": _to_gcj02,
    "bd09": _to_bd09,
}
_TO_WGS84: dict[CRS, Callable[[Position], Position]] = {
    "wgs84": _same,
    "cgcs2000": _same,
    "gcj02": _inverse(_to_gcj02),
    "bd09": _inverse(_to_bd09),
}
