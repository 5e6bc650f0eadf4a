"""The five sorts of rental houses: told by the house's class until somebody has looked."""

import tomllib

import pytest

from backend.policy import read_policy
from tests.town import FIXTURES

LIMITS = read_policy().inspections


@pytest.mark.parametrize(
    ("house_class", "answered", "kind"),
    [
        ("0102", None, "village"),
        ("0401", None, "dormitory"),
        ("0301", None, "public"),
        ("0302", None, "estate"),
        ("0501", None, "estate"),
        ("0102", "dormitory", "dormitory"),
        ("0201", "estate", "estate"),  # Sold to live in, yet somebody found it let.
        ("0102", "castle", "village"),
        ("0201", None, None),
        (None, None, None),
    ],
)
def test_a_house_is_of_the_sort_that_somebody_saw_else_of_its_class(house_class, answered, kind):
    found = LIMITS.rental_kind(house_class, answered)
    assert (found.code if found else None) == kind


def test_whatever_is_let_is_of_some_sort():
    assert all(LIMITS.rental_kind(one, None) for one in LIMITS.rental_classes)


def test_the_form_asks_for_the_same_five():
    text = (FIXTURES / "forms" / "rental_building.toml").read_text(encoding="utf-8")
    [asked] = [one for one in tomllib.loads(text)["items"] if one["code"] == "rental_kind"]
    known = [one.as_dict() for one in LIMITS.rental_kinds]
    assert len(known) == 5
    assert sorted(asked["choices"], key=lambda one: one["code"]) == sorted(
        known, key=lambda one: one["code"]
    )
