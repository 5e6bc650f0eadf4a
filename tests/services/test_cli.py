"""The command line, as somebody types it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from backend.__main__ import KINDS, main
from backend.db import database
from backend.models import Building, Room
from backend.services import imports
from backend.verbs import VERBS
from tests import databases, town
from tests.services.conftest import build_village

ROOT = Path(__file__).parents[2]
ROOMS = "building,code,number,floor,house_class,area_m2\n"
HOUSE = "4403040040280100001"
GOOD = f"{ROOMS}{HOUSE},{HOUSE}000009,901,9,,50\n"
BAD = f"{ROOMS}{HOUSE},{HOUSE}000009,901,high,,50\n"

Type = Callable[..., Result]


@pytest.fixture
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command: `types("migrate", "--status")`, at a house without a database yet."""
    keys = {name: str(value) for name, value in town.KEYS.items() if name != "DEMO"}
    keys["TAG_KEYS"] = "1:" + "33" * 32  # Not the demo's, which no other house may use.
    for name, value in (keys | {"DATABASE_URL": f"sqlite:///{tmp_path}/town.db"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DEMO", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path) -> Result:
        try:
            return CliRunner().invoke(main, [str(word) for word in words])
        finally:
            if database.obj is not None:
                database.close()

    return run


@pytest.fixture
def at_the_village(types: Type, tmp_path: Path) -> Type:
    """The same, at the village of two houses."""
    databases.fresh_sqlite(build_village, tmp_path)
    return types


# --- The ordinary day ---------------------------------------------------------------------


def test_help_names_every_command(types):
    answer = types("--help")
    assert answer.exit_code == 0
    for word in (
        "clients",
        "doctor",
        "export",
        "import",
        "load-demo",
        "migrate",
        "rotate-keys",
        "tags",
        "verbs",
        "verify-trail",
        "worker",
    ):
        assert word in answer.output
        assert types(word, "--help").exit_code == 0


def test_the_help_of_import_names_the_columns_of_each_kind(types):
    words = " ".join(types("import", "--help").output.split())
    for kind in KINDS:
        assert kind in words
    assert "building*, code*, number*, floor, house_class, area_m2" in words
    assert "[[accounts]]" in words
    assert "--community" in words


def test_tables_are_made_and_their_state_is_told(types):
    assert types("migrate", "--status").exit_code == 1
    assert "applied 0001_initial" in types("migrate").output
    status = types("migrate", "--status")
    assert (status.exit_code, "pending" in status.output) == (0, False)
    assert "up to date" in types("migrate").output
    assert types("migrate", "--quiet").output == ""


def test_tags_are_minted_listed_and_retired(at_the_village):
    minted = at_the_village("tags", "mint", "--kind", "streetlight", "--count", "1200")
    made = minted.stdout.split()
    assert (minted.exit_code, len(set(made))) == (0, 1200)
    issued = at_the_village("tags", "mint", "--kind", "bin", "--count", "2", "--issue", "--json")
    assert json.loads(issued.stdout)["state"] == "issued"
    bins = json.loads(issued.stdout)["tags"]
    gone = at_the_village("tags", "retire", bins[0].lower(), "7K3M", "--reason", "lost", "--json")
    assert gone.exit_code == 1
    assert json.loads(gone.stdout) == {
        "retired": [bins[0]],
        "refused": {"7K3M": "There is no such tag."},
    }
    listed = json.loads(at_the_village("tags", "list", "--kind", "bin", "--json").stdout)
    assert {one["state"]: one["count"] for one in listed["counts"]} == {"issued": 1, "revoked": 1}
    assert {one["tag"] for one in listed["tags"]} == set(bins)
    words = at_the_village("tags", "list", "--limit", "1").stdout
    assert "streetlight      minted         1,200" in words
    assert at_the_village("tags", "mint", "--kind", "poster", "--count", "1").exit_code == 1
    assert at_the_village("tags", "mint", "--kind", "bin", "--count", "0").exit_code == 2
    assert at_the_village("tags", "retire", bins[1], "--reason", "bored").exit_code == 1


def test_a_file_is_imported(at_the_village, tmp_path):
    file = tmp_path / "rooms.csv"
    file.write_text(GOOD, encoding="utf-8")
    answer = at_the_village("import", "rooms", file)
    assert (answer.exit_code, "1 were added" in answer.stdout) == (0, True)
    again = at_the_village("import", "rooms", file)
    assert "1 unchanged" in again.stdout
    assert Room.select().where(Room.number == "901").count() == 1


def test_a_form_is_taken_out_changed_and_brought_back(at_the_village, tmp_path):
    there, out = ROOT / "fixtures" / "forms" / "bin.toml", tmp_path / "bin.xlsx"
    assert at_the_village("import", "forms", there).exit_code == 0
    assert at_the_village("export", "forms", "bin", "-o", out).exit_code == 0
    assert "1 unchanged" in at_the_village("import", "forms", out).stdout
    book = openpyxl.load_workbook(out)
    book["survey"]["C2"] = "垃圾不外溢"
    book.save(out)
    assert "1 were added" in at_the_village("import", "forms", out).stdout
    book["survey"]["A2"] = "geopoint"
    book.save(out)
    refused = at_the_village("import", "forms", out)
    assert (refused.exit_code, "error: row 2, survey: type" in refused.output) == (1, True)
    first, xml = tmp_path / "first.xlsx", tmp_path / "bin.xml"
    assert at_the_village("export", "forms", "bin", "-o", first, "--version", "1").exit_code == 0
    assert at_the_village("export", "forms", "bin", "-o", xml).exit_code == 0
    assert "垃圾不外溢" in xml.read_text(encoding="utf-8")
    assert at_the_village("export", "forms", "bin", "-o", tmp_path / "bin.doc").exit_code == 2
    assert at_the_village("export", "forms", "boat", "-o", out).exit_code == 1


def test_a_machine_gets_json(at_the_village, tmp_path):
    file = tmp_path / "rooms.csv"
    file.write_text(BAD, encoding="utf-8")
    answer = at_the_village("import", "rooms", file, "--json", "--dry-run")
    assert answer.exit_code == 1
    report = json.loads(answer.stdout)
    assert (report["errors"], report["dry_run"], report["kind"]) == (1, True, "rooms")
    assert report["listed"] == [
        {"row": 2, "column": "floor", "message": "must be a whole number", "value": "high"}
    ]


def test_an_inventory_is_imported_with_its_own_column_names(at_the_village, tmp_path):
    file = tmp_path / "lamps.csv"
    file.write_text("id,lat,lon,colour\n7,22.52,114.05,red\n", encoding="utf-8")
    words = ("import", "facilities", file, "--kind", "streetlight", "--area", "440304004028")
    assert at_the_village(*words).exit_code == 2
    words += ("--crs", "wgs84", "--map", "number=id")
    refused = at_the_village(*words)
    assert (refused.exit_code, "unknown columns: colour" in refused.stderr) == (1, True)
    assert at_the_village(*words, "--map", "wings").exit_code == 2
    assert "1 were added" in at_the_village(*words, "--skip-others").stdout
    assert "does not take --map" in at_the_village("import", "rooms", file, "--map", "a=b").stderr


def test_buildings_want_their_datum(at_the_village, tmp_path):
    real = (town.FIXTURES / "footprints" / "nanshan.geojson").read_text(encoding="utf-8")
    file = tmp_path / "nanshan.geojson"
    file.write_text("\n".join(real.splitlines()[:101]).rstrip(",") + "]}", encoding="utf-8")
    answer = at_the_village("import", "buildings", file)
    assert (answer.exit_code, "--crs" in answer.stderr) == (2, True)
    words = ("--area", "440305", "--community", "440305001001")
    answer = at_the_village("import", "buildings", file, "--crs", "wgs84", *words)
    assert answer.exit_code == 0
    assert "100 were added" in answer.stdout
    assert Building.select().count() == 102


def test_accounts_get_passwords_that_are_printed_once(at_the_village, tmp_path):
    file = tmp_path / "people.toml"
    file.write_text('[[accounts]]\naccount = "lin"\nfull_name = "林小梅"\n', encoding="utf-8")
    assert "password of lin: " in at_the_village("import", "accounts", file).stdout
    assert "password" not in at_the_village("import", "accounts", file).stdout


def test_the_trail_is_whole_and_keys_are_rotated(at_the_village, monkeypatch):
    assert "is whole" in at_the_village("verify-trail").stdout
    assert json.loads(at_the_village("verify-trail", "--json").stdout)["first_bad"] is None
    monkeypatch.setenv("DATA_KEYS", f"2:{'33' * 32},{town.KEYS['DATA_KEYS']}")
    answer = at_the_village("rotate-keys", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["resident"] == {"rows": 0, "resealed": 0, "broken": 0}
    assert "no more" in at_the_village("rotate-keys").stdout


def test_every_verb_is_listed_with_story_and_roles(types):
    found = {each["verb"]: each for each in json.loads(types("verbs", "--json").stdout)}
    assert set(found) == set(VERBS)
    assert all(each["story"] for each in found.values())
    assert found["import.rooms"]["story"] == "Load rooms of buildings"
    assert "collector" in found["building.amend"]["roles"]
    assert found["area.tree"]["roles"] == ["anyone"]
    assert "building.amend" in types("verbs").stdout


def test_the_doctor_finds_a_village_well(at_the_village, tmp_path):
    (tmp_path / "town.db").chmod(0o600)
    answer = at_the_village("doctor")
    assert answer.exit_code == 0, answer.output
    assert "ok  tables: up to date" in answer.stdout


# --- What is wrong ------------------------------------------------------------------------


def test_errors_in_the_data_end_with_one(at_the_village, tmp_path):
    file = tmp_path / "rooms.csv"
    file.write_text(BAD, encoding="utf-8")
    answer = at_the_village("import", "rooms", file)
    assert answer.exit_code == 1
    assert "error: row 2, floor: must be a whole number (high)" in answer.stderr
    assert "nothing was loaded" in answer.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("import", "dogs", "x.csv"),
        ("import", "rooms"),
        ("import", "rooms", "nowhere.csv"),
        ("import", "rooms", "."),
        ("import", "rooms", "{file}", "--crs", "wgs84"),
        ("import", "rooms", "{file}", "--password", "x"),
        ("import", "areas", "{file}", "--scheme", "x", "--json"),
        ("dance",),
        ("migrate", "--sideways"),
    ],
)
def test_a_wrong_call_ends_with_two(at_the_village, tmp_path, words):
    file = tmp_path / "rooms.csv"
    file.write_text(GOOD, encoding="utf-8")
    answer = at_the_village(*(word.format(file=file) for word in words))
    assert answer.exit_code == 2
    assert "Error" in answer.stderr


@pytest.mark.parametrize("command", ["verify-trail", "rotate-keys", "load-demo"])
def test_without_tables_one_is_told_to_make_them(types, command):
    answer = types(command)
    assert (answer.exit_code, "python -m backend migrate" in answer.stderr) == (2, True)


def test_without_keys_nothing_starts(types, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    answer = types("migrate")
    assert (answer.exit_code, "SECRET_KEY is missing" in answer.stderr) == (2, True)
    ill = types("doctor")
    assert (ill.exit_code, "!!  settings: SECRET_KEY" in ill.stdout) == (1, True)


def test_the_doctor_sends_one_to_migrate(types):
    answer = types("doctor")
    assert answer.exit_code == 1
    assert "-> run python -m backend migrate" in answer.stdout


def test_the_kinds_of_the_command_are_those_of_the_house():
    assert tuple(imports.KINDS) == KINDS


# --- The demo town ------------------------------------------------------------------------


def test_the_whole_demo_town_loads_in_one_go_and_is_left_alone_afterwards(tmp_path):
    """As `make run` does it: a process of its own, the demo's own secrets, all 318 buildings."""
    environment = {
        "PATH": os.environ["PATH"],
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/demo.db",
    }

    def types(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "backend", *words],
            cwd=town.FIXTURES.parent,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert types("migrate", "--quiet").returncode == 0
    loaded = types("load-demo", "--if-empty")
    assert loaded.returncode == 0, loaded.stderr
    assert "318 were added" in loaded.stderr
    assert "shuiwei" not in loaded.stdout + loaded.stderr
    again = types("load-demo", "--if-empty")
    assert (again.returncode, again.stderr, again.stdout) == (0, "", "")


# --- Print runs ----------------------------------------------------------------------------

SHUIWEI = "440304004028"
HOUSE = "4403040040280100001"


def test_a_run_goes_from_a_list_to_its_files(at_the_village, tmp_path):
    listed, pdf, csv = tmp_path / "list.csv", tmp_path / "sheet.pdf", tmp_path / "codes.csv"
    listed.write_text(f"code,grade\n{HOUSE},red\n4403040040280100002,\n", encoding="utf-8")
    made = at_the_village(
        "tags", "run", "--kind", "building", "--area", SHUIWEI, "--from", str(listed),
        "--pdf", str(pdf), "--list", str(csv), "--json",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    run = json.loads(made.stdout)
    assert (run["state"], run["count"]) == ("released", 2)
    assert run["files"] == {"sheet.pdf": str(pdf), "list.csv": str(csv)}
    assert pdf.read_bytes().startswith(b"%PDF")
    codes = [row.split(",")[3] for row in csv.read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert len(set(codes)) == 2
    part = tmp_path / "part.csv"
    again = at_the_village("tags", "run", "--number", run["number"], "--first", "2", "--list", part)
    assert again.exit_code == 0, again.output
    assert part.read_text(encoding="utf-8-sig").splitlines()[1].split(",")[3] == codes[1]


def test_a_run_on_the_command_line_is_as_large_as_it_must_be(at_the_village, tmp_path):
    made = at_the_village(
        "tags", "run", "--kind", "room", "--area", SHUIWEI, "--count", "2101", "--json",
    )  # fmt: skip
    assert json.loads(made.stdout)["tags"] == {"minted": 2101}


def test_a_run_that_cannot_be_is_refused_line_by_line(at_the_village, tmp_path):
    listed, pdf = tmp_path / "list.txt", tmp_path / "sheet.pdf"
    listed.write_text(f"{HOUSE}\nnothing1\n{HOUSE}\n", encoding="utf-8")
    order = ["tags", "run", "--kind", "building", "--area", SHUIWEI, "--from", str(listed)]
    refused = at_the_village(*order, "--pdf", str(pdf))
    assert refused.exit_code == 1
    for words in ("row 2, code", "row 3, code", "NOTHING1", "2 errors in the list"):
        assert words in refused.stderr
    as_json = at_the_village(*order, "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["code"]) == (1, "list-wrong")
    assert not pdf.exists()
    counted = json.loads(at_the_village("tags", "list", "--json").stdout)["counts"]
    assert counted == []
    for wrong in (["run"], ["run", "--kind", "bin", "--first", "1"],
                  ["run", "--kind", "bin", "--count", "1", "--pdf", "/nowhere/x.pdf"]):  # fmt: skip
        assert at_the_village("tags", *wrong).exit_code == 2
    for wrong in (["--count", "1"], ["--number", "R2026-99999"], ["--area", "9", "--count", "1"]):
        kind = [] if "--number" in wrong else ["--kind", "bin"]
        assert at_the_village("tags", "run", *kind, *wrong).exit_code == 1
