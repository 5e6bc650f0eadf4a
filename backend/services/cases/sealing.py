"""The trail witnesses the steps of cases: once a minute a line says which there are, and a digest.

A line of the trail is sealed, and its checkpoints lie outside the database: so a step that was
taken away is missed even if the row of its case was put back to suit.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from backend.actor import SYSTEM
from backend.db import writing
from backend.house import house
from backend.models import CaseStep, TrailLine
from backend.prepared import Prepared
from backend.rules import seals
from backend.services import trail
from backend.services.cases import chain
from backend.services.trail_proof import all_smaller_numbers_are_in

VERB = "case.seal"
MOST = 5_000
"""Steps under one line."""


class Witness(NamedTuple):
    """What a line of the trail says of the steps from `first` to `last`."""

    line: int
    first: int
    last: int
    steps: int
    digest: str


def seal() -> int:
    """Have the trail witness all steps that it does not know yet; how many these were."""
    total = 0
    while steps := _seal_some():
        total += steps
    return total


def _seal_some() -> int:
    last = _last_step()
    witnessed = last_witness()
    if last is None or (witnessed is not None and last <= witnessed.last):
        return 0
    with writing():
        if not all_smaller_numbers_are_in("case_step"):
            return 0
        witnessed = last_witness()
        rows = _after(witnessed.last if witnessed else 0, MOST)
        if not rows:
            return 0
        facts = {
            "first": rows[0][0],
            "last": rows[-1][0],
            "steps": len(rows),
            "digest": digest(house().trail_keys[0], rows),
        }
        trail.write(SYSTEM, VERB, facts=facts)
        return len(rows)


def digest(key: bytes, rows: Sequence[tuple[Any, ...]]) -> str:
    """Over the numbers and macs of steps; one from before there were macs stands there whole."""
    entries = [
        (row[0], bytes(row[-1]) if row[-1] is not None else seals.line_mac(key, row[1:-1]))
        for row in rows
    ]
    return seals.batch_seal(seals.GENESIS, entries).hex()


def last_witness() -> Witness | None:
    """The last line of the trail that witnesses steps."""
    row = _last_line.first()
    return None if row is None else _witness(*row)


def witnesses() -> list[Witness]:
    """All of them, in order."""
    return [_witness(*row) for row in _lines()]


def between(first: int, last: int) -> Sequence[tuple[Any, ...]]:
    """Steps by their numbers: number, VALUES, mac."""
    return _between(first, last)


def _witness(line: int, facts: str) -> Witness:
    said = orjson.loads(facts)
    return Witness(line, said["first"], said["last"], said["steps"], said["digest"])


def _last_step() -> int | None:
    row = _newest.first()
    return row[0] if row else None


_COLUMNS = (CaseStep.id, *[getattr(CaseStep, name) for name in chain.VALUES], CaseStep.mac)
_sealed = TrailLine.select(TrailLine.id, TrailLine.facts).where(TrailLine.verb == VERB)
_last_line = Prepared(lambda: _sealed.order_by(TrailLine.id.desc()).limit(1))
_lines = Prepared(lambda: _sealed.order_by(TrailLine.id))
_newest = Prepared(lambda: CaseStep.select(CaseStep.id).order_by(CaseStep.id.desc()).limit(1))
_after = Prepared(
    lambda after, most: (
        CaseStep.select(*_COLUMNS).where(CaseStep.id > after).order_by(CaseStep.id).limit(most)
    )
)
_between = Prepared(
    lambda first, last: (
        CaseStep.select(*_COLUMNS)
        .where((CaseStep.id >= first) & (CaseStep.id <= last))
        .order_by(CaseStep.id)
    )
)
