"""Campaigns and due lists: who has to go where, and how far everything is, to the last hazard."""

import random

import pytest

from backend import clock as house_clock
from backend.db import writing
from backend.errors import Invalid, NotYourArea
from backend.models import Building, Case, Duty, Grade, Hazard, PatrolTask, SmallPlace, keys
from backend.services import inspections
from tests import town as cast
from tests.services import rounds
from tests.services.rounds import COMMUNITY, inspects, sheet, wrong


@pytest.fixture
def clock(village, monkeypatch):
    stopped = cast.Clock()
    monkeypatch.setattr(house_clock, "now", stopped)
    return stopped


@pytest.fixture
def an(clock):
    rounds.settle()
    number = rounds.account("an", "safety_officer")
    return rounds.actor(number, "safety_officer")


def campaign(**more):
    form = {"name": "三小场所三日行动", "area": COMMUNITY, "form": "small_place"}
    by = rounds.actor(3, "supervisor")
    return inspections.campaigns.open_campaign(
        {**form, "until": "2026-11-04", "subjects": ["place:P1", "place:P2"], **more}, by=by
    )


def shown(number):
    return inspections.campaigns.show(number, by=rounds.actor(3, "supervisor"))


def test_a_campaign_is_a_task_for_each_and_counts_what_was_found(an):
    opened = campaign()
    assert (opened["tasks"], opened["done"]) == (2, 0)
    assert [one["reason"] for one in inspections.due(by=an)["items"]] == ["campaign"] * 2
    inspects(an, conduits=wrong(an), pledge=wrong(an, fixed=True))
    found = shown(opened["id"])
    counts = ("tasks", "done", "hazards", "fixed_on_spot", "open", "passed_on", "closed")
    assert [found[name] for name in counts] == [2, 1, 2, 1, 1, 0, 0]
    assert found["workers"] == [{"account": "an", "tasks": 2, "done": 1}]
    assert [one["id"] for one in inspections.campaigns.listed(by=rounds.actor(3, "supervisor"))]


def test_a_campaign_that_makes_no_sense_is_refused(an):
    for more in (
        {"name": " "},
        {"until": "2026-11-01"},
        {"until": "2027-11-01"},
        {"subjects": ["facility:L1"]},
        {"subjects": None},  # Nothing is graded there yet.
    ):
        with pytest.raises(Invalid):
            campaign(**more)
    with pytest.raises(NotYourArea):
        campaign(area="440304004029")
    assert PatrolTask.select().count() == 0


def test_whatever_is_let_is_graded_and_planned_once_and_not_all_on_one_day(an, clock):
    assert inspections.enrol() == 4  # Two houses, two shops.
    assert inspections.enrol() == 0, "twice is once"
    assert Grade.select().where(Grade.grade == "green").count() == 4
    days = [due for _, due in rounds.open_tasks()]
    assert all("2026-11-03" <= day <= "2026-11-23" for day in days)
    mine = PatrolTask.select().where(PatrolTask.account_id == an.account_id)
    assert mine.count() == 3, "the first house and its shops are An's duty"


def test_an_office_building_is_nobodys_patrol(an):
    Building.update(house_class="0701").execute()
    assert inspections.enrol() == 2, "the shops are graded all the same"


def test_what_is_late_says_so(an, clock):
    inspections.enrol()
    clock.passes(days=30)
    told = inspections.due(by=an)
    assert told["overdue"] == told["waiting"] == 4
    assert all(one["is_overdue"] for one in told["items"])


def test_a_record_is_verified_in_words(an):
    thing = inspections.subjects.named("place:P1")
    with writing():
        assert inspections.tasks.plan_one(thing, "verify", "2026-11-09", words="无执照")
        assert not inspections.tasks.plan_one(thing, "verify", "2026-11-09"), "one at a time"
    task = PatrolTask.get().id
    with pytest.raises(Invalid):
        inspections.done(task, {"note": " "}, by=an)
    told = inspections.done(task, {"note": "已办照"}, by=an)
    assert told["words"] == "无执照\n已办照"
    assert rounds.open_tasks() == []


@pytest.mark.proof
def test_the_campaign_of_fenghuang_to_the_last_hazard(village, clock, monkeypatch):
    """82 workers, 1,016 places, 3 days, 791 hazards, 712 fixed on the spot, the rest closed."""
    rounds.settle()
    chance = random.Random(20211019)
    with writing():
        houses = list(Building.select().order_by(Building.id))
        for number in range(1_014):  # With the two that stand there already.
            house = houses[number % 2]
            SmallPlace.create(
                id=keys.first(house.id) + 100 + number,
                key=f"F{number}",
                name=f"店{number}",
                kind="shop",
            )
        Duty.delete().execute()
    workers = [
        rounds.actor(rounds.account(f"w{number:02}"), "safety_officer") for number in range(82)
    ]
    inspections.enrol()
    opened = campaign(subjects=None)
    assert opened["tasks"] == 1_016
    places = [row.key for row in SmallPlace.select()]
    chance.shuffle(places)
    # A hazard each for 791 places; 79 of them cannot be put right at once.
    faults = [True] * 712 + [False] * 79 + [None] * (1_016 - 791)
    chance.shuffle(faults)
    items = [item["code"] for item in rounds.asked("small_place")]
    for number, (place, fixed) in enumerate(zip(places, faults, strict=True)):
        by = workers[number % 82]
        if number in (339, 678):
            clock.passes(days=1)
        but = {} if fixed is None else {chance.choice(items): wrong(by, fixed=fixed)}
        inspections.submit(sheet(f"place:{place}", but=but), by=by)
    told = shown(opened["id"])
    assert (told["done"], told["hazards"], told["fixed_on_spot"]) == (1_016, 791, 712)
    assert told["open"] + told["passed_on"] == 79
    assert sum(one["done"] for one in told["workers"]) == 1_016
    assert len(told["workers"]) == 82
    # What its owner has not put right becomes a case, and ends with it.
    clock.passes(days=30)
    with writing():
        while inspections.note_overdue():
            pass
    for row in list(Hazard.select().where(Hazard.state == "open")):
        inspections.hazards.recheck(row.id, {"result": "still"}, by=workers[0])
    Case.update(state="closed", open_key=None, closed_at=clock.at).execute()
    with writing():
        while inspections.follow_cases():
            pass
    told = shown(opened["id"])
    assert (told["fixed_on_spot"], told["closed"], told["open"], told["passed_on"]) == (
        712,
        79,
        0,
        0,
    )
    assert Grade.select().where(Grade.grade == "red").count() == 0
