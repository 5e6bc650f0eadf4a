"""Inspections over HTTP: sent once, answered by item, verified by whoever holds the paper."""

import io
import secrets
import threading
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient

from backend.actor import SYSTEM
from backend.db import database
from backend.models import Inspection
from backend.services import inspections
from mobile_api.walk import fix_at
from tests.api.matrix.places import snapshot
from tests.town import API, House, Worker


def photo(client: FlaskClient, who: Worker) -> str:
    head = {"Authorization": f"Bearer {who.token}"}
    form = {"photo": (io.BytesIO(snapshot() + secrets.token_bytes(8)), "x.jpg")}
    return str(client.post(f"{API}/photos", data=form, headers=head).json["id"])


def sheet(house: House, **but: Any) -> dict[str, Any]:
    asked = inspections.publishing.show("rental_building", None, by=SYSTEM)
    checks = [item["code"] for item in asked["items"] if item["type"] == "check"]
    return {
        "uuid": secrets.token_hex(16),
        "subject": f"building:{house.code}",
        "form": "rental_building",
        "version": asked["version"],
        "made_at": "2026-11-02T08:55:00+08:00",
        "fix": fix_at(house.door),
        "answers": {**dict.fromkeys(checks, "ok"), "rental_kind": "village", **but},
    }


def test_a_house_is_asked_for_inspected_and_shown(
    client: FlaskClient, an: Worker, du: Worker, han: Worker, house: House
) -> None:
    asked = an.asks("GET", f"/inspections/ask?subject=building:{house.code}").json
    assert (asked["form"]["code"], asked["form"]["version"]) == ("rental_building", 1)
    sent = sheet(house, wires={"result": "wrong", "photo": photo(client, an), "note": "三楼"})
    told = an.asks("POST", "/inspections", sent)
    assert told.status_code == 201
    assert told.json["grade"]["grade"] == "yellow"
    [hazard] = told.json["hazards"]
    assert hazard["state"] == "open"
    assert hazard["due"] == "2026-11-05"
    again = an.asks("POST", "/inspections", sent)
    assert again.status_code == 201
    assert again.json == {**told.json, "is_duplicate": True}
    seen = du.asks("GET", f"/inspections/{sent['uuid']}").json
    assert (
        next(one for one in seen["answers"] if one["code"] == "wires")["answer"]["note"] == "三楼"
    )
    assert han.asks("GET", f"/hazards/{hazard['id']}").json["code"] == "not-allowed"
    other = {**sent, "answers": {**sent["answers"], "wires": "ok"}}
    assert an.asks("POST", "/inspections", other).json["code"] == "inspection-reused"


def test_errors_are_named_by_answer(an: Worker, house: House) -> None:
    answer = an.asks("POST", "/inspections", sheet(house, wires="wrong", more="ok"))
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"answers.wires", "answers.more"}
    assert an.asks("POST", "/inspections", {**sheet(house), "answers": [1]}).status_code == 422
    unknown = an.asks("POST", "/inspections", {**sheet(house), "version": 9})
    assert (unknown.status_code, unknown.json["code"]) == (404, "form-unknown")


def test_fifty_parallel_sendings_are_one(client: FlaskClient, an: Worker, house: House) -> None:
    sent, told = sheet(house), []

    def send() -> None:
        answer = Worker(client.application.test_client(), "an")
        answer.token = an.token
        told.append(answer.asks("POST", "/inspections", sent).json["is_duplicate"])
        database.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == [False] + [True] * 49
    assert Inspection.select().count() == 1


@pytest.fixture
def notice(client: FlaskClient, an: Worker, house: House) -> str:
    sent = sheet(
        house,
        wires={"result": "wrong", "photo": photo(client, an)},
        gas={"result": "wrong", "photo": photo(client, an)},
        hygiene={"result": "wrong", "photo": photo(client, an), "after": photo(client, an)},
    )
    return str(an.asks("POST", "/inspections", sent).json["notice"])


def test_whoever_holds_the_paper_can_verify_it(client: FlaskClient, notice: str) -> None:
    told = client.get(f"{API}/owners-notices/{notice}").json
    assert [item["state"] for item in told["items"]] == ["open", "passed_on"]
    grouped = told["code"].lower()  # As it is printed, and typed by somebody in a hurry.
    assert client.get(f"{API}/owners-notices/{grouped}").json == told
    page = client.get(f"/n/{notice}").get_data(as_text=True)
    assert "本通知书真实有效" in page
    assert "私拉乱接电线" in page
    wrong = notice[:-1] + ("A" if notice[-1] != "A" else "B")
    assert client.get(f"{API}/owners-notices/{wrong}").status_code == 404
    assert client.get(f"/n/{wrong}").status_code == 404
    assert client.get(f"/n?code={grouped}").headers["Location"] == f"/n/{notice}"


def test_the_paper_says_what_is_wrong_and_leads_to_its_own_verification(
    client: FlaskClient, notice: str
) -> None:
    answer = client.get(f"/n/{notice}.pdf")
    assert answer.mimetype == "application/pdf"
    [page] = pypdfium2.PdfDocument(answer.data)
    words = page.get_textpage().get_text_range()
    for said in ("隐患整改通知书", "私拉乱接电线", "重大隐患", "2026-11-05", "验证码"):
        assert said in words
    [symbol] = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert symbol.text.endswith(f"/n/{inspections.notices.grouped(notice)}")
    assert client.get(f"/n/{notice}.pdf").data == answer.data, "the same paper every time"


def test_due_lists_are_ones_own_and_can_be_walked(an: Worker, du: Worker, house: House) -> None:
    inspections.enrol()
    told = an.asks("GET", "/inspections/due?limit=5").json
    assert len(told["items"]) == 5
    assert told["waiting"] > 5
    lat, lon = house.door
    near = an.asks("GET", f"/inspections/due?near={lat},{lon}&crs=wgs84").json["items"]
    assert near[0]["subject"]["lat"] == pytest.approx(lat, abs=1e-4)
    assert du.asks("GET", "/inspections/due").json["items"] == []


def test_a_task_goes_to_a_colleague_who_works_there(an: Worker, lin: Worker, house: House) -> None:
    inspections.enrol()
    task = an.asks("GET", "/inspections/due").json["items"][0]["id"]
    path = f"/patrol-tasks/{task}/holder"
    assert an.asks("PUT", path, {"to": "han"}).status_code == 422
    assert lin.asks("PUT", path, {"to": "lin"}).json["code"] == "not-your-area"
    assert an.asks("PUT", path, {"to": "lin"}).status_code == 200
    mine = lin.asks("GET", "/inspections/due").json["items"]
    assert task in [one["id"] for one in mine]
    assert [one["kind"] for one in lin.asks("GET", "/notices").json["items"]] == [
        "task-handed-over"
    ]
