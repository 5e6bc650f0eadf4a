"""Samples for looking at before one orders: never a code that some city accepts."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pypdfium2  # type: ignore[import-untyped]

from backend import turns
from backend.actor import Actor
from backend.errors import Invalid
from backend.services.runs import contents, making
from backend.services.runs.drawing import press
from backend.verbs import verb
from qr import samples, sheets
from qr.labels import svg
from qr.labels.layout import Piece

PAGE_PIXELS = 700  # The longer side of a page in the preview.


@verb("run.order", reads=True)
def label_sample(form: Mapping[str, Any], words: Mapping[str, str], *, by: Actor) -> str:
    """One label as SVG, with a sample code"""
    make = making.chosen(form)
    order = make.order()
    (sample,) = samples.pieces(1)
    piece = Piece(
        sample.code,
        words.get("title") or sample.title,
        words.get("place") or "",
        words.get("grade") or make.grade,
    )
    _check(order, piece)
    with turns.aside(), press:
        return svg.svg(order.layout, piece, order.symbol(piece))


@verb("run.order", reads=True)
def page_sample(form: Mapping[str, Any], words: Mapping[str, str], *, by: Actor) -> bytes:
    """The first page as PNG, with sample codes, as a printer of this kind would leave it"""
    make = making.chosen(form)
    order = make.order()
    free = order.grid.per_page - order.start + 1
    many = max(1, min(free, int(form.get("count") or free)))
    pieces = [
        piece._replace(
            title=words.get("title") or piece.title,
            place=words.get("place") or "",
            grade=words.get("grade") or make.grade,
        )
        for piece in samples.pieces(many)
    ]
    _check(order, pieces[0])
    with turns.aside(), press:
        return _first_page(sheets.pdf(order, pieces))


def _check(order: sheets.Order, piece: Piece) -> None:
    if piece.grade and piece.grade not in order.layout.design.grades:
        raise Invalid(errors={"grade": ["Labels of this kind have no such grade."]})
    for word, _ in contents.faults(order, piece):
        raise Invalid(errors={"title": [contents.SENTENCES[word]]})


def _first_page(data: bytes) -> bytes:
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        scale = PAGE_PIXELS / max(page.get_size())
        picture = page.render(scale=scale).to_pil()
        page.close()
    finally:
        document.close()
    file = BytesIO()
    picture.quantize(32).save(file, "PNG", optimize=True)
    return file.getvalue()
