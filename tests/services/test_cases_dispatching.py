"""Cases find their unit by themselves, and none is lost on the way."""

import sqlite3
from datetime import timedelta

import orjson
import peewee
import pytest

from backend.db import is_sqlite, writing
from backend.errors import Unavailable
from backend.models import Area, Case, Notice, Remit, Unit
from backend.rules import dispatch
from backend.services import cases, facilities, reports
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


@pytest.fixture(autouse=True)
def desk(town):
    """The dispatch centre of the district."""
    path = Area.get_by_id("440304").path
    Unit.create(code="FB", name="分拨中心", level="district", area_path=path, is_desk=True)


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


def test_rules_that_raise_alarm_once_a_day_and_the_desk_has_each_case(fen, clock, monkeypatch):
    numbers = [told(), told("rust")]

    def broken(*_):
        raise RuntimeError("a rule")

    monkeypatch.setattr(dispatch, "choose", broken)
    assert cases.dispatch_waiting() == 0
    for number in numbers:
        row = cases.find(number)
        assert (row.state, row.rule, row.unit) == ("filed", "desk", "FB")
    assert alarms() == [("rules", "raised")]
    numbers.append(told("leans"))
    assert cases.dispatch_waiting() == 0
    assert alarms() == [("rules", "raised")]
    assert cases.rule_figures() == {"rules": 1, "cases": 3}
    clock.now += timedelta(days=1)
    told("bare_wire")
    cases.dispatch_waiting()
    assert alarms() == [("rules", "raised")] * 2


def test_a_database_that_is_away_is_no_rules_fault_and_the_case_is_tried_again(fen, monkeypatch):
    number = told()

    def away(*_, **__):
        if is_sqlite():
            raise peewee.OperationalError("disk i/o error") from sqlite3.OperationalError(
                "disk i/o error"
            )
        raise peewee.OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(cases.dispatching, "moved", away)
        with pytest.raises(Unavailable):
            cases.dispatch_waiting()
    assert (cases.find(number).rule, alarms()) == (None, [])
    assert cases.dispatch_waiting() == 1


def alarms() -> list[tuple[str, str]]:
    rows = Notice.select().where((Notice.kind == "rule-failed") & (Notice.role == "dispatcher"))
    return [(facts["rule"], facts["reason"]) for row in rows if (facts := orjson.loads(row.facts))]


def test_two_keepers_send_a_case_once(town):
    numbers = [told(problem) for problem in ("dark", "rust", "leans")]
    taken = [row.id for row in Case.select()]
    assert cases.dispatch_waiting() == 3
    duties = cases.duty_list.read()
    with writing():
        assert cases.dispatching._portion(taken, duties) == (0, taken[-1])
    assert len(numbers) == len(taken)


def test_who_has_a_report_before_anybody_looked_is_the_desk_and_it_is_told_once(fen):
    numbers = [place(), place("other")]
    assert cases.dispatch_waiting() == 0
    for number in numbers:
        row = cases.find(number)
        assert (row.state, row.unit, row.rule) == ("received", "FB", "received")
    waits = Notice.select().where(Notice.kind == "case-waits")
    assert [row.role for row in waits] == ["dispatcher"]
    assert cases.find(numbers[0]).version == 1  # Nobody's reading became old.


def test_what_a_grid_worker_saw_is_sent_at_once_wherever_it_lies(fen, bring):
    bring("remits", REMITS)
    spot = {"lat": 22.5244, "lon": 114.0584, "crs": "wgs84"}
    form = {"things": [{"place": spot}], "problem": "rubbish"}
    seen = reports.file(form, channel="worker", by=worker(3, "collector"))["cases"][0]["number"]
    assert cases.dispatch_waiting() == 1
    assert cases.find(seen).unit == "HW"
    told_of_it = reports.file(form, channel="hotline", by=worker(4, "clerk"))["cases"][0]["number"]
    assert (cases.dispatch_waiting(), cases.find(told_of_it).state) == (0, "received")


def test_a_line_whose_unit_is_gone_is_passed_over_named_and_told(fen, bring):
    bring("remits", f"{REMITS}3,street,,440304,LD,,\n")
    Unit.delete().where(Unit.code == "HW").execute()
    number = place()
    take(number, "file", fen)
    assert cases.dispatch_waiting() == 1
    row = cases.find(number)
    assert (row.unit, row.rule) == ("LD", "remit:3")
    [step] = [one for one in cases.show(number, by=fen)["history"] if one["action"] == "dispatch"]
    assert step["facts"]["why"] == [
        {"code": "failed", "rule": "remit:1", "reason": "unit-gone"},
        {
            "code": "remit",
            "key": "3",
            "area": "440304",
            "item": "kind",
            "unit": "LD",
            "unit_name": "路灯管理所",
            "area_name": "福田区",
        },
    ]
    assert alarms() == [("remit:1", "unit-gone")]


def test_a_list_is_looked_over_before_a_case_meets_what_is_broken(bring, town):
    bring("remits", REMITS)
    assert cases.look_over() == 0
    Unit.delete().where(Unit.code == "HW").execute()
    Remit.update(area_path="4403/440304/9").where(Remit.key == "2").execute()
    assert cases.look_over() == cases.look_over() == 2
    assert alarms() == [("remit:1", "unit-gone"), ("remit:2", "area-gone")]


def test_words_that_are_sure_send_a_case_and_less_sure_ones_propose(fen, bring, monkeypatch):
    bring("remits", REMITS)
    said = {}
    monkeypatch.setattr(cases.dispatching, "READERS", [lambda case: said["of it"]])
    for sureness, unit, rule, state in (
        (0.98, "HW", "words", "dispatched"),
        (0.5, "FB", "desk", "filed"),
        (0.3, "FB", "desk", "filed"),
    ):
        said["of it"] = Said(sureness)
        number = place("other")
        take(number, "file", fen)
        cases.dispatch_waiting()
        row = cases.find(number)
        assert (row.unit, row.rule, row.state) == (unit, rule, state)
        assert row.proposed == ("HW" if 0.4 <= sureness < 0.97 else None)
    assert cases.consider(row)["why"] == [{"code": "desk"}]


class Said:
    unit = None
    kind, problem, condition, why = "street", "rubbish", None, ["垃圾"]

    def __init__(self, sureness):
        self.sureness = sureness


def test_dark_lamps_of_one_evening_are_one_case_and_what_is_taken_out_stays_out(fen, clock, town):
    for number, north, cabinet in (
        ("L2", 0.0003, None),
        ("L3", 0.004, None),
        ("L4", 0.006, "A"),
        ("L5", 0.011, "A"),
        ("L6", 0.0112, "B"),
    ):
        lamp(number, 22.5244 + north, cabinet)
    first, beside, far = told(), told_of("L2"), told_of("L3")
    assert cases.dispatch_waiting() == 2
    row = cases.find(beside)
    assert (row.state, row.merged_into, row.rule) == (
        "merged", cases.find(first).id, "merging:lamps",
    )  # fmt: skip
    assert cases.find(first).reports == 2
    assert cases.find(far).state == "dispatched"
    take(beside, "unmerge", fen)
    assert cases.dispatch_waiting() == 1
    assert (cases.find(beside).state, cases.find(beside).rule) == ("dispatched", "owner")
    same_box = [told_of("L4"), told_of("L5"), told_of("L6")]
    cases.dispatch_waiting()
    assert [cases.find(one).state for one in same_box] == ["dispatched", "merged", "dispatched"]
    clock.now += timedelta(hours=25)
    lamp("L7", 22.5245, None)
    tomorrow = told_of("L7")
    cases.dispatch_waiting()
    assert cases.find(tomorrow).state == "dispatched"


def lamp(number: str, lat: float, cabinet: str | None) -> None:
    here = {"lat": lat, "lon": 114.0582, "crs": "wgs84"}
    form = {"kind": "streetlight", "number": number, "owner_unit": "路灯管理所", **here}
    facts = {"cabinet": cabinet} if cabinet else {}
    facilities.register(
        {**form, "area": COMMUNITY, "facts": facts}, by=worker(5, "building_manager")
    )


def told_of(number: str) -> str:
    form = {"things": [{"facility": number}], "problem": "dark"}
    return reports.file(form, channel="scan")["cases"][0]["number"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("3,tree,,440304,LD,,", "kind"),
        ("3,bin,dark,440304,LD,,", "problem"),
        ("3,bin,,999999,LD,,", "area"),
        ("3,bin,,440304,XX,,", "unit"),
        ("1,bin,,440304,LD,,", "key"),
        ("3,bin,,440304,LD,,,component-9,,", "condition"),
        ("3,bin,,440304,LD,,,,soon,", "grade"),
        ("3,bin,,440304,LD,,,,,XX", "owner"),
        ("3,bin,,440304,LD,2026-02-01,2026-01-01", "until"),
    ],
)
def test_what_is_wrong_in_a_duty_list_is_named_and_nothing_is_loaded(bring, town, row, column):
    wide = row.count(",") - 6
    header, *rows = REMITS.splitlines()
    text = "\n".join(
        [header + ",condition,grade,owner" * bool(wide), *(one + "," * wide for one in rows)]
    )
    report = bring("remits", f"{text}\n{row}\n")
    assert [(one.row, one.column) for one in report.listed] == [(4, column)]
    assert Remit.select().count() == 0
