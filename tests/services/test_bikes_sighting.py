"""A stolen bike is scanned by anybody: its owner and the officers read when and where."""

import json
import threading

import pytest

from backend.db import database
from backend.errors import DatumMissing, NotFound, Refused
from backend.models import Bike, Notice, Photo, Sighting
from backend.services import bikes, photos, retention
from tests.api.matrix.places import snapshot
from tests.riders import form
from tests.services.test_bikes_looking_up import officer, stopped, zhao

__all__ = ["stopped", "zhao"]

FIX = {
    "lat": 22.5245, "lon": 114.0584, "crs": "wgs84", "accuracy_m": 20.0, "age_ms": 0,
    "provider": "gps", "is_mock": False,
}  # fmt: skip


@pytest.fixture
def stolen(stopped):
    answer = bikes.register(form())
    bikes.cry_theft(answer["token"])
    return answer


def test_every_scan_is_a_sighting_for_owner_and_officer(stolen, zhao):
    assert bikes.seen(stolen["code"], "203.0.113.9", fix=FIX)
    [mine] = bikes.show(stolen["token"])["sightings"]
    assert (mine["lat"], mine["lon"]) == (22.5245, 114.0584)
    [listed] = bikes.stolen(by=zhao)
    assert listed["sightings"][0]["by"] == "citizen"
    told = Notice.get(Notice.kind == "bike-seen")
    assert (told.role, "114." in told.facts) == ("police_officer", False)


def test_a_bike_that_is_not_stolen_leaves_no_trace(stolen):
    other = bikes.register(form(2))
    assert not bikes.seen(other["code"], "203.0.113.9", fix=FIX)
    assert not bikes.seen("000000000000", "203.0.113.9")
    bikes.find(stolen["token"])
    assert not bikes.seen(stolen["code"], "203.0.113.9")
    assert Sighting.select().count() == 0


def test_one_phone_is_one_sighting_in_ten_minutes_and_may_say_more(stolen, stopped):
    bikes.seen(stolen["code"], "203.0.113.9")
    stopped.passes(minutes=5)
    bikes.seen(stolen["code"], "203.0.113.9", fix=FIX)
    bikes.seen(stolen["code"], "203.0.113.9", fix={**FIX, "lat": 22.6, "accuracy_m": 500.0})
    [row] = Sighting.select()
    assert row.lat == 22.5245, "a vague position puts no sharp one right"
    bikes.seen(stolen["code"], "203.0.113.10")
    stopped.passes(minutes=6)
    bikes.seen(stolen["code"], "203.0.113.9")
    assert Sighting.select().count() == 3


def test_a_worker_counts_for_themselves(stolen):
    lin = officer(920, "collector")
    bikes.seen(stolen["code"], "203.0.113.9", by=lin)
    bikes.seen(stolen["code"], "203.0.113.9")
    assert sorted(row.account_id or 0 for row in Sighting.select()) == [0, 920]


def test_the_owner_who_scans_is_no_sighting(stolen):
    assert not bikes.seen(stolen["code"], "203.0.113.9", owner_token=stolen["token"])
    other = bikes.register(form(2))
    assert bikes.seen(stolen["code"], "203.0.113.9", owner_token=other["token"])


def test_a_photo_goes_along_once(stolen, tmp_path):
    kept = photos.receive(snapshot(), by=None)
    assert bikes.seen(stolen["code"], "203.0.113.9", photo=kept)
    [row] = Sighting.select()
    assert row.photo == kept
    tied = Photo.get_by_id(kept)
    assert (tied.purpose, tied.bike_id) == ("sighting", Bike.get().id)
    with pytest.raises(NotFound):
        bikes.seen(stolen["code"], "203.0.113.10", photo=kept)
    assert Sighting.select().count() == 1, "nothing half"


def test_a_position_without_its_datum_is_refused(stolen):
    with pytest.raises(DatumMissing):
        bikes.seen(stolen["code"], "203.0.113.9", fix={**FIX, "crs": ""})
    assert Sighting.select().count() == 0


def test_officers_are_told_once_an_hour(stolen, stopped):
    for number in range(5):
        bikes.seen(stolen["code"], f"203.0.113.{number}")
        stopped.passes(minutes=5)
    assert Notice.select().where(Notice.kind == "bike-seen").count() == 1
    stopped.passes(hours=2)
    bikes.seen(stolen["code"], "203.0.113.9")
    assert Notice.select().where(Notice.kind == "bike-seen").count() == 2


def test_a_flood_fills_no_table(stolen, monkeypatch):
    monkeypatch.setattr("backend.services.bikes.sighting.MOST_A_DAY", 10)
    for number in range(30):
        bikes.seen(stolen["code"], f"203.0.113.{number}")
    assert Sighting.select().count() == 10


def test_nothing_in_the_table_tells_who_scanned(stolen):
    bikes.seen(stolen["code"], "203.0.113.9")
    kept = database.execute_sql("SELECT * FROM sighting").fetchall()
    assert b"203.0.113.9" not in b"".join(bytes(repr(row), "utf-8") for row in kept)
    other = bikes.register(form(2))
    bikes.cry_theft(other["token"])
    bikes.seen(other["code"], "203.0.113.9")
    first, second = (bytes(row.source) for row in Sighting.select())
    assert first != second, "two bikes that one phone met are not linked"


def test_twenty_scans_of_one_phone_at_once_are_one(stolen):
    def scan() -> None:
        try:
            bikes.seen(stolen["code"], "203.0.113.9", fix=FIX)
        finally:
            database.close()

    threads = [threading.Thread(target=scan) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert Sighting.select().count() == 1


def test_where_a_bike_was_seen_is_forgotten_once_it_is_back(stolen, stopped):
    bikes.seen(stolen["code"], "203.0.113.9", fix=FIX)
    stopped.passes(days=91)
    assert retention.forget_sightings() == 0, "it is still looked for"
    bikes.find(stolen["token"])
    assert retention.forget_sightings() == 1
    assert bikes.show(stolen["token"])["sightings"] == []


def test_a_finder_is_told_nothing_personal(stolen):
    said = json.dumps(bikes.seen(stolen["code"], "203.0.113.9", fix=FIX))
    assert said == "true"
    with pytest.raises(Refused) as caught:
        bikes.seen(stolen["code"], "203.0.113.10", photo="f" * 32)
    assert "何" not in str(caught.value)
