"""Class dictionaries."""

import pytest

from backend.errors import Invalid
from backend.services import classes
from tests.services.cast import actor

pytestmark = pytest.mark.usefixtures("clock")


def test_anybody_signed_in_may_read_the_classes():
    found = classes.of_subject("house", by=actor("han"))
    assert len(found) == 52
    assert found[0] == {
        "scheme": "gridtag-houses-1",
        "code": "01",
        "parent": None,
        "name": "城中村私宅",
    }
    assert classes.of_subject("house", "another", by=actor("han")) == []
    assert len(classes.of_subject("house", "gridtag-houses-1", by=actor("han"))) == 52


def test_parents_stand_above_their_children():
    for subject in classes.SUBJECTS:
        seen: set[str | None] = {None}
        for each in classes.of_subject(subject, by=actor("han")):
            assert each["parent"] in seen
            seen.add(each["code"])


def test_an_unknown_subject_or_class_is_refused():
    with pytest.raises(Invalid):
        classes.of_subject("dogs", by=actor("han"))
    with pytest.raises(Invalid):
        classes.check("house", "house_class", "9999")
    classes.check("house", "house_class", None)
    classes.check("house", "house_class", "0101")
