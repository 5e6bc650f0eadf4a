"""Who sees what: the shipped policy, role by role, and policies that must not start."""

import tomllib
from pathlib import Path

import pytest

from backend.rules.masks import MASKS
from backend.rules.sight import FIELDS, RECORDS, ROLES, Policy, bucket

FILE = Path(__file__).parents[2] / "fixtures" / "policy" / "sight.toml"
SIGHT = Policy.from_mapping(tomllib.loads(FILE.read_text()))

PEOPLE = {"name", "sex", "birth_date", "id_number", "phone", "people_class"}


def seen(*roles):
    """Field -> action over all records."""
    return {field: action for record in RECORDS for field, action in SIGHT.actions(roles, record)}


# --- The shipped policy ------------------------------------------------------------------


@pytest.mark.parametrize("role", ["collector", "police_officer"])
def test_who_collects_or_answers_for_people_sees_all(role):
    assert set(seen(role).values()) == {"show"}


def test_the_safety_officer_sees_the_shop_and_no_identity():
    an = seen("safety_officer")
    assert "show" not in {an[field] for field in PEOPLE}
    assert (an["name"], an["legal_name"], an["legal_phone"]) == ("mask", "show", "show")
    assert an["event_text"] == "show"


def test_the_building_head_has_a_contact_list_and_no_more():
    chen = seen("building_head")
    assert (chen["name"], chen["phone"]) == ("show", "show")
    assert (chen["id_number"], chen["birth_date"]) == ("hide", "hide")


def test_the_supervisor_sees_masked_people():
    du = seen("supervisor")
    masked = ("name", "id_number", "phone", "birth_date", "legal_name", "legal_phone")
    assert {du[field] for field in masked} == {"mask"}


@pytest.mark.parametrize("role", ["handler", "checker"])
def test_who_handles_an_event_sees_the_event_alone(role):
    fields = seen(role)
    assert {name for name, action in fields.items() if action != "hide"} == set(RECORDS["event"])


@pytest.mark.parametrize(
    "role", ["dispatcher", "building_manager", "auditor", "administrator", "enforcer"]
)
def test_who_has_no_business_with_people_sees_nothing(role):
    assert set(seen(role).values()) == {"hide"}


def test_han_who_has_no_role_sees_nothing():
    assert set(seen().values()) == {"hide"}


def test_every_role_has_its_place_in_the_file():
    assert tomllib.loads(FILE.read_text()).keys() == ROLES


def test_two_roles_see_the_best_of_both():
    assert seen("safety_officer", "building_head")["phone"] == "show"
    assert seen("auditor", "supervisor")["name"] == "mask"
    # No more than the best of each field.
    assert seen("safety_officer", "building_head")["id_number"] == "mask"


def test_fields_come_in_the_order_of_the_record():
    for record, fields in RECORDS.items():
        assert tuple(name for name, _ in SIGHT.actions(["collector"], record)) == fields


def test_every_field_has_a_mask():
    assert MASKS.keys() == FIELDS
    assert len(FIELDS) == sum(map(len, RECORDS.values())), "a field belongs to one record"


# --- What is absent is hidden ------------------------------------------------------------


def test_what_is_absent_is_hidden():
    policy = Policy.from_mapping({"collector": {"on_site": {"name": "show"}}, "checker": {}})
    assert dict(policy.actions(["collector"], "resident"))["phone"] == "hide"
    assert set(dict(policy.actions(["checker"], "resident")).values()) == {"hide"}
    assert policy.action(["auditor"], "name") == "hide"


def test_an_unknown_role_allows_nothing_and_is_not_remembered():
    policy = Policy.from_mapping({"collector": {"on_site": {"name": "show"}}})
    for number in range(100):
        assert dict(policy.actions([f"mayor {number}"], "resident"))["name"] == "hide"
    assert len(policy._kept) == 1


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ({"mayor": {"on_site": {"name": "show"}}}, "mayor"),
        ({"collector": {"off_site": {"name": "show"}}}, "off_site"),
        ({"collector": {"on_site": {"shoe_size": "show"}}}, "shoe_size"),
        ({"collector": {"on_site": {"name": "peek"}}}, "peek"),
        ({"collector": {"on_site": {"name": True}}}, "True"),
        ({"collector": {"on_site": "show"}}, "not a table"),
        ({"collector": "show"}, "not a table"),
    ],
)
def test_a_wrong_word_stops_the_start_and_is_named(mapping, named):
    with pytest.raises(ValueError, match=named):
        Policy.from_mapping(mapping)


# --- Off site ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "told"),
    [(-1, "0"), (0, "0"), (1, "1-5"), (5, "1-5"), (6, "6-20"), (20, "6-20"), (21, "21+")],
)
def test_counts_come_in_buckets(count, told):
    assert bucket(count) == told
