"""The desk in a browser: every button is a move of the table, and nobody undoes anybody."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.models import Account, TrailLine
from backend.services import cases, reports
from tests.api.matrix.places import snapshot
from tests.api.pages.reading import ENGLISH, OURS, read, sign_in
from tests.town import House, rows

LAMP = rows("facility_tags.csv")[0]["tag"]


@pytest.fixture
def number(opened: House) -> str:
    form = {
        "things": [{"tag": LAMP}],
        "problem": "dark",
        "phone": "19900000001",
        "words": "<b>天黑</b>",
    }
    return str(reports.file(form, channel="scan")["cases"][0]["number"])


def press(client: FlaskClient, number: str, action: str, **words: Any) -> TestResponse:
    page = client.get(f"/desk/{number}").get_data(as_text=True)
    version = re.search('name="version" value="([0-9]+)"', page)
    form = {"action": action, "version": version[1] if version else "1", **words}
    return client.post(f"/desk/{number}/moves", data=form, headers=OURS | ENGLISH)


def test_a_case_goes_its_way_over_the_pages(client: FlaskClient, number: str) -> None:
    for account, action, words in (
        ("fen", "dispatch", {"unit": "FT-LD"}),
        ("jin", "accept", {}),
        (
            "jin",
            "feed-back",
            {"note": "换了灯泡", "reason": "x", "photo": (io.BytesIO(snapshot()), "a.jpg")},
        ),
        ("xie", "close", {"closing": "component-0137-3"}),
    ):
        sign_in(client, account)
        assert number in client.get("/desk/cases").get_data(as_text=True)
        assert press(client, number, action, **words).status_code == 303
    assert cases.find(number).state == "closed"
    assert number not in client.get("/desk/cases").get_data(as_text=True)
    assert number in client.get("/desk/cases?state=closed").get_data(as_text=True)


def test_a_page_offers_what_one_may_do_and_nothing_else(client: FlaskClient, number: str) -> None:
    sign_in(client, "fen")
    page = read(client.get(f"/desk/{number}", headers=ENGLISH))
    assert {one["value"] for one in page.all("button", name="action")} == {
        "merge",
        "split",
        "dispatch",
        "ask-void",
        "comment",
    }
    sign_in(client, "wu")
    page = read(client.get(f"/desk/{number}", headers=ENGLISH))
    assert {one["value"] for one in page.all("button", name="action")} == {"comment"}


def test_who_comes_second_sees_how_it_is_now(client: FlaskClient, number: str) -> None:
    sign_in(client, "fen")
    stale = {"action": "dispatch", "unit": "FT-LD", "version": "1"}
    assert press(client, number, "dispatch", unit="FT-HW").status_code == 303
    answer = client.post(f"/desk/{number}/moves", data=stale, headers=OURS | ENGLISH)
    assert answer.status_code == 409
    assert "Somebody was quicker" in read(answer).text
    assert cases.find(number).unit == "FT-HW"


def test_what_was_forgotten_is_said_beside_its_field_and_nothing_is_lost(
    client: FlaskClient, number: str
) -> None:
    sign_in(client, "fen")
    press(client, number, "dispatch", unit="FT-LD")
    sign_in(client, "jin")
    answer = press(client, number, "return")
    page = read(answer)
    assert answer.status_code == 422
    assert page.all("textarea", id="return-reason", **{"aria-invalid": "true"})
    assert page.all("a", href="#return-reason")


def test_a_photo_is_kept_when_words_were_forgotten(client: FlaskClient, number: str) -> None:
    for account, action, words in (
        ("fen", "dispatch", {"unit": "FT-LD"}),
        ("jin", "accept", {}),
    ):
        sign_in(client, account)
        press(client, number, action, **words)
    answer = press(client, number, "feed-back", photo=(io.BytesIO(snapshot()), "a.jpg"))
    [kept] = read(answer).all("input", type="hidden", name="photo")
    again = press(client, number, "feed-back", note="换了灯泡", reason="x", photo=kept["value"])
    assert (answer.status_code, again.status_code) == (422, 303)


def test_a_photo_that_is_none_is_said_and_the_case_stays(client: FlaskClient, number: str) -> None:
    sign_in(client, "fen")
    press(client, number, "dispatch", unit="FT-LD")
    sign_in(client, "jin")
    press(client, number, "accept")
    junk = (io.BytesIO(b"no picture"), "a.jpg")
    assert press(client, number, "feed-back", note="x", photo=junk).status_code == 422
    assert cases.find(number).state == "handling"


def test_fen_decides_who_sees_a_photo(client: FlaskClient, number: str) -> None:
    for account, action, words in (
        ("fen", "dispatch", {"unit": "FT-LD"}),
        ("jin", "accept", {}),
        (
            "jin",
            "feed-back",
            {"note": "x", "reason": "x", "photo": (io.BytesIO(snapshot()), "a.jpg")},
        ),
    ):
        sign_in(client, account)
        press(client, number, action, **words)
    sign_in(client, "fen")
    [button] = read(client.get(f"/desk/{number}")).all("button", name="decision", value="released")
    assert button
    [form] = read(client.get(f"/desk/{number}")).all("form", **{"class": "acts"})
    client.post(str(form["action"]), data={"decision": "released"}, headers=OURS)
    assert len(cases.public(cases.find(number))["photos"]) == 1


def test_what_a_reporter_wrote_is_text(client: FlaskClient, number: str) -> None:
    sign_in(client, "fen")
    page = client.get(f"/desk/{number}").get_data(as_text=True)
    assert "&lt;b&gt;天黑" in page
    assert "19900000001" not in page


def test_the_reporters_phone_takes_a_button_and_leaves_a_line(
    client: FlaskClient, number: str
) -> None:
    sign_in(client, "fen")
    page = client.post(f"/desk/{number}/contacts", data={"look": "1"}, headers=OURS)
    assert "19900000001" in page.get_data(as_text=True)
    assert TrailLine.select().where(TrailLine.verb == "case.contact").count() == 1
    sign_in(client, "wu")
    assert (
        client.post(f"/desk/{number}/contacts", data={"look": "1"}, headers=OURS).status_code == 403
    )


def test_strangers_and_collectors_find_no_desk(client: FlaskClient, number: str) -> None:
    assert client.get("/desk", headers={"Accept": "text/html"}).status_code == 303
    sign_in(client, "lin")
    assert client.get("/desk").status_code == 303
    assert client.get("/desk/cases").status_code == 403
    assert client.get(f"/desk/{number}").status_code == 403


def test_nonsense_is_refused(client: FlaskClient, number: str) -> None:
    sign_in(client, "fen")
    assert client.get("/desk/cases?before=x").status_code == 422
    assert client.get("/desk/20260101-99999999").status_code == 404
    assert press(client, number, "fly").status_code == 422


def test_a_colleague_takes_over_and_is_told(client: FlaskClient, number: str) -> None:
    sign_in(client, "fen")
    press(client, number, "dispatch", unit="FT-LD")
    sign_in(client, "jin")
    press(client, number, "accept")
    assert press(client, number, "pass-on", to="xie").status_code == 422  # She checks.
    assert press(client, number, "pass-on", to="luo").status_code == 422  # Of another unit.
    Account.update(unit="FT-LD").where(Account.name == "luo").execute()
    assert press(client, number, "pass-on", to="luo").status_code == 303
    sign_in(client, "luo")
    assert number in read(client.get("/", headers=ENGLISH)).text
    assert press(client, number, "ask-shelving", until="2099-01-01", reason="x").status_code == 422
    press(client, number, "ask-extension", reason="等配件")
    sign_in(client, "fen")
    page = read(client.get(f"/desk/{number}", headers=ENGLISH))
    assert "The handler asks for more time." in page.text
    assert press(client, number, "extend").status_code == 303


def test_everybody_reads_until_when_it_is_promised(client: FlaskClient, number: str) -> None:
    assert (
        "Promised: sent to its unit by"
        in read(client.get(f"/cases/{number}", headers=ENGLISH)).text
    )
    sign_in(client, "fen")
    press(client, number, "dispatch", unit="FT-LD")
    page = read(client.get(f"/cases/{number}", headers=ENGLISH))
    assert "Promised: put right by" in page.text
    assert not page.all("b", **{"class": "late"})
