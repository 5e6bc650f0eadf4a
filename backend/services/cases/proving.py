"""The check of all cases: every step against its mac and the one before it, every case against its
last step, and all of them against what the trail has witnessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from backend.db import from_ms
from backend.house import house
from backend.models import Case, CaseStep
from backend.prepared import Prepared
from backend.rules import case_numbers
from backend.services.cases import chain, sealing
from backend.services.cases.chain import VALUES

PORTION = 2_000  # Cases whose steps are held in memory at once.
STATE, SERIAL = VALUES.index("state") + 1, VALUES.index("serial") + 1


@dataclass(frozen=True)
class Proof:
    """What was gone through; `first_bad` names the first fault, its case and step, if there is one.

    `old` are steps from before there were macs: read, and not vouched for.
    """

    cases: int
    steps: int
    old: int
    witnesses: int
    first_bad: str | None


class Bad(Exception):
    """The first fault, in words."""


def prove(newest: int | None = None) -> Proof:
    """Go through all cases, or through so many of the newest ones."""
    walk = _Walk()
    first_bad = None
    try:
        walk.go(newest)
    except Bad as bad:
        first_bad = str(bad)
    return Proof(walk.cases, walk.steps, walk.old, walk.witnesses, first_bad)


class _Walk:
    def __init__(self) -> None:
        self.cases = self.steps = self.old = self.witnesses = 0
        self.keys = house().trail_keys

    def go(self, newest: int | None) -> None:
        after = _skipped(newest)
        while rows := _cases(after, PORTION):
            of_case = dict(_grouped(_steps(after, rows[-1][0])))
            for row in rows:
                self._pass_case(row, of_case.pop(row[0], []))
            for case_id in of_case:
                raise Bad(f"steps of case {case_id}, which is not there")
            after = rows[-1][0]
        if newest is None:
            for case_id, _ in _grouped(_steps(after, 2**62)):
                raise Bad(f"steps of case {case_id}, which is not there")
            self._pass_witnesses()

    def _pass_case(self, row: tuple[Any, ...], steps: list[tuple[Any, ...]]) -> None:
        case_id, opened_at, state, counted, mac = row
        name = f"case {case_numbers.number(case_id, from_ms(opened_at))}"
        if not steps:
            raise Bad(f"{name} has no steps")
        old = [step for step in steps if step[-1] is None]
        if old != steps[: len(old)]:
            raise Bad(f"{name}, step {steps.index(old[-1]) + 1} was inserted")
        before = self._follow(name, old, steps[len(old) :])
        if mac is not None and (counted, bytes(mac)) != (len(steps), before):
            raise Bad(f"{name} has {counted} steps by its row, and {len(steps)} that are there")
        if mac is None and not old and counted != len(steps):
            raise Bad(f"{name} has {counted} steps by its row, and {len(steps)} that are there")
        if steps[-1][STATE] != state:
            raise Bad(f"{name} is {state} by its row, and {steps[-1][STATE]} by its last step")
        self.cases += 1
        self.steps += len(steps)
        self.old += len(old)

    def _follow(
        self, name: str, old: list[tuple[Any, ...]], sealed: list[tuple[Any, ...]]
    ) -> bytes | None:
        """The mac of the last step, if each follows the one before it."""
        starts = [chain.foundation(key, [step[1:-1] for step in old]) for key in self.keys]
        before: bytes | None = None
        for serial, step in enumerate(sealed, len(old) + 1):
            known = starts if before is None else [before]
            mac = bytes(step[-1])
            if step[SERIAL] != serial or not self._is_link(step, known, mac):
                raise Bad(f"{name}, step {serial} is not as it was written")
            before = mac
        return before

    def _is_link(self, step: tuple[Any, ...], before: Sequence[bytes], mac: bytes) -> bool:
        return any(_link(key, step, one) == mac for key in self.keys for one in before)

    def _pass_witnesses(self) -> None:
        for witness in sealing.witnesses():
            rows = sealing.between(witness.first, witness.last)
            if not any(_digest(key, rows) == witness.digest for key in self.keys):
                words = f"steps {witness.first}-{witness.last} were {witness.steps}"
                raise Bad(f"{words} when line {witness.line} of the trail saw them, and differ now")
            self.witnesses += 1


def _link(key: bytes, step: tuple[Any, ...], before: bytes) -> bytes | None:
    """The mac that this step should have; None for values that were never written like that."""
    try:
        return chain.link(key, step[1:-1], before)
    except (TypeError, ValueError):
        return None


def _digest(key: bytes, rows: Sequence[tuple[Any, ...]]) -> str | None:
    try:
        return sealing.digest(key, rows)
    except (TypeError, ValueError):
        return None


def _grouped(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    for case_id, steps in groupby(rows, key=lambda row: row[1]):
        yield case_id, list(steps)


def _skipped(newest: int | None) -> int:
    """The number of the last case that is not gone through."""
    if newest is None:
        return 0
    rows = Case.select(Case.id).order_by(Case.id.desc()).limit(newest)
    return min((row.id for row in rows), default=1) - 1


_cases = Prepared(
    lambda after, most: (
        Case.select(Case.id, Case.opened_at, Case.state, Case.steps, Case.mac)
        .where(Case.id > after)
        .order_by(Case.id)
        .limit(most)
    )
)
_steps = Prepared(
    lambda after, until: (
        CaseStep.select(CaseStep.id, *[getattr(CaseStep, name) for name in VALUES], CaseStep.mac)
        .where((CaseStep.case_id > after) & (CaseStep.case_id <= until))
        .order_by(CaseStep.case_id, CaseStep.id)
    )
)
