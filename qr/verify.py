"""Drawn = decoded: a finished file is read back before anybody may print it.

Two eyes look at every symbol. One samples the picture where each module must be and compares it
with the matrix: it sees what is wrong. The other is a decoder that knows nothing of our drawing:
it sees that a phone will read the text of the run list. One failing label stops the whole run.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import count, groupby
from typing import NamedTuple

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from qr import decoder, symbols
from qr.forms import INCH, Place
from qr.labels import svg as svg_labels
from qr.labels import zpl as zpl_labels
from qr.labels.layout import Box, Piece
from qr.sheets import Order
from qr.symbols import QUIET, Symbol

PIXELS = 4  # A module in a rendered page; the decoder needs about two.
SAMPLE = 20  # Symbols of each run that are drawn again by `qrcode`.


class Failure(NamedTuple):
    """One label that must not be printed: its number in the run from 1, its code, what is wrong."""

    number: int
    code: str
    reason: str


class NotReleased(Exception):
    """At least one label does not read back. `failures` lists them all."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        first = failures[0]
        more = f" and {len(failures) - 1} more" if len(failures) > 1 else ""
        super().__init__(
            f"Label {first.number} ({first.code}) {first.reason}{more}. The run is not released."
        )
        self.failures = list(failures)


class Report(NamedTuple):
    """What was read back, all of it right."""

    labels: int
    symbols: int
    pages: int


class Label(NamedTuple):
    """What must be found in a picture: a label's symbol, and where its copies stand, in pixels."""

    number: int
    code: str
    symbol: Symbol
    stamps: list[Box]


def pdf(
    data: bytes,
    order: Order,
    pieces: Sequence[Piece],
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Read every page of a finished file; raises NotReleased."""
    failures = list(_unlike_qrcode(order, pieces))
    document = pypdfium2.PdfDocument(data)
    try:
        if len(document) != order.pages(len(pieces)):
            reason = f"is in a file of {len(document)} pages, not {order.pages(len(pieces))}"
            raise NotReleased([Failure(1, pieces[0].code, reason)])
        run = zip(count(1), pieces, order.places(len(pieces)))
        for page, labels in groupby(run, key=lambda label: label[2].page):
            picture = _rendered(document[page], PIXELS / order.layout.module)
            failures += _failures(picture, list(_on_page(order, picture, labels)))
            if progress:
                progress(page)
    finally:
        document.close()
    return _released(failures, order, len(pieces), order.pages(len(pieces)))


def pngs(files: Sequence[bytes], order: Order, pieces: Sequence[Piece]) -> Report:
    """Read the pictures of single labels; raises NotReleased."""
    return _singles(map(_opened, files), len(files), order, pieces, 1 / order.layout.grid.form.dot)


def svgs(files: Sequence[bytes], order: Order, pieces: Sequence[Piece]) -> Report:
    """Read the drawings of single labels; raises NotReleased."""
    scale = PIXELS / order.layout.module
    pictures = (svg_labels.painted(file.decode(), scale) for file in files)
    return _singles(pictures, len(files), order, pieces, scale)


def zpl(text: str, order: Order, pieces: Sequence[Piece]) -> Report:
    """Read what a thermal printer would print; raises NotReleased, or BadBitmap where damaged."""
    bitmaps = [bitmap.convert("L") for bitmap in zpl_labels.bitmaps(text)]
    return _singles(bitmaps, len(bitmaps), order, pieces, 1 / order.layout.grid.form.dot)


def _opened(file: bytes) -> Image.Image:
    with Image.open(BytesIO(file)) as picture:
        return picture.convert("L")


def _singles(
    pictures: Iterable[Image.Image],
    found: int,
    order: Order,
    pieces: Sequence[Piece],
    scale: float,
) -> Report:
    """Pictures of one label each, with `scale` pixels a mm."""
    if found != len(pieces):
        reason = f"is one of {found} pictures, not {len(pieces)}"
        raise NotReleased([Failure(1, pieces[0].code, reason)])
    failures = list(_unlike_qrcode(order, pieces))
    stamps = [
        Box(left * scale, top * scale, side * scale, side * scale)
        for left, top, side in order.layout.stamps
    ]
    for number, (picture, piece) in enumerate(zip(pictures, pieces, strict=True), start=1):
        label = Label(number, piece.code, order.symbol(piece), stamps)
        failures += _failures(picture, [label])
    return _released(failures, order, len(pieces), found)


def _released(failures: list[Failure], order: Order, labels: int, pages: int) -> Report:
    if failures:
        raise NotReleased(sorted(set(failures)))
    return Report(labels, labels * len(order.layout.stamps), pages)


def _unlike_qrcode(order: Order, pieces: Sequence[Piece]) -> Iterator[Failure]:
    """Draw some symbols, evenly spread over the run, once more with `qrcode`."""
    press = symbols.press(order.prefix)
    step = max(1, len(pieces) // SAMPLE)
    for index in range(0, len(pieces), step):
        code = pieces[index].code
        symbol = press.symbol(code)
        drawn = symbols.reference(order.prefix, code, press.fit, symbol.mask)
        if symbol.matrix() != drawn:
            yield Failure(index + 1, code, "is not the symbol `qrcode` draws")


def _on_page(
    order: Order, picture: Image.Image, labels: Iterable[tuple[int, Piece, Place]]
) -> Iterator[Label]:
    """Where in the picture of a page each label stands."""
    printer, page = order.printer, order.grid.page
    # The viewer rounds a page up to whole pixels and stretches it to fill them.
    across, down = picture.width / page[0], picture.height / page[1]
    for number, piece, place in labels:
        stamps = [
            Box(
                ((place.left + left) * printer.stretch_x + printer.right) * across,
                ((place.top + top) * printer.stretch_y + printer.down) * down,
                side * printer.stretch_x * across,
                side * printer.stretch_y * down,
            )
            for left, top, side in order.layout.stamps
        ]
        yield Label(number, piece.code, order.symbol(piece), stamps)


def _rendered(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    """A page in grey, `scale` pixels a mm."""
    picture: Image.Image = page.render(scale=scale * INCH / 72, grayscale=True).to_pil()
    page.close()
    return picture


def _failures(picture: Image.Image, labels: Sequence[Label]) -> Iterator[Failure]:
    """What is wrong with the labels in a grey picture."""
    texts = Counter(decoder.texts(picture))
    for label in labels:
        for stamp in label.stamps:
            if sampled(picture, stamp, label.symbol.modules) != label.symbol.rows:
                yield Failure(label.number, label.code, "is not drawn as its matrix says")
            # Among many symbols a decoder may miss one that it reads alone, as a phone will.
            if texts[label.symbol.text]:
                texts[label.symbol.text] -= 1
            elif decoder.texts(_cut_out(picture, stamp, label.symbol)) != [label.symbol.text]:
                yield Failure(label.number, label.code, "does not decode to its link")
    for text in texts.elements():
        yield Failure(
            labels[0].number, labels[0].code, f"stands in a picture that also says {text}"
        )


def sampled(picture: Image.Image, stamp: Box, modules: int) -> bytes:
    """The matrix a grey picture shows at this place, as `Symbol.rows` has it."""
    left, top, width, height = stamp
    corners = (left, top, left + width, top + height)
    # Of nine parts of a module only the middle one counts: viewers move edges to whole pixels.
    ninths = picture.resize((3 * modules, 3 * modules), Image.Resampling.BOX, corners)
    middles = ninths.resize((modules, modules), Image.Resampling.NEAREST)
    dark = middles.point([255] * 128 + [0] * 128).convert("1", dither=Image.Dither.NONE)
    return dark.tobytes()


def _cut_out(picture: Image.Image, stamp: Box, symbol: Symbol) -> Image.Image:
    left, top, width, height = stamp
    quiet = QUIET * width / symbol.modules
    return picture.crop(
        (
            round(left - quiet),
            round(top - quiet),
            round(left + width + quiet),
            round(top + height + quiet),
        )
    )
