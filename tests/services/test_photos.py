"""Photos: kept by who is on site, shown to who answers for the place, forgotten if unused."""

import hashlib
from pathlib import Path

import pytest

from backend.errors import (
    NotAllowed,
    NotFound,
    NotYourArea,
    PhotoUnreadable,
    TooManyPhotos,
)
from backend.house import House
from backend.models import Photo, TrailLine
from backend.services import photos
from backend.start import start
from tests import town
from tests.api.matrix.places import snapshot
from tests.services.cast import actor
from tests.town import Clock


@pytest.fixture(autouse=True)
def folder(opened: House, url: str, tmp_path: Path) -> Path:
    place = tmp_path / "photos"
    start(town.settings(url, PHOTOS=str(place)))
    return place


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_lin_keeps_a_photo_and_sees_it_again(clock: Clock) -> None:
    kept = photos.keep(snapshot(), by=actor("lin"))
    assert hashlib.sha256(snapshot()).hexdigest() == kept["sha256"], "of what was sent"
    assert photos.show(kept["id"], by=actor("lin")).startswith(b"\xff\xd8")
    verbs = [line.verb for line in TrailLine.select().order_by(TrailLine.id)]
    assert verbs[-2:] == ["photo.keep", "photo.show"]


def test_whoever_answers_for_the_place_sees_it_once_it_is_used(clock: Clock) -> None:
    kept = photos.keep(snapshot(), by=actor("lin"))
    with pytest.raises(NotYourArea):
        photos.show(kept["id"], by=actor("mei"))
    photos.use(kept["id"], "4403/440304/440304004/440304004028", by=actor("lin"))
    assert photos.show(kept["id"], by=actor("mei"))
    with pytest.raises(NotAllowed):
        photos.show(kept["id"], by=actor("han"))


def test_a_photo_is_used_once_and_by_who_took_it(clock: Clock) -> None:
    kept = photos.keep(snapshot(), by=actor("lin"))
    with pytest.raises(NotFound):
        photos.use(kept["id"], "4403", by=actor("mei"))
    photos.use(kept["id"], "4403", by=actor("lin"))
    with pytest.raises(NotFound):
        photos.use(kept["id"], "4403", by=actor("lin"))


def test_what_nobody_used_is_gone_after_a_day(clock: Clock, folder: Path) -> None:
    kept = photos.keep(snapshot(), by=actor("lin"))
    assert photos.forget_unused() == 0
    clock.passes(hours=25)
    assert photos.forget_unused() == 1
    assert files(folder) == []
    with pytest.raises(NotFound):
        photos.show(kept["id"], by=actor("lin"))


def test_the_same_picture_twice_outlives_one_of_them(clock: Clock, folder: Path) -> None:
    first, second = (photos.keep(snapshot(), by=actor("lin")) for _ in range(2))
    assert first["id"] != second["id"]
    photos.use(second["id"], "4403", by=actor("lin"))
    clock.passes(hours=25)
    photos.forget_unused()
    assert len(files(folder)) == 2, "the original and its copy"
    assert photos.show(second["id"], by=actor("lin"))


def test_sixty_an_hour_and_no_more(clock: Clock) -> None:
    for _ in range(60):
        photos.keep(snapshot(), by=actor("lin"))
    with pytest.raises(TooManyPhotos):
        photos.keep(snapshot(), by=actor("lin"))


def test_no_photo_leaves_nothing_behind(clock: Clock, folder: Path) -> None:
    with pytest.raises(PhotoUnreadable):
        photos.keep(b"not a photo", by=actor("lin"))
    with pytest.raises(NotAllowed):
        photos.keep(snapshot(), by=actor("han"))
    assert files(folder) == []
    assert Photo.select().count() == 0
