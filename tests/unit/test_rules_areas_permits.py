"""Areas inside each other, and roles that reach as far as the area they were given for."""

import pytest

from backend.rules.areas import is_code, level, path_contains
from backend.rules.permits import Grant, may

GRID = "440304/440304004/440304004028/440304004028001"
VERBS = {"collector": {"visit.begin", "session.end"}, "auditor": {"trail.read"}}


def test_codes_have_four_lengths():
    words = {c: level(c) for c in ("440304", "440304004", "440304004028", "440304004028001")}
    assert list(words.values()) == ["district", "street", "community", "grid"]


@pytest.mark.parametrize(
    "wrong", ["", "44", "4403040", "44030A", "４４０３０４", "440304 ", "-40304"]
)
def test_what_is_no_code_is_refused(wrong):
    assert not is_code(wrong)
    with pytest.raises(ValueError, match="area code"):
        level(wrong)


def test_an_area_contains_itself_and_what_is_below():
    for scope in ("440304", "440304/440304004", GRID):
        assert path_contains(scope, GRID)
    assert not path_contains(GRID, "440304/440304004/440304004028")


@pytest.mark.parametrize("scope", ["", "44030", "440304/44030400", "440305", GRID + "/", "440304/"])
def test_likeness_is_not_containment(scope):
    assert not path_contains(scope, GRID)
    assert not path_contains(scope, "")


def test_lin_may_visit_in_her_grid_and_nowhere_else():
    lin = [Grant("collector", GRID)]
    assert may(lin, VERBS, "visit.begin", GRID)
    assert not may(lin, VERBS, "visit.begin", GRID[:-1] + "2")
    assert not may(lin, VERBS, "visit.begin", "440304/440304004")
    assert not may(lin, VERBS, "trail.read", GRID)


def test_a_verb_without_a_place_needs_only_the_role():
    assert may([Grant("collector", GRID)], VERBS, "session.end", None)
    assert may([Grant("collector")], VERBS, "session.end", None)


def test_a_role_without_an_area_reaches_no_place_by_itself():
    assert not may([Grant("collector")], VERBS, "visit.begin", GRID)


def test_a_place_that_lost_its_area_is_reached_by_nobody():
    assert not may([Grant("collector", "440304")], VERBS, "visit.begin", "")
    assert not may([Grant("collector")], VERBS, "visit.begin", "")


def test_the_verb_and_the_place_must_come_from_one_grant():
    both = [Grant("collector", "440305"), Grant("auditor", "440304")]
    assert not may(both, VERBS, "visit.begin", GRID)
    assert may(both, VERBS, "trail.read", GRID)


def test_han_may_nothing_and_neither_may_an_unknown_role():
    assert not may([], VERBS, "visit.begin", GRID)
    assert not may([Grant("mayor", "440304")], VERBS, "visit.begin", GRID)
