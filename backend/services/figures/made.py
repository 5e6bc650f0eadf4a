"""The facts of cases: as they are kept, and as the steps say them today."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from peewee import fn

from backend.db import database
from backend.house import house
from backend.models import Case, CaseFact, CaseStep, Mention
from backend.rules.clocks import CaseLimits
from backend.rules.figures import facts
from backend.rules.figures.facts import About, Fact, Happening, Promises

_COLUMNS = [getattr(CaseFact, name) for name in Fact._fields]


def as_facts(rows: Any) -> list[Fact]:
    """The facts that a query over CaseFact's columns finds, instants as milliseconds."""
    return [Fact._make(row) for row in plain(rows)]


def facts_where(*conditions: Any) -> list[Fact]:
    """The facts for which all of these hold."""
    return as_facts(CaseFact.select(*_COLUMNS).where(*conditions))


def stored_facts(cases: Collection[int]) -> list[Fact]:
    return facts_where(CaseFact.case_id.in_(sorted(cases))) if cases else []


def made_facts(cases: Collection[int]) -> Iterable[Fact]:
    """What the steps of these cases say today."""
    if not cases:
        return
    wanted = sorted(cases)
    steps = _steps(wanted)
    reports = dict(plain(_mentions(wanted)))
    promises = promises_of(house().policy.cases)
    for case_id, parent_id, *rest in plain(Case.select(*_ABOUT).where(Case.id.in_(wanted))):
        area_path, unit, kind, problem, channel, *instants = rest
        about = About(
            case_id, area_path, unit, kind, problem, channel, parent_id is not None,
            reports.get(case_id, 0), *instants,
        )  # fmt: skip
        yield from facts.facts_of(about, steps[case_id], promises)


_ABOUT = (
    Case.id, Case.parent_id, Case.area_path, Case.unit, Case.kind, Case.problem, Case.channel,
    Case.due_at, Case.answer_by, Case.answered_at, Case.voided_at,
)  # fmt: skip


def promises_of(limits: CaseLimits) -> Promises:
    """The policy's minutes as milliseconds."""
    return Promises(limits.dispatch_min * 60_000, limits.accept_min * 60_000)


def _steps(wanted: Sequence[int]) -> Mapping[int, list[Happening]]:
    columns = (
        CaseStep.case_id, CaseStep.id, CaseStep.at, CaseStep.action, CaseStep.state,
        CaseStep.unit, CaseStep.account_id, CaseStep.facts,
    )  # fmt: skip
    rows = CaseStep.select(*columns).where(CaseStep.case_id.in_(wanted)).order_by(CaseStep.id)
    found: dict[int, list[Happening]] = defaultdict(list)
    for case_id, number, at, action, state, unit, account, said in plain(rows):
        known = orjson.loads(said) if action in TELLING else {}
        happening = Happening(number, at, action, state, unit, account is not None, known)
        found[case_id].append(happening)
    return found


TELLING = frozenset({"reopen", "rate"})
"""Steps whose facts are read."""


def _mentions(wanted: Sequence[int]) -> Any:
    rows = Mention.select(Mention.case_id, fn.COUNT(Mention.id))
    return rows.where(Mention.case_id.in_(wanted)).group_by(Mention.case_id)


def plain(query: Any) -> list[tuple[Any, ...]]:
    """Rows as the database holds them: instants stay milliseconds."""
    sql, parameters = query.sql()
    return list(database.execute_sql(sql, parameters).fetchall())
