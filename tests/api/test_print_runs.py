"""Print runs as a program orders them."""

import csv
import io
import zipfile

import pypdfium2
import pytest
import zxingcpp

from tests.town import House, Worker, houses

SHUIWEI = "440304004028"


def ordered(mei: Worker, **form: object) -> str:
    answer = mei.asks("POST", "/print-runs", {"kind": "bin", **form})
    assert answer.status_code == 201, answer.json
    return str(answer.json["number"])


@pytest.fixture
def number(mei: Worker) -> str:
    """Three plates, released."""
    things = [{"code": house.code, "grade": "green"} for house in houses()[:3]]
    made = ordered(mei, kind="building", things=things)
    assert mei.asks("POST", f"/print-runs/{made}/release").json["state"] == "released"
    return made


def test_the_whole_way(mei: Worker, number: str) -> None:
    run = f"/print-runs/{number}"
    pieces = mei.asks("GET", f"{run}/pieces?limit=2").json
    assert [one["piece"] for one in pieces["items"]] == [1, 2]
    rest = mei.asks("GET", f"{run}/pieces?limit=2&cursor={pieces['next']}").json
    assert ([one["piece"] for one in rest["items"]], rest["next"]) == ([3], None)
    assert mei.asks("POST", f"{run}/printing").json["state"] == "printed"
    spoiled = mei.asks("POST", f"{run}/spoiled", {"pieces": [2]}).json
    assert (spoiled["tags"], spoiled["to_reorder"]) == ({"printed": 2, "revoked": 1}, 1)
    again = mei.asks("POST", f"{run}/replacements")
    assert (again.status_code, again.json["replaces"]) == (201, number)
    assert again.headers["Location"] == f"/api/v1/print-runs/{again.json['number']}"
    issued = mei.asks("POST", f"{run}/issue", {"area": f"{SHUIWEI}001"}).json
    assert issued["issued_to"]["code"] == f"{SHUIWEI}001"
    listed = mei.asks("GET", "/print-runs?state=issued").json["items"]
    assert [one["number"] for one in listed] == [number]
    page = mei.asks("GET", "/print-runs?limit=1").json
    following = mei.asks("GET", f"/print-runs?limit=1&cursor={page['next']}").json
    assert [page["items"][0]["number"], following["items"][0]["number"]] == [
        again.json["number"],
        number,
    ]


FILES = {
    "sheet.pdf": "application/pdf",
    "labels.zpl": "text/plain",
    "svg.zip": "application/zip",
    "png.zip": "application/zip",
    "list.csv": "text/csv",
}


@pytest.mark.wide
@pytest.mark.parametrize("what", FILES)
def test_files_have_their_type_and_their_name(mei: Worker, number: str, what: str) -> None:
    answer = mei.asks("GET", f"/print-runs/{number}/{what}")
    assert (answer.status_code, answer.mimetype) == (200, FILES[what])
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}-{what}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_files_agree_with_the_list(mei: Worker, number: str) -> None:
    text = mei.asks("GET", f"/print-runs/{number}/list.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["grade"] for row in rows] == ["green"] * 3
    document = pypdfium2.PdfDocument(mei.asks("GET", f"/print-runs/{number}/sheet.pdf").data)
    seen = [one.text for page in document
            for one in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]  # fmt: skip
    document.close()
    assert sorted(seen) == sorted(row["url"] for row in rows)
    names = zipfile.ZipFile(
        io.BytesIO(mei.asks("GET", f"/print-runs/{number}/svg.zip?first=2&last=3").data)
    ).namelist()
    shown = [f"{row['number']:>06}-{row['shown']}.svg" for row in rows[1:]]
    assert names == [*shown, "list.csv"]


def test_a_test_page_for_every_form(mei: Worker) -> None:
    for form in mei.asks("GET", "/print-choices").json["forms"]:
        answer = mei.asks("GET", f"/print-forms/{form['form']}/ruler.pdf?across_mm=99.2")
        assert answer.data.startswith(b"%PDF")
    assert mei.asks("GET", "/print-forms/A5/ruler.pdf").status_code == 422


def test_what_is_wrong_with_a_list_is_filed_under_its_place(mei: Worker, house: House) -> None:
    things = [{"code": house.code}, {"code": "4403040040280109999"}, {"code": house.code}]
    answer = mei.asks("POST", "/print-runs", {"kind": "building", "things": things})
    assert (answer.status_code, answer.json["code"]) == (422, "list-wrong")
    assert answer.json["errors"]["things"].keys() == {"1", "2"}
    too_many = mei.asks("POST", "/print-runs", {"kind": "bin", "count": 2_101})
    assert (too_many.status_code, too_many.json["errors"].keys()) == (422, {"count"})


def test_the_same_key_orders_once(mei: Worker) -> None:
    key = {"Idempotency-Key": "a box of bins"}
    first, again = (
        mei.asks("POST", "/print-runs", {"kind": "bin", "count": 5}, headers=key) for _ in range(2)
    )
    assert first.json == again.json
    assert len(mei.asks("GET", "/print-runs").json["items"]) == 1


def test_nothing_is_drawn_before_its_release(mei: Worker) -> None:
    number = ordered(mei, count=1)
    for what in FILES:
        answer = mei.asks("GET", f"/print-runs/{number}/{what}")
        assert (answer.status_code, answer.json["code"]) == (409, "run-not-ready")
