"""The page behind a code on a real screen: a citizen without script, a worker who hangs a tag."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backend.models import Tag
from backend.services import tags
from qr import codes
from tests.api.matrix.requests import photo_of
from tests.browser.phone import Phone
from tests.browser.test_every_page import LAMP, look
from tests.town import House

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]


def blank(kind: str = "streetlight") -> str:
    (code,) = tags.mint_for(None, kind, [None])
    Tag.update(state="issued").where(Tag.code == code).execute()
    return code


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_citizen_without_script_reads_and_reports(phone: Phones, language: str) -> None:
    someone = phone(language=language, script=False)
    someone.page.goto(f"/{LAMP}")
    expect(someone.page.locator("h1")).to_contain_text("SW-L001")
    someone.page.locator("summary").last.click()
    someone.page.locator("details label.choice").nth(1).click()
    someone.page.locator("details button").click()
    expect(someone.page.get_by_role("status")).to_be_visible()
    assert {one.url.split("/")[2] for one in someone.sent} == {someone.address.split("/")[2]}
    assert [one.url for one in someone.sent if one.url.endswith(".js")] == []


@pytest.mark.parametrize("state", ["bound", "issued", "replaced", "lost", "revoked"])
def test_every_state_of_a_tag_can_be_read_by_everybody(phone: Phones, state: str) -> None:
    Tag.update(state=state).where(Tag.code == LAMP).execute()
    someone = phone()
    someone.page.goto(f"/{LAMP}")
    for summary in someone.page.locator("summary").all():
        summary.click()
    look(someone, state)
    assert someone.complaints == []


def test_junk_can_be_read_by_everybody(phone: Phones) -> None:
    someone = phone(language="en")
    for path in (codes.mint(codes.Keys(b"z" * 32), lambda n: b"\1" * n), LAMP[:-1]):
        someone.page.goto(f"/{path}")
        look(someone, path)
    someone.page.get_by_label("Code on the tag").fill(codes.show(LAMP).lower())
    someone.page.get_by_role("button", name="Open").click()
    expect(someone.page.locator("h1")).to_contain_text("SW-L001")


def test_lin_hangs_a_blank_and_takes_it_back(phone: Phones, house: House, tmp_path: Path) -> None:
    code = blank()
    picture = tmp_path / "tag.png"
    picture.write_bytes(photo_of(LAMP))
    lin = phone(language="en").stands(house).signs_in("lin")
    lin.page.goto(f"/{code}")
    look(lin, "a blank")
    lin.page.get_by_role("button", name="What stands here?").click()
    expect(lin.page.get_by_role("group", name="What does it hang at?")).to_be_visible()
    look(lin, "what stands around")
    lin.page.locator("label.choice", has_text="SW-L001").click()
    lin.page.locator("#photo").set_input_files(picture)
    lin.page.get_by_role("button", name="It hangs here").click()
    expect(lin.page.get_by_role("status").first).to_contain_text("The tag hangs here now.")
    look(lin, "hung")
    assert Tag.get_by_id(code).photo is not None
    lin.page.get_by_role("button", name="Take it back").click()
    expect(lin.page.get_by_role("status").first).to_contain_text("a blank again")
    assert lin.complaints == []


def test_lin_reads_a_lamp_on_site_and_reports_its_tag_gone(phone: Phones, house: House) -> None:
    lin = phone(language="en").stands(house).signs_in("lin")
    lin.page.goto(f"/{LAMP}")
    look(lin, "a lamp for staff")
    lin.page.get_by_role("button", name="I stand here and read it").click()
    expect(lin.page.get_by_role("status").first).to_contain_text("you read this tag here")
    assert Tag.get_by_id(LAMP).accepted_at is not None
    lin.page.get_by_role("button", name="This tag is gone").click()
    expect(lin.page.locator("h1")).to_contain_text("reported lost")


def test_without_a_position_a_blank_cannot_be_hung_and_the_page_says_so(phone: Phones) -> None:
    lin = phone(language="en", permissions=()).signs_in("lin")
    lin.page.goto(f"/{blank()}")
    lin.page.get_by_role("button", name="What stands here?").click()
    expect(lin.page.locator(".say")).to_contain_text("may not use your position")


def test_a_plate_opens_the_visit_for_lin(phone: Phones, house: House) -> None:
    lin = phone().stands(house).signs_in("lin")
    lin.page.goto(f"/{house.tag}")
    expect(lin.page).to_have_url(f"{lin.address}/t/{house.tag}")
    expect(lin.page.locator("#open")).to_be_visible()
