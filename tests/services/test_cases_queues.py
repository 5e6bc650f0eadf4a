"""What waits for whom: the desk's queues, a handler's tasks, a checker's checks, and no more."""

from datetime import timedelta

import pytest

from backend.errors import Invalid, NotAllowed, NotFound
from backend.models import Account, Case, CaseTask, Unit
from backend.services import cases, phrases, problems, reports
from backend.services.cases import checks, handlers, queues
from tests.services.test_cases_moves import clock, fen, take, told, town, worker, wu, xie

__all__ = ["clock", "fen", "town", "wu", "xie"]

HERE = (22.5244, 114.0582)


def counts(by):
    return {one["queue"]: one["count"] for one in queues.queues(by=by) if one["count"]}


def numbers(page):
    return [case["number"] for case in page["items"]]


def aside(number, **facts):
    """As the rules leave a case that they could not send on."""
    Case.update(facts).where(Case.id == cases.find(number).id).execute()


def test_each_case_that_needs_a_person_waits_in_one_queue(town, fen):
    aside(told("dark"), rule="desk")
    aside(told("leans"), rule="desk", proposed="LD", sureness=0.7)
    aside(told("rust"), rule="owner", returns=1, proposed="HW")
    aside(told("stump"), rule="owner", returns=2, arbiter="FB")
    told("flickers")  # The machine has it still.
    Unit.create(
        code="FB", name="desk", level="district", area_path=fen.grants[0].scope_path, is_desk=True
    )
    assert counts(fen) == {"arbitration": 1, "returned": 1, "unsure": 1, "unsent": 1}
    assert cases.waiting_for(fen) == {"desk": 4}


def test_what_the_machine_has_not_sent_in_a_minute_is_for_a_person(town, fen, clock):
    told("dark")
    assert counts(fen) == {}
    clock.now += timedelta(minutes=2)
    assert counts(fen) == {"unsent": 1}


def test_what_a_stranger_types_is_taken_on_by_a_person(town, fen):
    place = {"place": {"lat": HERE[0], "lon": HERE[1], "crs": "wgs84"}}
    reports.file({"things": [place], "problem": "rubbish"}, channel="web")
    assert counts(fen) == {"received": 1}


def test_what_is_asked_for_waits_for_somebody_else_who_may_grant_it(town, fen, wu):
    number = told()
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    take(number, "ask-extension", wu, reason="等配件")
    du = worker(7, "supervisor")
    for by in (fen, du):
        assert counts(by) == {"asked": 1}
        [line] = queues.queue("asked", by=by)["items"]
        assert (line["asked"], line["reason"]) == ("extension", "等配件")
    take(number, "refuse", fen, reason="x")
    assert counts(du) == {}
    take(number, "ask-shelving", wu, reason="围挡", until="2026-12-01")
    assert (counts(fen), counts(du)) == ({}, {"asked": 1})


def test_nobody_grants_what_they_asked_for_themselves(town, fen):
    take(told(), "ask-void", worker(7, "supervisor"), reason="测试")
    assert counts(worker(7, "supervisor")) == {}
    assert counts(worker(8, "supervisor")) == {"asked": 1}


def test_a_queue_goes_on_where_it_stopped_and_the_least_time_comes_first(town, fen, clock):
    for problem in ("dark", "leans", "rust", "stump", "flickers"):
        aside(told(problem), rule="desk")
        clock.now += timedelta(minutes=1)
    first = queues.queue("unsent", most=2, by=fen)
    second = queues.queue("unsent", most=2, cursor=first["next"], by=fen)
    third = queues.queue("unsent", most=2, cursor=second["next"], by=fen)
    found = [*numbers(first), *numbers(second), *numbers(third)]
    assert third["next"] is None
    assert len(set(found)) == 5
    opened = [cases.find(number).opened_at for number in found]
    assert opened == sorted(opened)


@pytest.mark.parametrize("cursor", ["x", "1", "1-", "-1", "1-2-3", "٣-1", "9" * 17 + "-1"])
def test_a_cursor_that_is_none_is_refused(town, fen, cursor):
    with pytest.raises(Invalid):
        queues.queue("unsent", cursor=cursor, by=fen)


def test_the_desk_ends_at_the_border_of_ones_area(town, fen):
    aside(told(), rule="desk")
    assert counts(worker(1, "dispatcher", "440304005")) == {}
    with pytest.raises(NotAllowed):
        queues.queues(by=worker(2, "handler"))
    with pytest.raises(NotFound):
        queues.queue("nowhere", by=fen)


# --- Tasks ---------------------------------------------------------------------------------


def test_a_handler_sees_their_own_first_and_their_units_new_ones(town, fen, wu):
    mine, new = told("dark"), told("leans")
    take(mine, "dispatch", fen, unit="LD")
    take(new, "dispatch", fen, unit="LD")
    take(mine, "accept", wu)
    assert handlers.waiting(wu) == {"mine": 1, "new": 1, "joint": 0, "unit": 0, "shelved": 0}
    assert numbers(handlers.assigned("mine", by=wu)) == [mine]
    assert numbers(handlers.assigned("new", by=wu)) == [new]
    luo = worker(9, "handler")
    assert handlers.waiting(luo) == {"mine": 0, "new": 1, "joint": 0, "unit": 1, "shelved": 0}
    assert cases.waiting_for(luo) == {"work": 1}
    with pytest.raises(NotFound):
        handlers.assigned("yours", by=wu)


def test_who_belongs_to_a_unit_sees_its_cases_alone(town, fen, someone):
    lamps, bins = someone("jin", "LD"), someone("hua", "HW")
    number = told()
    take(number, "dispatch", fen, unit="LD")
    assert numbers(handlers.assigned("new", by=lamps)) == [number]
    assert numbers(handlers.assigned("new", by=bins)) == []
    CaseTask.create(case_id=cases.find(number).id, unit="HW", part="assist", given_at=0)
    assert numbers(handlers.assigned("joint", by=bins)) == [number]
    assert numbers(handlers.assigned("joint", by=lamps)) == []


def test_tasks_come_by_deadline(town, fen, wu, clock):
    found = []
    for problem in ("rust", "dark", "leans", "bare_wire"):
        number = told(problem)
        take(number, "dispatch", fen, unit="LD")
        take(number, "accept", wu)
        found.append(number)
        clock.now += timedelta(minutes=1)
    first = handlers.assigned(most=3, by=wu)
    listed = [*first["items"], *handlers.assigned(cursor=first["next"], by=wu)["items"]]
    assert {case["number"] for case in listed} == set(found)
    due = [case["due_at"] for case in listed]
    assert due == sorted(due)


@pytest.fixture
def someone(town):
    """A handler of a unit, with an account of their own."""

    def make(name, unit):
        row = Account.create(name=name, full_name=name, password_hash="", unit=unit, created_at=0)
        return worker(row.id, "handler")

    return make


# --- Checks --------------------------------------------------------------------------------


def handled(problem, fen, wu):
    number = told(problem)
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    take(number, "feed-back", wu, note="好了")
    return number


def test_a_checker_sees_what_others_have_handled(town, fen, wu, xie, clock):
    first = handled("dark", fen, wu)
    clock.now += timedelta(minutes=1)
    second = handled("leans", fen, wu)
    assert numbers(checks.checks(by=xie)) == [first, second]
    assert cases.waiting_for(xie) == {"checks": 2}
    assert numbers(checks.checks(by=worker(2, "checker"))) == []  # Wu, had he that role as well.
    with pytest.raises(NotAllowed):
        checks.checks(by=wu)


def test_the_nearest_is_checked_first(town, fen, wu, xie):
    far, near = handled("dark", fen, wu), handled("leans", fen, wu)
    aside(far, lat=HERE[0] + 0.01)
    found = checks.checks(HERE, "wgs84", by=xie)
    assert numbers(found) == [near, far]
    assert [case["distance_m"] for case in found["items"]] == [0, 1107]
    aside(far, lat=HERE[0] + 0.2)  # More than a walk.
    assert numbers(checks.checks(HERE, "wgs84", by=xie)) == [near]


# --- One and the same ----------------------------------------------------------------------


def test_what_may_be_the_same_is_the_same_problem_near_by_or_the_same_thing(town, fen):
    dark, leans = told("dark"), told("leans")
    assert [case["number"] for case in cases.candidates(dark, by=fen)] == [leans]
    place = {"place": {"lat": HERE[0] + 0.0005, "lon": HERE[1], "crs": "wgs84"}}
    one, other = (
        reports.file({"things": [place], "problem": problem}, channel="web")["cases"][0]["number"]
        for problem in ("light", "light")
    )
    [found] = cases.candidates(one, by=fen)
    assert (found["number"], found["distance_m"]) == (other, 0)
    take(other, "decline", fen, note="已在处理")
    assert cases.candidates(one, by=fen) == []


# --- Words ---------------------------------------------------------------------------------


def test_every_problem_can_be_said_to_be_done_with_one_tap():
    known = phrases.read(phrases.FILE)
    subjects = problems.subjects()
    for action, said in known.items():
        assert action in cases.moves.TAKES or action == "away"
        for about in said:
            kind, _, problem = about.partition(".")
            assert about == "any" or problems.find(kind, problem)
    for kind, subject in subjects.items():
        for problem in subject.problems:
            assert phrases.of_move("feed-back", kind, problem.code)
    for action, move in cases.moves.TAKES.items():
        if move & {"reason", "note"} and action != "dispatch":
            assert phrases.of_move(action, "any", "any"), action


def test_the_phrase_of_the_problem_comes_before_those_for_anything():
    [first, *_, last] = phrases.of_move("feed-back", "streetlight", "dark")
    assert first["zh"].startswith("已更换灯泡")
    assert last in phrases.read(phrases.FILE)["feed-back"]["any"]
