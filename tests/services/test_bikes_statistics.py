"""Figures for everybody: months that are over, and nothing of a few."""

import csv

import pytest

from backend.errors import Invalid
from backend.models import Area, Bike, BikeMonth, BikeStep
from backend.services import bikes
from backend.services.bikes import statistics
from tests.riders import form
from tests.services.test_bikes_looking_up import stopped

__all__ = ["stopped"]

SHUIWEI = "440304004028"


def table(*months: str) -> dict[tuple[str, str], statistics.Line]:
    found = statistics.lines(*months)
    return {(line.area, line.level): line for line in found if line.level != "city"}


def many(count: int, first: int, area: str = SHUIWEI) -> list[str]:
    """Bikes of a fleet, so to speak: rows and steps as the services write them."""
    path = Area.get_by_id(area).path
    from backend import clock

    for number in range(first, first + count):
        Bike.create(
            id=number, state="registered", frame=f"F{number:09d}", frame_form="free", brand="x",
            colour="y", area_path=path, asked_at=clock.now(), updated_at=clock.now(),
        )  # fmt: skip
        BikeStep.create(bike_id=number, at=clock.now(), action="register", state="registered")


def test_a_month_is_told_once_it_is_over(stopped):
    many(6, 1)
    assert statistics.months()[-1] == "2026-10"
    assert table("2026-11") == {}, "it runs on"
    stopped.passes(days=30)
    line = table("2026-11")[SHUIWEI, "community"]
    assert (line.registered, line.stolen, line.found, line.scrapped) == (6, 0, 0, 0)


def test_what_happened_is_counted_where_it_is_kept(stopped):
    tokens = [bikes.register(form(serial))["token"] for serial in range(1, 16)]
    for token in tokens[:10]:
        bikes.cry_theft(token)
    for token in tokens[:5]:
        bikes.find(token)
    for token in tokens[10:]:
        bikes.scrap(token)
    bikes.register(form(16, area="440305"))
    stopped.passes(days=30)
    line = table("2026-11", "2026-11")[SHUIWEI, "community"]
    assert (line.registered, line.stolen, line.found, line.scrapped) == (15, 10, 5, 5)


def test_the_few_are_told_with_their_neighbours(stopped):
    many(20, 1)
    many(3, 100, "440304004022")
    many(4, 200, "440304004023")
    stopped.passes(days=30)
    told = table("2026-11", "2026-11")
    assert told[SHUIWEI, "community"].registered == 20
    assert ("440304004022", "community") not in told or (
        told["440304004022", "community"].registered is None
    )
    assert told["440304004", "street-rest"].registered == 7
    assert told["440304004", "street"].registered == 27


def test_a_grids_bikes_count_for_its_community(stopped):
    Area.get_or_create(
        code="440304004028001",
        defaults={
            "name": "1",
            "level": "grid",
            "path": Area.get_by_id(SHUIWEI).path + "/440304004028001",
        },
    )
    many(5, 1, "440304004028001")
    stopped.passes(days=30)
    assert table("2026-11", "2026-11")[SHUIWEI, "community"].registered == 5


def test_it_leaves_as_a_file(stopped):
    many(6, 1)
    stopped.passes(days=30)
    lines = list(csv.DictReader(statistics.as_csv(statistics.lines("2026-11", "2026-11"))))
    mine = next(line for line in lines if line["area"] == SHUIWEI)
    assert (mine["month"], mine["name"], mine["registered"]) == ("2026-11", "水围社区", "6")


def test_what_was_told_of_a_month_stays(stopped):
    """Else two copies of one month, before and after somebody moved, would tell of that one."""
    many(6, 1)
    stopped.passes(days=30)
    before = table("2026-11", "2026-11")
    Bike.update(area_path=Area.get_by_id("440304004022").path).where(Bike.id == 1).execute()
    assert table("2026-11", "2026-11") == before
    assert before[SHUIWEI, "community"].registered == 6


def test_the_keeper_counts_before_anybody_asks(stopped):
    many(6, 1)
    stopped.passes(days=30)
    assert statistics.keep() > 0
    assert BikeMonth.get_by_id("2026-11").kept_at == stopped()


def test_months_are_months(stopped):
    assert statistics.months("2026-08", "2026-10") == ["2026-08", "2026-09", "2026-10"]
    assert len(statistics.months()) == 12
    assert len(statistics.months("2000-01")) == statistics.MOST_MONTHS
    assert statistics.months("2030-01") == []
    for wrong in ("2026-13", "x", "202610"):
        with pytest.raises(Invalid):
            statistics.months(wrong)
