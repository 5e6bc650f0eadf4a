"""Not ours: back to the desk within the hour, once; the second time the desk above decides."""

from datetime import timedelta

import pytest

from backend.errors import DeskDecides, Invalid, NotYourArea, NotYourUnit, TooLateToReturn
from backend.models import Account, Area, Notice, Unit
from backend.services import cases
from tests.services.test_cases_moves import (
    clock,
    fen,
    snapshot,
    take,
    told,
    town,
    wall,
    worker,
    wu,
    xie,
)

__all__ = ["clock", "fen", "snapshot", "town", "wu", "xie"]


@pytest.fixture
def desks(town):
    """A street's desk below that of the district; the dispatchers of both."""
    for code, area, name in (("D1", "440304004", "street"), ("D2", "440304", "district")):
        path = Area.get_by_id(area).path
        Unit.create(code=code, name=name, level="street", area_path=path, is_desk=True)
    return worker(1, "dispatcher", "440304004"), worker(11, "dispatcher", "440304")


def sent(by, unit: str = "LD") -> str:
    number = told()
    take(number, "dispatch", by, unit=unit)
    return number


def test_who_sends_a_case_back_says_whose_it_is(desks, wu):
    number = sent(desks[0])
    with pytest.raises(Invalid) as refused:
        take(number, "return", wu, reason="不归我们管", unit="")
    assert list(refused.value.facts["errors"]) == ["unit"]
    take(number, "return", wu, reason="不归我们管", unit="HW")
    row = cases.find(number)
    assert (row.state, row.proposed, row.returns, row.unit) == ("filed", "HW", 1, "D1")
    shown = cases.show(number, by=desks[0])
    assert shown["proposed"]["code"] == "HW"
    assert shown["history"][-1]["facts"] == {"reason": "不归我们管", "proposed": "HW"}


def test_only_within_the_hour_and_no_longer(desks, wu, clock):
    number = sent(desks[0])
    assert cases.find(number).accept_by == clock.now + timedelta(minutes=60)
    clock.now += timedelta(minutes=60)
    assert "return" in cases.show(number, by=wu)["actions"]
    clock.now += timedelta(seconds=1)
    assert "return" not in cases.show(number, by=wu)["actions"]
    with pytest.raises(TooLateToReturn):
        take(number, "return", wu, reason="x")


def test_the_second_time_the_desk_above_decides_and_the_unit_handles_it_first(desks, wu):
    street, district = desks
    number = sent(street)
    take(number, "return", wu, reason="x", unit="HW")
    take(number, "dispatch", street, unit="HW")
    take(number, "return", wu, reason="x", unit="LD")
    row = cases.find(number)
    assert (row.arbiter, row.unit, row.returns) == ("D2", "D2", 2)
    notice = Notice.select().order_by(Notice.id.desc()).get()
    assert (notice.kind, notice.area_path) == ("case-disputed", district.grants[0].scope_path)
    assert "dispatch" not in cases.show(number, by=street)["actions"]
    with pytest.raises(NotYourArea):
        take(number, "dispatch", street, unit="LD")
    take(number, "dispatch", district, unit="LD")
    with pytest.raises(DeskDecides):
        take(number, "return", wu, reason="x")
    with pytest.raises(NotYourArea):
        take(number, "reassign", street, unit="HW")


def test_nobody_stands_above_the_district(town, wu, fen):
    path = Area.get_by_id("440304").path
    Unit.create(code="D2", name="district", level="district", area_path=path, is_desk=True)
    number = sent(worker(11, "dispatcher", "440304"))
    for _ in range(2):
        take(number, "return", wu, reason="x")
        if cases.find(number).arbiter is None:
            take(number, "dispatch", fen, unit="HW")
    assert cases.find(number).arbiter == "D2"


def test_without_any_desk_it_still_ends_after_the_second_time(fen, wu):
    number = sent(fen)
    for _ in range(2):
        take(number, "return", wu, reason="x")
        take(number, "dispatch", fen, unit="HW")
    with pytest.raises(DeskDecides):
        take(number, "return", wu, reason="x")


def person(number: int, unit: str | None) -> None:
    Account.create(
        id=number, name=f"w{number}", full_name="W", password_hash="", unit=unit,
        created_at=wall("2026-11-21 20:00"),
    )  # fmt: skip


def test_a_handler_has_the_cases_of_the_own_unit(fen, wu):
    person(wu.account_id, "HW")
    number = sent(fen)
    for action, words in (("accept", {}), ("return", {"reason": "x"})):
        assert action not in cases.show(number, by=wu)["actions"]
        with pytest.raises(NotYourUnit):
            take(number, action, wu, **words)
    take(number, "reassign", fen, unit="HW")
    assert take(number, "accept", wu)["state"] == "handling"


def test_a_time_begins_anew_with_every_unit_and_the_standard_s_does_not(desks, wu, clock):
    number = sent(desks[0])
    first = cases.find(number)
    clock.now += timedelta(minutes=30)
    take(number, "reassign", desks[0], unit="HW")
    row = cases.find(number)
    assert row.accept_by == clock.now + timedelta(minutes=60)
    assert (row.dispatched_at, row.due_at) == (first.dispatched_at, first.due_at)


def test_who_does_not_answer_in_time_has_it_by_name(desks, clock):
    person(30, "LD")
    Unit.update(head="w30").where(Unit.code == "LD").execute()
    number = sent(desks[0])
    clock.now += timedelta(minutes=60)
    assert cases.accept_due() == 0
    clock.now += timedelta(seconds=1)
    assert (cases.accept_due(), cases.accept_due()) == (1, 0)
    row = cases.find(number)
    assert (row.state, row.account_id, row.accepted_at) == ("handling", 30, clock.now)
    step = cases.show(number, by=desks[0])["history"][-1]
    assert (step["action"], step["by"], step["facts"]["to"]) == ("accept", None, "w30")
    notice = Notice.select().order_by(Notice.id.desc()).get()
    assert (notice.kind, notice.account_id) == ("case-accepted", 30)


def test_where_nobody_answers_for_a_unit_the_desk_is_told_once(desks, wu, clock):
    number = sent(desks[0])
    clock.now += timedelta(minutes=61)
    assert (cases.accept_due(), cases.accept_due()) == (1, 0)
    assert cases.find(number).state == "dispatched"
    told_of = [row.kind for row in Notice.select()]
    assert told_of == ["case-unanswered"]
    assert cases.show(number, by=desks[0])["history"][-1]["action"] == "unanswered"
    assert take(number, "accept", wu)["state"] == "handling"
