"""A city's own forms come in as XLSForms; every form goes out as one and comes back the same."""

import random
import tomllib
from typing import Any

import pytest
from pyxform.xls2xform import convert

from backend.actor import SYSTEM
from backend.models import Form
from backend.rules import forms as rules
from backend.services import inspections
from backend.services.inspections import forms, xlsforms
from tests.services.workbooks import (
    ANSWERS,
    CHOICES,
    GEAR,
    PUBLIC,
    SETTINGS,
    SHIPPED,
    SURVEY,
    TODAY,
    book,
    broken,
    questions,
    rows_of,
    without,
)


def errors_of(report: Any) -> list[tuple[int | None, str | None]]:
    return [(one.row, one.column) for one in report.listed]


# --- A city's own form --------------------------------------------------------------------


def test_a_citys_own_form_is_asked_and_its_answers_are_held_to_it(bring):
    report = bring("forms", book(SURVEY, CHOICES))
    assert (report.errors, report.added) == (0, 1)
    form = forms.current("city_charging").form
    assert [item.type for item in form.items] == [
        "note", "check", "whole", "number", "choices", "sum", "note", "choice", "day", "text",
        "photo",
    ]  # fmt: skip
    cut_off = form.by_code["cut_off"]
    assert (cut_off.level, cut_off.days, cut_off.problem) == ("major", 3, "broken")
    assert (cut_off.at_once, cut_off.photo, cut_off.en) == (True, True, "It cuts off when full")
    assert form.by_code["sockets"].hint == {"zh": "只数能用的", "en": "只数能用的"}
    assert form.by_code["gear"].relevant.text == "(${sockets} > 10) and (${price} > 1)"
    assert rules.checked(form, ANSWERS, today=TODAY) == ({**ANSWERS, "each": 0.125}, {})
    wrong = {**ANSWERS, "sockets": 0, "tested": "2026-12-01", "tel": "110", "gear": ["rope"]}
    assert rules.checked(form, wrong, today=TODAY)[1] == {
        "sockets": ["1到200个"],
        "price": [rules.SENTENCES["unasked"]],  # For the number of sockets is not known.
        "gear": [rules.SENTENCES["unasked"]],
        "tested": [rules.SENTENCES["constraint"]],
        "tel": [rules.SENTENCES["constraint"]],
    }


def test_imported_twice_it_is_one_version_changed_it_is_a_new_one(bring):
    assert bring("forms", book(SURVEY, CHOICES)).added == 1
    again = bring("forms", book(SURVEY, CHOICES))
    assert (again.added, again.unchanged) == (0, 1)
    assert bring("forms", book(SURVEY[:-1], CHOICES)).added == 1
    assert [row.version for row in Form.select().where(Form.code == "city_charging")] == [1, 2]


def test_a_form_that_does_not_say_of_what_is_told_so_on_the_command_line(bring):
    plain = {"form_title": "表", "form_id": "plain form"}
    content = book([{"type": "integer", "name": "n", "label": "数"}], settings=plain)
    refused = bring("forms", content)
    assert errors_of(refused) == [(2, "settings: attribute::gridtag:subject")]
    report = bring("forms", content, subject="building")
    assert report.errors == 0
    assert any("plain_form" in notice for notice in report.notices)
    assert forms.current("plain_form").form.subject == "building"


# --- What is wrong with it is said by sheet, row and column, and nothing is loaded ---------


def row(kind: str = "integer", name: str = "a", label: str = "甲", **more: str) -> dict[str, str]:
    return {"type": kind, "name": name, "label": label, **more}


def check(key: str, value: str) -> list[dict[str, str]]:
    return [row("select_one gridtag_check", **{f"bind::gridtag:{key}": value})]


NO_PLACE = [
    ((2, "type"), [row("geopoint")]),
    ((2, "type"), [row("hidden")]),
    ((3, "calculation"), [{}, row("calculate", calculation="position(..)")]),
    ((2, "type"), [row("begin_repeat"), row(name="b"), {"type": "end_repeat"}]),
    ((2, "constraint"), [row(constraint="pulldata('x', 'y', 'z', .) = 1")]),
    ((2, "constraint"), [row("text", constraint="regex(., '(')")]),
    ((2, "relevant"), [row(relevant="${b} = 1"), row(name="b")]),
    ((2, "required"), [row(required=". > 1")]),
    ((2, "read_only"), [row(read_only="yes")]),
    ((2, "calculation"), [row("text", calculation="1 + 1")]),
    ((2, "choice_filter"), [row("select_one gear", choice_filter="x = 1")]),
    ((2, "type"), [row("select_one nowhere")]),
    ((2, "name"), [row(name="a" * 41)]),
    ((3, "name"), [row(), row("text")]),
    ((2, "label"), [row("note", label="你好 ${b}"), row("start", name="b")]),
    *[
        ((2, f"bind::gridtag:{key}"), check(key, value))
        for key, value in (
            ("level", "huge"),
            ("days", "soon"),
            ("days", "999"),
            ("problem", "ghosts"),
            ("at_once", "perhaps"),
            ("colour", "red"),
        )
    ],
]


def test_what_has_no_place_is_named_by_row_and_column_and_nothing_is_loaded(bring):
    for (number, column), survey in NO_PLACE:
        report = bring("forms", book(survey, CHOICES))
        assert (number, f"survey: {column}") in errors_of(report), (survey, report.listed)
    bad = [{"list_name": "bad", "name": "two words", "label": "两"}]
    report = bring("forms", book([row("select_one bad")], [*GEAR, *bad]))
    assert errors_of(report) == [(4, "choices: name")]
    assert Form.select().count() == 0


def test_every_fault_is_said_at_once(bring):
    survey = [
        row("audio"),
        row(name="b", constraint=". >"),
        row("date", name="c", relevant="here() = 1"),
    ]
    assert errors_of(bring("forms", book(survey))) == [
        (2, "survey: type"),
        (3, "survey: constraint"),
        (4, "survey: relevant"),
    ]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 nonsense", book([], settings={}), book([{"a": "b"}])]
)
def test_what_is_no_form_at_all_is_said(bring, content):
    assert bring("forms", content).errors >= 1
    assert Form.select().count() == 0


def test_whatever_is_broken_in_a_workbook_it_is_refused_in_words():
    chance = random.Random(7)
    for _ in range(80):
        content = broken(book(SURVEY, CHOICES), chance)
        draft = xlsforms.read(content, subject="building")
        assert draft.complaints or draft.document
    for _ in range(40):
        survey = [dict(row) for row in SURVEY]
        put = chance.choice([row for row in survey if row])
        put[chance.choice(NONSENSE_AT)] = chance.choice(NONSENSE)
        draft = xlsforms.read(book(survey, CHOICES))
        faults: tuple[rules.Fault, ...] = ()
        try:
            rules.from_document(draft.document)
        except rules.BadForm as bad:
            faults = bad.faults
        assert all(draft.placed(fault).text for fault in faults)


NONSENSE_AT = [
    "type",
    "name",
    "label",
    "relevant",
    "constraint",
    "calculation",
    "required",
    "parameters",
    "default",
    "choice_filter",
    "trigger",
    "bind::gridtag:days",
]
NONSENSE = [
    "yes",
    "1",
    "${a}",
    "${sockets}",
    "select_one",
    "begin_group",
    "end_group",
    "(",
    "'",
    "begin_repeat",
    "end_repeat",
    "meta",
    "=1",
    "true()",
    "电梯",
    "",
    "a b",
    "x" * 600,
]


# --- Ours go out and come back the same ----------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_form_goes_out_and_comes_back_the_same(bring, path):
    inspections.publishing.publish(tomllib.loads(path.read_text(encoding="utf-8")), by=SYSTEM)
    before = Form.get(Form.code == path.stem)
    content = inspections.publishing.workbook(path.stem, None, by=SYSTEM)
    report = bring("forms", content)
    assert (report.errors, report.unchanged, report.notices) == (0, 1, [])
    draft = xlsforms.read(content)
    assert forms.understood(draft.document) == forms.current(path.stem).form
    assert Form.select().where(Form.code == path.stem).count() == 1
    assert Form.get(Form.code == path.stem).digest == before.digest


def test_everything_a_form_can_say_goes_out_and_comes_back(bring):
    bring("forms", book(SURVEY, CHOICES))
    before = forms.current("city_charging").form
    draft = xlsforms.read(inspections.publishing.workbook("city_charging", None, by=SYSTEM))
    assert (draft.complaints, draft.notices) == ([], [])
    assert rules.from_document(draft.document) == before


def test_words_that_look_like_formulas_stay_words():
    form = rules.from_document(
        {"code": "f", "subject": "building", "zh": "=1+1", "items": [
            {"code": "photo", "zh": "=A1 & \"<x>\"", "hint_zh": "+1", "law": "=2", "photo": False},
            {"code": "photo_photo", "zh": "“两”", "type": "text", "message": "@‘x’",
             "constraint": ". != ''"},
        ]}
    )  # fmt: skip
    draft = xlsforms.read(xlsforms.workbook(form, 1))
    assert draft.complaints == []
    assert rules.from_document(draft.document) == form


# --- A form of others -----------------------------------------------------------------------


def test_a_public_form_is_refused_by_row_and_without_those_rows_taken_as_it_is(bring):
    content = PUBLIC.read_bytes()
    refused = bring("forms", content, subject="building")
    # A picture in place of words, a repeat, sensors, players, words that name what a phone notes
    # by itself, and an app.
    named = {10, 15, 30, 32, 33, 34, 35, 37, 38, 43, 45, 47, 49, 51, 53, 55, 59}
    assert rows_of(refused.listed) == named
    assert Form.select().count() == 0
    rows = rows_of(refused.listed) | set(range(15, 30))  # The repeat with what is in it.
    rest = without(content, rows)
    report = bring("forms", rest, subject="building")
    assert (report.errors, report.added) == (0, 1), report.listed
    theirs = questions(convert(rest, file_type=".xlsx").xform)
    ours = questions(inspections.publishing.xform("Spec_test", None, by=SYSTEM))
    assert len(theirs) >= 15
    assert ours == theirs


def test_a_public_forms_answers_are_held_to_its_rules(bring):
    content = PUBLIC.read_bytes()
    rows = rows_of(xlsforms.read(content, subject="building").complaints) | {10, *range(15, 30)}
    bring("forms", without(content, rows), subject="building")
    form = forms.current("Spec_test").form
    right = {"my_name": "水围", "address": "a.b@example.com", "a_integer": 3, "a_decimal": 2.5}
    assert rules.checked(form, right, today=TODAY) == ({**right, "calculate_test": 4}, {})
    assert set(rules.checked(form, {**right, "a_decimal": 3.5}, today=TODAY)[1]) == {"a_decimal"}
    assert set(rules.checked(form, {**right, "skip_to_end": "yes"}, today=TODAY)[1]) == {*right}
    assert rules.checked(form, {"skip_to_end": "yes"}, today=TODAY)[1] == {}


def test_settings_name_the_form(bring):
    nameless = {key: value for key, value in SETTINGS.items() if key != "form_id"}
    report = bring("forms", book(SURVEY, CHOICES, nameless))
    assert errors_of(report) == [(2, "settings: form_id")]
