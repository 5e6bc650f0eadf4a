"""A million cases of a city with their steps, figures and sums, written as fast as the disk takes.

A few thousand lives are invented by the rules of `backend.services.past`; the others are the same
ones moved by whole weeks to other streets, so that every sum is that of its facts to the last
number (`bench.cases` proves it on a sample).
"""

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from backend import clock
from backend.db import PRAGMAS, database, writing
from backend.house import house
from backend.models import Area, Case, CaseCursor, CaseFact, CaseStep, CaseTally, Unit
from backend.rules.deadlines import Limit
from backend.rules.figures import facts, table
from backend.rules.figures.facts import About, Fact, Happening
from backend.rules.figures.periods import spans_of
from backend.services import past
from backend.services.figures import made, sums
from backend.services.imports import bulk
from backend.services.past import Life, Subject, filling
from bench.houses import LOADING

TEMPLATES = 4_000
WEEK = timedelta(days=7)
WEEKS = 44
CLASSES = (
    ("streetlight", "dark", 2, "day"),
    ("streetlight", "flickers", 2, "day"),
    ("manhole_cover", "missing", 2, "urgent_hour"),
    ("bin", "full", 4, "hour"),
    ("bin", "broken", 3, "day"),
    ("street", "rubbish", 4, "hour"),
    ("street", "parking", 2, "hour"),
    ("street", "road", 5, "day"),
    ("street", "tree", 1, "day"),
    ("building", "noise", 1, "day"),
    ("building", "exit_blocked", 2, "hour"),
)
PORTION = 20_000


def fill(cases: int) -> None:
    """So many cases over the last weeks, and all figures of them."""
    started = time.perf_counter()
    now = clock.now()
    streets = _streets()
    lives = _lives(streets[0], now)
    _tune(LOADING)
    with writing():
        tables = (Case, CaseStep, CaseFact, CaseTally)
        indexes = [index for one in tables for index in bulk.set_aside_indexes(one)]
        _write(lives, streets, cases)
        bulk.put_back_indexes(indexes)
    _tune(PRAGMAS)
    database.execute_sql("ANALYZE")
    print(f"# {cases:,} cases in {time.perf_counter() - started:.0f} s", file=sys.stderr)


def _tune(pragmas: Any) -> None:
    for name, value in pragmas.items():
        database.execute_sql(f"PRAGMA {name} = {value}")


class Street:
    """Where cases lie and whose they are."""

    def __init__(self, path: str, grids: Sequence[str]) -> None:
        self.path, self.grids = path, grids
        self.district = path.split("/")[1]


def _streets() -> list[Street]:
    """All streets of the city with their communities, a unit each and five for every district."""
    rows = Area.select().where(Area.level == "street").order_by(Area.code)
    found = []
    for row in rows:
        below = Area.select(Area.path).where(Area.path.startswith(f"{row.path}/"))
        found.append(Street(row.path, [one.path for one in below] or [row.path]))
    units = []
    for street in found:
        code = street.path.rpartition("/")[2]
        units.append((f"S{code}", f"{code}街道执法办", "street", street.path, False))
    for district in sorted({street.district for street in found}):
        path = f"4403/{district}"
        units += [
            (f"D{district}{n}", f"{district}单位{n}", "district", path, n == 0) for n in range(6)
        ]
    with writing():
        bulk.insert(Unit, ("code", "name", "level", "area_path", "is_desk"), units)
    return found


def _lives(street: Street, now: datetime) -> list[Life]:
    """The templates: a week's cases, told some weeks ago or just now."""
    dice = random.Random(5)
    calendar = house().policy.calendar
    lives = []
    for number in range(TEMPLATES):
        kind, problem, value, unit = dice.choice(CLASSES)
        subject = Subject(
            kind, problem, name=f"{kind} {number}", area_path=street.path, unit="1",
            other_unit="2", desk="0", limit=Limit(value, unit),
            thing=f"T{number}" if kind not in ("street",) else None,
        )  # fmt: skip
        # Half of the templates have run their course when their week is over.
        back = 7 * 24 * 3_600 * dice.random() + (8 * 7 * 24 * 3_600 if number % 2 else 0)
        lives.append(past.invent(subject, now - timedelta(seconds=back), now, dice, calendar))
    return lives


def _write(lives: Sequence[Life], streets: Sequence[Street], cases: int) -> None:
    fresh = [life for life in lives[::2] if life.steps]
    whole = [life for life in lives[1::2] if life.steps]
    promises = made.promises_of(house().policy.cases)
    known = {id(life): _Template(life, promises) for life in (*fresh, *whole)}
    kept: dict[Any, Counter[str]] = defaultdict(Counter)
    dice = random.Random(7)
    rows: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    step_id = 0
    for number in range(1, cases + 1):
        weeks = WEEKS * (cases - number) // cases
        chosen = known[id(dice.choice(whole if weeks > 0 else fresh))]
        # A whole one was told of eight weeks ago: moved forward, the future is never reached.
        shift = -weeks + (8 if weeks >= 8 and chosen.is_whole else 0)
        street = dice.choice(streets)
        case, steps, fact_rows = chosen.moved(number, step_id, shift, street, dice)
        step_id += len(steps)
        rows[0].append(case)
        rows[1].extend(steps)
        rows[2].extend(fact_rows)
        chosen.count(kept, fact_rows, shift)
        if len(rows[0]) >= PORTION or number == cases:
            bulk.insert(Case, filling.CASE, rows[0])
            bulk.insert(CaseStep, ("id", *filling.STEP), rows[1])
            bulk.insert(CaseFact, Fact._fields, rows[2])
            for each in rows:
                each.clear()
    bulk.insert(CaseTally, ("area_path", "facet", "span", "value", "sums"), list(_sums(kept)))
    CaseCursor.delete().execute()
    CaseCursor.create(id=1, step_id=step_id, as_of=clock.now())


def _sums(kept: dict[Any, Counter[str]]) -> Iterator[tuple[str, str, str, str, str]]:
    """From counts by (facet, value, area, day) to the sums of every area above, day and month."""
    found: dict[tuple[str, str, str, str], Counter[str]] = defaultdict(Counter)
    for (facet, value, area, day), counts in kept.items():
        parts = area.split("/")
        for depth, facets in sums.TALLIED.items():
            if facet in facets:
                for span in spans_of(day):
                    found["/".join(parts[:depth]), facet, span, value].update(counts)
    for key, counts in found.items():
        yield (*key, sums.dumped(counts))


class _Template:
    """A life whose rows are made once; a copy is these with other numbers, places and weeks."""

    def __init__(self, life: Life, promises: Any) -> None:
        self.life = life
        self.is_whole = life.state in ("closed", "declined", "merged")
        self.case = list(filling.case_row(0, life, {}, clock.now()))
        self.steps = [list(row) for row in filling.step_rows(0, life, {})]
        about = About(
            0, "", "", life.subject.kind, life.subject.problem, life.channel, False, 0,
            *(self.case[CASE_AT[name]] for name in ("due_at", "answer_by", "answered_at")), None,
        )  # fmt: skip
        happened = [
            Happening(
                n, row[STEP_AT["at"]], row[STEP_AT["action"]], row[STEP_AT["state"]],
                row[STEP_AT["unit"]], row[STEP_AT["account_id"]] is not None,
                orjson.loads(row[STEP_AT["facts"]]),
            )
            for n, row in enumerate(self.steps)
        ]  # fmt: skip
        self.facts = facts.facts_of(about, happened, promises)
        self.counts = [list(table.contributions(one)) for one in self.facts]

    def moved(
        self, number: int, step_id: int, weeks: int, street: Street, dice: random.Random
    ) -> tuple[Sequence[Any], list[Any], list[Any]]:
        """Rows of a copy."""
        ms = weeks * to_ms_of_week()
        area = dice.choice(street.grids)
        unit = f"D{street.district}{1 + number % 5}" if number % 3 else f"S{street.path[-9:]}"
        case = list(self.case)
        case[CASE_AT["id"]], case[CASE_AT["area_path"]] = number, area
        case[CASE_AT["unit"]], case[CASE_AT["open_key"]] = unit, None
        for place in CASE_INSTANTS:
            if case[place] is not None:
                case[place] += ms
        steps = []
        for offset, row in enumerate(self.steps, 1):
            copy = [step_id + offset, *row]
            copy[1 + STEP_AT["case_id"]] = number
            copy[1 + STEP_AT["at"]] += ms
            copy[1 + STEP_AT["mac"]] = None
            if copy[1 + STEP_AT["unit"]] is not None:
                copy[1 + STEP_AT["unit"]] = unit
            if copy[1 + STEP_AT["action"]] == "reopen":
                copy[1 + STEP_AT["facts"]] = _was_moved(copy[1 + STEP_AT["facts"]], ms)
            steps.append(copy)
        last = step_id + len(steps)
        return case, steps, [_fact_moved(one, number, last, ms, area, unit) for one in self.facts]

    def count(self, kept: Any, rows: Sequence[Fact], weeks: int) -> None:
        for fact, counts in zip(rows, self.counts, strict=True):
            district = "/".join(fact.area_path.split("/")[:3])
            values = made_values(fact)
            for day, key, count in counts:
                for facet, value in values:
                    kept[facet, value, district, day + weeks * 7][key] += count


def made_values(fact: Fact) -> list[tuple[str, str]]:
    return list(sums.values_of(fact).items())


def to_ms_of_week() -> int:
    return int(WEEK.total_seconds() * 1000)


CASE_AT = {name: place for place, name in enumerate(filling.CASE)}
STEP_AT = {name: place for place, name in enumerate(filling.STEP)}
CASE_INSTANTS = [
    place for name, place in CASE_AT.items() if name.endswith(("_at", "_by")) and name != "asked_by"
]
FACT_INSTANTS = (*facts.INSTANTS, "pending", "last_at")


def _fact_moved(fact: Fact, number: int, step_id: int, ms: int, area: str, unit: str) -> Fact:
    instants = {
        name: getattr(fact, name) + ms for name in FACT_INSTANTS if getattr(fact, name) is not None
    }
    return fact._replace(case_id=number, step_id=step_id, area_path=area, unit=unit, **instants)


def _was_moved(text: str, ms: int) -> str:
    said = orjson.loads(text)
    was = {name: None if at is None else at + ms for name, at in said["was"].items()}
    return orjson.dumps({**said, "was": was}).decode()


__all__ = ["fill"]
