"""Which unit: the owner, the nearest line of the duty list, or a person."""

import pytest

from backend.rules.dispatch import Choice, Line, choose

CITY, STREET, COMMUNITY = "44", "44/04", "44/04/028"
TODAY = "2026-11-21"


def line(key: str, problem: str | None, area: str, unit: str, since=None, until=None) -> Line:
    return Line(key, problem, area, unit, since, until)


def chosen(*lines: Line, owner: str | None = None) -> Choice | None:
    return choose(owner, lines, "rubbish", COMMUNITY, TODAY)


def test_whoever_owns_a_thing_mends_it():
    assert chosen(line("1", "rubbish", COMMUNITY, "HW"), owner="LD") == Choice("LD", "owner")


@pytest.mark.parametrize("order", [1, -1])
def test_the_smaller_area_is_nearer_and_the_problem_nearer_than_the_kind(order):
    lines = [
        line("1", None, COMMUNITY, "A"),
        line("2", "rubbish", CITY, "B"),
        line("3", "rubbish", STREET, "C"),
        line("4", "noise", COMMUNITY, "D"),
        line("5", "rubbish", "44/05", "E"),
    ]
    assert chosen(*lines[::order]) == Choice("C", "remit:3")
    assert chosen(lines[0]) == Choice("A", "remit:1")
    assert chosen(lines[3], lines[4]) is None


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
    found = chosen(line("1", "rubbish", CITY, "A", since, until))
    assert (found is not None) == is_in_force


def test_a_contradiction_is_for_a_person():
    two = line("1", "rubbish", CITY, "A"), line("2", "rubbish", CITY, "B")
    assert chosen(*two) is None
    assert chosen(two[0], line("3", "rubbish", CITY, "A")) == Choice("A", "remit:1")
