"""An officer asks whose a bike is: on duty, for a case and a reason, and its owner reads that."""

import json

import pytest

from backend.actor import Actor
from backend.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotOnDuty,
    NotYourArea,
    Refused,
    SecondPersonNeeded,
    TooManyLookUps,
)
from backend.house import house
from backend.models import Bike, LookUp, Notice, Shift, Tag, TrailLine
from backend.rules.permits import Grant
from backend.services import bikes, shifts
from backend.services.bikes.searching import pattern_of
from tests.riders import form, id_number
from tests.town import Clock

STREET = "4403/440304/440304004"
SHUIWEI = f"{STREET}/440304004028"
CASE = {"case_number": "深公福交字〔2026〕第00123号", "reason": "hit_and_run"}


def officer(number: int = 901, role: str = "police_officer", area: str = SHUIWEI) -> Actor:
    return Actor(number, role, role, (Grant(role, area),), roles=(role,))


@pytest.fixture
def zhao(village) -> Actor:
    found = officer()
    shifts.begin(by=found)
    return found


@pytest.fixture
def du(village) -> Actor:
    return officer(902, "supervisor", STREET)


@pytest.fixture
def stopped(village, monkeypatch) -> Clock:
    from backend import clock

    found = Clock()
    monkeypatch.setattr(clock, "now", found)
    return found


def last_line() -> TrailLine:
    return TrailLine.select().order_by(TrailLine.id.desc()).first()


def registered(serial: int = 1, **changes):
    return bikes.register(form(serial, **changes))


# --- Shifts -------------------------------------------------------------------------------


def test_a_shift_lasts_until_it_is_ended(stopped):
    zhao = officer()
    assert shifts.show(by=zhao)["on_duty"] is False
    first = shifts.begin(by=zhao)
    stopped.passes(hours=1)
    assert shifts.begin(by=zhao) == first, "begun twice, it is one"
    assert shifts.end(by=zhao)["on_duty"] is False
    assert shifts.end(by=zhao)["on_duty"] is False
    lines = [line.verb for line in TrailLine.select().order_by(TrailLine.id)]
    assert lines[-2:] == ["shift.begin", "shift.end"]


def test_who_forgets_to_end_a_shift_is_off_duty_after_twelve_hours(stopped):
    zhao = officer()
    shifts.begin(by=zhao)
    stopped.passes(hours=11, minutes=59)
    shifts.check(zhao)
    stopped.passes(minutes=1)
    with pytest.raises(NotOnDuty):
        shifts.check(zhao)
    assert shifts.begin(by=zhao)["on_duty"]
    assert Shift.select().count() == 2


def test_a_shift_is_one_persons(zhao):
    with pytest.raises(NotOnDuty):
        shifts.check(officer(903))


# --- Look-ups -----------------------------------------------------------------------------


def test_an_officer_on_duty_learns_whose_it_is_and_the_owner_learns_that(zhao):
    wanted = form()
    answer = bikes.register(wanted)
    told = bikes.look_up({"code": answer["code"], **CASE}, by=zhao)
    assert told["owner"] == {name: wanted[name] for name in ("name", "id_number", "phone")}
    [read] = bikes.show(answer["token"])["look_ups"]
    assert read["case_number"] == CASE["case_number"]
    assert (read["reason"], read["role"], read["id"]) == (
        "hit_and_run",
        "police_officer",
        told["look_up"],
    )
    assert "zhao" not in json.dumps(bikes.show(answer["token"]), default=str)
    line = last_line()
    assert (line.verb, line.outcome, line.fields) == (
        "bike.look-up",
        "done",
        "name,id_number,phone",
    )
    assert json.loads(line.facts)["case_number"] == CASE["case_number"]
    assert wanted["phone"] not in line.facts


def test_an_enforcer_sees_a_masked_number_and_a_phone_to_call(village):
    wanted, qiao = form(), officer(904, "enforcer")
    shifts.begin(by=qiao)
    answer = bikes.register(wanted)
    told = bikes.look_up({"frame": wanted["frame"], **CASE, "reason": "parking"}, by=qiao)
    masked = wanted["id_number"][:3] + "*" * 11 + wanted["id_number"][-4:]
    assert told["owner"] == {"name": "何小燕", "id_number": masked, "phone": wanted["phone"]}
    assert last_line().fields == "name,phone"
    assert bikes.show(answer["token"])["look_ups"][0]["role"] == "enforcer"


WITHOUT = [
    ({"case_number": ""}, Invalid),
    ({"case_number": "abc"}, Invalid),
    ({"case_number": "只有文字没有号"}, Invalid),
    ({"case_number": "1" * 41}, Invalid),
    ({"reason": ""}, Invalid),
    ({"reason": "curiosity"}, Invalid),
    ({"code": ""}, Invalid),
    ({"frame": "123422300000001"}, Invalid),
    ({"words": "x" * 201}, Invalid),
    ({"delay_days": 5}, Invalid),
    ({"delay_days": 0, "words": "."}, Invalid),
    ({"delay_days": 91, "words": "."}, Invalid),
    ({"delay_days": True, "words": "."}, Invalid),
]


@pytest.mark.parametrize(("change", "refusal"), WITHOUT)
def test_without_a_case_or_a_reason_it_is_refused_and_kept(zhao, change, refusal):
    code = registered()["code"]
    with pytest.raises(refusal):
        bikes.look_up({"code": code, **CASE, **change}, by=zhao)
    assert (last_line().verb, last_line().outcome) == ("bike.look-up", "invalid")
    assert LookUp.select().count() == 0


def test_off_duty_it_is_refused_and_kept(zhao):
    code = registered()["code"]
    shifts.end(by=zhao)
    for ask in (bikes.look_up, bikes.search):
        with pytest.raises(NotOnDuty):
            ask({"code": code, **CASE}, by=zhao)
        assert last_line().outcome == "not-on-duty"
    assert LookUp.select().count() == 0


@pytest.mark.parametrize("role", ["collector", "supervisor", "administrator", "clerk", "auditor"])
def test_nobody_else_is_told(village, role):
    code, somebody = registered()["code"], officer(905, role)
    for ask in (bikes.look_up, bikes.search):
        with pytest.raises(NotAllowed):
            ask({"code": code, **CASE}, by=somebody)
    assert last_line().outcome == "not-allowed"


def test_an_officer_asks_about_their_district_and_no_other(village):
    code = registered()["code"]
    near = officer(906, area="4403/440304/440304001/440304001001")
    far = officer(907, area="4403/440305/440305001")
    for each in (near, far):
        shifts.begin(by=each)
    assert bikes.look_up({"code": code, **CASE}, by=near)["owner"]
    with pytest.raises(NotYourArea):
        bikes.look_up({"code": code, **CASE}, by=far)
    assert bikes.search({"brand": "雅迪", "colour": "蓝", **CASE}, by=far)["items"] == []


def test_a_plate_that_was_given_up_still_tells_an_officer_whose_it_was(zhao):
    answer = registered()
    bikes.retag(answer["token"])
    told = bikes.look_up({"code": answer["code"], **CASE}, by=zhao)
    assert (told["notice"], told["owner"]["name"]) == ("lost", "何小燕")


def test_a_code_that_leads_nowhere_and_an_owner_who_is_forgotten(zhao):
    answer = registered()
    bikes.withdraw(answer["token"])
    assert bikes.look_up({"code": answer["code"], **CASE}, by=zhao)["owner"] is None
    with pytest.raises(NotFound):
        bikes.look_up({"frame": "999922300000001", **CASE}, by=zhao)
    Tag.update(bike_id=None).where(Tag.code == answer["code"]).execute()
    with pytest.raises(NotFound):
        bikes.look_up({"code": answer["code"], **CASE}, by=zhao)


def test_who_asks_too_often_waits(zhao):
    code = registered()["code"]
    for _ in range(30):
        bikes.look_up({"code": code, **CASE}, by=zhao)
    with pytest.raises(TooManyLookUps) as caught:
        bikes.look_up({"code": code, **CASE}, by=zhao)
    assert caught.value.asked == (zhao, "bike.look-up"), "the door keeps it on the trail"
    assert LookUp.select().count() == 30


def test_a_refused_question_counts_as_well(zhao):
    for _ in range(30):
        with pytest.raises(Refused):
            bikes.look_up({"frame": "999922300000001", **CASE}, by=zhao)
    with pytest.raises(TooManyLookUps):
        bikes.look_up({"frame": "999922300000001", **CASE}, by=zhao)


# --- Delays -------------------------------------------------------------------------------

DELAY = {**CASE, "delay_days": 30, "words": "正在侦查"}


def test_a_delay_holds_once_a_supervisor_approved_it(stopped, zhao, du):
    answer = registered()
    told = bikes.look_up({"code": answer["code"], **DELAY}, by=zhao)
    assert Notice.get(Notice.kind == "bike-delay-asked").role == "supervisor"
    [waiting] = bikes.delays(by=du)
    assert (waiting["id"], waiting["days"], waiting["words"]) == (told["look_up"], 30, "正在侦查")
    assert "何小燕" not in json.dumps(waiting, default=str, ensure_ascii=False)
    bikes.decide_delay(told["look_up"], True, by=du)
    assert bikes.delays(by=du) == []
    stopped.passes(days=29, hours=23)
    assert bikes.show(answer["token"])["look_ups"] == []
    stopped.passes(hours=1)
    assert len(bikes.show(answer["token"])["look_ups"]) == 1


def test_a_delay_that_nobody_approved_lapses_after_a_day(stopped, zhao, du):
    answer = registered()
    told = bikes.look_up({"code": answer["code"], **DELAY}, by=zhao)
    stopped.passes(hours=23)
    assert bikes.show(answer["token"])["look_ups"] == []
    stopped.passes(hours=1)
    assert len(bikes.show(answer["token"])["look_ups"]) == 1
    assert bikes.delays(by=du) == []
    with pytest.raises(Conflict):
        bikes.decide_delay(told["look_up"], True, by=du)
    assert len(bikes.show(answer["token"])["look_ups"]) == 1


def test_a_refused_delay_is_none(zhao, du):
    answer = registered()
    told = bikes.look_up({"code": answer["code"], **DELAY}, by=zhao)
    bikes.decide_delay(told["look_up"], False, by=du)
    assert len(bikes.show(answer["token"])["look_ups"]) == 1
    with pytest.raises(Conflict):
        bikes.decide_delay(told["look_up"], True, by=du)


def test_nobody_approves_their_own_delay_or_one_elsewhere(village):
    both = Actor(
        908, "both", "both", (Grant("police_officer", SHUIWEI), Grant("supervisor", STREET)),
        roles=("police_officer", "supervisor"),
    )  # fmt: skip
    shifts.begin(by=both)
    told = bikes.look_up({"code": registered()["code"], **DELAY}, by=both)
    with pytest.raises(SecondPersonNeeded):
        bikes.decide_delay(told["look_up"], True, by=both)
    with pytest.raises(NotYourArea):
        bikes.decide_delay(told["look_up"], True, by=officer(909, "supervisor", "4403/440305"))
    plain = bikes.look_up({"code": Bike.get().code, **CASE}, by=both)
    with pytest.raises(NotFound):
        bikes.decide_delay(plain["look_up"], True, by=both)


# --- Search -------------------------------------------------------------------------------


def test_a_witness_remembers_a_part(zhao):
    answer = registered(1, brand="雅迪", colour="蓝色")
    registered(2, brand="爱玛", colour="红色")
    code = answer["code"]
    for said in (
        {"brand": "雅迪", "colour": "blue"},
        {"brand": "雅", "colour": "蓝色"},
        {"code_part": code[4:8], "brand": "雅迪"},
        {"code_part": f"{code[:3]}?????????", "colour": "蓝"},
        {"code_part": f"{code[0]}??{code[3:5].lower()}-???????", "colour": "蓝"},
    ):
        found = bikes.search({**said, **CASE}, by=zhao)
        assert [bike["code"] for bike in found["items"]] == [code], said
        assert "何小燕" not in json.dumps(found, default=str, ensure_ascii=False)
        assert id_number(1) not in json.dumps(found, default=str)
    assert last_line().verb == "bike.search"
    assert LookUp.select().count() == 0, "whose they are is asked for one by one"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"colour": "蓝"},
        {"brand": "雅迪"},
        {"code_part": "7K3M"},
        {"code_part": "7K", "colour": "蓝"},
        {"code_part": "7K3M9QX2DHV5X", "colour": "蓝"},
        {"code_part": "%%%%", "colour": "蓝"},
        {"code_part": "___7", "colour": "蓝"},
        {"code_part": "7K3", "colour": "sky"},
        {"brand": "x" * 41, "colour": "蓝"},
        {"colour": "蓝", "brand": "雅迪", "reason": ""},
        {"colour": "蓝", "brand": "雅迪", "case_number": ""},
    ],
)
def test_too_little_is_refused_and_kept(zhao, said):
    with pytest.raises(Invalid):
        bikes.search({**CASE, **said}, by=zhao)
    assert (last_line().verb, last_line().outcome) == ("bike.search", "invalid")


def test_what_is_typed_is_no_pattern_of_its_own(zhao):
    registered()
    for wild in ("%", "_", "%%", "雅%"):
        assert bikes.search({"brand": wild, "colour": "蓝", **CASE}, by=zhao)["items"] == []


def test_twenty_come_out_and_no_more(zhao):
    for serial in range(1, 23):
        registered(serial)
    found = bikes.search({"brand": "雅迪", "colour": "蓝", **CASE}, by=zhao)
    assert (len(found["items"]), found["is_more"]) == (20, True)


def test_who_searches_too_often_waits(zhao):
    for _ in range(10):
        bikes.search({"brand": "雅迪", "colour": "蓝", **CASE}, by=zhao)
    with pytest.raises(TooManyLookUps):
        bikes.search({"brand": "雅迪", "colour": "蓝", **CASE}, by=zhao)


def test_what_is_read_badly_is_read_as_a_code_is():
    assert pattern_of("o1L") == "%011%"
    assert pattern_of("7k3m-9qx2-dhv5") == "7K3M9QX2DHV5"
    assert pattern_of("7K3？？") == "%7K3__%"
    assert pattern_of("?????") is None


# --- Stolen -------------------------------------------------------------------------------


def test_officers_read_what_is_stolen_in_their_areas(zhao):
    answer = registered()
    registered(2)
    bikes.cry_theft(answer["token"], {"words": "地铁口"})
    [found] = bikes.stolen(by=zhao)
    assert (found["code"], found["words"], found["sightings"]) == (answer["code"], "地铁口", [])
    assert "何小燕" not in json.dumps(found, default=str, ensure_ascii=False)
    assert bikes.stolen(by=officer(910, area="4403/440305")) == []


def test_the_policy_says_what_each_role_is_shown():
    limits = house().policy.bikes
    assert limits.action(["police_officer"], "id_number") == "show"
    assert limits.action(["enforcer"], "id_number") == "mask"
    assert limits.action(["enforcer", "police_officer"], "id_number") == "show"
    assert limits.action(["collector"], "name") == "hide"
