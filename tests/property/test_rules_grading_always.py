"""Grades and patrols, whatever the facts: worse facts never make a better grade."""

from dataclasses import asdict, fields, replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from backend.policy import read_policy
from backend.rules import grading, patrols
from backend.rules.datum import Position
from backend.rules.grading import GRADES, Facts

LIMITS = read_policy().inspections
NAMES = [one.name for one in fields(Facts)]

facts = some.builds(Facts, **{name: some.integers(0, 12) for name in NAMES})
days = some.dates(date(2024, 1, 1), date(2030, 1, 1))
grades = some.sampled_from(GRADES)


def rank(grade: str) -> int:
    return GRADES.index(grade)


@given(facts, some.sampled_from(NAMES), some.integers(1, 9))
def test_more_of_what_is_bad_never_makes_a_grade_better(
    before: Facts, name: str, more: int
) -> None:
    after = replace(before, **{name: getattr(before, name) + more})
    was, now = (grading.judge(one, LIMITS.rules).grade for one in (before, after))
    assert rank(now) >= rank(was)


@given(facts)
def test_every_grade_but_green_says_why_in_both_languages(known: Facts) -> None:
    verdict = grading.judge(known, LIMITS.rules)
    assert bool(verdict.reasons) == (verdict.grade != "green")
    for reason in verdict.reasons:
        assert reason["count"] == asdict(known)[reason["fact"]] >= 1
        assert reason["zh"]
        assert reason["en"]


def test_nothing_wrong_is_green() -> None:
    assert grading.judge(Facts(), LIMITS.rules).grade == "green"


@given(days, grades, grades)
def test_a_worse_grade_is_never_visited_later(last: date, one: str, other: str) -> None:
    better, worse = sorted((one, other), key=rank)
    due = [patrols.next_patrol(last, grade, LIMITS) for grade in (better, worse)]
    assert last < due[1] <= due[0]


@given(days, some.integers(0, 40), grades, grades)
def test_a_re_grade_never_excuses_what_was_due(
    last: date, passed: int, before: str, after: str
) -> None:
    today = last + timedelta(days=passed)
    due = patrols.next_patrol(last, before, LIMITS)
    new = patrols.moved(due, last, after, today, LIMITS)
    if due <= today:
        assert new <= due
    else:
        assert new == patrols.next_patrol(last, after, LIMITS)
    assert patrols.moved(new, last, after, today, LIMITS) == new, "twice is once"


@given(some.lists(some.tuples(some.floats(22.5, 22.6), some.floats(114, 114.1)), max_size=12))
def test_a_walk_meets_every_stop_once(points: list[tuple[float, float]]) -> None:
    stops = [(Position(*point), which) for which, point in enumerate(points)]
    walk = patrols.route(Position(22.55, 114.05), stops)
    assert sorted(walk) == list(range(len(points)))


def test_the_walk_goes_on_to_the_nearest_that_is_left() -> None:
    here = Position(22.5, 114.0)
    stops = [(Position(22.5, 114.0 + 0.001 * metres), metres) for metres in (5, 1, 3, 2, 4)]
    assert patrols.route(here, stops) == [1, 2, 3, 4, 5]
