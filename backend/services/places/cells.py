"""Squares of a thousandth of a degree, about 111 by 103 m in Shenzhen: the index by place.

A cell is one whole number, so that neighbours to the east are neighbours in the index and a
search reads one short range for each row of cells.
"""

from math import cos, floor, radians

_ROW = 1_000_000
_METRES_PER_ROW = 110.5  # Of a thousandth of a degree of latitude; never less anywhere.


def cell_of(lat: float, lon: float) -> int:
    """The cell that holds a WGS-84 position."""
    return floor(lat * 1000) * _ROW + floor(lon * 1000)


def ranges_around(lat: float, lon: float, metres: float) -> list[tuple[int, int]]:
    """First and last cell of each row that may hold something within `metres`."""
    rows = floor(metres / _METRES_PER_ROW) + 1
    columns = floor(metres / (_METRES_PER_ROW * max(0.01, cos(radians(lat))))) + 1
    middle = cell_of(lat, lon)
    return [
        (middle + row * _ROW - columns, middle + row * _ROW + columns)
        for row in range(-rows, rows + 1)
    ]


def ranges_within(west: float, south: float, east: float, north: float) -> list[tuple[int, int]]:
    """First and last cell of each row that may hold something inside a box."""
    first, last = cell_of(south, west), cell_of(south, east)
    rows = floor(north * 1000) - floor(south * 1000) + 1
    return [(first + row * _ROW, last + row * _ROW) for row in range(rows)]
