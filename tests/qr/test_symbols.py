"""Symbols: the fast drawing against `qrcode`, module for module, and against a decoder."""

from random import Random

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from qrcode.exceptions import DataOverflowError
from qrcode.util import _lost_point_level4, lost_point

from qr import codes, links, symbols
from qr.symbols import Fit, TooLong

KEYS = codes.Keys(bytes(32))
SHORT = links.prefix("q7.cn")
USUAL = links.prefix("q.example.cn")
FOUR_BLOCKS = links.prefix("q.example123.cn")  # 33 modules at level H: the code fills a block.
LONG = links.prefix("tags.grid.longgang.example.cn")
PREFIXES = pytest.mark.parametrize("prefix", [SHORT, USUAL, FOUR_BLOCKS, LONG])
DAILY_AND_PROOF = pytest.mark.parametrize(
    "count", [6, pytest.param(250, marks=pytest.mark.proof)], ids=["daily", "proof"]
)

all_codes = st.integers(0, 2**40 - 1).map(lambda n: codes.mint(KEYS, lambda _: n.to_bytes(5)))


def some_codes(count: int, seed: int = 1) -> list[str]:
    chance = Random(seed)
    return [codes.mint(KEYS, chance.randbytes) for _ in range(count)]


def seen(symbol: symbols.Symbol) -> str:
    """What a decoder reads from the bare matrix with its quiet zone, three dots a module."""
    side = symbol.modules + 2 * symbols.QUIET
    picture = Image.new("L", (side, side), 255)
    for row, line in enumerate(symbol.matrix()):
        for column, dark in enumerate(line):
            if dark:
                picture.putpixel((column + symbols.QUIET, row + symbols.QUIET), 0)
    found = zxingcpp.read_barcodes(picture.resize((3 * side, 3 * side), Image.Resampling.NEAREST))
    return found[0].text


# The ordinary day


@PREFIXES
def test_a_symbol_says_its_link(prefix):
    press = symbols.press(prefix)
    for code in some_codes(20):
        symbol = press.symbol(code)
        assert symbol.text == prefix + code
        assert seen(symbol) == prefix + code


@PREFIXES
@DAILY_AND_PROOF
def test_every_mask_is_drawn_and_charged_as_qrcode_does(prefix, count):
    press = symbols.press(prefix)
    for code in some_codes(count):
        drawn = [symbols.reference(prefix, code, press.fit, mask) for mask in range(8)]
        assert [press.symbol(code, mask).matrix() for mask in range(8)] == drawn
        penalties = [lost_point(matrix) for matrix in drawn]
        assert press.penalties(code) == penalties
        assert press.symbol(code).mask == penalties.index(min(penalties))


@PREFIXES
def test_every_letter_in_every_place_is_drawn_as_qrcode_does(prefix):
    press = symbols.press(prefix)
    for place in range(12):
        for letter in codes.ALPHABET[place % 4 :: 4]:
            code = "1" * place + letter + "Y" * (11 - place)
            assert press.symbol(code, 2).matrix() == symbols.reference(prefix, code, press.fit, 2)


@pytest.mark.parametrize(
    ("host", "fit"),
    [
        ("q7.cn", Fit(3, "H")),
        ("q.sz.gov.cn", Fit(3, "Q")),
        ("q.example.cn", Fit(3, "Q")),
        ("q.example123.cn", Fit(4, "H")),
        ("q.example1234.cn", Fit(4, "Q")),
        ("tags.grid.longgang.example.cn", Fit(5, "Q")),
    ],
)
def test_the_symbol_is_as_small_as_level_q_allows_and_then_as_strong_as_it_can_be(host, fit):
    prefix = links.prefix(host)
    assert symbols.fit(prefix) == fit
    assert len(symbols.reference(prefix, "Z" * 12, fit, 0)) == fit.modules
    with pytest.raises(DataOverflowError):
        symbols.reference(prefix, "Z" * 12, Fit(fit.version - 1, "Q"), 0)
    if fit.level == "Q":
        with pytest.raises(DataOverflowError):
            symbols.reference(prefix, "Z" * 12, Fit(fit.version, "H"), 0)


def test_a_gs1_link_is_drawn_like_any_other():
    prefix = links.prefix("q.example.cn", "6901234")
    symbol = symbols.press(prefix).symbol(some_codes(1)[0])
    assert seen(symbol) == symbol.text
    assert "/8004/6901234" in symbol.text


# What is broken


def test_a_host_too_long_for_any_wall_is_refused():
    with pytest.raises(TooLong):
        symbols.fit(links.prefix(".".join(["a" * 60] * 4)))


@pytest.mark.parametrize("code", ["", "7K3M", "7K3M-9QX2-DHV5", "7K3M9QX2DHV5Z", "7k3m9qx2dhv5"])
def test_only_a_plain_code_is_drawn(code):
    with pytest.raises(ValueError, match="12 characters"):
        symbols.press(USUAL).symbol(code)


# What is strange


@given(all_codes)
def test_lines_and_matrix_and_rows_tell_the_same(code):
    symbol = symbols.press(USUAL).symbol(code)
    written = "".join(str(int(dark)) for line in symbol.matrix() for dark in [*line, 0, 0, 0])
    assert f"{int.from_bytes(symbol.rows):0{8 * len(symbol.rows)}b}" == written
    assert [f"{line:029b}" for line in symbol.lines()] == [
        "".join(str(int(dark)) for dark in line) for line in symbol.matrix()
    ]


def test_imbalance_is_charged_as_qrcode_does():
    for ink in range(26 * 26):
        cells = iter([True] * ink + [False] * (26 * 26 - ink))
        matrix = [[next(cells) for _ in range(26)] for _ in range(26)]
        assert symbols._imbalance(ink, 26 * 26) == _lost_point_level4(matrix, 26)


def test_every_version_a_tag_may_take_is_charged_right():
    code = some_codes(1)[0]
    for version in range(3, symbols.LARGEST_VERSION + 1):
        press = symbols.Press(SHORT, Fit(version, "Q"))
        drawn = [symbols.reference(SHORT, code, press.fit, mask) for mask in range(8)]
        assert [press.symbol(code, mask).matrix() for mask in range(8)] == drawn
        assert press.penalties(code) == [lost_point(matrix) for matrix in drawn]
