"""Sheets: what is on the pages of the finished PDF, read by a viewer and a decoder."""

import re
import zlib
from datetime import UTC, datetime

import pypdfium2
import pytest

from qr import decoder, designs, forms, links, sheets
from qr.designs import UnknownDesign
from qr.forms import BadForm, Printer, UnknownForm
from qr.glyphs import MissingGlyphs

HOST = "q.example.cn"
DPI = 300


def viewed(data):
    """Every page as a grey picture of 300 dpi and its words."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [
            (
                page.render(scale=DPI / 72, grayscale=True).to_pil(),
                page.get_textpage().get_text_range().replace("\r\n", "\n"),
            )
            for page in document
        ]
    finally:
        document.close()


def links_of(order, pieces):
    return sorted(order.prefix + piece.code for piece in pieces for _ in order.layout.stamps)


# The ordinary day


@pytest.mark.parametrize("kind", designs.kinds())
def test_every_kind_on_its_own_form_decodes_and_can_be_searched(kind, pieces):
    order = sheets.order(kind, HOST)
    run = pieces(order.grid.per_page + 1, graded=kind == "building")
    pages = viewed(sheets.pdf(order, run))
    assert len(pages) == 2
    read = [text for picture, _ in pages for text in decoder.texts(picture)]
    assert sorted(read) == links_of(order, run)
    words = re.sub(r"\s", "", "".join(text for _, text in pages))
    for piece in run:
        shown = f"{piece.code[:4]}-{piece.code[4:8]}-{piece.code[8:]}"
        assert shown in words
        assert piece.title.replace(" ", "") in words
    assert words.count("扫码不收费，不索要身份证") == len(run)
    assert words.count(HOST) == len(run)


@pytest.mark.parametrize("form", forms.names())
def test_every_form_decodes(form, pieces):
    order = sheets.order("ebike", HOST, form)
    run = pieces(order.grid.per_page)
    ((picture, _),) = viewed(sheets.pdf(order, run))
    assert sorted(decoder.texts(picture)) == links_of(order, run)
    for pixels, length in zip(picture.size, order.grid.page, strict=True):
        assert pixels == pytest.approx(length * DPI / 25.4, abs=1.5)


def test_a_label_costs_few_bytes_and_letters_are_embedded_once(pieces):
    order = sheets.order("building", HOST, "L7160")
    small, large = (len(sheets.pdf(order, pieces(count))) for count in (21, 21 * 11))
    assert (large - small) / 210 < 300


def test_every_letter_of_the_alphabet_can_be_searched(pieces):
    """Glyphs get numbers as they come: some hold the bytes of a bracket or an end of line."""
    order = sheets.order("bin", HOST)
    letters = (
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工"
        "也能下过子说产种面而方后多定行学法所民得经"
    )
    run = [
        piece._replace(place=letters[start : start + 7])
        for piece, start in zip(pieces(10), range(0, 70, 7), strict=True)
    ]
    ((_, words),) = viewed(sheets.pdf(order, run))
    assert all(letter in words for letter in letters)


def test_labels_stand_where_the_form_says(pieces):
    order = sheets.order("room", HOST, "L7160", start=5)
    ((picture, _),) = viewed(sheets.pdf(order, pieces(1)))
    place = order.places(1)[0]
    (stamp,) = order.layout.stamps
    scale = DPI / 25.4
    left, top = (place.left + stamp.left) * scale, (place.top + stamp.top) * scale
    dark = picture.point(lambda grey: 255 if grey < 128 else 0)
    finder = dark.crop((0, 0, round(left + 7 * order.layout.module * scale), picture.height))
    assert finder.getbbox()[0] == pytest.approx(left, abs=1)
    assert finder.getbbox()[1] == pytest.approx(top, abs=1)
    column, row = 1, 1  # Position 5 of three columns.
    assert place.left == pytest.approx(7.21 + column * 66.04, abs=0.03)
    assert place.top == pytest.approx(15.15 + row * 38.1, abs=0.03)


def test_a_printer_is_humoured(pieces):
    run = pieces(21)
    plain = sheets.order("room", HOST, "L7160")
    moved = sheets.order("room", HOST, "L7160", printer=Printer(1.5, -2.0, 1.01, 0.98))
    before, after = (
        viewed(sheets.pdf(order, run))[0][0].point(lambda grey: 255 - grey).getbbox()
        for order in (plain, moved)
    )
    pixel = 25.4 / DPI
    for index, (shift, stretch) in enumerate([(1.5, 1.01), (-2.0, 0.98)] * 2):
        assert after[index] * pixel == pytest.approx(
            before[index] * pixel * stretch + shift, abs=0.2
        )


def test_cut_marks_frame_labels_that_must_be_cut_and_no_others(pieces):
    order = sheets.order("streetlight", HOST)
    ((picture, _),) = viewed(sheets.pdf(order, pieces(1)))
    place, (width, height) = order.places(1)[0], order.layout.size
    scale = DPI / 25.4

    def ink(left, top, right, bottom):
        box = tuple(round(edge * scale) for edge in (left, top, right, bottom))
        return picture.crop(box).getextrema()[0] < 128

    for x, outward in ((place.left, -1), (place.left + width, 1)):
        for y, upward in ((place.top, -1), (place.top + height, 1)):
            mark = sorted((x + outward, x + 3 * outward)), sorted((y + upward, y + 3 * upward))
            assert ink(mark[0][0], y - 0.3, mark[0][1], y + 0.3)
            assert ink(x - 0.3, mark[1][0], x + 0.3, mark[1][1])
    stuck = sheets.order("room", HOST, "L7160")
    ((picture, _),) = viewed(sheets.pdf(stuck, pieces(1)))
    place = stuck.places(1)[0]
    assert not ink(0, 0, 210, place.top)
    assert not ink(place.left + stuck.layout.size[0], 0, 210, 297)


def test_the_test_page_has_rulers_of_100_mm():
    ((picture, words),) = viewed(sheets.ruler("L7160"))
    scale = DPI / 25.4
    dark = picture.point(lambda grey: 255 if grey < 100 else 0)
    left, top, right, _ = dark.crop((0, 0, picture.width, round(10.5 * scale))).getbbox()
    assert (right - left) / scale == pytest.approx(100, abs=0.3)
    assert (left / scale, top / scale) == pytest.approx((10, 10), abs=0.2)
    left, top, _, bottom = dark.crop((0, 0, round(10.5 * scale), picture.height)).getbbox()
    assert (bottom - top) / scale == pytest.approx(100, abs=0.3)
    assert "横线应为 100 毫米" in words.replace("\n", "")
    assert "实际大小" in words


@pytest.mark.parametrize("form", forms.names())
def test_every_form_has_a_test_page(form):
    ((_, words),) = viewed(sheets.ruler(form, Printer(1, 1)))
    assert form in words


# Who must not, what is broken


def test_orders_that_cannot_be_printed_are_refused_when_they_are_made():
    with pytest.raises(UnknownDesign):
        sheets.order("lamp", HOST)
    with pytest.raises(UnknownForm):
        sheets.order("bin", HOST, "L1")
    with pytest.raises(links.BadHost):
        sheets.order("bin", "https://q.example.cn")
    with pytest.raises(BadForm):
        sheets.order("bin", HOST, "L7160", start=22)
    with pytest.raises(UnknownDesign):
        sheets.order("bin", HOST, copies=2)


def test_a_missing_letter_stops_the_whole_run(pieces):
    run = pieces(3)
    run[2] = run[2]._replace(title="🚲")
    with pytest.raises(MissingGlyphs):
        sheets.pdf(sheets.order("bin", HOST), run)


# What is strange


def test_the_same_order_gives_the_same_file_whatever_the_day(pieces):
    order, run = sheets.order("bin", HOST), pieces(3)
    first = sheets.pdf(order, run)
    assert first == sheets.pdf(order, run)
    assert b"D:19700101" in first
    assert str(datetime.now(UTC).year).encode() not in first


def test_progress_hears_of_every_page(pieces):
    heard = []
    sheets.pdf(sheets.order("bin", HOST), pieces(25), heard.append)
    assert heard == [0, 1, 2]


def test_no_byte_on_a_page_can_be_taken_for_the_end_of_a_symbol(pieces):
    data = sheets.pdf(sheets.order("bin", HOST), pieces(40))
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            page = zlib.decompress(stream)
        except zlib.error:
            continue
        for inline in re.findall(rb"ID (.*?)EI", page, re.DOTALL):
            assert re.fullmatch(rb"[0-9a-f]{232}>\n", inline)
