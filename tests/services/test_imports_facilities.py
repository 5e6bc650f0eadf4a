"""Inventories of other people: three shapes of file, their columns mapped, all or nothing."""

import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from backend.actor import Actor
from backend.models import Facility, TrailLine
from backend.rules.permits import Grant
from backend.services import facilities
from backend.services.imports import workbooks
from backend.services.imports.files import Unreadable

SHUIWEI = "440304004028"
CITY = "4403"
GUAN = Actor(7, "guan", "管", (Grant("administrator", CITY),), roles=("administrator",))
MEI = Actor(
    8,
    "mei",
    "梅",
    (Grant("building_manager", f"{CITY}/440304/440304004/{SHUIWEI}"),),
    roles=("building_manager",),
)
HEADER = ("number", "lat", "lon", "power_w")
ROWS = [("L1", 22.5245, 114.0583, 60), ("L2", 22.5246, 114.0584, 90.5)]
LAMPS = {"of_kind": "streetlight", "crs": "wgs84", "area": SHUIWEI}


def csv_of(rows: Any, header: Any = HEADER) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in (header, *rows))


def xlsx_of(rows: Any, header: Any = HEADER) -> bytes:
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def geojson_of(rows: Any) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"number": number, "power_w": power},
                    "geometry": {"type": "Point", "coordinates": [lon, lat]},
                }
                for number, lat, lon, power in rows
            ],
        }
    )


def registered() -> list[tuple[str, float, float, Any]]:
    rows = Facility.select().order_by(Facility.id)
    return [(r.number, r.lat, r.lon, json.loads(r.facts).get("power_w")) for r in rows]


def said(report: Any) -> list[tuple[Any, Any, str]]:
    return [(one.row, one.column, one.message) for one in report.listed]


# --- The ordinary day ---------------------------------------------------------------------


@pytest.mark.parametrize("shape", [csv_of, xlsx_of, geojson_of])
def test_one_inventory_in_three_shapes(bring, shape):
    report = bring("facilities", shape(ROWS), **LAMPS)
    assert (report.listed, report.added) == ([], 2)
    assert registered() == ROWS
    again = bring("facilities", shape(ROWS), **LAMPS)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    other = bring("facilities", shape([ROWS[0], ("L2", 22.5246, 114.0584, 40)]), **LAMPS)
    assert (other.added, other.changed, other.unchanged) == (0, 1, 1)
    assert Facility.get(Facility.number == "L2").version == 2


def test_a_dry_run_says_what_would_be_and_does_nothing(bring):
    lines = TrailLine.select().count()
    report = bring("facilities", csv_of(ROWS), dry_run=True, **LAMPS)
    assert (report.added, registered(), TrailLine.select().count()) == (2, [], lines)


def test_an_import_is_one_line_on_the_trail(bring):
    bring("facilities", csv_of(ROWS), **LAMPS)
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert line.verb == "import.facilities"
    assert json.loads(line.facts)["added"] == 2


def test_columns_are_mapped_and_others_left_out_only_if_told(bring):
    text = csv_of([("7", 22.52, 114.05, 60, "x")], ("id", "y", "x", "watts", "colour"))
    wanted = (("number", "id"), ("lat", "y"), ("lon", "x"), ("power_w", "watts"))
    refused = bring("facilities", text, columns=wanted, **LAMPS)
    assert "unknown columns: colour" in refused.listed[0].message
    taken = bring("facilities", text, columns=wanted, skip_others=True, **LAMPS)
    assert (taken.added, registered()) == (1, [("7", 22.52, 114.05, 60)])


def test_what_a_file_does_not_say_stays(bring):
    bring("facilities", csv_of(ROWS), **LAMPS)
    facilities.amend("L1", {"address": "水围一街", "facts": {"lamp": "led"}}, "1", by=GUAN)
    text = csv_of([("L1", 22.5245, 114.0583, "")])
    bring("facilities", text, of_kind="streetlight", crs="wgs84")
    made = facilities.show("L1", by=GUAN)
    assert (made["address"], made["facts"]) == ("水围一街", {"lamp": "led"})


def test_a_file_may_hold_several_kinds(bring):
    header = ("number", "kind", "lat", "lon", "power_w", "volume_l")
    rows = [
        ("L1", "streetlight", 22.52, 114.05, 60, ""),
        ("B1", "bin", 22.52, 114.05, "", 80),
        ("B2", "bin", 22.52, 114.05, 60, 80),
        ("X1", "elephant", 22.52, 114.05, "", ""),
    ]
    refused = bring("facilities", csv_of(rows, header), crs="wgs84", area=SHUIWEI)
    assert said(refused) == [
        (4, "power_w", "is not recorded of a bin"),
        (5, "kind", f"must be one of {', '.join(facilities.kinds())}"),
    ]
    report = bring("facilities", csv_of(rows[:2], header), crs="wgs84", area=SHUIWEI)
    assert (report.added, report.listed) == (2, [])


def test_words_of_an_inventory_are_understood(bring):
    header = ("number", "lat", "lon", "lamp", "pole_material")
    rows = [
        ("L1", 22.52, 114.05, "HPS-High Pressure Sodium", "cast iron"),
        ("L2", 22.52, 114.05, "LED灯", "钢"),
    ]
    assert bring("facilities", csv_of(rows, header), **LAMPS).listed == []
    facts = [json.loads(row.facts) for row in Facility.select().order_by(Facility.id)]
    assert facts == [
        {"lamp": "sodium", "pole_material": "cast_iron"},
        {"lamp": "led", "pole_material": "steel"},
    ]


def test_one_taken_out_of_use_stays_so(bring):
    bring("facilities", csv_of(ROWS), **LAMPS)
    facilities.remove("L1", "1", by=GUAN)
    report = bring("facilities", csv_of([("L1", 22.6, 114.1, 1), ROWS[1]]), **LAMPS)
    assert (report.changed, report.unchanged) == (0, 2)
    assert report.notices == ["1 were taken out of use here and stay so."]


def test_a_place_abroad_is_told_but_loaded(bring):
    report = bring("facilities", csv_of([("L1", 38.896, -77.012924670000004, 60)]), **LAMPS)
    assert (report.added, report.notices) == (1, ["1 lie outside Shenzhen; loaded as they are."])


# --- What is broken -----------------------------------------------------------------------


def test_every_fault_is_named_by_row_and_column_and_nothing_is_loaded(bring):
    header = ("no", "y", "lon", "power_w", "area", "class_scheme", "class_code")
    good = (22.52, 114.05, 60, "", "", "")
    rows = [
        ("L1", *good),
        ("l1", *good),
        ("", *good),
        ("a/b", *good),
        ("L5", "north", 114.05, 60, "", "", ""),
        ("L6", 114.05, 22.52, 60, "", "", ""),
        ("L7", "", 114.05, 60, "", "", ""),
        ("L8", 22.52, 114.05, "bright", "", "", ""),
        ("L9", 22.52, 114.05, -1, "", "", ""),
        ("L10", 22.52, 114.05, 60, "999999", "", ""),
        ("L11", 22.52, 114.05, 60, "", "gb2005", "0118"),
        ("L12", 22.52, 114.05, 60, "", "yuncheng", "0118"),
        ("L13", 22.52, 114.05, 60, "", "", "0118"),
    ]
    wanted = (("number", "no"), ("lat", "y"))
    report = bring("facilities", csv_of(rows, header), columns=wanted, **LAMPS)
    assert said(report) == [
        (3, "no", "stands in row 2 already"),
        (4, "no", "is required"),
        (5, "no", "must be 1 to 40 letters, digits, dots and dashes"),
        (6, "y", "must be a number of degrees with a decimal point"),
        (7, "y", "must lie between -90 and 90 degrees"),
        (8, "y", "is required"),
        (9, "power_w", "must be a number with a decimal point"),
        (10, "power_w", "must lie between 0 and 5000"),
        (12, "class_scheme", "This kind has no class of this scheme."),
        (13, "class_code", "This scheme has no such class of this kind."),
        (14, "class_scheme", "A class code means nothing without its scheme."),
        (11, "area", "is unknown; import areas first"),
    ]
    assert registered() == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crs": None}, "needs --crs"),
        ({"crs": "epsg:4547"}, "needs another --crs"),
        ({"of_kind": "elephant"}, "needs another --kind"),
        ({"area": "1"}, "unknown --area"),
        ({"columns": (("wings", "power_w"),)}, "cannot be mapped to wings"),
        ({"columns": (("power_w", "watts"),)}, "no such column to map: watts"),
    ],
)
def test_what_is_asked_wrongly_is_said_once(bring, options, message):
    report = bring("facilities", csv_of(ROWS), **{**LAMPS, **options})
    assert report.errors == 1
    assert message in report.listed[0].message


def test_a_number_of_another_kind_is_taken(bring):
    bring("facilities", csv_of(ROWS), **LAMPS)
    bins = csv_of([("L2", 22.52, 114.05)], HEADER[:3])
    report = bring("facilities", bins, **{**LAMPS, "of_kind": "bin"})
    assert said(report) == [(2, "number", "is the number of a street light already")]


def test_a_class_takes_the_scheme_of_the_caller(bring):
    text = csv_of([("C1", 22.52, 114.05, "0118")], ("number", "lat", "lon", "class_code"))
    covers = {**LAMPS, "of_kind": "manhole_cover"}
    assert bring("facilities", text, **covers).errors == 1
    assert bring("facilities", text, scheme="futian2018", **covers).errors == 1
    assert bring("facilities", text, scheme="yuncheng", **covers).errors == 0
    assert facilities.show("C1", by=GUAN)["class"]["zh"] == "化粪池井盖"


def test_gcj02_is_turned_and_ends_at_the_border(bring):
    shifted = {**LAMPS, "crs": "gcj02"}
    assert bring("facilities", csv_of(ROWS), **shifted).errors == 0
    assert registered()[0][1] != ROWS[0][1]
    abroad = bring("facilities", csv_of([("L3", 38.9, -77.0, 60)]), **shifted)
    assert said(abroad) == [(2, "lat", "lies outside China, where gcj02 is not defined")]


def test_an_inventory_in_another_datum_is_noticed_by_what_is_known(bring):
    rows = [(f"L{n}", 22.52 + n / 1000, 114.05, 60) for n in range(4)]
    bring("facilities", csv_of(rows), **LAMPS)
    refused = bring("facilities", csv_of(rows), **{**LAMPS, "crs": "gcj02"})
    assert refused.errors == 1
    assert "4 facilities known here would move by 6" in refused.listed[0].message
    trusted = bring("facilities", csv_of(rows), trust_crs=True, **{**LAMPS, "crs": "gcj02"})
    assert trusted.changed == 4


def test_a_geojson_says_what_it_lacks(bring):
    text = geojson_of(ROWS).replace('"power_w"', '"watts"').replace("Point", "Line", 1)
    report = bring("facilities", text, columns=(("power_w", "wat"),), **LAMPS)
    assert said(report) == [
        (1, "geometry", "must be a Point of [longitude, latitude]"),
        (None, None, "has unknown properties: watts"),
        (None, None, "has no such property to map: wat"),
    ]


def test_mei_brings_what_lies_in_her_area(bring):
    assert bring("facilities", csv_of(ROWS), by=MEI, **LAMPS).added == 2
    elsewhere = {**LAMPS, "area": "440304004027"}
    report = bring("facilities", csv_of([("L3", 22.5, 114.05, 60)]), by=MEI, **elsewhere)
    assert said(report) == [(2, "area", "lies outside the areas given to you")]
    bring("facilities", csv_of([("L3", 22.5, 114.05, 60)]), **elsewhere)
    taking = csv_of([("L3", 22.5, 114.05, 90)])
    report = bring("facilities", taking, by=MEI, of_kind="streetlight", crs="wgs84")
    assert said(report) == [(2, "area", "lies outside the areas given to you")]


FEATURES = '{"type": "FeatureCollection", "features": ['


@pytest.mark.parametrize(
    "content",
    [
        FEATURES + "[" * 100_000,
        FEATURES + '{"type": "Feature", "properties": {"number": ' + "9" * 5_000 + "}}]}",
        FEATURES + '{"type": "Feature", "properties": {"number": "\\ud800"}}]}',
        FEATURES + '{"type": "Feature", "properties": [], "geometry": {"type": "Point"}}]}',
        FEATURES + '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [NaN, 1]}}]}',
        FEATURES + '{"type": "Feature"',
        FEATURES + "]}",
        "{}",
        "number,lat,lon\n\x00,1,2\n",
        'number,lat,lon\n"' + "x" * 200_000,
        "number,lat,lon\nL1,22.52,114.05,surplus\n",
        "number,lat,lon,number\nL1,22.52,114.05,L2\n",
        "number;lat;lon\nL1;22,5;114,0\n",
        b"number,lat,lon\n\xff\xfe\xfa,1,2\n",
        b"\xff\xfen",
        b"",
    ],
)
def test_nonsense_is_refused_and_nothing_is_loaded(bring, content):
    report = bring("facilities", content, **LAMPS)
    assert report.errors >= 1
    assert registered() == []
    assert all(str(one).isprintable() for one in report.listed)


# --- Workbooks ----------------------------------------------------------------------------


def test_a_workbook_that_is_none(bring):
    for content in (b"PK\x03\x04 not a zip", _zip({"xl/workbook.xml": b"<a>"})):
        report = bring("facilities", content, **LAMPS)
        assert report.errors == 1
        assert "is no workbook" in report.listed[0].message
    assert "Excel" in bring("rooms", xlsx_of(ROWS)).listed[0].message


def test_a_workbook_as_large_as_a_bomb_is_not_opened():
    bomb = io.BytesIO(_zip({"xl/sharedStrings.xml": b" " * (workbooks.MOST_WORDS + 1)}))
    with pytest.raises(Unreadable, match="words"):
        list(workbooks.rows(bomb))


def test_a_workbook_cannot_multiply_its_words(bring):
    laughs = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(xlsx_of(ROWS))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = files["xl/worksheets/sheet1.xml"]
    assert b">L1<" in sheet
    files["xl/worksheets/sheet1.xml"] = laughs + sheet.replace(b">L1<", b">&b;<")
    report = bring("facilities", _zip(files), **LAMPS)
    assert (report.errors, registered()) == (1, [])
    assert "is no workbook" in report.listed[0].message


def test_a_lone_cell_far_away_costs_nothing():
    book = openpyxl.Workbook()
    book.active["A1"] = "number"
    book.active["A1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Unreadable, match="blank rows"):
        list(workbooks.rows(out))
    book = openpyxl.Workbook()
    book.active["XFD1"] = "number"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Unreadable, match="columns"):
        list(workbooks.rows(out))


def test_numbers_and_days_are_shown_as_a_person_reads_them():
    from datetime import date

    book = openpyxl.Workbook()
    book.active.append([60206.0, 1.5, True, date(2026, 10, 31), None, "字"])
    out = io.BytesIO()
    book.save(out)
    shown = next(workbooks.rows(out))[1]
    assert shown == ["60206", "1.5", "1", "2026-10-31T00:00:00", "", "字"]


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


# --- A hundred thousand rows --------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize("shape", [csv_of, xlsx_of])
def test_a_hundred_thousand_rows_take_little_memory(bring, tmp_path: Path, shape):
    rows = [(f"L{n}", 22.5 + n % 300 / 10_000, 114.05, n % 400) for n in range(100_000)]
    content = shape(rows)
    path = tmp_path / "many"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    tracemalloc.start()
    report = bring("facilities", path, **LAMPS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (report.errors, report.added) == (0, 100_000)
    print(f"{shape.__name__}: peak {peak / 1e6:.0f} MB")
    assert peak < 60e6


def test_the_shipped_inventory_stands_by_its_houses(town_inventory: list[dict[str, str]]) -> None:
    kinds = [row["kind"] for row in town_inventory]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "streetlight": 210,
        "manhole_cover": 120,
        "bin": 60,
        "newsstand": 8,
    }


@pytest.fixture
def town_inventory() -> list[dict[str, str]]:
    from tests import town

    return town.rows("facilities.csv")
