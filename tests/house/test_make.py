"""Nobody's tests are forgotten: every folder of tests is a step of what CI runs."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted({file.relative_to(ROOT).parts[1] for file in ROOT.glob("tests/*/**/test_*.py")})


def steps() -> list[str]:
    """The Makefile's targets in the order in which .ci/run asks for them."""
    lines = re.findall(r"^step \w+ +(.+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    return [target for line in lines for target in line.split()]


def commands(*targets: str) -> str:
    """What make would run for the targets."""
    make = ["make", "--no-print-directory", "--dry-run", *targets]
    return subprocess.run(make, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_of_tests_is_run_by_ci(folder: str) -> None:
    assert re.search(rf"pytest .*\btests/{folder}\b", commands(*steps()))


def test_services_and_api_run_on_both_databases() -> None:
    runs = re.findall(r"^(.*)\.venv/bin/python -m pytest (.*)$", commands(*steps()), re.MULTILINE)
    for folder in ("tests/services", "tests/api"):
        homes = [before.strip() for before, after in runs if folder in after]
        assert homes == ["", "TEST_DATABASE=postgresql"]


def test_a_step_that_fails_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
    (tmp_path / "Makefile").write_text(
        "%:\n\t@echo made $@\nimports:\n\t@echo 1 failed; exit 3\n", encoding="utf-8"
    )
    run = subprocess.run(["bash", tmp_path / ".ci" / "run"], capture_output=True, text=True)
    assert run.returncode != 0
    assert "made types" in run.stdout
    assert "== Imports: RED" in run.stdout
    assert "made unit" not in run.stdout
    assert "All green" not in run.stdout


def test_help_tells_what_every_target_for_people_does() -> None:
    listed = re.findall(r"^  make (\w+) +\S", commands_of_help(), re.MULTILINE)
    assert {"run", "test", "check", "bench", "walk", "proof", "fix", "clean"} <= set(listed)


def commands_of_help() -> str:
    return subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
