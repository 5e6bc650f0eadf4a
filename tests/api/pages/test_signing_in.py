"""Signing in and out in a browser: the cookie is for no script and no other site."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mobile_api import auth
from tests.api.pages.reading import (
    ENGLISH,
    OURS,
    Tags,
    read,
    sign_in,
)
from tests.town import PASSWORD, Clock, House


def test_lin_signs_in_and_goes_where_she_was_going(client: FlaskClient, house: House) -> None:
    asked = client.get(f"/t/{house.tag}")
    assert (asked.status_code, asked.location) == (
        303,
        f"/sign-in?next=%2Ft%2F{house.tag}&why=not-signed-in",
    )
    form = read(client.get(asked.location))
    *_, next_path = form.all("input", name="next")
    assert next_path["value"] == f"/t/{house.tag}"
    answer = sign_in(client, next=f"/t/{house.tag}")
    assert (answer.status_code, answer.location) == (303, f"/t/{house.tag}")
    assert client.get(answer.location).status_code == 200


def test_the_cookie_is_for_no_script_and_no_other_site(client: FlaskClient) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]
    assert re.search(rf"^{auth.COOKIE}=", cookie)
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_over_https_the_cookie_stays_on_https(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECURE", True)
    assert "Secure" in sign_in(client).headers["Set-Cookie"].split("; ")


def test_a_wrong_password_is_said_on_top_and_at_the_field(client: FlaskClient) -> None:
    answer = sign_in(client, password="wrong")
    assert answer.status_code == 401
    assert auth.COOKIE not in answer.headers.get("Set-Cookie", "")
    page = read(answer)
    (summary,) = page.all("div", role="alert")
    assert "autofocus" in summary
    assert page.all("a", href="#account")
    (field,) = page.all("input", id="account")
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "account-error"
    assert field["value"] == "lin"
    assert page.text.count("The account or the password is wrong.") == 2
    assert "Error: Sign in" in page.text
    assert "wrong" not in str(page.all("input", id="password"))


def test_an_empty_form_says_what_is_missing(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={}, headers=OURS | ENGLISH)
    assert answer.status_code == 422
    assert "Enter your account." in read(answer).text
    assert "Enter your password." in read(answer).text


def test_guessing_is_slowed_down(client: FlaskClient) -> None:
    statuses = [sign_in(client, password=f"guess {number}").status_code for number in range(11)]
    assert statuses == [401] * 10 + [429]
    answer = sign_in(client)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_signing_out_ends_the_session_not_only_the_cookie(browser: FlaskClient) -> None:
    kept = browser.get_cookie(auth.COOKIE)
    assert kept is not None
    answer = browser.post("/sign-out", headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert browser.get_cookie(auth.COOKIE) is None
    browser.set_cookie(auth.COOKIE, kept.value)
    assert browser.get("/").location.startswith("/sign-in?")
    assert browser.post("/sign-out", headers=OURS).status_code == 303


def test_an_ended_session_is_told_why(browser: FlaskClient, clock: Clock) -> None:
    browser.post("/sign-out", headers=OURS)
    page = read(browser.get("/sign-in?why=session-ended", headers=ENGLISH))
    assert "This session has ended. Sign in again." in page.text


def test_half_a_day_later_one_signs_in_again(browser: FlaskClient, clock: Clock) -> None:
    assert browser.get("/").status_code == 200
    clock.passes(hours=12)
    answer = browser.get("/")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2F&why=token-expired")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil", ""],
)
def test_nobody_is_sent_elsewhere(client: FlaskClient, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere).location == "/"
    assert client.get("/sign-in", query_string={"next": elsewhere}).location == "/"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/language"])
@pytest.mark.parametrize(
    "from_where",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://a.bc"}],
)
def test_a_form_of_another_site_does_nothing(
    browser: FlaskClient, path: str, from_where: dict[str, str]
) -> None:
    form = {"account": "an", "password": PASSWORD, "lang": "en", "next": "/"}
    answer = browser.post(path, data=form, headers=from_where)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert "林小梅" in read(browser.get("/")).text


def test_the_demo_shows_whom_one_can_be(client: FlaskClient) -> None:
    page = read(client.get("/sign-in"))
    accounts = [button["value"] for button in page.all("button", name="account")]
    assert accounts == ["lin", "an", "chen", "zhao", "fen", "tao", "mei", "du", "shen", "han"]
    assert PASSWORD in page.text


def test_outside_the_demo_nobody_is_offered(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, opened: Any
) -> None:
    monkeypatch.setitem(opened.settings.__dict__, "DEMO", False)
    page = client.get("/sign-in").get_data(as_text=True)
    assert PASSWORD not in page
    assert "lin" not in [button["value"] for button in Tags(page).all("button", name="account")]
