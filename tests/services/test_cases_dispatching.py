"""Cases find their unit by themselves, and none is lost on the way."""

import pytest

from backend.models import Case, Notice, Remit
from backend.rules import dispatch
from backend.services import cases, reports
from tests.services.test_cases_moves import (
    COMMUNITY,
    clock,
    fen,
    snapshot,
    take,
    told,
    town,
    worker,
    wu,
    xie,
)

__all__ = ["clock", "fen", "snapshot", "town", "worker", "wu", "xie"]

REMITS = f"""key,kind,problem,area,unit,since,until
1,street,rubbish,{COMMUNITY},HW,,
2,building,,440304,LD,,
"""


def place(problem: str = "rubbish") -> str:
    spot = {"lat": 22.5244, "lon": 114.0584, "crs": "wgs84"}
    form = {"things": [{"place": spot}], "problem": problem}
    return reports.file(form, channel="web")["cases"][0]["number"]


def test_a_dark_lamp_goes_to_its_owner_within_a_round(fen):
    number = told()
    assert cases.dispatch_waiting() == 1
    assert cases.dispatch_waiting() == 0
    row = cases.find(number)
    assert (row.state, row.unit, row.rule) == ("dispatched", "LD", "owner")
    step = cases.show(number, by=fen)["history"][-1]
    assert (step["by"], step["facts"]["rule"]) == (None, "owner")
    assert row.due_at is not None


def test_what_lies_in_the_street_goes_by_the_duty_list_once_somebody_has_looked(fen, bring, town):
    assert bring("remits", REMITS).added == 2
    assert bring("remits", REMITS).unchanged == 2
    number = place()
    assert cases.dispatch_waiting() == 0  # Nobody has looked: it may be a joke.
    take(number, "file", fen)
    assert cases.dispatch_waiting() == 1
    assert cases.find(number).rule == "remit:1"


def test_what_no_rule_knows_waits_at_the_desk_for_a_person(fen):
    number = place("other")
    take(number, "file", fen)
    assert cases.dispatch_waiting() == 0
    assert (cases.find(number).state, cases.find(number).rule) == ("filed", "desk")
    take(number, "dispatch", fen, unit="HW")


def test_what_came_back_is_not_sent_to_the_same_unit_again(fen, wu):
    number = told()
    cases.dispatch_waiting()
    take(number, "return", wu, reason="?")
    assert cases.dispatch_waiting() == 0
    by_hand = told("rust")
    take(by_hand, "dispatch", fen, unit="HW")
    take(by_hand, "return", wu, reason="?")
    assert cases.dispatch_waiting() == 0


def test_a_rule_that_fails_alarms_and_the_desk_has_the_case(fen, monkeypatch):
    number = told()

    def broken(*_):
        raise RuntimeError("a rule")

    monkeypatch.setattr(dispatch, "choose", broken)
    assert cases.dispatch_waiting() == 0
    assert (cases.find(number).state, cases.find(number).rule) == ("filed", "desk")
    [notice] = Notice.select().where(Notice.kind == "dispatch-failed")
    assert (notice.role, number in notice.facts) == ("dispatcher", True)
    assert cases.dispatch_waiting() == 0
    assert Notice.select().where(Notice.kind == "dispatch-failed").count() == 1


def test_two_keepers_send_a_case_once(town):
    numbers = [told(problem) for problem in ("dark", "rust", "leans")]
    taken = [row.id for row in Case.select()]
    assert cases.dispatch_waiting() == 3
    assert [cases.dispatching._dispatch(one) for one in taken] == [False] * 3
    assert len(numbers) == len(taken)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("3,tree,,440304,LD,,", "kind"),
        ("3,bin,dark,440304,LD,,", "problem"),
        ("3,bin,,999999,LD,,", "area"),
        ("3,bin,,440304,XX,,", "unit"),
        ("1,bin,,440304,LD,,", "key"),
        ("3,bin,,440304,LD,2026-02-01,2026-01-01", "until"),
    ],
)
def test_what_is_wrong_in_a_duty_list_is_named_and_nothing_is_loaded(bring, town, row, column):
    report = bring("remits", REMITS + row + "\n")
    assert [(one.row, one.column) for one in report.listed] == [(4, column)]
    assert Remit.select().count() == 0
