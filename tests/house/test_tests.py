"""A test that nobody runs is a promise that nobody keeps."""

import ast
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
TREES = {
    file.relative_to(TESTS).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
    for file in sorted(TESTS.rglob("*.py"))
}


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [each for each in tree.body if isinstance(each, ast.FunctionDef)]


def is_test_file(name: str) -> bool:
    return name.rpartition("/")[2].startswith("test_")


def test_every_function_of_a_test_file_is_a_test_a_fixture_or_used() -> None:
    forgotten = []
    for name, tree in TREES.items():
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        forgotten += [
            f"{name}: {each.name}"
            for each in functions(tree)
            if is_test_file(name)
            and not each.name.startswith(("test_", "pytest_"))
            and not any("fixture" in ast.unparse(word) for word in each.decorator_list)
            and each.name not in used
        ]
    assert forgotten == []


def test_no_test_stands_where_it_is_not_looked_for() -> None:
    lost = [
        f"{name}: {each.name}"
        for name, tree in TREES.items()
        for each in functions(tree)
        if each.name.startswith("test_") and not is_test_file(name)
    ]
    assert lost == []


def test_no_test_takes_the_place_of_another_of_its_name() -> None:
    twice = [
        f"{name}: {function}"
        for name, tree in TREES.items()
        for function, times in Counter(each.name for each in functions(tree)).items()
        if times > 1
    ]
    assert twice == []
