"""An e-bike's owner with a phone: registered in a minute, and heard from any dead spot."""

import io
import re
import time
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import expect

from backend.models import Bike, Case
from backend.services import bikes
from qr import decoder
from tests import riders
from tests.browser.phone import Phone
from tests.browser.test_every_page import look
from tests.browser.test_reporting import slow
from tests.services.test_bikes_sighting import FIX
from tests.town import House

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]
PHONE = "13800000001"
REGISTERED = re.compile(r"/bikes/[\w-]{22}\?done=registered$")


def proves(someone: Phone) -> None:
    """From the entrance to the form: the phone, and the code that came there."""
    someone.page.goto("/bikes")
    someone.page.locator("#phone").fill(PHONE)
    someone.page.locator("button.main").first.tap()
    expect(someone.page.locator("#code")).to_be_visible()
    someone.page.locator("#code").fill(riders.sent_code())
    someone.page.locator("button.main").tap()
    expect(someone.page.locator("#frame")).to_be_visible()


def fills(someone: Phone) -> None:
    form = riders.form(1)
    for name in ("name", "id_number", "frame", "brand"):
        someone.page.locator(f"#{name}").fill(form[name])
    for name in ("colour", "area"):
        someone.page.locator(f"#{name}").select_option(form[name])
    someone.page.locator("button.main").tap()
    someone.page.wait_for_url(REGISTERED, wait_until="commit", timeout=20_000)
    expect(someone.page.locator(".plate")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_from_the_entrance_to_a_printed_code_within_a_minute(phone: Phones, script: bool) -> None:
    """Scripted hands type faster than people: what is measured is the net and the server."""
    someone = phone(script=script)
    slow(someone.page, kbit_s=400, latency_ms=400)
    begun = time.perf_counter()
    proves(someone)
    fills(someone)
    token = someone.page.url.split("/bikes/")[1][:22]
    page = someone.context.request.get(f"/bikes/{token}/plate.pdf")
    took = time.perf_counter() - begun
    print(f"entrance to printed code: {took:.1f} s")
    assert page.body().startswith(b"%PDF")
    assert took <= 60


def test_the_code_on_the_phone_reads_back(phone: Phones) -> None:
    someone = phone(sharpness=2)
    proves(someone)
    fills(someone)
    plate = someone.page.locator(".plate img")
    expect(plate).to_be_visible()
    plate.evaluate("img => img.decode()")  # Once it is there.
    found = decoder.texts(Image.open(io.BytesIO(plate.screenshot())))
    assert any(Bike.get().code in text for text in found)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_every_state_of_a_bike_can_be_used_by_everybody(phone: Phones, language: str) -> None:
    someone = phone(language=language)
    proves(someone)
    look(someone, "the empty form")
    someone.page.locator("button.main").tap()
    expect(someone.page.locator(".problem")).to_be_visible()
    look(someone, "a form with errors")
    fills(someone)
    look(someone, "registered")
    for each in someone.page.locator("details summary").all():
        each.tap()
    look(someone, "registered, all open")
    token = someone.page.url.split("/bikes/")[1][:22]
    someone.page.goto(f"/{Bike.get().code}")
    look(someone, "scanned")
    bikes.offer(token, "13900000002")
    someone.page.goto(f"/bikes/{token}")
    look(someone, "offered")
    bikes.cry_theft(token)
    someone.page.goto(f"/bikes/{token}")
    look(someone, "stolen")
    someone.page.goto(f"/{bikes.show(token)['code']}")
    look(someone, "a stolen bike, scanned")
    refused = bikes.register(riders.form(2, area="440305"))
    someone.page.goto(f"/bikes/{refused['token']}")
    look(someone, "turned away")
    assert someone.complaints == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_desks_of_officers_and_companies_can_be_used_by_everybody(
    phone: Phones, language: str
) -> None:
    stolen, ours = (bikes.register(riders.form(serial)) for serial in (1, 2))
    bikes.register(riders.form(3, frame="123412300000017"))  # By its number no e-bike.
    bikes.cry_theft(stolen["token"])
    bikes.seen(stolen["code"], "203.0.113.9", fix=FIX)
    Bike.update(operator="SW-SQ").where(Bike.code == ours["code"]).execute()
    zhao = phone(language=language)
    zhao.signs_in("zhao")
    zhao.page.goto("/bikes/desk")
    look(zhao, "off duty")
    zhao.page.locator("button[value=on]").tap()
    expect(zhao.page.locator("button[value=off]")).to_be_visible()
    for each in zhao.page.locator("details summary").all():
        each.tap()
    look(zhao, "on duty, all open")
    wu = phone(language=language)
    wu.signs_in("wu")
    wu.page.goto(f"/bikes/desk/fleet?q={ours['code']}")
    look(wu, "a company's bike")
    wu.page.locator("button[value=cry-theft]").tap()
    expect(wu.page.locator("button[value=find]")).to_be_visible()
    look(wu, "a company's stolen bike")
    assert zhao.complaints + wu.complaints == []


def test_a_bike_in_the_way_is_told_of_with_two_taps(phone: Phones, house: House) -> None:
    code = bikes.register(riders.form(1))["code"]
    someone = phone(language="en").stands(house)
    someone.page.goto(f"/{code}")
    someone.page.get_by_role("button", name="It stands in the way").tap()
    expect(someone.page.locator("input[value=parking]")).to_be_checked()
    someone.page.locator("#tell button.main").tap()
    expect(someone.page).to_have_url(re.compile(r"/r/[\w-]{22}\?done=filed"))
    case = Case.select().order_by(Case.id.desc()).first()
    assert (case.bike_id, case.state) == (Bike.get().id, "filed")
    assert case.lat is not None
    assert someone.complaints == []


def test_a_theft_is_told_from_a_dead_spot_as_soon_as_there_is_a_net(phone: Phones) -> None:
    someone = phone(language="en")
    proves(someone)
    fills(someone)
    someone.context.set_offline(True)
    someone.page.locator("button.danger").tap()
    expect(someone.page.locator("#alarm .say")).to_contain_text("kept on this phone")
    assert Bike.get().state == "registered"
    mine = someone.page.url
    someone.context.set_offline(False)
    until = time.monotonic() + 15
    while Bike.get().state != "stolen" and time.monotonic() < until:
        someone.page.wait_for_timeout(100)
    assert Bike.get().state == "stolen"
    # The page goes on by itself; a net that is only half back shows the browser's own page.
    someone.page.wait_for_timeout(1_000)
    someone.page.goto(mine)
    expect(someone.page.locator("#seen")).to_be_visible()


def test_an_alarm_survives_the_page(phone: Phones) -> None:
    someone = phone(language="en")
    proves(someone)
    fills(someone)
    mine = someone.page.url.partition("?")[0]
    someone.context.set_offline(True)
    someone.page.locator("button.danger").tap()
    expect(someone.page.locator("#alarm .say")).to_contain_text("kept on this phone")
    someone.page.close()
    someone.context.set_offline(False)
    someone.page = someone.context.new_page()
    someone.page.goto(mine)
    expect(someone.page.locator("#seen")).to_be_visible(timeout=15_000)
    assert Bike.get().state == "stolen"


def test_without_script_the_alarm_is_a_form(phone: Phones) -> None:
    someone = phone(script=False)
    proves(someone)
    fills(someone)
    someone.page.locator("button.danger").tap()
    expect(someone.page.locator("#seen")).to_be_visible()
