"""What became of a report that somebody had to look at first, for who has its token."""

from backend.errors import NotFound
from backend.models import Case, Mention, Report
from backend.services import cases
from backend.services.reports.filing import index_of


def case_of(token: str) -> str | None:
    """The number of the case; None while nobody has looked at it yet. Refuses unknown tokens."""
    row = Report.get_or_none(Report.token_index == index_of(token))
    if row is None or row.client is None:
        raise NotFound(noun="token")
    mention = Mention.select().where(Mention.report_id == row.id).order_by(Mention.id).get()
    case = Case.get_by_id(mention.case_id)
    return cases.number_of(case) if cases.is_public(case) else None
