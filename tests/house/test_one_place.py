"""What is dangerous in many places stands in one."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("backend", "mobile_api", "qr")

# What may be said, and the only files that may say it.
PLACES = {
    # A rule is given the time, a story stops it.
    "datetime.now": {"backend/clock.py", "mobile_api/walk.py"},  # walk is a phone.
    "datetime.utcnow": set(),
    "datetime.today": set(),
    "date.today": set(),
    # A token that is read elsewhere is read with other options.
    "jwt": {"backend/rules/tokens.py"},
    # A picture from outside costs what its maker wants it to cost.
    # The operator's own files, on the command line; a stranger's in the sandbox.
    "Image.open": {"qr/verify.py", "qr/__main__.py", "backend/rules/pixels.py"},
    # What runs whatever it is given.
    "pickle": set(),
    "subprocess": {"mobile_api/__main__.py", "backend/sandbox.py"},
    "exec": set(),
    "eval": {"backend/services/records/sheet/views.py"},
    "yaml": set(),
    "os.system": set(),
}


def files() -> Iterator[Path]:
    for folder in PRODUCT:
        yield from sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("what", PLACES)
def test_it_stands_in_its_one_place(what: str) -> None:
    assert {file for file, words in spoken().items() if what in words} == PLACES[what]


@cache
def spoken() -> dict[str, set[str]]:
    """File -> the names it uses."""
    return {
        file.relative_to(ROOT).as_posix(): set(said(ast.parse(file.read_text(encoding="utf-8"))))
        for file in files()
    }


def said(tree: ast.AST) -> Iterator[str]:
    """Every dotted name used (`datetime.now`), and every module imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            yield ast.unparse(node)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (alias.name for alias in node.names)


def test_a_forbidden_word_is_found_however_it_is_written() -> None:
    text = "import jwt.api\nfrom PIL import Image\nx = [Image.open(y) for y in ()]\n"
    assert {"jwt.api", "PIL", "Image", "Image.open"} <= set(said(ast.parse(text)))
