"""The cases behind a number of the board: as many as it says, for both ask the same question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import to_ms
from backend.errors import Invalid
from backend.models import Case, CaseFact, Unit
from backend.rules.figures import table
from backend.rules.figures.periods import Period
from backend.services import cases, problems
from backend.services.figures import board, late
from backend.services.figures.scoping import Asked, Narrow, conditions, narrowed
from backend.verbs import verb

MOST = 100
Plain = dict[str, Any]


@dataclass(frozen=True)
class Which:
    """One of these: `why` a case is late (`any`: for any reason), a `mark` of open cases, or what
    was counted (`count`) in the period and, if wanted, `lacks` something else.
    """

    why: str | None = None
    mark: str | None = None
    count: str | None = None
    lacks: str | None = None


@verb("board.show", reads=True)
def listed(asked: Asked, which: Which, *, skip: int = 0, most: int = 50, by: Actor) -> Plain:
    """The cases behind a number: late for a reason, marked, or counted in a period"""
    narrow, period = narrowed(asked, by), board.period_of(asked)
    most = max(1, min(most, MOST))
    if which.count:
        total, rows = _counted(narrow, period, which, skip, most)
    else:
        total, rows = _now(narrow, which, skip, most)
    known = {row.code: row.name for row in Unit.select().where(Unit.code.in_(_codes(rows)))}
    return {
        "total": total,
        "items": [_line(case, at, known) for case, at in rows],
        "next": str(skip + most) if skip + most < total else None,
        "period": {"first": period.first.isoformat(), "last": period.last.isoformat()},
    }


def _now(narrow: Narrow, which: Which, skip: int, most: int) -> tuple[int, list[Any]]:
    if which.mark:
        if which.mark not in late.MARKS:
            raise Invalid(errors={"mark": [f"One of {', '.join(late.MARKS)}."]})
        condition = late.is_marked(which.mark)
    elif which.why in (None, "any"):
        condition = late.is_late()
    elif which.why in late.WHY:
        condition = late.is_late_for(str(which.why))
    else:
        raise Invalid(errors={"why": [f"One of {', '.join(late.WHY)}, any."]})
    rows = Case.select(Case, late.order().alias("since")).where(
        condition, *conditions(Case, narrow)
    )
    page: Any = rows.order_by(late.order(), Case.id).offset(skip).limit(most)
    return rows.count(), [(case, case.since) for case in page]


def _counted(
    narrow: Narrow, period: Period, which: Which, skip: int, most: int
) -> tuple[int, list[Any]]:
    measure = _measure(which.count, "count")
    column = getattr(CaseFact, measure.at)
    end = period.end_ms
    if measure.at == "due_at":  # Later today is not due yet.
        end = min(end, to_ms(clock.now()) + 1)
    wanted = [column >= period.start_ms, column < end, *conditions(CaseFact, narrow)]
    if measure.flag:
        wanted.append(getattr(CaseFact, measure.flag) > 0)
    if which.lacks:
        lacking = _measure(which.lacks, "lacks")
        if lacking.at != measure.at or not lacking.flag:
            raise Invalid(errors={"lacks": ["It is counted at another instant."]})
        wanted.append(getattr(CaseFact, lacking.flag) == 0)
    found = CaseFact.select(CaseFact.case_id, column).where(*wanted)
    page = found.order_by(column.desc(), CaseFact.case_id.desc()).offset(skip).limit(most)
    pairs: list[Any] = list(page.tuples())
    rows = {row.id: row for row in Case.select().where(Case.id.in_([one[0] for one in pairs]))}
    return found.count(), [(rows[number], at) for number, at in pairs if number in rows]


def _measure(name: str | None, field: str) -> table.Measure:
    known = [one for one in table.MEASURES if one not in table.WEIGHED]
    if name not in known:
        raise Invalid(errors={field: [f"One of {', '.join(known)}."]})
    return table.MEASURES[name]


def _codes(rows: Sequence[Any]) -> list[str]:
    return sorted({case.unit for case, _ in rows if case.unit})


def _line(case: Case, at: Any, known: dict[str, str]) -> Plain:
    return {
        "number": cases.number_of(case),
        "state": case.state,
        "kind": case.kind,
        "problem": problems.find(case.kind, case.problem).as_dict(),
        "name": case.name,
        "address": case.address,
        "unit": {"code": case.unit, "name": known[case.unit]} if case.unit in known else None,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "at": at if isinstance(at, datetime) else board.instant(at),
    }
