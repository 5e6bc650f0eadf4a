"""Where the symbols and the words of one label stand.

Lengths are mm from the label's top left corner. Symbols stand on the printer's dots and a module is
a whole number of them: a module of 24.2 dots would print as 24 here and 25 there, and blur.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from qr import codes, glyphs
from qr.designs import REACH, Choice, Design, Grade, Line
from qr.forms import Grid
from qr.symbols import QUIET

LEAST_TEXT = 1.7  # About 5 points, the smallest print a person with good eyes reads.
SCALES = [1 - 0.04 * step for step in range(21)]  # Sizes tried, as parts of the design's.


class DoesNotFit(ValueError):
    """Some texts are too long for their labels. `pieces` lists their codes and texts."""

    def __init__(self, pieces: Sequence["Piece"]) -> None:
        first = pieces[0]
        more = f" and {len(pieces) - 1} more" if len(pieces) > 1 else ""
        super().__init__(
            f"The words of {codes.show(first.code)} ({first.title} {first.place}){more} "
            "do not fit on the label. Shorten them or take a larger form. Nothing was printed."
        )
        self.pieces = pieces


class Piece(NamedTuple):
    """What one label says besides its design. `grade` is a key of the design's grades."""

    code: str
    title: str = ""
    place: str = ""
    grade: str = ""


class Stamp(NamedTuple):
    """One symbol, without its quiet zone: left, top and side."""

    left: float
    top: float
    side: float


class Word(NamedTuple):
    """A run of text: left end and baseline, height of the em square."""

    left: float
    base: float
    size: float
    text: str


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """A design on a form, for symbols of `modules` a side. `dots` is the module in printer dots."""

    design: Design
    choice: Choice
    grid: Grid
    host: str
    modules: int
    dots: int
    stamps: tuple[Stamp, ...]
    room: Box
    centred: bool

    @property
    def module(self) -> float:
        """Side of one module, mm."""
        return self.dots * self.grid.form.dot

    @property
    def reach(self) -> float:
        """From how far a phone reads it, metres."""
        return REACH * self.module / 1000

    @property
    def quiet(self) -> float:
        """Width of the quiet zone, mm."""
        return QUIET * self.module

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the label."""
        return self.grid.label

    @cached_property
    def panels(self) -> tuple[Box, ...]:
        """The symbols with their quiet zones: always white."""
        side = self.stamps[0].side + 2 * self.quiet
        return tuple(
            Box(stamp.left - self.quiet, stamp.top - self.quiet, side, side)
            for stamp in self.stamps
        )

    def grade(self, piece: Piece) -> Grade | None:
        """The safety grade of this piece, with its colours."""
        return self.design.grade(piece.grade)

    def texts(self, piece: Piece) -> list[tuple[str, Line]]:
        """What this label says, line by line."""
        words = self._fields(piece)
        return [(text, line) for line in self.design.lines if (text := line.filled(words))]

    def words(self, piece: Piece) -> list[Word]:
        """The words in their places, as large as they fit; raises DoesNotFit or MissingGlyphs."""
        texts = self.texts(piece)
        smallest = len(SCALES) - 1
        if not self._fit(texts, SCALES[smallest]):
            raise DoesNotFit([piece])
        low, high = 0, smallest
        while low < high:
            middle = (low + high) // 2
            if self._fit(texts, SCALES[middle]):
                high = middle
            else:
                low = middle + 1
        return list(self._placed(texts, SCALES[low]))

    def _fields(self, piece: Piece) -> dict[str, str]:
        grade = self.grade(piece)
        return {
            "name": self.design.name,
            "title": piece.title,
            "place": piece.place,
            "code": codes.show(piece.code),
            "host": self.host,
            "grade": grade.word if grade else "",
        }

    def _fit(self, texts: Sequence[tuple[str, Line]], scale: float) -> bool:
        """Whether the words fit when set at this part of the design's size."""
        height = 0.0
        for text, line in texts:
            size = self._size(line, scale)
            rows = rows_of(text, size, self.room.width)
            height += rows * size * glyphs.LEADING
            if rows > line.rows or height > self.room.height:
                return False
        return True

    def _size(self, line: Line, scale: float) -> float:
        return max(LEAST_TEXT, line.size * self.design.text * scale)

    def _placed(self, texts: Sequence[tuple[str, Line]], scale: float) -> Iterator[Word]:
        rows = [
            (row, size)
            for text, line in texts
            for size in [self._size(line, scale)]
            for row in glyphs.balanced(text, self.room.width, size)
        ]
        spare = self.room.height - sum(size for _, size in rows) * glyphs.LEADING
        top = self.room.top + spare / 2
        for row, size in rows:
            left = self.room.left
            if self.centred:
                left += (self.room.width - glyphs.width(row, size)) / 2
            base = top + size * ((glyphs.LEADING - 1) / 2 + glyphs.ASCENT)
            yield Word(left, base, size, row)
            top += size * glyphs.LEADING


def rows_of(text: str, size: float, width: float) -> int:
    """How many rows a text takes."""
    return 1 if glyphs.width(text, size) <= width else len(glyphs.wrap(text, width, size))


def check(layout: Layout, pieces: Sequence[Piece]) -> list[list[Word]]:
    """The words of every piece; raises before anything is drawn, with everything that is wrong.

    MissingGlyphs lists all missing characters, DoesNotFit all pieces whose words are too long.
    """
    glyphs.require(text for piece in pieces for text, _ in layout.texts(piece))
    words, too_long = [], []
    for piece in pieces:
        try:
            words.append(layout.words(piece))
        except DoesNotFit:
            too_long.append(piece)
    if too_long:
        raise DoesNotFit(too_long)
    return words
