"""The symbols first, as large as wished or as fits, then the words beside or below them.

The module is made smaller by one printer dot at a time until symbols and words find room.
"""

from collections.abc import Iterator
from typing import NamedTuple

from qr import codes, forms, glyphs
from qr.designs import Choice, Design
from qr.forms import Form
from qr.labels.layout import LEAST_TEXT, Box, Layout, Stamp, rows_of
from qr.symbols import QUIET

MARGIN = 1.5  # From the edge of the label to the words: paper shifts in the printer.
INSET = 4.0  # At most, from the edge of the label to symbols that are lower than it.
LEAST_MODULE = 0.4  # GS1 General Specifications: 0.396 mm is the smallest module of a QR code.
WIDE_CODE = "WWWWWWM00000"  # Some millions of codes are narrower for each one that is wider.
LEAST_WIDTH = 9  # Letters of the title or the address that must find room in one line.


class TooSmall(ValueError):
    """The label cannot hold the symbol and the words at any readable size."""


def lay_out(design: Design, choice: Choice, form: Form, modules: int, host: str) -> Layout:
    """The label with the largest module up to the wished one; raises TooSmall."""
    wish = max(1, round(choice.module / form.dot))
    least = LEAST_MODULE / form.dot
    dots = wish
    while dots >= least:
        side = (modules + 2 * QUIET) * dots * form.dot
        arranged = [
            (room, block, centred)
            for block in _blocks(choice.copies, side)
            for room, centred in _rooms(design, choice, form, block)
            if _holds(design, host, room)
        ]
        if arranged:
            room, block, centred = max(arranged, key=lambda one: one[0].width * one[0].height)
            return _laid(design, choice, form, host, modules, dots, room, block, centred)
        dots -= 1
    width, height = form.label or choice.label
    size = f"{width:g} x {height:g} mm" if height else f"{width:g} mm across"
    raise TooSmall(
        f"A {design.kind} label of {size} cannot hold {choice.copies} symbol(s) of {modules} "
        "modules and its words. Take a larger form or a shorter host."
    )


class _Block(NamedTuple):
    """Symbols with quiet zones: how many beside and below each other, and the side of each."""

    columns: int
    rows: int
    side: float

    @property
    def width(self) -> float:
        return self.columns * self.side

    @property
    def height(self) -> float:
        return self.rows * self.side


def _blocks(copies: int, side: float) -> list[_Block]:
    row, column = _Block(copies, 1, side), _Block(1, copies, side)
    return [row] if copies == 1 else [row, column]


def _rooms(design: Design, choice: Choice, form: Form, block: _Block) -> Iterator[tuple[Box, bool]]:
    """Where the words could stand, and whether centred: beside the symbols or below them."""
    width, height = form.label or choice.label
    if block.width > width or (height is not None and block.height > height):
        return
    across = width - 2 * MARGIN
    if height is None:  # On a roll the label becomes as long as its words.
        yield Box(MARGIN, block.height, across, _words_height(design, across)), True
        return
    yield Box(MARGIN, block.height, across, height - block.height - MARGIN), True
    inset = _inset(block, height)
    # On white the quiet zone keeps the words off; on a coloured ground they would touch its edge.
    left = inset + block.width + (MARGIN if design.grades else 0)
    yield Box(left, MARGIN, width - left - MARGIN, height - 2 * MARGIN), False


def _inset(block: _Block, height: float) -> float:
    """A block lower than its label stands off the left edge as far as off the upper one."""
    return min((height - block.height) / 2, INSET)


def _words_height(design: Design, width: float) -> float:
    """Enough for every line at the size of the design and with all its rows."""
    return sum(line.rows * line.size for line in design.lines) * design.text * glyphs.LEADING


def _holds(design: Design, host: str, room: Box) -> bool:
    """Whether the words fit at the least size, whatever title and place say within their rows."""
    if room.width < LEAST_WIDTH * LEAST_TEXT:
        return False
    known = {"name": design.name, "host": host, "code": codes.show(WIDE_CODE), "grade": ""}
    rows = 0
    for line in design.lines:
        if line.fields & {"title", "place"}:
            rows += line.rows
            continue
        if not (text := line.filled(known)):  # A grade: most labels have none.
            continue
        needed = rows_of(text, LEAST_TEXT, room.width)
        if needed > line.rows:
            return False
        rows += needed
    return rows * LEAST_TEXT * glyphs.LEADING <= room.height


def _laid(
    design: Design,
    choice: Choice,
    form: Form,
    host: str,
    modules: int,
    dots: int,
    room: Box,
    block: _Block,
    centred: bool,
) -> Layout:
    width, height = form.label or choice.label
    if height is None:
        height = block.height + room.height + MARGIN
    grid = forms.grid(form, (width, height))
    if centred:
        corner = (width - block.width) / 2, 0.0
    else:
        corner = _inset(block, height), (height - block.height) / 2
    quiet = QUIET * dots * form.dot
    stamps = tuple(
        Stamp(
            _on_dots(corner[0] + column * block.side + quiet, form.dot),
            _on_dots(corner[1] + row * block.side + quiet, form.dot),
            modules * dots * form.dot,
        )
        for row in range(block.rows)
        for column in range(block.columns)
    )
    return Layout(design, choice, grid, host, modules, dots, stamps, room, centred)


def _on_dots(length: float, dot: float) -> float:
    return round(length / dot) * dot
