"""What is kept for a while only, and forgotten in small portions, so that nobody waits for it."""

from datetime import timedelta
from typing import Any

from backend import clock
from backend.db import Table, writing
from backend.house import house
from backend.models import (
    Bike,
    Case,
    Challenge,
    Fix,
    Mention,
    Message,
    Report,
    Session,
    Sighting,
    TagScan,
)
from backend.rules import workflow

CHALLENGES = timedelta(days=1)  # A nonce lives two minutes; a day is for whoever looks into it.
FIXES = timedelta(days=90)  # Where workers were is personal, too.
SESSIONS = timedelta(days=30)
REPORTERS = timedelta(days=180)  # After the last of a report's cases has ended.

PORTION = 5_000  # Rows deleted in one transaction.


def forget_challenges() -> int:
    """Nonces a day after they were issued."""
    return _forget(Challenge, Challenge.issued_at < clock.now() - CHALLENGES)


def forget_fixes() -> int:
    """Claimed positions after 90 days."""
    return _forget(Fix, Fix.at < clock.now() - FIXES)


def forget_scans() -> int:
    """Where workers scanned tags, after 90 days: whether a tag was moved is known long before."""
    return _forget(TagScan, TagScan.at < clock.now() - FIXES)


def forget_sightings() -> int:
    """Where bikes were seen, after 90 days, of those that are not looked for any more."""
    wanted = Bike.select(Bike.id).where(Bike.state == "stolen")
    old = Sighting.at < clock.now() - FIXES
    return _forget(Sighting, old & Sighting.bike_id.not_in(wanted))


def forget_sessions() -> int:
    """Sessions 30 days after they ended or ran out; the trail still names them."""
    before = clock.now() - SESSIONS
    return _forget(Session, (Session.ended_at < before) | (Session.expires_at < before))


def forget_reporters() -> int:
    """Who told, and in which words, 180 days after it was done; the link still leads there."""
    total = 0
    while portion := _portion_of_reports():
        total += portion
    return total


def _portion_of_reports() -> int:
    before = clock.now() - REPORTERS
    is_open = Case.state.in_(workflow.OPEN) | (Case.updated_at >= before)
    unfinished = Mention.select(Mention.report_id).join(
        Case, on=(Mention.case_id == Case.id)
    ).where(is_open)  # fmt: skip
    with writing():
        rows = list(
            Report.select(Report.id, Report.sealed)
            .where(Report.forgotten_at.is_null() & (Report.at < before))
            .where(Report.id.not_in(unfinished))
            .limit(PORTION // 10)
        )
        for row in rows:
            _forget_reporter(row)
    return len(rows)


def _forget_reporter(row: Report) -> None:
    vault, name = house().vault, f"report:{row.id}".encode()
    token = vault.open(name, bytes(row.sealed))[0]
    Report.update(
        sealed=vault.seal(name, token, None, None, None, None),
        phone_index=None,
        lat=None,
        lon=None,
        given=None,
        forgotten_at=clock.now(),
    ).where(Report.id == row.id).execute()
    Message.update(due_at=None).where(Message.report_id == row.id).execute()
    Mention.update(answers="{}").where(Mention.report_id == row.id).execute()


def _forget(table: type[Table], which: object) -> int:
    key: Any = table._meta.primary_key
    total = 0
    while True:
        with writing():
            portion = table.select(key).where(which).limit(PORTION)
            gone = int(table.delete().where(key.in_(portion)).execute())
        total += gone
        if gone < PORTION:
            return total
