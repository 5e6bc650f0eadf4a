"""A label as SVG for plate makers: shapes only, no font needed, measured in millimetres."""

import re
from collections.abc import Sequence
from html import escape

from PIL import Image

from qr import codes, glyphs
from qr.designs import BLACK, WHITE, Grade, rgb
from qr.labels.layout import Layout, Piece, Word
from qr.symbols import Symbol

_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_RECT = re.compile(
    r'<rect (?:x="([\d.-]+)" y="([\d.-]+)" )?width="([\d.]+)" height="([\d.]+)" '
    r'fill="(#[0-9A-F]{6})"/>'
)
_PATH = re.compile(
    r'<path transform="translate\(([\d.-]+) ([\d.-]+)\) scale\(([\d.]+)\)" d="([^"]*)"'
)
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1H\d+z")


def svg(layout: Layout, piece: Piece, symbol: Symbol) -> str:
    """The finished label; its words stand once more as title and description, for search."""
    words, grade = layout.words(piece), layout.grade(piece)
    width, height = layout.size
    ink = grade.ink if grade else BLACK
    said = " ".join(word.text for word in words)
    letters = sorted({letter for word in words for letter in word.text if letter != " "})
    shapes = "".join(f'<path id="u{ord(one):X}" d="{glyphs.outline(one)}"/>' for one in letters)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}">\n'
        f"<title>{codes.show(piece.code)}</title>\n<desc>{escape(said)}</desc>\n"
        f"<defs>{shapes}</defs>\n"
        f"{_ground(layout, grade)}{_stamps(layout, symbol)}"
        f'<g fill="{ink}">\n{_letters(words)}</g>\n</svg>\n'
    )


def painted(drawing: str, scale: float) -> Image.Image:
    """The grounds and symbols of our own drawing in grey, `scale` pixels a mm; words are left out.

    For reading a finished file back; not a viewer of anybody else's SVG.
    """
    width, height = (float(side) for side in _SIZE.findall(drawing)[0])
    picture = Image.new("L", (round(width * scale), round(height * scale)), 255)
    for left, top, wide, tall, colour in _RECT.findall(drawing):
        red, green, blue = rgb(colour)
        x, y = float(left or 0), float(top or 0)
        grey = round(0.299 * red + 0.587 * green + 0.114 * blue)
        _fill(picture, grey, (x, y, x + float(wide), y + float(tall)), scale)
    for left, top, module, modules in _PATH.findall(drawing):
        x, y, side = float(left), float(top), float(module)
        for column, row, length in _RUN.findall(modules):
            start, line = x + int(column) * side, y + int(row) * side
            _fill(picture, 0, (start, line, start + int(length) * side, line + side), scale)
    return picture


def _fill(
    picture: Image.Image, grey: int, corners: tuple[float, float, float, float], scale: float
) -> None:
    left, top, right, bottom = (round(edge * scale) for edge in corners)
    picture.paste(grey, (left, top, right, bottom))


def path(symbol: Symbol) -> str:
    """The dark modules as one path, a rectangle for each run, one unit a module."""
    runs = []
    for row, line in enumerate(symbol.lines()):
        column, bits = 0, f"{line:0{symbol.modules}b}0"
        while (start := bits.find("1", column)) >= 0:
            column = bits.index("0", start)
            runs.append(f"M{start} {row}h{column - start}v1H{start}z")
    return "".join(runs)


def _ground(layout: Layout, grade: Grade | None) -> str:
    width, height = layout.size
    colour = grade.ground if grade else WHITE
    ground = f'<rect width="{width:g}" height="{height:g}" fill="{colour}"/>\n'
    if grade is None:
        return ground
    return ground + "".join(
        f'<rect x="{left:.4f}" y="{top:.4f}" width="{wide:.4f}" height="{tall:.4f}" '
        f'fill="{WHITE}"/>\n'
        for left, top, wide, tall in layout.panels
    )


def _stamps(layout: Layout, symbol: Symbol) -> str:
    modules = path(symbol)
    return "".join(
        f'<path transform="translate({left:.4f} {top:.4f}) scale({layout.module:.6f})" '
        f'd="{modules}" fill="{BLACK}" shape-rendering="crispEdges"/>\n'
        for left, top, _ in layout.stamps
    )


def _letters(words: Sequence[Word]) -> str:
    advances = glyphs.advances()
    parts = []
    for word in words:
        x, uses = 0, []
        for letter in word.text:
            if letter != " ":
                uses.append(f'<use href="#u{ord(letter):X}" x="{x}"/>')
            x += advances[letter]
        parts.append(
            f'<g transform="translate({word.left:.3f} {word.base:.3f}) '
            f'scale({word.size / glyphs.EM:.6f})">{"".join(uses)}</g>\n'
        )
    return "".join(parts)
