"""Cases find their unit by themselves, seconds after they were taken on; the desk gets the rest.

A rule that fails never loses a case: it is told to people, and the next rule decides; in the end
the desk has the case. Whoever has it answers for it: no case is without a unit for long.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import peewee
from peewee import fn

from backend import clock
from backend.db import locked, to_ms, undone_alone, writing
from backend.errors import StorageFull, Unavailable
from backend.house import house
from backend.models import Case
from backend.rules.dispatch import Fault, Found
from backend.services.cases import desk_notices, duty_list, merging, reading, rule_faults
from backend.services.cases.duty_list import DutyList
from backend.services.cases.moving import moved
from backend.services.cases.reading import Proposal

log = logging.getLogger("gridtag.dispatch")

PORTION = 50
PORTION_S = 0.25
"""Longer than this nobody else waits for the write lock."""
FRESH_S = 1.0
"""After so long a changed list counts, even if there is no end of cases."""
NOT_OURS = (
    peewee.OperationalError,
    peewee.InterfaceError,
    peewee.ProgrammingError,
    StorageFull,
    Unavailable,
)
"""The database's trouble is no rule's: all of it is undone and tried again."""
BROKEN = Fault("rules", "raised")


READERS: list[Callable[[Case], Proposal | None]] = [reading.propose]
"""Asked, one after the other, when neither an owner nor the duty list knows."""


def dispatch_waiting() -> int:
    """Send on all cases that nobody has looked at yet; for the keeper. Returns how many were."""
    sent = last = 0
    read_at = float("-inf")
    while waiting := _waiting(last):
        if time.monotonic() - read_at >= FRESH_S:
            duties, read_at = duty_list.read(), time.monotonic()
        with writing():
            done, last = _portion(waiting, duties)
        sent += done
    return sent


def consider(case: Case, duties: DutyList | None = None) -> dict[str, Any]:
    """What the rules in force now make of a case, with their reasons; nothing is kept."""
    decision = _Decision.of(case, duties or duty_list.read())
    return {
        "unit": decision.unit,
        "rule": decision.rule,
        "sureness": decision.sureness,
        "why": decision.why,
    }


def waiting_figures() -> dict[str, int]:
    """How many nobody has looked at, not even the machine, and how long the first has waited."""
    query = Case.select(fn.COUNT(Case.id), fn.MIN(Case.opened_at)).where(_fresh())
    found: Any = query.tuples().first()
    cases, oldest = found
    at = oldest if oldest is None or isinstance(oldest, int) else to_ms(oldest)
    return {"cases": cases, "seconds": 0 if at is None else (to_ms(clock.now()) - at) // 1000}


def _waiting(after: int) -> list[int]:
    """The first of them after one that was looked at."""
    rows = Case.select(Case.id).where(_fresh() & (Case.id > after))
    return [row.id for row in rows.order_by(Case.id).limit(PORTION)]


def _fresh() -> Any:
    """Those nobody has looked at, taken on or not; what came back to the desk is for people."""
    is_filed = Case.state == "filed"
    again = (Case.rule == "received") | Case.rule.startswith(merging.RULE)
    return Case.state.in_(("received", "filed")) & (Case.rule.is_null() | (is_filed & again))


def _portion(waiting: Sequence[int], duties: DutyList) -> tuple[int, int]:
    """As many as the lock may be held for: how many were sent, and the last one looked at."""
    began, sent, last = time.monotonic(), 0, 0
    rows = Case.select().where(Case.id.in_(waiting)).order_by(Case.id)
    for case in list(locked(rows)):
        last = case.id
        sent += _one(case, duties)
        if time.monotonic() - began > PORTION_S:
            break
    return sent, last or waiting[-1]


def _one(case: Case, duties: DutyList) -> bool:
    """Whether it was sent on. What fails is undone, and the desk has the case."""
    if not _is_fresh(case):
        return False  # Somebody was quicker.
    try:
        with undone_alone():
            return _placed(case, duties)
    except NOT_OURS:
        raise
    except Exception:
        if rule_faults.tell([BROKEN], case):  # Once a day: its story is always the same.
            log.exception("a case was not dispatched", extra={"case": case.id})
        unit = duties.desk_of(case.area_path) or case.unit
        rule = "desk" if case.state == "filed" else "received"
        Case.update(rule=rule, unit=unit).where(Case.id == case.id).execute()
        return False


def _is_fresh(case: Case) -> bool:
    if case.state == "received":
        return case.rule is None
    rule = case.rule or "received"
    return case.state == "filed" and (rule == "received" or rule.startswith(merging.RULE))


def _placed(case: Case, duties: DutyList) -> bool:
    was_taken_out = (case.rule or "").startswith(merging.RULE)
    if case.state == "filed" and not was_taken_out and merging.merged_by_rule(case):
        return False
    decision = _Decision.of(case, duties)
    rule_faults.tell(decision.faults, case)
    if case.state == "received" or not decision.is_sure:
        _to_desk(case, decision, duties)
        return False
    case.unit, case.rule = decision.unit, decision.rule
    case.condition = case.condition or decision.condition
    seconds = (to_ms(clock.now()) - to_ms(case.opened_at)) // 1000
    facts: dict[str, object] = {
        "rule": case.rule,
        "seconds": seconds,
        "why": decision.why,
        "list": duties.version,
    }
    moved(case, "dispatch", None, facts=facts)
    return True


def _to_desk(case: Case, decision: "_Decision", duties: DutyList) -> None:
    """A person decides; what the rules think of it is said beside it."""
    desk = duties.desk_of(case.area_path)
    Case.update(
        unit=desk or case.unit,
        rule="received" if case.state == "received" else "desk",
        proposed=decision.unit,
        sureness=decision.sureness,
    ).where(Case.id == case.id).execute()
    desk_notices.tell(desk, case)


class _Decision:
    """What the list, and then the words, make of a case."""

    def __init__(self, found: Found) -> None:
        self.unit, self.rule, self.faults = found.unit, found.rule, list(found.faults)
        self.sureness: float | None = None if found.unit is None else 1.0
        self.condition: str | None = None
        self.why: list[dict[str, object]] = [
            {"code": "failed", **fault._asdict()} for fault in found.faults
        ]
        if found.line is not None:
            self.why.append(_why_line(found))
        elif found.unit is not None:
            self.why.append({"code": "owner", "unit": found.unit})

    @classmethod
    def of(cls, case: Case, duties: DutyList) -> "_Decision":
        decision = cls(duties.choose(duty_list.asked_of(case)))
        if decision.unit is None:
            decision._read(case, duties)
        if decision.unit is None:
            decision.why.append({"code": "desk"})
        return decision

    @property
    def is_sure(self) -> bool:
        sureness = self.sureness or 0.0
        return self.unit is not None and sureness >= house().policy.dispatch.auto_from

    def _read(self, case: Case, duties: DutyList) -> None:
        """Let the words say what it is; the list then says whose."""
        for reader in READERS:
            said = reader(case)
            if said is None or said.sureness < house().policy.dispatch.propose_from:
                continue
            unit = said.unit if said.unit in duties.units else _unit_of(said, case, duties)
            if unit is not None:
                self.unit, self.rule, self.sureness = unit, "words", round(said.sureness, 4)
                self.condition = said.condition
                self.why.append({"code": "words", "sureness": self.sureness, "said": [*said.why]})
                return


def _unit_of(said: Proposal, case: Case, duties: DutyList) -> str | None:
    if said.kind is None or said.problem is None:
        return None
    asked = duty_list.asked(said.kind, said.problem, case.area_path, condition=said.condition)
    return duties.choose(asked).unit


def _why_line(found: Found) -> dict[str, object]:
    """The line's words: enough to say in a sentence why it was this one."""
    line = found.line
    assert line is not None
    named = ("condition", "problem")
    item = next((name for name in named if getattr(line, name) is not None), "kind")
    said = {
        "key": line.key,
        "area": line.area_path.rpartition("/")[2],
        "item": item,
        "since": line.since,
        "grade": line.grade,
        "owner": line.owner,
        "unit": line.unit,
    }
    return {"code": "remit", **{name: value for name, value in said.items() if value is not None}}
