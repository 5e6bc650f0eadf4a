"""A label as PDF operators, to be put on a page. The symbol is a stencil of one bit a module.

Operators count in points from the bottom left corner; everything else here in mm from the top.
"""

from collections.abc import Callable, Sequence

from qr.designs import Grade, rgb
from qr.labels.layout import Layout, Word
from qr.symbols import Symbol

POINT = 72 / 25.4  # Points in a mm.


def operators(
    layout: Layout,
    symbol: Symbol,
    words: Sequence[Word],
    grade: Grade | None,
    encode: Callable[[str], str],
) -> str:
    """The label with its lower left corner at the origin. `encode` turns a text into `<...> Tj`."""
    height = layout.size[1]
    ground = "" if grade is None else _ground(layout, grade)
    stencil = _stencil(symbol)
    stamps = "".join(
        f"q {_points(side)} 0 0 {_points(side)} {_points(left)} {_points(height - top - side)} cm "
        f"{stencil} Q\n"
        for left, top, side in layout.stamps
    )
    ink = _colour(grade.ink) if grade else ""
    return f"{ground}{stamps}{ink}{_letters(words, height, encode)}"


def _ground(layout: Layout, grade: Grade) -> str:
    width, height = layout.size
    panels = "".join(
        f"{_points(left)} {_points(height - top - tall)} {_points(wide)} {_points(tall)} re f\n"
        for left, top, wide, tall in layout.panels
    )
    ground = f"{_colour(grade.ground)}0 0 {_points(width)} {_points(height)} re f\n"
    return f"{ground}1 g\n{panels}0 g\n"


def _stencil(symbol: Symbol) -> str:
    """The matrix as an image mask: its bits lie as PDF wants them.

    In hexadecimal, because a viewer might take the two bytes `EI` among raw ones for the end.
    """
    return (
        f"BI/W {symbol.modules}/H {symbol.modules}/IM true/D[1 0]/F/AHx ID {symbol.rows.hex()}>\nEI"
    )


def _letters(words: Sequence[Word], height: float, encode: Callable[[str], str]) -> str:
    parts = ["BT"]
    size, left, base = 0.0, 0.0, 0.0
    for word in words:
        if word.size != size:
            size = word.size
            parts.append(f"/F1 {size * POINT:.2f} Tf")
        x, y = word.left * POINT, (height - word.base) * POINT
        parts.append(f"{x - left:.2f} {y - base:.2f} Td {encode(word.text)}")
        # The next step starts where the rounded one ended, so that errors do not add up.
        left, base = left + round(x - left, 2), base + round(y - base, 2)
    return "\n".join([*parts, "ET\n"])


def _colour(name: str) -> str:
    red, green, blue = (f"{part / 255:.3g}" for part in rgb(name))
    return f"{red} {green} {blue} rg\n"


def _points(length: float) -> str:
    return f"{length * POINT:.3f}".rstrip("0").rstrip(".")
