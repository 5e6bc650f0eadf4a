"""Layout: whole dots, the quiet zone kept, words beside it, and a loud no where something lacks."""

import statistics
from itertools import product

import pytest

from qr import codes, designs, forms, glyphs, sheets, symbols
from qr.glyphs import MissingGlyphs
from qr.labels import arrange
from qr.labels import layout as layouts
from qr.labels.arrange import WIDE_CODE, TooSmall
from qr.labels.layout import DoesNotFit, Piece

HOST = "q.example.cn"
CODE = "7K3M9QX2DHV5"
LONG = Piece(CODE, "福华三路与民田路交叉口东北角 128 号", "福田区福田街道水围社区福民路皇岗村")
SHORT = Piece(CODE, "1 号")
SMALL = Piece(CODE, "福民路 12 号", "福田街道水围社区")  # As much as the smallest labels hold.
DOT = 0.05  # Symbols are moved to the next dot, half a dot of 300 dpi at most.

EVERYTHING = [
    (kind, choice, form)
    for kind, form in product(designs.kinds(), forms.names())
    for choice in designs.design(kind).choices
    if not (choice.copies == 2 and form == "L7651")  # 38 mm hold no two symbols and their words.
]
EVERY_LABEL = pytest.mark.parametrize(
    ("kind", "choice", "form"),
    EVERYTHING,
    ids=[f"{kind}-{choice.copies}x{choice.module}-{form}" for kind, choice, form in EVERYTHING],
)


def laid(kind, choice, form):
    modules = symbols.fit(f"https://{HOST}/").modules
    return arrange.lay_out(designs.design(kind), choice, forms.form(form), modules, HOST)


def inside(box, width, height):
    return (
        box.left >= -DOT
        and box.top >= -DOT
        and box.left + box.width <= width + DOT
        and box.top + box.height <= height + DOT
    )


def box_of(word):
    top = word.base - glyphs.ASCENT * word.size
    return layouts.Box(word.left, top, glyphs.width(word.text, word.size), word.size)


def apart(one, other):
    return (
        one.left + one.width <= other.left + DOT
        or other.left + other.width <= one.left + DOT
        or one.top + one.height <= other.top + DOT
        or other.top + other.height <= one.top + DOT
    )


# The ordinary day


@EVERY_LABEL
def test_symbols_stand_on_whole_dots_with_their_quiet_zone(kind, choice, form):
    layout = laid(kind, choice, form)
    dot = layout.grid.form.dot
    assert layout.module == layout.dots * dot
    assert len(layout.stamps) == len(layout.panels) == choice.copies
    for stamp, panel in zip(layout.stamps, layout.panels, strict=True):
        assert stamp.side == pytest.approx(layout.modules * layout.module)
        assert panel.width == pytest.approx((layout.modules + 8) * layout.module)
        assert inside(panel, *layout.size)
        for length in (stamp.left, stamp.top):
            assert length / dot == pytest.approx(round(length / dot), abs=1e-6)
    if choice.copies == 2:
        assert apart(*layout.panels)


@EVERY_LABEL
@pytest.mark.parametrize("piece", [LONG, SHORT], ids=["long", "short"])
def test_words_stay_on_the_label_off_the_symbol_and_off_each_other(kind, choice, form, piece):
    if piece is LONG and (form == "L7651" or (choice.copies == 2 and form == "L7160")):
        piece = SMALL
    layout = laid(kind, choice, form)
    boxes = [box_of(word) for word in layout.words(piece)]
    for number, box in enumerate(boxes):
        assert inside(box, *layout.size)
        assert box.left >= 1.4, "paper shifts in the printer"
        assert box.top + box.height <= layout.size[1] - 1.4
        assert all(apart(box, panel) for panel in layout.panels)
        assert all(apart(box, other) for other in boxes[:number])
        assert box.height >= layouts.LEAST_TEXT


@EVERY_LABEL
def test_words_are_as_large_as_they_can_be_and_in_the_middle(kind, choice, form):
    layout = laid(kind, choice, form)
    words = layout.words(SMALL)
    largest = next(scale for scale in layouts.SCALES if layout._fit(layout.texts(SMALL), scale))
    first = layout.design.lines[0].size * layout.design.text * largest
    assert words[0].size == pytest.approx(max(layouts.LEAST_TEXT, first))
    above = box_of(words[0]).top - layout.room.top
    below = layout.room.top + layout.room.height - words[-1].base - 0.12 * words[-1].size
    assert above == pytest.approx(below, abs=0.5)
    if layout.centred:
        for word in words:
            middle = word.left + glyphs.width(word.text, word.size) / 2
            assert middle == pytest.approx(layout.size[0] / 2, abs=0.01)


@EVERY_LABEL
def test_nothing_is_lost_of_what_the_label_must_say(kind, choice, form):
    layout = laid(kind, choice, form)
    said = "".join(word.text for word in layout.words(SHORT)).replace(" ", "")
    assert "7K3M-9QX2-DHV5" in said
    assert HOST in said
    assert "扫码不收费，不索要身份证" in said
    assert "1号" in said


@pytest.mark.parametrize("kind", designs.kinds())
def test_a_label_of_its_own_size_has_the_module_it_asks_for(kind):
    for choice in designs.design(kind).choices:
        layout = laid(kind, choice, "A4")
        assert layout.module == pytest.approx(choice.module, abs=layout.grid.form.dot / 2)
        assert layout.reach == pytest.approx(0.6 * choice.module, rel=0.03)


def test_the_largest_symbol_of_the_roll_has_eighteen_dots_a_module():
    layout = laid("streetlight", designs.design("streetlight").choice(), "roll-62")
    assert (layout.grid.form.dpi, layout.dots) == (300, 18)


def test_short_words_are_printed_larger_than_long_ones():
    layout = laid("bin", designs.design("bin").choice(), "L7160")
    large, small = (max(word.size for word in layout.words(piece)) for piece in (SHORT, LONG))
    assert large > small


def test_the_grade_is_a_word_too():
    layout = laid("building", designs.design("building").choice(), "L7160")
    said = [word.text for word in layout.words(SHORT._replace(grade="red"))]
    assert "出租屋安全等级：禁止" in said
    assert not any("等级" in word.text for word in layout.words(SHORT))


# What is broken


def test_missing_letters_of_a_whole_run_are_listed_before_anything_is_drawn(pieces):
    layout = laid("bin", designs.design("bin").choice(), "L7160")
    run = pieces(30)
    run[7] = run[7]._replace(title="🚲 棚")
    run[21] = run[21]._replace(place="𠮷祥里 🚲")
    with pytest.raises(MissingGlyphs) as refused:
        layouts.check(layout, run)
    assert refused.value.characters == "🚲𠮷"


def test_texts_too_long_for_their_labels_are_listed_all(pieces):
    layout = laid("ebike", designs.design("ebike").choice(), "L7651")
    run = pieces(9)
    run[2] = run[2]._replace(place="福田" * 40)
    run[5] = run[5]._replace(title="水" * 60)
    with pytest.raises(DoesNotFit, match="and 1 more") as refused:
        layouts.check(layout, run)
    assert [piece.code for piece in refused.value.pieces] == [run[2].code, run[5].code]


def test_a_label_too_small_for_its_symbol_is_refused_by_name():
    with pytest.raises(TooSmall, match=r"38\.1 x 21\.2 mm cannot hold 2"):
        sheets.order("manhole_cover", HOST, "L7651")


@pytest.mark.parametrize("host", ["q7.cn", "q.example12345.cn", f"{'tags' * 9}.example.cn"])
@pytest.mark.parametrize("form", forms.names())
@pytest.mark.parametrize("kind", designs.kinds())
def test_a_label_that_is_offered_holds_at_least_its_code_and_host(kind, form, host):
    try:
        layout = sheets.order(kind, host, form).layout
    except TooSmall:
        return
    assert layout.words(Piece(CODE))


# What is strange


def test_a_label_that_says_nothing_but_its_code_is_still_a_label():
    layout = laid("streetlight", designs.design("streetlight").choice(), "A4")
    assert [word.text for word in layout.words(Piece(CODE))] == [
        "7K3M-9QX2-DHV5", HOST, "扫码不收费，不索要身份证",
    ]  # fmt: skip


def test_one_letter_never_stands_alone_when_two_lines_could_be_even():
    assert glyphs.balanced("福田区福田街道水围社区水围村", 13, 1) == [
        "福田区福田街道", "水围社区水围村",
    ]  # fmt: skip
    assert glyphs.balanced("扫码不收费，不索要身份证", 10, 1) == ["扫码不收费，", "不索要身份证"]


def test_room_is_kept_for_any_code_and_not_only_for_zeros() -> None:
    """Five standard deviations above the mean: the letters of a code are drawn at random."""
    widths = [glyphs.advances()[letter] for letter in codes.ALPHABET]
    mean, spread = statistics.mean(widths), statistics.pstdev(widths)
    usual_most = codes.LENGTH * mean + 5 * spread * codes.LENGTH**0.5
    assert sum(map(glyphs.advances().__getitem__, WIDE_CODE)) >= usual_most
