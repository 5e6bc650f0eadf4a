"""Photos that say more than they show: a marker in every place where a phone hides something."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.pictures.bombs import chunk
from tests.pictures.scenes import scene, written

Told = tuple[bytes, bytes]  # A file, and the bytes of it that must not come out.

TEXTS = {
    0x010E: "what it shows",
    0x010F: "maker",
    0x0110: "model",
    0x0131: "software",
    0x0132: "day and hour",
    0x013B: "artist",
    0x013C: "computer",
    0x8298: "rights",
    0x9C9B: "title",
    0xC4A5: "print settings",
    0xC62F: "camera's number",
}
OF_THE_CAMERA = {
    0x9003: "taken at",
    0x927C: "maker's note",
    0x9286: "comment of the user",
    0x9290: "split second",
    0x9882: "interior",
    0xA004: "a sound file",
    0xA420: "unique number",
    0xA430: "owner",
    0xA431: "body's number",
    0xA433: "lens maker",
    0xA435: "lens number",
}
OF_THE_PLACE = {0: "version", 18: "datum", 27: "how", 28: "place's name", 29: "day there"}


def all_of_them() -> dict[str, Told]:
    found: dict[str, Told] = {}
    for tell in (_exif, _segments, _png, _webp, _heic):
        found |= dict(tell())
    return found


def _marker(name: str) -> bytes:
    return f"MARKER {name.upper()}".encode()


def _with_exif(directory: int | None, tag: int, marker: bytes, form: str = "jpeg") -> bytes:
    exif = Image.Exif()
    target = exif if directory is None else exif.get_ifd(directory)
    target[tag] = marker
    return written(scene(20), form, exif=exif.tobytes())


def _exif() -> Iterator[tuple[str, Told]]:
    for directory, tags in ((None, TEXTS), (0x8769, OF_THE_CAMERA), (0x8825, OF_THE_PLACE)):
        for tag, name in tags.items():
            marker = _marker(name)
            yield f"EXIF: {name}", (_with_exif(directory, tag, marker), marker)
    degrees = struct.pack(">6I", 22, 1, 31, 1, 2718, 100)
    entry = struct.pack(">HHII", 2, 5, 3, 44) + struct.pack(">I", 0)
    body = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIII", 1, 0x8825, 4, 1, 26, 0)
    gps = body + struct.pack(">H", 1) + entry + degrees
    yield "EXIF: a latitude", (written(scene(20), exif=b"Exif\0\0" + gps), degrees)
    thumbnail = written(scene(21, (64, 48)), comment=_marker("thumbnail"))
    head = b"MM\0*\0\0\0\x08" + struct.pack(">HI", 0, 14)
    first = struct.pack(">HHHIIHHIII", 2, 0x201, 4, 1, 44, 0x202, 4, 1, len(thumbnail), 0)
    small = b"Exif\0\0" + head + first + thumbnail
    yield "EXIF: a thumbnail", (written(scene(20), exif=small), _marker("thumbnail"))


def _segments() -> Iterator[tuple[str, Told]]:
    """Everything a JPEG may carry between its head and its pixels, and behind them."""
    plain = written(scene(20))
    heads = {
        0xE0: b"JFXX\0\x10",
        0xE1: b"http://ns.adobe.com/xap/1.0/\0",
        0xE2: b"MPF\0",
        0xED: b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x40\x1c\x02\x50\0\x20",
        0xEE: b"Adobe_CM",
    }
    for code in (*range(0xE0, 0xF0), 0xFE):
        marker = _marker(f"segment {code:x}")
        yield f"segment {code:X}", (_spliced(plain, code, heads.get(code, b"") + marker), marker)
    more = {
        "more XMP": b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40,
        "a depth map": b"http://ns.google.com/photos/1.0/depthmap/\0",
    }
    for name, head in more.items():
        marker = _marker(name)
        yield name, (_spliced(plain, 0xE1, head + marker), marker)
    profile = bytearray(_profile())
    profile[-30:] = _marker("profile").ljust(30)
    yield "a profile", (written(scene(20), icc_profile=bytes(profile)), _marker("profile"))
    for name, tail in {
        "behind the end": b"",
        "a film behind": b"\0\0\0\x18ftypmp42",
        "a second picture behind": written(scene(22))[:-2],
    }.items():
        marker = _marker(name)
        yield name, (plain + tail + marker, marker)


def _spliced(jpeg: bytes, code: int, body: bytes) -> bytes:
    segment = struct.pack(">BBH", 0xFF, code, len(body) + 2) + body
    at = 20  # After the segment every JPEG opens with.
    return jpeg[:at] + segment + jpeg[at:]


def _profile() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _png() -> Iterator[tuple[str, Told]]:
    plain = written(scene(20), "png")
    for kind in ("Title", "Author", "Comment", "Source", "XML:com.adobe.xmp"):
        marker, texts = _marker(f"png {kind}"), PngInfo()
        texts.add_itxt(kind, marker.decode())
        yield f"PNG: {kind}", (written(scene(20), "png", pnginfo=texts), marker)
    for kind, head in ((b"zTXt", b"Comment\0\0"), (b"iCCP", b"profile\0\0")):
        marker = _marker(f"pressed {kind.decode()}")
        pressed = zlib.compress(marker, 0)  # Pressed by nothing: it can be seen in the file.
        yield f"PNG: {kind.decode()}", (_chunked(plain, chunk(kind, head + pressed)), marker)
    for kind in (b"tEXt", b"eXIf", b"prVt", b"dSIG"):
        marker = _marker(kind.decode())
        yield f"PNG: {kind.decode()}", (_chunked(plain, chunk(kind, b"a\0" + marker)), marker)
    yield "PNG: behind the end", (plain + _marker("png end"), _marker("png end"))
    exif = _with_exif(None, 0x010F, _marker("png exif"), "png")
    yield "PNG: EXIF", (exif, _marker("png exif"))


def _chunked(png: bytes, more: bytes) -> bytes:
    return png[:33] + more + png[33:]


def _webp() -> Iterator[tuple[str, Told]]:
    exif = _marker("webp exif")
    yield "WebP: EXIF", (_with_exif(None, 0x010F, exif, "webp"), exif)
    xmp = _marker("webp xmp")
    yield "WebP: XMP", (written(scene(20), "webp", xmp=xmp), xmp)
    profile = _profile()[:-30] + _marker("webp profile").ljust(30)
    file = written(scene(20), "webp", icc_profile=profile)
    yield "WebP: a profile", (file, _marker("webp profile"))
    own = _marker("webp chunk").ljust(20)
    carried = file + b"OWN " + struct.pack("<I", len(own)) + own
    carried = carried[:4] + struct.pack("<I", len(carried) - 8) + carried[8:]
    yield "WebP: a chunk of its own", (carried, own.strip())
    yield "WebP: behind the end", (file + _marker("webp end"), _marker("webp end"))


def _heic() -> Iterator[tuple[str, Told]]:
    exif = _marker("heic exif")
    yield "HEIC: EXIF", (_with_exif(None, 0x010F, exif, "heic"), exif)
    place = _marker("heic place")
    yield "HEIC: place", (_with_exif(0x8825, 28, place, "heic"), place)
    xmp = _marker("heic xmp")
    yield "HEIC: XMP", (written(scene(20), "heic", xmp=xmp), xmp)
    profile = _profile()[:-30] + _marker("heic profile").ljust(30)
    yield (
        "HEIC: a profile",
        (
            written(scene(20), "heic", icc_profile=profile),
            _marker("heic profile"),
        ),
    )
    box = _marker("heic box")
    free = written(scene(20), "heic") + struct.pack(">I4s", 8 + len(box), b"free") + box
    yield "HEIC: a free box", (free, box)


def segments(jpeg: bytes) -> list[int]:
    """The segments of a JPEG, by their codes, up to its pixels."""
    found, at, file = [], 2, io.BytesIO(jpeg)
    while True:
        file.seek(at)
        _, code, length = struct.unpack(">BBH", file.read(4))
        found.append(code)
        if code == 0xDA:
            return found
        at += 2 + length
