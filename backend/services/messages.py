"""Messages to reporters: written with what caused them, carried by the keeper, each of them once.

A keeper takes a few under a lease, hands them to the courier and notes that they are sent. One
that dies in between leaves a lease that lapses; the courier knows what it has carried already.
"""

import logging
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson
from peewee import fn

from backend import clock
from backend.couriers import Letter, courier
from backend.db import to_ms, writing
from backend.house import house
from backend.models import Case, Mention, Message, Report
from backend.prepared import Prepared
from backend.rules import case_numbers
from backend.services import leases, problems

FILE = Path(__file__).parents[2] / "fixtures" / "messages.toml"
MOST = 100  # Under one lease: a gateway must be through with them in time.
LAST_WORDS = ("closed", "declined", "merged")
"""What a case's reporters are told of its end: the feedback that the city promises in minutes."""

log = logging.getLogger("gridtag.messages")


def tell(case: Case, kind: str, note: str | None = None) -> int:
    """Tell everybody who reported it and left a phone; in the transaction that caused it.

    `note` is for everybody to read. Returns how many will be told.
    """
    merged = Case.select(Case.id).where(Case.merged_into == case.id)
    theirs = (
        Mention.select(Mention.report_id)
        .where((Mention.case_id == case.id) | Mention.case_id.in_(merged))
        .distinct()
    )
    rows = Report.select(Report.id).where(Report.id.in_(theirs) & Report.phone_index.is_null(False))
    known = [row.id for row in rows.order_by(Report.id)]
    for report_id in known:
        tell_one(report_id, case.id, kind, note)
    return len(known)


def tell_one(report_id: int, case_id: int, kind: str, note: str | None = None) -> None:
    """Tell the reporter of one report, who left a phone; in the transaction that caused it."""
    assert kind in texts()
    now = to_ms(clock.now())
    facts = orjson.dumps({"note": note} if note else {}).decode()
    _write.write(report_id, case_id, kind, facts, now, now)


_write = Prepared(
    lambda report, case, kind, facts, due, at: Message.insert(
        report_id=report, case_id=case, kind=kind, facts=facts, due_at=due, at=at
    )
)


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """What is said, by kind and language."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


# --- Carried ------------------------------------------------------------------------------


def deliver() -> int:
    """Carry all that is due. Returns how many were sent."""
    sent = 0
    while batch := _leased():
        letters = [letter for one in batch if (letter := _letter(one))]
        settings = house().settings
        try:
            courier(settings.COURIER, settings.MESSAGES).carry(letters)
        except OSError:
            log.warning("%d messages were not carried", len(letters), exc_info=True)
            _postpone(batch)
            break
        with writing():
            leases.sent(Message, [one.id for one in batch])
            _note_answers({one.case_id for one in batch if one.kind in LAST_WORDS})
        sent += len(letters)
    return sent


class _Due(NamedTuple):
    """A message under our lease, with what is needed to say it."""

    id: int
    kind: str
    facts: str
    tries: int
    report_id: int
    sealed: bytes
    language: str
    case_id: int
    opened_at: datetime
    name: str
    case_kind: str
    problem: str


def _leased() -> list[_Due]:
    """Those due longest; nobody else takes them until the lease lapses."""
    with writing():
        mine = leases.take(Message, MOST)
        columns = (
            Message.id,
            Message.kind,
            Message.facts,
            Message.tries,
            Report.id,
            Report.sealed,
            Report.language,
            Case.id,
            Case.opened_at,
            Case.name,
            Case.kind,
            Case.problem,
        )
        found = (
            Message.select(*columns)
            .join(Report, on=(Message.report_id == Report.id))
            .join(Case, on=(Message.case_id == Case.id))
            .where(Message.id.in_(mine))
            .order_by(Message.id)
        )
        return [_Due._make(row) for row in found.tuples().iterator()]


def _postpone(batch: Sequence[_Due]) -> None:
    """Try again, later each time."""
    with writing():
        for one in batch:
            again = Message.update(due_at=leases.later(one.tries))
            again.where(Message.id == one.id).execute()


def standing() -> dict[str, float]:
    """How many wait, and for how long the oldest does; for the operator's tools."""
    waits = Message.due_at.is_null(False)
    oldest = Message.select(fn.MIN(Message.at)).where(waits).scalar()
    age = 0.0 if oldest is None else (clock.now() - oldest).total_seconds()
    return {"unsent": Message.select().where(waits).count(), "oldest_s": max(0.0, age)}


def _note_answers(case_ids: set[int]) -> None:
    """Since when all who told of a case have been told of its end; in time, nobody is urged."""
    waits = Message.select(Message.id).where(
        (Message.case_id == Case.id) & Message.kind.in_(LAST_WORDS) & Message.due_at.is_null(False)
    )
    mine = Case.id.in_(sorted(case_ids)) & Case.answer_by.is_null(False)
    now = clock.now()
    answered = Case.update(answered_at=now).where(mine & Case.answered_at.is_null())
    answered.where(~fn.EXISTS(waits)).execute()
    in_time = mine & (Case.answered_at <= Case.answer_by) & Case.closed_at.is_null(False)
    Case.update(urge_at=None).where(in_time).execute()


def _letter(one: _Due) -> Letter | None:
    """What is carried; None if the reporter's phone has been forgotten since."""
    opened = house().vault.open(f"report:{one.report_id}".encode(), bytes(one.sealed))
    token, phone = opened[0], opened[2]
    if phone is None:
        return None
    said, problem = texts()[one.kind], problems.find(one.case_kind, one.problem)
    note: str | None = orjson.loads(one.facts).get("note")
    text = said.get(one.language, said["zh_Hans"]).format(
        number=case_numbers.number(one.case_id, one.opened_at),
        name=one.name,
        problem=problem.en if one.language == "en" else problem.zh,
        note=note or "",
        link=f"{house().settings.public_url}/r/{token}",
    )
    return Letter(f"{one.report_id}.{one.id}", phone, text)
