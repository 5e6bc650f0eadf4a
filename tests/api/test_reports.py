"""Reports over HTTP: a stranger tells, follows, rates; a clerk writes down; keys and floods."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.db import database
from backend.models import Case, Mention, OnceAnswer, Photo, Report
from backend.services import cases
from tests.api.matrix.places import snapshot
from tests.services.solver import solve
from tests.services.telling import BIN, LAMP, closes, tag_of
from tests.town import API, Clock, House, Worker

KEY = {"Idempotency-Key": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}


def tells(client: FlaskClient, head: dict[str, str] | None = None, **form: Any) -> TestResponse:
    """A stranger's report, of the lamp unless it says otherwise."""
    said = {"things": [{"tag": tag_of(LAMP)}], "problem": "dark", **form}
    return client.post(f"{API}/reports", json=said, headers=head or {})


# --- A stranger's evening -----------------------------------------------------------------


def test_a_lamp_is_told_followed_put_right_and_rated(client: FlaskClient) -> None:
    ticket = client.post(f"{API}/report-tickets", json={"tag": tag_of(LAMP)}).json["ticket"]
    told = tells(client, ticket=ticket, words="整晚不亮", phone="16012345678")
    assert told.status_code == 201
    assert told.json["link"].endswith(f"/r/{told.json['token']}")
    [case] = told.json["cases"]
    followed = client.get(f"{API}/reports/{told.json['token']}").json
    assert [step["action"] for step in followed["cases"][0]["steps"]] == ["receive", "file"]
    assert followed["channel"] == "scan"
    closes(case["number"])
    rating = {"case": case["number"], "solved": False, "stars": 1, "again": True}
    rated = client.post(f"{API}/reports/{told.json['token']}/rating", json=rating)
    assert (rated.status_code, rated.json["cases"][0]["round"]) == (200, 2)
    public = client.get(f"{API}/cases/{case['number']}").json
    assert (public["state"], public["reports"]) == ("filed", 1)


def test_what_may_be_wrong_is_listed(client: FlaskClient) -> None:
    kinds = {one["kind"]: one["problems"] for one in client.get(f"{API}/problems").json["items"]}
    assert {"streetlight", "building", "street"} <= kinds.keys()
    assert "dark" in {problem["code"] for problem in kinds["streetlight"]}


def test_nobody_reads_of_the_reporter_in_a_case(client: FlaskClient) -> None:
    told = tells(client, words="金丝雀", phone="16099942000", name="金某", email="a@example.org")
    for path in (f"/cases/{told.json['cases'][0]['number']}", f"/reports/{told.json['token']}"):
        said = client.get(API + path).get_data(as_text=True)
        for word in ("金丝雀", "16099942000", "金某", "a@example.org"):
            assert word not in said


def test_a_photo_sent_before_is_the_report_s_own(client: FlaskClient) -> None:
    form = {"photo": (BytesIO(snapshot()), "x.jpg")}
    photo = client.post(f"{API}/report-photos", data=form).json["id"]
    things = [{"tag": tag_of(LAMP)}, {"building": "4403040040280100001"}]
    told = tells(client, things=things, problem="bare_wire", photos=[photo])
    assert told.status_code == 201
    numbers = [cases.find(one["number"]).id for one in told.json["cases"]]
    assert sorted(row.case_id for row in Photo.select()) == sorted(numbers)
    again = tells(client, problem="rust", photos=[photo])
    assert (again.status_code, again.json["code"]) == (404, "not-found")
    assert Report.select().count() == 1, "a report whose photo is not there is not half kept"


def test_photos_from_one_address_come_to_an_end(client: FlaskClient) -> None:
    def sends() -> int:
        form = {"photo": (BytesIO(snapshot()), "x.jpg")}
        return client.post(f"{API}/report-photos", data=form).status_code

    assert Counter(sends() for _ in range(65)) == {201: 60, 429: 5}
    assert Photo.select().count() == 60


# --- Staff --------------------------------------------------------------------------------


def test_lin_s_report_is_a_worker_s(client: FlaskClient, lin: Worker) -> None:
    said = {"things": [{"facility": LAMP}], "problem": "dark"}
    told = lin.asks("POST", "/reports", said)
    assert told.status_code == 201
    assert Report.get().channel == "worker"
    hotline = lin.asks("POST", "/reports", {**said, "channel": "hotline"})
    assert hotline.json["cases"][0]["joined"]


def test_a_token_that_counts_no_longer_makes_no_stranger(client: FlaskClient, lin: Worker) -> None:
    lin.token = lin.token[:-2]
    refused = lin.asks("POST", "/reports", {"things": [{"facility": LAMP}], "problem": "dark"})
    assert refused.status_code == 401
    assert Report.select().count() == 0


def test_staff_pass_the_gate(client: FlaskClient, lin: Worker) -> None:
    said = {"things": [{"facility": LAMP}], "problem": "dark"}
    tokens = [lin.asks("POST", "/reports", said).json["token"] for _ in range(6)]
    assert None not in tokens


# --- What cannot be -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"things": []}, 422, "invalid"),
        ({"things": [{}]}, 422, "invalid"),
        ({"things": [{"tag": "7K3M9QX2DHV6"}]}, 404, "tag-unknown"),
        ({"things": [{"facility": "SW-L998"}]}, 404, "not-found"),
        ({"things": [{"place": {"lat": 22.5, "lon": 114.0}}]}, 422, "datum-missing"),
        ({"things": [{"place": {}}]}, 422, "invalid"),
        ({"problem": "broken-heart"}, 422, "invalid"),
        ({"words": "x" * 4_001}, 422, "invalid"),
        ({"phone": "call me"}, 422, "invalid"),
        ({"photos": ["0" * 32]}, 404, "not-found"),
        ({"channel": "open311"}, 422, "invalid"),
        ({"state": "closed"}, 422, "invalid"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_kept(
    client: FlaskClient, change: dict[str, Any], status: int, code: str
) -> None:
    refused = tells(client, **change)
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert Report.select().count() == Case.select().count() == Mention.select().count() == 0


@pytest.mark.parametrize("token", ["x", "A" * 22, "../../etc", "A" * 300])
def test_a_token_of_nothing_leads_nowhere(client: FlaskClient, token: str) -> None:
    assert client.get(f"{API}/reports/{token}").status_code == 404


@pytest.mark.parametrize("number", ["1", "20261102-1", "20261102-999999999", "20261102-01", "x"])
def test_a_case_of_another_day_is_none(client: FlaskClient, number: str, clock: Clock) -> None:
    clock.passes(days=1)
    tells(client)
    assert client.get(f"{API}/cases/{number}").status_code == 404
    assert client.get(f"{API}/cases/20261103-1").status_code == 200


# --- Twice --------------------------------------------------------------------------------


def test_a_report_sent_twice_is_one(client: FlaskClient) -> None:
    first, again = (tells(client, KEY) for _ in range(2))
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Report.select().count() == 1


def test_a_stranger_s_key_is_too_long_to_be_guessed(client: FlaskClient, lin: Worker) -> None:
    short = {"Idempotency-Key": "1"}
    refused = tells(client, short)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["Idempotency-Key"])
    said = {"things": [{"facility": LAMP}], "problem": "dark"}
    assert lin.asks("POST", "/reports", said, headers=short).status_code == 201


def test_who_knows_the_key_but_not_the_words_gets_nothing(client: FlaskClient) -> None:
    token = tells(client, KEY, words="整晚不亮").json["token"]
    guessed = tells(client, KEY)
    assert (guessed.status_code, guessed.json["code"]) == (422, "idempotency-key-reused")
    assert token not in guessed.get_data(as_text=True)


def test_a_worker_s_key_is_no_stranger_s(client: FlaskClient, lin: Worker) -> None:
    said = {"things": [{"facility": LAMP}], "problem": "dark"}
    mine = lin.asks("POST", "/reports", said, headers=KEY)
    theirs = client.post(f"{API}/reports", json=said, headers=KEY)
    assert theirs.json["token"] != mine.json["token"]


def rounds(app: Flask, count: int) -> Counter[int]:
    """So many keys, each by 32 threads at once: status -> how often."""
    number, together = tag_of(LAMP), threading.Barrier(32)

    def sends(client: FlaskClient, key: int) -> int:
        said = {"things": [{"tag": number}], "problem": "dark", "words": str(key)}
        head = {"Idempotency-Key": f"one-key-of-many-{key}"}
        # Each round from an address of its own: the gate is not what is tried here.
        here = {"REMOTE_ADDR": f"10.{key // 250}.{key % 250}.1"}
        together.wait(60)
        answer = client.post(f"{API}/reports", json=said, headers=head, environ_overrides=here)
        return answer.status_code

    def sends_all(_: int) -> Counter[int]:
        try:
            return Counter(sends(app.test_client(), key) for key in range(count))
        finally:
            database.close()

    with ThreadPoolExecutor(32) as threads:
        return sum(threads.map(sends_all, range(32)), Counter())


def once_each(app: Flask, count: int) -> None:
    found = rounds(app, count)
    assert set(found) <= {201, 409}
    kept = Report.select().count()
    [case] = Case.select()
    assert OnceAnswer.select().count() == count
    assert case.reports == count, "each key was one more who says so, kept or counted"
    assert Mention.select().count() == kept


def test_twenty_keys_by_32_threads_are_twenty_reports(app: Flask, clock: Clock) -> None:
    once_each(app, 20)


@pytest.mark.proof
def test_a_thousand_keys_by_32_threads_are_a_thousand_reports(app: Flask, clock: Clock) -> None:
    once_each(app, 1_000)


# --- A crowd ------------------------------------------------------------------------------


def test_fifty_strangers_at_one_lamp_are_one_case(app: Flask, clock: Clock) -> None:
    number = tag_of(LAMP)

    def sends() -> tuple[int, str]:
        said = {"things": [{"tag": number}], "problem": "dark"}
        answer = app.test_client().post(f"{API}/reports", json=said)
        return answer.status_code, answer.json["cases"][0]["number"]

    def sends_five(_: int) -> list[tuple[int, str]]:
        try:
            return [sends() for _ in range(5)]
        finally:
            database.close()

    with ThreadPoolExecutor(10) as threads:
        said = [one for five in threads.map(sends_five, range(10)) for one in five]
    assert Counter(status for status, _ in said) == {201: 50}
    assert len({number for _, number in said}) == 1
    assert (Case.get().reports, Case.select().count()) == (50, 1)
    assert Report.select().count() == 3, "exact, whoever comes at the same moment"


def test_a_phone_that_can_work_is_asked_to(client: FlaskClient) -> None:
    for _ in range(3):
        tells(client)
    needed = tells(client, can_work=True)
    assert (needed.status_code, needed.json["code"]) == (429, "work-needed")
    assert needed.headers["Retry-After"] == "1"
    told = tells(client, can_work=True, work=solve(needed.json["challenge"]))
    assert told.status_code == 201
    assert told.json["token"]


def test_a_forged_forwarding_header_changes_nothing(client: FlaskClient) -> None:
    for number in range(70):
        head = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
        things = [{"place": {"address": "福民路 12 号"}}]
        status = tells(client, head, things=things, problem="light").status_code
        assert status == (201 if number < 20 else 429)


def test_another_thing_is_heard_in_a_crowd(client: FlaskClient, house: House) -> None:
    for _ in range(80):
        tells(client)
    told = tells(client, things=[{"tag": tag_of(BIN)}], problem="full")
    assert told.status_code == 201
    assert told.json["token"]
