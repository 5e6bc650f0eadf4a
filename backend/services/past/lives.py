"""What may happen to a case from its report to the last word on it, drawn by dice.

The shares are those that Chinese cities publish, rounded towards trouble, so that every figure of
the board has something to say: one case in eight late, one in twenty-five sent back.
"""

import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.rules import clocks, deadlines
from backend.rules.clocks import Step
from backend.rules.deadlines import Limit
from backend.rules.workdays import Calendar

CHANNELS = ("scan", "hotline", "web", "worker", "open311")
WEIGHTS = (48, 22, 12, 14, 4)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ACCEPT = timedelta(minutes=60)
ANSWER = timedelta(minutes=10)


@dataclass(frozen=True)
class Subject:
    """What a case is about, where, and who puts such things right."""

    kind: str
    problem: str
    name: str
    area_path: str
    unit: str
    other_unit: str  # Whom it is sent to by mistake.
    desk: str
    limit: Limit
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    cell: int | None = None
    thing: str | None = None
    facility_id: int | None = None
    building_id: int | None = None


@dataclass
class Happened:
    """A step: what, the state after it, of which unit, by whom (dispatcher, handler, ...)."""

    at: datetime
    action: str
    state: str
    unit: str | None = None
    by: str | None = None
    note: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Life:
    """Everything that happened until now."""

    subject: Subject
    channel: str
    reports: int
    steps: list[Happened] = field(default_factory=list)
    answered_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def state(self) -> str:
        return self.steps[-1].state

    @property
    def present(self) -> list[Happened]:
        """The steps of its present round."""
        again = [place for place, one in enumerate(self.steps) if one.action == "reopen"]
        return self.steps[again[-1] :] if again else self.steps


def invent(
    subject: Subject, opened: datetime, now: datetime, dice: random.Random, calendar: Calendar
) -> Life:
    """A case that was told of at `opened`, as far as it has come."""
    channel = dice.choices(CHANNELS, WEIGHTS)[0]
    reports = 1 + int(dice.random() < 0.12) + int(dice.random() < 0.04)
    life = Life(subject, channel, reports)
    for step in _story(life, opened, now, dice, calendar):
        if step.at > now:
            break
        life.steps.append(step)
    life.due_at = _due(life, calendar)
    if life.answered_at is not None and (life.answered_at > now or life.state != "closed"):
        life.answered_at = None
    return life


def _story(
    life: Life, opened: datetime, now: datetime, dice: random.Random, calendar: Calendar
) -> Iterator[Happened]:
    """The steps in order, without an end at now."""
    yield Happened(opened, "receive", "received", facts={"channel": life.channel})
    at = opened
    if life.subject.thing is None:
        at += dice.uniform(1, 15) * MINUTE
        if dice.random() < 0.12:
            yield Happened(at, "decline", "declined", by="dispatcher", note="不属于城市管理范围")
            return
    by = "dispatcher" if life.subject.thing is None else None
    yield Happened(at, "file", "filed", by=by)
    if dice.random() < 0.015:
        yield Happened(at + 6 * MINUTE, "merge", "merged", by="dispatcher")
        return
    sent = yield from _sent(life, opened, at, dice)
    yield from _worked_on(life, sent, now, dice, calendar)


def _sent(
    life: Life, opened: datetime, at: datetime, dice: random.Random
) -> Generator[Happened, None, datetime]:
    """To a unit, sometimes to the wrong one first. Returns when it was at the right one."""
    subject, is_wrong = life.subject, dice.random() < 0.045
    first = subject.other_unit if is_wrong else subject.unit
    if dice.random() < 0.86:
        at += dice.uniform(2, 40) * timedelta(seconds=1)
        facts = {"rule": "owner", "seconds": int((at - opened).total_seconds())}
        yield Happened(at, "dispatch", "dispatched", first, facts=facts)
    else:
        is_forgotten = dice.random() < 0.08
        wait = dice.uniform(90, 3_000) if is_forgotten else dice.lognormvariate(1.9, 0.7)
        at += wait * MINUTE
        yield Happened(at, "dispatch", "dispatched", first, "dispatcher")
    if is_wrong and dice.random() < 0.7:
        at += dice.uniform(5, 55) * MINUTE
        facts = {"reason": "不属本单位职责", "unit": subject.unit}
        yield Happened(at, "return", "filed", first, "other", facts=facts)
        at += dice.uniform(5, 90) * MINUTE
        yield Happened(at, "dispatch", "dispatched", subject.unit, "dispatcher")
    elif is_wrong:
        at += dice.uniform(20, 59) * MINUTE
        yield Happened(at, "reassign", "dispatched", subject.unit, "dispatcher")
    return at


def _worked_on(
    life: Life, at: datetime, now: datetime, dice: random.Random, calendar: Calendar
) -> Iterator[Happened]:
    """Taken, handled, checked, perhaps again; closed, answered, judged, perhaps opened again."""
    subject = life.subject
    sent = at
    wait = dice.lognormvariate(2.6, 0.7) * MINUTE
    by = "handler" if wait < ACCEPT else None
    at += min(wait, ACCEPT)
    yield Happened(at, "accept", "handling", subject.unit, by)
    due = deadlines.due(sent, subject.limit, calendar) or at + DAY
    if dice.random() < 0.02:
        until = at + dice.randint(4, 20) * DAY
        yield Happened(at + HOUR, "shelve", "shelved", subject.unit, "supervisor")
        yield Happened(until, "resume", "handling", subject.unit)
        at, due = until, due + (until - at)
    elif dice.random() < 0.025:
        at += HOUR
        yield Happened(at, "extend", "handling", subject.unit, "dispatcher", facts={"share": 0.5})
    is_neglected = dice.random() < 0.08
    share = dice.uniform(1.1, 9) if is_neglected else dice.lognormvariate(-0.95, 0.6)
    at += max(dice.uniform(8, 30) * MINUTE, (due - at) * share)
    yield Happened(at, "feed-back", "handled", subject.unit, "handler", "已处理完毕，现场已恢复")
    while dice.random() < 0.04:
        at += dice.uniform(1, 6) * HOUR
        facts = {"reason": "现场仍未恢复"}
        yield Happened(at, "rework", "handling", subject.unit, "checker", facts=facts)
        at += dice.uniform(2, 30) * HOUR
        yield Happened(at, "feed-back", "handled", subject.unit, "handler", "已重新处理")
    is_unchecked = dice.random() < 0.05
    at += (dice.uniform(26, 300) if is_unchecked else dice.lognormvariate(1.1, 0.8)) * HOUR
    yield Happened(at, "close", "closed", subject.unit, "checker")
    life.answered_at = at + (ANSWER * dice.uniform(1.1, 6) if dice.random() < 0.04 else MINUTE)
    yield from _judged(life, at, dice, calendar)


def _judged(
    life: Life, at: datetime, dice: random.Random, calendar: Calendar
) -> Iterator[Happened]:
    if dice.random() > 0.15:
        return
    at += dice.uniform(0.2, 60) * HOUR
    is_solved = dice.random() < 0.88
    stars = dice.choice((4, 5, 5, 3)) if is_solved else dice.choice((1, 2, 2, 3))
    closed = life.steps[-1].at
    yield Happened(at, "rate", "closed", facts={"solved": is_solved, "stars": stars})
    if is_solved or dice.random() < 0.4:
        return
    was = {"due_at": _due(life, calendar), "answer_by": closed + ANSWER}
    left = {**was, "answered_at": life.answered_at}
    facts = {name: None if at is None else int(at.timestamp() * 1000) for name, at in left.items()}
    yield Happened(at, "reopen", "filed", facts={"was": facts})
    life.answered_at = None
    at += MINUTE
    yield Happened(at, "dispatch", "dispatched", life.subject.unit, "dispatcher")
    at += 20 * MINUTE
    yield Happened(at, "accept", "handling", life.subject.unit, "handler")


def _due(life: Life, calendar: Calendar) -> datetime | None:
    """The deadline as the house itself works it out from these steps."""
    clock = clocks.handling([Step(one.at, one.action, one.state) for one in life.steps])
    if clock.start is None:
        return None
    extended = any(one.action == "extend" for one in life.present)
    limit = life.subject.limit
    if extended:
        limit = Limit(limit.value * 1.5, limit.unit)
    return deadlines.due(clock.start, limit, calendar, clock.pauses)
