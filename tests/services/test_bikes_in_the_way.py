"""A bike stands in the way: told by its plate, where it stands, and never where it is kept."""

import json

import pytest

from backend.errors import Invalid
from backend.models import Bike, Case
from backend.services import bikes, cases, reports
from backend.services.cases import dispatching, faces
from backend.services.reports import tickets
from tests.riders import form
from tests.services.test_imports_bikes import fleet, operators

__all__ = ["operators"]

HERE = {"lat": 22.5245, "lon": 114.0584, "crs": "wgs84"}
FAR = {"lat": 22.5345, "lon": 114.0684, "crs": "wgs84"}


def tells(code: str, place: dict | None, **more) -> Case:
    told = {"things": [{"tag": code, "place": place}], "problem": "parking", **more}
    made = reports.file(told, channel="scan", source="203.0.113.7")
    return cases.find(made["cases"][0]["number"])


@pytest.fixture
def plate(village) -> str:
    return bikes.register(form())["code"]


def test_it_is_an_affair_of_the_street_where_it_stands(plate):
    case = tells(plate, HERE)
    assert (case.kind, case.problem, case.bike_id) == ("street", "parking", Bike.get().id)
    assert (case.lat, case.lon) == (22.5245, 114.0584)


def test_where_it_is_kept_says_nothing_of_where_it_stands(plate):
    Bike.update(area_path="4403/440304/440304004/440304004028/440304004028007").execute()
    case = tells(plate, {"address": "深南大道 1 号"})
    assert "440304004028007" not in case.area_path
    with pytest.raises(Invalid):
        tells(plate, None)


def test_staff_read_the_plate_and_strangers_do_not(plate):
    case = tells(plate, HERE)
    assert faces.thing(case) == plate
    said = json.dumps(cases.read(cases.number_of(case)), default=str, ensure_ascii=False)
    assert plate not in said
    assert str(case.bike_id) not in said


def test_told_again_there_it_is_one_case_and_elsewhere_another(plate):
    first = tells(plate, HERE)
    assert tells(plate, HERE).id == first.id
    assert tells(plate, FAR).id != first.id
    assert Case.get_by_id(first.id).reports == 2


def test_who_has_just_scanned_it_is_believed(plate):
    assert tells(plate, HERE, ticket=tickets.make(plate)).state == "filed"


def test_a_fleets_bike_goes_to_its_company(operators):
    operators("bikes", fleet(1))
    case = tells(Bike.get().code, HERE, ticket=tickets.make(Bike.get().code))
    dispatching.dispatch_waiting()
    sent = Case.get_by_id(case.id)
    assert (sent.unit, sent.rule) == ("HALO", "owner")
