"""Whatever decodes a stranger's picture is given to the sandbox, and called nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PIXELS = "backend/rules/pixels.py"


def test_the_tasks_are_called_by_the_sandbox_alone() -> None:
    """`sandbox.run(pixels.publish, ...)` and nothing else may name one."""
    wrong = []
    for file in [*(ROOT / "backend").rglob("*.py"), *(ROOT / "mobile_api").rglob("*.py")]:
        name = file.relative_to(ROOT).as_posix()
        if name != PIXELS:
            wrong += [f"{name}:{line}" for line in strays(ast.parse(file.read_text()))]
    assert wrong == []


def strays(tree: ast.AST) -> list[int]:
    """The lines that use `pixels` other than as the first thing given to `sandbox.run`."""
    given = {
        id(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "sandbox.run" and node.args
    }
    used = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node).startswith("pixels.")
        and id(node) not in given
    ]
    return used + [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "backend.rules.pixels"
    ]


def test_a_stray_one_is_found() -> None:
    assert strays(ast.parse("sandbox.run(pixels.publish, photo)")) == []
    assert strays(ast.parse("pixels.publish(photo)")) == [1]
    assert strays(ast.parse("run = pixels.publish")) == [1]
    assert strays(ast.parse("from backend.rules.pixels import publish")) == [1]


def test_what_decodes_is_imported_in_one_place() -> None:
    """Pillow, zxing and the readers of codes built on them: by the sandbox's tasks alone."""
    decoders = {"PIL", "pillow_heif", "zxingcpp", "qr.rescue", "qr.decoder"}
    wrong = []
    for file in [*(ROOT / "backend").rglob("*.py"), *(ROOT / "mobile_api").rglob("*.py")]:
        names = set(imported(ast.parse(file.read_text())))
        if names & decoders and file.relative_to(ROOT).as_posix() != PIXELS:
            wrong.append(file.name)
    assert wrong == []


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
