"""What one asks for and somebody else grants; meanwhile all clocks run on."""

from datetime import timedelta

import pytest

from backend.errors import Conflict, Invalid, NotAllowed, SecondPersonNeeded
from backend.models import Account, Notice
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
def du(town):
    return worker(4, "supervisor")


@pytest.fixture
def handling(fen, wu, clock):
    """Dispatched on a Monday at eight; its two working days are over on Tuesday at six."""
    clock.now = wall("2026-11-23 08:00")
    number = told()
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    return number


def due(number: str):
    return cases.find(number).due_at


def test_more_time_is_asked_for_by_one_and_granted_by_another(handling, fen, wu):
    take(handling, "ask-extension", wu, reason="等配件")
    assert due(handling) == wall("2026-11-24 18:00")
    assert cases.show(handling, by=fen)["asked"] == "extension"
    take(handling, "extend", fen)
    assert due(handling) == wall("2026-11-25 18:00")
    step = cases.show(handling, by=fen)["history"][-1]
    assert step["facts"]["before"].startswith("2026-11-24T10:00")


def test_the_second_time_a_supervisor_grants_it_and_never_a_third(handling, fen, wu, du):
    take(handling, "ask-extension", wu, reason="x")
    take(handling, "extend", fen)
    take(handling, "ask-extension", wu, reason="x")
    with pytest.raises(Conflict):
        take(handling, "extend", fen)
    take(handling, "extend", du)
    assert due(handling) == wall("2026-11-26 18:00")  # As much again, and no more.
    with pytest.raises(Conflict):
        take(handling, "ask-extension", wu, reason="x")


def test_nobody_asks_for_time_once_it_has_run_out(handling, wu, clock):
    clock.now = wall("2026-11-24 18:01")
    with pytest.raises(Conflict):
        take(handling, "ask-extension", wu, reason="x")


def test_nobody_grants_what_they_asked_for_or_what_nobody_asked_for(handling, fen, wu, du):
    with pytest.raises(Conflict):
        take(handling, "shelve", du)
    take(handling, "ask-void", du, reason="演练")
    with pytest.raises(SecondPersonNeeded):
        take(handling, "void", du)
    with pytest.raises(Conflict):
        take(handling, "ask-extension", wu, reason="x")  # One thing at a time.
    take(handling, "refuse", du, reason="不是演练")
    assert cases.show(handling, by=fen)["asked"] is None


def test_a_case_waits_until_its_day_and_then_goes_on_by_itself(handling, wu, du, clock):
    take(handling, "ask-shelving", wu, until="2026-12-01", reason="道路施工")
    take(handling, "shelve", du)
    clock.now = wall("2026-11-30 23:59")
    assert cases.resume_due() == 0
    assert not cases.public(cases.find(handling))["is_late"]
    clock.now = wall("2026-12-01 00:00")
    assert cases.resume_due() == 1
    assert cases.resume_due() == 0
    assert cases.find(handling).state == "handling"
    assert due(handling) == wall("2026-12-02 18:00")  # Two days of work were left.


@pytest.mark.parametrize("until", ["2026-11-23", "2027-12-01", "soon"])
def test_a_day_that_is_none_is_refused(handling, wu, until):
    with pytest.raises(Invalid) as refused:
        take(handling, "ask-shelving", wu, until=until, reason="x")
    assert list(refused.value.facts["errors"]) == ["until"]


def test_a_test_is_struck_out_and_stays_listed(handling, fen, du):
    take(handling, "ask-void", fen, reason="演练")
    take(handling, "void", du)
    row = cases.find(handling)
    assert (row.state, row.voided_at is not None, row.open_key) == ("declined", True, None)
    assert cases.listed(state="declined", by=fen)["items"][0]["number"] == handling


def test_asking_about_a_closed_case_leaves_its_day(handling, fen, wu, xie, du, clock):
    take(handling, "feed-back", wu, note="x")
    take(handling, "close", xie)
    closed = cases.find(handling).closed_at
    clock.now += timedelta(days=1)
    take(handling, "ask-void", fen, reason="x")
    take(handling, "refuse", du, reason="x")
    assert cases.find(handling).closed_at == closed


def test_what_was_put_together_can_be_taken_apart(fen, town):
    first, second = told("dark"), told("flickers")
    take(second, "merge", fen, into=first)
    take(second, "unmerge", fen)
    assert cases.find(first).reports == 1
    row = cases.find(second)
    assert (row.state, row.merged_into, row.closed_at) == ("filed", None, None)


def test_a_case_is_given_to_a_colleague_who_handles_there(handling, wu):
    with pytest.raises(Invalid):
        take(handling, "pass-on", wu, to="nobody")
    assert Account.select().count() == 0


def test_who_has_it_is_told_when_a_supervisor_presses(handling, fen, wu, du):
    take(handling, "urge", du)
    row = Notice.select().order_by(Notice.id.desc()).first()
    assert (row.kind, row.account_id) == ("case-urged", wu.account_id)
    fresh = told("rust")
    take(fresh, "urge", du)
    row = Notice.select().order_by(Notice.id.desc()).first()
    assert (row.role, row.account_id) == ("dispatcher", None)
    with pytest.raises(NotAllowed):
        take(fresh, "urge", wu)
