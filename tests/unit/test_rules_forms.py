"""Forms: what is a document of one, and what counts as an answer."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from backend.rules import forms
from backend.rules.forms import BadForm

SHIPPED = Path(__file__).parents[2] / "fixtures" / "forms"
PHOTO, AFTER = "a" * 32, "b" * 32


def form_of(*items: dict[str, Any]) -> forms.Form:
    named = [{"zh": one["code"], **one} for one in items]
    return forms.from_document({"code": "f", "subject": "building", "zh": "表", "items": named})


def errors_of(form: forms.Form, answers: dict[str, Any], **how: Any) -> dict[str, list[str]]:
    return forms.checked(form, answers, today="2026-11-21", **how)[1]


def test_the_small_places_are_asked_24_things_of_which_five_cannot_wait() -> None:
    document = tomllib.loads((SHIPPED / "small_place.toml").read_text(encoding="utf-8"))
    form = forms.from_document(document)
    assert len(form.items) == 24
    at_once = [place for place, item in enumerate(form.items, 1) if item.at_once]
    assert at_once == [1, 4, 12, 17, 18]
    assert all(item.type == "check" and item.law for item in form.items)
    all_right = {item.code: "ok" for item in form.items}
    assert forms.checked(form, all_right, today="2026-11-21") == (all_right, {})


def test_every_fault_is_said_by_its_answer() -> None:
    form = form_of(
        {"code": "exit"},
        {"code": "stairs"},
        {"code": "floors", "type": "whole"},
        {"code": "when", "type": "day"},
        {"code": "kind", "type": "choice", "choices": [{"code": "a", "zh": "甲"}]},
        {"code": "many", "type": "choices", "choices": [{"code": "a", "zh": "甲"}]},
        {"code": "words", "type": "text"},
        {"code": "plan", "type": "photo"},
    )
    said = errors_of(
        form,
        {
            "exit": "wrong",
            "floors": 2.5,
            "when": "2026-02-30",
            "kind": "b",
            "many": ["a", "b"],
            "words": "x" * 501,
            "plan": "../../etc/passwd",
            "unheard": 1,
        },
    )
    assert said == {
        "exit": [forms.SENTENCES["photo"]],
        "stairs": [forms.SENTENCES["missing"]],
        "floors": [forms.SENTENCES["whole"]],
        "when": [forms.SENTENCES["day"]],
        "kind": [forms.SENTENCES["choice"]],
        "many": [forms.SENTENCES["choice"]],
        "words": [forms.SENTENCES["text"]],
        "plan": [forms.SENTENCES["photo_id"]],
        "unheard": [forms.SENTENCES["unasked"]],
    }


@pytest.mark.parametrize(
    "value", [True, 1, [], ["ok"], "good", {"result": "good"}, {"result": "wrong", "x": 1},
              {"result": "wrong", "photo": 7}, {"result": "wrong", "level": "huge"},
              {"result": "wrong", "note": "x" * 501}]
)  # fmt: skip
def test_what_is_no_result(value: Any) -> None:
    assert "exit" in errors_of(form_of({"code": "exit"}), {"exit": value}, needs_photos=False)


def test_what_is_put_right_on_the_spot_is_found_and_fixed() -> None:
    form = form_of({"code": "exit", "level": "general"}, {"code": "gas", "level": "major"})
    kept, errors = forms.checked(
        form,
        {
            "exit": {"result": "wrong", "photo": PHOTO, "after": AFTER, "level": "major"},
            "gas": {"result": "wrong", "photo": PHOTO, "level": "general", "note": " 三瓶 "},
        },
        today="2026-11-21",
    )
    assert errors == {}
    exit_, gas = forms.found(form, kept)
    assert (exit_.is_fixed, exit_.level) == (True, "major")
    # A worker may say that it is worse than the form thinks, never that it is less.
    assert (gas.is_fixed, gas.level, gas.note) == (False, "major", "三瓶")


def test_what_does_not_concern_is_not_asked() -> None:
    form = form_of(
        {"code": "floors", "type": "whole", "required": True, "constraint": ". > 0"},
        {"code": "lift", "relevant": "${floors} > 6"},
        {"code": "lift_day", "type": "day", "relevant": "${lift} = 'ok'", "required": True},
    )
    assert errors_of(form, {"floors": 3}) == {}
    assert errors_of(form, {"floors": 3, "lift": "ok"}) == {"lift": [forms.SENTENCES["unasked"]]}
    assert errors_of(form, {"floors": 9}) == {"lift": [forms.SENTENCES["missing"]]}
    assert set(errors_of(form, {"floors": 9, "lift": "ok"})) == {"lift_day"}
    assert errors_of(form, {"floors": -1}) == {"floors": [forms.SENTENCES["constraint"]]}


def test_what_is_worked_out_is_worked_out_here_whatever_a_phone_says() -> None:
    form = form_of(
        {"code": "exits", "type": "whole"},
        {"code": "floors", "type": "whole"},
        {"code": "per_floor", "type": "sum", "sum": "${exits} div ${floors}"},
        {"code": "few", "type": "sum", "sum": "if(${per_floor} < 1, 'few', '')"},
        {"code": "why", "type": "text", "required": True, "relevant": "${few} = 'few'"},
    )
    right = {"exits": 4, "floors": 2}
    assert forms.checked(form, right, today="2026-11-21") == ({**right, "per_floor": 2}, {})
    kept, errors = forms.checked(
        form, {"exits": 1, "floors": 2, "per_floor": 9}, today="2026-11-21"
    )
    assert (kept["per_floor"], kept["few"], list(errors)) == (0.5, "few", ["why"])
    assert forms.checked(form, {}, today="2026-11-21") == ({}, {})


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("0 items", []),
        ("same code", [{"code": "a"}, {"code": "a"}]),
        ("no type", [{"code": "a", "type": "drawing"}]),
        ("is no code", [{"code": "a b"}]),
        ("choices", [{"code": "a", "type": "choice"}]),
        ("choices", [{"code": "a", "choices": [{"code": "x", "zh": "甲"}]}]),
        (
            "stands twice",
            [{"code": "a", "type": "choice", "choices": [{"code": "x", "zh": ""}] * 2}],
        ),
        ("not asked before", [{"code": "a", "relevant": "${b} = 1"}, {"code": "b"}]),
        ("not asked before", [{"code": "a", "relevant": "${a} = 1"}]),
        ("not asked before", [{"code": "a", "constraint": "${b} = ."}, {"code": "b"}]),
        ("cannot be read", [{"code": "a", "constraint": ". >"}]),
        ("365 days", [{"code": "a", "days": 0}]),
        ("names its problem", [{"code": "a", "at_once": True}]),
        ("says how", [{"code": "a", "type": "sum"}]),
        ("says how", [{"code": "a", "type": "text", "sum": "1"}]),
        ("not asked before", [{"code": "a", "type": "sum", "sum": "${a} + 1"}]),
        ("is a text", [{"code": "a", "zh": 5}]),
        ("yes or no", [{"code": "a", "required": "no"}]),
        ("whole number", [{"code": "a", "days": True}]),
        ("unknown keys", [{"code": "a", "colour": "red"}]),
    ],
)
def test_a_document_that_is_no_form_says_why(said: str, items: list[dict[str, Any]]) -> None:
    with pytest.raises(BadForm, match=said):
        form_of(*items)


def test_a_form_of_400_items_is_the_longest() -> None:
    assert len(form_of(*({"code": f"q{n}"} for n in range(400))).items) == 400
    with pytest.raises(BadForm):
        form_of(*({"code": f"q{n}"} for n in range(401)))
