"""Which unit: the owner, the nearest line of the duty list, the next one if that is broken."""

import random

import pytest

from backend.rules import dispatch
from backend.rules.dispatch import Asked, DispatchLimits, Fault, Found, Line

CITY, STREET, COMMUNITY = "44", "44/04", "44/04/028"
TODAY = "2026-11-21"
UNITS = frozenset("ABCDEF") | {"LD", "HW"}


def line(key: str, problem: str | None, area: str, unit: str, **more) -> Line:
    return Line(key, "street", problem, area, unit, **more)


def choose(*lines: Line, units=UNITS, **more) -> Found:
    asked = Asked("street", "rubbish", COMMUNITY, **more)
    return dispatch.choose(asked, lines, units, TODAY)


def chosen(*lines: Line, **more) -> tuple[str | None, str | None]:
    found = choose(*lines, **more)
    return found.unit, found.rule


def test_whoever_owns_a_thing_mends_it():
    assert chosen(line("1", "rubbish", COMMUNITY, "HW"), owner="LD") == ("LD", "owner")


def test_some_faults_of_an_owners_things_are_anothers():
    wires = line("1", "rubbish", CITY, "A", owner="LD")
    assert chosen(wires, owner="LD") == ("A", "remit:1")
    assert chosen(wires, owner="HW") == ("HW", "owner")
    assert chosen(wires) == (None, None)


@pytest.mark.parametrize("order", [1, -1])
def test_the_smaller_area_is_nearer_and_the_problem_nearer_than_the_kind(order):
    lines = [
        line("1", None, COMMUNITY, "A"),
        line("2", "rubbish", CITY, "B"),
        line("3", "rubbish", STREET, "C"),
        line("4", "noise", COMMUNITY, "D"),
        line("5", "rubbish", "44/05", "E"),
    ]
    assert chosen(*lines[::order]) == ("C", "remit:3")
    assert chosen(lines[0]) == ("A", "remit:1")
    assert chosen(lines[3], lines[4]) == (None, None)


def test_a_condition_is_nearer_than_its_class_and_that_than_the_problem():
    lines = [
        line("1", "rubbish", COMMUNITY, "A"),
        line("2", None, CITY, "B", condition="event-0110"),
        line("3", None, CITY, "C", condition="event-0110-2"),
    ]
    assert chosen(*lines, condition="event-0110-2") == ("C", "remit:3")
    assert chosen(*lines, condition="event-0110-1") == ("B", "remit:2")
    assert chosen(*lines, condition="event-01101-1") == ("A", "remit:1")


def test_the_grid_solves_what_is_small_and_the_district_takes_emergencies():
    lines = [
        line("1", "rubbish", COMMUNITY, "A"),
        line("2", None, CITY, "B", grade="urgent"),
        line("3", "rubbish", STREET, "C", grade="ordinary"),
    ]
    assert chosen(*lines, is_urgent=True) == ("B", "remit:2")
    assert chosen(*lines) == ("A", "remit:1")
    assert chosen(lines[2], is_urgent=True) == (None, None)


@pytest.mark.parametrize(
    ("since", "until", "is_in_force"),
    [
        (TODAY, None, True),
        ("2026-11-22", None, False),
        (None, TODAY, False),
        (None, "2026-11-22", True),
    ],
)
def test_a_line_holds_from_its_first_day_until_its_last(since, until, is_in_force):
    found = choose(line("1", "rubbish", CITY, "A", since=since, until=until))
    assert (found.unit is not None) == is_in_force
    assert not found.faults


def test_a_contradiction_is_named_and_the_next_line_counts():
    two = line("1", "rubbish", CITY, "A"), line("2", "rubbish", CITY, "B")
    assert chosen(two[0], line("3", "rubbish", CITY, "A")) == ("A", "remit:1")
    found = choose(*two, line("4", None, CITY, "C"))
    assert (found.unit, found.rule) == ("C", "remit:4")
    assert found.faults == (Fault("remit:1", "contradiction"), Fault("remit:2", "contradiction"))
    assert chosen(*two) == (None, None)


def test_an_owner_that_is_gone_is_named_and_the_list_counts():
    found = choose(line("1", None, CITY, "A"), owner="gone")
    assert (found.unit, found.faults) == ("A", (Fault("owner:gone", "unit-gone"),))


SOUND = (
    line("c", "rubbish", COMMUNITY, "A"),
    line("s", "rubbish", STREET, "B"),
    line("d", "rubbish", CITY, "C"),
    line("k", None, CITY, "D"),
)
BREAK = {
    "unit-gone": lambda one: one._replace(unit="gone"),
    "area-moved": lambda one: one._replace(area_path=f"9/{one.area_path}"),
    "raised": lambda one: one._replace(since="soon"),
    "nothing": lambda one: one._replace(area_path=None),
    "contradiction": lambda one: one,
}


@pytest.mark.parametrize("how", BREAK)
@pytest.mark.parametrize("which", range(3))
def test_breaking_any_nearest_line_alarms_and_the_next_one_answers(which, how):
    lines = list(SOUND[which:])
    broken = BREAK[how](lines[0])
    extra = [lines[0]._replace(key="x", unit="E")] if how == "contradiction" else []
    found = choose(broken, *lines[1:], *extra)
    assert (found.unit, found.rule) == (lines[1].unit, f"remit:{lines[1].key}")
    reason = "raised" if how == "nothing" else how
    assert Fault(f"remit:{broken.key}", reason) in found.faults


def test_no_single_broken_line_leaves_a_case_with_nobody():
    """Lists drawn by chance; whatever is done to one line, another or the desk has the case."""
    chance = random.Random(5)
    areas = [CITY, STREET, COMMUNITY, "44/05"]
    for _ in range(2_000):
        lines = [
            line(
                str(number),
                chance.choice(["rubbish", None, "noise"]),
                chance.choice(areas),
                chance.choice("ABCDEF"),
                since=chance.choice([None, TODAY, "2027-01-01"]),
                grade=chance.choice([None, None, "urgent", "ordinary"]),
            )
            for number in range(chance.randint(1, 8))
        ]
        before = choose(*lines)
        which = chance.randrange(len(lines))
        how = chance.choice(list(BREAK))
        lines[which] = BREAK[how](lines[which])
        after = choose(*lines)
        sound = lines[:which] + lines[which + 1 :]
        if how != "contradiction":
            assert after.unit == choose(*sound).unit
        if before.rule == f"remit:{which}" and how != "contradiction":
            assert any(fault.rule == f"remit:{which}" for fault in after.faults)
        assert (after.unit or dispatch.desk_of(COMMUNITY, {CITY: "desk"})) is not None


def test_the_nearest_desk_has_what_nothing_places():
    desks = {"44": "district", "44/04": "street", "44/05": "other"}
    assert dispatch.desk_of(COMMUNITY, desks) == "street"
    assert dispatch.desk_of("44/06/001", desks) == "district"
    assert dispatch.desk_of("45", desks) == "district"
    assert dispatch.desk_of("45", {}) is None


def test_a_list_is_looked_over_line_by_line_and_against_itself():
    kinds = {"street": {"rubbish", "noise"}}
    areas = {CITY, STREET, COMMUNITY}
    sound = [
        *SOUND,
        line("o", "rubbish", COMMUNITY, "B", owner="LD"),
        line("u", "noise", CITY, "A", until="2026-01-01"),
        line("v", "noise", CITY, "B", since="2026-01-01"),
    ]
    assert list(dispatch.faults_of(sound, UNITS, areas, kinds)) == []
    wrong = [
        (line("1", None, CITY, "gone"), "unit-gone"),
        (line("2", None, "44/99", "A"), "area-gone"),
        (line("3", "snow", CITY, "A"), "problem-gone"),
        (line("4", None, CITY, "A", until="x"), "bad-days"),
    ]
    found = list(dispatch.faults_of([*sound, *(one for one, _ in wrong)], UNITS, areas, kinds))
    assert found == [Fault(f"remit:{one.key}", reason) for one, reason in wrong]
    twice = [*sound, line("w", "noise", CITY, "C", since="2025-12-31", until="2026-01-02")]
    assert {fault.rule for fault in dispatch.faults_of(twice, UNITS, areas, kinds)} == {
        "remit:u", "remit:v", "remit:w",
    }  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"auto_from": 0.97},
        {"auto_from": 0.97, "propose_from": 0},
        {"auto_from": 1.2, "propose_from": 0.4},
        {"auto_from": True, "propose_from": 0.4},
        {"auto_from": 0.97, "propose_from": 0.4, "x": 1},
    ],
)
def test_numbers_that_cannot_be_are_refused(said):
    with pytest.raises(ValueError, match=r"dispatch\.toml"):
        DispatchLimits.from_mapping(said)
