"""Lessons: texts that somebody has sorted, for the house to learn from until it has its own."""

from collections.abc import Sequence
from typing import Any

from peewee import fn

from backend.house import house
from backend.models import Lesson, Unit
from backend.services import problems, words
from backend.services.imports.columns import Column, prose, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Known, Parsed

_KEPT = ("id", "text_index", "sealed", "label", "at")
PORTION = 500
"""Indexes that one question asks for."""


class Lessons(Csv):
    """Load texts with what they are about, to learn from: a problem, or a unit"""

    name = "lessons"
    tables = (Lesson,)
    columns = (
        Column("text", prose(4_000), required=True, personal=True),
        Column("label", text(60)),
        Column("unit", text(20), later=True),
    )

    def prepare(self) -> None:
        self.units = Known(Unit, "code", "name")
        self.labels = {
            words.label_of(kind, problem.code)
            for kind, subject in problems.subjects().items()
            for problem in subject.problems
        }
        self.seen: dict[str, int] = {}
        self.last: int = Lesson.select(fn.MAX(Lesson.id)).scalar() or 0

    def take(self, batch: Sequence[Parsed]) -> Tally:
        tally = Tally()
        self.units.learn([values[2] for _, values in batch])
        wanted: dict[str, str] = {}
        for number, (said, label, unit) in batch:
            if self._fits(number, said, label, unit):
                wanted[said] = f"{words.UNIT}{unit}" if unit else label
        before = _known(list(wanted))
        vault, added, changed = house().vault, [], []
        for said, label in wanted.items():
            if said not in before:
                key = self.last = self.last + 1
                sealed = vault.seal(f"lesson:{key}".encode(), said)
                added.append((key, vault.index("lesson", said), sealed, label, self.now))
            elif before[said][1] != label:
                changed.append((label, self.now, before[said][0]))
            else:
                tally.unchanged += 1
        self.insert(Lesson, _KEPT, added)
        self.update(Lesson, ("label", "at"), changed)
        tally.added, tally.changed = len(added), len(changed)
        return tally

    def _fits(self, number: int, said: str, label: str | None, unit: str | None) -> bool:
        complain, faults = self.findings.add, self.findings.count
        if said in self.seen:
            complain(number, "text", f"stands in row {self.seen[said]} already")
        self.seen.setdefault(said, number)
        if unit and label:
            complain(number, "unit", "says what label says; leave one of them empty", unit)
        elif unit and self.units.get(unit) is None:
            complain(number, "unit", "is unknown; import units first", unit)
        elif not unit and label not in self.labels:
            complain(number, "label", "is no problem; write kind.problem: street.rubbish", label)
        return self.findings.count == faults


def _known(said: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Those that were loaded before: their key and label, whichever index key they are under."""
    vault, found = house().vault, {}
    for first in range(0, len(said), PORTION):
        indexes = {
            index: one
            for one in said[first : first + PORTION]
            for index in vault.indexes("lesson", one)
        }
        rows: Any = Lesson.select(Lesson.text_index, Lesson.id, Lesson.label).where(
            Lesson.text_index.in_(list(indexes))
        )
        for index, key, label in rows.tuples():
            found[indexes[bytes(index)]] = (key, label)
    return found
