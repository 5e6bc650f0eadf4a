"""The page behind every code: for a citizen, for a worker, for a program; and for junk."""

import io
import json
from typing import Any
from unittest import mock

import pytest
from flask.testing import FlaskClient

from backend.db import database
from backend.house import house as opened_house
from backend.models import Facility, Notice, Tag, TagTask
from backend.services import facilities, tags
from mobile_api.walk import fix_at
from qr import codes
from tests.api.matrix.requests import photo_of
from tests.api.pages.reading import ENGLISH, OURS, read, sign_in
from tests.town import House, rows

LAMP, COVER = "SW-L001", "SW-C001"
PHOTO = photo_of("7K3M9QX2DHV5")
JSON = {"Accept": "application/json"}


def tag_of(number: str) -> str:
    return next(row["tag"] for row in rows("facility_tags.csv") if row["facility"] == number)


def forged() -> str:
    return codes.mint(codes.Keys(b"z" * 32), lambda n: b"\1" * n)


def blank(kind: str = "streetlight") -> str:
    (code,) = tags.mint_for(None, kind, [None])
    Tag.update(state="issued").where(Tag.code == code).execute()
    return code


@pytest.fixture
def citizen(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


# --- A citizen ----------------------------------------------------------------------------


def test_a_citizen_reads_what_a_lamp_is_and_who_answers_for_it(citizen: FlaskClient) -> None:
    answer = citizen.get(f"/{tag_of(LAMP)}")
    page = read(answer)
    assert answer.status_code == 200
    for said in (
        "street light SW-L001",
        "路灯管理所",
        "水围社区市政巡查岗",
        "Power",
        "LED",
        "水围村一坊1栋",
    ):
        assert said in page.text
    assert codes.show(tag_of(LAMP)) in page.text
    assert "Scanning is free. We never ask for your ID." in page.text
    assert "K-" not in page.text  # The switch cabinet is for staff.
    assert "WGS-84" not in page.text
    assert "0755-00000101" in page.text
    assert page.all("a", href="tel:0755-00000101")
    assert "2026-11-02" in page.text
    assert "east side" in page.text


def test_a_citizen_who_reads_chinese_is_answered_in_chinese(client: FlaskClient) -> None:
    page = read(client.get(f"/{tag_of(LAMP)}"))
    assert page.all("html", lang="zh-Hans")
    assert "扫码不收费，不索要身份证。" in page.text
    assert "产权单位" in page.text


def test_a_building_tells_its_name_and_nobody_in_it(citizen: FlaskClient, house: House) -> None:
    answer = citizen.get(f"/{house.tag}")
    assert "水围村一坊1栋" in read(answer).text
    assert "/sign-in?next=" in answer.get_data(as_text=True)


def test_every_spelling_and_the_gs1_form_lead_to_the_same_page(citizen: FlaskClient) -> None:
    code = tag_of(LAMP)
    lower, shown = code.lower(), codes.show(code)
    for path in (code, lower, shown, f"{code}/", f"8004/6901234{code}", f"8004/6901234{lower}/"):
        assert "SW-L001" in read(citizen.get(f"/{path}")).text, path


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        ("issued", 200, "not been put up yet"),
        ("replaced", 200, "has been replaced"),
        ("lost", 410, "reported lost"),
        ("revoked", 410, "withdrawn"),
    ],
)
def test_what_is_wrong_with_a_tag_is_said_in_plain_words(
    citizen: FlaskClient, state: str, status: int, said: str
) -> None:
    Tag.update(state=state).where(Tag.code == tag_of(LAMP)).execute()
    answer = citizen.get(f"/{tag_of(LAMP)}")
    page = read(answer)
    assert (answer.status_code, said in page.text) == (status, True)
    assert ("路灯管理所" in page.text) == (state == "replaced")
    assert "Report a wrong tag" in page.text


def test_junk_has_a_page_and_asks_the_database_nothing(citizen: FlaskClient) -> None:
    code = tag_of(LAMP)
    typo = ("2" if code[0] == "1" else "1") + code[1:]
    with mock.patch.object(database.obj, "execute_sql", side_effect=AssertionError("asked")):
        for path, said in (
            (forged(), "not a tag of this city"),
            (typo, "typing error"),
            (code[:-1], "typing error"),
            (f"{code}A", "typing error"),
            (f"8004/69{code}", "typing error"),
            ("8004/wp-login.php", "typing error"),
        ):
            answer = citizen.get(f"/{path}")
            assert (answer.status_code, said in read(answer).text) == (404, True), path
    unknown = codes.mint(opened_house().tag_keys, lambda n: b"\2" * n)
    assert "No tag has this code" in read(citizen.get(f"/{unknown}")).text


@pytest.mark.parametrize(
    "path", ["/api", "/b", "/w", "/favicon.ico", "/wp-login.php", "/nowhere", "/.env"]
)
def test_what_cannot_be_a_code_is_no_page(citizen: FlaskClient, path: str) -> None:
    answer = citizen.get(path)
    assert answer.status_code == 404
    assert "There is no such page." in read(answer).text


def test_no_page_of_ours_can_be_taken_for_a_code(client: FlaskClient) -> None:
    converter = client.application.url_map.converters["code"](client.application.url_map)
    adapter = client.application.url_map.bind("")
    firsts = {str(rule).split("/")[1] for rule in client.application.url_map.iter_rules()}
    for first in firsts - {""}:
        if "<" not in first:
            assert not codes.is_well_formed(first), first
    assert converter.regex
    assert adapter.match(f"/{tag_of(LAMP)}")[0] == "code_pages.scanned"


def test_a_typed_code_leads_to_its_page(citizen: FlaskClient) -> None:
    answer = citizen.get("/c?code=7k3m 9qx2 dhv5")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/7k3m%209qx2%20dhv5")
    assert citizen.get("/c").headers["Location"] == "/"
    assert citizen.get("/c?code=//evil.example").headers["Location"].startswith("/%2F%2Fevil")


def test_a_report_tells_mei(citizen: FlaskClient) -> None:
    path = f"/{tag_of(LAMP)}"
    answer = citizen.post(f"{path}/report", data={"reason": "pasted-over"}, headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}?done=reported")
    assert "Thank you." in read(citizen.get(answer.headers["Location"])).text
    notice = Notice.select().order_by(Notice.id.desc()).first()
    assert (notice.role, json.loads(notice.facts)["reason"]) == ("building_manager", "pasted-over")


def test_junk_is_reported_by_the_code_it_shows(citizen: FlaskClient) -> None:
    for path in (f"/{forged()}?done=reported", f"/8004/6901234{forged()}"):
        page = read(citizen.get(path))
        assert page.all("form", action=f"/{forged()}/report")
    assert read(citizen.get("/7K3M9QX2DHV4")).all("form", action="/7K3M9QX2DHV4/report")
    assert not read(citizen.get("/8004/nonsense")).all("form", method="post", action="/report")
    sent = citizen.post(f"/{forged()}/report", data={"reason": "asks-for-money"}, headers=OURS)
    assert sent.status_code == 303


def test_a_report_comes_from_our_page_or_not_at_all(citizen: FlaskClient) -> None:
    other = {"Sec-Fetch-Site": "cross-site"}
    path = f"/{tag_of(LAMP)}/report"
    assert citizen.post(path, data={"reason": "damaged"}, headers=other).status_code == 403
    assert citizen.post(path, data={"reason": "boring"}, headers=OURS).status_code == 422


# --- A program ----------------------------------------------------------------------------


def test_a_program_gets_the_face(client: FlaskClient) -> None:
    client.environ_base.pop("HTTP_ACCEPT")
    answer = client.get(f"/{tag_of(LAMP)}", headers=JSON)
    face = answer.json
    assert (face["notice"], face["subject"]["code"]) == (None, LAMP)
    assert [one["code"] for one in face["facility"]["facts"]][:2] == ["side", "lamp"]
    assert client.post("/api/v1/scans", json={"code": tag_of(LAMP)}).json == face
    assert "Accept" in answer.headers["Vary"]
    junk = client.get(f"/{forged()}", headers=JSON)
    assert (junk.status_code, junk.json["notice"]) == (404, "forged")
    assert read(client.get(f"/{tag_of(LAMP)}", headers={"Accept": "*/*"}))


# --- A worker -----------------------------------------------------------------------------


@pytest.fixture
def lin(citizen: FlaskClient) -> FlaskClient:
    assert sign_in(citizen).status_code == 303
    return citizen


def posts(client: FlaskClient, path: str, **form: Any) -> Any:
    if path.endswith("/claim"):
        form.setdefault("photo", (io.BytesIO(PHOTO), "tag.png"))
    return client.post(path, data=form, headers=OURS | ENGLISH)


def a_fix(house: House) -> str:
    fix = fix_at(house.door)
    return json.dumps({**fix, "accuracy_m": 8})


def test_a_workers_scan_of_a_plate_opens_the_visit(lin: FlaskClient, house: House) -> None:
    answer = lin.get(f"/{codes.show(house.tag).lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/t/{house.tag}")


def test_lin_sees_more_of_a_lamp_and_reports_its_tag_gone(lin: FlaskClient, house: House) -> None:
    path = f"/{tag_of(LAMP)}"
    page = read(lin.get(path))
    assert "WGS-84" in page.text
    assert "I stand here and read it" in page.text
    noted = posts(lin, f"{path}/scan", fix=a_fix(house))
    assert noted.headers["Location"] == f"{path}?done=scan"
    assert Tag.get_by_id(tag_of(LAMP)).accepted_at is not None
    gone = posts(lin, f"{path}/loss", reason="lost")
    assert gone.headers["Location"] == f"{path}?done=loss"
    assert TagTask.select().count() == 1
    assert "reported lost" in read(lin.get(path)).text


def test_mei_is_led_to_the_building(citizen: FlaskClient, house: House) -> None:
    sign_in(citizen, "mei")
    page = read(citizen.get(f"/{house.tag}"))
    assert page.all("a", href=f"/b/{house.code}")


def test_lin_hangs_a_blank_at_a_lamp_and_takes_it_back(lin: FlaskClient, house: House) -> None:
    code = blank()
    assert "Put up a tag" in read(lin.get(f"/{code}")).text
    near = read(posts(lin, f"/{code}/near", fix=a_fix(house)))
    assert [one["value"] for one in near.all("input", name="choice")] == [f"facility:{LAMP}", "new"]
    hung = posts(lin, f"/{code}/claim", fix=a_fix(house), choice=f"facility:{LAMP}")
    assert hung.headers["Location"] == f"/{code}?done=claim"
    page = read(lin.get(hung.headers["Location"]))
    assert "SW-L001" in page.text
    picture = lin.get(page.all("img", loading="lazy")[0]["src"])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert "Take it back" in page.text
    assert posts(lin, f"/{code}/claim-undo").headers["Location"] == f"/{code}?done=undone"
    assert "Put up a tag" in read(lin.get(f"/{code}")).text


def test_lin_hangs_a_blank_at_a_lamp_nobody_had_recorded(lin: FlaskClient, house: House) -> None:
    code = blank()
    form = {"fix": a_fix(house), "choice": "new", "number": "found-1", "address": "巷口"}
    assert posts(lin, f"/{code}/claim", **form).status_code == 303
    made = facilities.find("FOUND-1")
    assert (made.kind, made.address, made.area_id) == ("streetlight", "巷口", house.area)


def test_lin_hangs_a_blank_at_a_room_by_its_number(lin: FlaskClient, house: House) -> None:
    code, plate = blank("room"), blank("building")
    near = read(posts(lin, f"/{code}/near", fix=a_fix(house)))
    assert near.all("input", name="choice", value=f"building:{house.code}")
    form = {"fix": a_fix(house), "choice": f"building:{house.code}"}
    assert posts(lin, f"/{code}/claim", room="no such", **form).status_code == 404
    assert posts(lin, f"/{code}/claim", room="301", **form).status_code == 303
    assert posts(lin, f"/{plate}/claim", **form).status_code == 303
    assert Tag.get_by_id(code).room_id is not None
    assert Tag.get_by_id(plate).room_id is None


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"choice": f"facility:{LAMP}"}, "Your position is missing"),
        ({"fix": "{}", "choice": f"facility:{LAMP}"}, "Your position is missing"),
        ({"choice": "", "here": True}, "Choose what the tag hangs at"),
        ({"choice": "facility:nothing", "here": True}, "There is no such facility"),
        ({"choice": f"facility:{COVER}", "here": True}, "not acceptable"),
        ({"choice": f"facility:{LAMP}", "here": True, "photo": ""}, "Take a photo"),
    ],
)
def test_what_a_claim_lacks_is_said_beside_the_form(
    lin: FlaskClient, house: House, form: dict[str, Any], said: str
) -> None:
    code = blank()
    if form.get("here"):
        form = {**form, "fix": a_fix(house)}
    answer = posts(lin, f"/{code}/claim", **form)
    page = read(answer)
    assert answer.status_code in (404, 422)
    assert said in page.text
    assert "Put up a tag" in page.text


def test_a_blank_hangs_once(lin: FlaskClient, house: House) -> None:
    code = blank()
    form = {"fix": a_fix(house), "choice": f"facility:{LAMP}"}
    assert posts(lin, f"/{code}/claim", **form).status_code == 303
    assert posts(lin, f"/{code}/claim", **form).status_code == 409
    assert Tag.get_by_id(code).photo is not None


def test_han_gets_the_citizens_page_of_a_blank(citizen: FlaskClient) -> None:
    sign_in(citizen, "han")
    assert "not been put up yet" in read(citizen.get(f"/{blank()}")).text
    refused = posts(citizen, f"/{tag_of(LAMP)}/loss", reason="lost")
    assert refused.status_code == 403


def test_a_lamp_out_of_use_says_so(citizen: FlaskClient) -> None:
    Facility.update(state="removed").where(Facility.number == LAMP).execute()
    assert "taken out of use" in read(citizen.get(f"/{tag_of(LAMP)}")).text
