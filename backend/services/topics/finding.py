"""Every hour: what suddenly comes in many mouths becomes a topic, or joins one that is open."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from backend import clock
from backend.db import from_ms, writing
from backend.models import Topic, TopicCase
from backend.rules import topics
from backend.rules.topics import Burst, Item, Said
from backend.services import notices
from backend.services.topics import telling, weeks

OPEN = ("open", "assigned")
QUIET = timedelta(weeks=topics.BASE_WEEKS)
"""So long nobody is told again of what somebody has called no topic; by then it is usual."""


def find() -> int:
    """Look once; how many new topics. For the keeper: doubled or killed, none is found twice."""
    now = clock.now()
    weeks.count_older(now)
    window = list(telling.between(now - weeks.WINDOW, now + timedelta(seconds=1)))
    found = topics.bursts(window, weeks.Base())
    with writing():
        items = _items(now)
        new = 0
        for burst in found:
            item = topics.known_as(burst, items)
            if item is None:
                items.append(_raised(burst, now))
                new += 1
            elif item.id in _open_ids(items):
                _join(item.id, burst.said)
        for item in _open(items):
            _join(item.id, [one for one in window if topics.joins(one, item)])
    return new


def _items(now: datetime) -> list[Item]:
    """What a burst may belong to: what is open, what was called none, what was settled just now."""
    rows = Topic.select().where(
        Topic.state.in_(OPEN)
        | ((Topic.state == "dismissed") & (Topic.ended_at > now - QUIET))
        | ((Topic.state == "settled") & (Topic.ended_at > now - weeks.WINDOW))
    )
    found = list(rows.order_by(Topic.id))
    cases: dict[int, set[int]] = {row.id: set() for row in found}
    told: Any = TopicCase.select(TopicCase.topic_id, TopicCase.case_id).where(
        TopicCase.topic_id.in_(list(cases))
    )
    for topic_id, case_id in told.tuples():
        cases[topic_id].add(case_id)
    return [
        Item(
            row.id,
            row.area_path,
            frozenset(orjson.loads(row.grams)),
            frozenset(cases[row.id]),
            row.state in OPEN,
        )
        for row in found
    ]


def _open(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.is_open]


def _open_ids(items: Iterable[Item]) -> set[int]:
    return {item.id for item in _open(items)}


def _raised(burst: Burst, now: datetime) -> Item:
    times = [one.at for one in burst.said]
    row = Topic.create(
        state="open",
        phrase=burst.phrase,
        grams=orjson.dumps(burst.grams).decode(),
        area_path=burst.place,
        reporters=0,
        found_at=now,
        first_at=_instant(min(times)),
        last_at=_instant(max(times)),
    )
    _join(row.id, burst.said)
    facts = {"topic": row.id, "phrase": burst.phrase, "reporters": burst.people}
    notices.tell_role("supervisor", burst.place, "topic-found", facts)
    cases = frozenset(one.case for one in burst.said)
    return Item(row.id, burst.place, frozenset(burst.grams), cases, is_open=True)


def _join(topic_id: int, said: Sequence[Said]) -> None:
    """Add reports that are not in it yet; the rest of the topic follows from them."""
    rows = TopicCase.select(TopicCase.report_id).where(TopicCase.topic_id == topic_id)
    known = {row.report_id for row in rows}
    fresh = [one for one in said if one.report not in known]
    for one in fresh:
        TopicCase.create(
            topic_id=topic_id,
            case_id=one.case,
            report_id=one.report,
            person=one.person,
            at=_instant(one.at),
        )
    if not fresh:
        return
    people = TopicCase.select(TopicCase.person).where(TopicCase.topic_id == topic_id).distinct()
    last = max(one.at for one in TopicCase.select().where(TopicCase.topic_id == topic_id))
    Topic.update(reporters=people.count(), last_at=last).where(Topic.id == topic_id).execute()


def _instant(hours: float) -> datetime:
    return from_ms(round(hours * 3_600_000))
