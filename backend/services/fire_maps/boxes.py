"""A box of a map: what lies inside, in whichever datum the map is drawn."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backend.errors import Invalid
from backend.prepared import Prepared
from backend.rules import datum
from backend.rules.datum import Position
from backend.services import places

WIDEST = 0.1  # Degrees, some eleven kilometres: more than anybody reads on a phone.
DIGITS = 7  # A centimetre.
PORTION = 500


@dataclass(frozen=True)
class Box:
    """In WGS-84 degrees; `crs` is what the map wants to be told in."""

    west: float
    south: float
    east: float
    north: float
    crs: str = "wgs84"

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east

    def inside(self, rows: Prepared, most: int) -> list[int]:
        """The numbers of rows of (id, lat, lon) by cell that lie inside; refuses more than `most`.

        A range of cells at a time, so that a box too full to be read is refused early.
        """
        found: list[int] = []
        for first, last in places.ranges_within(self.west, self.south, self.east, self.north):
            found += [number for number, lat, lon in rows(first, last) if self.holds(lat, lon)]
            if len(found) > most:
                raise Invalid(errors={"bbox": ["Choose a smaller box."]})
        return found

    def told(self, lon: float, lat: float) -> list[float]:
        """A point as the map wants it, longitude first."""
        lat, lon = datum.from_wgs84(Position(lat, lon), self.crs)
        return [round(lon, DIGITS), round(lat, DIGITS)]

    @property
    def shift(self) -> dict[str, float]:
        """What a phone adds to a position of its own to find itself on this map: the datum's
        shift changes by less than a hundredth across any box.
        """
        middle = Position((self.south + self.north) / 2, (self.west + self.east) / 2)
        lat, lon = datum.from_wgs84(middle, self.crs)
        return {"lat": round(lat - middle.lat, DIGITS), "lon": round(lon - middle.lon, DIGITS)}


def box_of(numbers: Sequence[float], crs: str) -> Box:
    """West, south, east and north in `crs`."""
    west, south, east, north = numbers
    if not (west < east and south < north):
        raise Invalid(errors={"bbox": ["Send west,south,east,north in degrees."]})
    if east - west > WIDEST or north - south > WIDEST:
        raise Invalid(errors={"bbox": ["Choose a smaller box."]})
    low, high = datum.to_wgs84(south, west, crs), datum.to_wgs84(north, east, crs)
    return Box(low.lon, low.lat, high.lon, high.lat, datum.known_crs(crs))


def portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """So many numbers as one query takes."""
    return (ids[start : start + PORTION] for start in range(0, len(ids), PORTION))


def collection(box: Box, features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """GeoJSON, and how its datum differs here from the phone's."""
    return {"type": "FeatureCollection", "shift": box.shift, "features": list(features)}
