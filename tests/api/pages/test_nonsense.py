"""What is broken and what is strange: pages refuse it and stay whole."""

import pytest
from flask.testing import FlaskClient

from backend.errors import all_codes
from tests.api.pages.reading import (
    ENGLISH,
    OURS,
    read,
    sheet_page,
    sign_in,
)
from tests.town import House, Worker

NASTY = [
    "\x00", "\ud800", "\u202e", "%s%s%n", "{{7*7}}", "<script>", "' OR 1=1 --", "../../etc/passwd",
    "a" * 10_000, "\r\nSet-Cookie: a=b", "🏢", "%00", "%ff%fe", "؀", "\x7f", "0", "-1", "null",
]  # fmt: skip


@pytest.mark.parametrize("nasty", NASTY)
def test_nonsense_is_refused_and_never_breaks_a_page(browser: FlaskClient, nasty: str) -> None:
    value = nasty.encode("utf-8", "surrogatepass")
    answers = [
        browser.post("/sign-in", data={"account": value, "password": value}, headers=OURS),
        browser.post("/language", data={"lang": value, "next": value}, headers=OURS),
        browser.post("/sign-out", data={"next": value[:10]}, headers=OURS),
        browser.get("/sign-in", query_string={"next": value, "why": value}),
        browser.get("/t", query_string={"tag": value}),
    ]
    sign_in(browser)
    last = nasty.encode("utf-8", "replace").decode()
    answers += [browser.get(path + last) for path in ("/t/", "/b/", "/problems/")]
    for answer in answers:
        assert answer.status_code < 500
        assert "a=b" not in str(answer.headers)


def test_a_page_that_is_not_there_is_a_page(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers=ENGLISH)
    assert answer.status_code == 404
    assert "There is no such page." in read(answer).text
    wrong = client.delete("/sign-in")
    assert wrong.status_code == 405
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].replace(" ", "").split(","))
    program = client.get("/nowhere", headers={"Accept": "application/json"})
    assert program.mimetype == "application/problem+json"


def test_every_problem_has_a_page_that_explains_it(client: FlaskClient) -> None:
    for code in all_codes():
        page = read(client.get(f"/problems/{code}", headers={"Accept-Language": "zh"}))
        assert page.all("html", lang="zh-Hans")
        assert "%(" not in page.text


def test_no_page_holds_a_script_or_a_style_of_its_own(
    browser: FlaskClient, lin: Worker, house: House
) -> None:
    lin.scans(house)
    pages = [browser.get(path) for path in ("/", f"/t/{house.tag}", f"/b/{house.code}", "/nowhere")]
    for answer in (*pages, sheet_page(lin, house)):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        for tag, attrs in read(answer).found:
            assert "style" not in attrs
            assert tag != "style"
            assert not any(name.startswith("on") for name in attrs)
            assert tag != "script" or attrs.get("src")
