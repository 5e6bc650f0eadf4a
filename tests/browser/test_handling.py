"""A lamp goes dark: told by a citizen, mended by its unit, checked by somebody else, answered."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from backend.services import cases
from tests.browser.phone import Phone
from tests.browser.test_every_page import LAMP, look
from tests.town import House

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]
MOST_BYTES = 60_000


def a_photo() -> Any:
    """As a file that the phone's camera has just made."""
    file = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(file, "JPEG", quality=90)
    return {"name": "now.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


class Thumb:
    """Counts what a thumb does on a phone."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.taps = phone, 0

    def taps_on(self, what: Any) -> None:
        self.taps += 1
        what.tap()


def reported(phone: Phones) -> Phone:
    someone = phone()
    someone.page.goto(f"/{LAMP}")
    someone.page.locator("#tell label.choice").first.tap()
    someone.page.locator("#tell button.main").tap()
    someone.page.wait_for_url(re.compile(r"/r/[\w-]{22}"))
    return someone


def test_a_dark_lamp_from_the_street_to_the_citizens_stars(phone: Phones, house: House) -> None:
    citizen = reported(phone)
    assert cases.dispatch_waiting() == 1

    jin = phone().stands(house).signs_in("jin")
    thumb = Thumb(jin)
    jin.page.goto("/work")
    look(jin, "/work with a new task")
    thumb.taps_on(jin.page.get_by_role("button", name="签收"))
    jin.page.wait_for_url(re.compile(r"/work/\d"))
    number = jin.page.url.rpartition("/")[2]
    look(jin, "a task in my hands")
    jin.page.locator("input[type=file]").set_input_files(a_photo())
    thumb.taps_on(jin.page.get_by_text("已更换灯泡，恢复照明。"))
    thumb.taps_on(jin.page.get_by_role("button", name="处置反馈"))
    expect(jin.page).to_have_url(f"{jin.address}/work")
    assert cases.find(number).state == "handled"

    xie = phone().stands(house).signs_in("xie")
    xie.page.goto("/checks")
    look(xie, "/checks")
    xie.page.locator("#sort").tap()
    expect(xie.page.locator(".distance")).to_contain_text("米")
    xie.page.locator("#checks a").tap()
    expect(xie.page.locator(".pair-of-photos img")).to_have_count(1)
    look(xie, "a check")
    xie.page.get_by_text("已达到：更换或修复").tap()
    xie.page.get_by_role("button", name="核查通过").tap()
    expect(xie.page).to_have_url(f"{xie.address}/checks")
    expect(xie.page.locator("#checks")).to_contain_text("没有待核查的案卷")
    assert cases.find(number).state == "closed"

    citizen.page.reload()
    expect(citizen.page.locator("main")).to_contain_text("已更换灯泡，恢复照明。")
    print(f"\nhandler: {thumb.taps} taps beside the photo, nothing typed")
    assert thumb.taps <= 4
    for one in (citizen, jin, xie):
        assert one.complaints == []


def test_staffs_pages_are_light(phone: Phones, house: House) -> None:
    """With all that they bring, on a phone that has nothing yet."""
    reported(phone)
    cases.dispatch_waiting()
    for account, path in (("jin", "/work"), ("xie", "/checks"), ("fen", "/desk")):
        staff = phone().stands(house).signs_in(account)
        staff.page.goto(path)
        staff.page.wait_for_load_state("networkidle")
        sizes = {one.url: one.sizes()["responseBodySize"] for one in staff.sent}
        print(f"\n{path}: {sum(sizes.values())} bytes")
        assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_distances_are_shown_to_who_asks_and_the_position_stays_on_the_phone(
    phone: Phones, house: House
) -> None:
    reported(phone)
    cases.dispatch_waiting()
    jin = phone(language="en").stands(house).signs_in("jin")
    jin.page.goto("/work")
    jin.page.wait_for_load_state("networkidle")
    before = len(jin.sent)
    jin.page.get_by_role("button", name="How far is each?").tap()
    expect(jin.page.locator(".distance")).to_contain_text(re.compile(r"\d+ m"))
    assert len(jin.sent) == before
