"""What must hold for every page, found by the addresses of the app so that none is forgotten."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.phone import Phone
from tests.town import PASSWORD, House, rows

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOR_PROGRAMS = (
    "/api/v1/",
    "/open311/",
    "/static/",
    "/api/docs/assets/",
    "/healthz",
    "/readyz",
    "/metrics",
)
FILES = (".jpg", ".svg", ".png", ".pdf", "/files/<what>", "/plate.<form>")
LAMP = rows("facility_tags.csv")[0]["tag"]
NO_TOKEN = "A" * 22
# Swagger UI, for programmers at a desk: not made for thumbs. Everything else of it must hold.
AT_A_DESK = "/api/docs"


def addresses(app: Flask, house: House, token: str = NO_TOKEN) -> list[str]:
    """Every page of the app, with what its address asks for filled in."""
    filling = {
        "tag": house.tag,
        "number": "R2026-00001",
        "code": house.code,
        "text": LAMP,
        "giai": f"6901234{LAMP}",
        "case": "20261121-1",
        "token": token,
        "link": token,
        "door": "report",
        "month": "2026-11",
        "topic": 1,
        "thing": f"building:{house.code}",
        "subject": f"building:{house.code}",
        "area": house.area,
        "uuid": "f" * 32,
        "hazard": 1,
        "campaign": 1,
        "task": 1,
    }
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(FOR_PROGRAMS):
            continue
        if rule.rule.endswith(FILES):
            continue
        values = {name: filling[name] for name in rule.arguments}
        if rule.rule.startswith("/problems/"):
            values = {"code": "too-far"}
        with app.test_request_context():
            found.append(app.url_map.bind("").build(rule.endpoint, values))
    return sorted(set(found))


def test_no_page_is_forgotten(app: Flask, house: House) -> None:
    assert addresses(app, house) == sorted(
        [
            "/",
            "/api/docs",
            f"/b/{house.code}",
            f"/b/{house.code}/sheet",
            "/desk",
            "/desk/20261121-1",
            "/desk/cases",
            "/work",
            "/work/20261121-1",
            "/checks",
            "/checks/20261121-1",
            "/checks/near",
            "/board",
            "/board/cases",
            "/board/report/2026-11",
            "/desk/topics",
            "/desk/topics/1",
            "/desk/outbox",
            "/confirmations",
            "/confirmations/20261121-1",
            "/desk/20261121-1/conditions",
            "/rounds",
            f"/rounds/at/{house.code}",
            f"/rounds/building:{house.code}",
            f"/inspections/{'f' * 32}",
            "/hazards",
            "/hazards/1",
            "/campaigns",
            "/campaigns/new",
            "/campaigns/1",
            "/campaigns/1/tasks",
            "/campaigns/1/hazards",
            "/flaws",
            "/flaws/list",
            "/rounds/hand-over",
            "/rounds/tasks/1",
            "/board/patrols",
            "/n",
            f"/n/{house.code}",
            f"/check/{LAMP}",
            f"/check/{LAMP}/building:{house.code}",
            "/map",
            f"/map/{house.area}",
            f"/id/{house.code}",
            "/print",
            "/print/R2026-00001",
            "/print/new",
            "/print/ruler",
            f"/{LAMP}",
            f"/8004/6901234{LAMP}",
            "/c",
            "/c/photo",
            "/cases/20261121-1",
            f"/r/{NO_TOKEN}",
            "/report",
            "/bikes",
            "/bikes/desk",
            "/bikes/desk/fleet",
            "/bikes/statistics",
            f"/bikes/{NO_TOKEN}",
            f"/bike-offers/{NO_TOKEN}",
            "/problems/too-far",
            "/sign-in",
            "/t",
            f"/t/{house.tag}",
        ]
    )


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_every_page_can_be_used_by_everybody(
    app: Flask, phone: Phones, house: House, language: str
) -> None:
    lin = phone(language=language).stands(house)
    visit(lin, "/sign-in")
    lin.page.locator("main button.main").first.click()
    look(lin, "/sign-in with errors")
    lin.signs_in("lin")
    for address in addresses(app, house):
        # The front page: signed in, /sign-in and /t lead there. The piece is on the open page.
        if address not in ("/sign-in", "/t", "/c", f"/b/{house.code}/sheet"):
            visit(lin, address)
    visit(lin, "/t/7K3M-NOT-OURS")
    lin.stands(house).opens(house)  # Looking at all of them takes longer than a position lives.
    lin.page.locator("[data-form=add]").first.click()
    lin.page.locator("form.edit .main").click()
    expect(lin.page.locator("form.edit [role=alert]")).to_be_visible()
    # A picture over the text would keep axe from judging its contrast.
    lin.page.evaluate("document.querySelector('.watermark').style.backgroundImage = 'none'")
    look(lin, "the open sheet")
    assert [one.url for one in lin.sent if not one.url.startswith((lin.address, "data:"))] == []
    assert lin.complaints == []


def visit(phone: Phone, address: str) -> None:
    phone.page.goto(address)
    if address == AT_A_DESK:
        expect(phone.page.locator("#servers")).to_have_attribute("aria-label", "Server")
    look(phone, address)


def look(phone: Phone, name: str, least: int = 44) -> None:
    """Hold what is on the screen against the rules; `name` is for the one who reads a failure,
    `least` what a thumb needs, in pixels."""
    result = Axe().run(phone.page, options={"runOnly": {"type": "tag", "values": RULES}})
    found = [(one["id"], one["nodes"][0]["html"]) for one in result.response["violations"]]
    assert found == [], name
    if name != AT_A_DESK:
        assert phone.page.evaluate(SMALL_TARGETS, least) == [], name
        assert width_of_large_text(phone.page) <= 320, name


# axe is content with 24 px; a thumb in the rain is not.
SMALL_TARGETS = """least => [...document.querySelectorAll(
    "a, button, input:not([type=hidden]), select, summary, [tabindex='0']")]
  .filter(one => one.checkVisibility())
  .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""

NARROWEST = {"width": 320, "height": 640}
WIDTH_OF_LARGE_TEXT = """size => {
  document.documentElement.style.fontSize = size;
  return document.documentElement.scrollWidth;
}"""


def width_of_large_text(page: Page) -> int:
    """How wide the page is on the narrowest phone, in the largest text that elder readers set."""
    usual = page.viewport_size
    page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
    width = int(page.evaluate(WIDTH_OF_LARGE_TEXT, "30px"))
    page.evaluate(WIDTH_OF_LARGE_TEXT, "")
    page.set_viewport_size(usual)  # type: ignore[arg-type]
    return width


def test_who_scans_first_signs_in_and_lands_at_the_building(phone: Phones, house: House) -> None:
    lin = phone().scans(house)
    lin.page.get_by_label("账号").fill("lin")
    lin.page.get_by_label("密码").fill(PASSWORD)
    lin.page.locator("main").get_by_role("button", name="登录").click()
    expect(lin.page).to_have_url(f"{lin.address}/t/{house.tag}")
    expect(lin.page.locator("#open")).to_be_visible()
    lin.page.get_by_role("button", name="退出").click()
    expect(lin.page).to_have_url(f"{lin.address}/sign-in")
    assert lin.complaints == []


def test_the_language_is_changed_by_one_tap(phone: Phones) -> None:
    someone = phone(language="zh-CN")
    someone.page.goto("/sign-in")
    expect(someone.page.locator("h1")).to_have_text("登录")
    someone.page.get_by_role("button", name="English").click()
    expect(someone.page.locator("h1")).to_have_text("Sign in")
    expect(someone.page).to_have_title("Sign in · Gridtag")


def test_the_summary_of_errors_is_where_one_starts_to_read(phone: Phones) -> None:
    someone = phone(language="en")
    someone.page.goto("/sign-in")
    someone.page.locator("main button.main").first.click()
    expect(someone.page.get_by_role("alert")).to_be_focused()
    expect(someone.page).to_have_title("Error: Sign in · Gridtag")
    someone.page.get_by_role("link", name="Enter your password.").click()
    expect(someone.page.locator("#password")).to_be_focused()


def test_buildings_near_by_are_found(phone: Phones, house: House) -> None:
    lin = phone(language="en").stands(house).signs_in("lin")
    lin.page.goto("/")
    lin.page.locator("#find").click()
    nearest = lin.page.locator("#found a").first
    expect(nearest).to_contain_text("0 m")
    nearest.click()
    expect(lin.masked_sheet).to_be_visible()


def test_pages_are_light(phone: Phones, house: House) -> None:
    """The worker's page with all that it brings, on a phone that has nothing yet: 60 kB at most."""
    lin = phone().stands(house).signs_in("lin").scans(house)
    lin.page.wait_for_load_state("networkidle")
    sizes: dict[str, int] = {}
    for one in lin.sent:
        if "/static/" in one.url or "/t/" in one.url:
            sizes[one.url] = max(sizes.get(one.url, 0), one.sizes()["responseBodySize"])
    assert len(sizes) > 5
    assert sum(sizes.values()) <= 60_000
