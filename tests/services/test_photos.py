"""Photos: kept by who is on site, shown to who answers for the place, forgotten if unused."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from backend import sandbox
from backend.errors import (
    NotAllowed,
    NotFound,
    NotYourArea,
    PhotoGone,
    PhotoUnreadable,
    TooManyPhotos,
)
from backend.house import House
from backend.models import Photo, TrailLine
from backend.rules import pictures
from backend.services import photos
from backend.services.photos import copying
from backend.start import start
from tests import town
from tests.api.matrix.places import snapshot
from tests.pictures.scenes import scene, written
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


# --- What a citizen sends ------------------------------------------------------------------

HERE = "4403/440304/440304004/440304004028"


def tied(case: int = 7, report: int = 3, content: bytes | None = None) -> str:
    """The number of a photo that came with a report."""
    photo = photos.receive(content or snapshot(), by=None)
    photos.tie([photo], case_id=case, report_id=report, area_path=HERE, purpose="reported")
    return photo


def test_a_citizens_photo_waits_is_copied_reviewed_and_seen(clock: Clock) -> None:
    photo = tied()
    [seen] = photos.of_case(7, public=False)
    assert (seen["id"], seen["state"], seen["purpose"]) == (photo, "waiting", "reported")
    assert photos.make_copies() == 1
    assert photos.of_case(7, public=True) == []
    with pytest.raises(NotFound):
        photos.public_copy(photo)
    assert [one["id"] for one in photos.to_review(by=actor("du"))] == [photo]
    assert photos.review(photo, "released", by=actor("du"))["is_public"]
    assert photos.to_review(by=actor("du")) == []
    assert photos.public_copy(photo).startswith(b"\xff\xd8")
    assert [one["id"] for one in photos.of_case(7, public=True)] == [photo]
    photos.review(photo, "withheld", by=actor("du"))
    with pytest.raises(NotFound):
        photos.public_copy(photo)


def test_closing_its_case_shows_what_nobody_withheld(clock: Clock) -> None:
    seen, hidden, other = tied(), tied(), tied(case=8)
    photos.review(hidden, "withheld", by=actor("du"))
    photos.release(7)
    photos.make_copies()
    assert [one["id"] for one in photos.of_case(7, public=True)] == [seen]
    for photo in (hidden, other):
        with pytest.raises(NotFound):
            photos.public_copy(photo)


def test_the_original_is_evidence_and_on_the_trail(clock: Clock, folder: Path) -> None:
    photo = tied()
    content, digest = photos.original(photo, by=actor("du"))
    assert content == snapshot()
    assert hashlib.sha256(content).hexdigest() == digest
    line = TrailLine.select().order_by(TrailLine.id.desc()).get()
    assert (line.verb, line.account) == ("photo.original", "du")
    with pytest.raises(NotAllowed):
        photos.original(photo, by=actor("lin"))


def test_no_file_can_be_read_without_a_key(clock: Clock, folder: Path) -> None:
    tied()
    photos.make_copies()
    for file in files(folder):
        content = file.read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.name, "a backup can prove it"
        assert b"JFIF" not in content
        assert pictures.form_of(content) == ""


def test_what_cannot_be_decoded_is_said_and_the_report_stands(clock: Clock) -> None:
    photo = tied(content=snapshot()[:700])
    photos.make_copies()
    assert photos.of_case(7, public=False)[0]["state"] == "unreadable"
    assert photos.make_copies() == 0
    assert photos.original(photo, by=actor("du"))[0] == snapshot()[:700]


def test_one_photo_may_show_several_things(clock: Clock) -> None:
    photo = tied(case=7)
    photos.tie([photo], case_id=8, report_id=3, area_path=HERE, purpose="reported")
    photos.make_copies()
    [first], [second] = photos.of_case(7, public=False), photos.of_case(8, public=False)
    assert (first["state"], second["state"]) == ("ready", "ready")
    photos.review(first["id"], "released", by=actor("du"))
    assert photos.of_case(8, public=True) == [], "each is looked at for itself"
    with pytest.raises(NotFound):  # Nobody else's report takes it.
        photos.tie([photo], case_id=9, report_id=4, area_path=HERE, purpose="reported")


def test_a_keeper_that_dies_leaves_its_photo_to_the_next(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tied()
    with monkeypatch.context() as patch:
        patch.setattr(copying, "made_of", mock.Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            photos.make_copies()
    assert photos.make_copies() == 0, "its lease still runs"
    clock.passes(minutes=2)
    assert photos.make_copies() == 1


def test_what_dies_in_the_sandbox_is_tried_three_times(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = tied()
    dies = mock.Mock(side_effect=sandbox.Failed("died"))
    monkeypatch.setattr(sandbox, "run", dies)
    for _ in range(5):
        photos.make_copies()
        clock.passes(minutes=2)
    assert dies.call_count == 3
    assert Photo.get_by_id(photo).state == "unreadable"


def test_originals_go_after_three_years_and_the_copy_stays(clock: Clock, folder: Path) -> None:
    photo = tied()
    photos.make_copies()
    photos.release(7)
    clock.passes(days=1_097)
    assert photos.forget_originals() == 1
    assert len(files(folder)) == 1
    assert photos.public_copy(photo)
    with pytest.raises(PhotoGone):
        photos.original(photo, by=actor("du"))


def test_files_of_refused_reports_are_swept_after_a_day(clock: Clock, folder: Path) -> None:
    photos.take(snapshot())
    photo = tied()
    clock.at = datetime.now(UTC)  # Files know the real time.
    assert photos.sweep() == 0
    clock.passes(hours=25)
    assert photos.sweep() == 1
    assert photos.original(photo, by=actor("du"))


def test_a_photo_of_before_is_still_shown(clock: Clock, folder: Path) -> None:
    """Its row knows neither original nor copy, its file is a plain picture."""
    content, digest = snapshot(), hashlib.sha256(snapshot()).hexdigest()
    file = folder / digest[:2] / f"{digest}.jpg"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    Photo.create(
        id="a" * 32,
        sha256=digest,
        size=len(content),
        account_id=0,
        taken_at=clock(),
        area_path=HERE,
    )
    assert photos.show("a" * 32, by=actor("du")) == content
    clock.at = datetime.now(UTC) + timedelta(days=2)
    assert photos.sweep() == 0


# --- Used before ---------------------------------------------------------------------------


def flags(case: int) -> list[str | None]:
    photos.make_copies()
    return [one["recycled_of"] for one in photos.of_case(case, public=False)]


def test_a_photo_of_another_case_is_flagged(clock: Clock) -> None:
    picture = scene(40, (640, 480))
    first = tied(case=7, report=1, content=written(picture))
    clock.passes(hours=1)
    tied(case=8, report=2, content=written(picture))  # The same file.
    clock.passes(hours=1)
    cut = picture.crop((20, 10, 600, 460))
    tied(case=9, report=3, content=written(cut, quality=60))
    clock.passes(hours=1)
    tied(case=10, report=4, content=written(scene(41, (640, 480))))
    assert (flags(7), flags(10)) == ([None], [None])
    assert flags(8) == [first]
    assert flags(9)[0] is not None


def test_the_same_thing_told_again_is_no_recycling(clock: Clock) -> None:
    content = written(scene(42, (640, 480)))
    photo = tied(case=7, report=1, content=content)
    photos.tie([photo], case_id=8, report_id=1, area_path=HERE, purpose="reported")
    again = written(scene(44, (640, 480)))
    for report in (2, 3):
        tied(case=9, report=report, content=again)
    assert [*flags(7), *flags(8), *flags(9)] == [None] * 4


def test_a_handlers_old_photo_is_found_once_it_proves_something(clock: Clock) -> None:
    content = written(scene(43, (640, 480)))
    first = tied(case=7, report=1, content=content)
    photos.make_copies()
    clock.passes(hours=1)
    kept = photos.keep(content, by=actor("lin"))
    photos.use(kept["id"], HERE, by=actor("lin"), purpose="after", case_id=8)
    assert flags(8) == [first]
