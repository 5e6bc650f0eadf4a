"""One label as picture, SVG and ZPL: what is drawn is what is read, to the dot."""

import re
import xml.etree.ElementTree as ET
from io import BytesIO

import pytest
from PIL import Image

from qr import decoder, designs, forms, glyphs, sheets, symbols
from qr.labels import pictures, svg, zpl
from qr.labels.layout import Piece
from qr.labels.zpl import BadBitmap

HOST = "q.example.cn"
SVG = "{http://www.w3.org/2000/svg}"
EVERY_KIND = pytest.mark.parametrize("kind", designs.kinds())


def order(kind, form=None, **wishes):
    return sheets.order(kind, HOST, form, **{"dpi": 300} | wishes)


def opened(file):
    with Image.open(BytesIO(file)) as picture:
        picture.load()
        return picture


def painted(drawing, order):
    """The SVG's rectangles and runs of modules, ten pixels a module: our own small painter."""
    root = ET.fromstring(drawing)
    scale = 10 / order.layout.module
    width, height = order.layout.size
    canvas = Image.new("L", (round(width * scale), round(height * scale)), 255)
    for rect in root.iter(f"{SVG}rect"):
        red, green, blue = designs.rgb(rect.get("fill"))
        grey = (red * 299 + green * 587 + blue * 114) // 1000
        left, top = float(rect.get("x", 0)), float(rect.get("y", 0))
        right, bottom = left + float(rect.get("width")), top + float(rect.get("height"))
        canvas.paste(grey, tuple(round(edge * scale) for edge in (left, top, right, bottom)))
    for path in root.findall(f"{SVG}path"):
        left, top, module = map(float, re.findall(r"[\d.]+", path.get("transform")))
        assert module == pytest.approx(order.layout.module, abs=1e-5)
        for run in re.findall(r"M(\d+) (\d+)h(\d+)v1H(\d+)z", path.get("d")):
            x, y, length, back = map(int, run)
            assert back == x
            corner = left + x * module, top + y * module
            box = (*corner, corner[0] + length * module, corner[1] + module)
            canvas.paste(0, tuple(round(edge * scale) for edge in box))
    return canvas


# The ordinary day


@EVERY_KIND
def test_a_png_decodes_to_its_link_and_knows_its_size(kind, pieces):
    made = order(kind)
    (piece,) = pieces(1)
    picture = opened(pictures.png(made.layout, piece, made.symbol(piece)))
    assert picture.mode == "1"
    assert decoder.texts(picture.convert("L")) == [made.prefix + piece.code] * len(
        made.layout.stamps
    )
    assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.02)
    for pixels, length in zip(picture.size, made.layout.size, strict=True):
        assert pixels / 300 * 25.4 == pytest.approx(length, abs=0.05)


@EVERY_KIND
def test_an_svg_decodes_to_its_link_and_needs_no_font(kind, pieces):
    made = order(kind)
    (piece,) = pieces(1)
    drawing = svg.svg(made.layout, piece, made.symbol(piece))
    assert decoder.texts(painted(drawing, made)) == [made.prefix + piece.code] * len(
        made.layout.stamps
    )
    root = ET.fromstring(drawing)
    assert not list(root.iter(f"{SVG}text"))
    assert root.get("width") == f"{made.layout.size[0]:g}mm"
    shapes = {f"#{shape.get('id')}" for shape in root.iter() if shape.get("id")}
    uses = [use.get("href") for use in root.iter(f"{SVG}use")]
    assert set(uses) == shapes
    said = "".join(word.text for word in made.layout.words(piece)).replace(" ", "")
    assert [f"#u{ord(letter):X}" for letter in said] == uses
    for word, group in zip(made.layout.words(piece), root.findall(f"{SVG}g/{SVG}g"), strict=True):
        starts = [glyphs.width(word.text[:end], glyphs.EM) for end in range(len(word.text))]
        ends = [start for start, letter in zip(starts, word.text, strict=True) if letter != " "]
        assert [float(use.get("x")) for use in group] == pytest.approx(ends)


@EVERY_KIND
@pytest.mark.parametrize("dpi", [203, 300])
def test_a_thermal_printer_prints_what_the_png_shows(kind, dpi, pieces):
    made = order(kind, "100x60", dpi=dpi)
    (piece,) = pieces(1)
    text = zpl.zpl(made.layout, piece, made.symbol(piece))
    (printed,) = zpl.bitmaps(text)
    picture = opened(pictures.png(made.layout, piece, made.symbol(piece)))
    assert printed.crop((0, 0, *picture.size)).tobytes() == picture.tobytes()
    beyond = printed.crop((picture.width, 0, *printed.size)).convert("L")
    assert printed.width == picture.width or beyond.getextrema() == (255, 255)
    assert decoder.texts(printed.convert("L")) == [made.prefix + piece.code] * len(
        made.layout.stamps
    )
    assert text.isascii()
    assert f"^PW{picture.width}^LL{picture.height}" in text


def test_a_zpl_label_is_a_tenth_of_its_hexadecimal(pieces):
    made = order("room", "100x60")
    (piece,) = pieces(1)
    text = zpl.zpl(made.layout, piece, made.symbol(piece))
    (printed,) = zpl.bitmaps(text)
    assert len(text) < 2 * len(printed.tobytes()) / 10


@pytest.mark.parametrize("grade", ["green", "yellow", "orange", "red"])
def test_a_grade_colours_the_ground_and_leaves_the_symbol_black_on_white(grade, pieces):
    made = order("building")
    piece = pieces(1)[0]._replace(grade=grade)
    symbol = made.symbol(piece)
    picture = opened(pictures.png(made.layout, piece, symbol)).convert("RGB")
    look = made.layout.design.grades[grade]
    assert picture.getpixel((2, 2)) == designs.rgb(look.ground)
    dot = made.layout.grid.form.dot
    box = [round(edge / dot) for edge in made.layout.panels[0]]
    panel = picture.crop((box[0], box[1], box[0] + box[2], box[1] + box[3]))
    assert {colour for _, colour in panel.getcolors()} == {(0, 0, 0), (255, 255, 255)}
    words = picture.crop((box[0] + box[2] + 2, 0, *picture.size))
    assert {colour for _, colour in words.getcolors()} == {
        designs.rgb(look.ground),
        designs.rgb(look.ink),
    }
    assert decoder.texts(picture.convert("L")) == [made.prefix + piece.code]
    drawing = svg.svg(made.layout, piece, symbol)
    assert look.ground in drawing
    assert f'<g fill="{look.ink}">' in drawing
    seen = painted(drawing, made)
    assert decoder.texts(seen) == [made.prefix + piece.code]
    scale = 10 / made.layout.module
    left, top, width, _ = (round(edge * scale) for edge in made.layout.panels[0])
    quiet = seen.crop((left + 1, top + 1, left + width - 1, top + 39))
    assert quiet.getextrema() == (255, 255), "four modules of white above the symbol"
    assert seen.crop((0, 0, seen.width, top - 1)).getextrema()[1] < 255


def test_the_matrix_stands_dot_for_dot_where_the_layout_says(pieces):
    made = order("manhole_cover", dpi=600)
    (piece,) = pieces(1)
    symbol = made.symbol(piece)
    picture = pictures.draw(made.layout, symbol, made.layout.words(piece))
    dots = made.layout.dots
    for stamp in made.layout.stamps:
        left, top = (round(edge / made.layout.grid.form.dot) for edge in stamp[:2])
        for row, line in enumerate(symbol.matrix()):
            for column, dark in enumerate(line):
                corner = left + column * dots, top + row * dots
                module = picture.crop((*corner, corner[0] + dots, corner[1] + dots))
                assert module.getextrema() == ((0, 0) if dark else (255, 255))


def test_words_are_drawn_where_the_layout_says(pieces):
    made = order("bin")
    (piece,) = pieces(1)
    words = made.layout.words(piece)
    picture = pictures.draw(made.layout, made.symbol(piece), words)
    dot = made.layout.grid.form.dot
    rest = picture.copy()
    for stamp in made.layout.stamps:
        rest.paste(1, tuple(round(edge / dot) for edge in (0, 0, stamp.left + stamp.side, 1000)))
    for word in words:
        size, long = word.size, glyphs.width(word.text, word.size)
        box = (word.left - 0.1, word.base - 0.9 * size, word.left + long, word.base + 0.2 * size)
        corners = tuple(round(edge / dot) for edge in box)
        rest.paste(1, corners)
        ink = picture.crop(corners).point(lambda one: 255 - one)
        assert 0.05 < ink.histogram()[255] / (ink.width * ink.height) < 0.5
    assert rest.convert("L").getextrema() == (255, 255), "and nowhere else"


# What is broken


def test_a_damaged_zpl_is_noticed(pieces):
    made = order("room", "100x60")
    (piece,) = pieces(1)
    text = zpl.zpl(made.layout, piece, made.symbol(piece))
    middle = len(text) // 2
    other = "A" if text[middle] != "A" else "B"
    with pytest.raises(BadBitmap, match="check sum"):
        list(zpl.bitmaps(text[:middle] + other + text[middle + 1 :]))
    with pytest.raises(BadBitmap, match="as long"):
        list(zpl.bitmaps(re.sub(r"GFA,\d+", "GFA,10", text)))


# What is strange


def test_words_that_look_like_markup_are_words():
    made = order("bin")
    piece = Piece("7K3M9QX2DHV5", '<script>"&amp;', "^XZ~JA")
    root = ET.fromstring(svg.svg(made.layout, piece, made.symbol(piece)))
    assert '<script>"&amp; ^XZ~JA' in (root.findtext(f"{SVG}desc") or "")
    assert not list(root.iter("script"))
    assert zpl.zpl(made.layout, piece, made.symbol(piece)).count("^XZ") == 1


def test_a_long_host_makes_a_larger_symbol_and_finer_modules():
    usual = order("streetlight", "L7160").layout
    long = sheets.order("streetlight", "tags.grid.longgang.example.cn", "L7160").layout
    assert (usual.modules, long.modules) == (29, 37)
    assert long.module < usual.module


def test_svg_runs_cover_the_matrix_exactly(pieces):
    symbol = symbols.press(f"https://{HOST}/").symbol(pieces(1)[0].code)
    drawn = [[False] * symbol.modules for _ in range(symbol.modules)]
    for x, y, length, _ in re.findall(r"M(\d+) (\d+)h(\d+)v1H(\d+)z", svg.path(symbol)):
        for column in range(int(x), int(x) + int(length)):
            assert not drawn[int(y)][column]
            drawn[int(y)][column] = True
    assert drawn == symbol.matrix()


def test_the_same_label_is_the_same_file(pieces):
    made = order("ebike")
    (piece,) = pieces(1)
    symbol = made.symbol(piece)
    first, again = (pictures.png(made.layout, piece, symbol) for _ in range(2))
    assert first == again
    assert forms.form("A4").dpi == 600, "an order's own dpi changes no form"
