"""The keeper: one process beside the servers that does what the clock asks for.

It remembers nothing. What is due stands in the tables (lines without a batch, leases that have
run out, rows too old), so it may be killed, restarted or started twice: everything is done
once, and after a restart goes on as if nothing had been.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from backend.db import database, writing
from backend.house import house
from backend.services import (
    allowances,
    answers,
    carrying,
    cases,
    figures,
    inspections,
    messages,
    phones,
    photos,
    retention,
    topics,
    trail_proof,
    words,
)
from backend.services.bikes import forgetting, statistics
from backend.services.visits import beats, exceptional, learning, leavers

log = logging.getLogger("gridtag.keeper")


PATIENCE_S = 2.0
"""How long the end waits for the long duties."""


@dataclass
class Duty:
    """Something to do every so many seconds. One that fails is tried again when it is due."""

    name: str
    every_s: float
    act: Callable[[], object]
    due: float = 0.0  # On the monotonic clock; 0 is at once.
    failures: int = field(default=0, init=False)  # In a row.

    def do(self) -> None:
        """Do it and never raise: the other duties go on."""
        try:
            self.act()
        except Exception:
            self.failures += 1
            # A database that is away for an hour must not fill the disk with its own story.
            if self.failures & (self.failures - 1) == 0:
                log.exception("a duty failed (%d)", self.failures, extra={"duty": self.name})
            _hang_up()
        else:
            if self.failures:
                log.warning("a duty works again", extra={"duty": self.name})
            self.failures = 0


def duties() -> list[Duty]:
    """Everything the keeper does, in the order of one round."""
    settings = house().settings
    return [
        Duty("trail.seal", settings.SEAL_EVERY_S, trail_proof.seal),
        Duty("trail.checkpoint", settings.CHECKPOINT_EVERY_S, trail_proof.checkpoint),
        Duty("messages.deliver", 1, messages.deliver),
        Duty("phones.deliver", 1, phones.deliver),
        Duty("phones.forget", 60, phones.forget),
        Duty("outbox.carry", 1, carrying.carry_here),
        Duty("visits.sweep", 5, _together(beats.sweep)),
        Duty("visits.close-left", 5, leavers.close_left),
        Duty("reviews.remind", 60, _together(exceptional.remind_reviews)),
        Duty("cases.rules", 3600, _together(cases.look_over)),
        Duty("cases.urge", 1, cases.urge_due),
        Duty("cases.resume", 60, _together(cases.resume_due)),
        Duty("cases.accept", 10, _together(cases.accept_due)),
        Duty("cases.sample", 60, _together(cases.close_unsampled)),
        Duty("cases.seal", 60, cases.seal),
        Duty("hazards.overdue", 60, _together(inspections.note_overdue)),
        Duty("hazards.follow-cases", 60, _together(inspections.follow_cases)),
        Duty("allowances.sweep", 60, allowances.sweep),
        Duty("answers.sweep", 60, answers.sweep),
        Duty("challenges.forget", 60, retention.forget_challenges),
        Duty("buildings.learn", 3600, _together(learning.learn_offsets)),
        Duty("fixes.forget", 60, retention.forget_fixes),
        Duty("scans.forget", 60, retention.forget_scans),
        Duty("sightings.forget", 3600, retention.forget_sightings),
        Duty("bikes.forget", 3600, forgetting.forget),
        Duty("sessions.forget", 60, retention.forget_sessions),
        Duty("reporters.forget", 60, retention.forget_reporters),
        Duty("photos.forget", 60, photos.forget_unused),
    ]


def long_duties() -> list[Duty]:
    """What takes seconds at a time: done by a thread of its own, so that no seal comes late."""
    return [
        Duty("photos.copy", 0.5, photos.make_copies),
        Duty("figures.keep", 2, figures.keep),
        Duty("photos.forget-originals", 6 * 3600, photos.forget_originals),
        Duty("photos.sweep", 6 * 3600, photos.sweep),
        Duty("inspections.enrol", 3600, inspections.enrol),
    ]


def slow_duties() -> list[Duty]:
    """What takes a minute of thought, at night or by the hour; the pictures do not wait for it."""
    return [
        Duty("bike-months.keep", 3600, statistics.keep),
        Duty("topics.find", 3600, topics.find),
        Duty("words.learn", 600, words.learn_if_due),
        Duty("records.check", 600, inspections.checking.check_if_due),
    ]


def quick_duties() -> list[Duty]:
    """What somebody waits for by the second: beside the others, so that none holds it up."""
    return [Duty("cases.dispatch", 0.5, cases.dispatch_waiting)]


def far_duties() -> list[Duty]:
    """What waits for others over the network: nobody here waits with it."""
    return [Duty("outbox.carry-out", 1, carrying.carry_out)]


def run(stop: threading.Event | None = None) -> None:
    """Keep house until `stop` is set; without one, until SIGTERM or SIGINT."""
    if stop is None:
        stop = _stop_on_signals()
    known = duties()
    log.info("the keeper begins")
    others = (quick_duties(), long_duties(), slow_duties(), far_duties())
    beside = [threading.Thread(target=_beside, args=(one, stop), daemon=True) for one in others]
    for thread in beside:
        thread.start()
    _rounds(known, stop)
    cases.seal()
    for duty in known[:2]:  # Leave as little as possible unsealed, and that signed.
        duty.do()
    for thread in beside:  # One in the middle of a picture is not waited for: its lease lapses.
        thread.join(PATIENCE_S)
    log.info("the keeper ends")


def _beside(known: list[Duty], stop: threading.Event) -> None:
    """Duties beside the others, over a connection of their own, which ends with them."""
    try:
        _rounds(known, stop)
    finally:
        _hang_up()


def _rounds(known: list[Duty], stop: threading.Event) -> None:
    while not stop.is_set():
        round_of(known, time.monotonic())
        stop.wait(max(0.0, min(duty.due for duty in known) - time.monotonic()))


def round_of(known: Iterable[Duty], now: float) -> None:
    """Do what is due at `now`, on the monotonic clock."""
    for duty in known:
        if duty.due <= now:
            duty.do()
            duty.due = now + duty.every_s


def _together(act: Callable[[], object]) -> Callable[[], object]:
    """All of it in one transaction, so that nobody changes a row between its look and its write."""

    def do() -> object:
        with writing():
            return act()

    return do


def _hang_up() -> None:
    """A connection that has failed is not used again: the next duty dials anew."""
    try:
        database.close()
    except Exception:
        log.debug("the broken connection did not close", exc_info=True)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def set_beside(*_: object) -> None:
        # Not here: a signal may come while the round holds the lock that `set` needs.
        threading.Thread(target=stop.set).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, set_beside)
    return stop
