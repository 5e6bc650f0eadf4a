"""A supervisor's campaign from the form to the share of whoever fell ill, with one thumb."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from backend import clock
from backend.models import PatrolTask
from backend.services import inspections
from backend.services.inspections import checking
from tests.browser.phone import Phone
from tests.browser.test_every_page import look
from tests.town import House

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]


def test_a_campaign_is_opened_and_a_share_handed_on(phone: Phones, house: House) -> None:
    inspections.enrol()
    du = phone(language="zh-CN").signs_in("du")
    du.page.goto("/campaigns/new")
    du.page.locator("summary").nth(1).tap()
    du.page.locator("#form").select_option("small_place")
    du.page.locator("#area").select_option("440304004028001")
    du.page.locator("#things").fill("NONE")
    du.page.locator("main button.main").tap()
    expect(du.page.get_by_role("alert")).to_be_visible()
    look(du, "a campaign with errors")
    du.page.locator("#name").fill("三日行动")
    last = clock.now().date() + timedelta(days=3)
    du.page.locator("#until").fill(last.isoformat())
    du.page.locator("#things").fill("")
    du.page.locator("main button.main").tap()
    expect(du.page.locator("h1")).to_contain_text("三日行动")
    look(du, "a campaign")
    du.page.locator("#workers a").first.tap()
    expect(du.page.locator("main ul.lines")).to_be_visible()
    look(du, "the tasks of a worker")
    du.page.goto("/campaigns/1")
    du.page.locator("#from").select_option("an")
    du.page.locator("#to").select_option("lin")
    du.page.locator("main button.main").tap()
    expect(du.page.locator("#workers")).to_contain_text("lin")
    du.page.goto("/campaigns")
    look(du, "the campaigns")
    du.page.goto("/board")
    look(du, "the board with patrols")
    assert du.complaints == []


def test_a_record_is_verified_and_tasks_are_handed_over_by_taps(
    phone: Phones, house: House
) -> None:
    inspections.enrol()
    checking.check()
    an = phone(language="en").signs_in("an")
    an.page.goto("/rounds")
    task = PatrolTask.select().where(PatrolTask.flaw_id.is_null(False)).first()
    an.page.goto(f"/rounds/tasks/{task.id}")
    look(an, "a record to be verified")
    an.page.get_by_role("button", name="cannot be found").tap()
    expect(an.page).to_have_url(f"{an.address}/rounds")
    an.page.get_by_role("link", name="Hand over to a colleague").tap()
    expect(an.page).to_have_url(f"{an.address}/rounds/hand-over")
    look(an, "tasks to hand over")
    first = PatrolTask.select().where(PatrolTask.account_id == task.account_id)
    one = next(
        row for row in first.where(PatrolTask.done_at.is_null()) if row.area_path[-3:] == "001"
    )
    tick = an.page.locator(f"label.choice:has(input[name=task][value='{one.id}'])")
    tick.tap()
    an.page.locator("#to").select_option("lin")
    an.page.get_by_role("button", name="Hand over what is ticked").tap()
    expect(an.page).to_have_url(f"{an.address}/rounds")
    an.page.goto("/rounds/hand-over")
    expect(tick).to_have_count(0)
    du = phone(language="en").signs_in("du")
    du.page.goto("/flaws")
    look(du, "doubtful records")
    du.page.locator("main td a").first.tap()
    expect(du.page.locator("main ul.lines")).to_be_visible()
    look(du, "the records behind a number")
    assert an.complaints == []
