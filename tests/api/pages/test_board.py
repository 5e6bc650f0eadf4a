"""The board in a browser: every number leads to a list that is as long, and files hold the same."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from backend.house import House
from backend.models import Case, Unit
from backend.services import figures, past
from mobile_api import charts, tables
from mobile_api.charts import Bar, Pair
from mobile_api.tables import Cell, Table
from tests.api.pages.reading import ENGLISH, read, sign_in
from tests.town import Clock


@pytest.fixture
def du(opened: House, clock: Clock, client: FlaskClient) -> FlaskClient:
    past.fill_demo(80, 40)
    figures.keep()
    sign_in(client, "du")
    return client


def page_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


class Links(HTMLParser):
    """Every link of a page with its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.href: str | None = None
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.href, self.text = dict(attrs).get("href"), ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.href:
            self.found.append((self.href, " ".join(self.text.split())))


@pytest.mark.parametrize("path", ["/board", "/board?by=channel", "/board/report/2026-10"])
def test_every_number_leads_to_a_list_that_is_as_long(du: FlaskClient, path: str) -> None:
    links = [one for one in Links(page_of(du, path)).found if one[0].startswith("/board/cases")]
    assert len(links) > 25
    for href, text in links:
        listed = re.search(r"([0-9]+) cases", page_of(du, href))
        assert listed, href
        assert listed[1] == text.split()[0], href


def test_the_list_leads_to_the_case_and_back(du: FlaskClient) -> None:
    unit = Case.select().where(Case.unit.is_null(False)).order_by(Case.id.desc()).first().unit
    page = Links(page_of(du, f"/board/cases?count=received&unit={unit}"))
    number = next(href for href, _ in page.found if href.startswith("/desk/"))
    assert f"/board?unit={unit}" in {href for href, _ in page.found}
    assert page_of(du, number)


def test_files_hold_what_the_page_shows(du: FlaskClient) -> None:
    page = page_of(du, "/board?by=class")
    shown = [
        " ".join(text.split()) for text in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", page, re.S)
    ]
    shown = [re.sub(r"<[^>]+>", "", text).strip() for text in shown]
    answer = du.get("/board?by=class&format=csv", headers=ENGLISH)
    assert answer.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    cells = [cell for line in lines if len(line) > 1 for cell in line]
    assert cells == [text.replace("&#39;", "'").replace("&amp;", "&") for text in shown]
    book = load_workbook(io.BytesIO(du.get("/board?by=class&format=xlsx").get_data()))
    assert len(book.sheetnames) == 8
    cells_of = [cell for sheet in book for row in sheet.iter_rows(min_row=2) for cell in row]
    assert any(one.number_format == "0.0%" for one in cells_of)
    assert du.get("/board?format=pdf").status_code == 422


def test_a_name_is_no_formula_in_a_spreadsheet(du: FlaskClient) -> None:
    Unit.update(name="=HYPERLINK('x')").execute()
    text = du.get("/board?format=csv").get_data(as_text=True)
    assert "'=HYPERLINK" in text
    assert not re.search(r"(^|,)\"?=", text, re.M)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_shown_instead(text: str) -> None:
    table = Table("t", text, [text], [[Cell(text)]])
    answer = tables.as_csv("x", [table]).get_data().decode("utf-8-sig")
    assert {line[0] for line in csv.reader(io.StringIO(answer, newline=""))} == {f"'{text}"}
    assert text.startswith(tables.FORMULAS)


def test_the_reader_is_told_when_the_keeper_sleeps(du: FlaskClient, clock: Clock) -> None:
    assert "The figures are behind" not in page_of(du, "/board")
    clock.passes(seconds=61)
    assert "The figures are behind" in page_of(du, "/board")


def test_nobody_else_sees_it(du: FlaskClient) -> None:
    for who, status in (("lin", 403), ("wu", 403), ("fen", 200), ("shen", 200)):
        sign_in(du, who)
        assert du.get("/board").status_code == status
    assert "/board" not in {href for href, _ in Links(page_of(sign(du, "lin"), "/")).found}
    assert "/board" in {href for href, _ in Links(page_of(sign(du, "du"), "/")).found}


def sign(client: FlaskClient, who: str) -> FlaskClient:
    sign_in(client, who)
    return client


def test_an_empty_board_says_so_and_divides_by_nothing(
    opened: House, clock: Clock, client: FlaskClient
) -> None:
    assert not Case.select().exists()
    sign_in(client, "du")
    page = page_of(client, "/board")
    assert "0.0%" not in page
    assert tables.NOTHING in page
    assert "Nothing." in page_of(client, "/board/report/2026-11")


def test_nonsense_is_refused_in_words(du: FlaskClient) -> None:
    for path in (
        "/board?class=x", "/board?since=soon", "/board/cases?count=x", "/board/report/x",
        "/board/cases?skip=-1", "/board?by=moon",
    ):  # fmt: skip
        assert du.get(path, headers=ENGLISH).status_code == 422, path
    assert du.get("/board?unit=NOBODY").status_code == 404


# --- Charts --------------------------------------------------------------------------------


def test_a_chart_says_what_it_shows_and_stays_small(du: FlaskClient) -> None:
    page = page_of(du, "/board?period=last-month")
    drawings = re.findall(r"<svg class=\"chart\".*?</svg>", page, re.S)
    assert drawings
    for drawing in drawings:
        assert len(drawing.encode()) <= 10_000
        assert "<title>" in drawing
        assert "<desc>" in drawing
        assert 'role="img"' in drawing
    assert read(du.get("/board")).all("table")


def test_the_longest_charts_stay_small_too() -> None:
    columns = [Pair(f"11-{n:02}", n, 45 - n) for n in range(45)]
    assert len(charts.pairs("six weeks", ("a", "b"), columns).encode()) <= 10_000
    rows = [Bar(f"福田区某某街道某某单位{n}", 1 / (n + 1), str(n)) for n in range(300)]
    drawing = charts.bars("units", rows)
    assert len(drawing.encode()) <= 10_000
    assert drawing.count("<rect") == charts.MOST_BARS


def test_a_name_in_a_chart_is_text() -> None:
    drawing = charts.bars("<b>", [Bar("<script>", 1, "&")])
    assert "<script>" not in drawing
    assert "&lt;script&gt;" in drawing
    assert "&lt;b&gt;" in drawing
