"""An e-bike on its owner's phone: the pages, without any script."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.models import Bike, Case, Photo
from backend.services import bikes
from mobile_api.pages import bikes as bike_pages
from tests import riders
from tests.api.pages.reading import OURS, read, sign_in
from tests.api.pages.test_reports import photo

PHONE = "13800000001"


@pytest.fixture
def owner(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def proves(owner: FlaskClient, aim: str, phone: str = PHONE, **more: str) -> TestResponse:
    """Ask for a code, read it on the phone, type it."""
    asked = owner.post("/bikes/phone", data={"aim": aim, "phone": phone, **more})
    assert asked.status_code == 200
    typed = {"aim": aim, "phone": phone, "code": riders.sent_code(), **more}
    return owner.post("/bikes/proof", data=typed)


def fills(owner: FlaskClient, page: TestResponse, serial: int = 1, **more: object) -> TestResponse:
    found = {one["name"]: one["value"] for one in read(page).all("input", type="hidden")}
    carried = {name: found[name] for name in ("phone", "proof", "once") if name in found}
    form = riders.form(serial)
    said = {name: form[name] for name in ("name", "id_number", "brand", "colour", "frame", "area")}
    sent = {**said, **carried, **more}
    return owner.post("/bikes", data=sent, content_type="multipart/form-data")


def token_in(answer: TestResponse) -> str:
    return re.search(r"/bikes/([\w-]{22})", answer.headers["Location"])[1]


def test_a_bike_is_registered_by_phone_code_and_form(owner):
    answer = fills(owner, proves(owner, "new"), photo=photo())
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("?done=registered")
    mine = owner.get(answer.headers["Location"]).text
    assert "何小燕" in mine
    assert "This is your bike&#39;s code" in mine
    assert Photo.get(Photo.bike_id.is_null(False)).purpose == "bike"


def test_sent_twice_it_is_one_bike(owner):
    page = proves(owner, "new")
    first, second = fills(owner, page), fills(owner, page)
    assert first.headers["Location"] == second.headers["Location"]
    assert Bike.select().count() == 1


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(owner):
    page = fills(owner, proves(owner, "new"), frame="x", colour="", photo=photo())
    assert page.status_code == 422
    assert "This is not a frame number" in page.text
    assert "Choose a colour." in page.text
    assert 'value="何小燕"' in page.text
    kept = re.search(r'name="kept" value="([0-9a-f]{32})"', page.text)
    assert kept
    again = fills(owner, page, kept=kept[1])
    assert again.status_code == 303
    assert Photo.get_by_id(kept[1]).bike_id is not None


def test_a_wrong_code_says_so_and_can_be_typed_again(owner):
    owner.post("/bikes/phone", data={"aim": "new", "phone": PHONE})
    code = riders.sent_code()
    wrong = "000000" if code != "000000" else "111111"
    page = owner.post("/bikes/proof", data={"aim": "new", "phone": PHONE, "code": wrong})
    assert page.status_code == 422
    assert "This is not the code that was sent" in page.text
    right = owner.post("/bikes/proof", data={"aim": "new", "phone": PHONE, "code": code})
    assert 'id="frame"' in right.text


def test_no_phone_no_form(owner):
    page = owner.post("/bikes/phone", data={"aim": "new", "phone": "12"})
    assert page.status_code == 422
    assert "This is not a phone number." in page.text
    stale = fills(owner, proves(owner, "new"), proof="made-up")
    assert stale.status_code == 403
    assert "Prove this phone first" in stale.text


def test_the_plate_is_drawn_as_picture_and_as_page(owner):
    answer = fills(owner, proves(owner, "new"))
    token = token_in(answer)
    svg, png, pdf = (owner.get(f"/bikes/{token}/plate.{form}") for form in ("svg", "png", "pdf"))
    assert svg.mimetype == "image/svg+xml"
    assert png.data.startswith(b"\x89PNG")
    assert pdf.data.startswith(b"%PDF")
    assert owner.get(f"/bikes/{token}/plate.exe").status_code == 404
    assert owner.get(f"/bikes/{'A' * 22}/plate.svg").status_code == 404


def test_a_theft_takes_one_tap_and_the_scan_says_so(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    answer = owner.post(f"/bikes/{token}", data={"action": "cry-theft"})
    assert answer.headers["Location"].endswith("?done=cry-theft")
    code = bikes.show(token)["code"]
    scanned = owner.get(f"/{code}").text
    assert "reported stolen" in scanned
    for secret in ("何小燕", PHONE, riders.form(1)["id_number"], riders.form(1)["frame"]):
        assert secret not in scanned
    owner.post(f"/bikes/{token}", data={"action": "find"})
    assert "reported stolen" not in owner.get(f"/{code}").text


def test_an_alarm_that_a_phone_had_kept_is_answered_to_its_script(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    said = {"action": "cry-theft", "made_at": "2026-11-21T01:00:00Z"}
    for _ in range(2):
        answer = owner.post(f"/bikes/{token}", data=said, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json["link"]) == (
            201,
            f"/bikes/{token}?done=cry-theft",
        )


def test_a_bike_is_offered_and_taken(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    offer = owner.post(f"/bikes/{token}", data={"action": "offer", "phone": "13900000002"})
    page = owner.get(offer.headers["Location"]).text
    link = re.search(r"/bike-offers/([\w-]{22})", page)[1]
    assert "何小燕" not in owner.get(f"/bike-offers/{link}").text
    form = proves(owner, "offer", "13900000002", link=link)
    proof = read(form).all("input", name="proof")[0]["value"]
    person = {"name": "李四", "id_number": riders.id_number(2), "phone": "13900000002"}
    sent = {**person, "proof": proof, "link": link, "answer": "yes"}
    taken = owner.post(f"/bike-offers/{link}", data=sent)
    assert "李四" in owner.get(taken.headers["Location"]).text
    before = owner.get(f"/bikes/{token}").text
    assert "You have given this bike away" in before
    assert "李四" not in before


def test_an_offer_can_be_turned_down(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    offer = owner.post(f"/bikes/{token}", data={"action": "offer", "phone": "13900000002"})
    link = re.search(r"link=([\w-]{22})", offer.headers["Location"])[1]
    assert owner.post(f"/bike-offers/{link}", data={"answer": "no"}).status_code == 303
    assert owner.get(f"/bike-offers/{link}").status_code == 404


def test_data_is_deleted_only_by_who_is_sure(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    unsure = owner.post(f"/bikes/{token}", data={"action": "withdraw"})
    assert unsure.status_code == 422
    assert "Say that you are sure." in unsure.text
    sure = owner.post(f"/bikes/{token}", data={"action": "withdraw", "sure": "yes"})
    assert sure.headers["Location"] == "/bikes?done=withdraw"
    assert owner.get(f"/bikes/{token}").status_code == 404


def test_who_was_turned_away_reads_why_and_asks_for_a_person(owner):
    answer = fills(owner, proves(owner, "new"), area="440305")
    token = token_in(answer)
    page = owner.get(f"/bikes/{token}").text
    assert "E-bikes kept there are not registered here." in page
    owner.post(f"/bikes/{token}", data={"action": "ask-review", "words": "I live in Futian"})
    assert "A person looks at it" in owner.get(f"/bikes/{token}").text


def test_another_phone_is_proved_before_it_is_written_down(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    changed = proves(owner, "phone", "13900000009", link=token)
    assert changed.headers["Location"].endswith("?done=correct")
    assert bikes.show(token)["owner"]["phone"] == "139****0009"


def test_lost_links_are_found_by_phone(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    assert f'href="/bikes/{token}"' in proves(owner, "mine").text
    assert "No bike is registered" in proves(owner, "mine", "13900000009").text


def test_what_nobody_typed_is_refused(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    assert owner.post(f"/bikes/{token}", data={"action": "explode"}).status_code == 422
    assert owner.post("/bikes/phone", data={"aim": "x", "phone": PHONE}).status_code == 422
    assert owner.get("/bikes/short").status_code == 404


# --- Somebody scans it; an officer asks ---------------------------------------------------


def a_stolen(owner: FlaskClient) -> tuple[str, str]:
    token = token_in(fills(owner, proves(owner, "new")))
    owner.post(f"/bikes/{token}", data={"action": "cry-theft"})
    return token, bikes.show(token)["code"]


def test_every_scan_of_a_stolen_bike_is_on_its_owners_page(owner):
    token, code = a_stolen(owner)
    page = owner.get(f"/{code}", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert "Thank you: your scan helps its owner." in page.text
    assert "without a position" in owner.get(f"/bikes/{token}").text
    fix = '{"lat": 22.5245, "lon": 114.0584, "crs": "wgs84", "accuracy_m": 12, "age_ms": 0, '
    fix += '"provider": "gps", "is_mock": false}'
    told = owner.post(
        f"/{code}/seen",
        data={"fix": fix, "photo": photo()},
        content_type="multipart/form-data",
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert told.headers["Location"].endswith("?done=seen")
    [seen] = bikes.show(token)["sightings"]
    assert (seen["lat"], seen["lon"]) == (22.5245, 114.0584)
    assert seen["photo"] is not None
    assert "22.5245" in owner.get(f"/bikes/{token}").text
    assert "22.5245" not in owner.get(f"/{code}").text
    link = f"/bikes/{token}/seen/{seen['photo']}.jpg"
    assert f'href="{link}"' in owner.get(f"/bikes/{token}").text
    assert owner.get(link).mimetype == "image/jpeg"


def test_a_photo_of_a_sighting_is_for_its_owner_and_officers(owner, app, clock):
    token, code = a_stolen(owner)
    form = {"photo": photo()}
    owner.post(f"/{code}/seen", data=form, content_type="multipart/form-data")
    [seen] = bikes.show(token)["sightings"]
    other = token_in(fills(owner, proves(owner, "new", "13900000003"), 3, frame="123422300000003"))
    assert owner.get(f"/bikes/{other}/seen/{seen['photo']}.jpg").status_code == 404
    assert owner.get(f"/p/{seen['photo']}.jpg").status_code == 404
    statuses = {}
    for account in ("zhao", "lin", "wu"):
        staff = app.test_client()
        sign_in(staff, account)
        statuses[account] = staff.get(f"/bikes/desk/seen/{seen['photo']}.jpg").status_code
    assert statuses == {"zhao": 200, "lin": 403, "wu": 404}


# --- In the way ---------------------------------------------------------------------------


def test_a_bike_in_the_way_is_told_of_by_its_plate(owner):
    token = token_in(fills(owner, proves(owner, "new")))
    code = bikes.show(token)["code"]
    face = read(owner.get(f"/{code}"))
    [thing] = face.all("input", name="thing")
    assert thing["value"] == f"bike:{code}"
    nowhere = owner.post("/report/what", data={"thing": f"bike:{code}"})
    assert nowhere.status_code == 422
    assert f'value="bike:{code}"' in nowhere.text, "the plate need not be scanned again"
    page = owner.post("/report/what", data={"thing": f"bike:{code}", "place": "水围一街 3 号"})
    form = read(page)
    chosen = [one["value"] for one in form.all("input", name="problem") if "checked" in one]
    assert chosen == ["parking"]
    hidden = {one["name"]: one["value"] for one in form.all("input", type="hidden")}
    answer = owner.post("/report", data={**hidden, "problem": "parking"})
    assert answer.status_code == 303
    case = Case.select().order_by(Case.id.desc()).first()
    assert (case.bike_id, case.address, case.channel) == (Bike.get().id, "水围一街 3 号", "scan")
    assert code not in owner.get(answer.headers["Location"]).text


def test_what_is_no_bike_is_not_told_of_as_one(owner):
    for code in ("000000000000", "x", "7K3M-NOT-OURS"):
        answer = owner.post("/report/what", data={"thing": f"bike:{code}", "place": "here"})
        assert answer.status_code == 404


def test_figures_come_with_what_they_mean_and_under_which_licence(owner, opened, monkeypatch):
    page = owner.get("/bikes/statistics").text
    assert "the city has not named one yet" in page
    assert "Fewer than 5 bikes are told of nowhere" in page
    named = replace(opened.settings, OPEN_DATA_LICENCE="https://example.cn/open")
    monkeypatch.setattr(bike_pages, "house", lambda: replace(opened, settings=named))
    assert 'href="https://example.cn/open"' in owner.get("/bikes/statistics").text
    file = owner.get("/api/v1/bike-statistics.csv")
    assert 'rel="describedby"' in file.headers["Link"]
    assert file.text.startswith("month,level,area,name,registered,stolen,found,scrapped\n")


# --- A company ----------------------------------------------------------------------------


def test_a_companys_people_say_that_one_of_theirs_was_stolen(owner, app, clock):
    token = token_in(fills(owner, proves(owner, "new")))
    Bike.update(operator="SW-SQ").execute()
    code = bikes.show(token)["code"]
    wu = app.test_client()
    wu.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(wu, "wu")
    assert 'href="/bikes/desk/fleet"' in wu.get("/").text
    page = wu.get(f"/bikes/desk/fleet?q={code}").text
    number = re.search(r"/bikes/desk/fleet/(\d+)", page)[1]
    said = {"action": "cry-theft", "words": "in front of the market"}
    answer = wu.post(f"/bikes/desk/fleet/{number}", data=said, headers=OURS)
    assert answer.headers["Location"] == "/bikes/desk/fleet?done=cry-theft"
    assert "We have it again" in wu.get("/bikes/desk/fleet").text
    again = wu.post(f"/bikes/desk/fleet/{number}", data={"action": "scrap"}, headers=OURS)
    assert again.status_code == 409
    assert wu.get("/bikes/desk/fleet?q=%25%25").status_code == 422
    assert "何小燕" not in page


def test_who_looks_after_the_streets_is_told_in_words(owner, app, clock):
    _, code = a_stolen(owner)
    owner.get(f"/{code}", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    zhao = app.test_client()
    zhao.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(zhao, "zhao")
    front = zhao.get("/").text
    assert f"Stolen: 雅迪, blue, plate {code}." in front
    assert "A stolen bike was scanned: 雅迪, blue" in front
    assert 'href="/bikes/desk"' in front


def test_a_position_that_cannot_be_read_costs_nobody_the_sighting(owner):
    token, code = a_stolen(owner)
    assert owner.post(f"/{code}/seen", data={"fix": "{"}).status_code == 303
    assert len(bikes.show(token)["sightings"]) == 1


def test_an_officer_on_duty_learns_whose_it_is_and_the_owner_reads_that(owner, app, clock):
    token, code = a_stolen(owner)
    officer = app.test_client()
    officer.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(officer, "zhao")
    asked = {"code": code, "case_number": "A2026-17", "reason": "theft"}
    off_duty = officer.post("/bikes/desk/look-up", data=asked, headers=OURS)
    assert off_duty.status_code == 403
    assert "Begin your shift first" in off_duty.text
    officer.post("/bikes/desk/shift", data={"duty": "on"}, headers=OURS)
    nameless = officer.post("/bikes/desk/look-up", data={**asked, "case_number": ""}, headers=OURS)
    assert nameless.status_code == 422
    assert "何小燕" not in nameless.text
    told = officer.post("/bikes/desk/look-up", data=asked, headers=OURS)
    assert "何小燕" in told.text
    assert told.headers["Cache-Control"] == "no-store"
    mine = owner.get(f"/bikes/{token}").text
    assert "A2026-17" in mine
    searched = {"colour": "blue", "brand": "雅迪", "case_number": "A2026-17", "reason": "theft"}
    found = officer.post("/bikes/desk/search", data=searched, headers=OURS)
    assert code in found.text
    assert "何小燕" not in found.text


def test_an_officer_decides_what_a_machine_did_not(owner, app, clock):
    token = token_in(fills(owner, proves(owner, "new"), frame="123412300000017"))
    officer = app.test_client()
    officer.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(officer, "zhao")
    page = officer.get("/bikes/desk")
    assert "By its frame number this is no e-bike." in page.text
    number = re.search(r"/bikes/desk/reviews/(\d+)", page.text)[1]
    mute = officer.post(f"/bikes/desk/reviews/{number}", data={"outcome": "reject"}, headers=OURS)
    assert mute.status_code == 422
    officer.post(f"/bikes/desk/reviews/{number}", data={"outcome": "approve"}, headers=OURS)
    assert bikes.show(token)["state"] == "registered"
