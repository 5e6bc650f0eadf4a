"""Mei prints tags from her browser, with and without a script."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.models import Run, Tag
from tests.api.pages.reading import ENGLISH, OURS, read, sign_in
from tests.town import House, houses

SHUIWEI = "440304004028"


@pytest.fixture
def mei(client: FlaskClient) -> FlaskClient:
    assert sign_in(client, "mei").status_code == 303
    return client


def form_of(mei: FlaskClient, **fields: Any) -> dict[str, Any]:
    """The order form as it is opened, filled in."""
    opened = read(mei.get("/print/new", headers=ENGLISH))
    (once,) = opened.all("input", name="once")
    return {"once": once["value"], "kind": "bin", "area": SHUIWEI, **fields}


def sends(mei: FlaskClient, path: str, form: dict[str, Any] | None = None) -> TestResponse:
    return mei.post(path, data=form or {}, headers=OURS | ENGLISH)


def ordered(mei: FlaskClient, **fields: Any) -> str:
    answer = sends(mei, "/print/new", form_of(mei, **fields))
    assert answer.status_code == 303, read(answer).text
    return str(answer.headers["Location"]).rpartition("/")[2]


# --- An ordinary day -----------------------------------------------------------------------


def test_mei_orders_releases_prints_and_hands_out(mei: FlaskClient) -> None:
    front = read(mei.get("/", headers=ENGLISH))
    assert front.all("a", href="/print/new")
    number = ordered(mei, kind="building", things="\n".join(one.code for one in houses()[:3]))
    page = f"/print/{number}"
    assert "ordered" in read(mei.get(page, headers=ENGLISH)).text
    for step, state in (("release", "released"), ("printing", "printed"), ("issue", "handed out")):
        answer = sends(mei, f"{page}/{step}", {"area": SHUIWEI} if step == "issue" else None)
        assert (answer.status_code, answer.headers["Location"]) == (303, page)
        assert state in read(mei.get(page, headers=ENGLISH)).text
    assert number in read(mei.get("/print", headers=ENGLISH)).text
    assert {tag.state for tag in Tag.select().where(Tag.run_id == int(number[6:]))} == {"bound"}


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("sheet.pdf", "application/pdf"),
        ("labels.zpl", "text/plain"),
        ("svg.zip", "application/zip"),
        ("png.zip", "application/zip"),
        ("list.csv", "text/csv"),
    ],
)
def test_every_file_is_saved_under_its_name(mei: FlaskClient, what: str, kind: str) -> None:
    number = ordered(mei, count="3")
    sends(mei, f"/print/{number}/release")
    answer = mei.get(f"/print/{number}/files/{what}?first=2&last=&start=&right_mm=")
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}-2-3-{what}"'


def test_the_same_form_sent_twice_is_one_run_and_a_changed_one_another(mei: FlaskClient) -> None:
    form = form_of(mei, count="2")
    first, again = (sends(mei, "/print/new", dict(form)) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    changed = sends(mei, "/print/new", form | {"count": "3"})
    assert changed.headers["Location"] != first.headers["Location"]
    assert Run.select().count() == 2


def test_spoiled_pieces_are_declared_and_ordered_anew(mei: FlaskClient) -> None:
    number = ordered(mei, count="9")
    page = f"/print/{number}"
    sends(mei, f"{page}/release")
    assert sends(mei, f"{page}/spoiled", {"pieces": "2, 4 - 6；9"}).status_code == 303
    gone = Tag.select().where(Tag.end_reason == "spoiled").order_by(Tag.piece)
    assert [tag.piece for tag in gone] == [2, 4, 5, 6, 9]
    assert "5 spoiled pieces wait" in read(mei.get(page, headers=ENGLISH)).text
    anew = sends(mei, f"{page}/replacements").headers["Location"]
    assert number in read(mei.get(anew, headers=ENGLISH)).text
    for nonsense in ("x", "0", "10", "3-1", "1-99999999", "-"):
        answer = sends(mei, f"{page}/spoiled", {"pieces": nonsense})
        assert answer.status_code == 422, nonsense
        assert read(answer).all("input", id="pieces")


def test_all_without_a_tag_are_picked_with_one_tick(mei: FlaskClient, house: House) -> None:
    Tag.update(state="lost").where(Tag.code == house.tag).execute()
    number = ordered(mei, kind="building", untagged="1")
    pieces = mei.get(f"/api/v1/print-runs/{number}/pieces").json["items"]
    assert [one["thing"] for one in pieces] == [house.code]
    nothing = sends(mei, "/print/new", form_of(mei, kind="building", untagged="1"))
    assert nothing.status_code == 422
    assert read(nothing).all("a", href="#untagged")
    both = sends(mei, "/print/new", form_of(mei, kind="building", untagged="1", count="2"))
    assert both.status_code == 422


# --- The preview ---------------------------------------------------------------------------


def test_without_a_script_a_button_shows_the_preview(mei: FlaskClient, house: House) -> None:
    form = form_of(mei, kind="building", things=house.code, grade="red")
    answer = sends(mei, "/print/preview", form)
    assert answer.status_code == 200
    page = read(answer)
    pictures = [one["src"] for one in page.all("img") if str(one["src"]).startswith("/print/")]
    assert len(pictures) == 2
    for source, kind in zip(pictures, ("image/svg+xml", "image/png"), strict=True):
        picture = mei.get(str(source))
        assert (picture.status_code, picture.mimetype) == (200, kind)
    drawing = mei.get(str(pictures[0])).get_data(as_text=True)
    assert "#C8102E" in drawing  # The red ground.
    assert house.code in page.text
    assert Run.select().count() == 0
    assert "script" not in drawing


def test_with_a_script_only_the_preview_comes(mei: FlaskClient) -> None:
    form = form_of(mei, count="30")
    piece = sends(mei, "/print/preview?piece=1", form).get_data(as_text=True)
    assert "<html" not in piece
    assert "/print/label.svg?" in piece
    wrong = sends(mei, "/print/preview?piece=1", form | {"count": "9999"})
    assert wrong.status_code == 200
    assert "2100" in wrong.get_data(as_text=True)


def test_no_preview_shows_a_code_of_this_city(mei: FlaskClient, house: House) -> None:
    from backend.house import house as opened
    from qr import codes

    drawing = mei.get("/print/label.svg?kind=bin&count=1").get_data(as_text=True)
    shown = re.findall(r"<title>([\w-]+)</title>", drawing)[0]
    with pytest.raises(codes.Forged):
        codes.read(shown, opened().tag_keys)


# --- Lists ---------------------------------------------------------------------------------


def book(*rows: tuple[Any, ...]) -> bytes:
    made, file = openpyxl.Workbook(), BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(file)
    return file.getvalue()


def lists() -> dict[str, bytes]:
    one, two = houses()[0].code, houses()[1].code
    return {
        "plain": f"{one}\n\n  {two}  \n".encode(),
        "csv": f"code,grade\r\n{one},red\r\n{two},\r\n".encode("utf-8-sig"),
        "chinese": f"楼栋编码;安全等级\n{one};禁止\n{two};\n".encode("gb18030"),
        "excel's text": f"code\tgrade\n{one}\tred\n{two}\t\n".encode("utf-16"),
        "xlsx": book(("grade", "code"), ("red", one), (None, two)),
        "without heading": f"{one},red\n{two}\n".encode(),
    }


@pytest.mark.parametrize(
    "kind", ["plain", "csv", "chinese", "excel's text", "xlsx", "without heading"]
)
def test_a_list_is_read_as_people_have_it(mei: FlaskClient, kind: str) -> None:
    form = form_of(mei, kind="building", file=(BytesIO(lists()[kind]), "list"))
    answer = sends(mei, "/print/new", form)
    assert answer.status_code == 303, read(answer).text
    number = answer.headers["Location"].rpartition("/")[2]
    pieces = mei.get(f"/api/v1/print-runs/{number}/pieces").json["items"]
    assert [one["thing"] for one in pieces] == [houses()[0].code, houses()[1].code]
    if kind != "plain":
        assert [one["grade"] for one in pieces] == ["red", ""]


GOOD = houses()[0].code
BAD = {
    "unknown columns": (b"bid,owner\nA,B\n", "code"),
    "a column too many": (f"{GOOD},red,x\n".encode(), "code"),
    "no code": (b"grade\n", "code"),
    "twice": (f"{GOOD}\n{GOOD}\n".encode(), "2code"),
    "not there": (f"{GOOD}\n4403040040280109999\n".encode(), "2code"),
    "a room": (f"{GOOD}000001\n".encode(), "1code"),
    "grade": (f"{GOOD},purple\n".encode(), "1grade"),
    "missing": (f"code,grade\n{GOOD},red\n,red\n".encode(), "3code"),
    "rounded": (b"code\n4.40304E+18\n", "2code"),
    "empty": (b"\n \n", "1code"),
    "heading alone": (b"code\n", "1code"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "1code"),
    "half a workbook": (b"PK\x03\x04 and no more", "1code"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_list_is_refused_by_row_and_column(mei: FlaskClient, kind: str) -> None:
    before = Tag.select().count()
    data, told = BAD[kind]
    form = form_of(mei, kind="building", file=(BytesIO(data), "list.csv"))
    answer = sends(mei, "/print/new", form)
    assert answer.status_code == 422
    page = read(answer)
    assert page.all("a", href="#things")
    assert page.all("textarea", id="things")[0]["aria-invalid"] == "true"
    assert told in page.text[page.text.index("What is wrong") :]
    assert (Run.select().count(), Tag.select().count()) == (0, before)


def test_everything_that_is_wrong_is_told_at_once(mei: FlaskClient, far_house: House) -> None:
    rows = [GOOD, "nonsense1", GOOD, "4403040040280109999,purple"]
    answer = sends(mei, "/print/new", form_of(mei, kind="building", things="\n".join(rows)))
    text = read(answer).text
    assert "4 errors in the list" in text
    for value in ("NONSENSE1", GOOD, "4403040040280109999", "purple"):
        assert value in text


def test_a_hundred_thousand_rows_are_refused_in_clear_words(mei: FlaskClient) -> None:
    many = "\n".join(f"44030400402801{number:05}" for number in range(100_000))
    body = urlencode(form_of(mei, kind="building", things=many)).encode()
    kind = "application/x-www-form-urlencoded"
    answer = mei.post("/print/new", data=body, content_type=kind, headers=OURS | ENGLISH)
    assert answer.status_code == 422
    assert "100000 pieces" in read(answer).text.replace(",", "")
    far_too_much = b"1" * 5_000_000
    answer = mei.post("/print/new", data=far_too_much, content_type=kind, headers=OURS | ENGLISH)
    assert answer.status_code == 413
    assert Run.select().count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", "many"), ("count", "0"), ("count", "-1"), ("count", "1e3"), ("kind", "lamp"),
        ("form", "A5"), ("start", "999"), ("dpi", "9"), ("right_mm", "99"), ("across_mm", "50"),
        ("company", "x"), ("symbols", "9x9"), ("symbols", "x"), ("area", "9"), ("grade", "red"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_field(mei: FlaskClient, field: str, value: str) -> None:
    answer = sends(mei, "/print/new", form_of(mei, **{"count": "1", field: value}))
    assert answer.status_code == 422
    page = read(answer)
    assert page.all("a", href=f"#{field}")
    assert page.all("select" if field in SELECTS else "input", id=field)[0]["aria-invalid"]
    assert Run.select().count() == 0


SELECTS = {"kind", "area", "form", "symbols", "grade"}


# --- Who must not, and what is strange -----------------------------------------------------


@pytest.mark.parametrize("name", ["lin", "han", "du", "shen"])
def test_who_prints_no_tags_finds_no_page(client: FlaskClient, name: str) -> None:
    sign_in(client, name)
    assert "/print" not in client.get("/", headers=ENGLISH).get_data(as_text=True)
    for path in ("/print", "/print/new", "/print/ruler", "/print/R2026-00001",
                 "/print/label.svg?kind=bin", "/print/page.png?kind=bin",
                 "/print/ruler.pdf?form=A4"):  # fmt: skip
        assert client.get(path).status_code in (403, 404), path
    assert sends(client, "/print/new", {"kind": "bin", "count": "1"}).status_code == 403


def test_another_site_cannot_order(mei: FlaskClient) -> None:
    form = form_of(mei, count="1")
    number = ordered(mei, count="1")
    for path in ("/print/new", f"/print/{number}/release", f"/print/{number}/cancellation"):
        answer = mei.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code in (401, 403)
    assert [run.state for run in Run.select()] == ["ordered"]


def test_strangers_are_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/print/new")
    assert (answer.status_code, answer.headers["Location"][:8]) == (303, "/sign-in")


NASTY = ["\x00", "\ud800", "%s", "{{7*7}}", "<script>alert(1)</script>", "' OR 1=1 --",
         "a" * 3_000, "\r\nX: y", "🏢", "../../etc/passwd", "nan", "1e999", "-0", "٣"]  # fmt: skip


@pytest.mark.wide
@pytest.mark.parametrize("nasty", NASTY)
def test_nonsense_breaks_nothing(mei: FlaskClient, nasty: str) -> None:
    value = nasty.encode("utf-8", "surrogatepass")
    number = ordered(mei, count="1")
    sends(mei, f"/print/{number}/release")
    names = ("kind", "area", "count", "things", "form", "symbols", "grade", "start", "right_mm",
             "across_mm", "company", "once", "dpi")  # fmt: skip
    for name in names:
        for path in ("/print/new", "/print/preview", "/print/preview?piece=1"):
            answer = sends(mei, path, form_of(mei, count="1") | {name: value})
            assert answer.status_code < 500, (name, path)
            assert "<script>alert" not in answer.get_data(as_text=True)
    query = dict.fromkeys(("kind", "start", "of_title", "first"), value)
    for path in ("/print/label.svg", "/print/page.png", "/print/ruler.pdf", "/print/new", "/print"):
        assert mei.get(path, query_string=query | {"before": value}).status_code < 500
    assert mei.get("/print/label.svg", query_string={"kind": "bin", "of_title": value})
    for path in (f"/print/{number}/files/sheet.pdf", f"/print/{number}/files/list.csv"):
        assert mei.get(path, query_string={"first": value, "start": value}).status_code < 500
    last = nasty.encode("utf-8", "replace").decode()
    assert mei.get("/print/" + last).status_code < 500
    assert sends(mei, f"/print/{number}/" + last).status_code < 500
