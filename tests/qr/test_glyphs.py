"""Letters: Shenzhen's names can be printed, and what cannot is named before anything is."""

import csv
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from qr import glyphs
from qr.glyphs import MissingGlyphs

FIXTURES = Path(__file__).parents[2] / "fixtures"

# The ordinary day


def test_shenzhen_can_be_spelt():
    glyphs.require(["大磡村 壆岗 塱尾 滘边 上埗 澫 坣岗 涌口 凼仔 圳美 氹 磜 坜 墟"])


def test_every_area_of_the_city_can_be_printed():
    with (FIXTURES / "areas" / "shenzhen.csv").open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert len(names) > 800
    glyphs.require(names)


def test_the_national_list_gb2312_and_traditional_forms_are_there():
    gb2312 = bytes(byte for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)
                   for byte in (row, cell))  # fmt: skip
    everyday = gb2312.decode("gb2312", "ignore")
    assert len(everyday) == 6_763
    glyphs.require(
        [everyday, "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹𠅤𠙶𤧛", "龍崗區 寶安區 羅湖 鹽田 廣場 門牌 樓棟"]
    )


def test_signs_are_there():
    glyphs.require(["①②③ № ℃ ㎡ ° × → 《》【】（）“”‘’…—·、。，；：？！ ABCxyz 0123456789 @#%&+-/"])


def test_a_chinese_line_is_as_long_as_it_has_letters():
    assert glyphs.width("扫码不收费", 3) == pytest.approx(15)
    assert glyphs.width("1" * 10, 3) == pytest.approx(10 * glyphs.width("1", 3))


def test_lines_break_between_letters_but_not_before_a_comma_or_inside_a_word():
    assert glyphs.wrap("福田街道水围社区", 4, 1) == ["福田街道", "水围社区"]
    assert glyphs.wrap("福田街道，水围", 4, 1) == ["福田街", "道，水围"]
    assert glyphs.wrap("near Shuiwei village", 7, 1) == ["near Shuiwei", "village"]


# What is broken


def test_missing_letters_are_listed_once_and_in_order():
    with pytest.raises(MissingGlyphs) as refused:
        glyphs.require(["水围🚲", "𠮷1栋", "🚲\n"])
    assert refused.value.characters == "🚲𠮷\n"
    assert "𠮷 (U+20BB7)" in str(refused.value)
    assert "U+000A" in str(refused.value)


# What is strange


@given(
    st.text(st.sampled_from("福田水围，。 ab1-（）"), max_size=40),
    st.floats(0.1, 30),
)
def test_wrapping_loses_no_letter_and_keeps_the_room(text, room):
    text = " ".join(text.split())
    lines = glyphs.wrap(text, room, 1)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert glyphs.width(line, 1) <= room or len(line) == 1


@given(
    st.text(st.sampled_from("福田水围，。 ab1-（）"), max_size=40),
    st.floats(0.1, 30),
)
def test_balancing_needs_no_more_lines_and_no_more_room(text, room):
    text = " ".join(text.split())
    lines = glyphs.balanced(text, room, 1)
    assert len(lines) == len(glyphs.wrap(text, room, 1))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert glyphs.width(line, 1) <= room or len(line) == 1


def test_two_lines_are_rather_parted_where_one_would_pause():
    assert glyphs.balanced("果皮箱 水围村一街十二号", 8, 1) == ["果皮箱", "水围村一街十二号"]
    assert glyphs.balanced("果皮箱 水围村一街十二号", 7, 1) == ["果皮箱 水围", "村一街十二号"]


def test_the_font_carries_its_licence_and_a_name_of_its_own():
    with TTFont(glyphs.FONT) as font:
        names = {name.nameID: str(name) for name in font["name"].names}
        assert font["head"].unitsPerEm == glyphs.EM
    assert "SIL Open Font License" in names[13]
    assert "Source" not in names[1] and "Noto" not in names[1]  # noqa: PT018
    assert "OPEN FONT LICENSE" in (glyphs.FONT.parent / "OFL.txt").read_text()
    assert glyphs.FONT.stat().st_size < 4_000_000


def test_outlines_stand_on_the_baseline_and_look_down():
    assert glyphs.outline("1").startswith("M")
    assert "-" in glyphs.outline("1"), "above the baseline y is negative in SVG"
