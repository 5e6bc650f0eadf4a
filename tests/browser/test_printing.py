"""Mei at her desk and on her phone: ordering tags, looking before printing, and the run's page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.browser.test_every_page import look
from tests.town import House, houses

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]
IN_RED = re.compile("grade=red")


def orders(mei: Phone, **fields: str) -> str:
    """Fill in the form and send it; the number of the run."""
    mei.page.goto("/print/new")
    for name, value in fields.items():
        field = mei.page.locator(f"#{name}")
        if name in ("kind", "area", "form", "grade", "symbols"):
            field.select_option(value)
        else:
            field.fill(value)
    mei.page.get_by_role("button", name="下单").click()
    mei.page.wait_for_url("**/print/R*")
    return mei.page.url.rpartition("/")[2]


def says(mei: Phone, button: str) -> None:
    mei.page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize(("width", "script"), [(390, True), (390, False), (1280, True)])
def test_from_the_order_to_the_team(phone: Phones, width: int, script: bool) -> None:
    mei = phone(width=width, script=script).signs_in("mei")
    mei.page.goto("/")
    mei.page.get_by_role("link", name="订制标牌").click()
    number = orders(mei, kind="building", things="\n".join(one.code for one in houses()[:2]))
    says(mei, "检查并放行")
    expect(mei.page.locator("h1")).to_contain_text("已放行")
    with mei.page.expect_download() as loading:
        mei.page.get_by_role("link", name="打印用 PDF").click()
    assert loading.value.suggested_filename == f"{number}-sheet.pdf"
    says(mei, "已打印完成")
    says(mei, "发放")
    expect(mei.page.locator("h1")).to_contain_text("已发放")
    expect(mei.page.locator("table")).to_contain_text("使用中")
    assert mei.complaints == []


def test_the_preview_follows_the_form(phone: Phones, house: House) -> None:
    mei = phone().signs_in("mei")
    mei.page.goto("/print/new")
    mei.page.locator("#kind").select_option("building")
    mei.page.locator("#things").fill(house.code)
    expect(mei.page.locator("#preview img.label")).to_be_visible()
    mei.page.locator("#grade").select_option("red")
    expect(mei.page.locator("#preview img.label")).to_have_attribute("src", IN_RED)
    mei.page.locator("#things").fill(f"{house.code}\nnothing1")
    expect(mei.page.locator("#preview")).to_contain_text("NOTHING1")
    # What does not concern the kind steps aside.
    mei.page.locator("#kind").select_option("bin")
    expect(mei.page.locator("#grade")).to_be_hidden()
    mei.page.locator("#things").fill("")
    mei.page.locator("#count").fill("10")
    for picture in ("label", "page"):
        shown = mei.page.locator(f"#preview img.{picture}")
        expect(shown).to_be_visible()
        mei.page.wait_for_function(
            "name => { const one = document.querySelector(`img.${name}`);"
            " return one && one.complete && one.naturalWidth > 50; }",
            arg=picture,
        )
    assert mei.complaints == []


def test_without_a_script_the_button_shows_it(phone: Phones, house: House) -> None:
    mei = phone(script=False).signs_in("mei")
    mei.page.goto("/print/new")
    mei.page.locator("#kind").select_option("building")
    mei.page.locator("#things").fill(house.code)
    says(mei, "预览")
    expect(mei.page.locator("img.label")).to_be_visible()
    expect(mei.page.locator("#things")).to_have_value(house.code)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_can_be_used_by_everybody(phone: Phones, language: str, width: int) -> None:
    mei = phone(language=language, width=width).signs_in("mei")
    for path in ("/print", "/print/new", "/print/ruler"):
        mei.page.goto(path)
        look(mei, path)
    mei.page.goto("/print/new")
    mei.page.locator("#kind").select_option("building")
    mei.page.locator("#things").fill(f"{houses()[0].code},purple\nnothing1")
    mei.page.locator("summary").click()
    mei.page.locator("button.main").click()
    expect(mei.page.get_by_role("alert")).to_be_visible()
    look(mei, "/print/new with errors")
    mei.page.locator("#things").fill("\n".join(one.code for one in houses()[:3]))
    expect(mei.page.locator("img.page")).to_be_visible()
    look(mei, "/print/new with its preview")
    mei.page.locator("button.main").click()
    mei.page.wait_for_url("**/print/R*")
    look(mei, "an ordered run")
    mei.page.locator("button.main").first.click()
    expect(mei.page.locator("#pieces")).to_be_visible()
    for part in mei.page.locator("summary").all():
        part.click()
    mei.page.locator("#pieces").fill("x")
    look(mei, "a released run, unfolded")
    mei.page.locator("form[action$=spoiled] button").click()
    expect(mei.page.get_by_role("alert")).to_be_visible()
    look(mei, "a released run with an error")
    mei.page.goto("/print")
    look(mei, "/print with a run")
