"""Rules of dispatch that fail: told to people once a day each, counted, never silent."""

from collections.abc import Iterable
from typing import Any

from peewee import fn

from backend import clock
from backend.models import Area, Case, Remit, RuleFault
from backend.rules.dispatch import Fault
from backend.services import notices, scope
from backend.services.cases import duty_list

TOLD = ("dispatcher", "administrator")


def tell(faults: Iterable[Fault], case: Case | None = None) -> int:
    """Keep each once a day and rule, and tell it when it is new; in the running transaction.

    Returns how many were new.
    """
    new = [fault for fault in faults if _is_new(fault, case)]
    for fault in new:
        _alarm(fault, case)
    return len(new)


def look_over() -> int:
    """Tell what is broken in the duty list before a case meets it; for the keeper."""
    found = duty_list.faults()
    tell(found)
    return len(found)


def today() -> list[dict[str, Any]]:
    """What has failed today, with how many cases met it, the most first."""
    rows = RuleFault.select().where(RuleFault.day == scope.today())
    return [
        {"rule": row.rule, "reason": row.reason, "cases": row.cases}
        for row in rows.order_by(RuleFault.cases.desc(), RuleFault.rule)
    ]


def figures() -> dict[str, int]:
    """How many rules failed today, and how often a case met one; for who watches the house."""
    row = (
        RuleFault.select(
            fn.COUNT(RuleFault.rule.distinct()), fn.COALESCE(fn.SUM(RuleFault.cases), 0)
        )
        .where(RuleFault.day == scope.today())
        .tuples()
        .first()
    )
    return {"rules": int(row[0]), "cases": int(row[1])}


def _is_new(fault: Fault, case: Case | None) -> bool:
    """Whether it is the first of its day; a case that met it is counted."""
    day, rule = scope.today(), fault.rule[:60]
    first = RuleFault.insert(
        day=day, rule=rule, reason=fault.reason, case_id=case.id if case else None, at=clock.now()
    )
    is_new = bool(list(first.on_conflict_ignore().returning(RuleFault.id).execute()))
    if case is not None:
        which = (RuleFault.day == day) & (RuleFault.rule == rule)
        met = RuleFault.update(cases=RuleFault.cases + 1)
        met.where(which & (RuleFault.reason == fault.reason)).execute()
    return is_new


def _alarm(fault: Fault, case: Case | None) -> None:
    """To the desk where the rule holds, and to who keeps the list."""
    facts = {"rule": fault.rule, "reason": fault.reason}
    for role in TOLD:
        notices.tell_role(role, _area_of(fault, case), "rule-failed", facts)


def _area_of(fault: Fault, case: Case | None) -> str:
    """Where it matters: at its line's area, else where the case is, else in the whole city."""
    kind, _, key = fault.rule.partition(":")
    line = Remit.get_or_none(Remit.key == key) if kind == "remit" else None
    if line is not None and line.area_path:
        return str(line.area_path)
    top = Area.get_or_none(Area.parent.is_null())
    return str(case.area_path if case is not None else top.path if top else "")
