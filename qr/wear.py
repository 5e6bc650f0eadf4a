"""What weather, boots and shaking hands do to a tag, simulated.

Nothing here was printed or photographed. The damage is drawn into clean pictures, so numbers from
it compare designs and decoders with each other; they are no promise about a street. The dirt is
harsh: opaque blobs of any grey, up to a sixth of the symbol wide in radius, finder patterns too.
"""

from collections.abc import Sequence
from math import cos, pi, sin
from random import Random
from statistics import NormalDist

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from qr.symbols import QUIET, Symbol

GROUND = 255
SHARP = 12  # Pixels a module before a sensor takes the picture.
FINDER = 8  # Modules of a finder pattern with its separator.
# The normal distribution cut into 256 equal parts: a random byte picks one.
_NORMAL = [NormalDist().inv_cdf((byte + 0.5) / 256) for byte in range(256)]

Box = tuple[int, int, int, int]


def photo(
    symbol: Symbol,
    chance: Random,
    *,
    pixels: float = 5,
    noise: float = 4,
    blur: float = 0,
    contrast: float = 1,
    tilt: float = 0,
    dirt: float = 0,
    spare_finders: bool = False,
) -> Image.Image:
    """A tag on a wall as a phone held by hand sees it.

    `pixels` a module; `noise` in grey levels; `blur` in modules; `contrast` from 0 to 1; `tilt` in
    degrees; `dirt` as the share of the symbol's area, off the finder patterns if these are spared.
    """
    scene = clean(symbol)
    if dirt:
        spare = finders(symbol) if spare_finders else []
        scene = dirtied(scene, dirt, chance, place(symbol), spare)
    if tilt:
        scene = tilted(scene, tilt)
    seen = blurred(taken(held(scene, chance), pixels), blur * pixels)
    return grained(faded(seen, contrast), noise, chance)


def beside(pictures: Sequence[Image.Image]) -> Image.Image:
    """Several pictures of the same height in a row: the copies on one label."""
    row = Image.new("L", (sum(one.width for one in pictures), pictures[0].height), GROUND)
    left = 0
    for picture in pictures:
        row.paste(picture, (left, 0))
        left += picture.width
    return row


def clean(symbol: Symbol) -> Image.Image:
    """The symbol with its quiet zone, SHARP pixels a module, black on white, mode L."""
    matrix = Image.frombytes("1", (symbol.modules,) * 2, symbol.rows, "raw", "1;I").convert("L")
    side = symbol.modules + 2 * QUIET
    framed = Image.new("L", (side, side), GROUND)
    framed.paste(matrix, (QUIET, QUIET))
    return framed.resize((SHARP * side, SHARP * side), Image.Resampling.NEAREST)


def held(picture: Image.Image, chance: Random) -> Image.Image:
    """By a hand: turned by up to five degrees, and never in line with the sensor's pixels."""
    return picture.rotate(
        chance.uniform(-5, 5),
        Image.Resampling.BICUBIC,
        translate=(chance.randrange(SHARP), chance.randrange(SHARP)),
        fillcolor=GROUND,
    )


def taken(picture: Image.Image, pixels: float) -> Image.Image:
    """On a sensor with `pixels` a module, of a picture with SHARP: each pixel is a mean."""
    width, height = (round(side * pixels / SHARP) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)


def blurred(picture: Image.Image, sigma: float) -> Image.Image:
    """Out of focus: Gaussian, sigma in pixels."""
    return picture.filter(ImageFilter.GaussianBlur(sigma))


def faded(picture: Image.Image, contrast: float) -> Image.Image:
    """Black and white brought together around grey."""
    return picture.point([round(128 + (grey - 128) * contrast) for grey in range(256)])


def grained(picture: Image.Image, noise: float, chance: Random) -> Image.Image:
    """The sensor's noise: Gaussian, its deviation in grey levels."""
    grain = bytes(min(255, max(0, round(128 + noise * one))) for one in _NORMAL)
    grains = chance.randbytes(picture.width * picture.height).translate(grain)
    return ImageChops.add(picture, Image.frombytes("L", picture.size, grains), 1, -128)


def tilted(picture: Image.Image, degrees: float) -> Image.Image:
    """Seen from the side: turned about the upright axis, from a distance of three widths."""
    width, height = picture.size
    angle, distance = degrees * pi / 180, 3.0
    # A point x right of the middle moves to x cos(a) / (1 + x sin(a) / d), everything in widths.
    near, far = (1 + edge * 0.5 * sin(angle) / distance for edge in (-1, 1))
    left, right = (edge * 0.5 * cos(angle) / depth for edge, depth in ((-1, near), (1, far)))
    corners = [
        ((0.5 + x) * width, height / 2 + y * height / 2 / depth)
        for x, y, depth in ((left, -1, near), (left, 1, near), (right, 1, far), (right, -1, far))
    ]
    framed = [(0, 0), (0, height), (width, height), (width, 0)]
    return picture.transform(
        picture.size,
        Image.Transform.PERSPECTIVE,
        _perspective(corners, framed),
        Image.Resampling.BICUBIC,
        fillcolor=GROUND,
    )


def _perspective(
    seen: Sequence[tuple[float, float]], flat: Sequence[tuple[float, float]]
) -> list[float]:
    """The eight numbers that lead from each corner seen to the corner it was: Gauss, 8 by 8."""
    rows = []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for pivot in range(8):
        best = max(range(pivot, 8), key=lambda row: abs(rows[row][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        rows[pivot] = [number / rows[pivot][pivot] for number in rows[pivot]]
        for other in range(8):
            if other != pivot:
                factor = rows[other][pivot]
                rows[other] = [
                    number - factor * top
                    for number, top in zip(rows[other], rows[pivot], strict=True)
                ]
    return [row[8] for row in rows]


def dirtied(
    picture: Image.Image, share: float, chance: Random, field: Box, spare: Sequence[Box] = ()
) -> Image.Image:
    """Blobs of any grey over `share` of the field's area, never on the boxes to spare."""
    left, top, right, bottom = field
    side, area = right - left, (right - left) * (bottom - top)
    free = Image.new("L", picture.size, 0)
    free.paste(255, field)
    for box in spare:
        free.paste(0, box)
    soiled, covered = picture.copy(), Image.new("L", picture.size, 0)
    while (missing := share * area - _white(covered)) > area / 1000:
        radius = min(chance.uniform(0.02, 0.16) * side, (missing / pi) ** 0.5)
        middle = chance.uniform(left, right), chance.uniform(top, bottom)
        blob = Image.new("L", picture.size, 0)
        ImageDraw.Draw(blob).polygon(_outline(middle, radius, chance), fill=255)
        blob = ImageChops.multiply(blob, free)
        soiled.paste(chance.randrange(256), (0, 0), blob)
        covered.paste(255, (0, 0), blob)
    return soiled


def _outline(
    middle: tuple[float, float], radius: float, chance: Random
) -> list[tuple[float, float]]:
    """Twelve corners at 0.6 to 1.3 radii: as large as a circle, but no circle."""
    return [
        (
            middle[0] + radius * reach * cos(corner * pi / 6),
            middle[1] + radius * reach * sin(corner * pi / 6),
        )
        for corner in range(12)
        for reach in [chance.uniform(0.6, 1.3)]
    ]


def _white(mask: Image.Image) -> int:
    return mask.histogram()[255]


def place(symbol: Symbol) -> Box:
    """Where `clean` draws the symbol without its quiet zone."""
    near, far = QUIET * SHARP, (QUIET + symbol.modules) * SHARP
    return near, near, far, far


def finders(symbol: Symbol) -> list[Box]:
    """Where `clean` draws the three finder patterns with their separators."""
    near, _, end, _ = place(symbol)
    long = FINDER * SHARP
    return [
        (near, near, near + long, near + long),
        (end - long, near, end, near + long),
        (near, end - long, near + long, end),
    ]
