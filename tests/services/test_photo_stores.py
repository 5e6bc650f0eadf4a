"""Where photos lie: a folder or a bucket, the same four verbs, and what happens when it is away."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend import clock as house_clock
from backend.config import SettingError, read_settings
from backend.errors import StorageFull, Unavailable
from backend.models import Photo
from backend.services import photos
from backend.services.photos import storing
from backend.services.photos.missing import Missing
from backend.start import start
from tests import buckets, town
from tests.api.matrix.places import snapshot
from tests.crash.disks import fill, small_disk
from tests.town import Clock

HERE = "4403/440304/440304004"


@pytest.fixture
def bucket(url: str, clock: Clock) -> Iterator[buckets.Server]:
    with buckets.bucket() as server:
        start(town.settings(url, **server.settings()))
        yield server


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, url: str, clock: Clock, tmp_path: Path) -> storing.Store:
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    else:
        start(town.settings(url, PHOTOS=str(tmp_path / "photos")))
    return storing.store()


def test_what_is_put_is_got_listed_and_deleted(store: storing.Store) -> None:
    content = bytes(range(256)) * 2_000
    name = storing.keep(content)
    assert name == hashlib.sha256(content).hexdigest()
    assert store.get(name) == content
    storing.keep(content)  # Once more is once.
    [(found, at)] = store.names()
    assert found == name
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    store.delete(name)
    store.delete(name)
    assert list(store.names()) == []
    with pytest.raises(Missing):
        store.get(name)


def test_a_photo_goes_its_way_in_a_bucket(bucket: buckets.Server, clock: Clock) -> None:
    photo = photos.receive(snapshot(), by=None)
    photos.tie([photo], case_id=7, report_id=3, area_path=HERE, purpose="reported")
    photos.make_copies()
    photos.release(7)
    assert photos.public_copy(photo).startswith(b"\xff\xd8")
    assert all(path.startswith("/city/photos/") for path in bucket.files)
    assert not any(snapshot()[:200] in body for body, _ in bucket.files.values()), "sealed"
    photos.take(snapshot())
    clock.at = datetime.now(UTC) + timedelta(hours=25)
    assert photos.sweep() == 1
    assert len(bucket.files) == 2


def test_nothing_is_acknowledged_while_the_bucket_is_ill(bucket: buckets.Server) -> None:
    bucket.is_ill = True
    with pytest.raises(Unavailable):
        photos.receive(snapshot(), by=None)
    assert Photo.select().count() == 0
    bucket.is_ill = False
    assert photos.receive(snapshot(), by=None)


def test_a_copy_waits_until_the_bucket_is_well(bucket: buckets.Server, clock: Clock) -> None:
    photos.receive(snapshot(), by=None)
    bucket.is_ill = True
    with pytest.raises(Unavailable):
        photos.make_copies()
    bucket.is_ill = False
    clock.passes(minutes=2)
    assert photos.make_copies() == 1


def test_half_an_answer_is_none(bucket: buckets.Server) -> None:
    name = storing.keep(bytes(50_000))
    bucket.cuts = 10
    with pytest.raises(Unavailable):
        storing.store().get(name)


def test_a_wrong_key_is_said_to_the_operator(
    bucket: buckets.Server, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    start(town.settings(url, **{**bucket.settings(), "PHOTOS_ACCESS_KEY": "another"}))
    with pytest.raises(Unavailable):
        photos.receive(snapshot(), by=None)
    assert "the bucket refuses" in caplog.text


def test_a_bucket_needs_an_address_and_keys() -> None:
    environ = {**{name: str(value) for name, value in town.KEYS.items()}, "PHOTOS": "s3://city"}
    environ["DEMO"] = "1"
    with pytest.raises(SettingError, match="PHOTOS_ENDPOINT"):
        read_settings(environ)
    environ |= {"PHOTOS_ENDPOINT": "https://oss.example.cn"}
    with pytest.raises(SettingError, match="PHOTOS_ACCESS_KEY"):
        read_settings(environ)
    environ |= {"PHOTOS_ACCESS_KEY": "a", "PHOTOS_SECRET_KEY": "b"}
    assert read_settings(environ).PHOTOS == "s3://city"


def test_a_full_disk_keeps_nothing_and_says_so(url: str, clock: Clock, tmp_path: Path) -> None:
    with small_disk(tmp_path, 4) as place:
        start(town.settings(url, PHOTOS=str(place / "photos")))
        fill(place).unlink()
        greedy = fill(place)
        with pytest.raises(StorageFull):
            photos.receive(snapshot(), by=None)
        assert Photo.select().count() == 0
        greedy.unlink()
        assert photos.receive(snapshot(), by=None)
    assert house_clock.now() == clock()
