"""Everything that decodes a stranger's picture. Runs in the sandbox (`backend.sandbox`) alone.

Each task takes the bytes that were sent and gives bytes. A test of the house sees to it that
nobody calls one anywhere else.
"""

import contextlib
import json
import struct
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from backend.rules import likeness
from backend.rules.pictures import MOST_PIXELS, MOST_PIXELS_READ, Copies, packed
from qr import rescue

pillow_heif.register_heif_opener()
Image.init()  # In the sandbox nothing more can be loaded.

# Pillow knows seventy; one of them starts Ghostscript.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
LONGEST_SIDE = 2_048
QUALITY = 85
SMALL_SIDE = 320
QUALITY_SMALL = 70  # Some 10 kB, where the large one has 500.
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class Unreadable(Exception):
    """This is not a photo that can be opened."""


# --- The tasks ---------------------------------------------------------------------------


def publish(photo: bytes) -> bytes:
    """The copies that may be shown, JPEGs of the pixels alone."""
    paper = _plain(_opened(photo, MOST_PIXELS))
    large = _written(paper, QUALITY)
    paper.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    return packed(Copies(_marks(paper), _written(paper, QUALITY_SMALL), large))


def _written(paper: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    paper.save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()


def read_codes(photo: bytes) -> bytes:
    """What the codes in it say, as a list in JSON."""
    picture = _opened(photo, MOST_PIXELS_READ)
    try:
        found = rescue.read(_turned(picture))
    except (*BROKEN, *BOMBS) as broken:
        raise Unreadable() from broken
    return json.dumps(found.texts if found else []).encode()


def _marks(picture: Image.Image) -> bytes:
    """What pictures made from this one have in common with it."""
    grey = picture.convert("L")
    grey.thumbnail((256, 256))
    fields = Image.Resampling.BOX
    return b"".join(
        likeness.mark(
            grey.resize((9, 8), fields, box).tobytes(), grey.resize((8, 9), fields, box).tobytes()
        )
        for box in likeness.boxes(*grey.size)
    )


# --- How -----------------------------------------------------------------------------------

BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, struct.error)


def _opened(photo: bytes, most: int) -> Image.Image:
    """A photo whose size is known and bearable; its pixels are not decoded yet."""
    try:
        picture = Image.open(BytesIO(photo), formats=FORMATS)
    except (*BROKEN, *BOMBS) as broken:
        raise Unreadable() from broken
    if picture.width * picture.height > most:
        raise Unreadable()
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Upright, at most 2,048 wide or high, in the colours of screens, on white."""
    try:
        # JPEG decodes to a half or a quarter for a fraction of the work.
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        seen = _in_plain_mode(picture)
        seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        seen = _turned(seen)
        layer = _in_screen_colours(seen).convert("RGBA")
    except (*BROKEN, *BOMBS) as broken:
        raise Unreadable() from broken
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _turned(picture: Image.Image) -> Image.Image:
    """As the phone was held, if it says so in words one can read."""
    with contextlib.suppress(*BROKEN):
        return ImageOps.exif_transpose(picture)
    return picture


SMOOTH = frozenset(("L", "LA", "RGB", "RGBA", "CMYK"))  # What can be made smaller as it is.


def _in_plain_mode(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        return picture.point(lambda grey: grey / 256).convert("L")
    return picture if picture.mode in SMOOTH else picture.convert("RGBA")


SCREEN = ImageCms.createProfile("sRGB")


def _in_screen_colours(picture: Image.Image) -> Image.Image:
    """Telephones take colours that screens lack and say so in a profile; the copy has none."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode != "RGB":
        return picture
    with contextlib.suppress(ImageCms.PyCMSError, *BROKEN):
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, given, SCREEN) or picture
    return picture
