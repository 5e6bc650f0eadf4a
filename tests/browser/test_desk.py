"""A dispatcher at the desk, with a phone in one hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

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
    fen = phone().signs_in("fen")
    fen.page.goto("/")
    fen.page.get_by_role("link", name="我辖区的案卷").tap()
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
    assert fen.complaints == []
