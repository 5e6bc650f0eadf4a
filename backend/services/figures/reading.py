"""Sums for an area and a period: from those that are kept, else from the facts themselves.

Of a city and its districts sums are kept by unit, class and channel; a street, or two filters at
once, leave so few cases that their facts are added up by the same rule.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from backend import clock
from backend.db import to_ms
from backend.models import CaseFact, CaseTally
from backend.prepared import Prepared
from backend.rules.deadlines import CHINA
from backend.rules.figures import periods, table
from backend.rules.figures.facts import Fact
from backend.rules.figures.periods import Period
from backend.rules.figures.table import Sums
from backend.services.figures.made import as_facts, facts_where
from backend.services.figures.scoping import Narrow, children, conditions
from backend.services.figures.sums import TALLIED, values_of

BY_DAY = 45
"""Periods of so many days are drawn day by day, longer ones by month."""

Grouped = dict[str, Sums]


def today() -> date:
    return clock.now().astimezone(CHINA).date()


def grouped(narrow: Narrow, period: Period, facet: str = "all") -> Grouped:
    """Sums by unit, class, channel, area (the next ones below), span or, with `all`, all at "".

    Of today counts what has happened so far: a deadline later today is not due yet.
    """
    now = clock.now()
    period = Period(period.first, min(period.last, today()))
    found: Grouped = defaultdict(Counter)
    for path in narrow.paths:
        _add_area(found, narrow._replace(paths=(path,)), period, facet)
    if period.last == today():
        _take_off_later(found, narrow, period, facet, now)
    return {value: +sums for value, sums in found.items() if +sums}


def total(narrow: Narrow, period: Period) -> Sums:
    return grouped(narrow, period).get("", Counter())


def _add_area(found: Grouped, narrow: Narrow, period: Period, facet: str) -> None:
    [path] = narrow.paths
    filters = narrow.filters
    if facet == "area":
        below = {area.path: area.code for area in children([path])}
        if not filters and below and "all" in _kept_of(next(iter(below))):
            for child, code in below.items():
                _add_kept(found, child, "all", None, period, label=code)
            return
    else:
        wanted = facet if not filters else next(iter(filters))
        wanted = "all" if wanted == "span" else wanted
        is_plain = not filters or (len(filters) == 1 and facet in ("all", "span", wanted))
        if is_plain and wanted in _kept_of(path):
            label = "" if facet == "all" else None
            value = filters.get(wanted)
            _add_kept(found, path, wanted, value, period, label=label, by_span=facet == "span")
            return
    _add_facts(found, narrow, period, facet)


def _kept_of(path: str) -> Sequence[str]:
    return TALLIED.get(path.count("/") + 1, ())


_kept = Prepared(
    lambda area, facet, first, last: CaseTally.select(
        CaseTally.span, CaseTally.value, CaseTally.sums
    ).where(
        (CaseTally.area_path == area)
        & (CaseTally.facet == facet)
        & CaseTally.span.between(first, last)
    )
)


def _add_kept(
    found: Grouped,
    path: str,
    facet: str,
    value: str | None,
    period: Period,
    *,
    label: str | None,
    by_span: bool = False,
) -> None:
    """What is kept of an area; `value`: of this unit, class (or kind) or channel alone."""
    wanted = days_of(period) if by_span and period.days <= BY_DAY else periods.spans(period)
    names = frozenset(wanted)
    for span, kept_value, sums in _kept(path, facet, wanted[0][:7], f"{wanted[-1]}~"):
        if span not in names or not _is_of(kept_value, value):
            continue
        key = _span_label(span, period) if by_span else label
        _plus(found[kept_value if key is None else key], orjson.loads(sums))


def _is_of(kept: str, wanted: str | None) -> bool:
    return wanted is None or kept == wanted or kept.startswith(f"{wanted}.")


def days_of(period: Period) -> list[str]:
    """Names of its days."""
    first = periods.day_of(period.start_ms)
    return [periods.spans_of(first + number)[0] for number in range(period.days)]


def months_of(period: Period) -> list[str]:
    """Names of its months, the first and last of which it may not cover."""
    return sorted({day[:7] for day in days_of(period)})


def _span_label(span: str, period: Period) -> str:
    return span if period.days <= BY_DAY else span[:7]


def _plus(sums: Sums, added: Mapping[str, int]) -> None:
    for key, count in added.items():
        sums[key] += count


def _add_facts(found: Grouped, narrow: Narrow, period: Period, facet: str) -> None:
    first, last = periods.day_of(period.start_ms), periods.day_of(period.end_ms) - 1
    for fact in facts_where(*conditions(CaseFact, narrow), *_touching(period)):
        value = _value_of(fact, narrow, facet)
        for day, key, count in table.contributions(fact):
            if first <= day <= last:
                label = _span_label(periods.spans_of(day)[0], period) if facet == "span" else value
                found[label][key] += count


def _touching(period: Period) -> Iterable[Any]:
    """Facts that may count in it: begun before its end, and the last of it not before its start."""
    begun = CaseFact.opened_at.is_null() | (CaseFact.opened_at < period.end_ms)
    return CaseFact.last_at >= period.start_ms, begun


def _value_of(fact: Fact, narrow: Narrow, facet: str) -> str:
    if facet == "area":
        [path] = narrow.paths
        below = fact.area_path[len(path) + 1 :].partition("/")[0]
        return below or path.rpartition("/")[2]
    return values_of(fact).get(facet, "")


def _take_off_later(
    found: Grouped, narrow: Narrow, period: Period, facet: str, now: datetime
) -> None:
    """Deadlines between now and midnight: they are in the sums of today, and not due yet."""
    later = CaseFact.due_at.between(to_ms(now) + 1, period.end_ms - 1)
    for path in narrow.paths:
        alone = narrow._replace(paths=(path,))
        for fact in facts_where(*conditions(CaseFact, alone), later):
            value = _value_of(fact, alone, facet)
            if facet == "span":
                value = _span_label(periods.spans_of(periods.day_of(period.end_ms - 1))[0], period)
            for measure in AT_DEADLINE:
                found[value][measure] -= getattr(fact, measure)


AT_DEADLINE = [one.flag for one in table.MEASURES.values() if one.at == "due_at" and one.flag]

__all__ = ["as_facts", "grouped", "today", "total"]
