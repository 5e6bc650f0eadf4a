"""What a page shows, to whom."""

from flask.testing import FlaskClient

from tests.api.pages.reading import (
    ENGLISH,
    assert_nobody,
    read,
    sign_in,
)
from tests.town import House, Worker


def test_the_front_page_says_who_one_is(browser: FlaskClient) -> None:
    page = read(browser.get("/"))
    assert "林小梅" in page.text
    assert "采集员" in page.text
    assert page.all("button", id="find")


def test_han_is_told_that_there_is_nothing_for_him(client: FlaskClient, house: House) -> None:
    sign_in(client, "han")
    assert "You have no role yet." in read(client.get("/", headers=ENGLISH)).text
    answer = client.get(f"/t/{house.tag}", headers=ENGLISH)
    assert answer.status_code == 403
    assert "Your role does not include this" in read(answer).text
    assert house.code not in answer.get_data(as_text=True)


def test_a_scanned_tag_shows_the_building_and_nobody_in_it(
    browser: FlaskClient, house: House
) -> None:
    answer = browser.get(f"/t/{house.tag}")
    page = read(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert page.all("button", id="open")
    assert page.all("section", **{"data-visible": "masked"})
    assert_nobody(answer, house)


def test_a_building_without_its_tag_says_to_scan_it(browser: FlaskClient, house: House) -> None:
    answer = browser.get(f"/b/{house.code}", headers=ENGLISH)
    page = read(answer)
    assert "Scan the tag at the building's door" in page.text
    assert "data-tag" not in page.all("section", id="visit")[0]
    assert_nobody(answer, house)


def test_mei_sees_counts_and_no_button_she_may_not_use(client: FlaskClient, house: House) -> None:
    sign_in(client, "mei")
    page = read(client.get(f"/t/{house.tag}"))
    assert page.all("section", **{"data-visible": "masked"})
    assert not page.all("button", id="open")
    assert not page.all("script")


def test_another_collectors_building_is_refused(browser: FlaskClient, far_house: House) -> None:
    assert browser.get(f"/t/{far_house.tag}").status_code == 403
    assert browser.get(f"/b/{far_house.code}").status_code == 403


def test_an_unknown_tag_is_a_page_that_says_so(browser: FlaskClient) -> None:
    answer = browser.get("/t/7K3M9QX2DHV5", headers=ENGLISH)
    assert answer.status_code == 404
    assert "This code is not one of ours" in read(answer).text


def test_a_typed_code_leads_where_its_picture_would(browser: FlaskClient, house: House) -> None:
    assert browser.get("/t", query_string={"tag": f" {house.tag} "}).location == f"/{house.tag}"
    assert browser.get("/t").location == "/"
    odd = browser.get("/t", query_string={"tag": "//evil.example"}).location
    assert odd == "/t/%2F%2Fevil.example"


def test_visited_buildings_are_found_again(browser: FlaskClient, lin: Worker, house: House) -> None:
    assert lin.scans(house).status_code == 201
    page = read(browser.get("/"))
    assert page.all("a", href=f"/b/{house.code}")
