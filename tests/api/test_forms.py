"""A city's forms over HTTP: brought as workbooks, taken out as workbooks and XForms."""

import io
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from tests.services.workbooks import book, questions
from tests.town import API, Worker

SETTINGS = {"form_title": "电梯表", "form_id": "lift"}
SURVEY = [
    {
        "type": "integer",
        "name": "floors",
        "label": "楼层",
        "required": "yes",
        "constraint": ". > 0",
    },
    {"type": "text", "name": "maker", "label": "厂家", "relevant": "${floors} > 6"},
]


def brings(worker: Worker, content: bytes, **query: str) -> Any:
    return worker.client.post(
        f"{API}/form-imports",
        query_string=query,
        data={"file": (io.BytesIO(content), "lift.xlsx")},
        headers={"Authorization": f"Bearer {worker.token}"},
    )


def test_a_workbook_is_brought_first_dry_then_for_good_and_taken_out_again(
    worker: Callable[[str], Worker], lin: Worker
) -> None:
    root = worker("guan")
    content = book(SURVEY, settings=SETTINGS)
    dry = brings(root, content, subject="building", dry_run="true")
    assert (dry.status_code, dry.json["rows"], dry.json["errors"]) == (200, 2, 0)
    assert lin.asks("GET", "/forms/lift").status_code == 404
    assert brings(root, content, subject="building").json["added"] == 1
    asked = lin.asks("GET", "/forms/lift").json
    assert [one["relevant"] for one in asked["items"]] == [None, "${floors} > 6"]
    taken = lin.asks("GET", "/forms/lift/workbook?version=1")
    assert taken.headers["Content-Disposition"] == 'attachment; filename="lift.xlsx"'
    assert brings(root, taken.data).json["unchanged"] == 1
    xform = lin.asks("GET", "/forms/lift/xform")
    assert xform.mimetype == "application/xml"
    assert list(questions(xform.data)) == ["floors", "maker"]
    assert lin.asks("GET", "/forms/lift/xform?version=2").status_code == 404


def test_what_is_asked_everywhere_is_published_by_who_answers_for_the_city(
    worker: Callable[[str], Worker], client: FlaskClient
) -> None:
    guan = worker("guan")
    district = [{"role": "administrator", "area": "440304"}]
    person = {"name": "bao", "full_name": "bao", "password": "long enough", "area": "440304"}
    assert guan.asks("POST", "/accounts", {**person, "roles": district}).status_code == 201
    bao = Worker(client, "bao").signs_in("long enough")
    form = {
        "code": "lift",
        "subject": "building",
        "zh": "电梯",
        "items": [{"code": "a", "zh": "甲"}],
    }
    assert bao.asks("POST", "/forms", form).json["code"] == "not-your-area"
    assert brings(bao, book(SURVEY, settings=SETTINGS)).json["code"] == "not-your-area"
    assert guan.asks("POST", "/forms", form).status_code == 201


def test_a_bad_workbook_is_refused_by_row_and_who_may_not_is_too(
    worker: Callable[[str], Worker], lin: Worker
) -> None:
    root = worker("guan")
    bad = book([*SURVEY, {"type": "geopoint", "name": "at", "label": "位置"}], settings=SETTINGS)
    refused = brings(root, bad, subject="building")
    assert (refused.status_code, refused.json["code"]) == (422, "import-failed")
    assert [(one["row"], one["column"]) for one in refused.json["listed"]] == [(4, "survey: type")]
    assert lin.asks("GET", "/forms/lift").status_code == 404
    assert brings(lin, book(SURVEY, settings=SETTINGS)).json["code"] == "not-allowed"
    assert lin.client.get(f"{API}/forms/lift/workbook").status_code == 401
