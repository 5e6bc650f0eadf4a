"""Reports as topics see them: the words, opened in memory, whose and of where."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from backend.db import to_ms
from backend.models import Case, Mention, Report
from backend.rules.topics import Said
from backend.services import words
from backend.services.channels import channels


def between(since: datetime, until: datetime) -> Iterator[Said]:
    """What came in from one instant up to another; letters to the grid are nobody else's.

    Who tells of several things tells once. Staff who tell of what they saw are one voice each;
    a clerk of the hotline lends it to every caller.
    """
    rows: Any = (
        Mention.select(
            Mention.case_id, Mention.answers, Report.id, Report.sealed, Report.phone_index,
            Report.at, Report.account_id, Report.channel, Case.area_path,
        )
        .join(Report, on=(Report.id == Mention.report_id))
        .join(Case, on=(Case.id == Mention.case_id))
        .where((Report.at >= since) & (Report.at < until))
        .where((Case.problem != "message") & Case.voided_at.is_null())
        .order_by(Report.at, Report.id, Mention.id)
        .tuples()
    )  # fmt: skip
    last = None
    for *row, account, channel, area_path in rows.iterator():
        if row[2] == last:
            continue
        last = row[2]
        for told in words.opened([row]):
            is_own = account is not None and channels()[channel].by == "staff"
            person = -account if is_own and channel != "hotline" else told.person
            at = to_ms(told.at) / 3_600_000
            yield Said(told.report_id, told.case_id, person, area_path, at, told.text)
