"""An inspection comes in: once, however often it is sent, and with everything that follows."""

import threading
from datetime import timedelta

import pytest

from backend import clock as house_clock
from backend.actor import SYSTEM
from backend.db import database
from backend.errors import (
    FormOutdated,
    FormUnknown,
    InspectionReused,
    Invalid,
    NotAllowed,
    NotFound,
    NotYourArea,
)
from backend.models import Case, Facility, Hazard, Inspection, PatrolTask, TrailLine
from backend.services import cases, inspections
from tests import town as cast
from tests.services import rounds
from tests.services.rounds import inspects, sheet, wrong

MONDAY = "2026-11-02"


@pytest.fixture
def clock(village, monkeypatch):
    stopped = cast.Clock()
    monkeypatch.setattr(house_clock, "now", stopped)
    return stopped


@pytest.fixture
def an(clock):
    """The safety officer whose duty the first house is."""
    rounds.settle()
    number = rounds.account("an", "safety_officer")
    return rounds.actor(number, "safety_officer")


def test_a_shop_where_all_is_well_is_green_and_seen_again_in_three_weeks(an):
    told = inspects(an)
    assert (told["wrong"], told["hazards"], told["notice"]) == (0, [], None)
    assert told["presence"] == "verified"
    assert told["grade"]["grade"] == "green"
    assert told["grade"]["reasons"] == []
    assert told["grade"]["patrol_due"] == "2026-11-23"
    task = PatrolTask.get()
    assert (task.reason, task.account_id, task.form) == ("patrol", an.account_id, "small_place")
    assert TrailLine.select().order_by(TrailLine.id.desc()).first().verb == "inspection.submit"


def test_what_is_fixed_on_the_spot_is_a_result_and_no_burden(an):
    told = inspects(an, stairs_clear=wrong(an, fixed=True, note="当场清理"))
    assert (told["wrong"], told["fixed"], told["notice"]) == (1, 1, None)
    [hazard] = told["hazards"]
    assert hazard["state"] == "fixed"
    assert hazard["words"]["zh"] == "疏散通道、楼梯间堆物"
    assert hazard["before"] != hazard["after"]
    assert hazard["law"]
    assert (hazard["due"], hazard["case"]) == (None, None)
    assert told["grade"]["grade"] == "green"
    assert rounds.open_tasks() == [("patrol", "2026-11-23")]


def test_what_is_not_fixed_has_a_day_a_notice_a_grade_and_a_second_look(an):
    told = inspects(an, conduits=wrong(an), pledge=wrong(an, fixed=True))
    [conduits, pledge] = told["hazards"]
    assert (conduits["state"], conduits["due"]) == ("open", "2026-11-11")  # Seven working days.
    assert pledge["state"] == "fixed"
    assert len(told["notice"]) == 16
    assert told["grade"]["grade"] == "yellow"
    assert told["grade"]["reasons"][0]["fact"] == "general_open"
    assert told["grade"]["patrol_due"] == "2026-11-16"
    assert sorted(rounds.open_tasks()) == [("patrol", "2026-11-16"), ("recheck", "2026-11-16")]


@pytest.mark.parametrize(
    ("item", "problem"),
    [("living", "sleeping_inside"), ("escape", "no_escape"), ("exits_open", "exit_blocked"),
     ("gas", "gas"), ("no_ebike", "ebike_inside")],
)  # fmt: skip
def test_what_costs_lives_is_a_case_the_moment_it_is_sent(an, item, problem):
    told = inspects(an, **{item: wrong(an)})
    [hazard] = told["hazards"]
    assert (hazard["state"], hazard["level"]) == ("passed_on", "major")
    case = cases.find(hazard["case"])
    assert (case.kind, case.problem, case.channel) == ("building", problem, "inspection")
    assert (case.state, case.name) == ("filed", "1号店")
    assert case.words == hazard["words"]["zh"]
    assert told["grade"]["grade"] == "orange"
    [photo] = cases.desk.show(hazard["case"], by=rounds.actor(9, "dispatcher"))["photos"]
    assert (photo["id"], photo["purpose"]) == (hazard["before"], "before")


def test_fixed_on_the_spot_it_is_no_case_however_grave(an):
    told = inspects(an, exits_open=wrong(an, fixed=True))
    assert told["hazards"][0]["state"] == "fixed"
    assert Case.select().count() == 0


def test_a_lamp_belongs_to_the_city_and_its_fault_goes_straight_to_its_unit(an):
    told = inspects(an, "facility:L1", lights=wrong(an), tag_true=wrong(an))
    states = {one["item"]: one["state"] for one in told["hazards"]}
    assert states == {"lights": "passed_on", "tag_true": "open"}
    case = Case.get()
    assert (case.kind, case.problem, case.owner) == ("streetlight", "dark", "LD")
    assert told["grade"] is None
    assert told["notice"] is None, "the city serves no notice on itself"
    assert Facility.get().inspected_on == MONDAY


# --- Once, and by the rules ---------------------------------------------------------------


def test_sent_twice_it_is_there_once_and_says_the_same(an):
    sent = sheet(but={"conduits": wrong(an)})
    first = inspections.submit(sent, by=an)
    again = inspections.submit({**sent, "uuid": sent["uuid"].upper()}, by=an)
    assert again == {**first, "is_duplicate": True}
    assert (Inspection.select().count(), Hazard.select().count()) == (1, 1)
    other = {**sent, "answers": {**sent["answers"], "pledge": "na"}}
    with pytest.raises(InspectionReused):
        inspections.submit(other, by=an)


def test_fifty_phones_that_send_the_same_make_one(an):
    sent = sheet()
    told, faults = [], []

    def send():
        try:
            told.append(inspections.submit(sent, by=an)["is_duplicate"])
        except Exception as fault:  # noqa: BLE001 - all of them are looked at below.
            faults.append(fault)
        finally:
            database.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    assert sorted(told) == [False] + [True] * 49
    assert Inspection.select().count() == 1


def test_every_answer_that_breaks_a_rule_is_named_and_nothing_is_kept(an):
    sent = sheet(but={"living": "perhaps", "conduits": "wrong", "new": "ok"})
    del sent["answers"]["pledge"]
    with pytest.raises(Invalid) as refused:
        inspections.submit(sent, by=an)
    assert sorted(refused.value.facts["errors"]) == [
        "answers.conduits",
        "answers.living",
        "answers.new",
        "answers.pledge",
    ]
    assert Inspection.select().count() == 0


def test_a_photo_shows_one_hazard_and_is_ones_own(an):
    once = wrong(an)
    with pytest.raises(NotFound):
        inspects(an, conduits=once, pledge=once)
    other = rounds.actor(77, "collector")
    with pytest.raises(NotFound):
        inspects(other, conduits=once)
    assert Inspection.select().count() == Hazard.select().count() == 0


def test_who_may_not_is_refused(an):
    with pytest.raises(NotAllowed):
        inspects(rounds.actor(5, "handler"))
    with pytest.raises(NotYourArea):
        inspects(rounds.actor(5, "collector", "440304004029"))
    with pytest.raises(NotFound):
        inspects(an, "place:P999")
    with pytest.raises(Invalid):
        inspections.submit({**sheet(), "subject": "shop:1"}, by=an)
    with pytest.raises(Invalid):
        inspections.submit({**sheet(), "uuid": "1"}, by=an)
    with pytest.raises(Invalid):  # A form of other things.
        inspections.submit({**sheet(), "subject": "facility:L1"}, by=an)


# --- Versions -----------------------------------------------------------------------------


def test_a_draft_survives_a_new_version_for_thirty_days(an, clock):
    old = sheet()
    document = inspections.publishing.show("small_place", None, by=SYSTEM)
    told = {"fault", "hint"}
    items = [{k: v for k, v in one.items() if k not in told} for one in document["items"]]
    changed = {**document, "items": [*items, {"code": "lift", "zh": "电梯正常"}]}
    del changed["version"]
    assert inspections.publishing.publish(changed, by=SYSTEM)["version"] == 2
    assert not inspections.publishing.publish(changed, by=SYSTEM)["is_new"]
    clock.passes(days=30)
    assert inspections.submit(old, by=an)["version"] == 1
    with pytest.raises(Invalid) as refused:  # The new one asks for more.
        inspections.submit({**sheet(), "version": 2, "answers": old["answers"]}, by=an)
    assert list(refused.value.facts["errors"]) == ["answers.lift"]
    assert inspections.submit({**sheet(), "version": 2}, by=an)["version"] == 2
    clock.passes(seconds=1)
    with pytest.raises(FormOutdated):
        inspections.submit({**old, "uuid": "e" * 32}, by=an)
    with pytest.raises(FormUnknown):
        inspections.submit({**sheet(), "version": 7}, by=an)


def test_an_old_inspection_is_shown_as_it_was_asked(an):
    told = inspects(an, pledge="na", conduits=wrong(an))
    seen = inspections.show(told["uuid"], by=an)
    assert len(seen["answers"]) == 24
    assert seen["answers"][13]["answer"] == "na"
    assert seen["subject"]["code"] == "place:P1"
    with pytest.raises(NotYourArea):
        inspections.show(told["uuid"], by=rounds.actor(5, "collector", "440304004029"))


# --- Where the worker stood ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, "verified"),
        ({"accuracy_m": 90}, "weak"),
        ({"accuracy_m": 400}, "unverified"),
        ({"age_ms": 600_000}, "unverified"),
        ({"is_mock": True}, "unverified"),
        ({"lat": 22.5345}, "contradicted"),
        ({"crs": None}, "unverified"),
        ({"lat": 22.5253}, "weak"),
    ],
)
def test_work_is_graded_by_where_it_was_done_and_never_refused_for_it(an, changes, grade):
    sent = {**sheet(), "fix": {**rounds.AT_THE_DOOR, **changes}}
    assert inspections.submit(sent, by=an)["presence"] == grade


def test_without_a_position_it_is_taken_all_the_same(an):
    assert inspections.submit({**sheet(), "fix": None}, by=an)["presence"] == "unverified"


def test_a_phone_ahead_of_the_house_is_not_believed(an, clock):
    sent = {**sheet(), "made_at": clock.at + timedelta(days=3)}
    assert inspections.submit(sent, by=an)["made_at"] == clock.at
