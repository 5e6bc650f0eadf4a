"""A village as one small drawing: SVG of a few kilobytes, whatever the number of its houses.

Houses of one colour are one path, each drawn as its box in whole units from where the last one
ended: eleven bytes a house instead of a hundred. Dots of houses that bear the same marks are told
once and drawn once for each mark, the later one above: no state of a village takes more bytes than
a dot for every house.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH = 600
LEAST = 3  # Units: a hut must still be seen.
SQUARE = 6

Point = tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """An outline of (lon, lat), the class it is coloured by, and the marks it bears, the lowest
    first.
    """

    ring: Sequence[Sequence[float]]
    colour: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spot:
    """A thing beside the houses: (lon, lat), and the class it is coloured by."""

    at: Sequence[float]
    colour: str


def draw(shapes: Sequence[Shape], spots: Sequence[Spot] = ()) -> str:
    """The drawing, without colours: the page's sheet knows them by class. "" without a house."""
    if not shapes:
        return ""
    place, height = _scale(
        [*(point for one in shapes for point in one.ring), *(one.at for one in spots)]
    )
    paths = []
    for colour in sorted({shape.colour for shape in shapes}):
        boxes = [_box(shape, place) for shape in shapes if shape.colour == colour]
        paths.append(f'<path class="{colour}" d="{_boxes(boxes)}"/>')
    for number, marks in enumerate(sorted({one.marks for one in shapes if one.marks})):
        points = [_middle(_box(one, place)) for one in shapes if one.marks == marks]
        paths.append(f'<defs><path id="m{number}" d="{_dots(points)}"/></defs>')
        paths += [f'<use class="mark {mark}" href="#m{number}"/>' for mark in marks]
    for colour in sorted({spot.colour for spot in spots}):
        boxes = [_square(place(spot.at)) for spot in spots if spot.colour == colour]
        paths.append(f'<path class="spot {colour}" d="{_boxes(boxes)}"/>')
    drawn = "".join(paths)
    return f'<svg viewBox="0 0 {WIDTH} {height}" aria-hidden="true">{drawn}</svg>'


Place = Callable[[Sequence[float]], Point]


def _scale(points: Sequence[Sequence[float]]) -> tuple[Place, int]:
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = cos(radians((south + north) / 2))
    unit = max((east - west) * narrow, (north - south) / 2, 1e-9) / (WIDTH - LEAST)

    def place(point: Sequence[float]) -> Point:
        return round((point[0] - west) * narrow / unit), round((north - point[1]) / unit)

    return place, place((west, south))[1] + LEAST


Box = tuple[int, int, int, int]


def _box(shape: Shape, place: Place) -> Box:
    """Left, top, width and height."""
    points = [place(point) for point in shape.ring]
    left, top = min(p[0] for p in points), min(p[1] for p in points)
    right, bottom = max(p[0] for p in points), max(p[1] for p in points)
    return left, top, max(LEAST, right - left), max(LEAST, bottom - top)


def _square(point: Point) -> Box:
    """What stands beside the houses; a line of no length is no square in print."""
    x, y = point
    return x - SQUARE // 2, y - SQUARE // 2, SQUARE, SQUARE


def _middle(box: Box) -> Point:
    left, top, width, height = box
    return left + width // 2, top + height // 2


def _boxes(boxes: Iterable[Box]) -> str:
    """Each closes where it began, so the next one is told from there."""
    at, said = (0, 0), []
    for left, top, width, height in sorted(boxes):
        said.append(f"m{_pair(left - at[0], top - at[1])}h{width}v{height}h-{width}z")
        at = (left, top)
    return "".join(said)


def _dots(points: Iterable[Point]) -> str:
    """A line of no length, which a round cap makes a dot."""
    at, said = (0, 0), []
    for x, y in sorted(points):
        said.append(f"m{_pair(x - at[0], y - at[1])}h0")
        at = (x, y)
    return "".join(said)


def _pair(x: int, y: int) -> str:
    return f"{x}{y}" if y < 0 else f"{x} {y}"
