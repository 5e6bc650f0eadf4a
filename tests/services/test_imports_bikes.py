"""A sharing company brings its fleet: all of it or nothing, each bike with a code at once."""

import csv
import io
import json
import time

import pytest
from click.testing import CliRunner

from backend import __main__ as command_line
from backend.house import house
from backend.models import Bike, BikeStep, Ownership, Tag
from backend.services import bikes, shifts, tags
from qr import codes
from tests.riders import form
from tests.services.test_bikes_looking_up import CASE, officer

HEADER = "operator,frame,brand,colour,area\n"
UNITS = """code,name,level,area,duty_phone,email
HALO,哈啰单车,district,440304,0755-00000200,
MEIT,美团单车,district,440304,0755-00000201,
"""


def row(
    serial: int, operator: str = "HALO", colour: str = "蓝色", area: str = "440304004028"
) -> str:
    return f"{operator},55552240{serial:07d},哈啰,{colour},{area}\n"


def fleet(*serials: int, **changes: str) -> str:
    return HEADER + "".join(row(serial, **changes) for serial in serials)


@pytest.fixture
def operators(bring):
    assert not bring("units", UNITS).errors
    return bring


def test_a_fleet_is_loaded_and_every_bike_has_a_code(operators):
    report = operators("bikes", fleet(*range(300)))
    assert (report.errors, report.added) == (0, 300)
    assert Bike.select().where(Bike.state == "registered").count() == 300
    assert Ownership.select().count() == 0
    for bike in Bike.select().limit(20):
        codes.read(bike.code, house().tag_keys)
        assert tags.face(bike.code)["subject"]["bike"]["brand"] == "哈啰"
    assert Tag.select().where(Tag.bike_id.is_null(False)).count() == 300
    assert BikeStep.select().where(BikeStep.action == "register").count() == 300


def test_the_same_file_again_changes_nothing(operators):
    operators("bikes", fleet(1, 2, 3))
    before = [bike.code for bike in Bike.select().order_by(Bike.frame)]
    again = operators("bikes", fleet(1, 2, 3))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert [bike.code for bike in Bike.select().order_by(Bike.frame)] == before


def test_what_differs_is_changed_and_keeps_its_code(operators):
    operators("bikes", fleet(1, 2))
    before = Bike.get(Bike.frame == "555522400000001")
    report = operators("bikes", HEADER + row(1, colour="白色") + row(2))
    assert (report.changed, report.unchanged) == (1, 1)
    after = Bike.get_by_id(before.id)
    assert (after.colour, after.code, after.version) == ("white", before.code, 2)


def test_errors_are_told_by_row_and_column_and_nothing_is_loaded(operators):
    bikes.register(form(1))
    text = HEADER + "".join(
        (
            row(1),
            "NOBODY,555522400000002,哈啰,蓝色,440304004028\n",
            "HALO,12,哈啰,蓝色,440304004028\n",
            "HALO,555522400000004,,天色,999999\n",
            row(1),
        )
    )
    report = operators("bikes", text)
    found = {(one.row, one.column) for one in report.listed}
    assert found >= {(4, "frame"), (5, "brand"), (5, "colour")}
    assert Bike.select().where(Bike.operator.is_null(False)).count() == 0
    text = HEADER + row(1) + row(1) + "HALO,123422300000001,哈啰,蓝色,440304004028\n"
    text += "HALO,555522400000009,哈啰,蓝色,999999\n"
    text += "NOBODY,555522400000002,哈啰,蓝色,440304004028\n"
    report = operators("bikes", text + "HALO,555512400000007,哈啰,蓝色,440304004028\n")
    found = {(one.row, one.column) for one in report.listed}
    assert found == {(3, "frame"), (4, "frame"), (5, "area"), (6, "operator"), (7, "frame")}
    assert "何小燕" not in str(report.as_dict())


def test_no_company_takes_anothers_bike(operators):
    operators("bikes", fleet(1))
    report = operators("bikes", fleet(1, operator="MEIT"))
    assert [(one.row, one.column) for one in report.listed] == [(2, "frame")]
    assert Bike.get().operator == "HALO"


def test_a_bike_that_is_no_more_is_scrapped_once(operators):
    operators("bikes", fleet(1, 2))
    code = Bike.get(Bike.frame == "555522400000001").code
    gone = "operator,frame,brand,colour,area,scrapped\n" + row(1).strip() + ",1\n"
    assert operators("bikes", gone).changed == 1
    assert operators("bikes", gone).unchanged == 1
    assert tags.face(code)["notice"] == "revoked"
    assert [bike.state for bike in Bike.select().order_by(Bike.frame)] == ["scrapped", "registered"]
    assert BikeStep.select().where(BikeStep.action == "scrap").count() == 1
    assert operators("bikes", fleet(1)).added == 1, "the frame is free"


def test_an_officer_who_looks_one_up_reads_the_company(operators):
    operators("bikes", fleet(1))
    zhao = officer()
    shifts.begin(by=zhao)
    told = bikes.look_up({"code": Bike.get().code, **CASE, "reason": "parking"}, by=zhao)
    assert told["owner"] is None
    assert told["unit"] == {"code": "HALO", "name": "哈啰单车", "duty_phone": "0755-00000200"}


def test_five_thousand_take_seconds(operators):
    began = time.perf_counter()
    report = operators("bikes", fleet(*range(5_000)))
    took = time.perf_counter() - began
    assert report.added == 5_000
    print(f"5,000 bikes in {took:.1f} s")
    assert took < 20
    assert Bike.select(Bike.code).distinct().count() == 5_000


def test_the_codes_leave_as_a_file(operators, monkeypatch):
    operators("bikes", fleet(2, 1) + row(3, operator="MEIT"))
    assert [json.loads(step.facts)["operator"] for step in BikeStep.select()].count("MEIT") == 1
    from backend import bike_commands

    monkeypatch.setattr(bike_commands, "open_house", lambda tables: None)
    done = CliRunner().invoke(command_line.main, ["bikes", "codes", "HALO"])
    lines = list(csv.DictReader(io.StringIO(done.output)))
    assert [line["frame"] for line in lines] == ["555522400000001", "555522400000002"]
    assert lines[0]["link"].endswith("/" + lines[0]["code"])
    assert CliRunner().invoke(command_line.main, ["bikes", "codes", "NONE"]).exit_code == 1
