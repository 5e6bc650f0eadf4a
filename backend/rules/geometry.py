"""Distances on the ground and in and out of a building's footprint, in metres.

Everything happens within a few kilometres, so the earth is unrolled around one point with the
WGS-84 radii of curvature there. Against the exact geodesic in Shenzhen a distance is wrong by
less than 1 mm up to 10 km and 20 cm at 75 km, a destination or a wall by 1 mm at 100 m and
4 cm at 1 km: far less than any phone knows.
"""

from collections.abc import Iterator, Sequence
from math import cos, hypot, isfinite, radians, sin, sqrt

from backend.rules.datum import Position

Ring = Sequence[Sequence[float]]
"""Corners as GeoJSON has them, [lon, lat] in WGS-84 degrees, the first repeated as the last."""

Rings = Sequence[Ring]
"""A GeoJSON polygon: the outline, then its courtyards. More outlines may follow one another:
what lies in an odd number of rings is inside. A ring of one corner is a plain point."""

_A = 6378137.0  # WGS-84, metres
_E2 = 0.00669437999014  # its first eccentricity, squared


def distance_m(a: Position, b: Position) -> float:
    """Metres between two points."""
    north, east = _metres_per_degree((a.lat + b.lat) / 2)
    return hypot((b.lat - a.lat) * north, _turn(b.lon - a.lon) * east)


def destination(position: Position, bearing_deg: float, metres: float) -> Position:
    """Where one stands after walking `metres` towards `bearing_deg` (0 north, 90 east)."""
    north, _ = _metres_per_degree(position.lat)
    lat = position.lat + metres * cos(radians(bearing_deg)) / north
    _, east = _metres_per_degree((position.lat + lat) / 2)
    return Position(lat, position.lon + metres * sin(radians(bearing_deg)) / east)


def distance_to_footprint_m(position: Position, rings: Rings) -> float:
    """Metres from the nearest wall, 0 inside. Raises ValueError for a footprint of nothing."""
    north, east = _metres_per_degree(position.lat)
    lat, lon = position
    inside = False
    nearest = float("inf")  # squared
    for ring in rings:
        corners = [((c[0] - lon) * east, (c[1] - lat) * north) for c in ring]
        if not corners:
            continue
        ax, ay = corners[-1]
        for bx, by in corners:
            # A ray from here to the east crosses the walls an odd number of times from inside.
            if (ay > 0) != (by > 0) and ax + (bx - ax) * ay / (ay - by) > 0:
                inside = not inside
            wx, wy = bx - ax, by - ay
            length = wx * wx + wy * wy
            along = -(ax * wx + ay * wy) / length if length else 0.0
            along = 0.0 if along < 0.0 else 1.0 if along > 1.0 else along
            dx, dy = ax + along * wx, ay + along * wy
            away = dx * dx + dy * dy
            if away < nearest:
                nearest = away
            ax, ay = bx, by
    if nearest == float("inf"):
        raise ValueError("a footprint needs at least one corner")
    return 0.0 if inside else sqrt(nearest)


def circumradius_m(rings: Rings) -> float:
    """Metres from the centroid to the farthest corner."""
    middle = centroid(rings)
    return max(distance_m(middle, Position(c[1], c[0])) for ring in rings for c in ring)


def centroid(rings: Rings) -> Position:
    """The centre of area of the outline (courtyards do not move it); of a line or a point,
    the mean of its corners. Raises ValueError for a footprint of nothing."""
    if not rings or not rings[0]:
        raise ValueError("a footprint needs at least one corner")
    first_lon, first_lat = rings[0][0][0], rings[0][0][1]
    # Measured from the first corner: products of whole degrees would lose the centimetres.
    corners = [(c[0] - first_lon, c[1] - first_lat) for c in rings[0]]
    area = x = y = 0.0
    for (ax, ay), (bx, by) in _walls(corners):
        cross = ax * by - bx * ay
        area += cross
        x += (ax + bx) * cross
        y += (ay + by) * cross
    if abs(area) < 1e-14:  # less than a hand's width of ground
        x = sum(c[0] for c in corners) / len(corners)
        y = sum(c[1] for c in corners) / len(corners)
    else:
        x, y = x / (3 * area), y / (3 * area)
    return Position(first_lat + y, first_lon + x)


def is_valid_ring(ring: Ring) -> bool:
    """Closed, at least a triangle, on this earth, and with ground inside.

    A ring that crosses itself is accepted: real footprints do, and in-or-out stays defined.
    """
    if len(ring) < 4 or any(len(c) < 2 for c in ring) or tuple(ring[0]) != tuple(ring[-1]):
        return False
    if not all(isfinite(c[0]) and isfinite(c[1]) for c in ring):
        return False
    if not all(abs(c[0]) <= 180 and abs(c[1]) <= 90 for c in ring):
        return False
    lon, lat = ring[0][0], ring[0][1]
    corners = [(c[0] - lon, c[1] - lat) for c in ring]
    # A crossed ring may enclose as much to the left as to the right, so ask for breadth.
    return any(abs(ax * by - bx * ay) > 1e-14 for ax, ay in corners for bx, by in corners)


def _walls(
    corners: Sequence[tuple[float, float]],
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    before = corners[-1]
    for corner in corners:
        yield before, corner
        before = corner


def _metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres of a degree (of latitude, of longitude) at this latitude."""
    flat = 1 - _E2 * sin(radians(lat)) ** 2
    return (
        radians(_A * (1 - _E2) / (flat * sqrt(flat))),
        radians(_A / sqrt(flat) * cos(radians(lat))),
    )


def _turn(degrees: float) -> float:
    """A difference of longitudes, the short way round."""
    return (degrees + 180.0) % 360.0 - 180.0 if abs(degrees) > 180.0 else degrees
