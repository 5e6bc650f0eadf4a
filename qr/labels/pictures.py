"""A label as a picture whose pixels are the printer's dots: PNG for proofs and plate makers.

Black and white labels are one bit deep; a graded one has a palette of four colours.
"""

import zlib
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from qr import glyphs
from qr.designs import BLACK, WHITE, Grade, rgb
from qr.labels.layout import Layout, Piece, Word
from qr.symbols import Symbol

GROUND, PANEL, INK, MODULE = range(4)  # The palette of a graded label.


def png(layout: Layout, piece: Piece, symbol: Symbol) -> bytes:
    """The finished label as a PNG file that knows its size in millimetres."""
    return encoded(draw(layout, symbol, layout.words(piece), layout.grade(piece)), layout)


def encoded(picture: Image.Image, layout: Layout) -> bytes:
    """The picture as a PNG file."""
    file = BytesIO()
    dpi = layout.grid.form.dpi
    bits = {"1": 1, "P": 2}[picture.mode]
    # Labels are long runs of one colour: looking for runs alone is quickest, and small.
    picture.save(file, "PNG", dpi=(dpi, dpi), bits=bits, compress_type=zlib.Z_RLE)
    return file.getvalue()


def draw(
    layout: Layout, symbol: Symbol, words: Sequence[Word], grade: Grade | None = None
) -> Image.Image:
    """The label, one pixel a dot: mode 1, white 1, or mode P where a grade colours the ground."""
    dot = layout.grid.form.dot
    size = round(layout.size[0] / dot), round(layout.size[1] / dot)
    matrix = Image.frombytes("1", (symbol.modules,) * 2, symbol.rows, "raw", "1;I")
    side = layout.dots * symbol.modules
    stamp = matrix.resize((side, side), Image.Resampling.NEAREST)
    if grade is None:
        picture = Image.new("1", size, 1)
        _write(picture, words, dot, 0)
    else:
        picture = _ground(layout, size, grade)
        _write(picture, words, dot, INK)
        stamp = stamp.convert("L").point([MODULE] * 255 + [PANEL], "L")
        stamp.putpalette(picture.getpalette() or [])
    for left, top, _ in layout.stamps:
        picture.paste(stamp, (round(left / dot), round(top / dot)))
    return picture


def _ground(layout: Layout, size: tuple[int, int], grade: Grade) -> Image.Image:
    picture = Image.new("P", size, GROUND)
    picture.putpalette(
        [part for name in (grade.ground, WHITE, grade.ink, BLACK) for part in rgb(name)]
    )
    dot = layout.grid.form.dot
    for left, top, width, height in layout.panels:
        corners = (left, top, left + width, top + height)
        box = [round(corner / dot) for corner in corners]
        picture.paste(PANEL, (box[0], box[1], box[2], box[3]))
    return picture


def _write(picture: Image.Image, words: Sequence[Word], dot: float, ink: int) -> None:
    advances = glyphs.advances()
    for word in words:
        em = max(1, round(word.size / dot))
        left, base = word.left / dot, round(word.base / dot)
        for letter in word.text:
            shape, (right, down) = _letter(letter, em)
            if shape:
                picture.paste(ink, (round(left) + right, base + down), shape)
            left += advances[letter] * word.size / dot / glyphs.EM


@lru_cache(maxsize=20_000)
def _letter(letter: str, em: int) -> tuple[Image.Image | None, tuple[int, int]]:
    """One letter as a mask, and where it begins from the pen's place on the baseline."""
    sheet = Image.new("1", (3 * em, 3 * em), 0)
    draw = ImageDraw.Draw(sheet)
    draw.fontmode = "1"
    draw.text((em, 2 * em), letter, 1, _font(em), anchor="ls")
    box = sheet.getbbox()
    if box is None:
        return None, (0, 0)
    return sheet.crop(box), (box[0] - em, box[1] - 2 * em)


@lru_cache(maxsize=64)
def _font(em: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(glyphs.FONT, em, layout_engine=ImageFont.Layout.BASIC)
