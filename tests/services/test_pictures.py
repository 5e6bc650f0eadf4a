"""What comes out of the sandbox: pixels, upright, and nothing that a phone said beside them."""

import io

import pytest
from PIL import Image, ImageChops

from backend import sandbox
from backend.errors import PhotoUnreadable
from backend.rules import pictures, pixels
from backend.sandbox import Failed
from tests.pictures import bombs, tellers
from tests.pictures.scenes import FORMS, scene, written


def copies_of(photo: bytes) -> pictures.Copies:
    """The public copies of what was sent, as the keeper makes them."""
    pictures.look(photo)
    return pictures.unpacked(sandbox.run(pixels.publish, photo))


def published(photo: bytes) -> bytes:
    return copies_of(photo).large


# --- Nothing but pixels ------------------------------------------------------------------

TELLERS = tellers.all_of_them()
# The frame's head, tables, the frame, the scan; after Adobe's fashion nothing is marked.
BARE = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def test_sixty_places_are_tried() -> None:
    assert len(TELLERS) >= 60
    assert len({marker for _, marker in TELLERS.values()}) == len(TELLERS)


@pytest.mark.wide
@pytest.mark.parametrize("name", TELLERS)
def test_what_a_phone_says_stays_behind(name: str) -> None:
    photo, marker = TELLERS[name]
    assert marker in photo
    copies = copies_of(photo)
    for copy in (copies.large, copies.small):
        assert marker not in copy
        assert b"MARKER" not in copy
        assert set(tellers.segments(copy)) <= BARE
        assert copy[4:20] == b"\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", "no word more"
        assert copy.endswith(b"\xff\xd9")
        assert copy.count(b"\xff\xd9") == 1
        assert dict(Image.open(io.BytesIO(copy)).getexif()) == {}
    assert Image.open(io.BytesIO(copies.large)).size == scene(20).size
    assert max(Image.open(io.BytesIO(copies.small)).size) == 320
    assert len(copies.small) < 20_000


# --- Upright -----------------------------------------------------------------------------

UNDONE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera held in each of EXIF's eight ways has stored what stood upright."""


@pytest.mark.wide
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("turn", UNDONE)
def test_it_stands_as_it_was_seen(form: str, turn: int) -> None:
    upright, undone = scene(30), UNDONE[turn]
    stored = upright if undone is None else upright.transpose(undone)
    exif = Image.Exif()
    exif[0x0112] = turn
    quality = {} if form == "png" else {"quality": 95}
    photo = written(stored, form, exif=exif.tobytes(), **quality)
    seen = Image.open(io.BytesIO(published(photo))).convert("RGB")
    assert seen.size == upright.size
    assert difference(seen, upright) < 4, "of 255, in the mean: what the formats themselves lose"
    others = [how for how in UNDONE.values() if how is not None]
    assert min(difference(seen, upright.transpose(how)) for how in others) > 15


def difference(one: Image.Image, other: Image.Image) -> float:
    """Of two pictures, in the mean over all pixels and colours."""
    other = other.resize(one.size)
    histogram = ImageChops.difference(one, other).convert("L").histogram()
    return sum(grey * count for grey, count in enumerate(histogram)) / (one.width * one.height)


# --- Hostile -----------------------------------------------------------------------------


@pytest.mark.wide
@pytest.mark.parametrize("name", [one for one in bombs.small() if "/" in one])
def test_what_once_crashed_a_decoder_is_answered(name: str) -> None:
    try:
        copy = published(bombs.small()[name])
    except (PhotoUnreadable, Failed):
        return
    assert pictures.look(copy).form == "jpeg"


def test_the_costly_ones_are_refused_by_their_heads() -> None:
    for photo in (
        bombs.with_scans(100, 200),
        bombs.png(30_000, 30_000, 1),
        b"\xff\xd8" + b"\xff" * 4_000_000,
    ):
        with pytest.raises(PhotoUnreadable):
            pictures.look(photo)


def test_one_that_passed_the_head_would_die_in_the_sandbox() -> None:
    with pytest.raises(Failed) as failure:
        sandbox.run(pixels.publish, bombs.with_scans(3_000), sandbox.Limits(cpu_s=1, wall_s=10))
    assert failure.value.why == "died"


def test_a_film_behind_a_photo_does_no_harm() -> None:
    """Its bytes look like scans now and then; they come after the picture's end."""
    assert published(written(scene(9)) + b"\xff\xda\x00\x02" * 1_000)
