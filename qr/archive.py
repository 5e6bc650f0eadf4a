"""Single labels for plate makers: a zip of SVG or PNG files and the run list."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Literal

from qr import codes, lists
from qr.labels import layout as layouts
from qr.labels import pictures, svg
from qr.labels.layout import Piece
from qr.sheets import Order

Format = Literal["svg", "png"]
LIST = "list.csv"
DAY_ONE = (1980, 1, 1, 0, 0, 0)  # The earliest day a zip knows: the same run is the same file.


def archive(
    order: Order,
    pieces: Sequence[Piece],
    form: Format,
    progress: Callable[[int], None] | None = None,
    numbers: Sequence[int] | None = None,
) -> bytes:
    """The zip; raises MissingGlyphs or DoesNotFit before the first label is drawn.

    `numbers` are the labels' own, rising, where only a part of the run is drawn.
    """
    layouts.check(order.layout, pieces)
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as bundle:
        for index, piece in enumerate(pieces):
            number = numbers[index] if numbers else index + 1
            _add(bundle, name(number, piece, form), _drawn(order, piece, form), form)
            if progress:
                progress(index)
        _add(bundle, LIST, lists.written(order, pieces, numbers).encode(), "svg")
    return file.getvalue()


def name(number: int, piece: Piece, form: Format) -> str:
    """`000007-7K3M-9QX2-DHV5.svg`: files sort in the order of the run."""
    return f"{number:06}-{codes.show(piece.code)}.{form}"


def members(data: bytes, form: Format) -> list[bytes]:
    """The labels of a zip, in the order of the run."""
    with zipfile.ZipFile(BytesIO(data)) as bundle:
        return [bundle.read(one) for one in sorted(bundle.namelist()) if one.endswith(f".{form}")]


def _drawn(order: Order, piece: Piece, form: Format) -> bytes:
    symbol = order.symbol(piece)
    if form == "png":
        return pictures.png(order.layout, piece, symbol)
    return svg.svg(order.layout, piece, symbol).encode()


def _add(bundle: zipfile.ZipFile, member: str, data: bytes, form: Format) -> None:
    packed = zipfile.ZIP_STORED if form == "png" else zipfile.ZIP_DEFLATED  # PNGs are packed.
    bundle.writestr(zipfile.ZipInfo(member, DAY_ONE), data, packed)
