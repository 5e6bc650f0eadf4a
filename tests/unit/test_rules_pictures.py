"""A photo is kept upright, bearable and silent, or refused."""

import io

import pytest
from PIL import Image

from backend.errors import PhotoUnreadable
from backend.rules import pictures, pixels
from backend.rules.pixels import Unreadable

RED, BLUE = (200, 30, 30), (30, 30, 200)


def two_halves(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    return picture


def written(picture: Image.Image, form: str = "JPEG", **how: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **how)
    return file.getvalue()


def copy_of(photo: bytes) -> bytes:
    """The JPEG that the sandbox's task makes of it."""
    return pictures.unpacked(pixels.publish(photo)).large


def kept(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(copy_of(photo)))


def looks_like(picture: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    seen = picture.convert("RGB").getpixel(at)
    assert isinstance(seen, tuple)
    return all(abs(one - other) < 40 for one, other in zip(seen, colour, strict=True))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_an_ordinary_photo_becomes_a_jpeg(form: str) -> None:
    copy = kept(written(two_halves(), form))
    assert (copy.format, copy.size) == ("JPEG", (64, 32))
    assert looks_like(copy, (4, 16), RED)
    assert looks_like(copy, (60, 16), BLUE)


def test_what_the_phone_adds_is_left_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "MARKER phone"
    exif.get_ifd(0x8825)[29] = "MARKER place"
    photo = written(two_halves(), exif=exif, comment=b"MARKER words", icc_profile=b"MARKER" * 30)
    assert b"MARKER" in photo
    copy = copy_of(photo)
    assert b"MARKER" not in copy
    assert b"Exif" not in copy


@pytest.mark.parametrize("turn", range(1, 9))
def test_it_stands_upright_however_the_phone_was_held(turn: int) -> None:
    """The eight ways of EXIF, each undone: red is on the left again."""
    undone = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[turn]
    stored = two_halves() if undone is None else two_halves().transpose(undone)
    exif = Image.Exif()
    exif[0x0112] = turn
    copy = kept(written(stored, exif=exif, quality=95))
    assert copy.size == (64, 32)
    assert looks_like(copy, (4, 16), RED)
    assert looks_like(copy, (60, 16), BLUE)


def test_a_large_photo_is_made_bearable() -> None:
    copy = kept(written(two_halves((5_000, 3_000)), quality=40))
    assert copy.size == (2_048, 1_229)


def test_what_is_seen_through_becomes_white() -> None:
    assert looks_like(kept(written(Image.new("RGBA", (8, 8)), "PNG")), (4, 4), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16"])
def test_every_way_to_hold_colours_is_read(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    assert kept(written(Image.new(mode, (8, 8)), form)).mode == "RGB"


def test_more_pixels_than_we_want_are_refused_undecoded() -> None:
    large = written(Image.new("1", (10_000, 5_001)), "PNG")
    with pytest.raises(PhotoUnreadable) as refused:
        pictures.look(large)
    assert refused.value.facts["pixels"] == pictures.MOST_PIXELS
    with pytest.raises(Unreadable):
        pixels.publish(large)


WHOLE = written(two_halves())


@pytest.mark.parametrize(
    "photo",
    [b"", b"\xff\xd8", b"GIF89a", WHOLE[: len(WHOLE) // 2], b"%PDF-1.4", WHOLE[:2] + b"\0" * 500],
    ids=["nothing", "a beginning", "a GIF", "half of one", "a PDF", "zeros"],
)
def test_what_is_no_photo_is_refused(photo: bytes) -> None:
    with pytest.raises(Unreadable):
        copy_of(photo)


def test_a_gif_and_an_eps_are_not_even_tried() -> None:
    for form in ("GIF", "TIFF", "BMP"):
        with pytest.raises(Unreadable):
            copy_of(written(two_halves(), form))
