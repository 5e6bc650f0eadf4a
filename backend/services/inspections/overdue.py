"""What the board says of patrols: tasks past their day, by area and by post; never by person."""

from collections import Counter
from typing import Any

from peewee import fn

from backend.actor import Actor
from backend.errors import Invalid
from backend.house import house
from backend.models import Area, PatrolTask
from backend.rules.areas import path_contains
from backend.services import areas, scope
from backend.services.inspections import subjects
from backend.verbs import verb

REASONS = ("patrol", "recheck", "campaign", "verify")
NO_POST = "none"
MOST = 100
Plain = dict[str, Any]


@verb("board.show", reads=True)
def overview(area: str | None = None, *, by: Actor) -> Plain:
    """How many inspections are past their day: why, in which area below, and of which post"""
    paths = _paths(area, by)
    rows: Any = (
        PatrolTask.select(
            PatrolTask.reason,
            PatrolTask.role,
            PatrolTask.area_path,
            fn.COUNT(PatrolTask.id),
            fn.MIN(PatrolTask.due),
        )
        .where(_late(paths))
        .group_by(PatrolTask.reason, PatrolTask.role, PatrolTask.area_path)
        .tuples()
    )
    found = list(rows)
    parts = _parts(paths)
    by_area: dict[str, Counter[str]] = {}
    by_post: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    for reason, role, path, count, _ in found:
        part = max((one for one in parts if path_contains(one, path)), key=len, default=path)
        by_area.setdefault(part, Counter())[reason] += count
        by_post.setdefault(role or NO_POST, Counter())[reason] += count
        reasons[reason] += count
    return {
        "late": reasons.total(),
        "since": min((due for *_, due in found), default=None),
        "reasons": [{"reason": one, "late": reasons[one]} for one in REASONS],
        "areas": [
            {"code": path.rpartition("/")[2], "name": parts.get(path), **_counts(counts)}
            for path, counts in _most_first(by_area)
        ],
        "posts": [
            {"post": post, "title": _title(post), **_counts(counts)}
            for post, counts in _most_first(by_post)
        ],
    }


@verb("board.show", reads=True)
def listed(
    area: str | None = None,
    *,
    reason: str | None = None,
    post: str | None = None,
    skip: int = 0,
    most: int = 50,
    by: Actor,
) -> Plain:
    """The tasks behind a number, those late for longest first"""
    wanted = _late(_paths(area, by))
    if reason is not None:
        if reason not in REASONS:
            raise Invalid(errors={"reason": [f"One of {', '.join(REASONS)}."]})
        wanted &= PatrolTask.reason == reason
    if post is not None:
        is_post = PatrolTask.role.is_null() if post == NO_POST else PatrolTask.role == post
        wanted &= is_post
    rows = PatrolTask.select().where(wanted)
    most = max(1, min(most, MOST))
    page = rows.order_by(PatrolTask.due, PatrolTask.id).offset(skip).limit(most)
    total = rows.count()
    return {
        "total": total,
        "items": [_line(row) for row in page],
        "next": str(skip + most) if skip + most < total else None,
    }


def _line(row: PatrolTask) -> Plain:
    """Where and since when, and whose post's: who it is stands nowhere here."""
    return {
        "id": row.id,
        "reason": row.reason,
        "subject": subjects.of(row.subject).as_dict(),
        "due": row.due,
        "post": row.role,
        "title": _title(row.role or NO_POST),
    }


def _late(paths: list[str]) -> Any:
    waiting = PatrolTask.done_at.is_null() & (PatrolTask.due < scope.today())
    return waiting & scope.within(PatrolTask.area_path, paths)


def _paths(area: str | None, by: Actor) -> list[str]:
    if area is None:
        return scope.paths(by, "board.show")
    path = areas.find(area).path
    scope.check_area(by, "board.show", path)
    return [path]


def _parts(paths: list[str]) -> dict[str, str]:
    """The areas directly below these, and these themselves, with their names."""
    codes = [path.rpartition("/")[2] for path in paths]
    rows: Any = Area.select(Area.path, Area.name)
    return dict(rows.where(Area.code.in_(codes) | Area.parent.in_(codes)).tuples())


def _title(post: str) -> dict[str, str] | None:
    title = house().policy.titles.get(post)
    return dict(title) if title else None


def _counts(counts: Counter[str]) -> Plain:
    return {"late": counts.total(), "reasons": {one: counts[one] for one in REASONS}}


def _most_first(found: dict[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    return sorted(found.items(), key=lambda one: (-one[1].total(), one[0]))
