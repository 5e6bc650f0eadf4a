"""An inspection with one thumb: every answer is a button, and nothing is lost on the way."""

import io
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from backend.actor import SYSTEM
from backend.models import Hazard, Inspection
from backend.rules import expressions
from backend.rules.expressions import Situation
from backend.services import inspections
from backend.services.inspections import xlsforms
from tests.browser.phone import Phone
from tests.browser.test_every_page import look
from tests.services.workbooks import CHOICES, SETTINGS, SURVEY, book
from tests.town import House
from tests.unit.test_rules_expressions import DO_NOT, HOLD

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    file = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(file, "JPEG")
    path = tmp_path / "exit.jpg"
    path.write_bytes(file.getvalue())
    return path


@pytest.fixture
def an(phone: Phones, house: House) -> Phone:
    """The safety officer, at the door of the first house, whose shops nobody has seen yet."""
    inspections.enrol()
    return phone(language="zh-CN").stands(house).signs_in("an")


def answers_all_but(page: Page, code: str) -> None:
    """A tap for each of the others; nothing is typed."""
    expect(page.locator("#inspect")).to_be_visible()
    for item in page.locator("fieldset.item").all():
        if item.get_attribute("id") != f"item-{code}":
            item.locator("label.ok").tap()


def test_a_shop_is_inspected_by_taps_alone(an: Phone, house: House, snapshot: Path) -> None:
    an.page.goto(f"/rounds/at/{house.code}")
    an.page.locator("a[href^='/rounds/place:']").first.tap()
    answers_all_but(an.page, "stairs_clear")
    stairs = an.page.locator("#item-stairs_clear")
    expect(stairs.locator("input[type=file]").first).to_be_hidden()
    stairs.locator("label.wrong").tap()
    stairs.locator("input[type=file]").nth(0).set_input_files(snapshot)
    stairs.locator("input[type=file]").nth(1).set_input_files(snapshot)
    look(an, "the form of a shop")
    an.page.locator("form#inspect button.main").tap()
    an.page.wait_for_url("**/inspections/*")
    expect(an.page.locator("main")).to_contain_text("1项不符合，其中1项当场整改")
    look(an, "what came of it")
    [row] = Inspection.select()
    assert (row.wrong, row.fixed, row.presence) == (1, 1, "verified")
    assert an.complaints == []


def test_what_was_answered_is_there_again_after_the_page_was_lost(
    an: Phone, house: House, snapshot: Path
) -> None:
    an.page.goto(f"/rounds/building:{house.code}")
    an.page.locator("#item-exits label.ok").tap()
    wires = an.page.locator("#item-wires")
    wires.locator("label.wrong").tap()
    wires.locator("input[type=file]").first.set_input_files(snapshot)
    expect(an.page.locator(".say")).to_contain_text("2 / 17")
    an.page.wait_for_timeout(300)
    an.page.reload()
    expect(an.page.locator("#drafted")).to_be_visible()
    expect(an.page.locator("#item-exits input[value=ok]")).to_be_checked()
    assert an.page.evaluate("document.querySelector('#item-wires input[type=file]').files.length")


def test_without_a_connection_it_is_kept_and_sent_once_by_itself(
    an: Phone, house: House, snapshot: Path
) -> None:
    an.page.goto(f"/rounds/building:{house.code}")
    an.page.locator("#item-rental_kind label").first.tap()
    for item in an.page.locator("fieldset.item:has(.answers)").all():
        item.locator("label.ok").tap()
    an.context.set_offline(True)
    an.page.locator("form#inspect button.main").tap()
    expect(an.page.locator("#waiting")).to_be_visible()
    look(an, "an inspection that waits")
    an.page.goto("about:blank")
    an.context.set_offline(False)
    # Not the page it was filled in on: what waits is sent from here too.
    with an.page.expect_response(lambda answer: answer.status == 201):
        an.page.goto("/rounds")
    expect(an.page.locator("#waiting")).to_be_hidden()
    assert Inspection.select().count() == 1
    assert Hazard.select().count() == 0


def test_without_script_the_form_goes_all_the_same(
    phone: Phones, house: House, snapshot: Path
) -> None:
    inspections.enrol()
    an = phone(script=False, language="en").stands(house).signs_in("an")
    an.page.goto(f"/rounds/building:{house.code}")
    an.page.locator("form#inspect button.main").tap()
    expect(an.page.locator("[role=alert]")).to_be_visible()
    look_without_script = an.page.locator("fieldset.item.wrong")
    assert look_without_script.count() == 17
    an.page.locator("#item-rental_kind label").first.tap()
    for item in an.page.locator("fieldset.item:has(.answers)").all():
        item.locator("label.ok").tap()
    an.page.locator("#item-wires label.wrong").tap()
    an.page.locator("#item-wires input[type=file]").first.set_input_files(snapshot)
    an.page.locator("form#inspect button.main").tap()
    expect(an.page.locator("main")).to_contain_text("Notice to the owner")
    an.page.get_by_role("link", name="How it stands").tap()
    expect(an.page.locator("main")).to_contain_text("This notice is genuine")
    an.page.goto("/hazards")
    an.page.locator(".lines a").first.tap()
    an.page.locator("#photo").set_input_files(snapshot)
    an.page.get_by_role("button", name="It has been put right").tap()
    expect(an.page.locator("h1")).to_contain_text("put right")
    assert Hazard.get().state == "closed"


def test_owners_and_neighbours_find_their_way_from_the_plate(phone: Phones, house: House) -> None:
    inspections.enrol()
    owner = phone(language="zh-CN")
    owner.page.goto(f"/id/{house.code}")
    look(owner, "the smart ID")
    owner.page.goto(f"/check/{house.tag}")
    look(owner, "what may be checked")
    owner.page.locator(".lines a[href*='place:']").first.tap()
    expect(owner.page.locator("fieldset.item").first).to_be_visible()
    for item in owner.page.locator("fieldset.item").all():
        item.locator("label.ok").tap()
    owner.page.locator("#item-gas label.wrong").tap()
    look(owner, "an owner's form")
    owner.page.locator("main button.main").tap()
    expect(owner.page.locator("main")).to_contain_text("请整改以下事项")
    look(owner, "what the owner hears")
    assert owner.complaints == []


def test_the_fire_map_is_a_drawing_and_a_list(phone: Phones, house: House) -> None:
    inspections.enrol()
    an = phone(language="en").signs_in("an")
    an.page.goto("/map")
    expect(an.page.locator(".leaflet-container")).to_be_visible()  # The drawing is for paper now.
    assert an.page.locator("section .lines > li").count() >= 6
    look(an, "the fire map")
    bare = phone(script=False).signs_in("an")
    bare.page.goto("/map")
    expect(bare.page.locator(".map svg path").first).to_be_visible()


def test_what_does_not_concern_is_not_shown_and_a_citys_own_form_is_sent(
    an: Phone, house: House
) -> None:
    survey = [{k: v for k, v in row.items() if "problem" not in k and "once" not in k}
              for row in SURVEY]  # fmt: skip
    content = book(survey, CHOICES, {**SETTINGS, "attribute::gridtag:subject": "building"})
    inspections.publishing.publish(xlsforms.read(content).document, by=SYSTEM)
    page = an.page
    page.goto(f"/rounds/building:{house.code}?form=city_charging")
    price, dear = page.locator("#item-price"), page.locator("#item-dear")
    expect(page.locator("#item-cut_off")).to_be_visible()
    expect(price).to_be_hidden()
    page.fill("[name='a.sockets']", "11")
    page.locator("[name='a.sockets']").blur()
    expect(price).to_be_visible()
    expect(dear).to_be_hidden()
    page.fill("[name='a.price']", "2.5")
    page.locator("[name='a.price']").blur()
    expect(page.locator("#item-gear")).to_be_visible()
    page.fill("[name='a.sockets']", "10")
    page.locator("[name='a.sockets']").blur()
    expect(page.locator("#item-gear")).to_be_hidden()
    page.locator("#item-cut_off .answer.ok").click()
    page.locator("#inspect button.main").click()
    page.wait_for_url("**/inspections/*")
    assert orjson.loads(Inspection.get().answers) == {"cut_off": "ok", "sockets": 10}


def test_the_page_runs_rules_as_the_server_does(an: Phone, house: House) -> None:
    page = an.page
    page.goto(f"/rounds/building:{house.code}")
    for text, answers in [*HOLD, *DO_NOT]:
        seen = {
            name: " ".join(value) if isinstance(value, list) else
            value["result"] if isinstance(value, dict) else value
            for name, value in answers.items()
        }  # fmt: skip
        ours = expressions.read(text).holds(Situation(dict(answers), None, "2026-11-21"))
        theirs = page.evaluate(
            """async ([text, answers]) => {
              const script = document.querySelector("script[src*='inspect']").src;
              const { value } = await import(new URL("rules.js", script));
              const found = value(text, answers, "2026-11-21");
              return Boolean(found) && found === found;
            }""",
            [text, seen],
        )
        assert theirs is ours, text
