"""The outbox to units goes out: the house's own courier at once, other ways beside one another.

What fails is tried again later each time; a way that is dead takes its own unit's messages with it
and nobody else's, and when days have gone by the desk is told. A keeper that dies leaves a lease
that lapses: the house's courier knows what it has carried, any other way gets the key again.
"""

import logging
import queue
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import orjson

from backend import clock
from backend.couriers import Bulletin, Unwelcome, Way, courier, way_to
from backend.couriers.mail import Mail
from backend.db import writing
from backend.house import house
from backend.models import Case, Unit, UnitMessage
from backend.rules import case_numbers
from backend.rules.deadlines import CHINA
from backend.services import leases, notices, outbox, problems, units

log = logging.getLogger("gridtag.outbox")

MOST = 100  # Under one lease.
AT_ONCE = 16  # Ways that are gone side by side.
PATIENCE_S = 20.0
"""How long one unit may take before the rest of its messages wait for the next round."""
LEAST_TRIES = 5
HERE = UnitMessage.way == "courier"


class Due(NamedTuple):
    """A message under our lease, with what is needed to say it."""

    id: int
    key: str
    unit: str
    way: str
    kind: str
    facts: str
    tries: int
    at: datetime
    case_id: int
    opened_at: datetime
    name: str
    case_kind: str
    problem: str


class Outcome(NamedTuple):
    """What became of some messages: `fault` None, they went out. `is_dead`: so is the way."""

    some: Sequence[Due]
    fault: str | None
    is_dead: bool = False


def carry_here() -> int:
    """All that goes by the house's own courier. Returns how many went."""
    settings, sent = house().settings, 0
    mine = courier(settings.COURIER, settings.UNIT_MESSAGES)
    while some := _leased(HERE):
        said = list(_said(some))
        try:
            mine.carry([letter for _, letter in said])
        except OSError as fault:
            _record(Outcome(some, str(fault), is_dead=True))
            break
        _record(Outcome([one for one, _ in said], None))
        sent += len(said)
    return sent


def carry_out() -> int:
    """All that goes over the network, every unit beside the others. Returns how many went."""
    sent = 0
    while some := _leased(~HERE):
        done: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        groups = [(way, list(_said(theirs))) for way, theirs in _by_way(some)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for way, letters in groups:
                pool.submit(_go, way, letters, done)
            # Each is noted as soon as it went: who is killed here sends few a second time.
            for outcome in _until_all_end(done, len(groups)):
                _record(outcome)
                sent += len(outcome.some) if outcome.fault is None else 0
    return sent


def _until_all_end(done: "queue.SimpleQueue[Outcome | None]", running: int) -> Iterator[Outcome]:
    while running:
        outcome = done.get()
        if outcome is None:
            running -= 1
        else:
            yield outcome


def _go(
    way: Way, said: Sequence[tuple[Due, Bulletin]], done: "queue.SimpleQueue[Outcome | None]"
) -> None:
    """One unit's messages by one way; touches no table."""
    try:
        for outcome in _tried(way, said):
            done.put(outcome)
    finally:
        done.put(None)


def _tried(way: Way, said: Sequence[tuple[Due, Bulletin]]) -> Iterator[Outcome]:
    until, inside = time.monotonic() + PATIENCE_S, house().settings.HOOKS_INSIDE
    for place in range(0, len(said), way.at_once):
        portion, rest = said[place : place + way.at_once], [one for one, _ in said[place:]]
        if time.monotonic() > until:
            yield Outcome(rest, "slow")
            return
        try:
            way.carry([letter for _, letter in portion], inside=inside)
        except Unwelcome as refused:
            yield Outcome([one for one, _ in portion], str(refused))
        except OSError as fault:
            yield Outcome(rest, _in_short(fault), is_dead=True)
            return
        except Exception as fault:
            log.exception("a way to a unit broke", extra={"unit": rest[0].unit})
            yield Outcome(rest, type(fault).__name__, is_dead=True)
            return
        else:
            yield Outcome([one for one, _ in portion], None)


def _in_short(fault: OSError) -> str:
    """Why, without a word of the address: what is refused for a reason of ours says only that."""
    return fault.strerror or (str(fault) if type(fault) is OSError else type(fault).__name__)


# --- Under a lease ------------------------------------------------------------------------


def _leased(which: Any) -> list[Due]:
    if not leases.is_any_due(UnitMessage, which):
        return []
    with writing():
        mine = leases.take(UnitMessage, MOST, which)
        found = (
            UnitMessage.select(
                UnitMessage.id, UnitMessage.key, UnitMessage.unit, UnitMessage.way,
                UnitMessage.kind, UnitMessage.facts, UnitMessage.tries, UnitMessage.at,
                Case.id, Case.opened_at, Case.name, Case.kind, Case.problem,
            )
            .join(Case, on=(UnitMessage.case_id == Case.id))
            .where(UnitMessage.id.in_(mine))
            .order_by(UnitMessage.id)
        )  # fmt: skip
        return [Due._make(row) for row in found.tuples().iterator()]


def _by_way(some: Sequence[Due]) -> Iterator[tuple[Way, list[Due]]]:
    """The messages of each unit with its way; those whose way is gone go by the courier."""
    for (code, way), theirs in groupby(sorted(some, key=_place), _place):
        made, found = _way_of(units.of(code), way), list(theirs)
        if made is not None:
            yield made, found
            continue
        with writing():
            back = UnitMessage.update(way="courier", due_at=clock.now())
            back.where(UnitMessage.id.in_([one.id for one in found])).execute()


def _place(one: Due) -> tuple[str, str]:
    return one.unit, one.way


def _way_of(unit: Unit | None, way: str) -> Way | None:
    settings = house().settings
    if unit is None:
        return None
    if way == "mail" and unit.email and settings.SMTP_URL:
        return Mail(settings.SMTP_URL, settings.MAIL_FROM, unit.email)
    if way == "address" and unit.sealed is not None:
        address, secret = house().vault.open(f"unit:{unit.code}".encode(), bytes(unit.sealed))
        return way_to(str(address), secret or "")
    return None


def _record(outcome: Outcome) -> None:
    with writing():
        if outcome.fault is None:
            leases.sent(UnitMessage, [one.id for one in outcome.some])
            return
        old = [one for one in outcome.some if _is_enough(one)]
        _give_up(old, outcome.fault)
        for one in outcome.some:
            if one not in old:
                _put_off(UnitMessage.id == one.id, one.tries, outcome.fault)
        if outcome.is_dead and outcome.some:
            first = outcome.some[0]
            theirs = (UnitMessage.unit == first.unit) & (UnitMessage.way == first.way)
            _put_off(theirs & (UnitMessage.due_at <= clock.now()), first.tries, outcome.fault)


def _put_off(which: Any, tries: int, fault: str) -> None:
    again = UnitMessage.update(due_at=leases.later(tries), fault=fault)
    again.where(which).execute()


def _is_enough(one: Due) -> bool:
    is_old = clock.now() - one.at > timedelta(days=house().settings.OUTBOX_DAYS)
    return is_old and one.tries >= LEAST_TRIES


def _give_up(some: Sequence[Due], fault: str) -> None:
    """Nobody tries any more; the desk hears of it once for all of a unit."""
    if not some:
        return
    over = UnitMessage.update(due_at=None, given_up_at=clock.now(), fault=fault)
    over.where(UnitMessage.id.in_([one.id for one in some])).execute()
    for code, theirs in groupby(sorted(some, key=_place), lambda one: one.unit):
        unit = units.of(code)
        if unit is not None:
            facts = {"unit": unit.name, "messages": len(list(theirs))}
            notices.tell_role("dispatcher", unit.area_path, "unit-unreachable", facts)


# --- What is said -------------------------------------------------------------------------


def _said(some: Iterable[Due]) -> Iterator[tuple[Due, Bulletin]]:
    """Each with its words; one that cannot be said waits alone, and keeps no other back."""
    for one in some:
        try:
            yield one, bulletin(one)
        except (KeyError, ValueError, LookupError) as fault:
            log.exception("a message cannot be said", extra={"key": one.key})
            _record(Outcome([one], type(fault).__name__))


def bulletin(one: Due) -> Bulletin:
    """What is carried."""
    settings, facts = house().settings, orjson.loads(one.facts)
    said, problem = outbox.texts()[one.kind], problems.find(one.case_kind, one.problem)
    number = case_numbers.number(one.case_id, one.opened_at)
    link = f"{settings.public_url}/desk/{number}"
    text = said[settings.UNIT_LANGUAGE].format(
        number=number,
        name=one.name,
        problem=problem.en if settings.UNIT_LANGUAGE == "en" else problem.zh,
        due=_on_the_wall(facts.get("due")),
        percent=facts.get("percent", ""),
        link=link,
    )
    at = one.at.astimezone(UTC).isoformat()
    return Bulletin(one.key, one.unit, text, one.kind, number, at, link, facts)


def _on_the_wall(instant: str | None) -> str:
    if instant is None:
        return "—"
    return f"{datetime.fromisoformat(instant).astimezone(CHINA):%Y-%m-%d %H:%M}"
