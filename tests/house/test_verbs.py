"""What roles.toml grants is what the house can do, and what a verb gives away is plain data."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import backend.services
from backend.actor import Actor
from backend.models import TABLES
from backend.policy import read_policy
from backend.services.imports import KINDS
from backend.verbs import VERBS

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(backend.services.__path__, "backend.services.")
]
GRANTED = read_policy().verbs


@pytest.mark.parametrize("role", GRANTED)
def test_what_a_role_may_do_can_be_done(role: str) -> None:
    assert GRANTED[role] <= VERBS.keys()


def test_what_can_be_done_somebody_may_do() -> None:
    granted = frozenset().union(*GRANTED.values())
    assert {verb.name for verb in VERBS.values() if not verb.anyone} == granted


def test_what_anyone_may_do_is_granted_to_nobody_in_particular() -> None:
    granted = frozenset().union(*GRANTED.values())
    assert not granted & {verb.name for verb in VERBS.values() if verb.anyone}


def test_every_verb_tells_what_it_does_in_one_line() -> None:
    stories = {verb.name: verb.story for verb in VERBS.values()}
    assert [name for name, story in stories.items() if not story or story.endswith(".")] == []


def functions() -> Iterator[tuple[str, typing.Callable[..., Any]]]:
    """Every function made a verb, with the verb's name; several may share one."""
    for module in MODULES:
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            for word in node.decorator_list:
                if isinstance(word, ast.Call) and ast.unparse(word.func) == "verb":
                    yield ast.literal_eval(word.args[0]), getattr(module, node.name)


FUNCTIONS = list(functions())


def test_all_verbs_are_found() -> None:
    imports = {f"import.{kind}" for kind in KINDS}
    assert {name for name, _ in FUNCTIONS} == VERBS.keys() - imports


def test_no_verb_gives_away_a_row() -> None:
    """People leave the backend as plain, already masked data; a row could be read further."""
    for name, function in FUNCTIONS:
        given = set(types_in(typing.get_type_hints(function)["return"]))
        assert not given & set(TABLES), name


def types_in(hint: Any) -> Iterator[Any]:
    """A type, those it is made of, and those of a dataclass's fields."""
    yield hint
    for part in typing.get_args(hint):
        yield from types_in(part)
    if dataclasses.is_dataclass(hint):
        for part in typing.get_type_hints(hint).values():
            yield from types_in(part)


def test_who_acts_is_always_said() -> None:
    """The actor travels as `by=`, and nobody acts by default."""
    for name, function in FUNCTIONS:
        by = inspect.signature(function).parameters["by"]
        assert (by.kind, by.default) == (by.KEYWORD_ONLY, by.empty), name
        assert typing.get_type_hints(function)["by"] is Actor, name
