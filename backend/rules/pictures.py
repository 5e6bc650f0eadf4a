"""What a photo is, read from its head alone: no pixel is decoded, so no picture costs much here.

What passes may still be broken, or a trap: it is decoded in the sandbox only
(`backend.rules.pixels`).
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from backend.errors import PhotoUnreadable

MOST_PIXELS = 50_000_000  # The largest phones take; more is marketing, or a bomb.
MOST_PIXELS_READ = 24_000_000  # Where a code is sought, remedy after remedy, while somebody waits.
MOST_SCANS = 64  # A progressive JPEG has about ten; each costs a walk over all pixels.
MOST_MARKERS = 2_000


@dataclass(frozen=True, slots=True)
class Look:
    """How a photo presents itself."""

    form: str  # jpeg, png, webp, heic
    width: int
    height: int


def look(content: bytes, most: int = MOST_PIXELS) -> Look:
    """The format, by its first bytes, and the size in pixels, by its head.

    Raises PhotoUnreadable for what is certainly no photo; with the fact `pixels`, the most there
    may be, for too large a one.
    """
    form = form_of(content)
    try:
        width, height = SIZES[form](content)
    except (struct.error, IndexError, KeyError) as cut_short:
        raise PhotoUnreadable() from cut_short
    if width * height > most:
        raise PhotoUnreadable(pixels=most)
    if not width or not height:
        raise PhotoUnreadable()
    return Look(form, width, height)


@dataclass(frozen=True, slots=True)
class Copies:
    """What the sandbox makes of a photo. `marks` tell others made from it (`rules.likeness`)."""

    marks: bytes
    small: bytes  # For a page that must be light.
    large: bytes


HEAD = struct.Struct(">HI")  # How long the marks and the small copy are.


def packed(copies: Copies) -> bytes:
    """As the sandbox hands them out."""
    head = HEAD.pack(len(copies.marks), len(copies.small))
    return b"".join((head, copies.marks, copies.small, copies.large))


def unpacked(answer: bytes) -> Copies:
    """Believed as little as what went in. Raises PhotoUnreadable if that is no pair of JPEGs."""
    try:
        marks, small = HEAD.unpack_from(answer)
    except struct.error:
        raise PhotoUnreadable() from None
    ends = HEAD.size + marks, HEAD.size + marks + small
    found = Copies(answer[HEAD.size : ends[0]], answer[ends[0] : ends[1]], answer[ends[1] :])
    if {look(found.small).form, look(found.large).form} != {"jpeg"}:
        raise PhotoUnreadable()
    return found


def form_of(content: bytes) -> str:
    """jpeg, png, webp, heic, or nothing we know."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "heic"
    return ""


HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"))

# --- JPEG --------------------------------------------------------------------------------

START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_SCAN, END = 0xDA, 0xD9
# Between the pixels FF is followed by 00; FF D0-D7 are restarts, FF FF is filling.
_next_marker = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]").search


def _jpeg(content: bytes) -> tuple[int, int]:
    size, scans = None, 0
    for number, (marker, at) in enumerate(_markers(content)):
        if marker in START_OF_FRAME and size is None:
            height, width = struct.unpack_from(">HH", content, at + 3)
            size = width, height
        scans += marker == START_OF_SCAN
        if scans > MOST_SCANS or number > MOST_MARKERS:
            raise PhotoUnreadable()
    if size is None or not scans:
        raise PhotoUnreadable()
    return size


def _markers(content: bytes) -> Iterator[tuple[int, int]]:
    """Every marker and where its segment begins, up to the end of the image.

    What phones append - a film, a depth map - comes after that and counts for nothing.
    """
    at = 2
    while found := _next_marker(content, at):
        marker, at = content[found.start() + 1], found.end()
        if marker == END:
            return
        yield marker, at
        if marker != 0x01:
            at += struct.unpack_from(">H", content, at)[0] if at + 2 <= len(content) else 0


# --- PNG, WebP, HEIC ---------------------------------------------------------------------


def _png(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR":
        raise PhotoUnreadable()
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _webp(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        return _three_bytes(content, 24) + 1, _three_bytes(content, 27) + 1
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", content, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind != b"VP8 ":
        raise PhotoUnreadable()
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF


def _three_bytes(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 3], "little")


MOST_HEAD, MOST_SIZES = 1 << 20, 200


def _heic(content: bytes) -> tuple[int, int]:
    """The largest of the sizes in its head: those of tiles and thumbnails stand there, too."""
    head = content[:MOST_HEAD]
    sizes: list[tuple[int, int]] = []
    at = head.find(b"ispe")
    while at >= 0 and len(sizes) < MOST_SIZES:
        width, height = struct.unpack_from(">II", head, at + 8)
        sizes.append((width, height))
        at = head.find(b"ispe", at + 4)
    if not sizes:
        raise PhotoUnreadable()
    return max(sizes, key=lambda size: size[0] * size[1])


SIZES: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "heic": _heic,
}
