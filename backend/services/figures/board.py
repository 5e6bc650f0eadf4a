"""What a supervisor sees: what is late, whose it is and why, and figures with their counts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import from_ms
from backend.errors import Invalid
from backend.models import Area, Unit
from backend.rules.figures import periods, table
from backend.rules.figures.periods import Period
from backend.rules.figures.table import Sums
from backend.services import channels, problems
from backend.services.figures import keeping, late, reading
from backend.services.figures.scoping import Asked, Narrow, narrowed
from backend.verbs import verb

STALE = timedelta(seconds=60)
"""Figures older than this say so."""
FACETS = ("unit", "level", "area", "class", "channel")
LEVELS = ("district", "street", "community", "grid", "")
Plain = dict[str, Any]


@verb("board.show", reads=True)
def overview(asked: Asked, *, by: Actor) -> Plain:
    """What is late now, and the figures of a period beside those of the one before"""
    narrow, period = narrowed(asked, by), period_of(asked)
    earlier = periods.before(period)
    sums, were = reading.total(narrow, period), reading.total(narrow, earlier)
    return {
        **_frame(asked, narrow, period),
        "before": _days(earlier),
        "late": late_now(narrow),
        "figures": _figures(sums, were),
        "stages": _stages(sums, were),
        "counts": _counts(sums),
        "series": _series(narrow, period),
    }


@verb("board.show", reads=True)
def breakdown(asked: Asked, facet: str, *, by: Actor) -> Plain:
    """The figures of a period by unit, level, area, class or channel; those with most late first"""
    if facet not in FACETS:
        raise Invalid(errors={"by": [f"One of {', '.join(FACETS)}."]})
    narrow, period = narrowed(asked, by), period_of(asked)
    return {
        **_frame(asked, narrow, period),
        "by": facet,
        "rows": _rows(narrow, period, facet),
    }


@verb("board.show", reads=True)
def report(month: str, asked: Asked, *, by: Actor) -> Plain:
    """A month by unit and level, beside the month before, and what has become better or worse"""
    period = _month(month)
    narrow = narrowed(asked, by)
    earlier = periods.before(period)
    sums, were = reading.total(narrow, period), reading.total(narrow, earlier)
    figures = _figures(sums, were)
    return {
        **_frame(asked, narrow, period),
        "month": month,
        "before": _days(earlier),
        "figures": figures,
        "stages": _stages(sums, were),
        "counts": _counts(sums),
        "series": _series(narrow, period),
        "units": _rows(narrow, period, "unit"),
        "levels": _rows(narrow, period, "level"),
        "better": _changes(figures, is_better=True),
        "worse": _changes(figures, is_better=False),
    }


def period_of(asked: Asked) -> Period:
    """The days that were asked for; this month as far as it has come, if none were."""
    today = reading.today()
    if not (asked.since or asked.until):
        name = asked.period or "month"
        if name not in periods.NAMES:
            raise Invalid(errors={"period": [f"One of {', '.join(periods.NAMES)}."]})
        return periods.named(name, today)
    first = _day(asked.since, "since", today)
    last = min(_day(asked.until, "until", today), max(today, first))
    if first > last:
        raise Invalid(errors={"until": ["The last day is not before the first one."]})
    if (last - first).days >= periods.LONGEST_DAYS:
        raise Invalid(errors={"since": ["At most ten years."]})
    return Period(first, last)


def _day(text: str | None, name: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise Invalid(errors={name: ["A day such as 2026-11-21."]}) from None
    if not 2000 <= day.year <= 2200:
        raise Invalid(errors={name: ["A day such as 2026-11-21."]})
    return day


def _month(text: str) -> Period:
    wrong = Invalid(errors={"month": ["A month such as 2026-11."]})
    if len(text) != 7:
        raise wrong
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise wrong from None
    today = reading.today()
    if not 2000 <= first.year <= 2200 or first > today:
        raise wrong
    whole = periods.month(first)
    return Period(whole.first, min(whole.last, today))


def _frame(asked: Asked, narrow: Narrow, period: Period) -> Plain:
    at = keeping.as_of()
    codes = [path.rpartition("/")[2] for path in narrow.paths]
    rows = Area.select().where(Area.code.in_(codes)).order_by(Area.code)
    return {
        "as_of": at,
        "is_behind": clock.now() - at > STALE,
        "areas": [{"code": row.code, "name": row.name, "level": row.level} for row in rows],
        "area": asked.area,
        "unit": asked.unit,
        "class": asked.klass,
        "channel": asked.channel,
        "period": _days(period),
    }


def _days(period: Period) -> dict[str, str]:
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


# --- Late ----------------------------------------------------------------------------------


def late_now(narrow: Narrow) -> Plain:
    """How many are late, why, and at whom; whoever has most stands first."""
    found = late.late(narrow)
    known = _units(one.unit for one in found)
    by_unit: dict[str, list[late.Late]] = {}
    for one in found:
        by_unit.setdefault(one.unit, []).append(one)
    units: list[Plain] = [
        {
            "unit": known.get(code),
            "cases": sum(one.cases for one in mine),
            "since": min(one.since for one in mine),
            "why": {one.why: one.cases for one in mine},
        }
        for code, mine in by_unit.items()
    ]
    units.sort(key=lambda row: (-row["cases"], (row["unit"] or {}).get("code", "")))
    return {
        "cases": sum(one.cases for one in found),
        "since": _oldest(found),
        "why": [
            {
                "why": why,
                "cases": sum(one.cases for one in found if one.why == why),
                "since": _oldest(one for one in found if one.why == why),
            }
            for why in late.WHY
        ],
        "units": units,
        "marks": [{"mark": mark, "cases": n} for mark, n in late.marked(narrow).items()],
    }


def _oldest(found: Iterable[late.Late]) -> datetime | None:
    return min((one.since for one in found), default=None)


def _units(codes: Iterable[str]) -> Mapping[str, Plain]:
    rows = Unit.select().where(Unit.code.in_(sorted({code for code in codes if code})))
    return {row.code: {"code": row.code, "name": row.name, "level": row.level} for row in rows}


# --- Figures -------------------------------------------------------------------------------


def _figures(sums: Sums, were: Sums | None = None) -> list[Plain]:
    before = {one.figure.name: one for one in table.shares(were)} if were is not None else {}
    return [_figure(one, before.get(one.figure.name)) for one in table.shares(sums)]


def _figure(share: table.Share, before: table.Share | None) -> Plain:
    figure = share.figure
    was = {"part": before.part, "whole": before.whole, "share": before.share} if before else None
    return {
        "name": figure.name,
        "zh": figure.zh,
        "en": figure.en,
        "is_good": figure.is_good,
        "part_of": figure.part,
        "whole_of": figure.whole,
        "part": share.part,
        "whole": share.whole,
        "share": share.share,
        "before": was,
    }


def _stages(sums: Sums, were: Sums | None = None) -> list[Plain]:
    before = {one.stage.name: one.median_s for one in table.durations(were or Counter())}
    return [
        {
            "name": one.stage.name,
            "zh": one.stage.zh,
            "en": one.stage.en,
            "cases": one.cases,
            "median_s": one.median_s,
            "p90_s": one.p90_s,
            "before_s": before[one.stage.name],
        }
        for one in table.durations(sums)
    ]


def _counts(sums: Sums) -> dict[str, int]:
    return {name: sums[name] for name in table.MEASURES}


def _series(narrow: Narrow, period: Period) -> list[Plain]:
    """Cases that came in and that were closed, by day or, of longer periods, by month."""
    found = reading.grouped(narrow, period, "span")
    is_by_day = period.days <= reading.BY_DAY
    spans = reading.days_of(period) if is_by_day else reading.months_of(period)
    empty: Sums = Counter()
    return [
        {
            "span": span,
            "received": found.get(span, empty)["received"],
            "closed": found.get(span, empty)["closed"],
        }
        for span in spans
    ]


def _rows(narrow: Narrow, period: Period, facet: str) -> list[Plain]:
    found = reading.grouped(narrow, period, "unit" if facet == "level" else facet)
    waiting: Counter[str] = Counter()
    if facet in ("unit", "level"):
        for one in late.late(narrow):
            waiting[one.unit] += one.cases
    if facet == "level":
        found, waiting = _by_level(found, waiting)
    names = _names(facet, {*found, *waiting})
    rows = [
        {
            "code": value,
            "name": names.get(value),
            "late": waiting[value] if facet in ("unit", "level") else None,
            "counts": _counts(found.get(value, Counter())),
            "figures": _figures(found.get(value, Counter())),
            "stages": _stages(found.get(value, Counter())),
        }
        for value in {*found, *waiting}
    ]
    order = {level: place for place, level in enumerate(LEVELS)} if facet == "level" else {}
    return sorted(
        rows,
        key=lambda row: (
            order.get(row["code"], 0),
            -(row["late"] or 0),
            -row["counts"]["received"] - row["counts"]["dispatched"],
            row["code"],
        ),
    )


def _by_level(
    found: Mapping[str, Sums], waiting: Counter[str]
) -> tuple[dict[str, Sums], Counter[str]]:
    known = _units({*found, *waiting})
    sums: dict[str, Sums] = {}
    for code, mine in found.items():
        sums.setdefault(_level(known, code), Counter()).update(mine)
    late_of: Counter[str] = Counter()
    for code, count in waiting.items():
        late_of[_level(known, code)] += count
    return sums, late_of


def _level(known: Mapping[str, Plain], code: str) -> str:
    return str(known[code]["level"]) if code in known else ""


def _names(facet: str, values: Iterable[str]) -> Mapping[str, Plain]:
    """What people call them, in Chinese and English where we have both."""
    if facet == "unit":
        return {code: _same(row["name"]) for code, row in _units(values).items()}
    if facet == "area":
        rows = Area.select().where(Area.code.in_(list(values)))
        return {row.code: _same(row.name) for row in rows}
    if facet == "channel":
        known = channels.channels()
        return {one: {"zh": known[one].zh, "en": known[one].en} for one in values if one in known}
    if facet == "class":
        return {one: _class_name(one) for one in values if "." in one}
    return {}


def _same(name: str) -> dict[str, str]:
    return {"zh": name, "en": name}


def _class_name(value: str) -> dict[str, str]:
    kind, _, problem = value.partition(".")
    subject, word = problems.subject(kind), problems.find(kind, problem)
    return {"zh": f"{subject.zh}：{word.zh}", "en": f"{subject.en}: {word.en}"}


WORTH_TELLING = 0.005
"""Half a percentage point."""


def _changes(figures: Iterable[Plain], *, is_better: bool) -> list[str]:
    """Names of the figures that have moved one way by more than half a point, the most first."""
    moved = []
    for one in figures:
        was = one["before"]
        if one["share"] is None or was is None or was["share"] is None:
            continue
        gain = (one["share"] - was["share"]) * (1 if one["is_good"] else -1)
        if (gain if is_better else -gain) >= WORTH_TELLING:
            moved.append((-abs(gain), one["name"]))
    return [name for _, name in sorted(moved)]


def instant(at: int | None) -> datetime | None:
    """An instant as the database holds it."""
    return None if at is None else from_ms(int(at))
