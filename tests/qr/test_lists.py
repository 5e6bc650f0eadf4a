"""Run lists and archives: written, read back, printed again; a bad list names every line."""

import csv
import zipfile
from io import BytesIO, StringIO

import pytest

from qr import archive, codes, links, lists, sheets, verify
from qr.labels.layout import DoesNotFit, Piece
from qr.lists import BadList
from qr.verify import NotReleased

HOST = "q.example.cn"

# The ordinary day


def test_a_list_says_which_code_stands_where(pieces):
    order = sheets.order("room", HOST, "L7160", start=20)
    run = pieces(4)
    rows = list(csv.DictReader(StringIO(lists.written(order, run))))
    assert [(row["number"], row["page"], row["position"]) for row in rows] == [
        ("1", "1", "20"), ("2", "1", "21"), ("3", "2", "1"), ("4", "2", "2"),
    ]  # fmt: skip
    for row, piece in zip(rows, run, strict=True):
        assert row["code"] == piece.code
        assert row["shown"] == codes.show(piece.code)
        assert row["url"] == links.url(piece.code, HOST)
        assert (row["kind"], row["title"], row["place"]) == ("room", piece.title, piece.place)


def test_a_list_that_was_written_can_be_printed_again(pieces):
    order, run = sheets.order("building", HOST, "L7160"), pieces(30, graded=True)
    assert lists.read(lists.written(order, run)) == run


def test_a_list_from_a_spreadsheet_is_read(pieces):
    text = "\ufeffplace,CODE,code\r\n 水围 社区 ,x,7k3m 9qx2\r\n"
    code = pieces(1)[0].code
    text = text.replace("7k3m 9qx2", codes.show(code).lower())
    assert lists.read(text) == [Piece(code, "", "水围 社区")]


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_zip_holds_every_label_and_the_list(form, pieces):
    order, run = sheets.order("bin", HOST, dpi=300), pieces(12)
    heard = []
    data = archive.archive(order, run, form, heard.append)
    with zipfile.ZipFile(BytesIO(data)) as bundle:
        names = bundle.namelist()
        assert bundle.read("list.csv").decode() == lists.written(order, run)
    assert names == [archive.name(n, piece, form) for n, piece in enumerate(run, 1)] + ["list.csv"]
    assert names[:12] == sorted(names[:12])
    check = {"svg": verify.svgs, "png": verify.pngs}[form]
    assert check(archive.members(data, form), order, run) == (12, 12, 12)
    assert heard == list(range(12))
    assert data == archive.archive(order, run, form), "the same run is the same file"


# Who must not


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_cell_is_a_formula(formula, pieces):
    order = sheets.order("room", HOST, "L7160")
    run = [pieces(1)[0]._replace(title=formula, place=formula)]
    (row,) = csv.DictReader(StringIO(lists.written(order, run)))
    assert row["title"] == row["place"] == "'" + formula
    assert lists.read(lists.written(order, run)) == run


def test_a_drawing_of_another_code_is_not_released(pieces):
    order, run = sheets.order("manhole_cover", HOST), pieces(3)
    files = archive.members(archive.archive(order, run, "svg"), "svg")
    with pytest.raises(NotReleased) as refused:
        verify.svgs([files[0], files[2], files[1]], order, run)
    assert {failure.number for failure in refused.value.failures} == {2, 3}


# What is broken


def test_all_texts_too_long_for_a_plate_are_listed_before_the_first_is_drawn(pieces):
    order, run, heard = sheets.order("ebike", HOST), pieces(4), []
    long = [piece._replace(place="水" * 200) for piece in run]
    with pytest.raises(DoesNotFit, match="and 3 more"):
        archive.archive(order, long, "svg", heard.append)
    assert heard == []


def test_every_bad_line_is_named(pieces):
    one, two = (piece.code for piece in pieces(2))
    text = f"code,title\n{one},a\n{two[:-1]},b\n{one},c\nUUUUUUUUUUUU,d\n{two},e\n"
    with pytest.raises(
        BadList, match=r"Line 3, column code: A code has 12 .* And 2 more"
    ) as refused:
        lists.read(text)
    assert [(line, column) for line, column, _ in refused.value.errors] == [
        (3, "code"), (4, "code"), (5, "code"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "only nothing"),
        ("title,place\na,b\n", "only title, place"),
        ("code\n", "is empty"),
        ('code\n"unclosed', "no CSV"),
        ("code\n\0\n", "Character 1|no CSV"),
    ],
)
def test_what_is_no_list_is_said(text, reason):
    with pytest.raises(BadList, match=reason):
        lists.read(text)
