"""What makes the steps of a case tamper-evident: each bears a keyed mac over its values and the
mac of the step before it, and the case knows the last one.

A step from before there were macs has none; the first that has one is chained to all of those.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from backend.house import house
from backend.models import Case, CaseStep
from backend.prepared import Prepared
from backend.rules import seals

VALUES = (
    "case_id",
    "serial",
    "at",
    "action",
    "before",
    "state",
    "account_id",
    "role",
    "unit",
    "device_id",
    "lat",
    "lon",
    "note",
    "facts",
)
"""What a mac is over, as the database holds it."""

Row = tuple[Any, ...]


class Head(NamedTuple):
    """How many steps a case has, and the mac of the last one."""

    steps: int
    mac: bytes


def link(key: bytes, values: Sequence[object], before: bytes) -> bytes:
    """The mac of a step (its VALUES) that follows the one with the mac `before`."""
    return seals.line_mac(key, [*values, before.hex()])


def foundation(key: bytes, old: Sequence[Row]) -> bytes:
    """What the first mac of a case is chained to: the steps that were there before it, if any."""
    return seals.line_mac(key, [list(row) for row in old]) if old else seals.GENESIS


def head(case: Case) -> Head:
    """Where the next step goes. The two steps of a case's opening leave no head on its row."""
    if case.mac is not None:
        return Head(case.steps, bytes(case.mac))
    rows = steps_of(case.id)
    if rows and rows[-1][-1] is not None:
        return Head(len(rows), bytes(rows[-1][-1]))
    return Head(len(rows), foundation(house().trail_keys[0], [row[1:-1] for row in rows]))


def steps_of(case_id: int) -> Sequence[Row]:
    """Its steps: number, VALUES, mac."""
    return _steps(case_id)


_steps = Prepared(
    lambda case: (
        CaseStep.select(CaseStep.id, *[getattr(CaseStep, name) for name in VALUES], CaseStep.mac)
        .where(CaseStep.case_id == case)
        .order_by(CaseStep.id)
    )
)
