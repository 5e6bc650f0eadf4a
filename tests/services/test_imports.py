"""What every import does, whatever its kind: all or nothing, twice is once, clear errors."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.actor import SYSTEM, Actor
from backend.db import database
from backend.errors import NotAllowed, NotYourArea
from backend.models import Room, TrailLine
from backend.rules.permits import Grant
from backend.services import imports
from backend.services.imports import KINDS, Options, run
from backend.services.imports import files as import_files
from backend.services.imports.findings import LISTED
from backend.services.imports.run import _Kept

HEADER = "building,code,number,floor,house_class,area_m2\n"
HOUSE = "4403040040280100001"
NEW = f"{HOUSE},{HOUSE}000003,301,3,,50\n{HOUSE},{HOUSE}000004,401,4,,50\n"


def rooms() -> int:
    return Room.select().count()


# --- The ordinary day ---------------------------------------------------------------------


def test_a_file_is_loaded_and_counted(bring):
    report = bring("rooms", HEADER + NEW)
    assert (report.rows, report.added, report.errors) == (2, 2, 0)
    assert Room.get(Room.code == f"{HOUSE}000003").number == "301"
    assert len(report.sha256) == 64


def test_the_same_file_again_changes_nothing(bring):
    bring("rooms", HEADER + NEW)
    before = [(room.version, room.updated_at) for room in Room.select().order_by(Room.id)]
    report = bring("rooms", HEADER + NEW)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    assert before == [(room.version, room.updated_at) for room in Room.select().order_by(Room.id)]


def test_only_what_differs_gets_a_new_version(bring):
    bring("rooms", HEADER + NEW)
    report = bring("rooms", HEADER + NEW.replace("301,3", "302,3"))
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert Room.get(Room.code == f"{HOUSE}000003").version == 2
    assert Room.get(Room.code == f"{HOUSE}000004").version == 1


def test_an_import_leaves_one_line_with_counts_and_hash(bring):
    report = bring("rooms", HEADER + NEW)
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (line.verb, line.outcome, line.account) == ("import.rooms", "done", "system")
    assert json.loads(line.facts) == {
        "sha256": report.sha256,
        "rows": 2,
        "added": 2,
        "changed": 0,
        "unchanged": 0,
    }


def test_a_dry_run_says_the_same_and_loads_nothing(bring):
    lines, before = TrailLine.select().count(), rooms()
    report = bring("rooms", HEADER + NEW, dry_run=True)
    assert (report.added, report.errors, report.dry_run) == (2, 0, True)
    assert (rooms(), TrailLine.select().count()) == (before, lines)


def test_progress_runs_from_nothing_to_all(bring):
    seen = []
    bring("rooms", HEADER + NEW, progress=lambda share, rows: seen.append(share))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_columns_may_stand_in_any_order(bring):
    text = "number,code,building,area_m2,house_class,floor\n"
    report = bring("rooms", f"{text}301,{HOUSE}000003,{HOUSE},50.5,,3\n")
    room = Room.get(Room.code == f"{HOUSE}000003")
    assert (report.added, room.number, room.area_m2, room.floor) == (1, "301", 50.5, 3)


# --- Who may ------------------------------------------------------------------------------


def test_whoever_may_not_import_is_refused_and_that_is_kept(bring):
    lin = Actor(1, "lin", "Lin", (Grant("collector", "4403"),), roles=("collector",))
    with pytest.raises(NotAllowed):
        bring("rooms", HEADER + NEW, by=lin)
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (line.verb, line.outcome, line.account) == ("import.rooms", "not-allowed", "lin")


def test_an_administrator_of_one_district_cannot_load_a_city(bring, village, monkeypatch):
    # Whatever the policy of the day says, the verb alone is not enough.
    monkeypatch.setitem(village.policy.verbs, "administrator", frozenset({"import.rooms"}))
    futian = Actor(
        7, "guan", "Guan", (Grant("administrator", "4403/440304"),), roles=("administrator",)
    )
    with pytest.raises(NotYourArea):
        bring("rooms", HEADER + NEW, by=futian)
    city = Actor(7, "guan", "Guan", (Grant("administrator", "4403"),), roles=("administrator",))
    assert bring("rooms", HEADER + NEW, by=city).added == 2


# --- What is broken -----------------------------------------------------------------------


def test_one_bad_row_and_nothing_is_loaded(bring):
    before = rooms()
    report = bring("rooms", HEADER + NEW + f"{HOUSE},{HOUSE}000005,501,high,,50\n")
    assert (report.errors, report.added, rooms()) == (1, 0, before)
    found = report.listed[0]
    assert (found.row, found.column, found.value) == (4, "floor", "high")
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (line.verb, line.outcome) == ("import.rooms", "import-failed")


def test_every_cell_that_is_wrong_is_named(bring):
    report = bring("rooms", HEADER + f"{HOUSE},abc,,x,,-1\n")
    assert [(found.row, found.column) for found in report.listed] == [
        (2, "code"),
        (2, "number"),
        (2, "floor"),
        (2, "area_m2"),
    ]


def test_all_errors_are_counted_and_the_first_listed(bring):
    report = bring("rooms", HEADER + f"{HOUSE},bad,1,1,,1\n" * (LISTED + 50))
    assert report.errors == LISTED + 50
    assert len(report.listed) == LISTED
    assert "and 50 more errors" in "\n".join(report.lines())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\r\n\r\n", "is empty"),
        (HEADER.encode(), "no rows"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\xd0\xcf\x11\xe0rest", "Excel"),
        (b"\x1f\x8brest", "gzip"),
        (b"\xff\x80\x81 nothing", "neither UTF-8 nor GB18030"),
        (b"building;code;number\n1;2;3\n", "semicolons"),
        (b"building\tcode\tnumber\n1\t2\t3\n", "tabs"),
        (b"building,code,number,floor\n1,2,3,4\n", "missing columns: house_class, area_m2"),
        (HEADER.replace("floor", "storey").encode() + b"1,2,3,4,5,6\n", "unknown columns: storey"),
        (HEADER.replace("floor", "code").encode() + b"1,2,3,4,5,6\n", "twice: code"),
        (HEADER.encode() + b'"' + HOUSE.encode() + b",1,2,3\n", "is not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(bring, content, words):
    report = bring("rooms", content)
    assert report.errors == 1
    assert report.listed[0].row is None
    assert words in report.listed[0].message


def test_a_row_with_too_few_cells_is_named(bring):
    report = bring("rooms", HEADER + NEW + f"{HOUSE},{HOUSE}000005\n")
    assert (report.listed[0].row, report.listed[0].message) == (4, "has 2 cells, the header has 6")


def test_a_file_that_is_not_there_is_an_error_not_a_crash(bring, tmp_path):
    report = bring("rooms", tmp_path / "nowhere.csv")
    assert "cannot be opened" in report.listed[0].message


def test_a_file_that_changes_under_our_hands_is_not_loaded(bring, tmp_path, monkeypatch):
    file = tmp_path / "rooms.csv"
    file.write_text(HEADER + NEW, encoding="utf-8")
    monkeypatch.setattr(_Kept, "MOST", 0)
    before = rooms()

    def meddle(share: float, rows: int) -> None:
        if share == 0.5:
            file.write_text(HEADER + NEW.replace("301", "999"), encoding="utf-8")

    report = bring("rooms", file, progress=meddle)
    assert "changed while it was being read" in report.listed[0].message
    assert rooms() == before


def test_long_files_are_read_again_and_loaded_just_the_same(bring, monkeypatch):
    monkeypatch.setattr(_Kept, "MOST", 0)
    assert bring("rooms", HEADER + NEW).added == 2
    assert rooms() == 5


def test_a_fault_while_loading_leaves_nothing_behind(bring, monkeypatch):
    before = rooms()

    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(import_files.Source, "check_unchanged", fail)
    with pytest.raises(RuntimeError):
        bring("rooms", HEADER + NEW)
    assert rooms() == before


def test_what_vanishes_between_check_and_load_is_an_error(bring, village):
    """A room taken while the file is being checked is found when it is loaded."""
    before = rooms()

    def meddle(share: float, rows: int) -> None:
        if share == 0.5:
            Room.create(
                id=(2 << 20) + 9, code=f"{HOUSE}000003", number="taken", updated_at=0, version=1
            )

    report = bring("rooms", HEADER + NEW, progress=meddle)
    assert "another building" in report.listed[0].message
    assert rooms() == before + 1
    refusals = TrailLine.select().where(TrailLine.outcome == "import-failed")
    assert refusals.count() == 1


def test_files_brought_at_the_same_time_are_all_loaded(bring, monkeypatch):
    # Long enough between giving keys and the commit for the others to give theirs.
    monkeypatch.setattr(import_files.Source, "check_unchanged", lambda source: time.sleep(0.1))

    def bring_one(number: int) -> int:
        try:
            return bring("rooms", f"{HEADER}{HOUSE},{HOUSE}0001{number:02d},{number},1,,1\n").added
        finally:
            database.close()

    before = rooms()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(bring_one, range(4))) == [1, 1, 1, 1]
    assert rooms() == before + 4


# --- What is strange ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "notice"),
    [("utf-8", ""), ("utf-8-sig", ""), ("gb18030", "GB18030"), ("utf-16", "UTF-16")],
)
def test_encodings_of_the_world_are_read(bring, encoding, notice):
    text = HEADER + f"{HOUSE},{HOUSE}000003,三〇一,3,,50\n"
    report = bring("rooms", text.encode(encoding))
    assert report.added == 1
    assert Room.get(Room.code == f"{HOUSE}000003").number == "三〇一"
    assert [notice in found for found in report.notices] == ([True] if notice else [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_they_like(bring, end):
    assert bring("rooms", (HEADER + NEW).replace("\n", end)).added == 2


def test_blank_rows_count_for_nothing_but_keep_their_number(bring):
    report = bring("rooms", HEADER + "\n,,,,,\n" + f"{HOUSE},{HOUSE}000003,301,x,,50\n")
    assert (report.rows, report.listed[0].row) == (1, 4)


@pytest.mark.parametrize("cell", ["a\x00b", "a\x1fb", "a\x7fb", "\ud800b"])
def test_control_characters_are_refused(bring, cell):
    content = HEADER + f"{HOUSE},{HOUSE}000003,{cell},3,,50\n"
    report = bring("rooms", content.encode("utf-8", "surrogatepass"))
    assert report.errors == 1


@pytest.mark.parametrize("value", ["1e999", "NaN", "-1", "1,5", "９", "٣", "0x10", "--5"])
def test_numbers_are_plain_numbers(bring, value):
    report = bring("rooms", HEADER + f'{HOUSE},{HOUSE}000003,301,3,,"{value}"\n')
    assert report.errors == 1
    assert report.listed[0].column == "area_m2"


def test_a_long_value_is_shortened_in_its_error(bring):
    report = bring("rooms", HEADER + f"{HOUSE},{HOUSE}000003,{'9' * 500},3,,50\n")
    assert len(report.listed[0].value) == 40
    json.dumps(report.as_dict())


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=st.binary(max_size=400), kind=st.sampled_from(sorted(KINDS)))
def test_no_bytes_at_all_crash_an_import(village, tmp_path, content, kind):
    file = tmp_path / "bytes"
    file.write_bytes(content)
    options = Options(crs="wgs84", subject="house")
    assert run(KINDS[kind], file, options, dry_run=True, by=SYSTEM).errors > 0


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cells=st.lists(st.text(max_size=30), min_size=6, max_size=6))
def test_no_cells_at_all_crash_an_import(village, tmp_path, cells):
    file = Path(tmp_path) / "cells.csv"
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    file.write_text(HEADER + quoted + "\n", encoding="utf-8", errors="replace", newline="")
    assert run(KINDS["rooms"], file, Options(), dry_run=True, by=SYSTEM).errors > 0


def test_every_kind_is_a_verb_with_a_story():
    from backend.verbs import VERBS

    for name in KINDS:
        assert VERBS[f"import.{name}"].story.startswith("Load ")
    assert list(imports.KINDS) == list(KINDS)
