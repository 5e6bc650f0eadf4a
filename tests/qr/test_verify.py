"""Released or not: a right run passes, and one wrong module, label or page stops it."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from qr import designs, forms, sheets, symbols, verify
from qr.forms import Printer
from qr.labels import ops, pictures, zpl
from qr.verify import NotReleased

HOST = "q.example.cn"


def drawn_as_png(order, pieces):
    return [pictures.png(order.layout, piece, order.symbol(piece)) for piece in pieces]


def drawn_as_zpl(order, pieces):
    return "".join(zpl.zpl(order.layout, piece, order.symbol(piece)) for piece in pieces)


# The ordinary day


EVERY_SHEET = [
    (kind, choice, form)
    for kind in designs.kinds()
    for choice in designs.design(kind).choices
    for form in forms.names()
    if not (choice.copies == 2 and form == "L7651")
]


@pytest.mark.parametrize(
    ("kind", "choice", "form"),
    [
        pytest.param(
            kind,
            choice,
            form,
            marks=() if form == designs.design(kind).form else pytest.mark.proof,
            id=f"{kind}-{choice.copies}x{choice.module}-{form}",
        )
        for kind, choice, form in EVERY_SHEET
    ],
)
@pytest.mark.parametrize("host", [pytest.param("q7.cn", marks=pytest.mark.proof), HOST])
def test_drawn_is_decoded_for_every_design_form_and_page(kind, choice, form, host, pieces):
    order = sheets.order(kind, host, form, copies=choice.copies, module=choice.module)
    graded = kind == "building" and form != "L7651"  # 38 mm have no line left for the grade.
    run = pieces(order.grid.per_page + 1, graded=graded)
    report = verify.pdf(sheets.pdf(order, run), order, run)
    assert report == (len(run), len(run) * choice.copies, 2)


@pytest.mark.parametrize("kind", designs.kinds())
@pytest.mark.parametrize("dpi", [203, 300])
def test_drawn_is_decoded_for_pictures_and_thermal_printers(kind, dpi, pieces):
    run = pieces(3, graded=kind == "building")
    own = sheets.order(kind, HOST, dpi=dpi)
    assert verify.pngs(drawn_as_png(own, run), own, run).labels == 3
    thermal = sheets.order(kind, HOST, "100x60", dpi=dpi)
    assert verify.zpl(drawn_as_zpl(thermal, run), thermal, run).labels == 3


def test_a_humoured_printer_and_a_used_sheet_are_read_where_they_print(pieces):
    order = sheets.order("room", HOST, "L7162", start=9, printer=Printer(3, -2, 1.02, 0.97))
    run = pieces(25)  # Nine to sixteen, a page of sixteen, one more.
    assert verify.pdf(sheets.pdf(order, run), order, run).pages == 3


# Who must not


def test_a_label_with_another_code_is_not_released(pieces):
    order, run = sheets.order("bin", HOST), pieces(14)
    printed = [*run[:6], run[6]._replace(code=run[13].code), *run[7:]]
    with pytest.raises(NotReleased, match="not released") as refused:
        verify.pdf(sheets.pdf(order, printed), order, run)
    reasons = {(failure.number, failure.reason) for failure in refused.value.failures}
    assert (7, "is not drawn as its matrix says") in reasons
    assert (7, "does not decode to its link") in reasons


def test_a_missing_label_is_not_released(pieces):
    order, run = sheets.order("bin", HOST), pieces(10)
    with pytest.raises(NotReleased) as refused:
        verify.pdf(sheets.pdf(order, run[:9]), order, run)
    assert {failure.number for failure in refused.value.failures} == {10}


def test_a_label_too_many_is_not_released(pieces):
    order, run = sheets.order("bin", HOST), pieces(10)
    with pytest.raises(NotReleased, match="also says https"):
        verify.pdf(sheets.pdf(order, run), order, run[:9])


def test_a_missing_page_is_not_released(pieces):
    order, run = sheets.order("bin", HOST), pieces(11)
    with pytest.raises(NotReleased, match="1 pages, not 2"):
        verify.pdf(sheets.pdf(order, run[:10]), order, run)
    with pytest.raises(NotReleased, match="one of 10 pictures"):
        verify.pngs(drawn_as_png(order, run[:10]), order, run)


# What is broken


def test_one_flipped_module_is_seen_although_a_decoder_would_read_it(pieces):
    order, run = sheets.order("bin", HOST, dpi=300), pieces(2)
    good, bad = drawn_as_png(order, run)
    with Image.open(BytesIO(bad)) as picture:
        dots = order.layout.dots
        corner = [round(edge / order.layout.grid.form.dot) for edge in order.layout.stamps[0][:2]]
        box = (corner[0] + 15 * dots, corner[1] + 15 * dots)
        spot = picture.crop((*box, box[0] + dots, box[1] + dots)).point(lambda one: 255 - one)
        picture.paste(spot, box)
        file = BytesIO()
        picture.save(file, "PNG")
    with pytest.raises(NotReleased) as refused:
        verify.pngs([good, file.getvalue()], order, run)
    assert [failure.reason for failure in refused.value.failures] == [
        "is not drawn as its matrix says"
    ]


def test_words_over_the_symbol_are_seen(pieces):
    order, run = sheets.order("bin", HOST, dpi=300), pieces(1)
    with Image.open(BytesIO(drawn_as_png(order, run)[0])) as picture:
        ImageDraw.Draw(picture).rectangle((100, 100, 300, 300), fill=0)
        file = BytesIO()
        picture.save(file, "PNG")
    with pytest.raises(NotReleased) as refused:
        verify.pngs([file.getvalue()], order, run)
    assert len(refused.value.failures) == 2


def test_a_symbol_without_its_quiet_zone_on_a_dark_ground_is_seen(pieces, monkeypatch):
    order, run = sheets.order("building", HOST), pieces(1, graded=True)
    monkeypatch.setattr(
        ops, "_ground", lambda layout, grade: "0 g 0 0 1000 1000 re f\n1 g\n" + bare(layout)
    )

    def bare(layout):
        left, top, side = (length * ops.POINT for length in layout.stamps[0])
        height = layout.size[1] * ops.POINT
        return f"{left} {height - top - side} {side} {side} re f\n0 g\n"

    with pytest.raises(NotReleased) as refused:
        verify.pdf(sheets.pdf(order, run), order, run)
    assert [failure.reason for failure in refused.value.failures] == ["does not decode to its link"]


def test_tables_that_disagree_with_qrcode_are_seen(pieces, monkeypatch):
    order, run = sheets.order("bin", HOST), pieces(3)
    press = symbols.Press(order.prefix)
    wrong = 7 << press._half + 300
    press._pairs[2] = {pair: flips ^ wrong for pair, flips in press._pairs[2].items()}
    monkeypatch.setattr(symbols, "press", lambda prefix: press)
    with pytest.raises(NotReleased) as refused:
        verify.pdf(sheets.pdf(order, run), order, run)
    assert "is not the symbol `qrcode` draws" in {one.reason for one in refused.value.failures}


# What is strange


def test_progress_hears_of_every_page_that_was_read(pieces):
    order, run, heard = sheets.order("bin", HOST), pieces(25), []
    verify.pdf(sheets.pdf(order, run), order, run, heard.append)
    assert heard == [0, 1, 2]


@pytest.mark.proof
def test_a_district_reads_back(pieces):
    order, run = sheets.order("building", HOST, "L7160"), pieces(15_016, graded=True)
    assert len({piece.code for piece in run}) == 15_016
    assert verify.pdf(sheets.pdf(order, run), order, run) == (15_016, 15_016, 716)
