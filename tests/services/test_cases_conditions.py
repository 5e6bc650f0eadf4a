"""All conditions of the real standard: filed under, timed by, closed by."""

from datetime import timedelta

import pytest

from backend.errors import Invalid
from backend.house import house
from backend.rules import deadlines
from backend.services import cases, standards
from tests.services.test_cases_moves import (
    _place,
    clock,
    fen,
    snapshot,
    take,
    told,
    town,
    wall,
    wu,
    xie,
)

__all__ = ["clock", "fen", "snapshot", "town", "wu", "xie"]

ALL = list(standards.standard().conditions.values())
TENTHS = [ALL[start::10] for start in range(10)]


@pytest.mark.parametrize("conditions", TENTHS, ids=range(10))
def test_every_condition_is_filed_timed_and_closed(conditions, fen, wu, xie, clock):
    clock.now = wall("2026-11-23 08:00")
    for condition in conditions:
        number = _place()
        take(number, "file", fen, condition=condition.code)
        take(number, "dispatch", fen, unit="LD")
        row = cases.find(number)
        assert (row.condition, row.limit_value, row.limit_unit, row.standard) == (
            condition.code,
            condition.limit.value,
            condition.limit.unit,
            standards.standard().version,
        )
        assert row.due_at == deadlines.due(clock.now, condition.limit, house().policy.calendar)
        take(number, "accept", wu)
        version = str(cases.find(number).version)
        cases.moves.feed_back(number, version, "done", by=wu)
        if condition.closing:
            with pytest.raises(Invalid):
                take(number, "close", xie, closing="component-0101-0")
        closed = take(number, "close", xie, closing=condition.code)
        assert closed["state"] == "closed"
        if condition.closing:
            facts = cases.show(number, by=fen)["history"][-1]["facts"]
            assert facts["closing"] == condition.code


def test_there_are_five_hundred_and_nineteen():
    assert len(ALL) == 519
    assert all(one.closing for one in ALL)


def test_another_condition_has_another_time_from_the_same_beginning(fen, wu, clock):
    clock.now = wall("2026-11-23 08:00")
    number = told()
    take(number, "dispatch", fen, unit="LD")
    assert cases.find(number).due_at == wall("2026-11-24 18:00")
    clock.now += timedelta(minutes=10)
    take(number, "return", wu, reason="a broken cable")
    take(number, "dispatch", fen, unit="LD", condition="component-0137-5")  # Two hours of work.
    assert cases.find(number).due_at == wall("2026-11-23 10:00")
    shown = cases.show(number, by=fen)["condition"]
    assert (shown["code"], shown["class_scheme"]) == ("component-0137-5", "yuncheng")


def test_a_condition_that_is_none_is_refused_and_one_is_found_by_its_words(fen):
    number = told()
    with pytest.raises(Invalid) as refused:
        take(number, "dispatch", fen, unit="LD", condition="component-9999-1")
    assert list(refused.value.facts["errors"]) == ["condition"]
    assert cases.find(number).state == "filed"
    found = cases.conditions("路灯 不亮", 10, by=fen)
    assert found[0]["code"] == "component-0137-3"
    assert len(cases.conditions("", 600, by=fen)) == 519
