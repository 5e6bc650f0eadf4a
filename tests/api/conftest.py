"""The town of the permission matrix, for whoever plays a request of every kind in it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from backend.db import database
from tests import databases, town
from tests.api.matrix.world import World


@pytest.fixture(scope="module")
def world(app: Flask, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[World]:
    """Built once for a file: no cell leaves a trace in it."""
    if databases.is_postgresql_run():
        url = databases.fresh_postgres(town.build, f"matrix_{worker_id}")
    else:
        url = databases.fresh_sqlite(town.build, tmp_path_factory.mktemp("matrix"))
    built = World(app, url)
    with built.stopped():
        yield built
    database.close()
    if databases.is_postgresql_run():
        databases.drop_postgres(url)
