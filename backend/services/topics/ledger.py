"""The ledger of topics: each is given to somebody until a day, and settled or called none."""

from datetime import date
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Invalid, NotFound, TopicEnded
from backend.models import Account, Area, Case, Topic, TopicCase
from backend.rules import topics
from backend.services import cases, notices, problems, scope, trail, units
from backend.services.places import check_version
from backend.verbs import verb

STATES = ("open", "assigned", "settled", "dismissed")
OPEN = ("open", "assigned")
MOST = 100
MOST_WORDS = 500


@verb("topic.list", reads=True)
def listed(
    *, state: str | None = None, before: int | None = None, most: int = 50, by: Actor
) -> dict[str, Any]:
    """Topics of one's areas, the latest first; those still open unless a state is named"""
    mine = scope.within(Topic.area_path, scope.paths(by, "topic.list"))
    wanted = [Topic.state.in_([state] if state else OPEN), mine]
    if before is not None:
        wanted.append(Topic.id < before)
    most = max(1, min(most, MOST))
    rows = list(Topic.select().where(*wanted).order_by(Topic.id.desc()).limit(most + 1))
    following = str(rows[most - 1].id) if len(rows) > most else None
    return {"items": [_line(row) for row in rows[:most]], "next": following}


@verb("topic.show", reads=True)
def show(topic_id: int, *, by: Actor) -> dict[str, Any]:
    """A topic with its cases, how many told of it each day, and what was done about it"""
    row = _find(topic_id)
    scope.check_area(by, "topic.show", row.area_path)
    told = list(TopicCase.select().where(TopicCase.topic_id == row.id).order_by(TopicCase.at))
    trail.write(by, "topic.show", area_path=row.area_path, facts={"topic": row.id})
    days = topics.by_day(one.at.astimezone(scope.SHENZHEN).date() for one in told)
    return {
        **_line(row),
        "words": row.words,
        "note": row.note,
        "days": [{"day": day, "reports": count} for day, count in days],
        "cases": _cases({one.case_id for one in told}),
        "assigned_at": row.assigned_at,
        "assigned_by": _name_of(row.assigned_by),
        "ended_at": row.ended_at,
        "ended_by": _name_of(row.ended_by),
        "actions": [one for one in ACTIONS if row.state in OPEN and _may(row, one, by)],
    }


ACTIONS = ("assign", "settle", "dismiss")


@verb("topic.assign")
def assign(
    topic_id: int,
    version: str | None,
    *,
    due_on: date,
    unit: str | None = None,
    account: str | None = None,
    words: str | None = None,
    by: Actor,
) -> dict[str, Any]:
    """Give a topic to a unit, or to a person, until a day; again, if it was the wrong one"""
    row = _held(topic_id, "assign", version, by)
    if due_on.isoformat() < scope.today():
        raise Invalid(errors={"due_on": ["Name today or a later day."]})
    if bool(unit) == bool(account):
        raise Invalid(errors={"unit": ["Name a unit or a person, one of the two."]})
    person = _person(account) if account else None
    row.unit = units.find(unit).code if unit else None
    row.account_id = person.id if person else None
    row.due_on, row.words, row.state = due_on.isoformat(), _said(words, "words"), "assigned"
    row.assigned_at, row.assigned_by = clock.now(), by.account_id
    if person is not None:
        facts = {"topic": row.id, "phrase": row.phrase, "due_on": row.due_on}
        notices.tell_account(person.id, "topic-given", facts)
    facts = {"unit": row.unit, "account": account, "due_on": row.due_on}
    return _kept(row, "assign", by, facts)


@verb("topic.settle")
def settle(topic_id: int, version: str | None, note: str, *, by: Actor) -> dict[str, Any]:
    """Close a topic: it is dealt with, and how"""
    return _ended(topic_id, version, "settle", "settled", note, by)


@verb("topic.dismiss")
def dismiss(topic_id: int, version: str | None, note: str, *, by: Actor) -> dict[str, Any]:
    """Close what is no topic, and say why; the same words do not raise it again"""
    return _ended(topic_id, version, "dismiss", "dismissed", note, by)


def _ended(
    topic_id: int, version: str | None, action: str, state: str, note: str, by: Actor
) -> dict[str, Any]:
    row = _held(topic_id, action, version, by)
    said = _said(note, "note")
    if not said:
        raise Invalid(errors={"note": ["Say it in a few words."]})
    row.state, row.note = state, said
    row.ended_at, row.ended_by = clock.now(), by.account_id
    # Nobody is counted any more, so nothing need say that two were told by the same.
    TopicCase.update(person=TopicCase.report_id).where(TopicCase.topic_id == row.id).execute()
    return _kept(row, action, by, {})


def _kept(row: Topic, action: str, by: Actor, facts: dict[str, object]) -> dict[str, Any]:
    row.version += 1
    row.save()
    trail.write(by, f"topic.{action}", area_path=row.area_path, facts={"topic": row.id, **facts})
    return {"id": row.id, "state": row.state, "version": row.version}


def _find(topic_id: int) -> Topic:
    row: Topic | None = Topic.get_or_none(Topic.id == topic_id)
    if row is None:
        raise NotFound(noun="topic")
    return row


def _held(topic_id: int, action: str, version: str | None, by: Actor) -> Topic:
    """The topic as it was read, still open, and nobody else's meanwhile."""
    row: Topic = locked(Topic.select().where(Topic.id == _find(topic_id).id)).get()
    scope.check_area(by, f"topic.{action}", row.area_path)
    check_version(version, row.version)
    if row.state not in OPEN:
        raise TopicEnded(state=row.state)
    return row


def _may(row: Topic, action: str, by: Actor) -> bool:
    return scope.holds_area(by, f"topic.{action}", row.area_path)


def _said(text: str | None, field: str) -> str | None:
    text = (text or "").strip() or None
    if text is not None and len(text) > MOST_WORDS:
        raise Invalid(errors={field: [f"At most {MOST_WORDS} characters."]})
    return text


def _person(account: str) -> Account:
    row: Account | None = Account.get_or_none((Account.name == account) & Account.active)
    if row is None:
        raise Invalid(errors={"account": ["Name somebody who works here."]})
    return row


def _line(row: Topic) -> dict[str, Any]:
    area = Area.get_or_none(Area.path == row.area_path)
    told = TopicCase.select(TopicCase.case_id).where(TopicCase.topic_id == row.id).distinct()
    is_late = row.state == "assigned" and (row.due_on or "") < scope.today()
    return {
        "id": row.id,
        "state": row.state,
        "phrase": row.phrase,
        "area": row.area_path.rpartition("/")[2],
        "area_name": area.name if area else None,
        "reporters": row.reporters,
        "cases_count": told.count(),
        "found_at": row.found_at,
        "first_at": row.first_at,
        "last_at": row.last_at,
        "unit": units.public(units.of(row.unit)),
        "account": _name_of(row.account_id),
        "due_on": date.fromisoformat(row.due_on) if row.due_on else None,
        "is_late": is_late,
        "version": row.version,
    }


def _cases(ids: set[int]) -> list[dict[str, Any]]:
    rows = Case.select().where(Case.id.in_(sorted(ids))).order_by(Case.id.desc()).limit(MOST)
    return [
        {
            **cases.line(case),
            "kind": case.kind,
            "problem": problems.find(case.kind, case.problem).as_dict(),
            "thing": case.thing,
            "name": case.name,
            "address": case.address,
            "unit": units.public(units.of(case.unit)),
        }
        for case in rows
    ]


def _name_of(account_id: int | None) -> str | None:
    row = None if account_id is None else Account.get_or_none(Account.id == account_id)
    return str(row.full_name) if row else None
