"""Files that want to be expensive, deadly or taken for something else, and real phones' shapes."""

import io
import random
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import Image

from tests.pictures.scenes import FORMS, scene, written

PILLOW = Path(__file__).parent / "pillow"


@cache
def all_of_them() -> dict[str, bytes]:
    """Name -> file, every one of them."""
    found = dict(_of_pillow())
    for make in (_scans, _large, _liars, _chunks, _cut, _flipped, _masked, _heads, _real):
        found |= dict(make())
    return found


@cache
def small() -> dict[str, bytes]:
    """Those that cost nothing to make."""
    return {name: file for make in (_of_pillow, _masked, _heads) for name, file in make()}


Files = Iterator[tuple[str, bytes]]


def _of_pillow() -> Files:
    for file in sorted(PILLOW.iterdir()):
        if file.name not in ("LICENSE", "README.md"):
            yield f"pillow/{file.name}", file.read_bytes()


# --- Expensive -----------------------------------------------------------------------------


def with_scans(count: int, side: int = 2_000) -> bytes:
    """A progressive JPEG whose scans are repeated: each costs a walk over all its pixels."""
    plain = written(Image.new("RGB", (side, side), "grey"), progressive=True)
    last = plain.rindex(b"\xff\xda")
    scan = plain[last:-2]
    return plain[:-2] + scan * count + b"\xff\xd9"


def _scans() -> Files:
    for count in (60, 100, 500, 2_000):
        yield f"{count} scans more", with_scans(count)
    yield "50 scans of 36 MP", with_scans(50, 6_000)
    empty = written(scene(1))
    yield "a million empty comments", empty[:2] + b"\xff\xfe\x00\x02" * 1_000_000 + empty[2:]
    yield "filling without an end", b"\xff\xd8" + b"\xff" * 4_000_000


def _large() -> Files:
    grey = Image.new("L", (10_400, 10_400))
    yield "108 MP progressive", written(grey, progressive=True)
    yield "108 MP", written(grey)
    yield "169 MP PNG", written(Image.new("1", (13_000, 13_000)), "png")
    yield "900 MP PNG", png(30_000, 30_000, 1)
    yield "four thousand million pixels", png(65_535, 65_535, 1)
    yield "a line of 50 million", png(50_000_000, 1, 8)
    yield "64 MP WebP", written(Image.new("L", (8_000, 8_000)), "webp", quality=1, method=0)
    yield "49 MP PNG", written(Image.new("RGB", (7_000, 7_000)), "png")
    yield "49 MP in 16 bits", png(7_000, 7_000, 16, colour=6)
    yield "a palette of 49 MP", written(Image.new("P", (7_000, 7_000)), "png")


def png(width: int, height: int, bits: int, colour: int = 0, more: bytes = b"") -> bytes:
    """A PNG of nothing but zeros, without ever holding them."""
    samples = {0: 1, 2: 3, 6: 4}[colour]
    line = bytes(1 + (width * bits * samples + 7) // 8)
    press = zlib.compressobj(9)
    packed = [press.compress(line) for _ in range(min(height, 20_000))]
    data = b"".join(packed) + press.flush()
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def _chunks() -> Files:
    """What surrounds the pixels, swollen."""
    plain = written(scene(2), "png")
    swollen = zlib.compress(bytes(60_000_000), 9)
    extras = {
        "zTXt": b"Comment\0\0" + swollen,
        "iTXt": b"Comment\0\1\0\0\0" + swollen,
        "iCCP": b"profile\0\0" + swollen,
        "tEXt": b"Comment\0" + b"x" * 5_000_000,
        "eXIf": b"Exif\0\0" + bytes(60_000),
        "acTL": struct.pack(">II", 2**31 - 1, 0),
        "PLTE": bytes(3_000),
        "gAMA": struct.pack(">I", 0),
    }
    for kind, data in extras.items():
        yield f"a swollen {kind}", plain[:33] + chunk(kind.encode(), data) + plain[33:]
    many = b"".join(
        chunk(b"zTXt", b"%d\0\0" % n + zlib.compress(bytes(900_000))) for n in range(500)
    )
    yield "500 swollen texts", plain[:33] + many + plain[33:]
    yield "an IDAT that goes on", plain[:33] + chunk(b"IDAT", swollen) + plain[33:]
    yield "no IDAT", plain[:33] + chunk(b"IEND", b"")
    frames = [Image.new("L", (500, 500), n % 256) for n in range(600)]
    for form in ("png", "webp"):
        file = io.BytesIO()
        frames[0].save(file, FORMS[form], save_all=True, append_images=frames[1:], method=0)
        yield f"600 frames of {form}", file.getvalue()


# --- Lies ----------------------------------------------------------------------------------


def _liars() -> Files:
    """The head says one thing, the rest another."""
    jpeg = written(scene(3))
    frame = jpeg.index(b"\xff\xc0")
    for width, height in ((0, 0), (1, 65_500), (65_500, 700), (7_000, 7_000), (65_535, 65_535)):
        size = struct.pack(">HH", height, width)
        yield f"a JPEG of {width} x {height}", jpeg[: frame + 5] + size + jpeg[frame + 9 :]
    second = b"\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00"
    yield "a second frame", jpeg[:frame] + jpeg[frame : frame + 19] + second + jpeg[frame + 19 :]
    yield "a frame before", jpeg[:frame] + second + jpeg[frame:]
    yield "a thirteenth component", jpeg[: frame + 9] + b"\x0d" + jpeg[frame + 10 :]
    yield "arithmetic coding", jpeg.replace(b"\xff\xc0", b"\xff\xc9", 1)
    heic = written(scene(3), "heic")
    size = heic.index(b"ispe") + 8
    for width, height in ((1, 1), (7_000, 7_000), (60_000, 60_000), (2**31, 2**31)):
        lie = struct.pack(">II", width, height)
        yield f"a HEIC of {width} x {height}", heic[:size] + lie + heic[size + 8 :]
    webp = written(scene(3), "webp")
    yield "a WebP of 16383 x 16383", webp[:26] + b"\xff\x3f\xff\x3f" + webp[30:]
    yield "a WebP that goes on", webp[:4] + b"\xff\xff\xff\x7f" + webp[8:]
    yield (
        "an orientation of 9",
        written(scene(3), exif=_exif(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x09\0\0")),
    )
    loop = b"\x87\x69\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08"  # The EXIF directory is this one.
    yield "an EXIF in a circle", written(scene(3), exif=_exif(loop))
    yield (
        "an EXIF of 4 GB",
        written(scene(3), exif=_exif(b"\x01\x0e\x00\x02\xff\xff\xff\xf0\0\0\0\x08")),
    )


def _exif(entry: bytes) -> bytes:
    return b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\x08"


def _masked() -> Files:
    """Something else in the clothes of a photo, or a photo with a rider."""
    jpeg, png_ = written(scene(4)), written(scene(4), "png")
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n{ loop } exec\n%%EOF\n"
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    html = b"<!doctype html><script>alert(1)</script>"
    for name, content in {
        "eps": eps,
        "svg": svg,
        "html": html,
        "a shell script": b"#!/bin/sh\nrm -rf /\n",
        "nothing": b"",
        "a byte": b"\xff",
        "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
        "zip": b"PK\x05\x06" + bytes(18),
        "elf": b"\x7fELF" + bytes(400),
        "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(300),
        "mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(300),
    }.items():
        yield name, content
        yield f"{name} called a JPEG", b"\xff\xd8\xff\xe0" + content
        yield f"{name} called a PNG", PNG + content
    yield (
        "a JPEG with a zip behind",
        jpeg + b"PK\x03\x04" + bytes(2_000) + b"PK\x05\x06" + bytes(18),
    )
    yield "a JPEG with a script behind", jpeg + b"<script>alert(1)</script>"
    yield "a PNG with a script behind", png_ + b"<script>alert(1)</script>"
    yield "a comment with a script", written(scene(4), comment=b"*/=1;alert(1)/*")
    for form in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "EPS", "PDF", "JPEG2000", "AVIF"):
        file = io.BytesIO()
        scene(4).save(file, form)
        yield f"a {form}", file.getvalue()


def _heads() -> Files:
    """A head, and then chance."""
    chance = random.Random(7)
    for form in FORMS:
        head = written(scene(5), form)[:64]
        for length in (64, 4_000, 400_000):
            yield f"a head of {form} and {length} of chance", head + chance.randbytes(length)


# --- Damaged -------------------------------------------------------------------------------


def _cut() -> Files:
    for form in FORMS:
        whole = written(scene(6), form)
        for percent in (1, 5, 30, 60, 95):
            yield f"{percent} % of a {form}", whole[: len(whole) * percent // 100]


def _flipped() -> Files:
    """Bytes changed by chance, in the head more often than among the pixels."""
    chance = random.Random(8)
    for form in FORMS:
        whole = written(scene(7, (240, 180)), form)
        for number in range(10):
            changed = bytearray(whole)
            for _ in range(3 + number):
                end = 400 if chance.random() < 0.6 else len(changed)
                changed[chance.randrange(12, min(end, len(changed)))] = chance.randrange(256)
            yield f"{form} with faults, {number}", bytes(changed)


# --- Real ----------------------------------------------------------------------------------


def _real() -> Files:
    """What phones do send, and some would refuse."""
    for size in ((4_000, 3_000), (8_000, 1_800), (1_080, 12_000), (8_160, 6_120), (1, 1), (16, 9)):
        picture = Image.radial_gradient("L").resize(size).convert("RGB")
        yield f"a photo of {size[0]} x {size[1]}", written(picture)
    yield (
        "a HEIC of 12 MP",
        written(Image.radial_gradient("L").resize((4_032, 3_024)).convert("RGB"), "heic"),
    )
    yield (
        "a film behind",
        written(scene(9)) + b"\0\0\0\x18ftypmp42" + random.Random(9).randbytes(5_000_000),
    )
    second = written(scene(10))
    yield "a second picture behind", written(scene(9)) + second
    for mode in ("L", "CMYK"):
        yield f"a JPEG in {mode}", written(scene(11).convert(mode))
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        picture = (
            scene(11).convert("L").convert("I;16") if mode == "I;16" else scene(11).convert(mode)
        )
        yield f"a PNG in {mode}", written(picture, "png")
    yield "a WebP without loss", written(scene(11), "webp", lossless=True)
    yield "a HEIC seen through", written(scene(11).convert("RGBA"), "heic")
