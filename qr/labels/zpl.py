"""Labels for thermal printers that speak ZPL II: each a bitmap, for they know no Chinese.

The bitmap travels as `^GFA` with `:Z64:`, deflated and in base 64 with a CRC, a fiftieth of the
usual hexadecimal. Colours are left out: a grade is still printed as a word.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

from PIL import Image

from qr.labels import pictures
from qr.labels.layout import Layout, Piece
from qr.symbols import Symbol

_FIELD = re.compile(r"\^GFA,(\d+),(\d+),(\d+),:Z64:([A-Za-z0-9+/=]+):([0-9a-f]{4})")


class BadBitmap(ValueError):
    """The ZPL is damaged: a sum or a length does not agree."""


def zpl(layout: Layout, piece: Piece, symbol: Symbol) -> str:
    """One label, `^XA` to `^XZ`, at the resolution of the form."""
    picture = pictures.draw(layout, symbol, layout.words(piece))
    width, height = picture.size
    # ZPL prints ones; a picture's ones are white, and so is whatever fills its last byte.
    padded = Image.new("1", (-(-width // 8) * 8, height), 1)
    padded.paste(picture, (0, 0))
    bitmap = bytes(byte ^ 0xFF for byte in padded.tobytes())
    packed = base64.b64encode(zlib.compress(bitmap, 9)).decode("ascii")
    check = binascii.crc_hqx(packed.encode("ascii"), 0)
    size, across = len(bitmap), padded.width // 8
    return (
        f"^XA^PW{width}^LL{height}^LH0,0\n"
        f"^FO0,0^GFA,{size},{size},{across},:Z64:{packed}:{check:04x}^FS\n"
        "^XZ\n"
    )


def bitmaps(text: str) -> Iterator[Image.Image]:
    """The pictures a printer would make of this ZPL, mode 1 with white 1; raises BadBitmap."""
    for total, graphic, across, packed, check in _FIELD.findall(text):
        if binascii.crc_hqx(packed.encode("ascii"), 0) != int(check, 16):
            raise BadBitmap("A bitmap's check sum is wrong.")
        bitmap = zlib.decompress(base64.b64decode(packed))
        if not len(bitmap) == int(total) == int(graphic):
            raise BadBitmap("A bitmap is not as long as it says.")
        size = 8 * int(across), len(bitmap) // int(across)
        yield Image.frombytes("1", size, bitmap, "raw", "1;I")
