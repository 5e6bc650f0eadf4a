"""Campaigns: have all of these looked at within some days; a task for each of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from peewee import Value, fn

from backend import clock
from backend.actor import SYSTEM, Actor
from backend.errors import Invalid, NotFound, SubjectsWrong
from backend.models import Account, Area, Campaign, Facility, Grade, PatrolTask, SmallPlace
from backend.rules.areas import path_contains
from backend.rules.grading import GRADES
from backend.services import areas, scope, trail
from backend.services.inspections import forms, handing, progress, subjects, tasks
from backend.services.inspections.subjects import Subject
from backend.verbs import verb

MOST_SUBJECTS = 5_000
LONGEST_DAYS = 92
LISTED = 200
MOST_AREAS = 500
PLACE_KINDS = ("shop", "workshop", "entertainment")
SENTENCES = {
    "unknown": "There is no such thing on record.",
    "outside": "This lies outside the campaign's area.",
    "form": "This form is asked of other things.",
    "twice": "This stands in the list twice.",
    "name": "A name has 1 to 60 characters.",
    "day": "A day such as 2026-11-21.",
    "since": "Today or a later day.",
    "until": "Not before the first day, and at most 92 days after it.",
    "grades": "One of the four grades.",
    "kinds": "A kind of small place.",
}


class Finding(NamedTuple):
    """One thing wrong with a list; `sentence` is ready to be translated, `value` was there."""

    row: int
    column: str
    sentence: str
    value: str


@verb("campaign.open")
def open_campaign(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Have a list of things looked at by a form within some days; a task for each

    `subjects` names them (or `lines`, with the row of a file before each); left out, it is all of
    the area that the form is asked of, narrowed by `grades` and `kinds` of small places. The
    tasks go to whose duty the buildings are.
    """
    area = areas.find(form["area"])
    if by.account_id != SYSTEM.account_id:  # The house's own command line may.
        scope.check_area(by, "campaign.open", area.path)
    asked = forms.current(form["form"])
    since, until = form.get("since") or scope.today(), form["until"]
    _check(form, since, until)
    things = _wanted(form, asked.form.subject, area.path)
    row = Campaign.create(
        name=form["name"].strip(),
        form=asked.form.code,
        area_path=area.path,
        since=since,
        until=until,
        opened_at=clock.now(),
        opened_by=by.account_id,
    )
    more: dict[str, Any] = {"form": asked.form.code, "campaign_id": row.id, "since": since}
    for thing in things:
        tasks.plan_one(thing, "campaign", until, **more)
    facts = {"campaign": row.id, "tasks": len(things), "until": until}
    trail.write(by, "campaign.open", area_path=area.path, facts=facts)
    return progress.view(row)


@verb("campaign.list", reads=True)
def areas_of(*, by: Actor) -> list[dict[str, str]]:
    """The areas that a campaign of mine may be for, the widest first"""
    mine = scope.within(Area.path, scope.paths(by, "campaign.open"))
    rows = Area.select().where(mine).order_by(fn.LENGTH(Area.code), Area.code)
    return [{"code": row.code, "name": row.name} for row in rows.limit(MOST_AREAS)]


@verb("campaign.hand-over")
def hand_share(campaign_id: int, giver: str | None, to: str, *, by: Actor) -> dict[str, Any]:
    """Give what a worker has left of a campaign to a replacement; or what is nobody's yet"""
    row = progress.find(campaign_id)
    scope.check_area(by, "campaign.hand-over", row.area_path)
    account = Account.get_or_none(Account.name == giver) if giver else None
    if giver and account is None:
        raise Invalid(errors={"from": ["There is no such account."]})
    theirs = PatrolTask.account_id == account.id if account else PatrolTask.account_id.is_null()
    count = handing.hand_share((PatrolTask.campaign_id == row.id) & theirs, to, by)
    facts = {"campaign": row.id, "from": giver, "to": to, "tasks": count}
    trail.write(by, "campaign.hand-over", area_path=row.area_path, facts=facts)
    return {"tasks": count}


def _check(form: Mapping[str, Any], since: str, until: str) -> None:
    days = {name: day for name, day in (("since", since), ("until", until)) if not _is_day(day)}
    if days:
        raise Invalid(errors={name: [SENTENCES["day"]] for name in days})
    lasting = (date.fromisoformat(until) - date.fromisoformat(since)).days
    right = {
        "name": 1 <= len((form.get("name") or "").strip()) <= 60,
        "since": since >= scope.today(),
        "until": 0 <= lasting <= LONGEST_DAYS,
        "grades": set(form.get("grades") or ()) <= set(GRADES),
        "kinds": set(form.get("kinds") or ()) <= set(PLACE_KINDS),
    }
    wrong = {name: [SENTENCES[name]] for name, is_right in right.items() if not is_right}
    if wrong:
        raise Invalid(errors=wrong)


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


# --- Which things -------------------------------------------------------------------------


def _wanted(form: Mapping[str, Any], sort: str, area_path: str) -> list[Subject]:
    named = form.get("subjects")
    lines = form.get("lines") or (list(enumerate(named, start=1)) if named is not None else None)
    if lines is None:
        things = [subjects.of(key) for key in _all(form, sort, area_path)]
    else:
        things = _named(lines[: MOST_SUBJECTS + 1], sort, area_path)
    if not 1 <= len(things) <= MOST_SUBJECTS:
        raise Invalid(errors={"subjects": [f"Name 1 to {MOST_SUBJECTS} things."]})
    return things


def _named(lines: Sequence[tuple[int, str]], sort: str, area_path: str) -> list[Subject]:
    """The things of a list; everything that is wrong with it in one refusal."""
    things: list[Subject] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    for row, code in lines:
        thing = _find(code.strip(), sort)
        findings += [
            Finding(row, "code", SENTENCES[word], code[:40])
            for word in _faults(thing, sort, area_path, seen)
        ]
        if thing is not None:
            seen.add(thing.key)
            things.append(thing)
    if findings:
        told: dict[int, dict[str, list[str]]] = {}
        for one in findings[:LISTED]:
            told.setdefault(one.row, {}).setdefault(one.column, []).append(one.sentence)
        refusal = SubjectsWrong(count=len(findings), errors={"subjects": told})
        refusal.findings = findings[:LISTED]
        raise refusal
    return things


def _faults(thing: Subject | None, sort: str, area_path: str, seen: set[str]) -> Iterator[str]:
    if thing is None:
        yield "unknown"
    elif thing.sort != sort:
        yield "form"
    elif not path_contains(area_path, thing.area_path):
        yield "outside"
    elif thing.key in seen:
        yield "twice"


def _find(code: str, sort: str) -> Subject | None:
    """A thing by its name among all, or by its bare number among those the form is asked of."""
    known = {subjects.PLACE: "place", subjects.BUILDING: "building"}
    whole = code if ":" in code else f"{known.get(sort, 'facility')}:{code}"
    try:
        return subjects.named(whole)
    except (Invalid, NotFound):
        return None


def _all(form: Mapping[str, Any], sort: str, area_path: str) -> list[str]:
    """The keys of everything of an area that a form is asked of."""
    if sort not in (subjects.PLACE, subjects.BUILDING):
        there = scope.within(Area.path, [area_path]) & (Facility.state == "in_use")
        found = Facility.select(Facility.id).join(Area).where(there & (Facility.kind == sort))
        return [f"facility:{row.id}" for row in found.order_by(Facility.id)]
    start = "place:" if sort == subjects.PLACE else "building:"
    wanted = scope.within(Grade.area_path, [area_path]) & Grade.subject.startswith(start)
    if form.get("grades"):
        wanted &= Grade.grade.in_(list(form["grades"]))
    if form.get("kinds") and sort == subjects.PLACE:
        key = Value("place:").concat(SmallPlace.id.cast("TEXT"))
        kinds = SmallPlace.kind.in_(list(form["kinds"]))
        wanted &= Grade.subject.in_(SmallPlace.select(key).where(kinds))
    rows = Grade.select(Grade.subject).where(wanted)
    return [row.subject for row in rows.order_by(Grade.subject)]
