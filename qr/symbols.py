"""QR symbols, fast: one link prefix costs 50 ms once, then each code costs some 30 microseconds.

Error correction and placement are linear over GF(2): with the prefix, the version and the level
fixed, every bit of the code flips a fixed set of modules. `qrcode` draws the symbol once for each
bit; afterwards a symbol is an XOR of six table entries, and bit for bit the one `qrcode` draws.

All eight masks are then scored at once with the penalties of ISO/IEC 18004, section 7.8.3, on the
finished symbol, format bits included. (`qrcode` 8.2 scores before it draws those bits and so picks
another mask for almost every second symbol; both read equally well.)

Matrices are kept as integers, the top left module in the highest bit, 1 for dark. A line takes
`stride` bits, a whole number of bytes and at least one more than the side: the light gap stops
every shifted comparison from running into the next line.
"""

from collections.abc import Iterator
from functools import lru_cache, reduce
from itertools import product
from operator import xor
from typing import NamedTuple

from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from qr import codes

QUIET = 4  # Light modules around a symbol, ISO/IEC 18004, section 5.3.8.
MASKS = 8
LEVELS = {
    "L": ERROR_CORRECT_L,
    "M": ERROR_CORRECT_M,
    "Q": ERROR_CORRECT_Q,
    "H": ERROR_CORRECT_H,
}
LARGEST_VERSION = 9  # From version 10 on lengths take more bits; no tag should come near.

_PAIRS = codes.LENGTH // 2  # QR writes two letters in 11 bits, as 45 * first + second.
_PAIR_BITS = 11
# Not zeros: `qrcode` 8.2 fails on a block of data that is zero throughout. And of ZZ any one bit
# may be flipped and it is still a pair of letters.
_BASE = "ZZ"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


class TooLong(ValueError):
    """The link does not fit any symbol one would glue to a wall."""


class Fit(NamedTuple):
    """How large a symbol must be: version 1 to 9 and error correction level L, M, Q or H."""

    version: int
    level: str

    @property
    def modules(self) -> int:
        """The side of the symbol, without the quiet zone."""
        return 17 + 4 * self.version


class Symbol(NamedTuple):
    """One finished symbol. `rows` holds `stride` bits a line, most significant bit left."""

    text: str
    modules: int
    stride: int
    rows: bytes
    mask: int

    def lines(self) -> Iterator[int]:
        """The lines from the top, each an integer of `modules` bits, left module highest."""
        width, spare = self.stride // 8, self.stride - self.modules
        for start in range(0, len(self.rows), width):
            yield int.from_bytes(self.rows[start : start + width]) >> spare

    def matrix(self) -> list[list[bool]]:
        """The modules as `qrcode` gives them: `matrix()[row][column]` is true where dark."""
        columns = range(self.modules - 1, -1, -1)
        return [[bool(line >> column & 1) for column in columns] for line in self.lines()]


def fit(prefix: str) -> Fit:
    """The smallest version that holds prefix + code at level Q, then the highest level in it."""
    length = len(prefix.encode())
    for version in range(1, LARGEST_VERSION + 1):
        for level in ("H", "Q"):
            if length <= room(Fit(version, level)):
                return Fit(version, level)
    raise TooLong(f"{prefix!r} is too long for a tag.")


def room(size: Fit) -> int:
    """How many bytes a prefix may have in a symbol of this version and level."""
    blocks = rs_blocks(size.version, LEVELS[size.level])
    bits = sum(8 * int(block.data_count) for block in blocks)
    heads = 4 + 8 + 4 + 9  # Mode and length of the bytes, mode and length of the letters.
    return (bits - heads - _PAIRS * _PAIR_BITS) // 8


def reference(prefix: str, code: str, size: Fit, mask: int | None) -> list[list[bool]]:
    """The same symbol drawn by `qrcode`, slowly: the measure for everything below."""
    drawing: QRCode = QRCode(
        version=size.version, error_correction=LEVELS[size.level], mask_pattern=mask
    )
    # Left to itself `qrcode` cuts the text into segments that can enlarge the symbol.
    drawing.add_data(QRData(prefix.encode(), mode=MODE_8BIT_BYTE))
    drawing.add_data(QRData(code, mode=MODE_ALPHA_NUM))
    drawing.make(fit=False)
    return [[bool(module) for module in row] for row in drawing.modules]


@lru_cache(maxsize=8)
def press(prefix: str) -> "Press":
    """The tables for one prefix, built once per process: some 2 MB."""
    return Press(prefix)


class Press:
    """Everything that is the same for all codes behind one prefix."""

    def __init__(self, prefix: str, size: Fit | None = None) -> None:
        self.prefix = prefix
        self.fit = size or fit(prefix)
        side = self.modules = self.fit.modules
        self.stride = side // 8 * 8 + 8
        self._half = side * self.stride  # Bits of the matrix line by line;
        self._part = 2 * self._half  # below it stands the same matrix column by column.
        self._base = [self._drawn(_BASE * _PAIRS, mask) for mask in range(MASKS)]
        self._pairs = [self._pair_flips(index) for index in range(_PAIRS)]
        self._bases = 0
        for matrix in self._base:
            self._bases = self._bases << self._part | matrix
        line = (1 << side) - 1 << self.stride - side
        self._cells = self._every_mask(line, side, side)
        self._steps = self._every_mask(line & line << 1, side, side)  # with a right neighbour
        self._squares = self._every_mask(line & line << 1, side - 1, 0)  # and one below
        self._rows = self._every_mask(line, side, 0)
        self._imbalance = [_imbalance(dark, side * side) for dark in range(side * side + 1)]

    def symbol(self, code: str, mask: int | None = None) -> Symbol:
        """Draw a code as `codes.read` gives it; without `mask` choose the lowest penalty."""
        flips = self._flips(code)
        if mask is None:
            penalties = self._penalties(flips)
            mask = penalties.index(min(penalties))
        rows = (flips ^ self._base[mask]) >> self._half
        return Symbol(
            self.prefix + code, self.modules, self.stride, rows.to_bytes(self._half // 8), mask
        )

    def penalties(self, code: str) -> list[int]:
        """What the standard charges for each of the eight masks, mask 0 first."""
        return self._penalties(self._flips(code))

    def _flips(self, code: str) -> int:
        """The modules in which this code differs from the base code, in whatever mask."""
        one, two, three, four, five, six = self._pairs
        try:
            return (
                one[code[0:2]]
                ^ two[code[2:4]]
                ^ three[code[4:6]]
                ^ four[code[6:8]]
                ^ five[code[8:10]]
                ^ six[code[10:]]
            )
        except KeyError:
            raise ValueError(f"{code!r} is not a code of {codes.LENGTH} characters.") from None

    def _penalties(self, flips: int) -> list[int]:
        """All masks stand in one long integer, so each step below is taken for all at once.

        Read `x << k` as "the neighbour k to the right", and as "the one below" for a whole stride.
        """
        part = self._part
        flips |= flips << part
        flips |= flips << 2 * part
        dark = flips << 4 * part ^ flips ^ self._bases
        light = dark ^ self._cells

        same = ((dark ^ dark << 1) & self._steps) ^ self._steps
        three = same & same << 1
        five = three & three << 2  # Here begin five equal modules; a run of n begins n - 4 of them
        runs = five | five >> 1 | five >> 2  # and costs n - 2: two marks more, in its own tail.

        below = dark ^ dark << self.stride
        blocks = same & same << self.stride & ~below & self._squares

        dark_light = dark & light << 1
        finder = dark_light & (dark & dark << 1) << 2 & dark_light << 4 & dark << 6  # 1011101
        two_light = light & light << 1
        four_light = two_light & two_light << 2
        # Light before it is marked on its first module, light behind it on its second.
        finders = finder & four_light >> 4 | (finder & four_light << 7) >> 1

        return [
            run + 3 * block + 40 * pattern + self._imbalance[ink]
            for run, block, pattern, ink in zip(
                self._counts(runs),
                self._counts(blocks),
                self._counts(finders),
                self._counts(dark & self._rows),
                strict=True,
            )
        ]

    def _counts(self, marks: int) -> list[int]:
        """How many marks each mask has."""
        width = self._part // 8
        parts = marks.to_bytes(MASKS * width)
        return [
            int.from_bytes(parts[start : start + width]).bit_count()
            for start in range(0, MASKS * width, width)
        ]

    def _every_mask(self, line: int, rows: int, columns: int) -> int:
        """A line repeated in the first `rows` rows and the first `columns` columns of all masks."""
        half = sum(line << self._half - self.stride * (row + 1) for row in range(rows))
        part = half << self._half
        part |= sum(line << self._half - self.stride * (row + 1) for row in range(columns))
        return sum(part << self._part * mask for mask in range(MASKS))

    def _pair_flips(self, index: int) -> dict[str, int]:
        """For each two letters at place `index` of six: the modules they flip."""
        bits = []
        for bit in range(_PAIR_BITS):
            pair = "".join(_LETTERS[letter] for letter in divmod(_value(_BASE) ^ 1 << bit, 45))
            text = _BASE * index + pair + _BASE * (_PAIRS - 1 - index)
            bits.append(self._drawn(text, 0) ^ self._base[0])
        flips = {}
        for pair in map("".join, product(codes.ALPHABET, repeat=2)):
            differs = _value(pair) ^ _value(_BASE)
            flips[pair] = reduce(
                xor, (flip for bit, flip in enumerate(bits) if differs >> bit & 1), 0
            )
        return flips

    def _drawn(self, letters: str, mask: int) -> int:
        """The symbol as `qrcode` draws it, line by line and then column by column."""
        matrix = reference(self.prefix, letters, self.fit, mask)
        number = 0
        for line in (*matrix, *zip(*matrix, strict=True)):
            for module in line:
                number = number << 1 | module
            number <<= self.stride - self.modules
        return number


def _value(pair: str) -> int:
    return 45 * _LETTERS.index(pair[0]) + _LETTERS.index(pair[1])


def _imbalance(dark: int, area: int) -> int:
    """Ten for each full 5 % by which the dark modules are not half of all."""
    return int(abs(100 * dark / area - 50) / 5) * 10
