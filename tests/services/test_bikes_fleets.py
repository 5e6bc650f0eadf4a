"""A company's people answer for its bikes: one is stolen, seen, there again, and nobody else's."""

import json

import pytest

from backend import clock
from backend.errors import Invalid, NotAllowed, NotFound, WrongState
from backend.models import Account, Bike, BikeStep, Notice, Tag
from backend.services import bikes, tags
from tests.services.test_bikes_looking_up import last_line, officer
from tests.services.test_imports_bikes import fleet, operators, row

__all__ = ["operators"]


def employee(unit: str | None, number: int) -> object:
    """A handler who works for this company."""
    Account.create(
        id=number, name=f"at{number}", full_name="冯", area_id="440304", unit=unit,
        password_hash="-", created_at=clock.now(),
    )  # fmt: skip
    return officer(number, "handler", "4403/440304")


@pytest.fixture
def halo(operators):
    operators("bikes", fleet(1, 2, 3) + row(4, operator="MEIT"))
    return employee("HALO", 961)


def bike(serial: int) -> Bike:
    return Bike.get(Bike.frame == f"55552240{serial:07d}")


def test_a_stolen_one_is_looked_for_like_anybodys(halo):
    stolen = bikes.act_on(bike(1).id, "cry-theft", "前天停在水围一街", by=halo)
    assert stolen["state"] == "stolen"
    told = Notice.select(Notice.role).where(Notice.kind == "bike-stolen").order_by(Notice.id)
    assert [one.role for one in told] == ["police_officer", "collector"]
    assert bikes.seen(bike(1).code, "203.0.113.9")
    [listed] = bikes.fleet(by=halo)["items"]
    assert (listed["frame"], len(listed["sightings"])) == ("555522400000001", 1)
    assert tags.face(bike(1).code)["subject"]["bike"]["state"] == "stolen"
    step = BikeStep.get(BikeStep.action == "cry-theft")
    assert step.account_id == halo.account_id, "a company's word is somebody's"


def test_it_is_there_again_and_the_search_ends(halo):
    bikes.act_on(bike(1).id, "cry-theft", by=halo)
    bikes.act_on(bike(1).id, "find", by=halo)
    line = last_line()
    assert (line.verb, json.loads(line.facts)["action"]) == ("bike.fleet-act", "find")
    assert not bikes.seen(bike(1).code, "203.0.113.9")
    assert bikes.fleet(by=halo)["items"] == []


def test_another_companys_bike_is_none_of_theirs(halo):
    for other in (bike(4).id, 12345):
        with pytest.raises(NotFound):
            bikes.act_on(other, "cry-theft", by=halo)
    assert bike(4).state == "registered"
    assert bikes.fleet("555522400000004", by=halo)["items"] == []


def test_whoever_works_for_nobody_has_no_fleet(halo):
    nobody = employee(None, 962)
    assert bikes.fleet(by=nobody) == {"unit": None, "counts": {}, "items": [], "is_more": False}
    with pytest.raises(NotFound):
        bikes.act_on(bike(1).id, "cry-theft", by=nobody)
    with pytest.raises(NotAllowed):
        bikes.fleet(by=officer(963, "collector"))


def test_a_citizens_bike_is_nobodys_fleet(halo):
    from tests.riders import form

    bikes.register(form(1))
    mine = Bike.get(Bike.operator.is_null())
    with pytest.raises(NotFound):
        bikes.act_on(mine.id, "cry-theft", by=employee(None, 964))


def test_they_find_one_by_its_plate_or_its_frame(halo):
    code = bike(2).code
    for text in ("555522400000002", code, f"{code[:4]}-{code[4:8]}-{code[8:]}", code[2:9].lower()):
        found = bikes.fleet(text, by=halo)["items"]
        assert [one["frame"] for one in found] == ["555522400000002"], text
    assert bikes.fleet(by=halo)["counts"] == {"registered": 3}
    for text in ("55", "%%%%", "____", "５５５５"):
        with pytest.raises(Invalid):
            bikes.fleet(text, by=halo)


def test_a_lost_plate_gets_another_code_and_a_wreck_none(halo):
    before = bike(1).code
    after = bikes.act_on(bike(1).id, "retag", by=halo)["code"]
    assert after != before
    assert Tag.get(Tag.code == before).state == "lost"
    bikes.act_on(bike(1).id, "scrap", by=halo)
    assert tags.face(after)["notice"] == "revoked"
    with pytest.raises(WrongState):
        bikes.act_on(bike(1).id, "cry-theft", by=halo)
    with pytest.raises(Invalid):
        bikes.act_on(bike(2).id, "withdraw", by=halo)


def test_what_is_stolen_cannot_be_scrapped_away(halo):
    bikes.act_on(bike(1).id, "cry-theft", by=halo)
    with pytest.raises(WrongState):
        bikes.act_on(bike(1).id, "scrap", by=halo)
