"""The campaign of Fenghuang street (Guangming, October 2021), replayed from the due lists.

82 workers, 1,016 places, 3 days, 791 hazards, 712 of them put right on the spot, the others sent
on, put right, checked and closed. Every day a tenth of it is played; the proof plays all.
"""

import random
import time
from dataclasses import dataclass

import pytest

from backend import clock as house_clock
from backend.db import writing
from backend.models import (
    Account,
    Building,
    Case,
    Duty,
    Grade,
    Hazard,
    PatrolTask,
    RoleGrant,
    SmallPlace,
    Unit,
    keys,
)
from backend.services import cases, inspections
from tests import town as cast
from tests.services import rounds
from tests.services.rounds import COMMUNITY, sheet, wrong
from tests.services.test_cases_moves import take, worker

DAYS = 3


@dataclass(frozen=True)
class Size:
    workers: int
    places: int
    hazards: int
    fixed: int


ALL = Size(82, 1_016, 791, 712)
TENTH = Size(8, 102, 79, 71)


@pytest.fixture
def clock(village, monkeypatch):
    stopped = cast.Clock()
    monkeypatch.setattr(house_clock, "now", stopped)
    return stopped


@pytest.fixture
def size(request):
    return request.param


@pytest.fixture
def street(village, clock, size):
    """A house for each worker, whose duty it is, and the small places spread over the houses."""
    rounds.settle()
    with writing():
        SmallPlace.delete().execute()
        Duty.delete().execute()
        first = Building.select().order_by(Building.id).first()
        known = dict(first.__data__)
        numbers = []
        for serial in range(size.workers):
            house = first.id
            if serial:
                house = first.id + 100 + serial
                code = f"{4403040040280200000 + serial}"
                Building.create(**{**known, "id": house, "code": code, "name": f"凤凰{serial}栋"})
            number = rounds.account(f"w{serial:02}")
            Duty.create(
                building_id=house, account=number, role="safety_officer", since="2026-01-01"
            )
            RoleGrant.create(
                account=number,
                role="safety_officer",
                area=COMMUNITY,
                since=clock.at,
                granted_by="x",
            )
            numbers.append((number, house))
        for serial in range(size.places):
            house = numbers[serial % size.workers][1]
            SmallPlace.create(
                id=keys.first(house) + 100 + serial,
                key=f"F{serial}",
                name=f"店{serial}",
                kind="shop",
            )
    inspections.enrol()
    return [rounds.actor(number, "safety_officer") for number, _ in numbers]


def faults_of(size, chance):
    """Whether a place has a hazard, and whether that is put right on the spot."""
    later = size.hazards - size.fixed
    found = [True] * size.fixed + [False] * later + [None] * (size.places - size.hazards)
    chance.shuffle(found)
    return found


def shown(number):
    return inspections.progress.show(number, by=rounds.actor(9_000, "supervisor"))


def mine(by):
    return [one for one in inspections.due(most=200, by=by)["items"] if one["reason"] == "campaign"]


@pytest.mark.parametrize(
    "size", [TENTH, pytest.param(ALL, marks=pytest.mark.proof)], ids=["tenth", "all"], indirect=True
)
def test_the_campaign_of_fenghuang_to_the_last_hazard(street, clock, size):
    began = time.monotonic()
    chance = random.Random(20211019)
    du = rounds.actor(9_000, "supervisor")
    form = {"name": "三小场所三日行动", "area": COMMUNITY, "form": "small_place"}
    opened = inspections.campaigns.open_campaign({**form, "until": "2026-11-04"}, by=du)
    assert (opened["tasks"], opened["done"]) == (size.places, 0)
    faults = faults_of(size, chance)
    items = [item["code"] for item in rounds.asked("small_place") if item["type"] == "check"]
    for day in range(DAYS):
        if day == 1:  # One falls ill; a colleague takes the share.
            ill = Account.get_by_id(street[-1].account_id).name
            before = len(mine(street[0]))
            told = inspections.campaigns.hand_share(opened["id"], ill, "w00", by=du)
            assert len(mine(street[0])) == before + told["tasks"] > before
            assert mine(street[-1]) == []
        for by in street:
            left = mine(by)
            today = left if day == DAYS - 1 else left[: -(-len(left) // (DAYS - day))]
            for task in today:
                fixed = faults.pop()
                but = {} if fixed is None else {chance.choice(items): wrong(by, fixed=fixed)}
                inspections.submit(sheet(task["subject"]["code"], but=but), by=by)
        told = shown(opened["id"])
        assert told["done"] + told["left"] == size.places
        assert told["hazards"] == Hazard.select().count()
        if day < DAYS - 1:
            assert told["left"] > 0
            clock.passes(days=1)
    told = shown(opened["id"])
    assert (told["done"], told["left"], told["late"]) == (size.places, 0, 0)
    assert (told["hazards"], told["fixed_on_spot"]) == (size.hazards, size.fixed)
    assert told["open"] + told["passed_on"] == size.hazards - size.fixed
    assert sum(one["done"] for one in told["workers"]) == size.places
    assert len(told["workers"]) == size.workers
    board = {one["reason"]: one["late"] for one in inspections.overdue.overview(by=du)["reasons"]}
    assert board["campaign"] == 0
    sent_on(clock, street[0])
    closed(clock)
    told = shown(opened["id"])
    ends = (told["fixed_on_spot"], told["dispatched"], told["closed"])
    assert ends == (size.fixed, size.hazards - size.fixed, size.hazards - size.fixed)
    assert (told["open"], told["passed_on"]) == (0, 0)
    later = size.hazards - size.fixed
    for state, count in (("fixed", size.fixed), ("dispatched", later), ("closed", later)):
        seen = inspections.progress.hazards_of(opened["id"], state=state, by=du)
        assert seen["total"] == count
    worst = Grade.select().where(Grade.grade.in_(["orange", "red"])).count()
    assert worst == 0, "everything has been put right"
    assert (
        PatrolTask.select()
        .where(PatrolTask.reason == "recheck", PatrolTask.done_at.is_null())
        .count()
        == 0
    )
    print(f"\nFenghuang: {size}, {Case.select().count()} cases, {time.monotonic() - began:.1f} s")


def sent_on(clock, an):
    """What its owner has left undone past its day becomes a case."""
    clock.passes(days=30)
    with writing():
        while inspections.note_overdue():
            pass
    for row in list(Hazard.select().where(Hazard.state == "open")):
        told = inspections.hazards.recheck(row.id, {"result": "still"}, by=an)
        assert told["state"] == "passed_on"


def closed(clock):
    """Each case is dispatched, accepted, put right, checked and closed, by a person each."""
    unit = Unit.get().code
    fen, wu, xie = (
        worker(9_001, "dispatcher"),
        worker(9_002, "handler"),
        worker(9_003, "checker"),
    )
    for row in list(Case.select()):
        number = cases.number_of(row)
        clock.passes(minutes=1)  # A handler sends so many photos a minute.
        take(number, "dispatch", fen, unit=unit)
        take(number, "accept", wu)
        take(number, "feed-back", wu, note="已整改")
        take(number, "close", xie)
    with writing():
        while inspections.follow_cases():
            pass
