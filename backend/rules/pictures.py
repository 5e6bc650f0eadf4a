"""Photos as we keep them: upright, no larger than needed, without a word of what a phone adds."""

from io import BytesIO

from PIL import Image, ImageOps

from backend.errors import PhotoUnreadable

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 24_000_000  # Larger photos are phones' own marketing; their decoding takes seconds.
LONGEST_SIDE = 2_048
QUALITY = 85
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def opened(photo: bytes) -> Image.Image:
    """A photo whose size is known and bearable; its pixels are not decoded yet.

    Raises PhotoUnreadable; with the fact `pixels`, the most there may be, for too large a one.
    """
    try:
        picture = Image.open(BytesIO(photo), formats=FORMATS)
    except (OSError, ValueError, *BOMBS) as broken:
        raise PhotoUnreadable() from broken
    if picture.width * picture.height > MOST_PIXELS:
        raise PhotoUnreadable(pixels=MOST_PIXELS)
    return picture


def upright(picture: Image.Image) -> Image.Image:
    """The pixels as they were seen. Raises PhotoUnreadable if they cannot be decoded."""
    try:
        return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, *BOMBS) as broken:
        raise PhotoUnreadable() from broken


def plain_copy(photo: bytes) -> bytes:
    """A JPEG of the pixels alone, upright, at most 2,048 wide or high. Raises PhotoUnreadable."""
    picture = opened(photo)
    # JPEG decodes to a half or a quarter for a fraction of the work.
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    seen = upright(picture)
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", seen.size, "white")
    try:
        layer = seen.convert("RGBA")
    except (OSError, ValueError) as broken:
        raise PhotoUnreadable() from broken
    paper.paste(layer, mask=layer.getchannel("A"))
    written = BytesIO()
    paper.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
