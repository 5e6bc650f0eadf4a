"""Many labels on pages: a PDF with the words searchable, some 300 bytes a label.

fpdf2 writes the file and embeds the letters that are used; the labels themselves are put on its
pages as operators, which is what makes fifteen thousand of them a matter of seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fpdf import FPDF

from qr import designs, forms, glyphs, links, symbols
from qr.forms import RULER, Grid, Place, Printer
from qr.labels import arrange, ops
from qr.labels import layout as layouts
from qr.labels.layout import Layout, Piece
from qr.labels.ops import POINT

CUT_GAP = 1.0  # Between a label and its cut marks, mm.
CUT_MARK = 2.0  # Length of a cut mark, mm.
RULER_EDGE = 10.0  # From the page's corner to the rulers, mm.
RULER_TEXT = 3.0  # The letters beside them, mm.
FAMILY = "labels"


@dataclass(frozen=True)
class Order:
    """How a run is to be printed. `start` is the first free position on a used page, from 1."""

    layout: Layout
    prefix: str
    printer: Printer = field(default_factory=Printer)
    start: int = 1

    @property
    def grid(self) -> Grid:
        """The form's grid for these labels."""
        return self.layout.grid

    def symbol(self, piece: Piece) -> symbols.Symbol:
        """The symbol of one piece."""
        return symbols.press(self.prefix).symbol(piece.code)

    def places(self, count: int) -> list[Place]:
        """Where the pieces go."""
        return list(self.grid.places(count, self.start))

    def pages(self, count: int) -> int:
        """How many pages that takes."""
        return -(-(self.start - 1 + count) // self.grid.per_page)


def order(
    kind: str,
    host: str,
    form: str | None = None,
    *,
    copies: int | None = None,
    module: float | None = None,
    dpi: int | None = None,
    company: str | None = None,
    printer: Printer | None = None,
    start: int = 1,
) -> Order:
    """An order from names. Without `form` the design's own is taken.

    Raises UnknownDesign, UnknownForm, BadHost, BadForm, TooLong or TooSmall: nothing that could go
    wrong with the form is left for the printing.
    """
    design = designs.design(kind)
    paper = forms.form(form or design.form)
    if dpi is not None:
        paper = forms.with_dpi(paper, dpi)
    prefix = links.prefix(host, company)
    modules = symbols.fit(prefix).modules
    layout = arrange.lay_out(
        design, design.choice(copies, module), paper, modules, links.host_name(host)
    )
    made = Order(layout, prefix, printer or Printer(), start)
    made.places(1)
    return made


def pdf(
    order: Order, pieces: Sequence[Piece], progress: Callable[[int], None] | None = None
) -> bytes:
    """The finished file. The same order gives the same bytes; `progress` hears of every page.

    Raises MissingGlyphs or DoesNotFit, listing everything, before the first label is drawn.
    """
    words = layouts.check(order.layout, pieces)
    document = _Document(order.grid, order.printer, f"{order.layout.design.name} {len(pieces)}")
    places = order.places(len(pieces))
    page = -1
    for piece, said, place in zip(pieces, words, places, strict=True):
        if place.page != page:
            page = place.page
            document.turn()
            if progress:
                progress(page)
        document.put(
            ops.operators(
                order.layout,
                order.symbol(piece),
                said,
                order.layout.grade(piece),
                document.encode,
            ),
            place,
        )
    return document.finished()


def ruler(form: str, printer: Printer | None = None) -> bytes:
    """A test page: every label's outline and two lines of 100 mm to lay a ruler on."""
    paper = forms.form(form)
    grid = forms.grid(paper, (70, 89))  # Paper to be cut has no labels of its own: some size.
    document = _Document(grid, printer or Printer(), f"{form} test page")
    document.turn()
    for place in grid.places(grid.per_page):
        document.outline(place)
    document.rulers()
    return document.finished()


class _Document:
    """An FPDF whose pages are filled with operators, in mm from the top left corner."""

    def __init__(self, grid: Grid, printer: Printer, title: str) -> None:
        self.grid = grid
        self.printer = printer
        self.file = FPDF(unit="pt", format=self._page_points())
        self.file.set_auto_page_break(False)
        self.file.set_margin(0)
        # No clock here: the same labels are the same file, whenever they are drawn.
        self.file.set_creation_date(datetime(1970, 1, 1, tzinfo=UTC))
        self.file.set_title(title)
        self.file.add_font(FAMILY, fname=glyphs.FONT)
        self.file.set_font(FAMILY, size=RULER_TEXT * POINT)
        self._codes: dict[str, str] = {}

    def _page_points(self) -> tuple[float, float]:
        return self.grid.page[0] * POINT, self.grid.page[1] * POINT

    def turn(self) -> None:
        """Begin a page."""
        self.file.add_page()
        self.file.text(0, 0, " ")  # Makes the font known to the page as /F1.
        printer, (_, height) = self.printer, self._page_points()
        # Stretched from the top left corner, where paper is fed from.
        self._write(
            f"{printer.stretch_x:.5f} 0 0 {printer.stretch_y:.5f} {printer.right * POINT:.3f} "
            f"{height * (1 - printer.stretch_y) - printer.down * POINT:.3f} cm\n"
        )

    def put(self, operators: str, place: Place) -> None:
        """A label in its place, with its cut marks where it must be cut."""
        _, left, top = place
        below = self.grid.page[1] - top - self.grid.label[1]
        self._write(f"q 1 0 0 1 {left * POINT:.3f} {below * POINT:.3f} cm\n{operators}Q\n")
        if self.grid.form.cut:
            self.cut_marks(place)

    def cut_marks(self, place: Place) -> None:
        """Two short lines off each corner of one label."""
        width, height = self.grid.label
        near, far = CUT_GAP, CUT_GAP + CUT_MARK
        for x, right in ((place.left, -1), (place.left + width, 1)):
            for y, down in ((place.top, -1), (place.top + height, 1)):
                self._line(x + right * near, y, x + right * far, y)
                self._line(x, y + down * near, x, y + down * far)

    def outline(self, place: Place) -> None:
        """The edge of one label, in light grey."""
        (width, height), page_height = self.grid.label, self.grid.page[1]
        self._write(
            f"q 0.6 G 0.3 w {place.left * POINT:.2f} "
            f"{(page_height - place.top - height) * POINT:.2f} "
            f"{width * POINT:.2f} {height * POINT:.2f} re S Q\n"
        )

    def rulers(self) -> None:
        """A line across and one down, 100 mm where the page is that large, a tick each 10 mm."""
        long, tall = (min(RULER, int((side - 2 * RULER_EDGE) / 10) * 10) for side in self.grid.page)
        left = top = RULER_EDGE
        self._line(left, top, left + long, top)
        self._line(left, top, left, top + tall)
        for tick in range(0, long + 1, 10):
            self._line(left + tick, top, left + tick, top + 2)
        for tick in range(0, tall + 1, 10):
            self._line(left, top + tick, left + 2, top + tick)
        says = (
            f"{self.grid.form.name}",
            f"横线应为 {long} 毫米，竖线应为 {tall} 毫米。",
            "打印时选“实际大小”，不要选“适合页面”。",
        )
        room = long - 2 * RULER_TEXT
        rows = (row for text in says for row in glyphs.balanced(text, room, RULER_TEXT))
        for number, row in enumerate(rows, start=1):
            base = top + 2 + number * RULER_TEXT * glyphs.LEADING
            self.file.text((left + 5) * POINT, base * POINT, row)

    def _line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        height = self.grid.page[1]
        self._write(
            f"0.4 w {x1 * POINT:.3f} {(height - y1) * POINT:.3f} m "
            f"{x2 * POINT:.3f} {(height - y2) * POINT:.3f} l S\n"
        )

    def encode(self, text: str) -> str:
        """The operator that shows a text."""
        shown = self._codes.get(text)
        if shown is None:
            font = self.file.current_font
            assert font is not None  # set in the constructor
            shown = self._codes[text] = font.encode_text(text)
        return shown

    def _write(self, operators: str) -> None:
        contents = self.file.pages[self.file.page].contents
        assert isinstance(contents, bytearray)  # until the file is finished
        contents.extend(operators.encode("latin-1"))

    def finished(self) -> bytes:
        """The file."""
        return bytes(self.file.output())
