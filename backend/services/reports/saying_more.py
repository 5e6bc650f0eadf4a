"""More words about a case that was told of before, by who told of it."""

from collections.abc import Mapping
from typing import Any

from backend.models import Case, Mention
from backend.services.reports.filing import _keep


def say_more(case: Case, form: Mapping[str, Any], *, channel: str, client: str | None) -> int:
    """Seal them as a report of their own, which counts nobody twice; its number.

    Inside the caller's transaction.
    """
    report_id, _ = _keep(form, channel, None, client)
    Mention.create(report_id=report_id, case_id=case.id, joined=True)
    return report_id
