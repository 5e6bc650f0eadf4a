"""ODK's own form engine loads what we export, and finds the same answers wrong as our server does.

The engine (`@getodk/xforms-engine`, which runs ODK Web Forms) is fetched by `make odk`; without
it, and without npm to fetch it, this is left out.
"""

import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from pyxform.validators import odk_validate

from backend.rules import forms as rules
from backend.services.inspections import forms, xlsforms
from tests.services.workbooks import (
    ANSWERS,
    CHOICES,
    PUBLIC,
    SHIPPED,
    SURVEY,
    TODAY,
    book,
    rows_of,
    without,
)

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "var/odk/node_modules/@getodk/xforms-engine/dist/index.js"
AT = "http://localhost/"  # A secure origin, which the engine asks for; nothing listens there.
PHOTO = "a" * 32

pytestmark = pytest.mark.odk
if not ENGINE.exists():
    pytest.skip("ODK's engine is not here: `make odk` gets it", allow_module_level=True)

FILL = """
async ({ xform, answers }) => {
  const { loadForm } = await import("/engine.js");
  const loaded = await loadForm(xform);
  if (loaded.status !== "success") return { status: loaded.status, why: String(loaded.error) };
  const { root } = loaded.createInstance();
  const leaves = new Map();
  const walk = (node) => {
    leaves.set(node.currentState.reference.split("/").pop(), node);
    for (const child of node.currentState.children ?? []) walk(child);
  };
  walk(root);
  for (const [name, value] of answers) {
    const node = leaves.get(name);
    if (node.nodeType === "select") node.selectValues([value].flat());
    else if (node.nodeType === "upload") node.setValue(new File(["x"], "x.jpg"));
    else node.setValue(String(value));
  }
  const asked = [...leaves].filter(([, node]) => node.currentState.relevant).map(([name]) => name);
  const sums = [...leaves].filter(([, node]) => node.nodeType === "model-value");
  const values = sums.map(([name, node]) => [name, node.currentState.value]);
  const worked_out = Object.fromEntries(values);
  const wrong = root.validationState.violations.map((one) => one.reference.split("/").pop());
  return { status: loaded.status, asked, worked_out, wrong };
}
"""


@pytest.fixture(scope="module")
def engine(chromium: Browser) -> Iterator[Page]:
    """An empty page that can load the engine, and nothing else."""
    page = chromium.new_page()
    script = ENGINE.read_text(encoding="utf-8")

    def answer(route: Route) -> None:
        if route.request.url == f"{AT}engine.js":
            route.fulfill(body=script, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>x</title>", content_type="text/html")

    page.route("**/*", answer)
    page.goto(AT)
    yield page
    page.close()


def held(engine: Page, form: rules.Form, answers: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The items that the engine finds wrong, and those that our server does."""
    xform = xlsforms.xform(form, 1).decode()
    told = engine.evaluate(FILL, {"xform": xform, "answers": list(spoken(answers))})
    assert told["status"] == "success", told
    theirs = {name.removesuffix("_photo") for name in told["wrong"]}
    return theirs, set(rules.checked(form, answers, today=TODAY)[1])


def spoken(answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Our answers as a phone with another program would give them."""
    for name, value in answers.items():
        if isinstance(value, dict):
            yield name, "wrong"
            yield from ((f"{name}_photo", "x") for _ in value.keys() & {"photo"})
        else:
            yield name, value


def all_right(form: rules.Form) -> dict[str, Any]:
    """Every check is as it should be, every choice the first one."""
    return {
        item.code: "ok" if item.type == "check" else item.choices[0].code
        for item in form.items
        if item.type in ("check", "choice")
    }


def shipped(path: Path) -> rules.Form:
    return forms.understood(tomllib.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_form_is_loaded_and_judged_alike(opened, engine, path):
    form = shipped(path)
    right = all_right(form)
    assert held(engine, form, right) == (set(), set())
    first = next(item.code for item in form.items if item.type == "check")
    missing = {name: value for name, value in right.items() if name != first}
    assert held(engine, form, missing) == ({first}, {first})
    assert held(engine, form, {**right, first: {"result": "wrong"}}) == ({first}, {first})
    shown = {**right, first: {"result": "wrong", "photo": PHOTO}}
    assert held(engine, form, shown) == (set(), set())
    assert held(engine, form, {})[0] == {item.code for item in form.items if item.required}


WRONG = [
    ({"sockets": 0}, {"sockets"}),
    ({"sockets": 201}, {"sockets"}),
    ({"price": 3}, {"price"}),
    ({"tested": "2999-01-01"}, {"tested"}),
    ({"tel": "110"}, {"tel"}),
    ({"cut_off": {"result": "wrong"}}, {"cut_off"}),
    ({"sockets": 201, "tel": "110"}, {"sockets", "tel"}),
]


@pytest.mark.parametrize(("changes", "wrong"), WRONG)
def test_a_broken_rule_is_found_by_both(opened, engine, changes, wrong):
    form = forms.understood(xlsforms.read(book(SURVEY, CHOICES)).document)
    assert held(engine, form, ANSWERS) == (set(), set())
    theirs, ours = held(engine, form, {**ANSWERS, **changes})
    assert theirs == wrong
    # What hangs on a wrong answer is not asked by our server: it has no answer to go by.
    assert {*wrong} <= ours <= {*wrong, "price", "gear"}


def test_what_does_not_concern_is_asked_by_neither(opened, engine):
    form = forms.understood(xlsforms.read(book(SURVEY, CHOICES)).document)
    xform = xlsforms.xform(form, 1).decode()
    for sockets, asked in ((10, False), (11, True)):
        answers = [("sockets", sockets)]
        told = engine.evaluate(FILL, {"xform": xform, "answers": answers})
        assert ("price" in told["asked"]) is asked
        errors = rules.checked(form, {"sockets": sockets, "price": 1}, today=TODAY)[1]
        assert ("price" in errors) is not asked


def test_what_is_worked_out_is_the_same_in_both(opened, engine):
    form = forms.understood(xlsforms.read(book(SURVEY, CHOICES)).document)
    xform = xlsforms.xform(form, 1).decode()
    for price, is_dear in ((2.5, False), (2.75, False), (24, True)):
        answers = {**ANSWERS, "price": price}
        told = engine.evaluate(FILL, {"xform": xform, "answers": list(spoken(answers))})
        kept = rules.checked(form, answers, today=TODAY)[0]
        if "each" in kept:
            assert float(told["worked_out"]["each"]) == kept["each"]
        assert ("dear" in told["asked"]) is is_dear


def test_a_public_form_is_loaded_as_we_took_it(opened, engine):
    content = PUBLIC.read_bytes()
    rows = rows_of(xlsforms.read(content, subject="building").complaints) | {10, *range(15, 30)}
    form = forms.understood(xlsforms.read(without(content, rows), subject="building").document)
    assert held(engine, form, {"a_integer": 3, "a_decimal": 2.5}) == (set(), set())
    assert held(engine, form, {"a_integer": 3, "a_decimal": 3.5}) == ({"a_decimal"}, {"a_decimal"})


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_odk_validate_has_nothing_to_say_either(opened, tmp_path, path):
    file = tmp_path / "form.xml"
    file.write_bytes(xlsforms.xform(shipped(path), 1))
    assert odk_validate.check_xform(str(file)) == []
