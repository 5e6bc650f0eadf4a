"""The demo town's last sixty days: some three hundred cases at its lamps, bins, houses, streets."""

import random
from datetime import datetime, timedelta
from typing import Any

from backend import clock
from backend.house import house
from backend.models import Account, Building, Case, Facility, Unit
from backend.rules.deadlines import CHINA
from backend.services import cases, problems, standards, units
from backend.services.past.filling import fill
from backend.services.past.lives import Life, Subject, invent

CASES = 300
DAYS = 60
HOURS = (0, 0, 0, 0, 0, 1, 3, 7, 9, 8, 7, 6, 5, 5, 6, 6, 5, 6, 8, 9, 8, 6, 3, 1)
"""How much is told of at each hour of a day."""


def fill_demo(count: int = CASES, days: int = DAYS) -> int:
    """Give a town without cases a past; the same for everybody on one day. Returns how many."""
    if Case.select().exists():
        return 0
    now = clock.now()
    dice = random.Random(20_261_121)  # noqa: S311 - an invented past must repeat.
    known = _subjects(dice)
    calendar = house().policy.calendar
    lives = [
        invent(dice.choice(known), _told_at(now, days, dice), now, dice, calendar)
        for _ in range(count)
    ]
    return fill(_once_open(lives), _people(), now)


def _told_at(now: datetime, days: int, dice: random.Random) -> datetime:
    """Some time of the last days: more of it lately, and when people are about."""
    back = int(days * dice.random() ** 1.4)
    day = (now.astimezone(CHINA) - timedelta(days=back)).replace(minute=0, second=0, microsecond=0)
    hour = dice.choices(range(24), HOURS)[0]
    told = day.replace(hour=hour) + timedelta(seconds=dice.randrange(3_600))
    return told if told < now else now - timedelta(minutes=dice.randint(1, 300))


def _once_open(lives: list[Life]) -> list[Life]:
    """The same problem of the same thing is open once only: the first one stays."""
    found: dict[Any, Life] = {}
    for life in sorted(lives, key=lambda one: one.steps[0].at if one.steps else clock.now()):
        subject = life.subject
        is_open = bool(life.steps) and life.state not in ("closed", "declined", "merged")
        key = (subject.facility_id, subject.problem) if is_open and subject.facility_id else life
        found.setdefault(key if isinstance(key, tuple) else id(life), life)
    return list(found.values())


def _subjects(dice: random.Random) -> list[Subject]:
    """Things of the register, houses and places in the street, with what may be wrong there."""
    return [one for one in (*_things(dice), *_houses(dice)) if one is not None]


def _things(dice: random.Random) -> list[Subject | None]:
    rows = list(Facility.select().where(Facility.state == "in_use").order_by(Facility.id))
    made = []
    for row in dice.sample(rows, min(len(rows), 120)):
        for problem in problems.subject(row.kind).problems[:4]:
            owner = units.named(row.owner_unit)
            made.append(
                _subject(
                    row.kind, problem.code, row.area.path, owner.code if owner else None,
                    name=row.name or row.number, address=row.address, lat=row.lat, lon=row.lon,
                    cell=row.cell, thing=row.number, facility_id=row.id,
                )
            )  # fmt: skip
    return made


def _houses(dice: random.Random) -> list[Subject | None]:
    rows = list(Building.select().order_by(Building.id))
    made = []
    for row in dice.sample(rows, min(len(rows), 60)):
        for kind in (problems.BUILDING, problems.STREET):
            listed = [one for one in problems.subject(kind).problems if one.code != "message"]
            for problem in dice.sample(listed, 2):
                more = {"building_id": row.id, "thing": row.code} if kind == "building" else {}
                made.append(
                    _subject(
                        kind, problem.code, row.area.path, None,
                        name=row.name, lat=row.lat, lon=row.lon, **more,
                    )
                )  # fmt: skip
    return made


def _subject(
    kind: str, problem: str, area_path: str, owner: str | None, **more: Any
) -> Subject | None:
    """With the unit that the rules in force choose; None where they choose nobody."""
    case = Case(kind=kind, problem=problem, area_path=area_path, owner=owner, state="filed")
    unit = owner or cases.consider(case)["unit"]
    desk = Unit.select().where(Unit.is_desk).order_by(Unit.area_path).first()
    if unit is None or desk is None:
        return None
    other = Unit.select().where((Unit.code != unit) & ~Unit.is_desk).order_by(Unit.code).first()
    limit = standards.condition_of(kind, problem).limit
    return Subject(
        kind, problem, area_path=area_path, unit=unit, desk=desk.code, limit=limit,
        other_unit=other.code if other else unit, **more,
    )  # fmt: skip


def _people() -> dict[tuple[str, str], int]:
    """Who of the cast did it."""
    known = {row.name: row for row in Account.select()}
    found = {
        ("", part): known[name].id
        for part, name in (
            ("dispatcher", "fen"), ("checker", "xie"), ("supervisor", "du"), ("handler", "luo"),
            ("other", "luo"),
        )
        if name in known
    }  # fmt: skip
    for row in known.values():
        if row.unit:
            found[row.unit, "handler"] = row.id
    return found
