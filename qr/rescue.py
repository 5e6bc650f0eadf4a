"""The code in a bad photo: cheap looks first, then one remedy after another until one helps.

A phone photo of 12 megapixels is read in its thumbnail, in a fifth of the time. Only when nothing
is found do the remedies start, each for one fault; `bench/tags.py` says how often each case is
saved. A remedy works on details of a few pixels, so it is tried at two sizes.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PIL import Image, ImageChops, ImageFilter, ImageOps

from qr import decoder
from qr.decoder import GLOBAL, LOCAL

THUMBNAIL = 1600  # Longest side of the first look, pixels.
SMALL = 30  # No symbol of ours can be read in less: it has 29 modules.
ENLARGED = 800  # A larger picture has pixels enough.
PIXELS = 100_000_000  # No phone takes more; the remedies would take minutes.

Look = Callable[[], list[str]]


class TooLarge(ValueError):
    """More pixels than any phone takes."""


class Found(NamedTuple):
    """What the photo says, every symbol once, and the look that saw it."""

    texts: list[str]
    by: str


def read(photo: Image.Image) -> Found | None:
    """Every QR symbol in an upright photo of any mode; nothing where all remedies fail."""
    for name, look in looks(photo):
        if texts := look():
            return Found(list(dict.fromkeys(texts)), name)
    return None


def looks(photo: Image.Image) -> Iterator[tuple[str, Look]]:
    """Each look at the photo with its name, cheapest first; nothing is done before it is called."""
    if photo.width * photo.height > PIXELS:
        raise TooLarge(f"A photo of {photo.width} x {photo.height} pixels is no phone's.")
    grey = ImageOps.grayscale(photo)
    work = _at_most(grey, THUMBNAIL)
    if work is not grey:
        yield "thumbnail", _look(work, LOCAL)
    yield "full size", _look(grey, LOCAL)
    yield "global threshold", _look(work, GLOBAL)
    for picture, size in ((work, ""), (work.reduce(2), ", half size")):
        if max(picture.size) >= SMALL:
            for name, remedy, binarizer in REMEDIES:
                yield name + size, _remedied(picture, remedy, binarizer)


def _look(picture: Image.Image, binarizer: decoder.Binarizer) -> Look:
    return lambda: decoder.texts(picture, binarizer)


def _remedied(
    picture: Image.Image,
    remedy: Callable[[Image.Image], Image.Image],
    binarizer: decoder.Binarizer,
) -> Look:
    return lambda: decoder.texts(remedy(picture), binarizer)


def _at_most(picture: Image.Image, longest: int) -> Image.Image:
    if max(picture.size) <= longest:
        return picture
    smaller = picture.copy()
    smaller.thumbnail((longest, longest), Image.Resampling.BILINEAR)
    return smaller


def _sharpened(picture: Image.Image) -> Image.Image:
    """Against blur."""
    return picture.filter(ImageFilter.UnsharpMask(3, 300, 0))


def _strongly_sharpened(picture: Image.Image) -> Image.Image:
    """Against blur over several pixels, glare and dirt."""
    return picture.filter(ImageFilter.UnsharpMask(5, 500, 0))


def _median(picture: Image.Image) -> Image.Image:
    """Against noise."""
    return picture.filter(ImageFilter.MedianFilter(3))


def _smoothed(picture: Image.Image) -> Image.Image:
    """Against noise and rough dirt."""
    return picture.filter(ImageFilter.GaussianBlur(1))


def _much_smoothed(picture: Image.Image) -> Image.Image:
    """Against scratches."""
    return picture.filter(ImageFilter.GaussianBlur(2))


def _enlarged(picture: Image.Image) -> Image.Image:
    """Against few pixels a module."""
    if max(picture.size) > ENLARGED:
        return picture
    return picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.BICUBIC)


def _enlarged_and_sharpened(picture: Image.Image) -> Image.Image:
    """Against few pixels and blur together."""
    return _enlarged(picture).filter(ImageFilter.UnsharpMask(6, 400, 0))


def _stretched_and_enlarged(picture: Image.Image) -> Image.Image:
    """Against weak contrast and few pixels together."""
    return _enlarged(ImageOps.autocontrast(_smoothed(picture), 1))


def _evened(picture: Image.Image) -> Image.Image:
    """Against shadows: what differs from its surroundings, stretched to full contrast.

    Does what CLAHE would do, with what Pillow has.
    """
    around = picture.filter(ImageFilter.BoxBlur(10))
    return ImageOps.autocontrast(ImageChops.subtract(picture, around, 1, 128), 2)


def _closed(picture: Image.Image) -> Image.Image:
    """Against dark specks and lines."""
    return picture.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3))


def _opened(picture: Image.Image) -> Image.Image:
    """Against light scratches."""
    return picture.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))


REMEDIES = (
    ("sharpened", _sharpened, LOCAL),
    ("median", _median, LOCAL),
    ("enlarged", _enlarged, LOCAL),
    ("evened", _evened, LOCAL),
    ("strongly sharpened", _strongly_sharpened, GLOBAL),
    ("smoothed", _smoothed, LOCAL),
    ("smoothed, global threshold", _smoothed, GLOBAL),
    ("enlarged and sharpened", _enlarged_and_sharpened, LOCAL),
    ("stretched and enlarged", _stretched_and_enlarged, LOCAL),
    ("sharpened, global threshold", _sharpened, GLOBAL),
    ("closed", _closed, GLOBAL),
    ("opened", _opened, LOCAL),
    ("much smoothed", _much_smoothed, LOCAL),
)
