"""The demo town's last five weeks of rounds: what was looked at, what was wrong, and what is left.

Nobody took photos of it, and nothing of it became a case.
"""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from backend import clock
from backend.actor import SYSTEM
from backend.db import from_ms, to_ms, writing
from backend.house import house
from backend.models import Campaign, Grade, Hazard, Inspection, PatrolTask
from backend.rules import patrols, workdays
from backend.rules.deadlines import CHINA
from backend.rules.forms import Item
from backend.services import scope
from backend.services.inspections import campaigns, enrolling, forms, grades, subjects, tasks
from backend.services.inspections.forms import Published
from backend.services.inspections.subjects import Subject
from backend.services.inspections.submitting import new_code

DAYS = 34
SEEN = 0.45
"""The share of places that somebody has looked at in these days."""
WRONG = 0.05
FIXED = {"general": 0.87, "major": 0.5}
MENDED = 0.5
"""The share of what was left that is gone once its day has passed."""
CAMPAIGN = 40
"""Places of a campaign that is under way; a third of them are done."""
ANSWERED_METRES = 6.0


def fill_rounds() -> int:
    """Give a town without inspections a past, the same for everybody on one day; how many."""
    if Inspection.select().exists():
        return 0
    enrolling.enrol()
    dice = random.Random(20_261_121)  # noqa: S311 - an invented past must repeat.
    known = [row.subject for row in Grade.select(Grade.subject).order_by(Grade.subject)]
    things = [subjects.of(key) for key in dice.sample(known, int(len(known) * SEEN))]
    shops = [one for one in things if one.sort == subjects.PLACE][:CAMPAIGN]
    _campaign(shops)
    with writing():
        for thing in shops[: CAMPAIGN // 3]:
            _look(thing, _hour(0, dice), dice)
        for thing in (one for one in things if one not in shops):
            _look(thing, _hour(1 + int(DAYS * dice.random() ** 1.6), dice), dice)
    return Inspection.select().count()


def _campaign(shops: list[Subject]) -> None:
    area = min((one.area_path for one in shops), key=len).rsplit("/", 1)[0].rsplit("/", 1)[-1]
    until = (scope.day() + timedelta(days=2)).isoformat()
    form = {
        "name": "三小场所消防专项检查",
        "form": "small_place",
        "area": area,
        "until": until,
        "subjects": [one.code for one in shops],
    }
    if not Campaign.select().exists():
        campaigns.open_campaign(form, by=SYSTEM)


def _hour(back: int, dice: random.Random) -> datetime:
    """Some minute of a working day, so many days ago; never one to come."""
    now = clock.now()
    day = (now.astimezone(CHINA) - timedelta(days=back)).replace(hour=9, minute=0, second=0)
    told = day + timedelta(minutes=dice.randrange(8 * 60))
    return told if told < now else now - timedelta(minutes=dice.randint(1, 30))


def _look(thing: Subject, at: datetime, dice: random.Random) -> None:
    """One inspection with what it found, the grade that follows, and the patrol after it."""
    form = tasks.patrol_form(thing)
    account = tasks.worker_for(thing).account_id
    if form is None or account is None:
        return
    asked = forms.current(form)
    wrong = [item for item in asked.form.items if _may_be_wrong(item) and dice.random() < WRONG]
    fixed = {item.code for item in wrong if dice.random() < FIXED[item.level]}
    row = Inspection.create(
        uuid=f"{dice.getrandbits(128):032x}",
        digest="",
        subject=thing.key,
        area_path=thing.area_path,
        form=asked.form.code,
        version=asked.version,
        account_id=account,
        at=at,
        made_at=at,
        presence="verified",
        metres=ANSWERED_METRES,
        answers=orjson.dumps(_answers(asked, wrong)).decode(),
        wrong=len(wrong),
        fixed=len(fixed),
        notice=new_code() if len(wrong) > len(fixed) else None,
    )
    for item in wrong:
        _hazard(thing, asked, item, row, item.code in fixed, dice)
    _plan(thing, asked, row, at.astimezone(CHINA).date())


def _may_be_wrong(item: Item) -> bool:
    return item.type == "check" and not item.at_once


def _answers(asked: Published, wrong: list[Item]) -> Mapping[str, Any]:
    said: dict[str, Any] = {item.code: "ok" for item in asked.form.items if item.type == "check"}
    said.update((item.code, {"result": "wrong"}) for item in wrong)
    said.update((one.code, one.choices[0].code) for one in asked.form.items if one.type == "choice")
    return said


def _hazard(
    thing: Subject, asked: Published, item: Item, row: Any, is_fixed: bool, dice: random.Random
) -> None:
    """Put right on the spot, by its day, or not yet."""
    found: date = row.at.astimezone(CHINA).date()
    due = None if is_fixed else workdays.due(found, item.days, house().policy.calendar)
    today = scope.day()
    is_mended = due is not None and due < today and dice.random() < MENDED
    ended = row.at if is_fixed else row.at + timedelta(days=1) if is_mended else None
    Hazard.create(
        inspection_id=row.id,
        subject=thing.key,
        area_path=thing.area_path,
        form=asked.form.code,
        version=asked.version,
        item=item.code,
        level=item.level,
        state="fixed" if is_fixed else "closed" if is_mended else "open",
        found_at=row.at,
        found_by=row.account_id,
        due=due.isoformat() if due else None,
        ended_at=ended,
        ended_by=row.account_id if ended else None,
    )
    if due is not None and not is_mended:
        tasks.plan_recheck(thing, due.isoformat())


def _plan(thing: Subject, asked: Published, row: Any, day: date) -> None:
    """As a real one: the tasks that it was are done, and the next one is planned."""
    started = to_ms(row.at)
    tasks.fulfil(thing, asked.form.code, row.account_id, row.id)
    done = PatrolTask.update(done_at=from_ms(started)).where(PatrolTask.inspection_id == row.id)
    done.execute()
    grade = grades.regrade(thing, inspection_id=row.id, inspected_on=day)
    tasks.plan_patrol(thing, patrols.next_patrol(day, grade, house().policy.inspections))
