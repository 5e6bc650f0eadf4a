"""A picture that was used before is known again, cropped and pressed as it may be."""

import io
import random

import pytest
from PIL import Image, ImageEnhance

from backend.rules import likeness, pictures, pixels
from tests.pictures.scenes import scene, written

SIZE = (640, 480)


def marks_of(photo: bytes) -> bytes:
    return pictures.unpacked(pixels.publish(photo)).marks


def recycled(picture: Image.Image, chance: random.Random) -> Image.Image:
    """As somebody sends it a second time: as it is, cut, made smaller, lighter, or all of it."""
    how = chance.choice(("as it is", "cut", "cut", "smaller", "lighter", "all"))
    if how in ("cut", "all"):
        most = chance.choice((0.05, 0.1, 0.15))
        left, top, right, bottom = (chance.uniform(0, most) for _ in range(4))
        width, height = picture.size
        box = (width * left, height * top, width * (1 - right), height * (1 - bottom))
        picture = picture.crop(tuple(map(int, box)))  # type: ignore[arg-type]
    if how in ("smaller", "all"):
        factor = chance.uniform(0.3, 0.9)
        picture = picture.resize((int(picture.width * factor), int(picture.height * factor)))
    if how in ("lighter", "all"):
        picture = ImageEnhance.Brightness(picture).enhance(chance.uniform(0.8, 1.2))
        picture = ImageEnhance.Contrast(picture).enhance(chance.uniform(0.8, 1.2))
    return picture


def found_again(pairs: int, seed: int) -> float:
    """The share of recycled pictures that are known again."""
    chance, found = random.Random(seed), 0
    for number in range(pairs):
        first = scene(seed + number, SIZE)
        again = written(recycled(first, chance), quality=chance.randint(35, 90))
        found += likeness.are_alike(marks_of(written(first)), marks_of(again))
    return found / pairs


def falsely_flagged(strangers: int, seed: int) -> float:
    """The share of new pictures that are taken for one of all the others."""
    marks = [marks_of(written(scene(seed + number, SIZE))) for number in range(strangers)]
    flagged = sum(
        any(likeness.are_alike(marks[new], marks[old]) for old in range(new))
        for new in range(strangers)
    )
    return flagged / strangers


@pytest.mark.wide
def test_twenty_are_known_again_and_no_stranger_is() -> None:
    assert found_again(20, 5_000) >= 0.95
    assert falsely_flagged(40, 6_000) == 0


@pytest.mark.proof
def test_a_hundred_are_known_again_among_six_hundred_strangers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    known, flagged = found_again(200, 1_000), falsely_flagged(600, 2_000)
    with capsys.disabled():
        print(
            f"\n{known:.1%} of recycled pictures known again, {flagged:.2%} of 600 flagged falsely"
        )
    assert known >= 0.95
    assert flagged <= 0.01


def test_a_mark_says_where_it_is_lighter() -> None:
    falling = bytes(range(9, 0, -1)) * 8
    even = bytes(72)
    assert likeness.mark(falling, even) == b"\xff" * 8 + bytes(8)
    assert likeness.mark(even, falling[:64] + bytes(8))[:8] == bytes(8)


def test_a_photo_without_marks_is_like_no_other() -> None:
    some = bytes(16)
    assert likeness.are_alike(some, some)
    assert not likeness.are_alike(b"", some)
    assert not likeness.are_alike(some, b"")


def test_parts_lie_within_the_picture() -> None:
    boxes = likeness.boxes(*Image.open(io.BytesIO(written(scene(1)))).size)
    assert len(boxes) == 28
    assert all(
        0 <= left < right <= 480 and 0 <= top < low <= 360 for left, top, right, low in boxes
    )
