"""The sheet on the page is the sheet of the API: whom one shows, the other shows."""

import json
from collections.abc import Callable

import pytest
from markupsafe import escape

from tests.api.pages.reading import (
    assert_nobody,
    read,
    secrets_of,
    sheet_page,
)
from tests.town import House, Worker, of_house, people_of


def test_the_page_shows_whom_the_api_shows(lin: Worker, house: House) -> None:
    lin.scans(house)
    answer = sheet_page(lin, house)
    assert answer.headers["Cache-Control"] == "no-store"
    text = read(answer).text
    sheet = lin.looks(house).json
    assert len(people_of(sheet)) == len(of_house(house))
    for person in people_of(sheet):
        assert all(person[name] in text for name in ("name", "id_number", "phone") if person[name])
    for firm in sheet["businesses"]:
        assert firm["business_name"] in text
        assert firm["legal_phone"] in text
    for event in sheet["events"]:
        assert event["event_text"] in text


@pytest.mark.parametrize("who", ["an", "chen", "zhao", "du"])
def test_what_the_api_masks_or_hides_is_not_on_the_page(
    worker: Callable[[str], Worker], house: House, who: str
) -> None:
    someone = worker(who)
    assert someone.scans(house).status_code == 201
    answer = sheet_page(someone, house)
    text = answer.get_data(as_text=True)
    sent = json.dumps(someone.looks(house).json, ensure_ascii=False)
    hidden = {value for value in secrets_of(house) if value not in sent}
    assert hidden or who == "zhao"
    assert [value for value in hidden if value in text] == []


def test_once_she_has_left_the_sheet_has_counts_only(lin: Worker, house: House) -> None:
    lin.scans(house)
    lin.leaves()
    answer = sheet_page(lin, house)
    assert read(answer).all("section", **{"data-reason": "left_site"})
    assert_nobody(answer, house)


def test_forms_are_for_those_who_may(worker: Callable[[str], Worker], house: House) -> None:
    offers = {}
    for who in ("lin", "zhao", "an"):
        someone = worker(who)
        someone.scans(house)
        found = read(sheet_page(someone, house)).all("template")
        offers[who] = [one["data-template"] for one in found]
    assert offers == {"lin": ["add", "amend", "move"], "zhao": ["amend"], "an": []}


def test_names_cannot_become_markup(lin: Worker, house: House) -> None:
    lin.scans(house)
    room = lin.looks(house).json["rooms"][0]["code"]
    name = "<script>alert('&')</script>"
    form = {"room": room, "name": name, "residence_kind": "living"}
    added = lin.asks("POST", f"/buildings/{house.code}/residents", form, lease=lin.lease)
    assert added.status_code == 201
    page = sheet_page(lin, house).get_data(as_text=True)
    assert name not in page
    assert str(escape(name)) in page
