"""The pages in the reader's language."""

from flask.testing import FlaskClient

from mobile_api import words
from tests.api.pages.reading import ENGLISH, OURS, read
from tests.town import rows


def test_a_phone_is_answered_in_its_language(client: FlaskClient) -> None:
    for asked, lang in (
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("en-GB", "en"),
        ("fr", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("*", "zh-Hans"),
        ("not a language", "zh-Hans"),
    ):
        page = read(client.get("/sign-in", headers={"Accept-Language": asked}))
        assert page.all("html", lang=lang), asked


def test_the_chosen_language_wins_and_leads_back(client: FlaskClient) -> None:
    form = {"lang": "en", "next": "/sign-in?next=%2F"}
    answer = client.post("/language", data=form, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2F")
    assert read(client.get("/sign-in", headers={"Accept-Language": "zh-CN"})).all("html", lang="en")
    client.post("/language", data={"lang": "tlh"}, headers=OURS)
    assert read(client.get("/sign-in", headers={"Accept-Language": "zh-CN"})).all("html", lang="en")


def test_the_other_languages_are_one_tap_away(client: FlaskClient) -> None:
    page = read(client.get("/sign-in?next=%2Ft%2Fx", headers=ENGLISH))
    assert [one["value"] for one in page.all("button", name="lang")] == ["zh_Hans", "zh_Hant"]
    assert page.all("input", name="next")[0]["value"] == "/sign-in?next=%2Ft%2Fx"
    assert set(words.LANGUAGES) == {"zh_Hans", "zh_Hant", "en"}


def test_traditional_readers_get_our_data_in_their_script(client: FlaskClient) -> None:
    lamp = rows("facility_tags.csv")[0]["tag"]
    page = read(client.get(f"/{lamp}", headers={"Accept-Language": "zh-HK"}))
    assert "路燈 SW-L001" in page.text
    assert "路灯 SW" not in page.text


def test_large_letters_are_kept_for_who_asks_and_given_up_again(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/sign-in").headers
    form = {"view": "elder", "next": "/sign-in"}
    answer = client.post("/view", data=form, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert read(client.get("/sign-in")).all("html", **{"class": "elder"})
    client.post("/view", data=form | {"view": "usual"}, headers=OURS)
    assert not read(client.get("/sign-in")).all("html", **{"class": "elder"})
