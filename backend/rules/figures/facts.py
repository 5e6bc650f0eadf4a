"""From the steps of a case to what its figures are made of: one fact for each round.

A round begins with the report, or with a reporter having the case opened again. Instants are
milliseconds since 1970, as the tables hold them: a million cases go through here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PLEASED_FROM = 4
"""So many of five stars are satisfied."""


class About(NamedTuple):
    """What stands on the case itself. The instants are those of its present round."""

    case_id: int
    area_path: str
    unit: str | None
    kind: str
    problem: str
    channel: str
    is_part: bool  # It was split from another case, which was the one that came in.
    reports: int
    due_at: int | None
    answer_by: int | None
    answered_at: int | None
    voided_at: int | None


class Happening(NamedTuple):
    """One step of it, and the state after it."""

    id: int
    at: int
    action: str
    state: str
    unit: str | None
    is_by_person: bool
    facts: Mapping[str, Any]


class Promises(NamedTuple):
    """How many milliseconds until a case must be at a unit, and in somebody's hands there."""

    dispatch: int
    accept: int


class Fact(NamedTuple):
    """A round of a case. What is 0 or 1 says whether it counts; None: it has not happened."""

    case_id: int
    round: int
    step_id: int  # The last step that was read.
    area_path: str
    unit: str | None
    kind: str
    problem: str
    channel: str
    opened_at: int | None = None
    dispatched_at: int | None = None  # First.
    accepted_at: int | None = None  # First.
    handled_at: int | None = None  # Last, unless it was found not right.
    closed_at: int | None = None
    due_at: int | None = None
    answered_at: int | None = None
    voided_at: int | None = None
    pending: int | None = None  # Until when its reporters must be told, as long as they are not.
    last_at: int = 0  # The latest of all these instants.
    received: int = 0
    reports: int = 0
    joined: int = 0  # Reports that needed no case of their own.
    filed: int = 0
    declined: int = 0
    prompt: int = 0  # At a unit within the promised time.
    once: int = 0  # At the right one: never returned, never sent elsewhere.
    returned: int = 0
    extended: int = 0
    shelved: int = 0
    accepted_soon: int = 0
    reworked: int = 0
    owed: int = 0  # It has a deadline, and does not wait for a day by permission.
    deferred: int = 0  # It has one, and waits.
    done: int = 0  # It has one, and is closed.
    kept: int = 0  # It was closed before it.
    again: int = 0  # Opened again afterwards.
    told: int = 0  # Somebody left a phone and is to be told.
    answered: int = 0
    answered_soon: int = 0
    rated: int = 0
    solved: int = 0
    starred: int = 0
    pleased: int = 0


INSTANTS = (
    "opened_at", "dispatched_at", "accepted_at", "handled_at", "closed_at", "due_at",
    "answered_at", "voided_at",
)  # fmt: skip


def facts_of(about: About, steps: Sequence[Happening], promises: Promises) -> list[Fact]:
    """One fact a round, in order. A case that was struck out has one, which says only that."""
    if not steps:
        return []
    if about.voided_at is not None:
        return [_named(about, 1, steps, voided_at=about.voided_at, last_at=about.voided_at)]
    rounds = _rounds(steps)
    found = []
    for number, mine in enumerate(rounds, 1):
        following = rounds[number] if number < len(rounds) else None
        left = about if following is None else _as_left(about, following[0], mine)
        found.append(_fact(left, number, mine, steps, promises, following is not None))
    return found


def _rounds(steps: Sequence[Happening]) -> list[list[Happening]]:
    rounds: list[list[Happening]] = [[]]
    for step in steps:
        if step.action == "reopen" and rounds[-1]:
            rounds.append([])
        rounds[-1].append(step)
    return rounds


def _as_left(about: About, reopening: Happening, mine: Sequence[Happening]) -> About:
    """What stood on the case when the round ended: the step that opened it again says so."""
    was = reopening.facts.get("was") or {}
    units = [step.unit for step in mine if step.unit]
    return about._replace(
        unit=units[-1] if units else about.unit,
        due_at=was.get("due_at"),
        answer_by=was.get("answer_by"),
        answered_at=was.get("answered_at"),
    )


def _named(about: About, number: int, steps: Sequence[Happening], **values: Any) -> Fact:
    return Fact(
        about.case_id,
        number,
        steps[-1].id,
        about.area_path,
        about.unit,
        about.kind,
        about.problem,
        about.channel,
        **values,
    )


def _fact(
    about: About,
    number: int,
    mine: Sequence[Happening],
    steps: Sequence[Happening],
    promises: Promises,
    is_reopened: bool,
) -> Fact:
    state = mine[-1].state
    actions = {step.action for step in mine}
    opened = mine[0].at
    began = max(step.at for step in mine if step is mine[0] or step.action == "appeal")
    dispatched = next((step.at for step in mine if step.action == "dispatch"), None)
    accepted, is_soon = _accepted(mine, promises)
    closed = _since(mine, "closed") if state == "closed" else None
    handled = _since(mine, "handled") if state in ("handled", "closed") else None
    told = _is_told(about, closed)
    values: dict[str, Any] = {
        "opened_at": opened,
        "dispatched_at": dispatched,
        "accepted_at": accepted,
        "handled_at": handled,
        "closed_at": closed,
        "due_at": about.due_at,
        "answered_at": about.answered_at if told else None,
        "prompt": dispatched is not None and dispatched - began <= promises.dispatch,
        "once": dispatched is not None and not actions & {"return", "reassign"},
        "returned": "return" in actions,
        "extended": "extend" in actions,
        "shelved": "shelve" in actions,
        "accepted_soon": is_soon,
        "reworked": "rework" in actions,
        "again": is_reopened,
        **_of_deadline(about.due_at, state, closed),
        **_of_answer(about, told),
        **_of_rating(mine),
    }
    if number == 1 and not about.is_part:
        values |= _of_intake(about, mine, state)
    flags = {
        name: int(value) if isinstance(value, bool) else value for name, value in values.items()
    }
    last = max(flags[name] for name in INSTANTS if flags.get(name) is not None)
    pending = about.answer_by if told and about.answered_at is None else None
    return _named(about, number, steps, **flags, pending=pending, last_at=last)


def _accepted(mine: Sequence[Happening], promises: Promises) -> tuple[int | None, bool]:
    """When somebody took it first, and whether by themselves and in time."""
    sent = None
    for step in mine:
        if step.action in ("dispatch", "reassign"):
            sent = step.at
        elif step.action == "accept":
            in_time = sent is None or step.at - sent <= promises.accept
            return step.at, step.is_by_person and in_time
    return None, False


def _since(mine: Sequence[Happening], state: str) -> int | None:
    """When it last came into this state."""
    found, before = None, None
    for step in mine:
        if step.state == state and before != state:
            found = step.at
        before = step.state
    return found


def _of_deadline(due_at: int | None, state: str, closed: int | None) -> dict[str, bool]:
    if due_at is None:
        return {}
    return {
        "owed": state != "shelved",
        "deferred": state == "shelved",
        "done": closed is not None,
        "kept": closed is not None and closed <= due_at,
    }


def _is_told(about: About, closed: int | None) -> bool:
    """Whether somebody had to be told that it is closed: else it counts as told in that moment."""
    return closed is not None and about.answer_by is not None and about.answered_at != closed


def _of_answer(about: About, told: bool) -> dict[str, bool]:
    if not told or about.answer_by is None:
        return {}
    answered = about.answered_at
    return {
        "told": True,
        "answered": answered is not None,
        "answered_soon": answered is not None and answered <= about.answer_by,
    }


def _of_rating(mine: Sequence[Happening]) -> dict[str, bool]:
    """The last one that a reporter gave."""
    ratings = [step.facts for step in mine if step.action == "rate"]
    if not ratings:
        return {}
    stars = ratings[-1].get("stars")
    return {
        "rated": True,
        "solved": bool(ratings[-1].get("solved")),
        "starred": stars is not None,
        "pleased": stars is not None and stars >= PLEASED_FROM,
    }


def _of_intake(about: About, mine: Sequence[Happening], state: str) -> dict[str, int]:
    reports = max(1, about.reports)
    return {
        "received": 1,
        "reports": reports,
        "joined": reports - 1 + (state == "merged"),
        "filed": int(state != "declined" and any(step.state != "received" for step in mine)),
        "declined": int(state == "declined"),
    }
