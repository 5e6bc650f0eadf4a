"""What may be told by area: nobody gets at a small count, whatever they add and subtract.

The attacker here knows the rule and tries every world: what is published must fit another world
as well, in which the small count is another one.
"""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.rules.suppression import Cell, publish

LEAVES = ("d/s/a", "d/s/b", "d/s/c", "d/t/e", "d/t/f")


@pytest.mark.parametrize(
    ("leaves", "least", "most"),
    [
        (LEAVES[:1], 3, 7),
        (LEAVES[:2], 3, 9),
        (LEAVES[:3], 3, 9),
        (LEAVES[:2], 5, 14),
        (("d/s/a", "d/t/e", "d/u/g"), 3, 10),
        (("d/s/a", "d/s", "d/s/b"), 3, 9),
        (("d/s/a", "d/s/b", "d/t/e"), 3, 9),
        (("d/s/a", "d/s/b", "d/t/e", "d/t/f"), 3, 6),
        (("d/s/a", "d/s/b", "d/t/e", "d/u/g"), 3, 6),
        (("d/s/a", "d/t/e", "d/u/g", "d/v/h"), 3, 6),
    ],
)
def test_an_attacker_who_knows_the_rule_is_not_sure(leaves, least, most):
    """All worlds that publish the same are one to the attacker."""
    communities = [leaf for leaf in leaves if leaf.count("/") == 2]
    alike = defaultdict(list)
    for world in itertools.product(range(most + 1), repeat=len(leaves)):
        told = publish(dict(zip(leaves, world, strict=True)), communities, least)
        alike[frozenset(told.items())].append(world)
    tried = 0
    for told, possible in alike.items():
        if any(max(world) == most for world in possible):
            continue  # Beyond the edge of what was tried there are more worlds.
        for place, leaf in enumerate(leaves):
            values = {world[place] for world in possible}
            is_small = any(0 < value < least for value in values)
            tried += is_small
            assert not is_small or len(values) > 1, (leaf, possible, dict(told))
    assert tried


paths = st.sampled_from(["d/s/a", "d/s/b", "d/s/c", "d/s/x", "d/t/e", "d/t/f", "d/u/g", "d/s", "d"])
many = st.dictionaries(paths, st.integers(0, 12))
ALL = ("d/s/a", "d/s/b", "d/s/c", "d/s/x", "d/t/e", "d/t/f", "d/u/g", "e/v/h")


@given(counts=many)
@settings(max_examples=200)
def test_no_told_number_is_small_and_every_sum_is_true(counts):
    told = publish(counts, ALL, 5)
    for cell, count in told.items():
        assert count == 0 or count >= 5, cell
        if not cell.is_rest:
            inside = [n for path, n in counts.items() if f"{path}/".startswith(f"{cell.path}/")]
            assert count == sum(inside), cell


@given(counts=many)
@settings(max_examples=200)
def test_a_total_less_what_is_told_below_is_never_small(counts):
    """The plain attack: a parent minus its children, at every level."""
    told = publish(counts, ALL, 5)
    for cell, count in told.items():
        if cell.is_rest or cell.path in ALL:
            continue
        below = [
            (other, n) for other, n in told.items()
            if other.path.startswith(f"{cell.path}/") and (other.path in ALL or other.is_rest)
        ]  # fmt: skip
        left = count - sum(n for _, n in below) - told.get(Cell(cell.path, is_rest=True), 0)
        assert left == 0, "whatever is not told alone is told as a rest"


def test_plenty_is_told_as_it_is():
    told = publish({"d/s/a": 7, "d/s/b": 9}, ("d/s/a", "d/s/b"), 5)
    assert told == {Cell("d/s/a"): 7, Cell("d/s/b"): 9, Cell("d/s"): 16, Cell("d"): 16}


def test_the_few_are_told_together():
    told = publish({"d/s/a": 3, "d/s/b": 4, "d/s/c": 20}, LEAVES[:3], 5)
    assert told[Cell("d/s", is_rest=True)] == 7
    assert Cell("d/s/a") not in told
    assert told[Cell("d/s")] == 27


def test_a_single_small_one_takes_a_neighbour_along():
    told = publish({"d/s/a": 3, "d/s/b": 8, "d/s/c": 20}, LEAVES[:3], 5)
    assert told == {
        Cell("d/s/c"): 20, Cell("d/s", is_rest=True): 11, Cell("d/s"): 31, Cell("d"): 31,
    }  # fmt: skip


def test_two_that_are_as_large_as_small_ones_can_be_take_one_along_as_well():
    told = publish({"d/s/a": 4, "d/s/b": 4, "d/s/c": 6}, LEAVES[:3], 5)
    assert told == {Cell("d/s", is_rest=True): 14, Cell("d/s"): 14, Cell("d"): 14}
    assert Cell("d/s/c") in publish({"d/s/a": 4, "d/s/b": 3, "d/s/c": 6}, LEAVES[:3], 5)


def test_a_street_with_few_moves_up_and_its_total_is_not_told():
    told = publish({"d/s/a": 2, "d/t/e": 9}, ("d/s/a", "d/t/e", "d/t/f"), 5)
    assert told == {Cell("d"): 11, Cell("d", is_rest=True): 11}, "the other street was joined"


def test_where_all_is_little_nothing_is_told():
    assert publish({"d/s/a": 2}, LEAVES[:3], 5) == {}
