"""The workers' map: houses tapped or taken by keyboard, and nobody else's server asked."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Route, expect

from backend import house as house_module
from backend.house import House as Opened
from backend.services import inspections
from tests.browser.phone import Phone
from tests.browser.test_every_page import look
from tests.town import House

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]
VENDOR = Path(__file__).parents[2] / "mobile_api" / "static" / "vendor" / "leaflet"


@pytest.fixture
def an(phone: Phones, house: House) -> Phone:
    """The safety officer, at the door of the first house, with graded houses around."""
    inspections.enrol()
    return phone(language="zh-CN").stands(house).signs_in("an")


def opens_map(one: Phone) -> None:
    one.page.goto("/map")
    expect(one.page.locator("#fire-map")).to_have_attribute("data-shown", re.compile("[1-9]"))


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_house_is_tapped_and_opened(
    phone: Phones, house: House, language: str, app: Flask
) -> None:
    inspections.enrol()
    an = phone(language=language).stands(house).signs_in("an")
    opens_map(an)
    expect(an.page.locator("#live .house.green").first).to_be_visible()
    expect(an.page.locator("#live .hydrant")).to_have_count(1)
    an.page.locator("#me").tap()
    expect(an.page.locator("#live .own")).to_have_count(2)
    an.page.wait_for_function("!document.querySelector('.leaflet-zoom-anim.leaflet-zooming')")
    middle = an.page.locator("#live .own").nth(1).bounding_box()
    assert middle is not None
    an.page.touchscreen.tap(middle["x"] + 7, middle["y"] + 7)  # I stand in the first house.
    chosen = an.page.locator("#chosen")
    expect(chosen.locator("a").first).to_have_attribute("href", f"/id/{house.code}")
    look(an, "the map with a house chosen")
    chosen.locator("a.button").tap()
    expect(an.page).to_have_url(f"{an.address}/rounds/at/{house.code}")
    assert [one.url for one in an.sent if not one.url.startswith((an.address, "data:"))] == []
    assert an.complaints == []


def test_by_keyboard_enter_takes_the_house_in_the_middle(an: Phone) -> None:
    opens_map(an)
    an.page.locator("#live").focus()
    an.page.keyboard.press("Enter")
    first = an.page.locator("#chosen a").first.get_attribute("href")
    for _ in range(2):
        an.page.keyboard.press("ArrowRight")
        an.page.wait_for_timeout(500)
    an.page.keyboard.press("Enter")
    expect(an.page.locator("#chosen a").first).not_to_have_attribute("href", str(first))
    assert an.complaints == []


def test_without_a_script_the_drawing_and_the_list_are_there(phone: Phones, house: House) -> None:
    inspections.enrol()
    an = phone(script=False).signs_in("an")
    an.page.goto("/map")
    expect(an.page.locator(".drawn svg")).to_be_visible()
    expect(an.page.locator("#live")).to_be_hidden()
    expect(an.page.locator(f"#house-{house.code}")).to_contain_text("绿色")


def test_on_paper_the_drawing_takes_the_place_of_the_map(an: Phone) -> None:
    opens_map(an)
    expect(an.page.locator(".drawn")).to_be_hidden()
    an.page.emulate_media(media="print")
    expect(an.page.locator(".drawn svg")).to_be_visible()
    expect(an.page.locator("#live")).to_be_hidden()


TILES = "https://tiles.example.cn"


@pytest.fixture
def base_map(opened: Opened, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A city whose base map is drawn in GCJ-02."""
    settings = replace(
        opened.settings,
        BASE_MAP_URL=f"{TILES}/{{z}}/{{x}}/{{y}}.png",
        BASE_MAP_ATTRIBUTION="<b>Somebody</b>",
        BASE_MAP_DATUM="gcj02",
    )
    monkeypatch.setattr(house_module, "_house", replace(opened, settings=settings))
    monkeypatch.setitem(app.config, "BASE_MAP_HOST", settings.base_map_host)


def test_a_base_map_brings_its_own_datum_and_one_host(
    an: Phone, base_map: None, house: House
) -> None:
    """Houses and phone are shifted alike: I still stand in the first house."""
    pixel = (VENDOR / "images" / "marker-shadow.png").read_bytes()

    def answers(route: Route) -> None:
        route.fulfill(body=pixel, content_type="image/png")

    an.context.route(f"{TILES}/**", answers)
    opens_map(an)
    expect(an.page.locator("#live .leaflet-tile-loaded").first).to_be_attached()
    expect(an.page.locator(".leaflet-control-attribution")).to_have_text("<b>Somebody</b>")
    asked = next(one.url for one in an.sent if "fire-map?" in one.url)
    assert "crs=gcj02" in asked
    an.page.locator("#me").tap()
    expect(an.page.locator("#live .own")).to_have_count(2)
    an.page.wait_for_timeout(600)
    an.page.locator("#live").focus()
    an.page.keyboard.press("Enter")
    expect(an.page.locator("#chosen a").first).to_have_attribute("href", f"/id/{house.code}")
    hosts = {re.match(r"https?://[^/]+|data:", one.url)[0] for one in an.sent}  # type: ignore[index]
    assert hosts <= {an.address, TILES, "data:"}
    assert an.complaints == []


def test_only_the_map_may_show_tiles(app: Flask, base_map: None) -> None:
    client = app.test_client()
    policies = {
        path: client.get(path).headers["Content-Security-Policy"]
        for path in ("/map", "/map/440304", "/maple", "/sign-in")
    }
    assert [path for path, one in policies.items() if TILES in one] == ["/map", "/map/440304"]
    assert "img-src 'self' data: https://tiles.example.cn;" in policies["/map"]
