"""Every package that gets in is pinned to one version and has its line in the decision about it."""

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ["flask", "flask-smorest", "marshmallow", "peewee", "pyjwt", "qrcode", "pillow"]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    """Package -> version, in the file's order. Fails on a line that is not an exact pin."""
    found = {}
    for line in (ROOT / file).read_text().splitlines():
        if not line or line.startswith(("#", "-")):
            continue
        pin = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==([\w.]+)", line)
        assert pin, f"{file}: {line!r} is not an exact pin"
        found[normal(pin[1])] = pin[2]
    return found


RUNS, TESTS = pins("requirements.txt"), pins("requirements-dev.txt")
BROUGHT = pins("constraints.txt")


def test_the_seven_packages_the_house_is_built_on_come_first() -> None:
    assert list(RUNS)[:7] == GIVEN


def test_every_package_has_its_line_in_the_decision() -> None:
    page = (ROOT / "docs" / "decisions" / "0009-dependencies.md").read_text()
    runs, tests = page.split("## What only tests and checks need")
    rows = [set(re.findall(r"^\| ([\w-]+) \|", part, re.M)) - {"package"} for part in (runs, tests)]
    assert [set(map(normal, names)) for names in rows] == [set(RUNS), set(TESTS)]


def test_what_is_installed_is_what_is_pinned() -> None:
    pinned = BROUGHT | RUNS | TESTS
    installed = {name: metadata.version(name) for name in pinned}
    assert installed == pinned


def test_everything_that_is_brought_along_is_pinned_and_nothing_else() -> None:
    direct = set(RUNS | TESTS)
    assert with_what_they_bring(direct) - direct == set(BROUGHT)


@pytest.mark.parametrize("folder", ["backend", "qr", "mobile_api"])
def test_what_runs_imports_only_what_is_installed_to_run(folder: str) -> None:
    assert imported(folder) <= with_what_they_bring(set(RUNS))


@pytest.mark.parametrize("folder", ["tests", "fixtures", "bench"])
def test_what_tests_and_measures_imports_only_what_is_pinned(folder: str) -> None:
    assert imported(folder) <= set(RUNS | TESTS | BROUGHT)


def with_what_they_bring(packages: set[str]) -> set[str]:
    """The packages and what they ask for in turn; of the extras only psycopg's `binary`."""
    present = {normal(each.name): each for each in metadata.distributions()}
    found: set[str] = set()
    waiting = set(packages)
    while waiting:
        name = waiting.pop()
        found.add(name)
        asked = [each for each in present[name].requires or [] if "extra ==" not in each]
        names = {normal(match[0]) for each in asked if (match := re.match(r"[\w.-]+", each))}
        names |= {"psycopg-binary"} if name == "psycopg" else set()
        waiting |= (names & present.keys()) - found
    return found


def imported(folder: str) -> set[str]:
    """The packages that the Python files below a folder import, wherever in the file."""
    packages = metadata.packages_distributions()
    ours = {path.name for path in ROOT.iterdir()} | set(sys.stdlib_module_names)
    return {
        normal(packages.get(module, [module])[0])
        for file in (ROOT / folder).rglob("*.py")
        for module in modules(ast.parse(file.read_text()))
        if module not in ours
    }


def modules(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.importorskip":
            found.add(ast.literal_eval(node.args[0]).partition(".")[0])
    return found
