"""Forms: labels lie where the paper has them, on whole dots, and nowhere else."""

import pytest

from qr import forms
from qr.forms import BadForm, Printer, UnknownForm

STREETLIGHT = (70, 89)
FORMS = ["100x60", "A4", "L7160", "L7162", "L7163", "L7651", "roll-62"]


def everywhere(grid):
    return list(grid.places(grid.per_page))


# The ordinary day


def test_the_usual_papers_are_there():
    assert forms.names() == FORMS


@pytest.mark.parametrize(
    ("name", "count", "label"),
    [
        ("L7160", 21, (63.5, 38.1)),
        ("L7162", 16, (99.1, 33.9)),
        ("L7163", 14, (99.1, 38.1)),
        ("L7651", 65, (38.1, 21.2)),
        ("100x60", 1, (100, 60)),
    ],
)
def test_a_page_holds_as_many_labels_as_the_box_says(name, count, label):
    grid = forms.grid(forms.form(name), (1, 1))
    assert grid.per_page == count
    assert grid.label == label


@pytest.mark.parametrize("name", FORMS)
def test_labels_stay_on_the_page_and_off_each_other(name):
    grid = forms.grid(forms.form(name), (57, 89))
    width, height = grid.label
    places = everywhere(grid)
    for place in places:
        assert place.left >= 0
        assert place.top >= 0
        assert place.left + width <= grid.page[0] + 0.05
        assert place.top + height <= grid.page[1] + 0.05
        for other in places:
            apart = abs(place.left - other.left), abs(place.top - other.top)
            assert other == place or apart[0] > width - 0.05 or apart[1] > height - 0.05


@pytest.mark.parametrize("name", FORMS)
def test_every_label_begins_on_a_dot_of_the_printer(name):
    form = forms.form(name)
    for place in everywhere(forms.grid(form, STREETLIGHT)):
        for length in (place.left, place.top):
            assert length / form.dot == pytest.approx(round(length / form.dot), abs=1e-6)


def test_paper_to_be_cut_is_turned_when_more_labels_fit():
    paper = forms.form("A4")
    assert forms.grid(paper, STREETLIGHT).per_page == 6
    lying = forms.grid(paper, (90, 60))
    assert lying.page == (297, 210)
    assert lying.per_page == 9


def test_a_roll_is_as_long_as_its_label():
    grid = forms.grid(forms.form("roll-62"), (1, 96.8))
    assert grid.page == (62, pytest.approx(99.8))
    assert grid.label == (58.9, 96.8)


def test_a_run_begins_where_the_used_sheet_ends():
    grid = forms.grid(forms.form("L7160"), (1, 1))
    fresh, used = list(grid.places(42)), list(grid.places(42, start=20))
    assert [place.page for place in used] == [0] * 2 + [1] * 21 + [2] * 19
    assert used[0] == fresh[19]
    assert used[2][1:] == fresh[0][1:]


def test_another_printer_has_other_dots():
    coarse = forms.with_dpi(forms.form("L7160"), 203)
    assert coarse.dot == pytest.approx(0.1251, abs=1e-4)
    assert forms.form("L7160").dpi == 600


# What is broken


def test_unknown_forms_are_answered_with_what_there_is():
    with pytest.raises(UnknownForm, match="L7160"):
        forms.form("L9999")
    with pytest.raises(UnknownForm):
        forms.form("../streetlight")


@pytest.mark.parametrize("start", [0, -1, 22])
def test_a_start_beyond_the_page_is_refused(start):
    with pytest.raises(BadForm, match="1 to 21"):
        list(forms.grid(forms.form("L7160"), (1, 1)).places(1, start))


def test_a_label_larger_than_the_paper_is_refused():
    with pytest.raises(BadForm, match="210 x 300"):
        forms.grid(forms.form("A4"), (210, 300))


@pytest.mark.parametrize("dpi", [72, 10_000])
def test_no_printer_has_such_dots(dpi):
    with pytest.raises(BadForm):
        forms.with_dpi(forms.form("A4"), dpi)


GOOD = {
    "about": "two labels", "dpi": 600, "page_mm": [100, 50], "label_mm": [40, 40],
    "columns": 2, "rows": 1, "first_mm": [5, 5], "pitch_mm": [45, 40],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pitch_mm": [30, 40]}, "overlap"),
        ({"pitch_mm": [60, 40]}, "leave the page"),
        ({"first_mm": [5, 11]}, "leave the page"),
        ({"first_mm": [-1, 5]}, "leave the page"),
        ({"first_mm": [5]}, "misspells"),
        ({"dpi": None}, "dpi"),
    ],
)
def test_a_broken_form_says_what_is_wrong(change, reason):
    assert forms.parse("x", GOOD).columns == 2
    data = {key: value for key, value in (GOOD | change).items() if value is not None}
    with pytest.raises(BadForm, match=reason):
        forms.parse("x", data)


@pytest.mark.parametrize("wrong", [{"right": 25}, {"down": -21}, {"stretch_x": 0.8},
                                   {"stretch_y": 1.2}, {"right": float("nan")}])  # fmt: skip
def test_a_printer_that_is_far_off_has_another_fault(wrong):
    with pytest.raises(BadForm):
        Printer(**wrong)
