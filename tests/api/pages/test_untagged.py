"""What bears no tag is reported by where it is; a clerk takes calls the same way."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.models import Case, Facility, Mention, Report
from backend.services import cases, problems
from tests.api.pages.reading import OURS, read, sign_in
from tests.town import House

LAMP, COVER = "SW-L001", "SW-C001"


@pytest.fixture
def citizen(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def at(number: str = LAMP) -> str:
    row = Facility.get(Facility.number == number)
    return json.dumps({"lat": row.lat, "lon": row.lon, "crs": "wgs84", "accuracy_m": 8})


def offered(answer: TestResponse) -> list[str]:
    return [str(one["value"]) for one in read(answer).all("input", name="thing")]


def tells(client: FlaskClient, *things: str, **form: Any) -> TestResponse:
    return client.post("/report", data={"thing": list(things), **form})


def test_what_stands_around_is_offered_and_nothing_is_taken_for_granted(
    citizen: FlaskClient, house: House
) -> None:
    answer = citizen.post("/report/near", data={"fix": at()})
    things = offered(answer)
    assert things[0] == f"facility:{LAMP}"
    assert f"building:{house.code}" in things
    assert things[-1] == "place"
    assert Case.select().count() == 0


@pytest.mark.parametrize(
    ("text", "thing"), [(LAMP.lower(), f"facility:{LAMP}"), ("水围村一坊1栋", "building:")]
)
def test_a_number_or_an_address_finds_it(citizen: FlaskClient, text: str, thing: str) -> None:
    found = offered(citizen.get("/report", query_string={"q": text}))
    assert any(one.startswith(thing) for one in found)


def test_a_code_leads_to_its_page_and_nonsense_to_a_place_in_words(citizen: FlaskClient) -> None:
    assert citizen.get("/report?q=7k3m-9qx2-dhv5").status_code in (200, 303)
    assert offered(citizen.get("/report?q=nowhere%20at%20all")) == ["place"]
    assert offered(citizen.get("/report")) == ["place"]


def test_several_lamps_are_told_of_at_once(citizen: FlaskClient) -> None:
    lamp = Facility.get(Facility.number == LAMP)
    Facility.create(**{**lamp.__data__, "id": None, "number": "SW-L999"})
    things = [f"facility:{LAMP}", "facility:SW-L999"]
    page = read(citizen.post("/report/what", data={"thing": things}))
    assert page.all("input", name="problem", value="dark")
    assert [one["value"] for one in page.all("input", name="thing")] == things
    answer = tells(citizen, *things, problem="dark")
    assert read(citizen.get(answer.headers["Location"])).text.count("It does not light") == 2
    assert Case.select().count() == 2


def test_a_lamp_and_a_cover_are_told_of_apart(citizen: FlaskClient) -> None:
    answer = citizen.post("/report/what", data={"thing": [f"facility:{LAMP}", f"facility:{COVER}"]})
    assert answer.status_code == 422
    assert "Choose things of one kind" in read(answer).text


def test_none_of_these_is_a_place_and_joins_nothing_by_itself(citizen: FlaskClient) -> None:
    for _ in range(2):
        assert tells(citizen, "place", fix=at(), problem="rubbish").status_code == 303
    assert [case.reports for case in Case.select()] == [1, 1]
    nowhere = tells(citizen, "place", problem="rubbish")
    assert (nowhere.status_code, "Say where it is." in read(nowhere).text) == (422, True)


def test_who_sees_that_it_is_the_same_says_so(citizen: FlaskClient) -> None:
    tells(citizen, "place", fix=at(), problem="rubbish")
    case = Case.get()
    assert not any(one.startswith("case:") for one in offered(near(citizen)))  # Not looked at yet.
    Case.update(state="filed").execute()
    same = f"case:{cases.number_of(case)}"
    assert same in offered(near(citizen))
    page = read(citizen.post("/report/what", data={"thing": same, "fix": at()}))
    assert [one["value"] for one in page.all("input", name="problem")] == ["rubbish"]
    assert tells(citizen, same, problem="rubbish").status_code == 303
    assert Case.get().reports == 2
    assert Mention.select().where(Mention.joined).count() == 1
    Case.update(state="closed").execute()
    assert tells(citizen, same, problem="rubbish").status_code == 303
    assert Case.select().count() == 2


def near(client: FlaskClient) -> TestResponse:
    return client.post("/report/near", data={"fix": at()})


@pytest.mark.parametrize(
    "thing", ["facility:nothing", "building:x", "case:20260101-7", "facility:\x00", "case:"]
)
def test_what_is_not_there_is_not_reported(citizen: FlaskClient, thing: str) -> None:
    assert tells(citizen, thing, problem="dark").status_code in (404, 422)
    assert Report.select().count() == 0


@pytest.mark.parametrize("fix", ["", "{}", "[]", '{"lat": 91, "lon": 0}', '{"lat": "x"}', "{" * 99])
def test_no_position_is_said_and_an_address_asked_for(citizen: FlaskClient, fix: str) -> None:
    page = read(citizen.post("/report/near", data={"fix": fix}))
    assert "Your position is missing." in page.text


def test_a_forgotten_problem_keeps_what_was_chosen(citizen: FlaskClient) -> None:
    answer = tells(citizen, f"facility:{LAMP}", words="by the gate")
    page = read(answer)
    assert answer.status_code == 422
    assert page.all("input", name="thing", value=f"facility:{LAMP}")
    assert "by the gate" in page.text


# --- Calls --------------------------------------------------------------------------------


def test_tao_takes_a_call_and_reads_the_number_out(citizen: FlaskClient) -> None:
    sign_in(citizen, "tao")
    assert read(citizen.get("/")).all("a", href="/hotline")
    assert f"facility:{LAMP}" in offered(citizen.get(f"/hotline?q={LAMP}"))
    form = {"thing": f"facility:{LAMP}"}
    page = read(citizen.post("/hotline/what", data=form, headers=OURS))
    assert "The caller's phone" in page.text
    told = {**form, "problem": "leans", "phone": "13800001111", "words": "leans badly"}
    answer = citizen.post("/hotline", data=told, headers=OURS)
    (case,) = Case.select()
    assert answer.headers["Location"] == f"/hotline?done={cases.number_of(case)}"
    assert cases.number_of(case) in read(citizen.get(answer.headers["Location"])).text
    assert (case.channel, case.state, Report.get().channel) == ("hotline", "filed", "hotline")


def test_calls_are_taken_by_those_who_may(citizen: FlaskClient) -> None:
    assert citizen.get("/hotline").headers["Location"].startswith("/sign-in")
    sign_in(citizen, "han")
    assert citizen.get("/hotline").status_code == 403
    told = {"thing": f"facility:{LAMP}", "problem": "leans"}
    assert citizen.post("/hotline", data=told, headers=OURS).status_code == 403
    sign_in(citizen, "tao")
    other = {"Sec-Fetch-Site": "cross-site"}
    assert citizen.post("/hotline", data=told, headers=other).status_code in (401, 403)
    assert Case.select().count() == 0


# --- Every problem ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [problems.STREET, problems.BUILDING, "streetlight", "bin"])
def test_every_problem_can_be_told_with_nothing_typed(
    citizen: FlaskClient, house: House, kind: str
) -> None:
    facility = Facility.get_or_none(Facility.kind == kind)
    thing = {problems.STREET: "place", problems.BUILDING: f"building:{house.code}"}.get(kind)
    thing = thing or f"facility:{facility.number}"
    for problem in problems.subject(kind).problems:
        if problem.code != "message":
            answer = tells(citizen, thing, fix=at(), problem=problem.code)
            assert answer.status_code == 303, problem.code


def test_lin_tells_of_the_building_she_stands_at(citizen: FlaskClient, house: House) -> None:
    sign_in(citizen)
    page = read(citizen.get(f"/b/{house.code}"))
    assert page.all("form", action="/report/what")
    (thing,) = page.all("input", name="thing")
    told = {"thing": thing["value"], "problem": "exit_blocked"}
    assert citizen.post("/report", data=told, headers=OURS).status_code == 303
    assert (Report.get().channel, Case.get().thing) == ("worker", house.code)
