"""`python -m tests.api.matrix`: play every cell and write expected.txt anew, to be reviewed."""

import tempfile
import time
from pathlib import Path

from mobile_api import create_app
from tests import databases, town
from tests.api.matrix.report import block, operations
from tests.api.matrix.world import EXPECTED, PLACES, VISITS, WHO, World

with tempfile.TemporaryDirectory() as folder:
    app = create_app(town.settings(f"sqlite:///{folder}/empty.db"))
    world = World(app, databases.fresh_sqlite(town.build, Path(folder)))
    began = time.perf_counter()
    with world.stopped():
        blocks = [block(world, name, each) for name, each in sorted(operations(app).items())]
    EXPECTED.write_text("\n".join(blocks), encoding="utf-8")
    cells = len(blocks) * len(WHO) * len(PLACES) * len(VISITS)
    print(f"{len(blocks)} operations, {cells} cells in {time.perf_counter() - began:.1f} s")
