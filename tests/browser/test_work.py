"""The phone's work in a real browser: the number it finds is the one, and it finds it in time."""

import time
from collections.abc import Callable

import pytest

from backend.models import Report
from backend.services import reports
from backend.services.reports import tickets
from tests.browser.phone import Phone
from tests.services.telling import LAMP, tag_of, told

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]
SOLVE = "async (challenge) => (await import('/static/work.js')).solve(challenge)"


@pytest.mark.parametrize("subject", ["", "facility:17", "building:" + "9" * 60])
def test_the_phone_finds_the_number(phone: Phones, subject: str) -> None:
    page = phone().page
    page.goto("/")
    for _ in range(3):
        challenge = {**tickets.challenge(subject), "most": 150_000}
        assert tickets.solved(page.evaluate(SOLVE, challenge), subject)


def test_on_a_slow_phone_it_takes_seconds_at_most(phone: Phones) -> None:
    page = phone().page
    page.goto("/")
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    started = time.monotonic()
    rounds = 3
    for _ in range(rounds):
        page.evaluate(SOLVE, tickets.challenge("facility:1"))
    assert (time.monotonic() - started) / rounds < 10


def test_at_a_crowded_lamp_the_phone_works_and_its_report_is_kept(phone: Phones) -> None:
    for number in range(3):
        told(source=f"198.51.100.{number}", ticket=reports.ticket(tag_of(LAMP)))
    page = phone().page
    page.goto(f"/{tag_of(LAMP)}")
    page.locator("input[name=problem][value=dark]").check(force=True)
    page.locator("#tell button.main").click()
    page.wait_for_url("**/r/*", timeout=30_000)
    assert Report.select().count() == 4
