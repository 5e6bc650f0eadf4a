"""Messages to reporters: written with what caused them, carried by the keeper, each of them once.

A keeper takes a few under a lease, hands them to the courier and notes that they are sent. One
that dies in between leaves a lease that lapses; the courier knows what it has carried already.
"""

import logging
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from backend import clock
from backend.couriers import courier
from backend.db import is_sqlite, to_ms, writing
from backend.house import house
from backend.models import Case, Mention, Message, Report
from backend.prepared import Prepared
from backend.rules import case_numbers
from backend.services import problems

FILE = Path(__file__).parents[2] / "fixtures" / "messages.toml"
LEASE = timedelta(seconds=120)
MOST = 20  # Under one lease: a slow gateway must be through with them in time.
WAITS = (60, 300, 1_800, 7_200, 21_600)  # Seconds after the first failures; then the last one.

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
        done = [row.id for row in batch if _carried(row)]
        with writing():
            Message.update(sent_at=clock.now(), due_at=None).where(Message.id.in_(done)).execute()
        sent += len(done)
    return sent


def _leased() -> list[Message]:
    """Those due longest; nobody else takes them until the lease lapses."""
    now = clock.now()
    with writing():
        due = Message.select().where(Message.due_at <= now).order_by(Message.due_at, Message.id)
        wanted = due.limit(MOST)
        rows = list(wanted if is_sqlite() else wanted.for_update(skip_locked=True))
        mine = [row.id for row in rows]
        Message.update(due_at=now + LEASE, tries=Message.tries + 1).where(
            Message.id.in_(mine)
        ).execute()
    return rows


def _carried(row: Message) -> bool:
    """Whether it is done: carried, or nobody is left to tell."""
    told = _told(row)
    if told is None:
        return True
    settings = house().settings
    try:
        courier(settings.COURIER, settings.MESSAGES).carry(f"{row.report_id}.{row.id}", *told)
    except OSError:
        log.warning("a message was not carried (try %d)", row.tries + 1, exc_info=True)
        wait = WAITS[min(row.tries, len(WAITS) - 1)]
        with writing():
            Message.update(due_at=clock.now() + timedelta(seconds=wait)).where(
                Message.id == row.id
            ).execute()
        return False
    return True


def _told(row: Message) -> tuple[str, str] | None:
    """Phone and text; None if the reporter's phone has been forgotten since."""
    report = Report.get_or_none(Report.id == row.report_id)
    case = Case.get_or_none(Case.id == row.case_id)
    if report is None or case is None:
        return None
    opened = house().vault.open(f"report:{report.id}".encode(), bytes(report.sealed))
    token, phone = opened[0], opened[2]
    if phone is None:
        return None
    return phone, _text(row, case, report.language, f"{house().settings.public_url}/r/{token}")


def _text(row: Message, case: Case, language: str, link: str) -> str:
    said = texts()[row.kind]
    problem = problems.find(case.kind, case.problem)
    facts: dict[str, Any] = orjson.loads(row.facts)
    return said.get(language, said["zh_Hans"]).format(
        number=case_numbers.number(case.id, case.opened_at),
        name=case.name,
        problem=problem.en if language == "en" else problem.zh,
        note=facts.get("note", ""),
        link=link,
    )
