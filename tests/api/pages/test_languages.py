"""The pages in the reader's language."""

from flask.testing import FlaskClient

from mobile_api import words
from tests.api.pages.reading import (
    ENGLISH,
    OURS,
    read,
)


def test_a_phone_is_answered_in_its_language(client: FlaskClient) -> None:
    for asked, lang in (
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("en-GB", "en"),
        ("fr", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
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


def test_the_other_language_is_one_tap_away(client: FlaskClient) -> None:
    page = read(client.get("/sign-in?next=%2Ft%2Fx", headers=ENGLISH))
    (button,) = page.all("button", name="lang")
    assert button["value"] == "zh_Hans"
    assert page.all("input", name="next")[0]["value"] == "/sign-in?next=%2Ft%2Fx"
    assert set(words.LANGUAGES) == {"zh_Hans", "en"}
