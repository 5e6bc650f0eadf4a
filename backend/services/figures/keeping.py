"""Facts and sums follow the steps: read on from where the last reading ended, never recounted.

What a changed case added before is taken off and what it adds now is put on, in one transaction
with the place that was reached. The reading is done before it, so that nobody waits for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import fn

from backend import clock
from backend.db import from_ms, locked, reading, to_ms, writing
from backend.models import Case, CaseCursor, CaseFact, CaseStep, CaseTally, Mention
from backend.rules.figures.facts import Fact
from backend.services.figures import sums
from backend.services.figures.made import made_facts, stored_facts
from backend.services.imports import bulk

PORTION = 200
LOOK_BACK = 500
"""Numbers of steps are given before they are seen: so many behind are looked at once more."""
SAID_EVERY = timedelta(seconds=5)
"""How often it is noted that nothing has happened."""


def keep() -> int:
    """Bring the figures up to what has happened; for the keeper. Returns how many cases changed."""
    changed = 0
    _begin()
    while (done := _portion()) is not None:
        changed += done
    return changed


def rebuild() -> int:
    """Forget all figures and make them anew from the steps. Returns of how many cases."""
    with writing():
        for model in (CaseFact, CaseTally, CaseCursor):
            model.delete().execute()
    return keep()


class _News(NamedTuple):
    """What a reading found: whose facts change into what, and how far it went."""

    cases: Sequence[int]
    old: Sequence[Fact]
    new: Sequence[Fact]
    cursor: tuple[int, int]
    is_last: bool


def _portion() -> int | None:
    """The next cases of which something is new; None once there is nothing more."""
    now = clock.now()
    with reading():
        cursor = _cursor()
        news = _news(cursor)
    if news.is_last and not news.cases and now - cursor.as_of < SAID_EVERY:
        return None
    changes = sums.difference(news.old, news.new)
    with writing():
        held = locked(CaseCursor.select().where(CaseCursor.id == cursor.id)).get()
        if held.version != cursor.version:
            return 0  # Another keeper was quicker: read again.
        _write(news, changes)
        held.step_id, held.mention_id = news.cursor
        held.version += 1
        if news.is_last:
            held.as_of = now
        held.save()
    return None if news.is_last else len(news.cases)


def _begin() -> None:
    """The row that says how far the reading went; before there is one, nothing was read."""
    if not CaseCursor.select().exists():
        with writing():
            CaseCursor.insert(id=1).on_conflict_ignore().execute()


def _cursor() -> CaseCursor:
    row: CaseCursor = CaseCursor.get_by_id(1)
    return row


def _news(cursor: CaseCursor) -> _News:
    steps = _after(CaseStep, cursor.step_id)
    told = _after(Mention, cursor.mention_id)
    cases = {case_id for _, case_id in (*steps, *told)} | _late_comers(cursor) | _answered()
    old, new = stored_facts(cases), list(made_facts(cases))
    reached = (
        steps[-1][0] if steps else cursor.step_id,
        told[-1][0] if told else cursor.mention_id,
    )
    is_last = max(len(steps), len(told)) < PORTION
    changed = {each.case_id for each in set(old) ^ set(new)}
    return _News(
        sorted(changed),
        [each for each in old if each.case_id in changed],
        [each for each in new if each.case_id in changed],
        reached,
        is_last,
    )


def _after(model: Any, number: int) -> list[tuple[int, int]]:
    rows = model.select(model.id, model.case_id).where(model.id > number)
    return list(rows.order_by(model.id).limit(PORTION).tuples())


def _late_comers(cursor: CaseCursor) -> set[int]:
    """Cases with a step that became visible after one with a higher number had been read."""
    known = CaseFact.select(CaseFact.case_id).where(
        (CaseFact.case_id == CaseStep.case_id) & (CaseFact.step_id >= CaseStep.id)
    )
    behind = CaseStep.id.between(cursor.step_id - LOOK_BACK, cursor.step_id)
    rows = CaseStep.select(CaseStep.case_id).where(behind, ~fn.EXISTS(known))
    return {row.case_id for row in rows}


def _answered() -> set[int]:
    """Cases whose reporters have been told since: no step says so."""
    rows = (
        CaseFact.select(CaseFact.case_id)
        .join(Case, on=(Case.id == CaseFact.case_id))
        .where(CaseFact.pending.is_null(False), Case.answered_at.is_null(False))
        .where(Case.round == CaseFact.round)
        .limit(PORTION)
    )
    return {row.case_id for row in rows}


def _write(news: _News, changes: sums.Tallies) -> None:
    if not news.cases:
        return
    CaseFact.delete().where(CaseFact.case_id.in_(news.cases)).execute()
    bulk.insert(CaseFact, Fact._fields, news.new)
    sums.add(changes)


def as_of() -> datetime:
    """Everything that happened before this instant is in the figures."""
    row: CaseCursor | None = CaseCursor.get_or_none(CaseCursor.id == 1)
    return row.as_of if row else from_ms(0)


def is_behind(limit: timedelta) -> bool:
    """Whether the figures have not been brought up for longer than this."""
    return to_ms(clock.now()) - to_ms(as_of()) > limit.total_seconds() * 1000
