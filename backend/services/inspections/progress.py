"""How far a campaign is, to the last hazard; each number with what stands behind it."""

from typing import Any

from peewee import Case as When
from peewee import fn

from backend.actor import Actor
from backend.errors import Invalid, NotFound
from backend.models import Account, Area, Campaign, Hazard, PatrolTask
from backend.services import scope
from backend.services.inspections import hazards, subjects
from backend.verbs import verb

LARGEST = 2**31
TASK_STATES = ("all", "done", "left", "late")
HAZARD_STATES = ("all", "fixed", "dispatched", "open", "passed_on", "closed")
MOST = 200


@verb("campaign.list", reads=True)
def listed(*, by: Actor) -> list[dict[str, Any]]:
    """The campaigns of my areas and how far each of them is, the latest first"""
    mine = scope.within(Campaign.area_path, scope.paths(by, "campaign.list"))
    rows = Campaign.select().where(mine).order_by(Campaign.id.desc()).limit(50)
    return [view(row) for row in rows]


@verb("campaign.show", reads=True)
def show(campaign_id: int, *, by: Actor) -> dict[str, Any]:
    """How far a campaign is: by worker, and what was found"""
    row = _mine(campaign_id, by)
    return {**view(row), "workers": _by_worker(row)}


@verb("campaign.show", reads=True)
def tasks_of(
    campaign_id: int,
    *,
    state: str = "all",
    worker: str | None = None,
    after: int = 0,
    most: int = 50,
    by: Actor,
) -> dict[str, Any]:
    """The tasks behind a number of a campaign; `worker` an account, or empty for nobody's"""
    row = _mine(campaign_id, by)
    wanted = _tasks(row, state)
    if worker is not None:
        account = Account.get_or_none(Account.name == worker) if worker else None
        wanted &= _holder() == account.id if account else _holder().is_null()
    total = PatrolTask.select().where(wanted).count()
    rows = PatrolTask.select().where(wanted & (PatrolTask.id > after)).order_by(PatrolTask.id)
    found = list(rows.limit(most + 1))
    names = _names([one.done_by or one.account_id for one in found])
    items = [
        {
            "id": one.id,
            "subject": subjects.of(one.subject).as_dict(),
            "account": names.get(one.done_by or one.account_id),
            "due": one.due,
            "is_late": one.done_at is None and scope.today() > row.until,
            "done_at": one.done_at,
        }
        for one in found[:most]
    ]
    return {
        "total": total,
        "items": items,
        "next": str(found[most - 1].id) if len(found) > most else None,
    }


@verb("campaign.show", reads=True)
def hazards_of(
    campaign_id: int, *, state: str = "all", after: int = 0, most: int = 50, by: Actor
) -> dict[str, Any]:
    """The hazards behind a number of a campaign"""
    row = _mine(campaign_id, by)
    if state not in HAZARD_STATES:
        raise Invalid(errors={"state": [f"One of {', '.join(HAZARD_STATES)}."]})
    wanted = Hazard.inspection_id.in_(_inspections(row))
    if state == "dispatched":
        wanted &= Hazard.case_id.is_null(False)
    elif state != "all":
        wanted &= Hazard.state == state
    found = list(
        Hazard.select().where(wanted & (Hazard.id > after)).order_by(Hazard.id).limit(most + 1)
    )
    return {
        "total": Hazard.select().where(wanted).count(),
        "items": [hazards.view(one) for one in found[:most]],
        "next": str(found[most - 1].id) if len(found) > most else None,
    }


def find(campaign_id: int) -> Campaign:
    """The campaign, or a refusal."""
    row = Campaign.get_or_none(Campaign.id == campaign_id) if campaign_id < LARGEST else None
    if row is None:
        raise NotFound(noun="campaign")
    return row


def _mine(campaign_id: int, by: Actor) -> Campaign:
    row = find(campaign_id)
    scope.check_area(by, "campaign.show", row.area_path)
    return row


def view(row: Campaign) -> dict[str, Any]:
    """A campaign with its figures: numbers of tasks, and of the hazards that came of them.

    `dispatched` counts what became a case, whatever has come of that since.
    """
    total, done = _count(row, "all"), _count(row, "done")
    found, dispatched = _found(row)
    area = Area.get_or_none(Area.path == row.area_path)
    is_over = scope.today() > row.until
    return {
        "id": row.id,
        "name": row.name,
        "form": row.form,
        "area": row.area_path.rpartition("/")[2],
        "area_name": area.name if area else None,
        "since": row.since,
        "until": row.until,
        "is_over": is_over,
        "tasks": total,
        "done": done,
        "left": total - done,
        "late": total - done if is_over else 0,
        "hazards": sum(found.values()),
        "fixed_on_spot": found.get("fixed", 0),
        "dispatched": dispatched,
        "open": found.get("open", 0),
        "passed_on": found.get("passed_on", 0),
        "closed": found.get("closed", 0),
    }


def _count(row: Campaign, state: str) -> int:
    return int(PatrolTask.select().where(_tasks(row, state)).count())


def _tasks(row: Campaign, state: str) -> Any:
    """The condition under which a task counts under this state."""
    mine = PatrolTask.campaign_id == row.id
    if state == "all":
        return mine
    if state == "done":
        return mine & PatrolTask.done_at.is_null(False)
    if state not in TASK_STATES:
        raise Invalid(errors={"state": [f"One of {', '.join(TASK_STATES)}."]})
    left = mine & PatrolTask.done_at.is_null()
    return left & (PatrolTask.due < scope.today()) if state == "late" else left


def _inspections(row: Campaign) -> Any:
    """The inspections that the tasks of a campaign were."""
    return PatrolTask.select(PatrolTask.inspection_id).where(
        (PatrolTask.campaign_id == row.id) & PatrolTask.inspection_id.is_null(False)
    )


def _found(row: Campaign) -> tuple[dict[str, int], int]:
    """Hazards by state, and how many of all ever became a case."""
    is_case = fn.SUM(When(None, [(Hazard.case_id.is_null(False), 1)], 0))
    rows: Any = (
        Hazard.select(Hazard.state, fn.COUNT(Hazard.id), is_case)
        .where(Hazard.inspection_id.in_(_inspections(row)))
        .group_by(Hazard.state)
        .tuples()
    )
    counted = list(rows)
    by_state = {str(state): int(count) for state, count, _ in counted}
    return by_state, sum(int(cases or 0) for _, _, cases in counted)


def _holder() -> Any:
    """Who did it, or has to."""
    return fn.COALESCE(PatrolTask.done_by, PatrolTask.account_id)


def _by_worker(row: Campaign) -> list[dict[str, Any]]:
    is_done = PatrolTask.done_at.is_null(False)
    rows: Any = (
        PatrolTask.select(_holder(), fn.COUNT(PatrolTask.id), fn.SUM(When(None, [(is_done, 1)], 0)))
        .where(PatrolTask.campaign_id == row.id)
        .group_by(_holder())
        .order_by(_holder())
        .tuples()
    )
    found = list(rows)
    names = _names([one[0] for one in found])
    is_over = scope.today() > row.until
    return [
        {
            "account": names.get(who),
            "tasks": int(total),
            "done": int(done or 0),
            "left": int(total) - int(done or 0),
            "late": int(total) - int(done or 0) if is_over else 0,
        }
        for who, total, done in found
    ]


def _names(ids: list[int | None]) -> dict[int | None, str]:
    rows = Account.select(Account.id, Account.name).where(
        Account.id.in_([one for one in ids if one])
    )
    return {row.id: row.name for row in rows}
