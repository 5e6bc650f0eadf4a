"""Collecting on the spot: what is seen to be missing or wrong is put right where one stands."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.phone import Phone
from tests.town import House

pytestmark = pytest.mark.browser

Phones = Callable[..., Phone]


def room(phone: Phone, number: str) -> Locator:
    heading = phone.page.locator("h3", has_text=re.compile(rf"^\s*{number}\b"))
    return phone.page.locator(".room", has=heading)


@pytest.fixture
def lin(phone: Phones, house: House) -> Phone:
    return phone().stands(house).signs_in("lin").opens(house)


def test_lin_adds_somebody_to_a_room(lin: Phone) -> None:
    home = room(lin, "301")
    before = home.locator(".person").count()
    home.locator("[data-form=add]").click()
    form = home.locator("form.edit")
    expect(form.locator("[name=name]")).to_be_focused()
    form.locator("[name=name]").fill("欧阳新来")
    form.locator("[name=id_number]").fill("440399199003070014")
    form.locator("[name=phone]").fill("13800005678")
    form.locator("[name=residence_kind]").select_option("living")
    form.locator(".main").click()
    expect(lin.said).to_have_text("已保存。")
    expect(room(lin, "301").locator(".person")).to_have_count(before + 1)
    expect(room(lin, "301")).to_contain_text("欧阳新来")
    expect(room(lin, "301")).to_contain_text("1990-03-07")
    assert lin.complaints == []


def test_a_wrong_number_is_said_at_its_field(lin: Phone) -> None:
    room(lin, "301").locator("[data-form=add]").click()
    form = lin.page.locator("form.edit")
    form.locator("[name=name]").fill("欧阳新来")
    form.locator("[name=id_number]").fill("440399199003070000")
    form.locator(".main").click()
    summary = form.locator("[role=alert]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("身份证号码不正确")
    field = form.locator("[name=id_number]")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("身份证号码不正确。")
    expect(form.locator("[name=name]")).to_have_value("欧阳新来")
    field.fill("440399199003070014")
    form.locator(".main").click()
    expect(lin.said).to_have_text("已保存。")


def test_nobody_without_a_name(lin: Phone) -> None:
    room(lin, "301").locator("[data-form=add]").click()
    lin.page.locator("form.edit .main").click()
    expect(lin.page.locator("form.edit [name=name]")).to_have_attribute("aria-invalid", "true")


def test_a_phone_number_is_corrected(lin: Phone) -> None:
    person = room(lin, "101").locator(".person").first
    person.locator("[data-form=amend]").click()
    person.locator("form.edit [name=phone]").fill("13800005678")
    person.locator("form.edit .main").click()
    expect(lin.said).to_have_text("已保存。")
    expect(room(lin, "101").locator(".person").first).to_contain_text("13800005678")


def test_somebody_moves_to_another_room(lin: Phone) -> None:
    person = room(lin, "101").locator(".person").first
    name = person.locator(".name b").inner_text()
    person.locator("[data-form=move]").click()
    person.locator("form.edit [name=room]").select_option(label="302")
    person.locator("form.edit .main").click()
    expect(lin.said).to_have_text("已保存。")
    expect(room(lin, "302")).to_contain_text(name)
    expect(room(lin, "101")).not_to_contain_text(name)


def test_two_who_correct_the_same_person_do_not_overwrite_each_other(
    phone: Phones, lin: Phone, house: House
) -> None:
    zhao = phone().stands(house).signs_in("zhao").opens(house)
    for one, number in ((zhao, "13800000001"), (lin, "13800000002")):
        person = room(one, "101").locator(".person").first
        person.locator("[data-form=amend]").click()
        person.locator("form.edit [name=phone]").fill(number)
        person.locator("form.edit .main").click()
        if one is zhao:
            expect(zhao.said).to_have_text("已保存。")
    expect(lin.page.locator("form.edit [role=alert]")).to_contain_text("已有人修改")
    lin.opens(house)
    expect(room(lin, "101").locator(".person").first).to_contain_text("13800000001")


def test_a_form_is_put_away_and_gives_the_focus_back(lin: Phone) -> None:
    button = room(lin, "301").locator("[data-form=add]")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    lin.page.locator("[data-cancel]").click()
    expect(lin.page.locator("form.edit")).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_focused()


def test_what_is_typed_goes_dark_with_the_rest(lin: Phone) -> None:
    room(lin, "301").locator("[data-form=add]").click()
    lin.page.locator("form.edit [name=name]").fill("欧阳新来")
    lin.page.locator("#leave").click()
    expect(lin.masked_sheet).to_be_visible()
    assert lin.page.locator("form.edit").count() == 0
