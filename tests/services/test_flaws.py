"""Records that can hardly be right: found at night, verified by a worker, told without a name."""

from datetime import date, timedelta

import pytest

from backend import clock as house_clock
from backend import policy
from backend.db import writing
from backend.errors import Invalid
from backend.house import house
from backend.models import (
    Building,
    Business,
    Duty,
    Flaw,
    FlawCheck,
    Notice,
    PatrolTask,
    Registration,
    Residence,
    Resident,
    SmallPlace,
    keys,
)
from backend.rules import quality
from backend.services import inspections
from backend.services.inspections import checking, flaws
from tests import town as cast
from tests.services import rounds


@pytest.fixture
def clock(village, monkeypatch):
    stopped = cast.Clock()
    monkeypatch.setattr(house_clock, "now", stopped)
    return stopped


@pytest.fixture
def lin(clock):
    """The collector of the first house, in which everything is in order."""
    rounds.settle()
    number = rounds.account("lin", "collector")
    for house_row in Building.select():
        Duty.get_or_create(
            building_id=house_row.id,
            account=number,
            role="collector",
            defaults={"since": "2026-01-01"},
        )
    with writing():
        firm = new_firm(1, room_id=first_room())
        SmallPlace.update(business_id=firm).execute()
    return rounds.actor(number, "collector")


def first_house():
    return Building.select().order_by(Building.id).first().id


def first_room(house_id=None):
    return keys.first(house_id or first_house()) + 1


def new_firm(serial, **more):
    number = keys.first(first_house()) + serial
    stamps = {"source": "visit", "updated_at": house_clock.now(), "updated_by": "x", "sealed": b""}
    given = {"name": f"店{serial}", "credit_code": "92440399MATNCJ454W", **stamps, **more}
    Business.create(id=number, **given)
    return number


def somebody(serial, id_number, *, house_id=None, kind="living", name="赵一"):
    """A person at home in the first room of a house."""
    at = keys.first(house_id or first_house())
    vault = house().vault
    stamps = {"updated_at": house_clock.now(), "updated_by": "x"}
    row = Resident.create(
        id=at + serial,
        sealed=vault.seal(b"resident:%d" % (at + serial), name, id_number, None, None),
        id_index=vault.index("id_number", id_number),
        **stamps,
    )
    tie(serial, row.id, house_id, kind)
    return row.id


def tie(serial, resident, house_id=None, kind="living", **more):
    at = keys.first(house_id or first_house())
    stamps = {"source": "visit", "updated_at": house_clock.now(), "updated_by": "x", **more}
    Residence.create(id=at + serial, resident_id=resident, room_id=at + 1, kind=kind, **stamps)


def second_house():
    return Building.select().order_by(Building.id.desc()).first().id


RIGHT = "440399198211107876"
WRONG = "440399198211107875"


def found(rule):
    return list(Flaw.select().where(Flaw.rule == rule, Flaw.state.in_(quality.OPEN)))


def test_what_is_in_order_is_left_alone(lin):
    with writing():
        somebody(1, RIGHT)
    assert checking.check() == {"found": 0, "new": 0, "gone": 0, "given": 0}


def test_each_rule_finds_what_it_is_for_and_nothing_else(lin):
    with writing():
        new_firm(2)  # Without a room.
        somebody(1, WRONG)
        first = somebody(2, RIGHT)
        somebody(3, RIGHT)  # Once more.
        tie(4, first, second_house())
        Duty.delete().where(Duty.building_id == second_house()).execute()
        address = "广东省深圳市福田区福田街道水围社区水围村一坊1栋"
        area = Building.get().area.path
        for key, text in (("N1", f"{address}101"), ("N2", f"{address}909"), ("N3", "云上路1号")):
            Registration.create(key=key, name=key, address=text, area_path=area)
        for serial in range(10, 20):
            new_firm(serial, room_id=first_room())
        SmallPlace.update(business_id=None).where(SmallPlace.key == "P1").execute()
    checking.check()
    counts = {rule: len(found(rule)) for rule in quality.CODES}
    assert counts == {**dict.fromkeys(quality.CODES, 1), "firm_nowhere": 2}
    [crowded] = found("firms_crowded")
    assert (crowded.room, crowded.count) == ("101", 11)
    assert {row.subject.split(":")[0] for row in found("firm_nowhere")} == {"building", "area"}
    [twice] = found("person_twice")
    assert twice.record == f"resident:{first + 1}", "the later row is the doubtful one"


def test_what_is_told_names_nobody(lin):
    with writing():
        somebody(1, WRONG, name="欧阳志强")
    checking.check()
    [told] = inspections.due(by=lin)["items"]
    assert (told["reason"], told["flaw"]["rule"], told["flaw"]["room"]) == (
        "verify",
        "id_wrong",
        "101",
    )
    assert told["flaw"]["zh"] == "身份证号校验不通过"
    for text in (str(told), str([row.__data__ for row in Flaw.select()]), Notice.get().facts):
        assert "欧阳" not in text
        assert WRONG[6:14] not in text


def test_a_rule_whose_worker_may_not_see_the_field_is_refused_at_the_start():
    known = policy.read_policy()
    entry = {"code": "id_wrong", "zh": "x", "en": "x", "needs": ["id_number"]}
    limits = {"hour": 2, "most_a_day": 5, "within_days": 5}
    for post, is_fit in (("collector", True), ("safety_officer", False), ("supervisor", False)):
        mapping = {**limits, "rules": [{**entry, "post": post}]}
        if is_fit:
            assert quality.QualityLimits.from_mapping(mapping, known.sight).rules["id_wrong"]
        else:
            with pytest.raises(ValueError, match="does not see id_number"):
                quality.QualityLimits.from_mapping(mapping, known.sight)


def test_twice_is_once_and_nobody_gets_more_than_so_many_a_day(lin, clock):
    with writing():
        for serial in range(2, 14):
            new_firm(serial)
    assert checking.check()["given"] == 5
    assert checking.check() == {"found": 12, "new": 0, "gone": 0, "given": 0}
    assert PatrolTask.select().where(PatrolTask.account_id == lin.account_id).count() == 5
    [notice] = Notice.select().where(Notice.kind == "records-to-verify")
    assert '"tasks":5' in notice.facts.replace(" ", "")
    clock.passes(days=1)
    assert checking.check()["given"] == 5
    clock.passes(days=1)
    assert checking.check()["given"] == 2


def looks(lin, result):
    [task] = inspections.due(by=lin)["items"]
    inspections.done(task["id"], {"result": result}, by=lin)


def test_confirmed_stays_confirmed_while_the_record_does(lin, clock):
    with writing():
        firm = new_firm(2)
    checking.check()
    looks(lin, "confirmed")
    clock.passes(days=1)
    assert checking.check()["new"] == 0
    Business.update(version=2).where(Business.id == firm).execute()
    assert checking.check() == {"found": 1, "new": 1, "gone": 0, "given": 1}
    assert Flaw.get().times == 2


def test_said_to_be_corrected_must_be(lin, clock):
    with writing():
        firm = new_firm(2)
    checking.check()
    looks(lin, "corrected")
    clock.passes(days=1)
    assert checking.check()["new"] == 1, "it is as wrong as before"
    Business.update(room_id=first_room()).where(Business.id == firm).execute()
    looks(lin, "corrected")
    assert checking.check()["found"] == 0
    assert Flaw.get().state == "corrected"


def test_what_was_put_right_before_anybody_looked_sends_nobody(lin):
    with writing():
        firm = new_firm(2)
    checking.check()
    Business.update(room_id=first_room()).where(Business.id == firm).execute()
    assert checking.check()["gone"] == 1
    assert inspections.due(by=lin)["items"] == []
    assert Flaw.get().state == "gone"


def test_a_look_without_a_result_is_none(lin):
    with writing():
        new_firm(2)
    checking.check()
    [task] = inspections.due(by=lin)["items"]
    for form in ({"result": "maybe"}, {"note": "x"}, {"result": "missing", "note": "x" * 501}):
        with pytest.raises(Invalid):
            inspections.done(task["id"], form, by=lin)
    assert Flaw.get().state == "given"


def test_the_supervisor_sees_counts_by_rule_and_area_and_the_list_behind_them(lin):
    with writing():
        new_firm(2)
    checking.check()
    du = rounds.actor(3, "supervisor")
    told = flaws.overview(by=du)
    [rule] = [one for one in told["rules"] if one["rule"] == "room_missing"]
    assert (rule["found"], rule["given"]) == (0, 1)
    assert [one["open"] for one in told["areas"]] == [1]
    area = told["areas"][0]["area"]
    assert len(flaws.listed(area=area, rule="room_missing", by=du)["items"]) == 1
    assert flaws.listed(rule="id_wrong", by=du)["items"] == []


def test_the_night_comes_once(lin, clock):
    assert checking.check_if_due() is not None, "it is nine in the morning, and nobody has looked"
    assert checking.check_if_due() is None
    clock.passes(hours=16)  # One at night: too early.
    assert checking.check_if_due() is None
    clock.passes(hours=2)
    assert checking.check_if_due() is not None
    assert FlawCheck.select().count() == 2


def test_registered_firms_come_as_a_file(lin, bring):
    area = Building.get().area.code
    text = f"key,name,credit_code,address,area,until\nN1,云店,,云上路1号,{area},\n"
    assert bring("registrations", text).as_dict()["added"] == 1
    assert bring("registrations", text).as_dict()["unchanged"] == 1
    assert bring("registrations", text.replace(area, "4499")).errors
    assert checking.check()["found"] == 1
    until = (date.fromisoformat("2026-11-02") - timedelta(days=1)).isoformat()
    assert not bring("registrations", text.replace(f"{area},", f"{area},{until}")).errors
    assert checking.check()["found"] == 0
