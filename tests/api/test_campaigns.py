"""Campaigns, late patrols and doubtful records over HTTP and on a supervisor's pages."""

import io
import re

import pytest
from flask.testing import FlaskClient

from backend.models import PatrolTask, SmallPlace
from backend.services import inspections
from backend.services.inspections import checking
from tests.api.test_inspections import photo, sheet
from tests.town import PASSWORD, Clock, House, Worker

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def opened_campaign(du: Worker, house: House) -> int:
    form = {
        "name": "出租屋三日行动",
        "area": "440304004028",
        "form": "rental_building",
        "until": "2026-11-04",
        "subjects": [f"building:{house.code}"],
    }
    answer = du.asks("POST", "/campaigns", form)
    assert answer.status_code == 201, answer.json
    return int(answer.json["id"])


def test_a_campaign_is_opened_walked_and_counted_over_http(
    client: FlaskClient, du: Worker, an: Worker, house: House, opened_campaign: int
) -> None:
    due = an.asks("GET", "/inspections/due").json["items"]
    assert [one["reason"] for one in due] == ["campaign"]
    fixed = {"result": "wrong", "photo": photo(client, an), "after": photo(client, an)}
    gas = {"result": "wrong", "photo": photo(client, an)}
    assert an.asks("POST", "/inspections", sheet(house, wires=fixed, gas=gas)).status_code == 201
    path = f"/campaigns/{opened_campaign}"
    told = du.asks("GET", path).json
    assert (told["done"], told["hazards"], told["fixed_on_spot"], told["dispatched"]) == (
        1,
        2,
        1,
        1,
    )
    for state, count in (("all", 2), ("fixed", 1), ("dispatched", 1), ("open", 0)):
        assert du.asks("GET", f"{path}/hazards?state={state}").json["total"] == count
    assert du.asks("GET", f"{path}/tasks?worker=an").json["total"] == 1
    assert an.asks("GET", path).status_code == 403


def test_a_list_with_errors_says_them_by_row(du: Worker, house: House) -> None:
    form = {"name": "x", "area": "440304004028", "form": "rental_building", "until": "2026-11-04"}
    wrong = [f"building:{house.code}", "P-NONE", "facility:SW-L001"]
    answer = du.asks("POST", "/campaigns", {**form, "subjects": wrong})
    assert (answer.status_code, answer.json["code"]) == (422, "subjects-wrong")
    assert sorted(answer.json["errors"]["subjects"]) == ["2", "3"]


def signed_in(client: FlaskClient, name: str) -> FlaskClient:
    form = {"account": name, "password": PASSWORD}
    assert client.post("/sign-in", data=form, headers=OURS).status_code == 303
    return client


FORM = {
    "name": "三小场所行动",
    "area": "440304004028",
    "form": "small_place",
    "since": "",
    "until": "2026-11-04",
    "things": "",
}


def test_on_the_page_a_file_is_read_and_its_errors_stand_by_row(
    client: FlaskClient, clock: Clock
) -> None:
    du = signed_in(client, "du")
    codes = [row.key for row in SmallPlace.select().limit(2)]
    text = "编码\n" + "\n".join([*codes, "P-NONE", codes[0]])
    file = (io.BytesIO(text.encode()), "list.csv")
    answer = du.post("/campaigns/new", data={**FORM, "file": file}, headers=OURS)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.findall(r"<tr><td>(\d+)</td><td>code</td>", html) == ["4", "5"]
    assert codes[0] in html, "the list is in the box, to be corrected there"
    right = {**FORM, "things": "\n".join(codes)}
    answer = du.post("/campaigns/new", data=right, headers=OURS)
    assert answer.status_code == 303
    html = du.get(answer.headers["Location"]).get_data(as_text=True)
    assert ">2</a>" in html


def test_on_the_page_a_share_goes_to_a_replacement(
    client: FlaskClient, du: Worker, opened_campaign: int
) -> None:
    page = f"/campaigns/{opened_campaign}"
    boss = signed_in(client, "du")
    assert "an (1)" in boss.get(page).get_data(as_text=True)
    form = {"from": "an", "to": "lin"}
    assert boss.post(f"{page}/shares", data=form, headers=OURS).status_code == 303
    assert "lin (1)" in boss.get(page).get_data(as_text=True)
    answer = boss.post(f"{page}/shares", data={"from": "lin", "to": "han"}, headers=OURS)
    assert answer.status_code == 422


def test_late_patrols_stand_on_the_board_with_their_lists(
    client: FlaskClient, du: Worker, clock: Clock
) -> None:
    inspections.enrol()
    clock.passes(days=40)
    du.signs_in()
    told = du.asks("GET", "/board/patrols").json
    assert told["late"] > 0
    assert du.asks("GET", "/board/patrols/tasks?limit=1").json["total"] == told["late"]
    boss = signed_in(client, "du")
    html = boss.get("/board").get_data(as_text=True)
    assert f'<a href="/board/patrols"><b>{told["late"]}</b>' in html
    links = re.findall(r'href="(/board/patrols\?[^"]+)">(\d+)</a>', html)
    assert links
    for link, number in links:
        shown = boss.get(link.replace("&amp;", "&")).get_data(as_text=True)
        assert f"{number} 项巡查" in shown, link
    assert "逾期巡查" not in boss.get("/board?channel=scan").get_data(as_text=True)


def test_a_record_is_verified_with_one_tap_and_the_supervisor_sees_it(
    client: FlaskClient, clock: Clock
) -> None:
    checking.check()
    an = signed_in(client, "an")
    html = an.get("/rounds").get_data(as_text=True)
    link = re.findall(r'href="(/rounds/tasks/\d+)"', html)[0]
    assert "三小场所没有有效的营业执照" in html
    assert an.post(link, data={"result": "", "note": ""}, headers=OURS).status_code == 422
    assert an.post(link, data={"result": "missing", "note": ""}, headers=OURS).status_code == 303
    assert "查无" in an.get(link).get_data(as_text=True)
    an.post("/sign-out", headers=OURS)
    du = signed_in(client, "du")
    html = du.get("/flaws").get_data(as_text=True)
    link = re.findall(r'href="(/flaws/list\?rule=place_unlicensed&amp;state=missing)">1<', html)[0]
    assert "查无" in du.get(link.replace("&amp;", "&")).get_data(as_text=True)


def test_tasks_are_handed_over_on_the_page(client: FlaskClient, clock: Clock) -> None:
    inspections.enrol()
    an = signed_in(client, "an")
    html = an.get("/rounds/hand-over").get_data(as_text=True)
    numbers = re.findall(r'name="task" value="(\d+)"', html)
    assert 'value="lin"' in html
    # Lin works in the first grid only: with a task of the second, none goes.
    answer = an.post("/rounds/hand-over", data={"to": "lin", "task": numbers}, headers=OURS)
    assert answer.status_code == 422
    first = [row.id for row in PatrolTask.select() if row.area_path.endswith("004028001")]
    mine = [number for number in numbers if int(number) in first]
    answer = an.post("/rounds/hand-over", data={"to": "lin", "task": mine}, headers=OURS)
    assert answer.status_code == 303
    html = an.get("/rounds/hand-over").get_data(as_text=True)
    numbers = re.findall(r'name="task" value="(\d+)"', html)
    assert numbers
    assert not set(numbers) & set(mine)
    answer = an.post("/rounds/hand-over", data={"to": "han", "task": numbers[:1]}, headers=OURS)
    assert answer.status_code == 422
    assert "请写一位在那里巡查的同事" in answer.get_data(as_text=True)
