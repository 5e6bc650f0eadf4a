"""Designs: nine kinds, sized for the distance they are read from, honest to whoever scans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr import designs
from qr.designs import BadDesign, UnknownDesign

KINDS = [
    "bin", "building", "charging_point", "ebike", "hydrant", "manhole_cover", "newsstand", "room",
    "streetlight",
]  # fmt: skip
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)

MINIMAL = {
    "name": "井盖",
    "english": "manhole cover",
    "form": "A4",
    "words": "common",
    "text_mm": 3,
    "symbols": [{"copies": 1, "module_mm": 1.0, "label_mm": [90, 45]}],
}


# The ordinary day


def test_nine_kinds_have_a_label():
    assert designs.kinds() == KINDS


@pytest.mark.parametrize(
    ("kind", "symbols"),
    [
        ("streetlight", [(1, 1.7)]),
        ("manhole_cover", [(2, 1.8), (1, 2.5)]),
        ("bin", [(1, 1.2)]),
        ("newsstand", [(1, 1.2)]),
        ("charging_point", [(1, 1.2)]),
        ("hydrant", [(1, 1.2)]),
        ("building", [(1, 2.0), (1, 3.2)]),
        ("room", [(1, 0.8)]),
        ("ebike", [(1, 1.1)]),
    ],
)
def test_modules_are_as_large_as_the_reading_distance_asks(kind, symbols):
    choices = designs.design(kind).choices
    assert [(choice.copies, choice.module) for choice in choices] == symbols


@EVERY_KIND
def test_every_label_shows_its_host_and_promises_to_cost_nothing(kind):
    said = [line.say for line in designs.design(kind).lines]
    assert "{host}" in said
    assert "扫码不收费，不索要身份证" in said
    assert any("{code}" in line for line in said), "whoever cannot scan can type"


def test_a_line_without_its_words_is_left_out():
    words = {"name": "路灯", "title": "", "place": "水围", "code": "7", "host": "q", "grade": ""}
    lines = designs.design("streetlight").lines
    assert [line.filled(words) for line in lines][:3] == ["", "水围", "7"]


def test_a_rental_house_has_four_grades_with_readable_letters():
    grades = designs.design("building").grades
    assert [grades[name].word for name in ("green", "yellow", "orange", "red")] == [
        "宽管", "关注", "严管", "禁止",
    ]  # fmt: skip
    for grade in grades.values():
        assert designs.contrast(grade.ink, grade.ground) >= 4.5


@given(st.binary(min_size=3, max_size=3))
def test_letters_can_be_read_on_any_ground(colour):
    grade = designs.Grade("宽管", f"#{colour.hex().upper()}")
    assert designs.contrast(grade.ink, grade.ground) >= 4.5


def test_contrast_is_counted_as_wcag_does():
    assert designs.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert designs.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert designs.contrast("#FFFFFF", "#767676") == designs.contrast("#767676", "#FFFFFF")


def test_another_number_of_copies_may_be_chosen():
    manhole = designs.design("manhole_cover")
    assert manhole.choice().copies == 2
    assert manhole.choice(copies=1).module == 2.5
    assert designs.design("building").choice(module=3.2).label == (190, 124)


# What is broken


def test_unknown_kinds_grades_and_choices_are_answered_with_what_there_is():
    with pytest.raises(UnknownDesign, match="streetlight"):
        designs.design("lamp")
    with pytest.raises(UnknownDesign, match="green, yellow, orange, red"):
        designs.design("building").grade("blue")
    with pytest.raises(UnknownDesign, match="none at all"):
        designs.design("room").grade("red")
    with pytest.raises(UnknownDesign, match=r"2 x 1\.8 mm, 1 x 2\.5 mm"):
        designs.design("manhole_cover").choice(copies=3)
    with pytest.raises(UnknownDesign):
        designs.design("../areas/x")


def test_a_minimal_design_is_enough():
    assert designs.parse("x", MINIMAL).text == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": None}, "name"),
        ({"words": "poem"}, "poem"),
        ({"symbols": [{"copies": 1}]}, "label_mm"),
        ({"grades": {"red": {"word": "x", "ground": "red"}}}, "colour"),
        ({"grades": {"red": {"word": "x"}}}, "ground"),
    ],
)
def test_a_broken_design_says_what_is_wrong(change, reason):
    data = {key: value for key, value in (MINIMAL | change).items() if value is not None}
    with pytest.raises(BadDesign, match=reason):
        designs.parse("x", data)


def test_a_label_must_not_keep_its_host_or_code_to_itself(tmp_path, monkeypatch):
    (tmp_path / "words").mkdir()
    monkeypatch.setattr(designs, "FOLDER", tmp_path)
    line = '[[lines]]\nsay = "{text}"\nsize = 1\nrows = 1\n'
    for said, reason in (
        ("{code} {owner}", "owner.* has none of"),
        ("{code}", "must show"),
        ("{host}", "must show"),
    ):
        (tmp_path / "words" / "common.toml").write_text(line.replace("{text}", said))
        with pytest.raises(BadDesign, match=reason):
            designs.parse("x", MINIMAL)
