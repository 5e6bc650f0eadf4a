"""Requests made up from the contract, for every operation and everybody: the contract is kept.

What the document allows and what it forbids is drawn at random, sent once by each kind of
person, and the answer held against the document: status, media type, headers, body. Half of the
requests name things that exist, with a lease that lives. What is done is undone.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from backend.db import database
from tests import databases, town
from tests.api.matrix.report import API
from tests.api.matrix.requests import SAMPLES, Cell
from tests.api.matrix.world import World
from tests.api.slots import head_of
from tests.api.test_nasty import OPERATIONS, ROLES

pytestmark = pytest.mark.wide

load_all_checks()
LEFT_OUT = {
    # The domain refuses much that a schema cannot: numbers whose check digit is wrong, control
    # characters, a fix and a tag at once.
    "positive_data_acceptance",
    # It takes our token for one it has made up. The matrix asks nobody about everything.
    "ignored_auth",
}


@pytest.fixture(scope="module")
def world(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    if databases.is_postgresql_run():
        url = databases.fresh_postgres(town.build, f"drawn_{worker}")
    else:
        url = databases.fresh_sqlite(town.build, tmp_path_factory.mktemp("drawn"))
    built = World(app, url)
    with built.stopped():
        yield built
    database.close()
    if databases.is_postgresql_run():
        databases.drop_postgres(url)


@pytest.fixture(scope="module")
def contract(app: Flask) -> dict[str, Any]:
    """Operation -> what schemathesis knows of it."""
    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app)
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.definition.raw["operationId"]: operation for operation in found}


def checks() -> list[Callable[..., Any]]:
    return CHECKS.get_by_names([name for name in CHECKS.get_all_names() if name not in LEFT_OUT])


def drawn(operation: Any) -> st.SearchStrategy[Any]:
    """Requests the document allows, and requests it forbids."""
    allowed = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    forbidden = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.one_of(allowed, forbidden)


def keeps_the_contract(world: World, operation: Any, examples: int, **how: Any) -> None:
    name = operation.definition.raw["operationId"]
    cells = [Cell(world, who, "own", "live") for who in ROLES.values()]
    asks = [(cell, SAMPLES[name](cell)) for cell in cells]

    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **how,
    )
    @given(case=drawn(operation), is_known=st.booleans())
    def all_of_them(case: Any, is_known: bool) -> None:
        for cell, ask in asks:
            head = {name: text.decode() for name, text in head_of(cell, ask).items()}
            if not is_known:
                head.pop("Visit-Lease", None)
                head.pop("If-Match", None)
            elif ask.path and case.meta.generation.mode is GenerationMode.POSITIVE:
                case.path_parameters = ask.path
            with database.atomic() as undone:
                answer = case.call(headers=head)
                undone.rollback()
            case.validate_response(answer, checks=checks())

    all_of_them()


def test_every_operation_is_drawn(contract: dict[str, Any]) -> None:
    assert contract.keys() == set(OPERATIONS)
    assert len(checks()) >= 12


@pytest.mark.parametrize("operation", OPERATIONS)
def test_contract_is_kept(world: World, contract: dict[str, Any], operation: str) -> None:
    known = contract[operation]
    keeps_the_contract(world, known, 6, derandomize=True, phases=[Phase.generate])


@pytest.mark.proof
@pytest.mark.parametrize("operation", OPERATIONS)
def test_contract_is_kept_500_times(world: World, contract: dict[str, Any], operation: str) -> None:
    keeps_the_contract(world, contract[operation], 500, derandomize=False, print_blob=True)
