"""Flaws: records that can hardly be right, given to a worker, ended by what was found."""

from collections import Counter
from collections.abc import Hashable, Sequence
from datetime import datetime, time
from typing import Any

from peewee import fn

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.db import to_ms, writing
from backend.house import house
from backend.models import Area, Flaw, FlawCheck, PatrolTask
from backend.rules import quality, workdays
from backend.services import areas, notices, scope
from backend.services.inspections import subjects, tasks
from backend.services.inspections.tasks import Whose
from backend.verbs import verb

MOST = 200
BATCH = 200
MOST_WAITING = 50_000
"""Of how many flaws it is thought in a night who could look; the others keep their turn."""


def told(flaw_id: int | None) -> dict[str, Any] | None:
    """What a worker is told of a flaw before they are there: where, and which rule; nobody's
    name and no number of a person.
    """
    row = Flaw.get_or_none(Flaw.id == flaw_id) if flaw_id is not None else None
    if row is None:
        return None
    return {**_words(row.rule), "rule": row.rule, "room": row.room, "count": row.count}


def _words(code: str) -> dict[str, str]:
    rule = house().policy.quality.rules.get(code)
    return {"zh": rule.zh, "en": rule.en} if rule else {"zh": code, "en": code}


def end(flaw_id: int, result: str, by: Actor) -> None:
    """Somebody has looked. Inside the transaction of the task."""
    Flaw.update(state=result, ended_at=clock.now(), ended_by=by.account_id).where(
        Flaw.id == flaw_id
    ).execute()


def withdraw(rows: Sequence[Flaw]) -> None:
    """The records were put right before anybody looked: nobody need go. Inside a transaction."""
    ids = [row.id for row in rows]
    now = clock.now()
    Flaw.update(state="gone", ended_at=now, ended_by=None).where(Flaw.id.in_(ids)).execute()
    PatrolTask.update(done_at=now, open_key=None).where(
        PatrolTask.flaw_id.in_(ids) & PatrolTask.done_at.is_null()
    ).execute()


# --- Giving them out ----------------------------------------------------------------------


def give() -> int:
    """Tasks for the flaws that wait, so many a day for each worker.

    What nobody was given today waits for tomorrow, the oldest first. Chosen outside the write
    lock: whoever does it at the same time chooses the same.
    """
    limits = house().policy.quality
    rows = Flaw.select().where((Flaw.state == "found") & Flaw.rule.in_(list(limits.rules)))
    whose = {row.id: _whose(row) for row in rows.order_by(Flaw.id).limit(MOST_WAITING)}
    waiting = [(number, _key(*one)) for number, one in whose.items()]
    chosen = quality.portion(waiting, _given_today(), limits.most_a_day)
    due = workdays.due(scope.day(), limits.within_days, house().policy.calendar).isoformat()
    told_of: Counter[tuple[Whose, str]] = Counter()
    for start in range(0, len(chosen), BATCH):
        with writing():
            for number in chosen[start : start + BATCH]:
                one, path = whose[number]
                if _give(number, one, due):
                    told_of[(one, "" if one.account_id else path)] += 1
    with writing():
        for (one, path), count in told_of.items():
            _send_word(one, path, {"tasks": count, "due": due})
    return told_of.total()


def _give(flaw_id: int, whose: Whose, due: str) -> bool:
    """One task; False if the flaw waits no more."""
    row = Flaw.get(Flaw.id == flaw_id)
    if row.state != "found":
        return False
    Flaw.update(state="given").where(Flaw.id == flaw_id).execute()
    return tasks.plan_verifying(subjects.of(row.subject), flaw_id, due, whose)


def _send_word(whose: Whose, path: str, facts: dict[str, Any]) -> None:
    """One notice a night, however many records."""
    if whose.account_id is not None:
        notices.tell_account(whose.account_id, "records-to-verify", facts)
    elif whose.role is not None:
        notices.tell_role(whose.role, path, "records-to-verify", facts)


def _whose(row: Flaw) -> tuple[Whose, str]:
    rule = house().policy.quality.rules[row.rule]
    return tasks.of_post(subjects.of(row.subject), rule.post), row.area_path


def _key(whose: Whose, area_path: str) -> Hashable:
    """Who is spared: a worker, or the post of one grid."""
    return whose.account_id or (whose.role, area_path)


def _given_today() -> Counter[Hashable]:
    day = scope.day()
    start = to_ms(datetime.combine(day, time(), scope.SHENZHEN))
    rows: Any = (
        PatrolTask.select(PatrolTask.account_id, PatrolTask.role, PatrolTask.area_path)
        .where(PatrolTask.flaw_id.is_null(False) & (PatrolTask.opened_at >= start))
        .tuples()
    )
    return Counter(account or (role, path) for account, role, path in rows)


# --- What a supervisor sees ---------------------------------------------------------------


@verb("flaw.list", reads=True)
def overview(area: str | None = None, *, by: Actor) -> dict[str, Any]:
    """How many records of my areas can hardly be right, by rule and area, and what came of them"""
    paths = narrowed(area, by)
    rows: Any = (
        Flaw.select(Flaw.rule, Flaw.state, Flaw.area_path, fn.COUNT(Flaw.id))
        .where(scope.within(Flaw.area_path, paths))
        .group_by(Flaw.rule, Flaw.state, Flaw.area_path)
        .tuples()
    )
    by_rule: dict[str, Counter[str]] = {code: Counter() for code in house().policy.quality.rules}
    by_area: dict[str, Counter[str]] = {}
    for rule, state, path, count in rows:
        by_rule.setdefault(rule, Counter())[state] += count
        if state in quality.OPEN:
            by_area.setdefault(path, Counter())[rule] += count
    last = FlawCheck.select().order_by(FlawCheck.day.desc()).first()
    return {
        "checked_at": last.at if last else None,
        "rules": [
            {"rule": rule, **_words(rule), **{state: found[state] for state in quality.STATES}}
            for rule, found in by_rule.items()
        ],
        "areas": _by_area(by_area),
    }


def _by_area(found: dict[str, Counter[str]]) -> list[dict[str, Any]]:
    rows: Any = Area.select(Area.path, Area.name).where(Area.path.in_(list(found)))
    names: dict[str, str] = dict(rows.tuples())
    return [
        {
            "area": path.rpartition("/")[2],
            "name": names.get(path, path.rpartition("/")[2]),
            "open": counts.total(),
            "rules": dict(counts),
        }
        for path, counts in sorted(found.items(), key=lambda one: (-one[1].total(), one[0]))
    ]


@verb("flaw.list", reads=True)
def listed(
    *,
    rule: str | None = None,
    state: str | None = None,
    area: str | None = None,
    before: int | None = None,
    most: int = 50,
    by: Actor,
) -> dict[str, Any]:
    """The flaws behind a number, the latest first; those still open unless a state is named"""
    wanted = [scope.within(Flaw.area_path, narrowed(area, by))]
    wanted.append(Flaw.state == state if state else Flaw.state.in_(quality.OPEN))
    if rule:
        wanted.append(Flaw.rule == rule)
    if before is not None:
        wanted.append(Flaw.id < before)
    most = max(1, min(most, MOST))
    rows = list(Flaw.select().where(*wanted).order_by(Flaw.id.desc()).limit(most + 1))
    following = str(rows[most - 1].id) if len(rows) > most else None
    return {"items": [_line(row) for row in rows[:most]], "next": following}


def _line(row: Flaw) -> dict[str, Any]:
    known = told(row.id)
    assert known is not None
    return {
        **known,
        "id": row.id,
        "state": row.state,
        "times": row.times,
        "subject": subjects.of(row.subject).as_dict(),
        "found_at": row.found_at,
        "ended_at": row.ended_at,
    }


def narrowed(area: str | None, by: Actor) -> list[str]:
    """The areas that are asked for, or all of mine; the command line's are all there are."""
    if area is None and by.account_id == SYSTEM.account_id:
        return [str(row.path) for row in Area.select(Area.path).where(Area.parent.is_null())]
    if area is None:
        return scope.paths(by, "flaw.list")
    path = areas.find(area).path
    scope.check_area(by, "flaw.list", path)
    return [path]
