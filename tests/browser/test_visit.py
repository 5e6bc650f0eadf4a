"""Scan a building, see who lives there, walk away, and it is gone: in a real browser."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.phone import Phone
from tests.town import House, of_house

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]
Limits = Callable[..., None]


def secrets_of(house: House) -> set[str]:
    """What must be nowhere on a page that is not open."""
    people = [row[name] for row in of_house(house) for name in ("name", "id_number", "phone")]
    firms = of_house(house, "businesses.csv")
    owners = [row[name] for row in firms for name in ("name", "legal_name", "legal_phone")]
    return {value for value in (*people, *owners) if value}


def assert_nobody_is_there(phone: Phone, house: House) -> None:
    html = phone.html
    assert [value for value in secrets_of(house) if value in html] == []


# --- The ordinary day --------------------------------------------------------------------


def test_lin_sees_who_lives_there(phone: Phones, house: House) -> None:
    lin = phone().stands(house).signs_in("lin").scans(house)
    assert_nobody_is_there(lin, house)
    lin.page.locator("#open").click()
    expect(lin.open_sheet).to_be_visible()
    expect(lin.page.locator(".room")).to_have_count(20)
    html = lin.html
    assert [value for value in secrets_of(house) if value not in html] == []
    assert lin.complaints == []


def test_the_lease_clock_runs(phone: Phones, house: House) -> None:
    lin = phone().stands(house).signs_in("lin").opens(house)
    clock = lin.page.locator("#clock")
    expect(clock).to_have_text(re.compile(r"^01:2\d$"))
    first = clock.inner_text()
    expect(clock).not_to_have_text(first, timeout=2_000)
    assert clock.inner_text() < first


def test_beats_keep_it_open_longer_than_a_lease(
    phone: Phones, house: House, limits: Limits
) -> None:
    limits(lease_s=2, beat_interval_s=1, identical_beats=1_000)
    lin = phone().stands(house).signs_in("lin").opens(house)
    was_open = []
    for _ in range(7):
        lin.page.wait_for_timeout(500)
        was_open.append(lin.open_sheet.is_visible())
    assert was_open == [True] * 7


def test_who_looks_and_when_lies_over_the_records(phone: Phones, house: House) -> None:
    lin = phone().stands(house).signs_in("lin").opens(house)
    layer = lin.page.locator(".watermark")
    assert "%E6%9E%97%E5%B0%8F%E6%A2%85" in str(layer.evaluate("one => one.style.backgroundImage"))
    # It lies over everything and takes no tap.
    lin.page.locator("[data-form=amend]").first.click()
    expect(lin.page.locator("form.edit")).to_be_visible()


def test_who_reads_on_is_not_taken_for_gone(phone: Phones, house: House, limits: Limits) -> None:
    """The server pauses a visit that nobody reads; a touch after five minutes tells it of one."""
    limits(lease_s=4_000, beat_interval_s=4_000)
    lin = phone().stands(house).signs_in("lin")
    lin.page.clock.install()
    lin.opens(house)
    lin.page.clock.fast_forward("06:00")
    with lin.page.expect_request("**/rooms?limit=1"):
        lin.page.locator("h1").tap()
        lin.page.clock.run_for(500)
    expect(lin.open_sheet).to_be_visible()


# --- Walking away ------------------------------------------------------------------------


def test_walking_away_leaves_nobody_on_the_page(
    phone: Phones, house: House, limits: Limits
) -> None:
    limits(beat_interval_s=1, recheck_s=1, journey_refused_mps=1e6)
    lin = phone().stands(house).signs_in("lin").opens(house)
    lin.stands(house, metres=400)
    expect(lin.masked_sheet).to_be_visible()
    expect(lin.page.locator("#bar")).to_be_hidden()
    assert_nobody_is_there(lin, house)
    # The third fix outside ends it for good.
    expect(lin.said).to_contain_text("本次到访结束")
    expect(lin.masked_sheet).to_contain_text("人员信息只在现场显示")
    expect(lin.page.locator("#open")).to_be_hidden()
    assert_nobody_is_there(lin, house)


def test_coming_back_in_time_needs_no_new_scan(phone: Phones, house: House, limits: Limits) -> None:
    limits(beat_interval_s=1, recheck_s=1, outside_fixes_to_close=100)
    lin = phone().stands(house).signs_in("lin").opens(house)
    lin.stands(house, metres=400)
    expect(lin.said).to_contain_text("您似乎已离开")
    assert_nobody_is_there(lin, house)
    lin.stands(house)
    expect(lin.open_sheet).to_be_visible()
    expect(lin.said).to_contain_text("您在现场")


def test_without_network_it_goes_dark_the_second_the_lease_ends(
    phone: Phones, house: House, limits: Limits
) -> None:
    limits(lease_s=3, beat_interval_s=60)
    lin = phone().stands(house).signs_in("lin").scans(house)
    lin.page.locator("#open").click()
    expect(lin.open_sheet).to_be_visible()
    opened = time.monotonic()
    lin.context.set_offline(True)
    expect(lin.open_sheet).to_have_count(0, timeout=5_000)
    # The lease began before the sheet was seen; a busy machine may be a second late.
    assert time.monotonic() - opened < 4.9
    assert_nobody_is_there(lin, house)
    expect(lin.page.locator("#bar")).to_be_hidden()


def test_leaving_ends_it_at_once(phone: Phones, house: House) -> None:
    lin = phone().stands(house).signs_in("lin").opens(house)
    lin.page.locator("#leave").click()
    expect(lin.said).to_contain_text("您已离开")
    expect(lin.masked_sheet).to_be_visible()
    assert_nobody_is_there(lin, house)


def test_even_unheard_leaving_empties_the_page(phone: Phones, house: House) -> None:
    lin = phone().stands(house).signs_in("lin").opens(house)
    lin.context.set_offline(True)
    lin.page.locator("#leave").click()
    expect(lin.said).to_contain_text("您已离开")
    assert_nobody_is_there(lin, house)


LOOKS_AWAY = """
  Object.defineProperty(document, "hidden", {get: () => %s, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
"""


def test_who_looks_elsewhere_hides_it_and_coming_back_proves_anew(
    phone: Phones, house: House
) -> None:
    lin = phone().stands(house).signs_in("lin").opens(house)
    lin.page.evaluate(LOOKS_AWAY % "true")
    assert lin.open_sheet.count() == 0
    assert_nobody_is_there(lin, house)
    with lin.page.expect_request("**/beats"):
        lin.page.evaluate(LOOKS_AWAY % "false")
    expect(lin.open_sheet).to_be_visible()


def test_an_answer_that_comes_too_late_shows_nobody(phone: Phones, house: House) -> None:
    lin = phone().stands(house).signs_in("lin").scans(house)
    waiting: list[Route] = []
    lin.page.route("**/sheet", lambda route: waiting.append(route))
    with lin.page.expect_request("**/sheet"):
        lin.page.locator("#open").click()
    lin.page.evaluate(LOOKS_AWAY % "true")
    with lin.page.expect_response("**/sheet"):
        waiting[0].continue_()
    lin.page.wait_for_timeout(200)
    assert lin.open_sheet.count() == 0
    assert_nobody_is_there(lin, house)


# --- Who must not, and what is not proof enough ------------------------------------------


def test_from_home_the_tag_opens_nothing(phone: Phones, house: House) -> None:
    lin = phone(language="en").stands(house, metres=400).signs_in("lin").scans(house)
    lin.page.locator("#open").click()
    expect(lin.said).to_contain_text(re.compile(r"You are 39\d m from this building"))
    expect(lin.said).to_contain_text("Go to the door")
    expect(lin.page.locator("#open")).to_be_enabled()
    assert_nobody_is_there(lin, house)
    lin.stands(house).page.locator("#open").click()
    expect(lin.open_sheet).to_be_visible()


def test_han_is_refused(phone: Phones, house: House) -> None:
    han = phone().stands(house).signs_in("han").scans(house)
    expect(han.page.get_by_role("alert")).to_contain_text("您的角色没有此项权限")
    assert_nobody_is_there(han, house)


def test_an_sees_masks(phone: Phones, house: House) -> None:
    an = phone().stands(house).signs_in("an").opens(house)
    text = an.page.locator(".people").first.inner_text()
    assert "何**" in text
    assert "440***********" in text
    assert an.page.locator(".room [data-form]").count() == 0
    people = {row["id_number"] for row in of_house(house) if row["id_number"]}
    assert not [number for number in people if number in an.html]


def test_a_position_refused_by_its_owner_says_what_to_do(phone: Phones, house: House) -> None:
    lin = phone(permissions=[]).stands(house).signs_in("lin").scans(house)
    lin.page.locator("#open").click()
    expect(lin.said).to_contain_text("没有定位权限")
    expect(lin.page.locator("#open")).to_be_enabled()


def test_a_vague_position_asks_for_a_second_tag(phone: Phones, house: House) -> None:
    lin = phone().stands(house, accuracy_m=70).signs_in("lin").scans(house)
    lin.page.clock.install()
    lin.page.reload()
    lin.page.locator("#open").click()
    expect(lin.said).to_contain_text("误差 70 米")
    lin.page.clock.run_for(16_000)
    expect(lin.said).to_contain_text("另一个码")
    assert_nobody_is_there(lin, house)
    lin.page.locator("#second-tag").fill("7K3M-NOT-OURS")
    lin.page.locator("#second button").click()
    expect(lin.said).to_contain_text("此码不是本系统的码")
    lin.page.locator("#second-tag").fill(house.other_tags[0])
    lin.page.locator("#second button").click()
    expect(lin.open_sheet).to_be_visible()
    expect(lin.page.locator("#second")).to_be_hidden()


def test_without_script_the_page_says_what_is_needed(phone: Phones, house: House) -> None:
    lin = phone(script=False).stands(house).signs_in("lin").scans(house)
    expect(lin.page.locator("noscript .notice")).to_be_visible()
    assert "请启用 JavaScript" in lin.page.content()
    expect(lin.masked_sheet).to_be_visible()
    expect(lin.page.locator("#open")).to_be_hidden()
    assert "何志伟" not in lin.page.content()


# --- The phone's own secret --------------------------------------------------------------


def test_the_phone_is_enrolled_once_and_its_key_cannot_be_read(phone: Phones, house: House) -> None:
    lin = phone().stands(house).signs_in("lin").opens(house)
    lin.opens(house)
    enrolments = [one for one in lin.sent if one.url.endswith("/api/v1/devices")]
    assert len(enrolments) == 1
    kept = lin.page.evaluate("""async () => {
      const {enrolled} = await import("/static/device.js");
      const {id, key} = await enrolled("lin");
      const exported = await crypto.subtle.exportKey("raw", key).catch(error => error.name);
      return {id, extractable: key.extractable, exported};
    }""")
    assert kept["extractable"] is False
    assert kept["exported"] == "InvalidAccessError"
    lin.page.goto("/")
    expect(lin.page.locator("#devices + ul li")).to_have_count(1)


def test_the_script_signs_as_the_document_says(phone: Phones) -> None:
    """The test vector of docs/SIGNING.md, spelt as JavaScript spells numbers."""
    from backend.rules import signing

    page = phone().page
    page.goto("/sign-in")
    body = {
        "z": 1e5,
        "reason": '水围村 "急"\n',
        "fix": {"lon": 114.0571, "lat": 22.5241},
        "a": [1.5],
    }
    text = page.evaluate(
        """async (body) => {
          const {keyOf, signed} = await import("/static/device.js");
          return signed(await keyOf("3q2-7wAbCdEf"), body);
        }""",
        body,
    )
    assert signing.carries_signature("3q2-7wAbCdEf", text.encode())
    assert not signing.carries_signature("another", text.encode())
