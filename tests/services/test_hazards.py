"""Hazards: looked at again, gone or a case; and what time alone does to a grade."""

import pytest

from backend import clock as house_clock
from backend.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.models import Case, GradeChange, Hazard, PatrolTask, Run, RunPiece, Tag, TagTask
from backend.services import cases, inspections, tags
from tests import town as cast
from tests.services import rounds
from tests.services.rounds import inspects, wrong


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


def found(an, **but):
    """The number of a hazard that has been given a day."""
    return inspects(an, **but)["hazards"][0]["id"]


def grade(subject="P1"):
    key = inspections.subjects.named(f"place:{subject}").key
    return inspections.grades.of(key)["grade"]


def test_what_is_gone_at_the_second_look_is_closed_with_a_photo(an, clock):
    number = found(an, conduits=wrong(an))
    with pytest.raises(Invalid):
        inspections.hazards.recheck(number, {"result": "mended"}, by=an)
    clock.passes(days=5)
    told = inspections.hazards.recheck(
        number, {"result": "mended", "photo": rounds.photo(an)}, by=an
    )
    assert (told["state"], bool(told["after"])) == ("closed", True)
    assert grade() == "green"
    assert [reason for reason, _ in rounds.open_tasks()] == ["patrol"]
    with pytest.raises(Conflict):
        inspections.hazards.recheck(number, {"result": "still"}, by=an)
    changes = GradeChange.select().order_by(GradeChange.id)
    assert [(one.before, one.grade) for one in changes] == [(None, "yellow"), ("yellow", "green")]


def test_still_there_before_its_day_it_waits_after_it_it_is_a_case(an, clock):
    number = found(an, extinguishers=wrong(an))  # Three working days.
    assert inspections.hazards.recheck(number, {"result": "still"}, by=an)["state"] == "open"
    clock.passes(days=5)
    told = inspections.hazards.recheck(number, {"result": "still", "note": "拒不整改"}, by=an)
    assert told["state"] == "passed_on"
    assert cases.find(told["case"]).problem == "fire_gear"
    assert [reason for reason, _ in rounds.open_tasks()] == ["patrol"]


def test_a_hazard_ends_with_its_case(an, clock):
    told = inspects(an, gas=wrong(an))
    case = cases.find(told["hazards"][0]["case"])
    assert grade() == "orange"
    assert inspections.follow_cases() == 0
    Case.update(state="closed", open_key=None).where(Case.id == case.id).execute()
    assert inspections.follow_cases() == 1
    assert inspections.follow_cases() == 0, "twice is once"
    assert Hazard.get().state == "closed"
    assert grade() == "green"


def test_two_shops_of_a_house_with_the_same_fault_are_one_case(an):
    first, second = (inspects(an, f"place:P{n}", gas=wrong(an)) for n in (1, 2))
    assert first["hazards"][0]["case"] == second["hazards"][0]["case"]
    assert Case.get().reports == 2


def test_the_same_fault_seen_again_is_one_hazard_with_its_old_day(an, clock):
    number = found(an, conduits=wrong(an))
    clock.passes(days=3)
    told = inspects(an, conduits=wrong(an))
    assert told["hazards"] == []
    assert Hazard.select().count() == 1
    assert Hazard.get_by_id(number).due == "2026-11-11"


def test_the_next_round_that_finds_it_right_closes_it(an, clock):
    found(an, conduits=wrong(an))
    clock.passes(days=7)
    assert inspects(an)["grade"]["grade"] == "green"
    assert Hazard.get().state == "closed"
    assert rounds.open_tasks() == [("patrol", "2026-11-30")]


def test_what_comes_back_is_remembered(an, clock):
    for _ in range(4):
        told = inspects(an, stairs_clear=wrong(an, fixed=True))
        clock.passes(days=1)
    assert [row.is_repeat for row in Hazard.select().order_by(Hazard.id)] == [False] + [True] * 3
    assert told["grade"]["grade"] == "orange"
    assert told["grade"]["reasons"][0] | {"zh": "", "en": ""} == {
        "fact": "repeated_in_year",
        "count": 3,
        "zh": "",
        "en": "",
    }


def test_time_alone_makes_a_grade_worse_and_brings_the_patrol_forward(an, clock):
    found(an, conduits=wrong(an))
    assert (grade(), rounds.open_tasks()[-1]) == ("yellow", ("patrol", "2026-11-16"))
    clock.passes(days=9)
    assert inspections.note_overdue() == 0, "the day itself still counts"
    clock.passes(days=1)
    assert inspections.note_overdue() == 1
    assert inspections.note_overdue() == 0, "twice is once"
    assert grade() == "orange"
    assert ("patrol", "2026-11-09") in rounds.open_tasks(), "seven days after the last round"
    last = GradeChange.select().order_by(GradeChange.id.desc()).first()
    assert (last.before, last.grade, last.inspection_id) == ("yellow", "orange", None)


def test_a_major_hazard_past_its_day_is_red_and_the_supervisor_hears_of_it(an, clock):
    found(an, conduits=wrong(an, level="major"))
    clock.passes(days=10)
    inspections.note_overdue()
    assert grade() == "red"
    from backend.models import Notice

    assert [(row.kind, row.role) for row in Notice.select()] == [("graded-red", "supervisor")]


def plate(thing, clock, ground):
    """The tag on the wall of a house, printed on the ground of a grade."""
    run = Run.create(
        state="issued", kind="building", area=rounds.COMMUNITY, count=1, host="q.example.cn",
        form="A4", copies=1, module_mm=2, dpi=300, ordered_at=clock.at, ordered_by="mei",
    )  # fmt: skip
    [code] = tags.mint_for(run.id, "building", [tags.Subject(thing.building_id)])
    Tag.update(state="bound", piece=1).where(Tag.code == code).execute()
    RunPiece.create(id=run.id << 20 | 1, thing=thing.thing, title="", place="", grade=ground)
    return code


def to_replace():
    return [(row.code, row.reason) for row in TagTask.select().where(TagTask.done_at.is_null())]


def test_a_re_grade_asks_for_a_tag_on_another_ground(an, clock, village):
    """The plate on the wall was printed green; the house is no longer."""
    house = inspections.subjects.named("building:4403040040280100001")
    code = plate(house, clock, "green")
    inspects(an, house.code)
    assert TagTask.select().count() == 0
    told = inspects(an, house.code, no_ebike=wrong(an))
    assert told["grade"]["grade"] == "orange"
    assert to_replace() == [(code, "regraded")]
    assert inspections.grades.of_buildings([house.thing]) == {house.thing: "orange"}


def test_a_re_grade_changes_ground_interval_and_tasks_and_says_why(an, clock):
    """Worse and better again: the plate, the next patrol, what is to be done, and the reason."""
    thing = inspections.subjects.named("building:4403040040280100001")
    code = plate(thing, clock, "green")
    inspects(an, thing.code)
    assert rounds.open_tasks(thing.key) == [("patrol", "2026-11-23")], "green: 21 days"
    clock.passes(days=1)
    told = inspects(an, thing.code, wires=wrong(an, level="major"))
    reason = {
        "fact": "major_open",
        "count": 1,
        "zh": "存在重大隐患",
        "en": "There is a major hazard",
    }
    assert (told["grade"]["grade"], told["grade"]["reasons"]) == ("orange", [reason])
    assert rounds.open_tasks(thing.key)[0][0] == "recheck"
    assert rounds.open_tasks(thing.key)[1] == ("patrol", "2026-11-10"), "orange: 7 days"
    assert to_replace() == [(code, "regraded")]
    clock.passes(days=1)
    told = inspects(an, thing.code)
    assert (told["grade"]["grade"], told["grade"]["reasons"]) == ("green", [])
    assert rounds.open_tasks(thing.key) == [("patrol", "2026-11-25")], "green: 21 days again"
    assert to_replace() == [], "the plate on the wall is right again"
    past = inspections.grades.history(thing.key)
    assert [(one["before"], one["grade"]) for one in past] == [
        ("orange", "green"),
        ("green", "orange"),
        (None, "green"),
    ]
    assert past[1]["reasons"] == [reason]


def test_hazards_are_listed_for_those_who_answer_for_the_area(an):
    inspects(an, conduits=wrong(an), pledge=wrong(an))
    inspects(an, "facility:L1", lights=wrong(an), clear=wrong(an, fixed=True))
    seen = inspections.hazards.listed(by=rounds.actor(4, "supervisor"))
    assert [one["state"] for one in seen["items"]] == ["passed_on", "open", "open"]
    page = inspections.hazards.listed(most=1, by=an)
    assert (len(page["items"]), bool(page["next"])) == (1, True)
    rest = inspections.hazards.listed(before=int(page["next"]), by=an)
    assert len(rest["items"]) == 2
    shop = inspections.hazards.listed(subject="place:P1", state="open", by=an)
    assert len(shop["items"]) == 2
    elsewhere = rounds.actor(5, "supervisor", "440304004029")
    assert inspections.hazards.listed(by=elsewhere)["items"] == []
    with pytest.raises(NotAllowed):
        inspections.hazards.listed(by=rounds.actor(5, "auditor"))
    with pytest.raises(NotFound):
        inspections.hazards.show(999, by=an)


def test_a_worker_hands_a_hazard_on_as_a_case(an):
    number = found(an, linings=wrong(an))  # It names no problem of its own.
    told = inspections.hazards.pass_on(number, by=an)
    assert cases.find(told["case"]).problem == "fire_gear"
    with pytest.raises(Conflict):
        inspections.hazards.pass_on(number, by=an)
    assert PatrolTask.select().where(PatrolTask.open_key.startswith("recheck")).count() == 0
