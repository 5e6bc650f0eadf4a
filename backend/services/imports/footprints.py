"""Footprints: the rings of a GeoJSON geometry, checked and turned into WGS-84."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from backend.errors import FixImplausible, OutsideChina
from backend.rules import datum, geometry
from backend.services.imports.columns import Wrong

# Shenzhen with its islands and a margin of about 10 km, in WGS-84 degrees.
SOUTH, NORTH, WEST, EAST = 22.30, 22.96, 113.60, 114.75
DIGITS = 7  # A centimetre; more would be noise.
MOST_CORNERS = 20_000

Ring = list[list[float]]


def rings_of(item: Any, crs: str) -> list[Ring]:
    """The rings of a Polygon or MultiPolygon in WGS-84. Raises Wrong."""
    if not isinstance(item, dict) or item.get("type") not in ("Polygon", "MultiPolygon"):
        raise Wrong("must be a Polygon or a MultiPolygon")
    polygons = item.get("coordinates")
    if item["type"] == "Polygon":
        polygons = [polygons]
    rings = [_checked(ring) for ring in _flat(polygons)]
    if not rings:
        raise Wrong("has no ring")
    if sum(map(len, rings)) > MOST_CORNERS:
        raise Wrong(f"has more than {MOST_CORNERS} corners")
    return [_placed(ring, crs) for ring in rings]


def _flat(polygons: Any) -> Iterator[Any]:
    if not isinstance(polygons, list):
        raise Wrong("has no coordinates")
    for polygon in polygons:
        if not isinstance(polygon, list):
            raise Wrong("has coordinates that are no list of rings")
        yield from polygon


def _checked(ring: Any) -> Ring:
    corners_are_numbers = isinstance(ring, list) and all(
        isinstance(corner, list)
        and len(corner) >= 2
        and all(isinstance(value, int | float) for value in corner[:2])
        for corner in ring
    )
    if not corners_are_numbers:
        raise Wrong("has a ring that is no list of [longitude, latitude]")
    if ring and ring[0] != ring[-1]:
        raise Wrong("has a ring that is not closed: its last corner must repeat the first")
    for lon, lat, *_ in ring:
        _check_place(lon, lat)
    if not geometry.is_valid_ring(ring):
        raise Wrong("has a ring that encloses no ground")
    return [[float(corner[0]), float(corner[1])] for corner in ring]


def _check_place(lon: float, lat: float) -> None:
    if SOUTH <= lat <= NORTH and WEST <= lon <= EAST:
        return
    if SOUTH <= lon <= NORTH and WEST <= lat <= EAST:
        raise Wrong("has latitude before longitude; GeoJSON puts the longitude first")
    if abs(lat) > 90 or abs(lon) > 180:
        raise Wrong("is not in degrees; local plane coordinates cannot be loaded")
    raise Wrong("lies outside Shenzhen")


def _placed(ring: Ring, crs: str) -> Ring:
    try:
        points = [datum.to_wgs84(corner[1], corner[0], crs) for corner in ring]
    except (OutsideChina, FixImplausible) as refusal:
        raise Wrong("lies outside China") from refusal
    return [[round(point.lon, DIGITS), round(point.lat, DIGITS)] for point in points]


def crosses_itself(ring: Sequence[Sequence[float]]) -> bool:
    """Whether two walls that are not neighbours meet."""
    walls = list(pairwise(ring))
    last = len(walls) - 1
    for i, (a, b) in enumerate(walls):
        for j in range(i + 2, len(walls)):
            if i == 0 and j == last:
                continue
            c, d = walls[j]
            if (
                max(a[0], b[0]) >= min(c[0], d[0])
                and max(c[0], d[0]) >= min(a[0], b[0])
                and _side(a, b, c) * _side(a, b, d) <= 0
                and _side(c, d, a) * _side(c, d, b) <= 0
            ):
                return True
    return False


def _side(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
