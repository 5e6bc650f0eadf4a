"""Several units at one case, one case in several parts, and a look before either."""

import pytest

from backend.errors import Conflict, InParts, Invalid, NotYourUnit, SecondPersonNeeded
from backend.models import Account, Case, CaseTask, Message, Notice, Unit
from backend.services import cases, photos, reports
from tests.services.test_cases_moves import (
    _place,
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
def hu(town):
    """A handler of the unit that is asked to assist."""
    Account.create(
        id=22, name="hu", full_name="Hu", password_hash="", unit="HW",
        created_at=wall("2026-11-21 20:00"),
    )  # fmt: skip
    return worker(22, "handler")


@pytest.fixture
def joint(fen, wu, clock) -> str:
    number = told()
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    take(number, "join-in", fen, unit="HW", words="清理灯杆周围")
    return number


def test_two_units_handle_it_and_it_is_done_when_both_are(joint, wu, hu, xie, clock):
    clock.now = wall("2026-11-21 20:10")
    take(joint, "acknowledge", hu)
    with pytest.raises(NotYourUnit):
        take(joint, "acknowledge", hu)
    with pytest.raises(Conflict):
        take(joint, "feed-back", wu, note="done")
    take(joint, "report-done", hu, note="清理了")
    take(joint, "feed-back", wu, note="done")
    lead, assist = cases.show(joint, by=wu)["tasks"]
    assert (lead["part"], lead["unit"]["code"], assist["unit"]["code"]) == ("lead", "LD", "HW")
    assert assist["accepted_at"] == wall("2026-11-21 20:10")
    assert (assist["by"], assist["note"], assist["words"]) == ("Hu", "清理了", "清理灯杆周围")
    assert lead["done_at"] is not None
    assert take(joint, "close", xie)["state"] == "closed"


def test_who_assists_does_not_speak_for_the_unit_that_leads(joint, hu, fen):
    with pytest.raises(NotYourUnit):
        take(joint, "feed-back", hu, note="done")
    with pytest.raises(Conflict):
        take(joint, "join-in", fen, unit="HW", words="x")
    assert "report-done" in cases.show(joint, by=hu)["actions"]


def test_the_desk_speaks_for_a_unit_that_does_not_answer(joint, fen, wu):
    take(joint, "report-done", fen, unit="HW", note="desk: not needed")
    assert take(joint, "feed-back", wu, note="done")["state"] == "handled"


def test_rework_is_for_the_lead_and_for_whom_it_names(joint, fen, wu, hu, xie):
    take(joint, "report-done", hu, note="x")
    take(joint, "feed-back", wu, note="x")
    with pytest.raises(Conflict):
        take(joint, "rework", xie, reason="?", unit="LD")
    take(joint, "rework", xie, reason="?", unit="HW")
    assert [task.done_at for task in CaseTask.select()] == [None, None]


def test_the_head_of_the_lead_asks_others_in_and_a_colleague_does_not(fen, wu, hu):
    number = told()
    take(number, "dispatch", fen, unit="HW")
    with pytest.raises(Exception, match="head of the unit"):
        take(number, "join-in", hu, unit="LD", words="x")
    Unit.update(head="hu").where(Unit.code == "HW").execute()
    assert take(number, "join-in", hu, unit="LD", words="x")["state"] == "dispatched"


def split(number: str, by, *parts) -> list[Case]:
    take(number, "split", by, parts=list(parts))
    return list(Case.select().where(Case.parent_id == cases.find(number).id).order_by(Case.id))


def test_a_case_in_parts_closes_with_the_last_of_them_and_its_reporter_is_told(fen, wu, xie, clock):
    told_once = reports.file(
        {"things": [{"facility": "L1"}], "problem": "dark", "phone": "13900000001"}, channel="scan"
    )
    number = told_once["cases"][0]["number"]
    clock.now = wall("2026-11-21 20:20")
    first, second = split(
        number, fen, {"words": "灯", "unit": "LD"}, {"words": "漆", "problem": "rust"}
    )
    assert (first.state, second.state, second.problem) == ("dispatched", "filed", "rust")
    assert second.dispatch_by == wall("2026-11-21 20:30")  # Its reporter's time goes on.
    parent = cases.find(number)
    assert (parent.state, parent.account_id, parent.due_at) == ("handling", fen.account_id, None)
    assert parent.dispatched_at == wall("2026-11-21 20:20")
    for action in ("feed-back", "reassign", "join-in"):
        with pytest.raises(InParts):
            take(number, action, fen if action != "feed-back" else wu, **WORDS)
    done(cases.number_of(first), wu, xie)
    assert cases.find(number).state == "handling"
    take(cases.number_of(second), "dispatch", fen, unit="LD")
    done(cases.number_of(second), wu, xie)
    assert cases.find(number).state == "closed"
    told_of = [row.kind for row in Message.select().order_by(Message.id)]
    assert told_of == ["received", "closed"]
    seen = reports.follow(told_once["token"])["cases"][0]
    assert [one["state"] for one in seen["parts"]] == ["closed", "closed"]


WORDS = {"note": "x", "unit": "HW", "words": "x"}


def done(number: str, wu, xie) -> None:
    take(number, "accept", wu)
    take(number, "feed-back", wu, note="x")
    take(number, "close", xie)


def test_a_part_is_no_parent_and_a_parent_has_two_to_ten(fen):
    number = told()
    for parts in ([{"words": "x"}], [{"words": "x"}] * 11, [{"words": "x"}, {"words": ""}]):
        with pytest.raises(Invalid):
            take(number, "split", fen, parts=parts)
    assert Case.select().count() == 1
    received = _place()
    part, _ = split(received, fen, {"words": "x"}, {"words": "y"})
    with pytest.raises(Conflict):
        take(cases.number_of(part), "split", fen, parts=[{"words": "x"}, {"words": "y"}])


def test_a_part_that_joined_another_case_is_done_with_that_one(fen, wu, xie):
    other = told("flickers")
    number = told()
    first, second = split(number, fen, {"words": "x"}, {"words": "y", "unit": "LD"})
    take(cases.number_of(first), "merge", fen, into=other)
    done(cases.number_of(second), wu, xie)
    assert cases.find(number).state == "handling"
    take(other, "dispatch", fen, unit="LD")
    done(other, wu, xie)
    assert cases.find(number).state == "closed"


def test_what_is_struck_out_takes_its_open_parts_along(fen, town):
    du = worker(4, "supervisor")
    number = told()
    parts = split(number, fen, {"words": "x"}, {"words": "y"})
    take(number, "ask-void", fen, reason="演练")
    take(number, "void", du)
    assert {cases.find(cases.number_of(one)).state for one in parts} == {"declined"}
    assert all(Case.get_by_id(one.id).voided_at for one in parts)


def test_a_grid_worker_looks_before_it_is_taken_on(fen, town):
    lin = worker(7, "collector", "440304004028")
    number = _place()
    with pytest.raises(Conflict):
        take(number, "confirm", lin, confirmed=True)
    take(number, "ask-confirmation", fen, reason="有没有垃圾？")
    assert [row["number"] for row in cases.to_confirm(by=lin)] == [number]
    assert Notice.select().order_by(Notice.id.desc()).get().role == "collector"
    photo = photos.keep(snapshot(), by=lin)["id"]
    fix = {"lat": 22.5244, "lon": 114.0584, "crs": "wgs84"}
    take(number, "confirm", lin, confirmed=False, reason="没有", photo=photo, fix=fix)
    assert cases.to_confirm(by=lin) == []
    last = cases.show(number, by=fen)["history"][-1]
    assert last["facts"] == {"confirmed": False, "reason": "没有"}
    assert cases.find(number).state == "received"
    assert take(number, "decline", fen, note="现场无此情况")["state"] == "declined"


def test_nobody_confirms_what_they_asked_for(fen, town):
    both = worker(1, "dispatcher")
    both = type(both)(
        1,
        "w1",
        "W",
        (*both.grants, *worker(1, "collector").grants),
        roles=("dispatcher", "collector"),
    )
    number = _place()
    take(number, "ask-confirmation", both, reason="?")
    with pytest.raises(SecondPersonNeeded):
        take(number, "confirm", both, confirmed=True)
    take(number, "file", both)
    assert cases.find(number).asked is None
