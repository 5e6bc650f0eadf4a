"""Tags drawn, against the ways one would draw them at first. CPU seconds, ratios within one run.

`python -m bench tags` prints
    symbol_vs_qrcode      symbols with all masks scored, times faster than `qrcode`'s default
    label_vs_naive        PNG of a label with Chinese, times faster than `qrcode` + Pillow
    sheet_vs_reportlab    A4 sheets, times faster than reportlab given matrices and words
    bytes_per_tag         size of a district's PDF, per label
    cpu_s_15016           seconds for 15,016 building labels, codes to PDF
    cpu_s_15016_verified  the same with every page read back
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from io import BytesIO
from random import Random
from typing import TypeVar

from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

from qr import codes, glyphs, links, sheets, symbols, verify
from qr.labels import pictures
from qr.labels.layout import Piece, Word
from qr.labels.ops import POINT
from qr.sheets import Order

HOST = "q.example.cn"
DISTRICT = 15_016  # Buildings of one district of Shenzhen.
ROUNDS = 5
KEYS = codes.Keys(bytes(32))
STREETS = ("水围村一街", "福民路", "大磡村", "壆岗大道", "塱尾路", "滘边工业路")
GRADES = ("green", "yellow", "orange", "red")

Thing = TypeVar("Thing")


def main() -> None:
    run = pieces(DISTRICT)
    show("symbol_vs_qrcode", symbol_ratio([piece.code for piece in run]))
    show("label_vs_naive", label_ratio(run))
    if find_spec("reportlab"):
        show("sheet_vs_reportlab", sheet_ratio(run[: 21 * 50]))
    drawn, read, size = district(run)
    show("bytes_per_tag", size / DISTRICT)
    show("cpu_s_15016", drawn)
    show("cpu_s_15016_verified", drawn + read)
    if not find_spec("reportlab"):
        sys.exit("sheet_vs_reportlab needs reportlab: pip install -r requirements-dev.txt")


def show(name: str, value: float) -> None:
    print(f"{name} {value:.4g}", flush=True)


def pieces(count: int) -> list[Piece]:
    """Invented rental houses, the same in every run."""
    chance = Random(1)
    return [
        Piece(
            codes.mint(KEYS, chance.randbytes),
            f"{STREETS[number % len(STREETS)]} {number % 400 + 1} 号",
            "福田区福田街道水围社区",
            GRADES[number % 4],
        )
        for number in range(count)
    ]


def symbol_ratio(some: list[str]) -> float:
    """Symbols with the best of eight masks: tables against the library's default."""
    prefix = links.prefix(HOST)
    press = symbols.press(prefix)
    slow = partial(each, some[:60], lambda code: qrcode_default(prefix + code))
    return ratio(slow, 60, partial(each, some[:3000], press.symbol), 3000)


def label_ratio(run: list[Piece]) -> float:
    """A finished PNG, some 560 by 710 dots, with five lines of which three are Chinese."""
    order = sheets.order("streetlight", HOST, dpi=203)
    layout = order.layout

    def fast(piece: Piece) -> None:
        pictures.png(layout, piece, order.symbol(piece))

    plain = [piece._replace(grade="") for piece in run[:300]]
    slow = [(piece, layout.words(piece)) for piece in plain[:20]]
    return ratio(
        partial(each, slow, lambda one: naive_png(order, *one)), len(slow),
        partial(each, plain, fast), len(plain),
    )  # fmt: skip


def sheet_ratio(run: list[Piece]) -> float:
    """L7160 sheets: everything of ours, fonts and layout too, against reportlab's drawing alone."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    order = sheets.order("building", HOST, "L7160")
    plain = [piece._replace(grade="") for piece in run]
    pdfmetrics.registerFont(TTFont("labels", glyphs.FONT))
    ready = [(order.symbol(piece).matrix(), order.layout.words(piece)) for piece in plain]
    return ratio(
        partial(reportlab_sheets, order, ready), 1, partial(sheets.pdf, order, plain), 1, rounds=3
    )


def district(run: list[Piece]) -> tuple[float, float, int]:
    """Seconds to draw, seconds to read back, bytes."""
    order = sheets.order("building", HOST, "L7160")
    started = time.process_time()
    data = sheets.pdf(order, run)
    drawn = time.process_time()
    report = verify.pdf(data, order, run)
    read = time.process_time()
    note(f"{report.labels} labels on {report.pages} pages, every symbol read back")
    return drawn - started, read - drawn, len(data)


def ratio(
    slow: Callable[[], object], slow_count: int, fast: Callable[[], object], fast_count: int,
    rounds: int = ROUNDS,
) -> float:  # fmt: skip
    """How many times faster: the median over rounds that measure both, one after the other."""
    fast()  # Tables, fonts and caches are filled once per process, not once per label.
    slow()
    ratios = []
    for _ in range(rounds):
        slow_time, fast_time = seconds(slow) / slow_count, seconds(fast) / fast_count
        ratios.append(slow_time / fast_time)
        note(f"{slow_time * 1e6:,.1f} us against {fast_time * 1e6:,.1f} us")
    return statistics.median(ratios)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process: a busy machine stretches both sides alike."""
    started = time.process_time()
    work()
    return time.process_time() - started


def each(things: list[Thing], work: Callable[[Thing], object]) -> None:
    for thing in things:
        work(thing)


def note(text: str) -> None:
    print(f"# {text}", file=sys.stderr, flush=True)


# How one would do it at first


def qrcode_default(text: str) -> QRCode:
    drawing: QRCode = QRCode(error_correction=ERROR_CORRECT_Q)
    drawing.add_data(text)
    drawing.make()
    return drawing


def naive_png(order: Order, piece: Piece, words: list[Word]) -> bytes:
    """The same label with the library's defaults: RGB, the font opened for every line."""
    layout = order.layout
    dot = layout.grid.form.dot
    picture = Image.new("RGB", tuple(round(side / dot) for side in layout.size), "white")
    drawing: QRCode = QRCode(error_correction=ERROR_CORRECT_Q, box_size=layout.dots, border=4)
    drawing.add_data(order.prefix + piece.code)
    drawing.make()
    panel = layout.panels[0]
    picture.paste(
        drawing.make_image().get_image(), (round(panel.left / dot), round(panel.top / dot))
    )
    draw = ImageDraw.Draw(picture)
    for word in words:
        font = ImageFont.truetype(glyphs.FONT, round(word.size / dot))
        draw.text((word.left / dot, word.base / dot), word.text, "black", font, anchor="ls")
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def reportlab_sheets(order: Order, ready: list[tuple[list[list[bool]], list[Word]]]) -> bytes:
    """Ready-made matrices as one path of runs a label, ready-made words in their places."""
    from reportlab.pdfgen.canvas import Canvas

    layout, file = order.layout, BytesIO()
    width, height = (side * POINT for side in order.grid.page)
    canvas = Canvas(file, (width, height), pageCompression=1)
    module, page = layout.module * POINT, 0
    for (matrix, words), place in zip(ready, order.places(len(ready)), strict=True):
        if place.page != page:
            canvas.showPage()
            page = place.page
        left, top = place.left * POINT, height - place.top * POINT
        stamp = layout.stamps[0]
        path = canvas.beginPath()
        for row, line in enumerate(matrix):
            column = 0
            while column < len(line):
                if not line[column]:
                    column += 1
                    continue
                start = column
                while column < len(line) and line[column]:
                    column += 1
                path.rect(
                    left + stamp.left * POINT + start * module,
                    top - stamp.top * POINT - (row + 1) * module,
                    (column - start) * module,
                    module,
                )
        canvas.drawPath(path, stroke=0, fill=1)
        for word in words:
            canvas.setFont("labels", word.size * POINT)
            canvas.drawString(left + word.left * POINT, top - word.base * POINT, word.text)
    canvas.save()
    return file.getvalue()
