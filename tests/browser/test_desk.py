"""A dispatcher at the desk, with a phone in one hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from backend.models import Case
from backend.services import cases, reports
from tests.browser.phone import Phone
from tests.browser.test_every_page import look
from tests.town import rows

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]
LAMP = rows("facility_tags.csv")[0]["tag"]


def test_fen_sends_a_dark_lamp_to_its_unit(phone: Phones) -> None:
    form = {"things": [{"tag": LAMP}], "problem": "dark", "words": "三天没亮了"}
    number = reports.file(form, channel="scan")["cases"][0]["number"]
    Case.update(rule="desk").execute()  # As if no rule knew whose it is.
    fen = phone().signs_in("fen")
    fen.page.goto("/")
    fen.page.get_by_role("link", name="分拨台 (1)").tap()
    expect(fen.page).to_have_url(f"{fen.address}/desk")
    look(fen, "/desk")
    fen.page.get_by_role("link", name="灯不亮").tap()
    expect(fen.page).to_have_url(f"{fen.address}/desk/{number}")
    look(fen, "a case at the desk")
    fen.page.locator("summary", has_text="派遣").tap()
    look(fen, "with a form open")
    fen.page.get_by_role("button", name="派遣").tap()
    expect(fen.page.locator("h1")).to_contain_text("已派遣")
    assert cases.find(number).unit == "FT-LD"
    fen.page.goto("/desk")
    expect(fen.page.locator("main")).to_contain_text("没有需要人工处理的")
    assert fen.complaints == []


def test_fen_confirms_a_proposal_with_one_tap(phone: Phones) -> None:
    form = {"things": [{"tag": LAMP}], "problem": "dark"}
    number = reports.file(form, channel="scan")["cases"][0]["number"]
    Case.update(rule="desk", proposed="FT-HW", sureness=0.62).execute()
    fen = phone().signs_in("fen")
    fen.page.goto("/desk")
    look(fen, "/desk with a proposal")
    fen.page.get_by_role("button", name="派给环卫所 · 62 %").tap()
    expect(fen.page.locator("h1")).to_contain_text("已派遣")
    assert cases.find(number).unit == "FT-HW"


def test_fen_opens_a_case_by_its_number(phone: Phones) -> None:
    form = {"things": [{"tag": LAMP}], "problem": "dark"}
    number = reports.file(form, channel="scan")["cases"][0]["number"]
    fen = phone(language="en").signs_in("fen")
    fen.page.goto("/desk")
    fen.page.get_by_label("Number of a case").fill("20260101-9")
    fen.page.get_by_role("button", name="Open").tap()
    expect(fen.page.get_by_role("alert")).to_have_text("There is no case 20260101-9.")
    look(fen, "no such case")
    fen.page.goto("/desk")
    fen.page.get_by_label("Number of a case").fill(number)
    fen.page.get_by_role("button", name="Open").tap()
    expect(fen.page).to_have_url(f"{fen.address}/desk/{number}")
