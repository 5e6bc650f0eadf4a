"""One tree, two writers: whatever the answer holds, XML read by the convention is the JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile_api.open311 import trees
from mobile_api.open311.trees import Listed
from tests.api.open311 import spark


def both(root: str, tree: Any) -> tuple[Any, Any]:
    name, from_xml = spark.read(trees.as_xml(root, tree))
    assert name == root
    return from_xml, json.loads(trees.as_json(tree))


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (Listed("service", []), []),
        (Listed("service", [{"service_code": "001"}]), [{"service_code": "001"}]),
        (Listed("format", ["text/xml", "application/json"]), ["text/xml", "application/json"]),
        (Listed("service", [{"metadata": True}, {"metadata": False}]),
         [{"metadata": True}, {"metadata": False}]),
        (Listed("service", [{"description": ""}, {"description": None}]),
         [{"description": None}, {"description": None}]),
        (Listed("service", [{"attributes": Listed("attribute", [])}]), [{"attributes": []}]),
        (Listed("service", [{"lat": 22.5, "long": -114.0, "order": 1}]),
         [{"lat": 22.5, "long": -114.0, "order": 1}]),
    ],
)  # fmt: skip
def test_the_convention_s_own_cases(tree: Any, said: Any) -> None:
    assert both("services", tree) == (said, said)


TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["", "a\r\nb\rc", "]]>", "<!--", "&amp;", "\x00\x1b", "\ufffe", "\ud800", " "]
)
LEAVES = TEXTS | st.none()
NAMES = st.sampled_from(["description", "address", "status_notes", "name", "key"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=8,
)


@given(st.lists(TREES, max_size=4))
def test_whatever_is_said_both_say_the_same(items: list[Any]) -> None:
    from_xml, from_json = both("notes", Listed("note", items))
    assert from_xml == from_json
